"""What a read answers: data for machines, and parts that a face draws for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.lines import Gap, Line


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows under headers. The columns whose index is in `numbers` are set to the right; `total` is a last row apart."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of `content`, left out where only words are wanted."""

    content: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of values over time, in `unit`, broken where there are gaps. Where only words are wanted: a few of its points."""

    title: str
    unit: str
    line: Line
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Spark:
    """Values at even distances in time, None where one is unknown: one row of blocks. As words: first, lowest, highest, last."""

    title: str
    unit: str
    values: tuple[Decimal | None, ...]


Part = str | Grid | Code | Chart | Spark


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one read."""

    intent: str
    data: Mapping[str, Any]
    parts: tuple[Part, ...]
