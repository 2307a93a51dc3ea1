"""An answer as text."""

import io
from typing import TYPE_CHECKING

from agent.answers.types import Answer, Chart, Code, Grid, Part, Spark
from agent.render.chart import chart, chart_rows
from agent.render.escape import visible
from agent.render.spark import spark_drawn, spark_words
from agent.render.terminal import Look, drawn, wrapped

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text


def answer_text(answer: Answer, look: Look) -> str:
    """The parts of an answer below one another."""
    return "\n".join(text for part in answer.parts if (text := _part(part, look)))


def grid_text(grid: Grid, look: Look) -> str:
    """Aligned columns; ruled where drawing is wanted."""
    return _plain(grid) if look.plain else drawn(_ruled(grid), look).rstrip()


def _part(part: Part, look: Look) -> str:
    if isinstance(part, Grid):
        return grid_text(part, look)
    if isinstance(part, Code):
        return "" if look.plain else _qr(part)
    if isinstance(part, Chart):
        return grid_text(chart_rows(part), look) if look.plain else chart(part, colour=look.colour)
    if isinstance(part, Spark):
        return spark_words(part) if look.plain else spark_drawn(part)
    return visible(part) if look.plain else wrapped(visible(part))


def _plain(grid: Grid) -> str:
    rows = [grid.headers, *grid.rows, *((grid.total,) if grid.total else ())]
    cells = [[visible(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(grid.headers))]
    return "\n".join("  ".join(_set(cell, i, widths, grid) for i, cell in enumerate(row)).rstrip() for row in cells)


def _set(cell: str, column: int, widths: list[int], grid: Grid) -> str:
    return cell.rjust(widths[column]) if column in grid.numbers else cell.ljust(widths[column])


def _ruled(grid: Grid) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD, header_style="dim", show_footer=bool(grid.total), footer_style="bold", pad_edge=False
    )
    for index, header in enumerate(grid.headers):
        footer = _cell(grid.total[index], "bold") if grid.total else ""
        table.add_column(header, footer=footer, justify="right" if index in grid.numbers else "left", overflow="fold")
    for row in grid.rows:
        table.add_row(*(_cell(cell, "bold" if not index else "") for index, cell in enumerate(row)))
    return table


def _cell(text: str, style: str) -> "Text":
    from rich.text import Text

    return Text(visible(text), style)


def _qr(code: Code) -> str:
    """Half blocks, dark on light, which a phone's camera reads off a dark terminal as well."""
    import segno

    out = io.StringIO()
    segno.make(code.content, error="m", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")
