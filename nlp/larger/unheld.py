"""What was said with a write and no label holds. Nothing was measured of how a larger model labels: what it passes over asks.

The small model learned to label conditions, times and limits, and its guards look at one segment. A larger model may leave
a condition out, or cut the words so that a 'don't' stands in another action's.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from nlp.assemble.guards import NEGATION, UNDOING, guard
from nlp.assemble.reading import Utterance, binds, read_segment
from nlp.schema import INTENTS
from nlp.types import Prediction, Segment, TaggedSpan

CONDITION = re.compile(
    r"\b(?:if|when(?:ever)?|once|unless|until|till|while|provided|providing|assuming|as\s+(?:soon|long)\s+as|in\s+case|except)\b", re.I
)  # fmt: skip
TIME = re.compile(
    r"\b(?:tomorrow|tonight|later|afterwards|eventually|someday|every|daily|weekly|monthly|yearly|before|weekdays?|weekends?|after(?!\s+(?:that|this|which))"
    r"|next\s+(?:day|week|month|quarter|year|time|mon|tues|wednes|thurs|fri|satur|sun)\w*)\b", re.I
)  # fmt: skip
RETRACTED = re.compile(
    r"\b(?:never\s*mind|nvm|forget\s+(?:it|that|this)|scratch\s+that|changed\s+my\s+mind|second\s+thoughts?|hold\s+on)\b",
    re.I,
)
CONDITION_TAGS = frozenset({"t.metric", "t.threshold", "t.above", "t.below", "t.other", "x.limit"})
TIME_TAGS = frozenset({"t.every", "t.weekday", "t.at", "t.after", "t.date", "t.times", "t.other", "x.limit"})
CONDITIONAL = "a condition seems to be said, and it is not clear which; say it as “if eth is below 2000”"
TIMED = "a time seems to be said, and it is not clear which; say it as “in 2 hours” or “every friday”"
AT_ONCE = "this would be done at once, without a card, and I was not sure of it; say it in plainer words"
NEGATIVE = "something here is said in the negative; say plainly what is to be done"


def done_at_once(intent: str) -> bool:
    """Whether acting on an intent changes something that no card is shown for first."""
    spec = INTENTS[intent]
    return intent == "automation_cancel" or (spec.kind == "setting" and bool(spec.required))


def unheld(utterance: Utterance, prediction: Prediction) -> tuple[str, ...]:
    """Reasons for which the writes of a prediction are not believed, each said once."""
    found = (
        reason
        for index, segment in enumerate(prediction.segments)
        if binds(segment.intent)
        for reason in _about(utterance, prediction, index)
    )
    return tuple(dict.fromkeys(found))


def _about(utterance: Utterance, prediction: Prediction, index: int) -> Iterator[str]:
    wide = _widened(utterance, prediction, index)
    tags = tuple(tag for tag in prediction.spans if wide.first <= tag.first <= wide.last)
    yield from _guarded(utterance, wide, tags)
    kinds, free = {tag.tag for tag in tags}, _unlabelled(utterance, wide, tags)
    if CONDITION.search(free) and not kinds & CONDITION_TAGS:
        yield CONDITIONAL
    if TIME.search(free) and not kinds & TIME_TAGS:
        yield TIMED
    if (NEGATION.search(free) and wide.intent not in UNDOING) or RETRACTED.search(free):
        yield NEGATIVE


def _widened(utterance: Utterance, prediction: Prediction, index: int) -> Segment:
    """A segment with all words around it that no other segment's label holds."""
    segments = prediction.segments
    before = [tag.last for tag in prediction.spans if tag.first < segments[index].first]
    after = [tag.first for tag in prediction.spans if tag.first > segments[index].last]
    first = max(before, default=-1) + 1
    return replace(segments[index], first=first, last=min(after, default=len(utterance.words)) - 1)


def _guarded(utterance: Utterance, wide: Segment, tags: tuple[TaggedSpan, ...]) -> Iterator[str]:
    """What the guards find in the wider words, beyond what the labels themselves say."""
    read = read_segment(utterance, wide, tags)
    guarded = guard(utterance, read)
    yield from (reason for slot, reason in guarded.unusable.items() if slot not in read.unusable)
    yield from guarded.limits[len(read.limits) :]


def _unlabelled(utterance: Utterance, wide: Segment, tags: tuple[TaggedSpan, ...]) -> str:
    """The words without a label, as they stand; a bar for each that has one."""
    held = {index for tag in tags for index in range(tag.first, tag.last + 1)}
    words = enumerate(utterance.words[wide.first : wide.last + 1], wide.first)
    return " ".join("|" if index in held else word.text for index, word in words)
