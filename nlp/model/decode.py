"""From the network's scores to segments and spans; no sequence that breaks the BIO rules can come out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.model.labels import OUTSIDE, Labels, begins, classes_of, spans_of
from nlp.types import Evidence, Prediction, Segment, TaggedSpan

Floats = NDArray[np.float32]
CANDIDATES = 3
LEAST_PROBABILITY = 0.02
NO_CHANCE = -50.0


@dataclass(frozen=True, slots=True)
class Scores:
    """The network's logits for one utterance of n words.

    `starts` [n, 2]: whether a word opens a segment; `tags` [n, BIO classes]; the intents of a segment are
    `whole` [intents] + the mean of its words' `means` [n, intents] + its first word's `openers` [n, intents].
    """

    starts: Floats
    tags: Floats
    whole: Floats
    means: Floats
    openers: Floats


@dataclass(frozen=True, slots=True)
class _Choice:
    """One reading of a segment: its intent, the classes of its words, and the log probabilities of both.

    `rival` is the likeliest of the other intents, or the intent itself where there is no other.
    """

    intent: int
    rival: int
    classes: tuple[int, ...]
    intent_log: float
    tag_logs: Floats

    @property
    def total(self) -> float:
        return self.intent_log + float(self.tag_logs.sum())


def decode(scores: Scores, labels: Labels, *, truncated: bool = False) -> Prediction:
    """Segments by their opening words; in each, the intent and the legal tags that are likeliest together."""
    if not len(scores.tags):
        return Prediction((), (), Evidence(border=NO_CHANCE), truncated)
    start_logs, tag_logs = log_softmax(scores.starts), log_softmax(scores.tags)
    segments: list[Segment] = []
    spans: list[TaggedSpan] = []
    evidence = Evidence(border=_least_border(start_logs), margin=math.inf, energy=math.inf)
    for first, last in segment_bounds(start_logs):
        logits = segment_logits(scores, first, last)
        intent_logs = log_softmax(logits)
        choice = _choose(intent_logs, tag_logs[first : last + 1], labels)
        segments.append(_segment(choice, intent_logs, labels, first, last))
        spans.extend(_spans(choice, labels, first))
        evidence = _with_segment(evidence, choice, intent_logs, logits)
    return Prediction(tuple(segments), tuple(spans), evidence, truncated)


def agreement(prediction: Prediction, scores: Scores, labels: Labels) -> float:
    """The least log probability that other scores give to a prediction's borders, intents and labels."""
    if not prediction.segments:
        return 0.0
    start_logs, tag_logs = log_softmax(scores.starts), log_softmax(scores.tags)
    opens = np.zeros(len(tag_logs), dtype=np.intp)
    opens[[segment.first for segment in prediction.segments]] = 1
    classes = classes_of(prediction.spans, labels, len(tag_logs))
    words = np.arange(len(tag_logs))
    intents = (
        log_softmax(segment_logits(scores, s.first, s.last))[labels.intents.index(s.intent)]
        for s in prediction.segments
    )
    borders = start_logs[words, opens][1:].min(initial=0.0)
    return min(float(tag_logs[words, classes].min()), float(borders), *map(float, intents))


def _with_segment(evidence: Evidence, choice: _Choice, intent_logs: Floats, logits: Floats) -> Evidence:
    """The evidence with one more segment's; its energy, the log-sum-exp of the logits, is what a log-softmax takes off each."""
    margin = choice.intent_log - float(intent_logs[choice.rival]) if choice.rival != choice.intent else math.inf
    return Evidence(
        evidence.border,
        min(evidence.intent, choice.intent_log),
        evidence.intents + choice.intent_log,
        min(evidence.tag, float(choice.tag_logs.min())),
        evidence.tags + float(choice.tag_logs.sum()),
        min(evidence.margin, margin),
        min(evidence.energy, float(logits[choice.intent]) - choice.intent_log),
        evidence.agreed,
    )


