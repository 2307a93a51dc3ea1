"""Notices as a person reads them. Their texts were made harmless when they were stored."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from agent.automation.schedule import local_clock
from agent.notices.channels.types import document
from agent.notices.store import Delivery, Notice, Told
from agent.render.terminal import Look, drawn

WORDS = {
    "alert": ("ALERT", "bold yellow"),
    "order": ("ORDER", "bold cyan"),
    "order_missed": ("MISSED", "bold red"),
    "order_failed": ("FAILED", "bold red"),
    "transfer": ("MOVED", "bold green"),
    "allowance": ("ALLOWED", "bold yellow"),
    "nonce": ("WARNING", "bold red"),
    "finding": ("FINDING", "bold yellow"),
    "outage": ("OUTAGE", "bold red"),
    "summary": ("MORE", "bold"),
}
STATES = {"waiting": "waits", "sent": "sent", "given_up": "given up"}
NONE = "There are no notices yet. 'sayso watch' makes them."


def notice_text(notice: Notice, zone: tzinfo, look: Look) -> str:
    """One notice: when, of which kind and what in one line, the rest indented under it."""
    word, style = WORDS.get(notice.kind, (notice.kind.upper(), ""))
    lines = [f"{local_clock(notice.at, zone)}  {_coloured(word, style, look)}  {notice.title}"]
    return "\n".join([*lines, *(f"  {line}" for line in notice.body.split("\n") if line)])


def notices_text(found: Sequence[Told], zone: tzinfo, look: Look) -> str:
    """A list of them, each with its deliveries."""
    if not found:
        return NONE
    return "\n\n".join(f"{notice_text(told.notice, zone, look)}\n  [{_delivered(told.deliveries)}]" for told in found)


def notices_data(found: Sequence[Told]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        document(told.notice)
        | {"deliveries": [{"channel": d.channel, "state": d.state, "tries": d.tries} for d in told.deliveries]}
        for told in found
    ]


def _delivered(deliveries: Sequence[Delivery]) -> str:
    return ", ".join(f"{d.channel}: {_state(d)}" for d in deliveries) or "no channel"


def _state(delivery: Delivery) -> str:
    tries = f" after {delivery.tries} tries" if delivery.state != "sent" and delivery.tries > 1 else ""
    return STATES[delivery.state] + tries


def _coloured(word: str, style: str, look: Look) -> str:
    from rich.text import Text

    return drawn(Text(word, style=style), look) if look.colour else word
