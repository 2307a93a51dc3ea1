"""What the int8 scales are made from stays with the weights: the same export wherever and whenever it is made."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from nlp.model import export, reach
from nlp.model.export import MODEL_FILE, keep_reach, write_export
from nlp.model.graph import measured
from nlp.model.reach import REACH_FILE, kept_reach, write_reach
from nlp.model.weights import SHIPPED, random_weights, read_weights, second_of, write_weights

SMALL = {"embedded": np.ones(384, dtype=np.float32)}


def unmeasurable(*_: object) -> None:
    raise AssertionError("measured again")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "w.safetensors"
    write_weights(path, random_weights(3))
    return path


def test_nothing_was_kept_for_new_weights(weights: Path) -> None:
    assert kept_reach(weights) is None


def test_what_was_kept_comes_back_and_never_for_other_weights(weights: Path) -> None:
    write_reach(weights, SMALL)
    kept = kept_reach(weights)
    assert kept is not None
    assert np.array_equal(kept["embedded"], SMALL["embedded"])
    write_weights(weights, random_weights(4))
    assert kept_reach(weights) is None


def test_a_damaged_file_counts_as_none(weights: Path) -> None:
    write_reach(weights, SMALL)
    (weights.parent / REACH_FILE).write_bytes(b"{}")
    assert kept_reach(weights) is None


def test_it_is_measured_once_for_both_readers_and_never_again(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second = weights.parent / "second" / weights.name
    second.parent.mkdir()
    shutil.copy(weights, second)
    monkeypatch.setattr(reach, "measured_reach", lambda *_: SMALL)
    keep_reach(weights)
    assert kept_reach(second) is not None
    monkeypatch.setattr(reach, "measured_reach", unmeasurable)
    keep_reach(weights)


def test_the_shipped_weights_are_exported_as_they_were_calibrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for weights in (SHIPPED, second_of(SHIPPED)):
        assert weights is not None
        kept = kept_reach(weights)
        assert kept is not None
        assert set(kept) == set(measured(read_weights(weights).layers))
    monkeypatch.setattr(reach, "measured_reach", unmeasurable)
    write_export(SHIPPED, tmp_path)
    assert (tmp_path / MODEL_FILE).read_bytes() == (export.ensure_export() / MODEL_FILE).read_bytes()
