"""Which typed words are a yes or a no to a card: closed lists, matched exactly. No model has a say in this."""

from collections.abc import Sequence
from typing import Literal

YES = frozenset(
    {
        "yes",
        "y",
        "yes please",
        "yes confirm",
        "yes go ahead",
        "yes do it",
        "confirm",
        "confirm it",
        "i confirm",
        "go ahead",
        "do it",
        "go for it",
        "proceed",
    }
)
NO = frozenset(
    {
        "",
        "no",
        "n",
        "nope",
        "no thanks",
        "cancel",
        "cancel it",
        "cancel that",
        "stop",
        "abort",
        "reject",
        "reject it",
        "never mind",
        "nevermind",
        "forget it",
        "dont",
        "don't",
    }
)
SHOWN_YES = "yes, y, confirm, go ahead or do it"
UNDERSTOOD_NO = "Understood as a no: nothing was drafted."
Judgement = Literal["yes", "no", "needs_word", "other"]


def judged(text: str, acks: Sequence[str] = ()) -> Judgement:
    """What typed text is to a card that asks for the words `acks`, or for a plain yes where there are none.

    An empty line is the default, No. A yes where a word is asked for is 'needs_word'; anything else is 'other'.
    """
    words = normalised(text)
    if words is None:
        return "other"
    if words in NO:
        return "no"
    if acks and sorted(words.split()) == sorted(" ".join(acks).lower().split()):
        return "yes"
    if words in YES:
        return "needs_word" if acks else "yes"
    return "other"


def normalised(text: str) -> str | None:
    """Lower case, single spaces, without commas and one closing full stop or exclamation mark; None beyond ASCII."""
    if not text.isascii():
        return None
    trimmed = " ".join(text.lower().replace(",", " ").split())
    return trimmed[:-1].rstrip() if trimmed.endswith((".", "!")) else trimmed
