"""Labels from a correction: where in a sentence the values of its right actions stand.

A person tells what a sentence meant, not how it is labelled. The labels are searched for, and are believed only where the
code, reading by them, gives exactly the right actions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from nlp.assemble.finish import answer
from nlp.assemble.reading import JOINTS, Reading, Utterance, read_segment
from nlp.assemble.text import LONGEST_TEXT, RUNNING
from nlp.assemble.trigger import read_trigger
from nlp.contract import action_object
from nlp.corpus.types import Example
from nlp.parser import assembled
from nlp.recognise import recognise
from nlp.schema import WHOLE_SEGMENT_SLOTS
from nlp.types import Action, Context, DialogueState, Kind, Prediction, Segment, TaggedSpan

Meant = Sequence[Mapping[str, Any]]
TRIES = 400
LONGEST_VALUE = 8
LONGEST_COMPARISON = 4
NUMBERS = frozenset({Kind.NUMBER, Kind.PERCENT, Kind.MONEY})
ABSENT = (None,)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One value that is to be found: the places where it may stand; None where it need not be said in its own clause."""

    action: int
    places: tuple[TaggedSpan | None, ...]


def taught(text: str, context: Context, meant: Meant) -> Example | None:
    """The sentence with labels that give the actions `meant` (as the contract writes them); None where none do."""
    utterance = Utterance(text, tuple(recognise(text[:LONGEST_TEXT], context)), context)
    if not utterance.words or len(text) > LONGEST_TEXT:
        return None
    for prediction in islice(_labellings(utterance, meant), TRIES):
        parse = answer(assembled(utterance, prediction, DialogueState()), 1.0)
        if parse.status != "incomplete" and [action_object(action) for action in parse.actions] == list(meant):
            return _example(utterance, prediction)
    return None


def _labellings(utterance: Utterance, meant: Meant) -> Iterator[Prediction]:
    wanted = [want for index, action in enumerate(meant) for want in _wanted(utterance, index, action, len(meant) > 1)]
    wanted.sort(key=lambda want: (want.action, len(want.places)))
    for placed in _placed(wanted, ()):
        segments = _segments(utterance, meant, placed)
        if segments:
            spans = sorted((span for _, span in placed), key=lambda span: span.first)
            yield Prediction(segments, tuple(spans))


def _wanted(utterance: Utterance, index: int, action: Mapping[str, Any], several: bool) -> Iterator[_Wanted]:
    """What of an action is to be found. Of several actions, one may take a value from another's clause."""
    intent, slots, trigger = action["intent"], dict(action["slots"]), dict(action.get("trigger", {}))
    if "function" in slots:
        slots.pop("args", None)
    for slot, value in slots.items():
        if slot != WHOLE_SEGMENT_SLOTS.get(intent):
            places = tuple(_slot_places(utterance, intent, slot, value))
            yield _Wanted(index, (*places, *(ABSENT if several or not places else ())))
    for key, value in trigger.items():
        places = tuple(_trigger_places(utterance, intent, key, value))
        yield _Wanted(index, (*places, *ABSENT))


def _slot_places(utterance: Utterance, intent: str, slot: str, value: Any) -> Iterator[TaggedSpan]:
    whole = Segment(intent, 0, len(utterance.words) - 1)
    for span in _stretches(utterance, slot, LONGEST_VALUE):
        read = read_segment(utterance, whole, (span,)).slots
        if action_object(Action(intent, read))["slots"].get(slot) == value:
            yield span


def _trigger_places(utterance: Utterance, intent: str, key: str, value: str) -> Iterator[TaggedSpan]:
    if key == "direction":
        yield from _comparisons(utterance, f"t.{value}")
        return
    for span in _stretches(utterance, f"t.{key}", LONGEST_VALUE):
        reading = Reading(intent, 0, len(utterance.words) - 1, tags=(span,))
        if read_trigger(utterance, reading).keys.get(key) == value:
            yield span


def _comparisons(utterance: Utterance, tag: str) -> Iterator[TaggedSpan]:
    """The words that compare stand right before the number, as a rule."""
    words = utterance.words
    for last, word in enumerate(words[:-1]):
        if words[last + 1].kind in NUMBERS and word.kind is Kind.WORD:
            for first in range(last, max(-1, last - LONGEST_COMPARISON), -1):
                yield TaggedSpan(tag, first, last)


def _stretches(utterance: Utterance, tag: str, longest: int) -> Iterator[TaggedSpan]:
    """Runs of words, shortest first; of a running text, longest first."""
    count = len(utterance.words)
    lengths = range(count, 0, -1) if tag in RUNNING else range(1, min(longest, count) + 1)
    for length in lengths:
        for first in range(count - length + 1):
            yield TaggedSpan(tag, first, first + length - 1)


def _placed(
    wanted: Sequence[_Wanted], taken: tuple[tuple[int, TaggedSpan], ...]
) -> Iterator[tuple[tuple[int, TaggedSpan], ...]]:
    """Every way to give each value a place of its own, the clauses in order."""
    if not wanted:
        yield taken
        return
    for place in wanted[0].places:
        if place is None:
            yield from _placed(wanted[1:], taken)
        elif all(_apart(wanted[0].action, place, index, other) for index, other in taken):
            yield from _placed(wanted[1:], (*taken, (wanted[0].action, place)))


def _apart(index: int, place: TaggedSpan, other_index: int, other: TaggedSpan) -> bool:
    if index > other_index:
        return place.first > other.last
    if index < other_index:
        return place.last < other.first
    return place.last < other.first or other.last < place.first


def _segments(utterance: Utterance, meant: Meant, placed: Sequence[tuple[int, TaggedSpan]]) -> tuple[Segment, ...]:
    """The clauses: each begins behind the last value of the one before, at the joint if there is one; () where one has no word."""
    firsts = [0]
    for index in range(1, len(meant)):
        before = max((span.last for at, span in placed if at < index), default=-1) + 1
        until = min((span.first for at, span in placed if at >= index), default=len(utterance.words))
        joints = [at for at in range(before, until) if utterance.words[at].text.lower() in JOINTS]
        firsts.append(joints[0] if joints else before)
    lasts = [*(first - 1 for first in firsts[1:]), len(utterance.words) - 1]
    if any(last < first for first, last in zip(firsts, lasts, strict=True)):
        return ()
    intents = [str(action["intent"]) for action in meant]
    return tuple(Segment(*parts) for parts in zip(intents, firsts, lasts, strict=True))


def _example(utterance: Utterance, prediction: Prediction) -> Example:
    """In characters, as training reads it."""
    words = utterance.words
    segments = tuple((words[s.first].start, words[s.last].end, s.intent) for s in prediction.segments)
    spans = tuple((words[s.first].start, words[s.last].end, s.tag) for s in prediction.spans)
    return Example(utterance.text, utterance.context, DialogueState(), segments, spans, "feedback", "train")
