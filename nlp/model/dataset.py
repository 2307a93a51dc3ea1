"""From labelled characters to labelled words, and from those to padded training batches."""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from nlp.corpus.align import touched
from nlp.corpus.types import Example, Labelled
from nlp.model.features import HINTS, Encoded, Featuriser, batched, state_words
from nlp.model.labels import OUTSIDE, Labels
from nlp.recognise import recognise
from nlp.types import DialogueState, Kind, Word

IGNORED = -100
POOL_BATCHES = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One example as the model learns it: BIO class and segment start per word, and (first, last, intent id) segments."""

    encoded: Encoded
    classes: tuple[int, ...]
    starts: tuple[bool, ...]
    segments: tuple[tuple[int, int, int], ...]
    skeleton: str
    split: str


@dataclass(slots=True)
class Alignment:
    """What happened when labels were laid on words."""

    examples: int = 0
    expanded: int = 0
    conflicting: int = 0
    truncated: int = 0
    unlabelled: int = 0
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """For the report."""
        return {
            "examples": self.examples,
            "spans_expanded_to_words": self.expanded,
            "spans_in_conflict": self.conflicting,
            "truncated": self.truncated,
            "spans_without_words": self.unlabelled,
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Model inputs, and targets per word (`firsts`, `classes`, `starts`: [rows, words]) and per segment."""

    ids: Tensor
    mask: Tensor
    marks: Tensor
    firsts: Tensor
    classes: Tensor
    starts: Tensor
    segment_rows: Tensor
    segment_words: Tensor
    segment_firsts: Tensor
    intents: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The batch on another device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


def rows_of(examples: Iterable[Example], featuriser: Featuriser, labels: Labels, seen: Alignment) -> Iterator[Row]:
    """Every example that has words, aligned; `seen` counts what did not fit."""
    for example in examples:
        words = recognise(example.text, example.context)
        if words:
            yield row_of(example, words, featuriser, labels, seen)


def row_of(example: Example, words: Sequence[Word], featuriser: Featuriser, labels: Labels, seen: Alignment) -> Row:
    """One example on its words. A span that ends inside a word is widened to the whole word."""
    encoded = featuriser.encode(words, example.state)
    kept = words[: len(encoded.firsts)]
    classes = _classes(example, kept, labels, seen)
    segments = _segments(example, kept, labels)
    starts = [False] * len(kept)
    for first, _, _ in segments:
        starts[first] = True
    seen.examples += 1
    seen.truncated += encoded.truncated
    skeleton = _skeleton(kept, classes, example.state)
    return Row(encoded, tuple(classes), tuple(starts), tuple(segments), skeleton, example.split)


def data_version(examples: Iterable[Example]) -> str:
    """SHA-256 over everything that training reads of the examples, in order."""
    digest = hashlib.sha256()
    for example in examples:
        read = (example.text, example.segments, example.spans, example.split, state_words(example.state))
        digest.update(repr(read).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _classes(example: Example, words: Sequence[Word], labels: Labels, seen: Alignment) -> list[int]:
    classes = [OUTSIDE] * len(words)
    for span in sorted(example.spans):
        start, end, tag = span
        indices = touched(words, start, end)
        if not indices:
            seen.unlabelled += 1
            _note(seen, example, span)
            continue
        if words[indices[0]].start < start or words[indices[-1]].end > end:
            seen.expanded += 1
            _note(seen, example, span)
        free = [index for index in indices if classes[index] == OUTSIDE]
        seen.conflicting += len(free) < len(indices)
        for position, index in enumerate(free):
            classes[index] = labels.tag_ids[tag] + (position > 0)
    return classes


def _segments(example: Example, words: Sequence[Word], labels: Labels) -> list[tuple[int, int, int]]:
    """Word bounds of the segments, made gapless: each runs to where the next begins, the first from the first word."""
    opened: list[tuple[int, int]] = []
    for start, end, intent in example.segments:
        indices = touched(words, start, end)
        first = next((i for i in indices if not opened or i > opened[-1][0]), None)
        if first is not None:
            opened.append((first if opened else 0, labels.intent_ids[intent]))
    ends = [first - 1 for first, _ in opened[1:]] + [len(words) - 1]
    return [(first, last, intent) for (first, intent), last in zip(opened, ends, strict=True)]


def _skeleton(words: Sequence[Word], classes: Sequence[int], state: DialogueState) -> str:
    """The utterance with its values masked."""
    masked = [
        "_" if classes[i] != OUTSIDE or word.kind not in (Kind.WORD, Kind.PUNCT) else word.text.lower()
        for i, word in enumerate(words)
        if word.kind is not Kind.PUNCT
    ]
    return " ".join((*state_words(state), "|", *masked))


def _note(seen: Alignment, example: Example, span: Labelled) -> None:
    if len(seen.notes) < 50:
        seen.notes.append(f"{example.text[span[0] : span[1]]!r} as {span[2]} in {example.text!r}")


def shuffled_batches(rows: Sequence[Row], size: int, source: random.Random) -> Iterator[list[Row]]:
    """All rows once in random order, rows of like length together."""
    order = list(range(len(rows)))
    source.shuffle(order)
    batches: list[list[Row]] = []
    for at in range(0, len(order), size * POOL_BATCHES):
        pool = sorted(order[at : at + size * POOL_BATCHES], key=lambda index: len(rows[index].encoded.ids))
        batches.extend([rows[index] for index in pool[start : start + size]] for start in range(0, len(pool), size))
    source.shuffle(batches)
    yield from batches


def collate(rows: Sequence[Row], labels: Labels, drop_marks: float = 0.0, source: random.Random | None = None) -> Batch:
    """Padded tensors. `drop_marks`: how often a word's hints are hidden, so that the model does not lean on them alone."""
    arrays = batched([row.encoded for row in rows])
    if source is not None and drop_marks:
        noise = np.random.default_rng(source.getrandbits(64)).random(arrays.ids.shape)
        arrays.marks[:, :, : len(HINTS)] *= (noise >= drop_marks)[:, :, None]
    longest = max(len(row.classes) for row in rows)
    segments = [(index, *segment) for index, row in enumerate(rows) for segment in row.segments]
    inside = np.zeros((len(segments), longest), dtype=np.float32)
    for position, (_, first, last, _) in enumerate(segments):
        inside[position, first : last + 1] = 1 / (last - first + 1)
    return Batch(
        torch.from_numpy(arrays.ids.astype(np.int64)),
        torch.from_numpy(arrays.mask.astype(np.int64)),
        torch.from_numpy(arrays.marks),
        _padded([row.encoded.firsts for row in rows], longest, 0),
        _padded([row.classes for row in rows], longest, IGNORED),
        _padded([row.starts for row in rows], longest, IGNORED),
        torch.tensor([row for row, *_ in segments]),
        torch.from_numpy(inside),
        torch.tensor([first for _, first, _, _ in segments]),
        torch.tensor([intent for *_, intent in segments]),
    )


def _padded(lists: Sequence[Sequence[int]], length: int, filler: int) -> Tensor:
    return torch.tensor([[*map(int, items), *[filler] * (length - len(items))] for items in lists])
