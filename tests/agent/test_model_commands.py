"""`sayso train` and `sayso evaluate`: thin, so what is held here is what they hand over and print."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.cli.train import DEFAULT_SIZE
from nlp.model.weights import random_weights, write_weights
from nlp.types import Parse
from tests.agent.face_support import ScriptedParser, act, understood

GOLD = [
    {"id": "1", "text": "send", "actions": [{"intent": "transfer", "slots": {"amount": "5"}}], "tags": ["short"]},
    {"id": "2", "text": "hello", "actions": [{"intent": "greet", "slots": {}}]},
    {"id": "3", "turns": ["hello", "hello"], "actions": [{"intent": "greet", "slots": {}}]},
]
SCRIPT = {"send": understood(act("transfer", amount="6")), "hello": Parse("understood", (act("greet"),))}
FIGURES = {"exact": 0.9, "intents": 0.95, "segment_f1": 0.97, "slot_f1": 0.96}
REPORT = {
    "trained_parameters": 700_000,
    "seconds": 60,
    "device": "cpu",
    "rows": {"train": 100, "validation": 10, "test": 10},
    "distinct_skeletons": 99,
    "validation": {**FIGURES, "by_intent": {}},
    "test": {**FIGURES, "by_intent": {"swap": {"segments": 4, "found": 1.0, "with_slots": 0.75}}},
}


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("agent.understand.load_parser", lambda: ScriptedParser(SCRIPT))
    monkeypatch.setattr("agent.cli.evaluate.measured_figures", lambda parser, shared: ())
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, GOLD)))
    return path


def test_answers_are_scored_and_a_wrong_amount_is_unsafe(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--gold", str(gold), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    whole = data["rows"][0]
    assert (whole["tag"], whole["lines"], whole["unsafe"]) == ("all", 3, 1)
    assert whole["exact"] == pytest.approx(2 / 3)
    assert [row["tag"] for row in data["rows"]] == ["all", "short"]


def test_the_table_is_for_people(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--gold", str(gold)]) == 0
    assert capsys.readouterr().out.split()[:5] == ["n", "exact", "intent", "slot", "F1"]


def test_the_development_set_is_found_by_its_variable(
    gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAYSO_SHARED", str(tmp_path))
    assert main(["evaluate"]) == 4
    assert "--gold" in capsys.readouterr().err
    (tmp_path / "nlu").mkdir()
    gold.rename(tmp_path / "nlu" / "dev.jsonl")
    assert main(["evaluate"]) == 0


def test_a_file_that_is_none_or_no_gold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--gold", str(tmp_path / "none")]) == 2
    (tmp_path / "bad").write_text("{")
    assert main(["evaluate", "--gold", str(tmp_path / "bad")]) == 2
    assert capsys.readouterr().out == ""


def test_training_gets_what_was_asked_for_and_its_report_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[Any] = []

    def train(config: Any, examples: Any, work: Path, output: Path) -> dict[str, Any]:
        called.append((config.epochs, config.seed, examples, work, output))
        return REPORT

    monkeypatch.setattr("nlp.model.train.train", train)
    monkeypatch.setattr("nlp.model.train.corpus_examples", lambda seed, size: (seed, size))
    monkeypatch.setattr("nlp.benchmarks.calibrate.calibrate", lambda weights: {"auroc": 0.9})
    target = tmp_path / "trial.safetensors"
    options = ["--epochs", "2", "--seed", "11", "--output", str(target), "--work", str(tmp_path)]
    assert main(["train", *options]) == 0
    assert called == [(2, 11, (11, DEFAULT_SIZE), tmp_path, target)]
    out = capsys.readouterr().out
    assert "99 distinct skeletons" in out
    assert "swap" in out
    assert main(["train", *options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["report"] == {**REPORT, "calibration": {"auroc": 0.9}}
    assert main(["train", "--epochs", "0"]) == 2


def test_the_second_reader_is_trained_beside_the_first_and_never_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[Any] = []

    def train(config: Any, examples: Any, work: Path, output: Path) -> dict[str, Any]:
        called.append((config.layers, config.seed, config.epochs, output))
        return REPORT

    monkeypatch.setattr("nlp.model.train.train", train)
    monkeypatch.setattr("nlp.model.train.corpus_examples", lambda seed, size: (seed, size))
    monkeypatch.setattr("nlp.benchmarks.calibrate.calibrate", lambda weights: {"of": str(weights)})
    first = tmp_path / "trial.safetensors"
    options = ["train", "--second", "--epochs", "2", "--output", str(first), "--work", str(tmp_path)]
    assert main(options) == 4
    assert (called, "could not be read" in capsys.readouterr().err) == ([], True)
    write_weights(first, random_weights(1))
    assert main([*options, "--json"]) == 0
    assert called == [(3, 11, 2, tmp_path / "second" / first.name)]
    assert json.loads(capsys.readouterr().out)["data"]["report"]["calibration"] == {"of": str(first)}
    assert main([*options, "--with-feedback"]) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert len(called) == 1


def test_recorded_benchmarks_are_shown_beside_their_bars(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--benchmark", "snips"]) == 0
    out = capsys.readouterr().out
    assert all(figure in out for figure in ("snips: intent", "snips: slot F1", "≥ 95.5", "seed"))
    assert main(["evaluate", "--benchmark", "snips", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)["data"]["record"]
    assert {"commit", "machine", "command", "data", "runs"} <= set(record)


def test_a_benchmark_that_is_not_recorded_says_how_to_make_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--benchmark", "nobody"]) == 2
    assert "--retrain" in capsys.readouterr().err
    assert main(["evaluate", "--benchmark", "snips", "--retrain"]) == 2
    assert "--data" in capsys.readouterr().err


def test_the_shipped_confidence_was_fitted_to_the_shipped_weights() -> None:
    from agent.understand import load_parser
    from nlp.benchmarks.calibrate import RESULT
    from nlp.model.weights import weights_digest

    assert load_parser().calibration.ask_below > 0
    assert json.loads(RESULT.read_text(encoding="utf-8"))["weights"] == weights_digest()
