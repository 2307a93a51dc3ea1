"""From actions to a plan: one planner a write, their steps on one another, every number an exact integer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from agent.plan import approve, swap, transfer, wrap
from agent.plan.asked import Asked, Book, Planned
from agent.resolve import NOTHING, check_chain, resolve_sender
from agent.scene import Scene
from chain.errors import SayDifferently
from chain.prices import Price
from chain.values import Plan
from nlp.schema import slot_types
from nlp.types import Action

DEADLINE_AFTER_EXPIRY = 300
MAX_STEPS = 16

Planner = Callable[[Asked], Awaitable[tuple[Planned, ...]]]
PLANNERS: Mapping[str, Planner] = MappingProxyType(
    {
        "transfer": transfer.plan,
        "swap": swap.plan,
        "approve": approve.plan,
        "wrap": wrap.plan_wrap,
        "unwrap": wrap.plan_unwrap,
    }
)
BUILT_WRITES = frozenset(PLANNERS)


@dataclass(frozen=True, slots=True)
class Planning:
    """A plan with what the words said behind each step. `scene` has the account that pays; `prices` sized fiat amounts.

    `takes_all_native`: an amount was 100% of the native coin, so it hangs on what all steps' fees may cost.
    """

    scene: Scene
    plan: Plan
    steps: tuple[Planned, ...]
    prices: tuple[Price, ...]
    takes_all_native: bool


async def plan_actions(scene: Scene, actions: Sequence[Action], reserve: int = 0) -> Planning:
    """The steps of all actions, in order, each on what those before leave at least.

    `reserve` in wei is kept back from 100% of the native coin. Raises SayDifferently, Refused, InsufficientFunds,
    PriceUnavailable, and as `ChainClient.rpc`.
    """
    for action in actions:
        _check(scene, action)
    scene = replace(scene, account=resolve_sender(scene, actions))
    book = Book(scene, reserve)
    deadline = scene.now + scene.policy.expiry_seconds + DEADLINE_AFTER_EXPIRY
    steps: list[Planned] = []
    for action in actions:
        steps += await PLANNERS[action.intent](Asked(scene, action, book, deadline))
    if len(steps) > MAX_STEPS:
        raise SayDifferently(
            "That is too much for one draft.", not_done=NOTHING, remedy="Ask for fewer things at once."
        )
    plan = Plan(scene.account, scene.chain_id, tuple(planned.step for planned in steps))
    return Planning(scene, plan, tuple(steps), tuple(book.prices), book.takes_all_native)


def _check(scene: Scene, action: Action) -> None:
    """Only what is built, at once and on this chain; a slot that no planner reads is never passed over."""
    if action.trigger is not None:
        raise SayDifferently(
            "An order with a condition or a time is understood, but not built yet.",
            not_done=NOTHING,
            remedy="Ask for it without the condition when the time has come.",
        )
    if action.intent not in BUILT_WRITES:
        raise SayDifferently(f"{action.intent!a} is understood, but not built yet.", not_done=NOTHING)
    unread = [slot for slot in action.slots if not slot_types(action.intent, slot)]
    if unread:
        raise SayDifferently(f"The {unread[0]!a} of a {action.intent} cannot be used.", not_done=NOTHING)
    check_chain(scene, action)
