"""A card drawn: in a box within 80 columns, with colour where the terminal has it, or plainly as labelled lines."""

import textwrap
from typing import TYPE_CHECKING

from agent.render.card import Card, Row, Section
from agent.render.escape import visible
from agent.render.findings import Tone
from agent.render.terminal import WIDTH, Look, drawn

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

LABEL = 10
PROMPT = "Confirm? [y/N] "
STYLES: dict[Tone, str] = {
    "plain": "",
    "out": "bold red",
    "in": "bold green",
    "good": "green",
    "warn": "bold yellow",
    "bad": "bold white on red",
    "unknown": "bold magenta",
    "dim": "dim",
}


def card_text(card: Card, look: Look) -> str:
    """The whole card. The same facts in the same order, however it is drawn."""
    return _plain(card) if look.plain else drawn(_boxed(card), look)


def _plain(card: Card) -> str:
    lines = [f"draft {card.draft_id}", *(mark.upper() for mark in card.marks)]
    for number, section in enumerate(card.sections, 1):
        lines += ["", _title(card, number, section), *(_plain_row(row) for row in section.rows)]
    lines += ["", *(_plain_row(row) for row in card.common)]
    lines += ["", _plain_row(Row("checks", card.passed))]
    lines += [_plain_row(Row(line.word, line.text)) for line in card.findings]
    lines += ["", *(_plain_row(row) for row in _last_rows(card))]
    return "\n".join(lines)


def _plain_row(row: Row) -> str:
    head = f"{row.label}:"
    return textwrap.fill(
        visible(row.text),
        WIDTH,
        initial_indent=f"{head:<{LABEL + 1}}",
        subsequent_indent=" " * (LABEL + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _boxed(card: Card) -> "RenderableType":
    from rich import box
    from rich.console import Group
    from rich.panel import Panel
    from rich.rule import Rule
    from rich.text import Text

    parts: list[RenderableType] = [Text(f" {mark.upper()} ", "bold black on yellow") for mark in card.marks]
    for number, section in enumerate(card.sections, 1):
        gap = [Text("")] if parts else []
        parts += [*gap, Text(visible(_title(card, number, section)), "bold"), _table(section.rows)]
    parts += [Rule(style="dim"), _table(card.common), Rule(style="dim")]
    found = tuple(Row(line.word, line.text, line.tone) for line in card.findings)
    parts += [_table((Row("checks", card.passed), *found), tone_label=True), Rule(style="dim")]
    parts.append(_table(_last_rows(card)))
    title = Text(f" draft {card.draft_id} ", "bold cyan")
    return Panel(Group(*parts), title=title, title_align="left", box=box.ROUNDED, border_style="cyan", width=WIDTH)


def _last_rows(card: Card) -> tuple[Row, ...]:
    words = ", ".join(f'"{word}"' for word in card.acks)
    asked = (Row("to type", words, "warn"),) if words else ()
    return (*asked, Row("expires", card.expires), Row("digest", card.digest))


def _title(card: Card, number: int, section: Section) -> str:
    return f"{number} of {len(card.sections)}  {section.title}" if len(card.sections) > 1 else section.title


def _table(rows: tuple[Row, ...], *, tone_label: bool = False) -> "Table":
    """Labels left, texts right; `tone_label` colours the label (a verdict) instead of the text."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=0)
    table.add_column(width=LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        style = STYLES[row.tone]
        label = Text(row.label, style if tone_label and style else "dim")
        table.add_row(label, Text(visible(row.text), "" if tone_label else style))
    return table
