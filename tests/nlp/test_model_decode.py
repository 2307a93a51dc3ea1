"""Decoding: whatever the network says, what comes out is legal, and it is the likeliest of what is legal."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.model.decode import Scores, best_classes, decode, is_legal, log_softmax
from nlp.model.labels import Labels, allowed_tags, schema_labels
from nlp.schema import INTENTS, INTERNAL_INTENTS, SLOT_TAGS

LABELS = schema_labels()
SMALL = Labels(("one", "two"), ("a", "b"), {"one": {"a"}})


def random_scores(seed: int, words: int, labels: Labels, spread: float = 3.0) -> Scores:
    random = np.random.default_rng(seed)
    intents = len(labels.intents)
    shapes = ((words, 2), (words, labels.tag_count), (intents,), (words, intents), (words, intents))
    return Scores(*(random.normal(0, spread, shape).astype(np.float32) for shape in shapes))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.sampled_from([0.1, 1.0, 5.0, 50.0]))
def test_random_scores_never_give_an_illegal_answer(seed: int, words: int, spread: float) -> None:
    prediction = decode(random_scores(seed, words, LABELS, spread), LABELS)

    assert prediction.segments[0].first == 0
    assert prediction.segments[-1].last == words - 1
    for before, after in itertools.pairwise(prediction.segments):
        assert after.first == before.last + 1
    for before, after in itertools.pairwise(prediction.spans):
        assert before.last < after.first
    for span in prediction.spans:
        holders = [s for s in prediction.segments if s.first <= span.first and span.last <= s.last]
        assert len(holders) == 1, "a span lies in one segment"
        intent = holders[0].intent
        assert intent in INTERNAL_INTENTS or span.tag in allowed_tags(intent)
    assert all(log <= 0.0 for log in prediction.evidence[:5])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.booleans())
def test_the_sequence_is_the_likeliest_legal_one(seed: int, words: int, forbid: bool) -> None:
    logs = log_softmax(np.random.default_rng(seed).normal(0, 2, (words, SMALL.tag_count)).astype(np.float32))
    if forbid:
        logs = np.where(SMALL.mask[0], logs, -np.inf)
    legal = [path for path in itertools.product(range(SMALL.tag_count), repeat=words) if is_legal(list(path))]
    best = max(sum(float(logs[i, c]) for i, c in enumerate(path)) for path in legal)

    found = best_classes(logs)

    assert is_legal(list(found))
    assert sum(float(logs[i, c]) for i, c in enumerate(found)) == pytest.approx(best, rel=1e-5)


def test_an_inside_class_needs_its_own_beginning() -> None:
    assert is_legal([0, 1, 2, 2, 0, 3, 4])
    assert not is_legal([2])
    assert not is_legal([0, 2])
    assert not is_legal([1, 4])


def test_intent_and_tags_are_chosen_together() -> None:
    """Intent 'one' is a little likelier alone, but the surely seen tag 'b' may only stand in 'two'."""
    scores = random_scores(0, 1, SMALL, 0.0)
    scores.tags[0, SMALL.tag_ids["b"]] = 9.0
    scores.whole[:] = (0.5, 0.0)

    prediction = decode(scores, SMALL)

    assert [segment.intent for segment in prediction.segments] == ["two"]
    assert [span.tag for span in prediction.spans] == ["b"]


def test_a_span_does_not_run_on_into_the_next_segment() -> None:
    scores = random_scores(0, 3, SMALL, 0.0)
    scores.whole[:] = (0.0, 9.0)
    scores.tags[0, 1] = scores.tags[1, 2] = scores.tags[2, 2] = 5.0
    scores.starts[2, 1] = 5.0

    prediction = decode(scores, SMALL)

    assert [(s.first, s.last) for s in prediction.segments] == [(0, 1), (2, 2)]
    assert all(span.first // 2 == span.last // 2 for span in prediction.spans)


def test_an_unsure_word_weakens_the_evidence() -> None:
    sure, unsure = random_scores(0, 2, SMALL, 0.0), random_scores(0, 2, SMALL, 0.0)
    for scores in (sure, unsure):
        scores.whole[:] = (9.0, 0.0)
        scores.starts[:, 0] = 9.0
        scores.tags[:, 0] = 9.0
    unsure.tags[1, 1] = 8.5

    assert decode(sure, SMALL).evidence.tag > -0.05 > -0.3 > decode(unsure, SMALL).evidence.tag


def test_no_words_give_no_segments() -> None:
    assert decode(random_scores(0, 0, SMALL), SMALL).segments == ()


def test_every_intent_may_hold_its_own_slots_and_no_read_a_trigger() -> None:
    taggable = set(SLOT_TAGS)
    for intent, spec in INTENTS.items():
        assert set(spec.slots) & taggable <= set(allowed_tags(intent))
    assert not any(tag.startswith(("t.", "x.")) for tag in allowed_tags("price"))
    assert {"t.every", "x.limit"} <= set(allowed_tags("transfer"))
    assert "t.threshold" in allowed_tags("alert")
