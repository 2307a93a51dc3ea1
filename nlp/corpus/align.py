"""Spans on whole words: a recogniser may see one word ('half an', '10 gwei', '2500 euros') where a template tags a part."""

import re
from collections.abc import Sequence

from nlp.corpus.types import Labelled
from nlp.types import Word

LEADING = re.compile(r"(?i)(?:(?:in|within|over|for|during|the|these|last|past|previous|preceding|this)\s+)+(?=\S)")
EVERY_BEFORE = re.compile(r"(?i)\b(?:every|each)\s+$")


def snapped(spans: Sequence[Labelled], words: Sequence[Word]) -> tuple[Labelled, ...]:
    """Every span widened to the edges of the words it touches; of two spans on one word the first stays."""
    kept: list[Labelled] = []
    for start, end, tag in sorted(spans):
        touched = [word for word in words if word.start < end and start < word.end]
        left = min([start, *(word.start for word in touched)])
        right = max([end, *(word.end for word in touched)])
        if not kept or kept[-1][1] <= left:
            kept.append((left, right, tag))
    return tuple(kept)


def touched(words: Sequence[Word], start: int, end: int) -> range:
    """Indices of the words that share a character with start:end."""
    inside = [index for index, word in enumerate(words) if word.start < end and word.end > start]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def evened(spans: Sequence[Labelled], text: str) -> tuple[Labelled, ...]:
    """Lengths of time labelled alike whoever wrote them: without 'in the last', and a rhythm with its 'every'."""
    return tuple(_evened(start, end, tag, text) for start, end, tag in spans)


def _evened(start: int, end: int, tag: str, text: str) -> Labelled:
    if tag in ("period", "term", "t.within", "t.after"):
        lead = LEADING.match(text[start:end])
        return (start + lead.end() if lead else start, end, tag)
    before = EVERY_BEFORE.search(text[:start]) if tag == "t.every" else None
    return (before.start() if before else start, end, tag)
