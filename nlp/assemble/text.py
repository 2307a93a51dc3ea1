"""Where a text value begins and ends in the user's words."""

from collections.abc import Sequence

from nlp.types import Word

QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "`": "`"}
LONGEST_TEXT = 20_000
RUNNING = frozenset({"document", "strategy", "message"})


def character_range(words: Sequence[Word]) -> tuple[int, int]:
    """The characters from the first word's start to the last word's end."""
    return words[0].start, words[-1].end


def text_value(text: str, start: int, end: int, slot: str) -> tuple[str, tuple[int, int]]:
    """A text slot's value and its range: without quotation marks; after a colon or line break, all that follows.

    Outside a document a final full stop is not part of it. Nothing inside is changed.
    """
    if slot in RUNNING:
        start, end = _running_range(text, start, end, slot)
    start, end = _unquoted(text, *_trimmed(text, start, end))
    if slot != "document" and text[start:end].endswith(".") and not text[start:end].endswith(".."):
        end -= 1
    start, end = _trimmed(text, start, end)
    return text[start:end], (start, end)


def _running_range(text: str, start: int, end: int, slot: str) -> tuple[int, int]:
    """A text behind a colon or a line break runs to the end; one in quotation marks to its closing mark."""
    before = text[:start].rstrip(" \t")
    if before and before[-1] in QUOTES:
        closing = text.find(QUOTES[before[-1]], end - 1)
        if closing >= 0:
            return len(before) - 1, closing + 1
        return start, len(text)
    if start < len(text) and text[start] in QUOTES:
        closing = text.rfind(QUOTES[text[start]], start + 1)
        return (start, closing + 1) if closing > start else (start, len(text))
    if slot == "document" and "\n" in before:
        return text.index("\n") + 1, len(text)
    if before.endswith((":", "\n")):
        return start, len(text)
    return start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    if end - start >= 2 and QUOTES.get(text[start]) == text[end - 1]:
        return start + 1, end - 1
    return start, end
