"""Which of two policies allows more. Pure: numbers and sets, no store."""

from decimal import Decimal, InvalidOperation

from chain.errors import SayDifferently
from chain.values import Limit, Policy


def is_no_wider(new: Policy, old: Policy) -> bool:
    """Whether `new` allows nothing that `old` does not. Where that cannot be told, it is False."""
    return (
        all(any(_covers(limit, wanted) for limit in new.limits) for wanted in old.limits)
        and _recipients_no_wider(new, old)
        and set(new.lifted_recipients) <= set(old.lifted_recipients)
        and _at_most(new.unknown_blocks_above, old.unknown_blocks_above)
        and percent(new.slippage) <= percent(old.slippage)
        and new.expiry_seconds <= old.expiry_seconds
    )


def fiat(text: str) -> tuple[Decimal, str]:
    """Amount and currency of '200 USD'. Raises SayDifferently."""
    number, _, currency = text.strip().partition(" ")
    amount = _number(number)
    if amount is None or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise SayDifferently(f"{text!r} is no amount of money.", remedy="Write it like 200 USD.")
    return amount, currency


def percent(text: str) -> Decimal:
    """The number before the %. Raises SayDifferently for what is not between 0% and 100%."""
    amount = _number(text.strip().removesuffix("%").strip())
    if amount is None or amount > 100 or not text.strip().endswith("%"):
        raise SayDifferently(f"{text!r} is no percentage.", remedy="Write it like 0.5%.")
    return amount


def _number(text: str) -> Decimal | None:
    """A plain decimal: ASCII digits with at most one point, not negative."""
    whole, point, fraction = text.partition(".")
    if not text.isascii() or not whole.isdigit() or (point and not fraction.isdigit()) or len(text) > 90:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _covers(limit: Limit, wanted: Limit) -> bool:
    """Whether `limit` holds back all that `wanted` does: same window and unit, and no more."""
    if (limit.window, limit.asset) != (wanted.window, wanted.asset):
        return False
    if wanted.fiat:
        return bool(limit.fiat) and _at_most(limit.fiat, wanted.fiat)
    return not limit.fiat and int(limit.amount) <= int(wanted.amount)


def _at_most(new: str, old: str) -> bool:
    (amount, currency), (most, same) = fiat(new), fiat(old)
    return currency == same and amount <= most


def _recipients_no_wider(new: Policy, old: Policy) -> bool:
    """Nobody in the list means that anyone is allowed."""
    if not old.allowed_recipients:
        return True
    return bool(new.allowed_recipients) and set(new.allowed_recipients) <= set(old.allowed_recipients)
