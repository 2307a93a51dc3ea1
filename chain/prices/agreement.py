"""One answer out of several sources: the first in order gives it, the others must not contradict it.

The order is feed, time-weighted pool, spot of a pool, service. Who is compared is decided in `chain/prices/lookup.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal

from chain.prices.quotation import PRECISION, Price, PriceUnavailable

# How far another source may be from a feed, and from a pool or a service where there is no feed.
FEED_BOUND, LOOSE_BOUND = Decimal("0.05"), Decimal("0.10")
# So many times off, a source that contradicts two others is taken to speak of another coin or unit.
ABSURD = 1000
_SHOWN = Context(prec=8)
_CONTEXT = Context(prec=PRECISION)


@dataclass(frozen=True, slots=True)
class Witness:
    """Another source and what it says of the same coin, in the same unit."""

    source: str
    value: Decimal


def agreed(answer: Price, witnesses: Sequence[Witness], bound: Decimal, notes: tuple[str, ...] = ()) -> Price:
    """The answer with its spread and the names of those that agree. Raises PriceUnavailable where one contradicts it."""
    near = [w for w in witnesses if difference(answer.value, w.value) <= bound]
    far = [w for w in witnesses if w not in near]
    absurd = [w for w in far if near and _is_absurd(answer.value, w.value)]
    for witness in far:
        if witness not in absurd:
            raise PriceUnavailable(answer.base, answer.quote, _contradiction(answer, witness, bound))
    told = tuple(f"{w.source} says {shown(w.value)}, which is absurd beside the others." for w in absurd)
    names = tuple(dict.fromkeys(w.source for w in near))
    return replace(answer, spread=_spread(answer.value, near), agreed=names, notes=(*answer.notes, *notes, *told))


def _spread(value: Decimal, near: Sequence[Witness]) -> Decimal | None:
    values = [value, *(w.value for w in near)]
    return _CONTEXT.divide(_CONTEXT.subtract(max(values), min(values)), value) if near else None


def difference(value: Decimal, other: Decimal) -> Decimal:
    """How far another value is from this one, as a share of it."""
    return _CONTEXT.divide(abs(_CONTEXT.subtract(other, value)), value)


def _is_absurd(value: Decimal, other: Decimal) -> bool:
    return other >= value * ABSURD or other * ABSURD <= value


def _contradiction(answer: Price, witness: Witness, bound: Decimal) -> str:
    first = f"{answer.source} says {shown(answer.value)} {answer.quote}"
    second = f"{witness.source} says {shown(witness.value)} {answer.quote}"
    apart = _percent(difference(answer.value, witness.value), 1)
    return f"its sources disagree: {first}, {second}, which is {apart} apart where {_percent(bound, 0)} are allowed"


def _percent(share: Decimal, places: int) -> str:
    return f"{_CONTEXT.multiply(share, Decimal(100)):.{places}f}%"


def shown(value: Decimal) -> str:
    """A value to eight digits."""
    return f"{_SHOWN.create_decimal(value).normalize():f}"
