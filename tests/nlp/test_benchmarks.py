"""Benchmarks: the three forms of data, scores that are what they say, and a tiny set learnt through the product's trainer."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.benchmarks import run as running
from nlp.benchmarks.curves import auroc, coverage_curve, expected_calibration_error, outside_curve
from nlp.benchmarks.datasets import Dataset, Labelled, read_dataset
from nlp.benchmarks.frozen import frozen_figures
from nlp.benchmarks.recipes import WHOLE
from nlp.errors import BadData
from nlp.model.config import TrainConfig

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def write_joint(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    folder.mkdir(parents=True)
    for name, column in zip(("seq.in", "seq.out", "label"), zip(*rows, strict=True), strict=True):
        (folder / name).write_text("\n".join(column) + "\n", encoding="utf-8")


def test_a_joint_folder_is_read(tmp_path: Path) -> None:
    for split in ("train", "dev", "test"):
        write_joint(tmp_path / split, [("play some jazz", "O O B-genre", "Play"), ("stop", "O", "Stop")])
    dataset = read_dataset(tmp_path)

    assert dataset.has_slots
    assert dataset.intents == ("Play", "Stop")
    assert dataset.slots == ("genre",)
    assert dataset.test[0] == Labelled(("play", "some", "jazz"), ("O", "O", "B-genre"), "Play")


def test_an_intent_csv_is_read_with_its_quoted_commas(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text('text,category\n"well, where is it?",card\nhi,greet\n', encoding="utf-8")
    (tmp_path / "test.csv").write_text("text,category\nhello,greet\n", encoding="utf-8")
    dataset = read_dataset(tmp_path)

    assert dataset.train[0].words == ("well,", "where", "is", "it?")
    assert (len(dataset.dev), len(dataset.test), dataset.slots) == (0, 1, ())


def test_what_no_intent_covers_is_kept_apart(tmp_path: Path) -> None:
    rows = {name: [["pay my bill", "pay"]] for name in ("train", "val", "test")}
    outside = {name: [["sing", "oos"]] for name in ("oos_train", "oos_val", "oos_test")}
    (tmp_path / "data_full.json").write_text(json.dumps(rows | outside), encoding="utf-8")
    dataset = read_dataset(tmp_path)

    assert dataset.intents == ("pay",)
    assert [line.words for line in dataset.outside] == [("sing",)]


@pytest.mark.parametrize("tags", ["O", "O O O"])
def test_a_line_without_one_tag_a_word_is_refused(tmp_path: Path, tags: str) -> None:
    for split in ("train", "dev", "test"):
        write_joint(tmp_path / split, [("two words", tags, "Play")])

    with pytest.raises(BadData, match="has not one tag a word"):
        read_dataset(tmp_path)


def test_a_folder_of_no_known_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="no data set"):
        read_dataset(tmp_path)


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_in_order(positive: list[float], negative: list[float]) -> None:
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]

    assert math.isclose(auroc(positive, negative), sum(pairs) / len(pairs), abs_tol=1e-9)


def test_calibration_error_is_nothing_for_honest_scores_and_large_for_boasts() -> None:
    honest = expected_calibration_error([0.75] * 400, [True, True, True, False] * 100, bins=4)

    assert honest < 0.01
    assert math.isclose(expected_calibration_error([1.0] * 400, [True, False] * 200), 0.5, abs_tol=0.02)


def test_setting_the_least_sure_aside_leaves_fewer_errors() -> None:
    curve = coverage_curve([0.9, 0.8, 0.7, 0.1], [True, True, False, False], points=4)

    assert curve == ((0.1, 1.0, 0.5), (0.7, 0.75, 1 / 3), (0.8, 0.5, 0.0), (0.9, 0.25, 0.0))


def test_the_outside_curve_trades_what_is_kept_for_what_is_refused() -> None:
    curve = outside_curve([3.0, 4.0, 5.0], [1.0, 3.5], points=3)

    assert curve == ((3.0, 1.0, 0.5), (4.0, 2 / 3, 1.0), (5.0, 1 / 3, 1.0))


def test_a_tiny_set_is_learnt_through_the_products_own_trainer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tiny(dataset: Dataset, seed: int) -> TrainConfig:
        return replace(WHOLE, seed=seed, epochs=6, batch=8, lr=5e-4)

    monkeypatch.setattr(running, "recipe_for", tiny)
    played = [Labelled(("play", name), ("O", "B-song"), "Play") for name in ("hello", "yesterday", "clocks", "imagine")]
    asked = [
        Labelled(("weather", "in", city), ("O", "O", "B-city"), "Ask") for city in ("rome", "oslo", "lima", "cairo")
    ]
    dataset = Dataset((*played, *asked) * 3, (*played, *asked), (*played, *asked), has_slots=True)
    result = running.run(dataset, 1, tmp_path, log=lambda line: None)

    assert result["test"]["intent"] == 100
    assert result["test"]["sentence"] >= 75


def test_the_frozen_encoder_is_the_row_beside(tmp_path: Path) -> None:
    train = [("send some money", "pay"), ("transfer money now", "pay"), ("pay the bill", "pay")] * 4
    train += [("what is the weather", "weather"), ("will it rain", "weather"), ("is it sunny outside", "weather")] * 4
    (tmp_path / "train.csv").write_text("text,category\n" + "\n".join(f"{text},{intent}" for text, intent in train))
    (tmp_path / "test.csv").write_text("text,category\nplease pay my friend,pay\nshall it be raining today,weather\n")
    figures = frozen_figures(read_dataset(tmp_path))
    assert figures["intent"] == 100
    assert frozen_figures(read_dataset(tmp_path)) == figures
