"""Whole processes, from their start to their end, as a shell sees them."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench.figures import Figure, Rounds
from tests.bench.place import Place
from tests.bench.timing import median, timed

ROOT = Path(__file__).resolve().parents[2]
COMMANDS: Mapping[str, tuple[tuple[str, ...], float]] = {
    "sayso --help": (("--help",), 0.3),
    "sayso parse": (("parse", "swap 1 eth for usdc"), 0.6),
    "sayso ask a balance": (("ask", "what is my usdc balance?"), 2.0),
}


def figures(place: Place, rounds: Rounds) -> list[Figure]:
    """The median of several cold starts of each. Raises CalledProcessError where one fails."""
    return [
        Figure(name, _median_s(arguments, place, rounds.processes), "s", bar, note=f"{rounds.processes} processes")
        for name, (arguments, bar) in COMMANDS.items()
    ]


def _median_s(arguments: tuple[str, ...], place: Place, count: int) -> float:
    return median([timed(lambda: _run(arguments, place))[1] for _ in range(count)]) / 1000


def _run(arguments: tuple[str, ...], place: Place) -> None:
    subprocess.run([*_program(), *arguments], cwd=ROOT, env=place.environment, capture_output=True, check=True)


def _program() -> list[str]:
    """The console script of this very Python, or the module where it is not installed."""
    script = Path(sys.executable).with_name("sayso")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "agent.cli.main"]
