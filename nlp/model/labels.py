"""The closed label sets of the model and which tags may stand in a segment of which intent."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nlp.schema import INTENT_LABELS, INTENTS, SLOT_TAGS, TRIGGER_TAGS, is_write, may_carry_trigger
from nlp.types import TaggedSpan

OUTSIDE = 0
LIMIT_TAG = "x.limit"


@dataclass(frozen=True)
class Labels:
    """Intents and tags in the order of the weights. Tag ids: 0 outside, `1 + 2k` begins tag k, `2 + 2k` is inside it.

    `allowed` names the tags that a segment of an intent may hold; an intent that it does not name may hold all.
    """

    intents: tuple[str, ...]
    tags: tuple[str, ...]
    allowed: Mapping[str, Set[str]]

    @property
    def tag_count(self) -> int:
        """How many BIO classes there are."""
        return 1 + 2 * len(self.tags)

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """[intents, BIO classes]: whether the class may stand in a segment of the intent."""
        rows = np.zeros((len(self.intents), self.tag_count), dtype=bool)
        rows[:, OUTSIDE] = True
        for row, intent in enumerate(self.intents):
            permitted = self.allowed.get(intent)
            for column, tag in enumerate(self.tags):
                rows[row, 1 + 2 * column : 3 + 2 * column] = permitted is None or tag in permitted
        return rows

    @cached_property
    def tag_ids(self) -> Mapping[str, int]:
        """The class that begins each tag; the one inside it is the next."""
        return {tag: 1 + 2 * index for index, tag in enumerate(self.tags)}

    @cached_property
    def intent_ids(self) -> Mapping[str, int]:
        return {intent: index for index, intent in enumerate(self.intents)}

    def tag_of(self, class_id: int) -> str:
        """The tag of a class that is not OUTSIDE."""
        return self.tags[(class_id - 1) // 2]


def begins(class_id: int) -> bool:
    """Whether the class is the first word of a span."""
    return class_id % 2 == 1


def spans_of(classes: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    """Spans (first, last, beginning class) of a legal sequence of classes."""
    found: list[tuple[int, int, int]] = []
    for index, class_id in enumerate(classes):
        if begins(class_id):
            found.append((index, index, class_id))
        elif class_id != OUTSIDE:
            first, _, beginning = found[-1]
            found[-1] = (first, index, beginning)
    return tuple(found)


def classes_of(spans: Sequence[TaggedSpan], labels: Labels, count: int) -> list[int]:
    """The class of each of so many words under these spans."""
    classes = [OUTSIDE] * count
    for span in spans:
        beginning = 1 + 2 * labels.tags.index(span.tag)
        classes[span.first : span.last + 1] = [beginning, *[beginning + 1] * (span.last - span.first)]
    return classes


def schema_labels() -> Labels:
    """The labels of the schema: an intent's own slots, trigger tags where a trigger may stand, the limit on writes."""
    return Labels(INTENT_LABELS, SLOT_TAGS, {intent: allowed_tags(intent) for intent in INTENTS})


def allowed_tags(intent: str) -> Set[str]:
    """The tags that may stand in a segment of an intent of the contract."""
    tags = set(INTENTS[intent].slots) & set(SLOT_TAGS)
    if may_carry_trigger(intent):
        tags |= set(TRIGGER_TAGS)
    if is_write(intent):
        tags.add(LIMIT_TAG)
    return tags
