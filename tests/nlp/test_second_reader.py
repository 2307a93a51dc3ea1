"""The second reader only doubts: what it gives little chance is asked, and it never changes what was read."""

from pathlib import Path

import pytest

from nlp.model import export
from nlp.model.decode import agreement, decode
from nlp.model.runtime import Predictor
from nlp.model.weights import SHIPPED, random_weights, second_of, weights_digest, write_weights
from nlp.recognise import recognise
from nlp.types import Context, DialogueState, Prediction, Word

SENTENCES = ("swap half my eth for usdc then send 20 usdc to bob.eth", "gas?", "what is my balance", "yes do it")
ALONE = DialogueState()


def written(folder: Path, seed: int) -> Path:
    folder.mkdir(parents=True)
    write_weights(folder / "random.safetensors", random_weights(seed, 4))
    return folder / "random.safetensors"


def exported(weights: Path, folder: Path) -> Predictor:
    folder.mkdir()
    export.write_export(weights, folder, whole=True)
    return Predictor(folder)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Predictor, Predictor, Predictor]:
    """A reader alone, another one alone, and both as first and second."""
    place = tmp_path_factory.mktemp("readers")
    first, second = written(place / "a", 1), written(place / "b", 2)
    written(place / "both", 1)
    written(place / "both" / "second", 2)
    both = place / "both" / "random.safetensors"
    return exported(first, place / "x"), exported(second, place / "y"), exported(both, place / "z")


def words_of(said: str) -> tuple[Word, ...]:
    return recognise(said, Context())


def test_the_second_reader_changes_no_label(three: tuple[Predictor, Predictor, Predictor]) -> None:
    first, _, both = three
    for said in SENTENCES:
        alone, doubted = first.predict(words_of(said), ALONE), both.predict(words_of(said), ALONE)
        assert (alone.segments, alone.spans) == (doubted.segments, doubted.spans)
        assert alone.evidence[:-1] == pytest.approx(doubted.evidence[:-1], abs=1e-4)


def test_what_it_gives_is_what_the_other_weights_give_alone(three: tuple[Predictor, Predictor, Predictor]) -> None:
    _, second, both = three
    asked = [(words_of(said), ALONE) for said in SENTENCES]
    for prediction, (scores, _) in zip(both.predict_batch(asked), second.scores_batch(asked), strict=True):
        if prediction.evidence.agreed:
            assert prediction.evidence.agreed == pytest.approx(agreement(prediction, scores, both.labels), abs=1e-3)
    assert any(prediction.evidence.agreed < 0 for prediction in both.predict_batch(asked))


def test_one_agrees_with_oneself_as_far_as_one_is_sure(three: tuple[Predictor, Predictor, Predictor]) -> None:
    first, _, _ = three
    ((scores, _),) = first.scores_batch([(words_of(SENTENCES[0]), ALONE)])
    prediction = decode(scores, first.labels)
    least = min(prediction.evidence.border, prediction.evidence.intent, prediction.evidence.tag)
    assert agreement(prediction, scores, first.labels) == pytest.approx(least, abs=1e-4)
    assert agreement(Prediction((), ()), scores, first.labels) == 0


@pytest.mark.model
def test_the_shipped_model_has_a_second_reader_and_its_confidence_is_bound_to_both(tmp_path: Path) -> None:
    second = second_of(SHIPPED)
    assert second is not None
    alone = tmp_path / SHIPPED.name
    alone.write_bytes(SHIPPED.read_bytes())
    assert weights_digest(alone) != weights_digest(SHIPPED)


@pytest.mark.model
def test_a_sure_sentence_and_a_read_are_read_once_and_a_doubtful_write_twice() -> None:
    predictor = Predictor()
    for said in ("send bob 20 dollars of eth", "what is the price of eth?"):
        assert predictor.predict(words_of(said), ALONE).evidence.agreed == 0
    doubtful = predictor.predict(words_of("swap 1,000 usdc for weth on the v2 pool if eth drops under 2000"), ALONE)
    assert doubtful.evidence.agreed < 0
