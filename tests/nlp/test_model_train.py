"""Training: it learns a tiny task, resumes, aligns labels to words, and ships what it says it ships."""

import random
from pathlib import Path

import pytest

from nlp.corpus.types import Example
from nlp.model import train as training
from nlp.model.card import read_card
from nlp.model.config import TrainConfig
from nlp.model.dataset import Alignment, Row, row_of, shuffled_batches
from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE, write_export
from nlp.model.features import Featuriser
from nlp.model.labels import schema_labels, spans_of
from nlp.model.runtime import Predictor
from nlp.model.trainer import CHECKPOINT
from nlp.model.weights import SHIPPED, read_weights
from nlp.recognise import recognise
from nlp.types import Context, DialogueState

LABELS = schema_labels()
EMPTY = DialogueState()
TINY = TrainConfig(rank=4, alpha=8, epochs=8, batch=8, lr=4e-3, patience=9)
MAX_SHIPPED_BYTES = 6_000_000


@pytest.fixture(scope="module")
def featuriser() -> Featuriser:
    return Featuriser(encoder_directory() / TOKENIZER_FILE)


def labelled(text: str, intent: str, split: str = "train", **spans: str) -> Example:
    found = tuple((text.index(value), text.index(value) + len(value), tag) for tag, value in spans.items())
    return Example(text, Context(), EMPTY, ((0, len(text), intent),), found, text, split)  # type: ignore[arg-type]


def tiny_task() -> list[Example]:
    tokens = ("eth", "usdc", "dai", "link", "uni", "wbtc", "aave", "usdt")
    examples = []
    for index, token in enumerate(tokens * 4):
        split = ("validation", "test", *["train"] * 5)[index % 7]
        examples.append(labelled(f"wrap {index + 2} {token}", "wrap", split, amount=f"{index + 2}", token=token))
        examples.append(labelled(f"what is the price of {token}", "price", split, token=token))
    return examples


def align(example: Example, featuriser: Featuriser, seen: Alignment) -> Row:
    return row_of(example, recognise(example.text, example.context), featuriser, LABELS, seen)


def tagged(row: Row) -> list[tuple[int, int, str]]:
    return [(first, last, LABELS.tag_of(class_id)) for first, last, class_id in spans_of(row.classes)]


def test_spans_become_words(featuriser: Featuriser) -> None:
    seen = Alignment()
    row = align(
        labelled("send 5 dai to my landlord", "transfer", amount="5", recipient="my landlord"), featuriser, seen
    )

    assert tagged(row) == [(1, 1, "amount"), (4, 5, "recipient")]
    assert row.starts == (True, False, False, False, False, False)
    assert row.segments == ((0, 5, LABELS.intent_ids["transfer"]),)
    assert seen.expanded == 0


def test_a_span_inside_a_word_takes_the_word_and_is_counted(featuriser: Featuriser) -> None:
    seen = Alignment()
    row = align(labelled("send dai to bobby", "transfer", recipient="bob"), featuriser, seen)

    assert tagged(row) == [(3, 3, "recipient")]
    assert seen.expanded == 1
    assert "bobby" in seen.notes[0]


def test_segments_are_made_gapless(featuriser: Featuriser) -> None:
    text = "wrap 1 eth then send it to bob"
    at = text.index("then")
    segments = ((0, at - 1, "wrap"), (at, len(text), "transfer"))
    row = align(Example(text, Context(), EMPTY, segments, (), "t", "train"), featuriser, Alignment())

    assert [(first, last) for first, last, _ in row.segments] == [(0, 2), (3, 7)]
    assert [index for index, opens in enumerate(row.starts) if opens] == [0, 3]


def test_batches_hold_every_row_once(featuriser: Featuriser) -> None:
    rows = [align(example, featuriser, Alignment()) for example in tiny_task()]
    batches = list(shuffled_batches(rows, 5, random.Random(1)))

    assert sorted(id(row) for batch in batches for row in batch) == sorted(map(id, rows))
    assert batches != list(shuffled_batches(rows, 5, random.Random(2)))


def test_a_tiny_task_is_learned_and_the_written_weights_are_the_learned_ones(tmp_path: Path) -> None:
    output = tmp_path / "out" / "tiny.safetensors"
    report = training.train(TINY, tiny_task(), tmp_path / "work", output, log=lambda line: None)
    write_export(output, tmp_path)
    prediction = Predictor(tmp_path).predict(recognise("wrap 77 link", Context()), EMPTY)

    assert report["test"]["exact"] >= 0.75  # type: ignore[index]
    assert [segment.intent for segment in prediction.segments] == ["wrap"]
    assert [(span.tag, span.first) for span in prediction.spans] == [("amount", 1), ("token", 2)]
    assert read_card(output.parent)["data_version"] == report["data_version"]
    assert not (tmp_path / "work" / CHECKPOINT).exists()


class Killed(Exception):
    """Stands for a killed process."""


def test_an_interrupted_run_ends_with_the_same_weights_as_a_whole_one(tmp_path: Path) -> None:
    config = TrainConfig(rank=2, alpha=4, epochs=2, batch=16, patience=9)

    def interrupt(line: str) -> None:
        if line.startswith("after epoch 2"):
            raise Killed

    whole, resumed = tmp_path / "whole.safetensors", tmp_path / "resumed.safetensors"
    training.train(config, tiny_task(), tmp_path / "a", whole, log=lambda line: None)
    with pytest.raises(Killed):
        training.train(config, tiny_task(), tmp_path / "b", resumed, log=interrupt)
    lines: list[str] = []
    training.train(config, tiny_task(), tmp_path / "b", resumed, log=lines.append)

    assert "resumed after epoch 1" in lines
    one, other = read_weights(whole), read_weights(resumed)
    for name, tensor in one.tensors.items():
        assert (abs(tensor - other.tensors[name]) < 2e-3).all(), name


@pytest.mark.model
def test_the_shipped_weights_are_small_and_fit() -> None:
    assert SHIPPED.stat().st_size <= MAX_SHIPPED_BYTES
    weights, card = read_weights(), read_card(SHIPPED.parent)

    assert weights.origin["data"] == card["data_version"]
    assert card["config"]["seed"] == int(weights.origin["seed"])
