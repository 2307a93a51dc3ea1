"""Numbers and times that a service sent: taken as they are, or refused with the reason."""

from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

from chain.price_service import NoQuote, Quote
from chain.prices.quotation import PRECISION

MAX_AGE = 3600
FUTURE_TOLERANCE = 120
MOST, LEAST = Decimal(10) ** 15, Decimal(10) ** -30
UNKNOWN_COIN = NoQuote("does not know this coin")
# Exponents as wide as they come: a default context would raise where a service sends an absurd one.
_CONTEXT = Context(prec=PRECISION, Emax=MAX_EMAX, Emin=MIN_EMIN)


def judged(value: object, at: object, now: int) -> Quote | NoQuote:
    """A service's value and time as a quote at `now`, or why they are not one."""
    number, time = decimal_of(value), seconds_of(at)
    if number is None:
        return NoQuote("says something that is not a number")
    if number <= 0:
        return NoQuote("says a price that is not above zero")
    if not is_believable(number):
        return NoQuote("says a price that is beyond belief")
    if time is None:
        return NoQuote("does not say of when its price is")
    if time > now + FUTURE_TOLERANCE:
        return NoQuote("dates its price in the future")
    if now - time > MAX_AGE:
        return NoQuote(f"has only an old price, of {now - time} seconds ago where {MAX_AGE} are allowed")
    return Quote(number, time)


def decimal_of(value: object) -> Decimal | None:
    """A JSON number to 60 digits, None for texts, truth values and whatever else it may be."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = _CONTEXT.create_decimal(value)
    return number if number.is_finite() else None


def seconds_of(value: object, unit: int = 1) -> int | None:
    """A JSON number as whole Unix seconds, `unit` of it to the second; None for what cannot be a time."""
    number = decimal_of(value)
    return int(number) // unit if number is not None and 0 < number < MOST else None


def is_believable(number: Decimal) -> bool:
    """Whether a price can be true of any coin."""
    return LEAST <= number < MOST


def mapping_at(answer: object, *path: str) -> Mapping[str, Any] | None:
    """The JSON object under a path, None where there is another thing."""
    for key in path:
        answer = answer.get(key) if isinstance(answer, Mapping) else None
    return answer if isinstance(answer, Mapping) else None
