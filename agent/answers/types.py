"""What a read answers: data for machines, and parts that a face draws for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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


Part = str | Grid | Code


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one read."""

    intent: str
    data: Mapping[str, Any]
    parts: tuple[Part, ...]
