"""Prices of the past as services send them: checked, in order, and not too many."""

from collections.abc import Iterable, Sequence

from chain.price_service import PastPrice
from chain.prices.outside import decimal_of, is_believable

DAY = 86_400
MOST_POINTS = 1000


def usable_points(
    points: Iterable[tuple[int | None, object]], start: int, end: int, source: str
) -> tuple[PastPrice, ...]:
    """The usable points (seconds, value) from `start` to `end`, oldest first, evenly thinned to `MOST_POINTS`."""
    found: dict[int, PastPrice] = {}
    for at, value in points:
        number = decimal_of(value)
        if at is not None and start <= at <= end and number is not None and is_believable(number):
            found[at] = PastPrice(at, number, source)
    return thinned([found[at] for at in sorted(found)])


def thinned(points: Sequence[PastPrice]) -> tuple[PastPrice, ...]:
    """At most `MOST_POINTS` of them, evenly chosen, with the first and the last."""
    last = len(points) - 1
    if last < MOST_POINTS:
        return tuple(points)
    return tuple(points[i * last // (MOST_POINTS - 1)] for i in range(MOST_POINTS))
