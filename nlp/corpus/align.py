"""Spans on whole words: a recogniser may see one word ('half an', '10 gwei', '2500 euros') where a template tags a part."""

from collections.abc import Sequence

from nlp.corpus.types import Labelled
from nlp.types import Word


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
