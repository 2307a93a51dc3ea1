"""All figures, and the machine that they were measured on, as a table or as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.bench import balances, drafting, parsing, points, processes, rules, watch
from tests.bench.figures import Figure, Rounds
from tests.bench.place import place_on

UNITS = {"ms": "ms", "s": "s", "ratio": "×", "requests": "", "MB": "MB", "a second": "/s"}


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on. `load` is the average of the minute before: what else was running."""

    cpu: str
    cores: int
    system: str
    python: str
    load: float


async def measure(rpc_url: str, rounds: Rounds) -> list[Figure]:
    """Every published figure, on a running local chain. torch comes last: nothing else is measured beside it."""
    with place_on(rpc_url) as place:
        whole = processes.figures(place, rounds)
        cards = await drafting.figures(place, rounds)
        reads = await balances.figures(place, rounds)
        watched = await watch.figures(place, rounds)
    kept = [*points.figures(rounds), *rules.figures(rounds)]
    return [*parsing.figures(rounds), *cards, *whole, *reads, *kept, *watched]


def this_machine() -> Machine:
    """Without its name and paths."""
    return Machine(
        _cpu_model(), os.cpu_count() or 0, _system(), platform.python_version(), round(os.getloadavg()[0], 2)
    )


def table(figures: Sequence[Figure], machine: Machine) -> str:
    """One aligned table, the machine below it."""
    rows = [("figure", "measured", "bar", "", "over"), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {bar:>{widths[2]}}  {verdict:<{widths[3]}}  {note}".rstrip()
        for name, value, bar, verdict, note in rows
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    about = f"{machine.cpu}, {machine.cores} cores, {machine.system}, Python {machine.python}, load {machine.load}"
    return "\n".join([*lines, "", about])


def document(figures: Sequence[Figure], machine: Machine) -> str:
    """The same as JSON."""
    rows = [
        {
            "figure": figure.name,
            "value": round(figure.value, 4),
            "unit": figure.unit,
            "bar": figure.bar,
            "side": figure.side,
            "verdict": figure.verdict,
            "over": figure.note,
        }
        for figure in figures
    ]
    about = {
        "cpu": machine.cpu,
        "cores": machine.cores,
        "system": machine.system,
        "python": machine.python,
        "load": machine.load,
    }
    return json.dumps({"machine": about, "figures": rows}, indent=2)


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    sign = "≤" if figure.side == "at most" else "≥"
    bar = "" if figure.bar is None else f"{sign} {figure.bar:g} {UNITS[figure.unit]}".rstrip()
    return figure.name, _number(figure), bar, figure.verdict, figure.note


def _number(figure: Figure) -> str:
    places = {"ms": 1, "s": 2, "ratio": 2, "requests": 0, "MB": 1, "a second": 0}[figure.unit]
    return f"{figure.value:.{places}f} {UNITS[figure.unit]}".rstrip()


def _cpu_model() -> str:
    """As Linux names it, else the architecture."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    with suppress(OSError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{platform.system()} {platform.release()}"
