"""Arithmetic on lines of points: condensed to what a picture can show, merged, converted, and where they have gaps."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import groupby, pairwise

from agent.points import DAY, HOUR, WEEK, YEAR, Point

DIGITS = 30
MINUTE = 60
Line = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which nothing is known, in Unix seconds."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extent:
    """What a line comes to. `change` is a share of the first value, None where that is nothing."""

    first: Point
    last: Point
    low: Decimal
    high: Decimal

    @property
    def change(self) -> Decimal | None:
        """(last - first) / first."""
        return change(self.first.value, self.last.value)


def extent(line: Line) -> Extent:
    """The first, last, lowest and highest. Raises ValueError for an empty line."""
    if not line:
        raise ValueError("a line without points has no extent")
    return Extent(line[0], line[-1], min(p.low for p in line), max(p.high for p in line))


def change(then: Decimal, now: Decimal) -> Decimal | None:
    """How much more `now` is, as a share of `then`."""
    context = Context(prec=DIGITS)
    return context.divide(context.subtract(now, then), then) if then else None


def condensed(line: Line, most: int) -> Line:
    """At most so many points, each the last, lowest and highest of an even share of the time: no extreme is lost."""
    if len(line) <= most:
        return line
    start, span = line[0].at, line[-1].at - line[0].at + 1
    shares = groupby(line, lambda point: (point.at - start) * most // span)
    return tuple(_joined(tuple(share)) for _, share in shares)


def _joined(share: Line) -> Point:
    return Point(share[-1].at, share[-1].value, min(p.low for p in share), max(p.high for p in share))


def allowed(age: int, every: int) -> int:
    """How far apart two points may be, in seconds, before the time between them counts as unknown.

    By how old they are, as they are kept; `every`: seconds between two readings.
    """
    if age <= WEEK + HOUR:
        return max(15 * MINUTE, 3 * every)
    return max(3 * HOUR, 3 * every) if age <= YEAR + DAY else max(3 * DAY, 3 * every)


def gaps(line: Line, start: int, end: int, every: int) -> tuple[Gap, ...]:
    """Where from `start` to `end`, which is now, nothing is known."""
    times = (start, *(point.at for point in line), end)
    return tuple(Gap(a, b) for a, b in pairwise(times) if b - a > allowed(end - b, every))


def spacing(line: Line) -> int:
    """Seconds between two points of a line, in the median; 0 where there are fewer than two."""
    steps = sorted(b.at - a.at for a, b in pairwise(line))
    return steps[len(steps) // 2] if steps else 0


def filled(line: Line, other: Line, holes: Iterable[Gap]) -> Line:
    """The line, with points of another one where it has gaps alone."""
    times = [point.at for point in other]
    more = {
        point.at: point
        for hole in holes
        for point in other[bisect_left(times, hole.start) : bisect_right(times, hole.end)]
    }
    return tuple(sorted({**more, **{p.at: p for p in line}}.values(), key=lambda point: point.at))


def split(line: Line, holes: Sequence[Gap]) -> tuple[Line, ...]:
    """The pieces between the gaps."""
    ends = [hole.end for hole in holes]
    pieces = groupby(line, lambda point: bisect_right(ends, point.at))
    return tuple(tuple(piece) for _, piece in pieces)


def pieces(line: Line, holes: Sequence[Gap], most: int) -> tuple[Line, ...]:
    """The pieces between the gaps, each condensed to its share of at most so many points, and two at the least."""
    span = max(1, line[-1].at - line[0].at) if line else 1
    return tuple(condensed(piece, max(2, most * (piece[-1].at - piece[0].at) // span)) for piece in split(line, holes))


def converted(line: Line, rate_at: Callable[[int], Decimal | None]) -> Line:
    """Each point over the rate at its time; without one it is left out."""
    return tuple(_over(line, rate_at))


def _over(line: Line, rate_at: Callable[[int], Decimal | None]) -> Iterator[Point]:
    divide = Context(prec=DIGITS).divide
    for p in line:
        rate = rate_at(p.at)
        if rate:
            yield Point(p.at, divide(p.value, rate), divide(p.low, rate), divide(p.high, rate))


def stepwise(line: Line, reach: Callable[[int], int]) -> Callable[[int], Decimal | None]:
    """The value at a time: the newest that is not later, where it is not older than `reach` of that time allows."""
    times = [point.at for point in line]

    def value_at(at: int) -> Decimal | None:
        index = bisect_right(times, at) - 1
        return line[index].value if index >= 0 and at - times[index] <= reach(at) else None

    return value_at


def nearest(line: Line, at: int, within: int) -> Point | None:
    """The point nearest in time, None where none is within so many seconds."""
    close = [point for point in line if abs(point.at - at) <= within]
    return min(close, key=lambda point: abs(point.at - at), default=None)
