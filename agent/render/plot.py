"""A line of values as a picture in a file, PNG or SVG by the file's ending."""

import os
import tempfile
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.answers.types import Chart
from agent.lines import Line, extent, pieces
from agent.render.amounts import rate
from agent.render.chart import value_ticks
from agent.render.dates import time_ticks
from agent.render.escape import visible
from chain.errors import SayDifferently

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ENDINGS = (".png", ".svg")
SIZE_INCHES = (9.0, 4.5)
DOTS_PER_INCH = 120
# Twice as many as a PNG has columns: more points would show nothing more.
MOST_POINTS = 2000
TIME_TICKS, VALUE_TICKS = 6, 5
COLOUR = "#1f77b4"
LONGEST_START = 1024
UNWRITTEN = "No picture was written."
# One drawing is one file, byte for byte, and nothing in a text is read as a formula.
STYLE = {"svg.hashsalt": "sayso", "svg.fonttype": "none", "path.simplify": False, "text.parse_math": False}


def plot_file(name: str) -> Path:
    """Where a picture may be written, links followed. Raises SayDifferently.

    A picture that is there already may be written over; any other file, and what is no plain file, may not.
    """
    path = Path(name).expanduser()
    if path.suffix.lower() not in ENDINGS:
        raise _unusable(f"{name!a} does not end in .png or .svg.", "Name the file as in: --plot worth.png.")
    try:
        path = path.resolve()
        if path.exists():
            _check_replaceable(path, name)
        _check_folder(path.parent)
    except (OSError, RuntimeError, ValueError) as error:
        raise _unusable(f"{name!a} cannot be used: {_why(error)}.", "Name another file.") from None
    return path


def plot(chart: Chart, path: Path) -> None:
    """Write the line to a file that `plot_file` allowed, whole or not at all. Raises SayDifferently where it cannot.

    Numbers become floats here, for where a line is drawn and for nothing else.
    """
    if not chart.line:
        raise ValueError("a line without points has no picture")
    try:
        _write_whole(chart, path)
    except OSError as error:
        raise _unusable(f"{str(path)!a} cannot be written: {_why(error)}.", "Name another file.") from None


def _write_whole(chart: Chart, path: Path) -> None:
    import matplotlib

    handle, temporary = tempfile.mkstemp(prefix=".sayso-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file, matplotlib.rc_context(STYLE):
            kind = path.suffix.lower().removeprefix(".")
            metadata = {"Date": None} if kind == "svg" else {"Software": None}
            _figure(chart).savefig(file, format=kind, metadata=metadata)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _figure(chart: Chart) -> "Figure":
    """The figure, on the canvas of no window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(visible(chart.title))
    axes.set_ylabel(visible(chart.unit))
    axes.set_xlabel("UTC")
    axes.grid(True, alpha=0.3)
    for number, piece in enumerate(pieces(chart.line, chart.gaps, MOST_POINTS)):
        _draw(axes, piece, number)
    _ticks(axes, chart.line)
    return figure


def _draw(axes: "Axes", piece: Line, number: int) -> None:
    times = [point.at for point in piece]
    lows, highs = ([float(edge) for edge in edges] for edges in zip(*((p.low, p.high) for p in piece), strict=True))
    if lows != highs:
        axes.fill_between(times, lows, highs, color=COLOUR, alpha=0.25, linewidth=0, gid=f"range-{number}")
    marker = "." if len(piece) == 1 else ""
    axes.plot(times, [float(p.value) for p in piece], color=COLOUR, linewidth=1.2, marker=marker, gid=f"line-{number}")


def _ticks(axes: "Axes", line: Line) -> None:
    found = extent(line)
    times = time_ticks(found.first.at, found.last.at, TIME_TICKS)
    levels: list[Decimal] = value_ticks(found.low, found.high, VALUE_TICKS)
    axes.set_xticks([at for at, _ in times], [label for _, label in times])
    axes.set_yticks([float(level) for level in levels], [rate(level) for level in levels])


def _check_replaceable(path: Path, name: str) -> None:
    """Raises SayDifferently, OSError."""
    if not path.is_file():
        raise _unusable(f"{name!a} is no plain file.", "Name another file.")
    with path.open("rb") as file:
        start = file.read(LONGEST_START)
    if start and not _is_picture(start):
        raise _unusable(f"{name!a} is there already, and it is no picture.", "Name another file, or move it away.")
    if not os.access(path, os.W_OK):
        raise _unusable(f"{name!a} is write-protected.", "Name another file.")


def _is_picture(start: bytes) -> bool:
    return start.startswith(b"\x89PNG\r\n\x1a\n") or (start.lstrip().startswith(b"<") and b"<svg" in start)


def _check_folder(folder: Path) -> None:
    """Raises SayDifferently."""
    if not folder.is_dir():
        raise _unusable(f"There is no folder {str(folder)!a}.", "Make it first, or name another file.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _unusable(f"The folder {str(folder)!a} cannot be written to.", "Name another file.")


def _why(error: Any) -> str:
    return getattr(error, "strerror", None) or "its name is not one of a file"


def _unusable(happened: str, remedy: str) -> SayDifferently:
    return SayDifferently(happened, not_done=UNWRITTEN, remedy=remedy)
