"""A line of values in one row of block characters."""

from collections.abc import Sequence
from decimal import Context, Decimal

from agent.answers.types import Spark
from agent.render.amounts import rate
from agent.render.escape import visible
from agent.render.terminal import wrapped

BLOCKS = "▁▂▃▄▅▆▇█"
LEVEL = "▄"
UNKNOWN = " "


def spark(values: Sequence[Decimal | None]) -> str:
    """One character a value, the lowest and the highest of them at the ends of the scale; a blank for what is unknown."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    return "".join(UNKNOWN if value is None else _block(value, low, high) for value in values)


def spark_drawn(asked: Spark) -> str:
    """The title, the blocks, and the numbers that the blocks stand between; '' where nothing is known."""
    if not _known(asked):
        return ""
    return "\n".join((visible(f"{asked.title}:"), spark(asked.values), wrapped(visible(_numbers(asked)))))


def spark_words(asked: Spark) -> str:
    """The same in numbers alone."""
    return visible(f"{asked.title}: {_numbers(asked)}") if _known(asked) else ""


def _numbers(asked: Spark) -> str:
    known = _known(asked)
    named = {"first": known[0], "lowest": min(known), "highest": max(known), "last": known[-1]}
    return ", ".join(f"{name} {rate(value)}" for name, value in named.items()) + f" {asked.unit}"


def _known(asked: Spark) -> list[Decimal]:
    return [value for value in asked.values if value is not None]


def _block(value: Decimal, low: Decimal, high: Decimal) -> str:
    if low == high:
        return LEVEL
    part = Context(prec=30).divide(value - low, high - low)
    return BLOCKS[min(int(part * len(BLOCKS)), len(BLOCKS) - 1)]
