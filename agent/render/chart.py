"""A line of values as a chart of several rows for the terminal."""

from decimal import Context, Decimal
from typing import Any

from agent.answers.types import Chart, Grid
from agent.lines import Extent, Line, condensed, extent, pieces
from agent.points import Point
from agent.render.amounts import DIGITS, clock, rate
from agent.render.dates import time_ticks
from agent.render.terminal import WIDTH

HEIGHT = 12
# The dots of the canvas lie about so close, two to a character.
MOST_POINTS = 140
TIME_TICKS, VALUE_TICKS = 4, 4
MOST_ROWS = 8
COLOUR = "cyan"


def chart(asked: Chart, *, colour: bool, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The line within so many columns and rows, values on the left and times in UTC below; '' without points.

    Numbers become floats here, for where a dot is put and for nothing else.
    """
    if not asked.line:
        return ""
    figure = _figure(width, height)
    for piece in pieces(asked.line, asked.gaps, MOST_POINTS):
        _draw(figure, piece, colour)
    _ticks(figure, extent(asked.line))
    text = figure.build().string(colorless=not colour)
    return "\n".join(row.rstrip() for row in str(text).split("\n")).rstrip("\n")


def chart_rows(asked: Chart) -> Grid:
    """A few of the points, for where only words are wanted."""
    rows = tuple((clock(point.at), rate(point.value)) for point in condensed(asked.line, MOST_ROWS))
    return Grid(("at", asked.unit), rows, frozenset({1}))


def _figure(width: int, height: int) -> Any:
    """The library's one figure, emptied: its size is ours and not the terminal's."""
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure.clear()
    figure.theme("colorless")
    figure.canvas("default")
    figure.plot_size(width, height)
    figure.axes(False, axis=("x", "y"), side=1)
    return figure


def _draw(figure: Any, piece: Line, colour: bool) -> None:
    import plotext

    times, values = zip(*(spot for point in piece for spot in _spots(point)), strict=True)
    marker = plotext.marker("braille", COLOUR) if colour else "braille"
    signal = figure.signal(list(times), list(values), marker=marker)
    figure.draw(signal.lines(True) if len(times) > 1 else signal)


def _spots(point: Point) -> list[tuple[int, float]]:
    """A point that stands for a longer time is a stroke from its lowest to its highest."""
    drawn = (point.value,) if point.low == point.high else (point.low, point.high, point.value)
    return [(point.at, float(value)) for value in drawn]


def _ticks(figure: Any, found: Extent) -> None:
    times = time_ticks(found.first.at, found.last.at, TIME_TICKS)
    figure.ruler("x", "lower").ticks([at for at, _ in times], [label for _, label in times])
    levels = value_ticks(found.low, found.high, VALUE_TICKS)
    figure.ruler("y", "left").ticks([float(level) for level in levels], [rate(level) for level in levels])


def value_ticks(low: Decimal, high: Decimal, count: int) -> list[Decimal]:
    """Values at even distances, both ends included."""
    context = Context(prec=DIGITS)
    step = context.divide(high - low, Decimal(count - 1))
    return list(dict.fromkeys([*(low + step * n for n in range(count - 1)), high]))
