"""One figure: what was measured, its bar, and whether it holds."""

from dataclasses import dataclass
from typing import Literal

Bar = Literal["at most", "at least"]
Verdict = Literal["pass", "miss", ""]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number. `bar` None: published without one. `note` says what it was measured over."""

    name: str
    value: float
    unit: Literal["ms", "s", "ratio", "requests", "MB", "a second"]
    bar: float | None = None
    side: Bar = "at most"
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """pass or miss; '' without a bar."""
        if self.bar is None:
            return ""
        return "pass" if (self.value <= self.bar if self.side == "at most" else self.value >= self.bar) else "miss"


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each thing is measured; the figures are quantiles over these. `warming`: rounds before that do not count."""

    warming: int = 1
    parses: int = 12
    cards: int = 5
    confirms: int = 15
    processes: int = 7
    balances: int = 3
    series: int = 100
    charts: int = 15
    ticks: int = 9
    watch_ticks: int = 10_000


QUICK = Rounds(
    warming=0, parses=1, cards=1, confirms=1, processes=1, balances=1, series=2, charts=1, ticks=1, watch_ticks=20
)
