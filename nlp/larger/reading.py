"""A larger model's answer as labels on the user's own words, or refused as a whole: it is never repaired and never used in part."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

from nlp.bounded_json import loads
from nlp.errors import ReadingRefused
from nlp.larger.request import ALONE, ASKED_INTENTS, MOST_ACTIONS, MOST_VALUES, Request
from nlp.model.labels import allowed_tags
from nlp.types import Prediction, Segment, TaggedSpan

LONGEST_ANSWER = 16_384
DEEPEST = 8
Run = tuple[int, int]
"""Words first..last."""


@dataclass(frozen=True, slots=True)
class _Action:
    """One action as it was answered: its values are (slot, quote)."""

    intent: str
    values: tuple[tuple[str, str], ...]


def read_answer(answer: str, request: Request) -> Prediction:
    """The labels that an answer puts on the words. Raises ReadingRefused."""
    actions = _actions(answer)
    runs = _placed(actions, request)
    spans = [
        tuple(TaggedSpan(slot, *run) for (slot, _), run in zip(action.values, own, strict=True))
        for action, own in zip(actions, runs, strict=True)
    ]
    segments = _segments(actions, spans, len(request.words))
    return Prediction(segments, tuple(sorted(chain(*spans), key=lambda span: span.first)))


def _actions(answer: str) -> tuple[_Action, ...]:
    """The answer's form: objects with exactly their keys, lists within bounds, and names of the schema."""
    try:
        found = loads(answer, longest=LONGEST_ANSWER, deepest=DEEPEST, unique=True)
    except ValueError as why:
        raise ReadingRefused(f"answered with something that is {why}") from None
    (listed,) = _exactly(found, "actions")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ACTIONS:
        raise ReadingRefused(f"did not answer with 1 to {MOST_ACTIONS} actions")
    actions = tuple(map(_action, listed))
    if len(actions) > 1 and any(action.intent in ALONE for action in actions):
        raise ReadingRefused("put a question or nothing at all beside an action")
    return actions


def _action(found: Any) -> _Action:
    intent, values = _exactly(found, "intent", "values")
    if intent not in ASKED_INTENTS:
        raise ReadingRefused("named an intent that there is not, or may not be")
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise ReadingRefused("named too many values")
    pairs = tuple(_value(value, intent) for value in values)
    if len({slot for slot, _ in pairs}) != len(pairs):
        raise ReadingRefused("filled a slot twice")
    return _Action(intent, pairs)


def _value(found: Any, intent: str) -> tuple[str, str]:
    slot, quote = _exactly(found, "slot", "quote")
    if not isinstance(slot, str) or slot not in allowed_tags(intent):
        raise ReadingRefused("named a slot that its intent has not")
    if not isinstance(quote, str) or not quote:
        raise ReadingRefused("quoted nothing")
    return slot, quote


def _exactly(found: Any, *keys: str) -> tuple[Any, ...]:
    if not isinstance(found, dict) or set(found) != set(keys):
        raise ReadingRefused("answered in another form than was asked for")
    return tuple(found[key] for key in keys)


def _placed(actions: Sequence[_Action], request: Request) -> list[list[Run]]:
    """Where each quote stands. Raises ReadingRefused where one stands nowhere, cuts a word, or could be meant in two places."""
    possible = [_runs(quote, request) for action in actions for _, quote in action.values]
    if not all(possible):
        raise ReadingRefused("quoted what you did not write, or a part of a word")
    chosen = _in_order(possible)
    if chosen is None and all(len(runs) == 1 for runs in possible):
        chosen = [runs[0] for runs in possible]
    if chosen is None:
        raise ReadingRefused("left open which of several equal words it means")
    ordered = iter(chosen)
    placed = [[next(ordered) for _ in action.values] for action in actions]
    _check_apart(placed)
    return placed


def _runs(quote: str, request: Request) -> list[Run]:
    """Every run of whole words that is the quote, character by character."""
    starts = {word.start: index for index, word in enumerate(request.words)}
    ends = {word.end: index for index, word in enumerate(request.words)}
    found, at = [], request.text.find(quote)
    while at >= 0:
        if at in starts and at + len(quote) in ends:
            found.append((starts[at], ends[at + len(quote)]))
        at = request.text.find(quote, at + 1)
    return found


def _in_order(possible: Sequence[Sequence[Run]]) -> list[Run] | None:
    """The one way to place the quotes in the order in which they were answered; None where there is none.

    The earliest way and the latest way bound all others: where they are the same, there is no other.
    """
    earliest, behind = [], -1
    for runs in possible:
        run = next((run for run in runs if run[0] > behind), None)
        if run is None:
            return None
        earliest.append(run)
        behind = run[1]
    latest, before = [], float("inf")
    for runs in reversed(possible):
        latest.append(next(run for run in reversed(runs) if run[1] < before))
        before = latest[-1][0]
    if earliest != latest[::-1]:
        raise ReadingRefused("left open which of several equal words it means")
    return earliest


def _check_apart(placed: Sequence[Sequence[Run]]) -> None:
    """No word has two labels, and every action's words stand behind those of the action before it."""
    runs = sorted(chain(*placed))
    if any(run[1] >= following[0] for run, following in pairwise(runs)):
        raise ReadingRefused("labelled the same words twice")
    extents = [(min(own)[0], max(own)[1]) for own in placed if own]
    if any(one[1] >= other[0] for one, other in pairwise(extents)):
        raise ReadingRefused("mixed up the words of two actions")


def _segments(actions: Sequence[_Action], spans: Sequence[Sequence[TaggedSpan]], count: int) -> tuple[Segment, ...]:
    """Each action from behind the last label of the one before it to its own last label, the last one to the end.

    One without labels has the words up to the next label, or to the end.
    """
    segments: list[Segment] = []
    first = 0
    for index, (action, own) in enumerate(zip(actions, spans, strict=True)):
        following = [span.first for spans_after in spans[index + 1 :] for span in spans_after]
        last = max((span.last for span in own), default=min(following, default=count) - 1)
        if index == len(actions) - 1:
            last = count - 1
        if first > last:
            raise ReadingRefused("named an action for which no words are left")
        segments.append(Segment(action.intent, first, last))
        first = last + 1
    return tuple(segments)