def segment_bounds(start_logs: Floats) -> Iterator[tuple[int, int]]:
    """(first, last) of each segment; the first word always opens one."""
    opens = start_logs[:, 1] > start_logs[:, 0]
    opens[0] = True
    firsts = np.flatnonzero(opens).tolist()
    for first, following in zip(firsts, [*firsts[1:], len(opens)], strict=True):
        yield first, following - 1


def segment_logits(scores: Scores, first: int, last: int) -> Floats:
    """Intent logits of the segment of words first..last."""
    mean: Floats = scores.means[first : last + 1].mean(axis=0)
    logits: Floats = scores.whole + mean + scores.openers[first]
    return logits


def best_classes(logs: Floats) -> tuple[int, ...]:
    """The likeliest legal BIO sequence over [n, classes] log probabilities (-inf forbids; OUTSIDE is never forbidden)."""
    greedy = logs.argmax(axis=1).tolist()
    return tuple(greedy) if is_legal(greedy) else _viterbi(logs)


def is_legal(classes: list[int]) -> bool:
    """Whether every inside class follows its own beginning or itself."""
    before = OUTSIDE
    for class_id in classes:
        if class_id != OUTSIDE and not begins(class_id) and before not in (class_id, class_id - 1):
            return False
        before = class_id
    return True


def log_softmax(logits: Floats) -> Floats:
    """Over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def _viterbi(logs: Floats) -> tuple[int, ...]:
    """Inside k is reached from begin k or inside k alone, everything else from the best of all: no transition matrix."""
    score = logs[0].copy()
    score[2::2] = -np.inf
    came_from: list[NDArray[np.int64]] = []
    for row in logs[1:]:
        best = int(score.argmax())
        origin = np.full(len(row), best, dtype=np.int64)
        stays = score[2::2] >= score[1::2]
        origin[2::2] = np.arange(2, len(row), 2) - ~stays
        score = score[origin] + row
        came_from.append(origin)
    path = [int(score.argmax())]
    for origin in reversed(came_from):
        path.append(int(origin[path[-1]]))
    return tuple(reversed(path))


def _choose(intent_logs: Floats, tag_logs: Floats, labels: Labels) -> _Choice:
    likely = np.argsort(intent_logs)[: -CANDIDATES - 1 : -1].tolist()
    kept = [i for i in likely if intent_logs[i] > math.log(LEAST_PROBABILITY)] or likely[:1]
    return max(
        (_reading(intent, likely, intent_logs, tag_logs, labels) for intent in kept), key=lambda choice: choice.total
    )


def _reading(intent: int, likely: list[int], intent_logs: Floats, tag_logs: Floats, labels: Labels) -> _Choice:
    masked: Floats = np.where(labels.mask[intent], tag_logs, np.float32(-np.inf))
    classes = best_classes(masked)
    rival = next((other for other in likely if other != intent), intent)
    return _Choice(intent, rival, classes, float(intent_logs[intent]), tag_logs[np.arange(len(classes)), classes])


def _segment(choice: _Choice, intent_logs: Floats, labels: Labels, first: int, last: int) -> Segment:
    rival = math.exp(float(intent_logs[choice.rival])) if choice.rival != choice.intent else 0.0
    return Segment(
        labels.intents[choice.intent],
        first,
        last,
        score=math.exp(choice.intent_log),
        runner_up=(labels.intents[choice.rival], rival),
    )


def _spans(choice: _Choice, labels: Labels, offset: int) -> Iterator[TaggedSpan]:
    for first, last, class_id in spans_of(choice.classes):
        score = math.exp(float(choice.tag_logs[first : last + 1].min()))
        yield TaggedSpan(labels.tag_of(class_id), first + offset, last + offset, score)


def _least_border(start_logs: Floats) -> float:
    """The log probability of the least sure border decision; that of the first word is not one."""
    return float(start_logs[1:].max(axis=1).min()) if len(start_logs) > 1 else 0.0
