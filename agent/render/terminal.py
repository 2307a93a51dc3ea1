"""What the terminal can show, and drawing for it. Nothing here prints."""

import io
import os
import sys
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Look:
    """`colour`: escape sequences are welcome. `plain`: no lines, boxes or colour, words alone."""

    colour: bool = False
    plain: bool = False


def look_of(plain: bool) -> Look:
    """What to show on stdout: no colour with --plain, NO_COLOR, a dumb terminal or none."""
    terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return Look(colour=terminal and not plain and not os.environ.get("NO_COLOR"), plain=plain)


def drawn(renderable: "RenderableType", look: Look, width: int = WIDTH) -> str:
    """A rich renderable as text, without trailing blanks where there is no colour."""
    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=look.colour,
        color_system="standard" if look.colour else None,
        no_color=not look.colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as captured:
        console.print(renderable)
    text = captured.get().rstrip("\n")
    return text if look.colour else "\n".join(line.rstrip() for line in text.split("\n"))


def wrapped(text: str) -> str:
    """Each line within 80 columns, broken between words only: an address or a digest stays whole, an indented line indented."""
    return "\n".join(map(_wrapped_line, text.split("\n")))


def _wrapped_line(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    return fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
