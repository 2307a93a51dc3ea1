"""Learning from corrections: small, real, and refused where it makes anything worse."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nlp.corpus import voices
from nlp.corpus.taught import taught
from nlp.corpus.types import Example, Split
from nlp.corpus.voices import Said
from nlp.model import learn as learning
from nlp.model.learn import Correction, between, held, learn, lessons
from nlp.model.reach import REACH_FILE, looked_at
from nlp.model.weights import SHIPPED, random_weights, read_weights, write_weights
from nlp.types import Context

TESTERS = ("talks", "chains", "clerk")
MEANT = [{"intent": "transfer", "slots": {"amount": "10", "token": "DAI", "recipient": "bob"}}]


def correction() -> Correction:
    example = taught("chuck bob 10 dai", Context(("bob",)), MEANT)
    assert example is not None
    return example, MEANT


@pytest.fixture
def few_voices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two voices to validate and one to test with: seconds instead of minutes."""
    looked_at()
    kept: dict[str, tuple[Said, ...]] = {name: voices.voices()[name] for name in TESTERS}
    monkeypatch.setattr("nlp.benchmarks.calibrate.voices", lambda: kept)
    monkeypatch.setattr("nlp.corpus.voices.voices", lambda: kept)


@pytest.mark.usefixtures("few_voices")
def test_weights_that_answer_fewer_held_out_lines_are_refused_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(config: Any, examples: Iterator[Example], work: Path, output: Path, *_: Any, **__: Any) -> None:
        write_weights(output, random_weights(1, rank=config.rank))

    monkeypatch.setattr(learning, "train", forgetful)
    monkeypatch.setattr(learning, "SHARES", (1.0,))
    lesson = learn([correction()], SHIPPED, tmp_path, tmp_path / "own" / "sayso.safetensors", log=lambda _: None)
    assert lesson.share == 0
    assert lesson.after.exact < lesson.before.exact
    assert not (tmp_path / "own").exists()


@pytest.mark.usefixtures("few_voices")
def test_weights_that_are_as_good_stand_calibrated_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def same(config: Any, examples: Iterator[Example], work: Path, output: Path, *_: Any, **__: Any) -> None:
        shutil.copy(SHIPPED, output)

    monkeypatch.setattr(learning, "train", same)
    own = tmp_path / "own" / "sayso.safetensors"
    lesson = learn([correction()], SHIPPED, tmp_path, own, log=lambda _: None)
    assert (lesson.share, lesson.before) == (1.0, lesson.after)
    assert {path.name for path in own.parent.iterdir()} == {"sayso.safetensors", "calibration.json", REACH_FILE}


@pytest.mark.usefixtures("few_voices")
def test_a_small_real_lesson_trains_on_from_the_standing_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "SHARES", (1.0, 0.25))
    said: list[str] = []
    lesson = learn([correction()], SHIPPED, tmp_path, tmp_path / "own" / "w.safetensors", replayed=48, log=said.append)
    assert lesson.corrections == 1
    assert lesson.before.lines == sum(len(voices.voices()[name]) for name in TESTERS)
    assert lesson.share == 0 or lesson.after.no_worse_than(lesson.before)
    assert any(line.startswith("before:") for line in said)


def test_the_lessons_hold_the_corrections_many_times_among_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    def examples(split: Split) -> Iterator[Example]:
        yield from ()

    monkeypatch.setattr(voices, "examples", examples)
    found = list(lessons([correction()], seed=3, replayed=20))
    mine = [example for example in found if example.template_id == "feedback"]
    assert (len(mine), len(found)) == (learning.HEARD_AGAIN, learning.HEARD_AGAIN + 20)
    assert found == list(lessons([correction()], seed=3, replayed=20))


def test_between_two_weights_lies_a_straight_line() -> None:
    old, new = read_weights(), random_weights(2, rank=32)
    halfway = between(old, new, 0.5)
    for name in ("rows", "0.attention.self.query.a"):
        assert halfway.tensors[name] == pytest.approx((old.tensors[name] + new.tensors[name]) / 2)
    assert between(old, new, 0.0).tensors["rows"] == pytest.approx(old.tensors["rows"])


@pytest.mark.usefixtures("few_voices")
def test_corrections_are_counted_by_their_meaning() -> None:
    example, _ = correction()
    wrong: Correction = (example, [{"intent": "greet", "slots": {}}])
    assert held(SHIPPED, [correction(), wrong]).corrected <= 1
