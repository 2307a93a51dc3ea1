"""Why a sentence was read as it was: the words that decided, highlighted, and each decision with its runner-up."""

from collections.abc import Sequence
from typing import Any

from agent.answers.types import Grid
from agent.render.answers import grid_text
from agent.render.escape import visible
from agent.render.terminal import Look, drawn, wrapped
from nlp.types import Reason

NOTHING = "There are no words to explain."
STRONG = 0.2
SHOWN_WORDS = 3
HEADERS = ("decision", "from", "sure", "next best", "margin", "decided by")


def explanation_text(said: str, reasons: Sequence[Reason], look: Look) -> str:
    """The sentence with its deciding words marked, and a row for every decision."""
    if not reasons:
        return NOTHING
    rows = tuple(_row(said, reason) for reason in reasons)
    legend = "Marked words decided what is asked for. The share is what a decision loses without the word."
    grid = grid_text(Grid(HEADERS, rows, frozenset({2, 4})), look)
    return "\n".join([_highlighted(said, reasons, look), "", grid.lstrip("\n"), "", wrapped(legend)])


def explanation_data(said: str, reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """The same for JSON; probabilities and shares between 0 and 1, the margin in nats."""
    return [
        {
            "intent": reason.intent,
            "slot": reason.slot or None,
            "span": [reason.start, reason.end],
            "probability": round(reason.probability, 4),
            "runner_up": {"name": reason.runner_up[0], "probability": round(reason.runner_up[1], 4)},
            "margin": round(reason.margin, 2),
            "words": [
                {"said": said[start:end], "span": [start, end], "share": round(share, 4)}
                for start, end, share in reason.weights
            ],
        }
        for reason in reasons
    ]


def _row(said: str, reason: Reason) -> tuple[str, ...]:
    name, chance = reason.runner_up
    words = [f"{said[start:end]} {share:.0%}" for start, end, share in reason.weights[:SHOWN_WORDS] if share >= 0.01]
    return (
        f"  {reason.slot.replace('_', ' ')}" if reason.slot else reason.intent.replace("_", " "),
        said[reason.start : reason.end] if reason.slot else "",
        f"{reason.probability:.1%}",
        f"{name.replace('_', ' ')} {chance:.1%}",
        f"{reason.margin:.1f}",
        ", ".join(words) or "no single word",
    )


def _highlighted(said: str, reasons: Sequence[Reason], look: Look) -> str:
    """The words that weigh in an intent's decision: in colour bold and reversed, without it in brackets."""
    marked = sorted(
        {
            (start, end)
            for reason in reasons
            if not reason.slot
            for start, end, share in reason.weights
            if share >= STRONG
        }
    )
    if look.colour:
        return _coloured(said, marked, look)
    text, at = "", 0
    for start, end in marked:
        text, at = f"{text}{visible(said[at:start])}[{visible(said[start:end])}]", end
    return wrapped(text + visible(said[at:]))


def _coloured(said: str, marked: Sequence[tuple[int, int]], look: Look) -> str:
    from rich.text import Text

    text, at = Text(), 0
    for start, end in marked:
        text.append(visible(said[at:start])).append(visible(said[start:end]), "bold reverse")
        at = end
    return drawn(text.append(visible(said[at:])), look)
