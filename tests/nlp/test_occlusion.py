"""Explanations: a word weighs what its decision loses without it."""

from collections.abc import Sequence

import numpy as np
import pytest

from nlp.model.decode import Scores
from nlp.model.labels import Labels
from nlp.model.occlusion import HIDDEN_WORD, explain
from nlp.recognise import recognise
from nlp.types import Context, DialogueState, Word

SMALL = Labels(("buy", "ask"), ("amount",), {})
EMPTY = DialogueState()


class Reads:
    """Scores that come from two words alone: 'buy' makes the intent, a number the amount; nothing else counts."""

    labels = SMALL

    def scores_batch(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[tuple[Scores, bool]]:
        return [(self._scores([word.text for word in words]), False) for words, _ in asked]

    def _scores(self, texts: list[str]) -> Scores:
        n = len(texts)
        starts = np.tile(np.array([4.0, 0.0], dtype=np.float32), (n, 1))
        tags = np.array([[0.0, 3.0, 0.0] if text.isdigit() else [3.0, 0.0, 0.0] for text in texts], dtype=np.float32)
        whole = np.array([4.0, 0.0] if "buy" in texts else [0.0, 1.0], dtype=np.float32)
        nothing = np.zeros((n, 2), dtype=np.float32)
        return Scores(starts, tags, whole, nothing, nothing)


def test_the_words_that_a_decision_rests_on_carry_it() -> None:
    text = "please buy 5"
    intent, amount = explain(Reads(), recognise(text, Context()), EMPTY)

    assert (intent.intent, intent.slot, intent.runner_up[0]) == ("buy", "", "ask")
    assert [(text[start:end], share) for start, end, share in intent.weights] == [("buy", pytest.approx(1.0))]
    assert (amount.slot, text[amount.start : amount.end], amount.runner_up[0]) == ("amount", "5", "no slot")
    assert [text[start:end] for start, end, _ in amount.weights] == ["5"]
    assert intent.margin == pytest.approx(4.0, abs=0.01)


def test_nothing_said_has_no_reasons() -> None:
    assert explain(Reads(), (), EMPTY) == ()


@pytest.mark.model
def test_the_shipped_model_leans_on_the_verb() -> None:
    from nlp.model.runtime import Predictor

    text = "swap 2 eth for dai"
    reasons = explain(Predictor(), recognise(text, Context()), EMPTY)
    start, end, share = reasons[0].weights[0]

    assert (reasons[0].intent, text[start:end]) == ("swap", "swap")
    assert share > 0.5
    assert {reason.slot for reason in reasons[1:]} == {"amount_in", "token_in", "token_out"}
    assert HIDDEN_WORD not in text
