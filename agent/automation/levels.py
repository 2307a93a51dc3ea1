"""Levels that a value reaches and comes back from, and numbers as texts that an index keeps in the numbers' own order."""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Literal

Direction = Literal["above", "below"]

# A rule that fired waits until the value has gone back by this share of its level: a value that trembles there is told once.
HYSTERESIS = Decimal("0.01")
HALF = Decimal("0.5")
DIGITS = 160
BIAS = 500
_CONTEXT = Context(prec=DIGITS)


@dataclass(frozen=True, slots=True)
class Levels:
    """Where a rule fires, and where it is armed again. Reaching is enough for both."""

    fires_at: Decimal
    rearms_at: Decimal


def order_key(value: Decimal) -> str:
    """A text whose order, byte by byte, is the order of the numbers; exact for any number of digits.

    The place of the first digit in three digits, then the digits without zeros behind. Raises ValueError for what is
    negative, not finite or beyond 10^±498.
    """
    if not value.is_finite() or value < 0:
        raise ValueError("only numbers from 0 on have their place among levels")
    if value == 0:
        return "000"
    place = value.adjusted() + BIAS
    if not 0 < place < 2 * BIAS:
        raise ValueError("the number is too large or too small to be a level")
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    return f"{place:03d}{digits}"


def fixed_levels(direction: Direction, level: Decimal, least: Decimal) -> Levels:
    """Around one level. `least` is the value's smallest step, 0 where it has none.

    Above nothing begins with the smallest step: what holds nothing is not above 0.
    """
    margin = max(_CONTEXT.multiply(level, HYSTERESIS), least)
    if direction == "below":
        return Levels(level, _CONTEXT.add(level, margin))
    fires_at = max(level, least)
    return Levels(fires_at, max(Decimal(0), _CONTEXT.subtract(fires_at, margin)))


def moving_levels(direction: Direction, share: Decimal) -> Levels:
    """For a move by `share` (0.1 is 10%), of the value over the lowest or the highest of its window: 1.1 or 0.9.

    A small move is armed again when half of it is undone: 1% of the level could be more than the whole move.
    """
    sign = 1 if direction == "above" else -1
    fires_at = 1 + sign * share
    margin = min(_CONTEXT.multiply(fires_at, HYSTERESIS), _CONTEXT.multiply(share, HALF))
    return Levels(fires_at, fires_at - sign * margin)


def has_reached(direction: Direction, value: Decimal, level: Decimal) -> bool:
    """Whether the value stands at the level or beyond it."""
    return value >= level if direction == "above" else value <= level
