"""Spending limits in words. Tightening is at once; what would allow more is told with the command that takes the password."""

from agent.answers.looking import text
from agent.answers.types import Answer
from agent.automation.periods import read_period
from agent.policies import check_policy
from agent.policy_rules import is_no_wider
from agent.policy_words import DAY, Wanted, changed, parse_limit
from agent.render.policy import policy_data, policy_text
from agent.session import Connect, Desk
from chain.errors import NotConfirmed, SayDifferently
from nlp.types import Action

NOT_CHANGED = "The policy was not changed."
LONGEST = 366 * DAY
LONGEST_MONTH = 31


async def set_limit(desk: Desk, _: Connect, action: Action) -> Answer:
    """Set a limit per transaction, or within a time. Raises SayDifferently, NotConfirmed where it would allow more."""
    said, window = _amount(action), _window(action)
    parse_limit(desk.registry, said, window)
    old = desk.policies.current()
    new = changed(desk, old, Wanted(per_window=((said, window),)))
    check_policy(new)
    if not is_no_wider(new, old):
        raise NotConfirmed(
            "This limit allows more than the one that stands.", not_done=NOT_CHANGED, remedy=_how(said, window)
        )
    desk.policies.tighten(new)
    data = {"policy": policy_data(desk, new), "widened": False}
    return Answer("set_limit", data, ("The limit stands. What you allow now:", policy_text(desk, new)))


def _amount(action: Action) -> str:
    """'500 USD' or '100 USDC'."""
    value, amount, token = (text(action, slot) for slot in ("value", "amount", "token"))
    if value:
        return value
    if not token:
        raise SayDifferently("A limit of what?", not_done=NOT_CHANGED, remedy="Say it with a coin or with dollars.")
    if token.startswith("0x") or amount.endswith("%"):
        raise SayDifferently(
            "A limit is an amount of a listed coin, or of USD.", not_done=NOT_CHANGED, remedy="Say it like '100 USDC'."
        )
    return f"{amount} {token}"


def _window(action: Action) -> int:
    """Seconds; 0 for each transaction by itself. A month is taken as 31 days: the longer, the tighter."""
    period = text(action, "period")
    if not period:
        return 0
    length = read_period(period)
    window = (length.months * LONGEST_MONTH + length.days) * DAY + length.seconds
    if not 0 < window <= LONGEST:
        raise SayDifferently("A limit is over a year at most.", not_done=NOT_CHANGED, remedy="Say a shorter time.")
    return window


def _how(said: str, window: int) -> str:
    """The command, where it has one for this window."""
    option = {0: "--per-transaction", DAY: "--per-day"}.get(window)
    if option is None:
        return "Widening takes your password, and the command has it per transaction and per day alone."
    return f'Widening takes your password: sayso policy set {option} "{said}".'
