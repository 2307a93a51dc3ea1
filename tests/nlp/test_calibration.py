"""Confidence: fitted to what happened, bounded, bound to its weights; and a write that is unsure asks."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.benchmarks.curves import expected_calibration_error
from nlp.calibration import (
    CALIBRATION_FILE,
    FEATURES,
    Calibration,
    features_of,
    fit,
    read_calibration,
    write_calibration,
)
from nlp.errors import WeightsUnfit
from nlp.parser import UNSURE, Parser
from nlp.types import DialogueState, Evidence, Parse, Prediction, Reason, Segment, TaggedSpan, Word

LOG = st.floats(-1e6, 0, allow_nan=False)


class Fixed:
    """A model that says one thing of everything, with a given certainty."""

    def __init__(self, intent: str, tags: tuple[TaggedSpan, ...], evidence: Evidence) -> None:
        self.intent, self.tags, self.evidence = intent, tags, evidence

    def predict(self, words: list[Word], state: DialogueState) -> Prediction:
        return Prediction((Segment(self.intent, 0, len(words) - 1),), self.tags, self.evidence)

    def predict_batch(self, asked: list[tuple[list[Word], DialogueState]]) -> list[Prediction]:
        return [self.predict(*each) for each in asked]

    def reasons(self, words: object, state: DialogueState) -> tuple[Reason, ...]:
        return ()


TAGS = (TaggedSpan("amount", 1, 1), TaggedSpan("token", 2, 2), TaggedSpan("recipient", 4, 4))
ASKS = Calibration((4.0, 0.0, 0.0, 0.0, 3.0, *(0.0,) * (len(FEATURES) - 5)), ask_below=0.9)


def test_a_write_that_the_model_is_unsure_of_asks_and_a_sure_one_does_not() -> None:
    sure = Parser(Fixed("transfer", TAGS, Evidence()), ASKS).parse("send 5 dai to bob.eth")
    unsure = Parser(Fixed("transfer", TAGS, Evidence(tag=-3.0)), ASKS).parse("send 5 dai to bob.eth")

    assert (sure.status, sure.errors) == ("understood", ())
    assert (unsure.status, unsure.errors) == ("incomplete", (UNSURE,))
    assert unsure.confidence < 0.9 < sure.confidence
    assert unsure.actions == sure.actions


@pytest.mark.parametrize(("agreed", "asks"), [(0.0, False), (-2.9, False), (-3.1, True)])
def test_a_write_that_the_second_reader_gives_no_chance_asks_however_sure_the_first_is(
    agreed: float, asks: bool
) -> None:
    parse = Parser(Fixed("transfer", TAGS, Evidence(agreed=agreed)), ASKS).parse("send 5 dai to bob.eth")

    assert parse.errors == ((UNSURE,) if asks else ())
    assert (parse.status, parse.confidence > 0.9) == ("incomplete" if asks else "understood", True)


def test_what_the_second_reader_doubts_lowers_the_confidence() -> None:
    weights = (4.0, *(0.0,) * (len(FEATURES) - 2), -1.0)
    sure, doubted = (
        Parser(Fixed("transfer", TAGS, Evidence(agreed=agreed)), Calibration(weights)).parse("send 5 dai to bob.eth")
        for agreed in (0.0, -2.0)
    )

    assert doubted.confidence < sure.confidence


def test_a_read_that_the_model_is_unsure_of_is_answered() -> None:
    read = Parser(Fixed("price", (TaggedSpan("token", 2, 2),), Evidence(tag=-3.0)), ASKS).parse("price of eth")

    assert read.status == "understood"


@given(LOG, LOG, LOG, st.floats(-1e6, 1e6), st.sampled_from(["understood", "incomplete", "out_of_scope"]))
def test_confidence_is_a_probability_whatever_the_scores(
    border: float, tag: float, margin: float, energy: float, status: str
) -> None:
    evidence = Evidence(border, tag, tag, tag, tag, -margin, energy)
    features = features_of(Prediction((), (), evidence), Parse(status, ()))  # type: ignore[arg-type]

    assert len(features) == len(FEATURES)
    assert 0 < Calibration((1.0,) * len(FEATURES)).confidence(features) < 1


def test_a_fit_is_calibrated_on_what_it_did_not_see() -> None:
    random = Random(3)

    def draw() -> tuple[list[float], bool]:
        doubt = random.expovariate(1.0)
        return [1.0, -doubt, *(0.0,) * (len(FEATURES) - 2)], random.random() < 1 / (1 + 2.718 ** (1.5 * doubt - 3))

    seen, unseen = ([draw() for _ in range(4000)] for _ in range(2))
    calibration = Calibration(fit([row for row, _ in seen], [hit for _, hit in seen]))
    sure = [calibration.confidence(row) for row, _ in unseen]

    assert expected_calibration_error(sure, [hit for _, hit in unseen]) < 0.03
    assert calibration.weights[1] == pytest.approx(1.5, abs=0.2)


def test_a_calibration_is_bound_to_its_weights(tmp_path: Path) -> None:
    write_calibration(tmp_path, ASKS, "abc")

    assert read_calibration(tmp_path, "abc") == ASKS
    with pytest.raises(WeightsUnfit, match="other weights"):
        read_calibration(tmp_path, "abd")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"weights": "abc", "features": 3, "ask_below": 0}'])
def test_a_damaged_calibration_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / CALIBRATION_FILE).write_text(text, encoding="utf-8")

    with pytest.raises(WeightsUnfit):
        read_calibration(tmp_path, "abc")
