"""In one running process with the key unlocked: from a sentence to its card, and from the yes to the broadcast."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.accounts import Opened
from agent.assistant import context_of
from agent.drafting import draft
from agent.execute import confirm_draft
from agent.render.draft import draft_text
from agent.session import Session, session
from agent.understand import load_parser
from chain.values import Draft
from nlp.parser import Parser
from tests.bench.figures import Figure, Rounds
from tests.bench.place import ACCOUNT, Place
from tests.bench.timing import median, timed_async

SENTENCES: Mapping[str, str] = {
    "transfer": "send 0.5 eth to 0x1111111111111111111111111111111111111111",
    "token transfer": "send 25 usdc to 0x1111111111111111111111111111111111111111",
    "swap": "swap 1 eth for usdc",
    "swap of a token": "swap 100 usdc for dai",
    "approve": "approve uniswap v3 to spend 100 dai",
    "wrap": "wrap 0.5 eth",
    "unwrap": "unwrap 0.5 weth",
}
PAYMENT = SENTENCES["transfer"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One card: how long it took, in ms, and the requests that it took."""

    took: float
    requests: int


async def figures(place: Place, rounds: Rounds) -> list[Figure]:
    """Cards of every verb, and confirmations of a payment. Raises what drafting and confirming raise."""
    async with session(place.settings) as opened:
        parser = load_parser()
        await _prepare(opened, place, parser, rounds)
        cards = {
            verb: [await _card(opened, parser, text) for _ in range(rounds.cards)] for verb, text in SENTENCES.items()
        }
        confirms = await _confirms(opened, place, parser, rounds.confirms)
    return [*_card_figures(cards), _confirm_figure(confirms)]


async def _prepare(opened: Session, place: Place, parser: Parser, rounds: Rounds) -> None:
    """Warm everything up, and give the account WETH to unwrap."""
    wrapped, _ = await _drafted(opened, parser, "wrap 5 eth")
    await confirm_draft(opened, wrapped.id, wrapped.digest, place.password)
    for text in [*SENTENCES.values()] * rounds.warming:
        await _drafted(opened, parser, text)


async def _drafted(opened: Session, parser: Parser, text: str) -> tuple[Draft, str]:
    """The way of one sentence in a chat: understood, drafted, stored, drawn."""
    parse = parser.parse(text, context_of(opened))
    made = await draft(opened, parse.actions, text)
    return made, draft_text(opened, made, plain=True)


async def _card(opened: Session, parser: Parser, text: str) -> Drawn:
    before = opened.client.request_count
    _, took = await timed_async(_drafted(opened, parser, text))
    return Drawn(took, opened.client.request_count - before)


async def _confirms(opened: Session, place: Place, parser: Parser, count: int) -> list[float]:
    key = opened.accounts.open(ACCOUNT, place.password)
    try:
        return [await _confirmed(opened, parser, key) for _ in range(count)]
    finally:
        opened.accounts.lock(key)


async def _confirmed(opened: Session, parser: Parser, key: Opened) -> float:
    """From the yes to the node's answer to the broadcast: looked at again, signed, stored, sent."""
    made, _ = await _drafted(opened, parser, PAYMENT)
    carried, took = await timed_async(confirm_draft(opened, made.id, made.digest, key, wait=False))
    if carried.problem is not None:
        raise carried.problem
    return took


def _card_figures(cards: Mapping[str, list[Drawn]]) -> list[Figure]:
    took = {verb: median([card.took for card in drawn]) for verb, drawn in cards.items()}
    requests = {verb: median([card.requests for card in drawn]) for verb, drawn in cards.items()}
    slowest = max(took, key=lambda verb: took[verb])
    count = len(next(iter(cards.values())))
    return [
        Figure(
            "sentence to card, p50",
            median(list(took.values())),
            "ms",
            500,
            note=f"{len(cards)} kinds, {count} times each",
        ),
        Figure("sentence to card, slowest kind", took[slowest], "ms", 500, note=slowest),
        Figure("RPC round trips per card", median(list(requests.values())), "requests", note=_range(requests)),
    ]


def _range(requests: Mapping[str, float]) -> str:
    fewest, most = (pick(requests, key=lambda kind: requests[kind]) for pick in (min, max))
    return f"from {requests[fewest]:.0f} ({fewest}) to {requests[most]:.0f} ({most})"


def _confirm_figure(times: list[float]) -> Figure:
    return Figure("confirm to broadcast, p50", median(times), "ms", 150, note=f"{len(times)} payments")
