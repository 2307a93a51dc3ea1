"""A year of points of many series: what it takes on disk, and a chart of the year out of it."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from agent.answers.types import Chart
from agent.lines import gaps
from agent.points import DAY, HOUR, RAW, WEEK, YEAR, Points, Series
from agent.render.chart import chart
from agent.render.plot import plot, plot_file
from agent.store import Store, open_store
from tests.bench.figures import Figure, Rounds
from tests.bench.timing import median, timed

NOW = 1_800_000_000 // DAY * DAY
MINUTE = 60
BAR_MB, BAR_MS = 100, 300
UNIT = Decimal("0.00000001")
AT_A_TIME = 20_000
ROW = "INSERT INTO points (series, step, at, value, low, high) VALUES (?, ?, ?, ?, ?, ?)"
Row = tuple[int, int, int, str, str | None, str | None]
# What a process pays once, before its first chart: the library's import, and for pictures the fonts.
FIRST_TIMES = {
    "import of plotext": "import plotext",
    "import of matplotlib, and its first picture": (
        "from agent.render.plot import plot; from agent.answers.types import Chart; from agent.points import Point;"
        "from decimal import Decimal as D; from pathlib import Path; import sys;"
        "began = clock(); plot(Chart('', '', tuple(Point(n, D(n), D(n), D(n)) for n in (0, 1))), Path(sys.argv[1]))"
    ),
}


def figures(rounds: Rounds) -> list[Figure]:
    """In a folder that is thrown away."""
    with TemporaryDirectory(prefix="sayso-bench-") as folder:
        path = Path(folder) / "sayso.db"
        store = open_store(path)
        count = fill(store, rounds.series)
        drawn = _charts(Points(store), Path(folder), rounds)
        store.close()
        size = path.stat().st_size / 1e6
        over = f"{rounds.series} series, one reading a minute that differs from the one before, {count:,} rows"
        return [Figure("a year of points on disk", size, "MB", BAR_MB, note=over), *drawn, *_first(folder, rounds)]


def fill(store: Store, series: int) -> int:
    """A year as a watch that was thinned all along has left it; how many rows that is."""
    points, written = Points(store), 0
    with store.write() as connection:
        numbers = [points.id_in(connection, _series(n)) for n in range(series)]
    rows = list[Row]()
    for row in _rows(numbers):
        rows.append(row)
        if len(rows) == AT_A_TIME:
            written += _write(store, rows)
            rows.clear()
    return written + _write(store, rows)


def _write(store: Store, rows: list[Row]) -> int:
    with store.write() as connection:
        connection.exec_driver_sql(ROW, rows)
    return len(rows)


def _rows(numbers: list[int]) -> Iterator[Row]:
    """In the order of time, all series at each moment, as they are written in truth."""
    random = Random(1)
    values = [random.randrange(10**10, 5 * 10**11) for _ in numbers]
    for step, times in ((HOUR, range(NOW - YEAR, NOW - WEEK, HOUR)), (RAW, range(NOW - WEEK, NOW + 1, MINUTE))):
        for at in times:
            for index, number in enumerate(numbers):
                values[index] += random.randrange(-values[index] // 500, values[index] // 500 + 1) or 1
                yield _row(number, step, at, values[index], random)


def _row(number: int, step: int, at: int, value: int, random: Random) -> Row:
    if step == RAW:
        return number, step, at, str(value * UNIT), None, None
    low, high = value - random.randrange(1, value // 100), value + random.randrange(1, value // 100)
    return number, step, at + HOUR - MINUTE, str(value * UNIT), str(low * UNIT), str(high * UNIT)


def _series(number: int) -> Series:
    return Series("price", 1, f"COIN{number}", quote="USD")


def _charts(points: Points, folder: Path, rounds: Rounds) -> list[Figure]:
    file = plot_file(str(folder / "chart.png"))
    plot(_chart(points, 0), file)
    several = range(rounds.charts)
    rows = [timed(lambda n=n: chart(_chart(points, n % rounds.series), colour=False))[1] for n in several]
    files = [timed(lambda n=n: plot(_chart(points, n % rounds.series), file))[1] for n in several]
    over = f"of a year, read from the store, {rounds.charts} charts"
    return [
        Figure("a chart for the terminal", median(rows), "ms", BAR_MS, note=over),
        Figure("a chart as a PNG", median(files), "ms", BAR_MS, note=over),
    ]


def _chart(points: Points, number: int) -> Chart:
    line = points.between(_series(number), NOW - YEAR, NOW)
    return Chart("a year", "USD", line, gaps(line, NOW - YEAR, NOW, MINUTE))


def _first(folder: str, rounds: Rounds) -> list[Figure]:
    """Each in a process of its own."""
    over = f"once a process, {rounds.processes} processes"
    return [
        Figure(name, median([_once(code, folder) for _ in range(rounds.processes)]), "ms", note=over)
        for name, code in FIRST_TIMES.items()
    ]


def _once(code: str, folder: str) -> float:
    script = f"from time import perf_counter as clock; began = clock(); {code}; print((clock() - began) * 1000)"
    command = [sys.executable, "-c", script, f"{folder}/first.png"]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
