"""Why an utterance was read as it was: which words the model leaned on, by hiding them one at a time (occlusion).

A word's weight is what the log probability of a decision loses when the word is hidden (Zeiler and Fergus, 2014; Li et al.,
2016), as a share of all such losses; words whose hiding helps weigh nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from nlp.model.decode import Floats, Scores, decode, log_softmax, segment_logits
from nlp.model.labels import OUTSIDE, Labels
from nlp.types import DialogueState, Kind, Reason, Segment, TaggedSpan, Word

HIDDEN_WORD = "[MASK]"
NO_LABEL = "no slot"


class ScoresWords(Protocol):
    """What an explanation needs of a model: its scores before anything is decided."""

    labels: Labels

    def scores_batch(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[tuple[Scores, bool]]:
        """Scores of many utterances, in order."""
        ...


def explain(model: ScoresWords, words: Sequence[Word], state: DialogueState) -> tuple[Reason, ...]:
    """The reasons of every segment's intent and of every slot in it, in the order of the words. No words, no reasons."""
    if not words:
        return ()
    variants = [words, *(_hidden(words, index) for index in range(len(words)))]
    (scores, truncated), *without = model.scores_batch([(variant, state) for variant in variants])
    hidden = [found for found, _ in without][: len(scores.tags)]
    prediction = decode(scores, model.labels, truncated=truncated)
    reasons: list[Reason] = []
    for segment in prediction.segments:
        reasons.append(_intent_reason(segment, scores, hidden, words, model.labels))
        inside = [span for span in prediction.spans if segment.first <= span.first <= segment.last]
        reasons += [_slot_reason(segment, span, scores, hidden, words, model.labels) for span in inside]
    return tuple(reasons)


def _hidden(words: Sequence[Word], index: int) -> list[Word]:
    masked = replace(words[index], text=HIDDEN_WORD, kind=Kind.WORD, hints=frozenset())
    return [*words[:index], masked, *words[index + 1 :]]


def _intent_reason(
    segment: Segment, scores: Scores, hidden: Sequence[Scores], words: Sequence[Word], labels: Labels
) -> Reason:
    own = labels.intent_ids[segment.intent]

    def logs(found: Scores) -> Floats:
        return log_softmax(segment_logits(found, segment.first, segment.last))

    before = logs(scores)
    losses = [float(before[own] - logs(found)[own]) for found in hidden]
    return Reason(
        segment.intent,
        "",
        words[segment.first].start,
        words[segment.last].end,
        segment.score,
        segment.runner_up,
        _margin(segment.score, segment.runner_up[1]),
        _weights(losses, words),
    )


def _slot_reason(
    segment: Segment, span: TaggedSpan, scores: Scores, hidden: Sequence[Scores], words: Sequence[Word], labels: Labels
) -> Reason:
    begin = labels.tag_ids[span.tag]
    classes = [begin, *[begin + 1] * (span.last - span.first)]

    def log(found: Scores) -> float:
        rows = log_softmax(found.tags[span.first : span.last + 1])
        return float(sum(row[class_id] for row, class_id in zip(rows, classes, strict=True)))

    before = log(scores)
    losses = [before - log(found) for found in hidden]
    runner_up = _next_tag(log_softmax(scores.tags[span.first]), begin, segment.intent, labels)
    probability = math.exp(before)
    return Reason(
        segment.intent,
        span.tag,
        words[span.first].start,
        words[span.last].end,
        probability,
        runner_up,
        _margin(probability, runner_up[1]),
        _weights(losses, words),
    )


def _next_tag(logs: Floats, own: int, intent: str, labels: Labels) -> tuple[str, float]:
    """The likeliest other label of a span's first word that the intent may have."""
    allowed = labels.mask[labels.intent_ids[intent]]
    others = [(float(log), index) for index, log in enumerate(logs) if index not in (own, own + 1) and allowed[index]]
    log, best = max(others)
    return (NO_LABEL if best == OUTSIDE else labels.tag_of(best), math.exp(log))


def _margin(own: float, other: float) -> float:
    return math.log(max(own, 1e-12)) - math.log(max(other, 1e-12))


def _weights(losses: Sequence[float], words: Sequence[Word]) -> tuple[tuple[int, int, float], ...]:
    total = sum(max(loss, 0.0) for loss in losses)
    if total <= 0:
        return ()
    shares = [(word.start, word.end, max(loss, 0.0) / total) for word, loss in zip(words, losses, strict=False)]
    return tuple(sorted((share for share in shares if share[2] > 0), key=lambda share: (-share[2], share[0])))
