"""The edge of the command line: streams, exit codes, the one document, errors in words, and what is imported."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli.edge import explained
from agent.cli.envelope import Problem, Result, document
from agent.cli.main import emit, guarded, main
from agent.cli.table import entries
from chain.errors import OutcomeUnknown, Refused, Reverted, SaysoError, WrongDigest
from nlp.errors import WeightsUnfit

HEAVY = ("web3", "eth_account", "sqlalchemy", "onnxruntime", "torch", "transformers", "rich", "typer", "numpy")
SECRET = "http://user:hunter2@node.example/key"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test here touches the person's own home or chain."""
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "home"))
    for name in ("SAYSO_RPC_URL", "SAYSO_ACCOUNT", "SAYSO_PASSWORD_FILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


def imported_by(*arguments: str) -> set[str]:
    """The modules in a fresh process after a command."""
    code = (
        f"import sys\nfrom agent.cli.main import main\nmain({list(arguments)!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_imports_nothing_heavy() -> None:
    assert imported_by("--help") & set(HEAVY) == set()


def test_the_help_of_a_command_imports_no_chain_and_no_model() -> None:
    assert imported_by("ask", "--help") & {"web3", "eth_account", "sqlalchemy", "onnxruntime", "torch", "rich"} == set()


@pytest.mark.parametrize("name", entries())
def test_every_command_of_the_table_is_there(name: str) -> None:
    entry = entries()[name]
    module = entry.load()
    assert module.EXAMPLES
    if entry.subcommands:
        assert tuple(module.COMMANDS) == entry.subcommands
    else:
        assert module.command.__doc__


def test_no_command_prints_the_help_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.startswith("Examples:")


@pytest.mark.parametrize(
    "arguments",
    [["parsee"], ["parse", "--nope"], ["account"], ["account", "destroy"], ["confirm"], ["parse", "a", "b"]],
)
def test_a_command_line_that_cannot_be_read_exits_2_and_prints_nothing(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Nothing was done." in err


def test_a_mistyped_command_is_offered_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    main(["portfolo"])
    assert "Did you mean 'portfolio'?" in capsys.readouterr().err


def test_usage_errors_are_documents_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--nope", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["success"] is False
    assert found["errors"][0]["code"] == "usage"


def test_the_document_has_its_five_keys_and_no_control_characters() -> None:
    text = document(Result({"symbol": "\u202e\x1b[31m"}, problems=(Problem("failed", "no"),), warnings=("careful",)))
    found = json.loads(text)
    assert list(found) == ["schema_version", "success", "data", "errors", "warnings"]
    assert text.isascii()
    assert "\x1b" not in text
    assert found["warnings"] == ["careful"]


def test_the_answer_goes_to_stdout_and_all_else_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    emit(
        Result(text="the answer", warnings=("a warning",), problems=(Problem("c", "a problem", "", "do this"),)), False
    )
    out, err = capsys.readouterr()
    assert out == "the answer\n"
    assert err == "a warning\na problem\ndo this\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SaysoError("x"), 1),
        (WrongDigest("x"), 3),
        (Refused("x"), 5),
        (Reverted("x"), 6),
        (OutcomeUnknown("x"), 7),
        (WeightsUnfit("x"), 4),
    ],
)
def test_each_error_has_its_exit_code(error: Exception, code: int) -> None:
    def fails() -> int:
        raise error

    assert guarded(fails) == code


def test_an_interrupt_exits_130(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted) == 130
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0], "sayso tx" in err) == ("", "Interrupted.", True)
    assert guarded(interrupted, wants_json=True) == 130
    (problem,) = json.loads(capsys.readouterr().out)["errors"]
    assert problem["code"] == "interrupted" and problem["not_done"] and problem["remedy"]


@pytest.mark.parametrize("command", [["parse", "x"], ["ask", "x"]])
def test_an_interrupt_within_a_command_is_told_as_such(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agent.understand.load_parser", interrupted)
    assert main([*command, "--json"]) == 130
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "interrupted"
    assert main(command) == 130
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", "Interrupted.")


def test_the_same_warning_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    twice = Result(text="done", warnings=("late", "late", "other"))
    emit(twice, False)
    assert capsys.readouterr().err == "late\nother\n"
    assert json.loads(document(twice))["warnings"] == ["late", "other"]


@pytest.mark.parametrize("name", ["serve"])
def test_what_is_not_built_yet_says_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name]) == 1
    out, err = capsys.readouterr()
    assert (out, f"'sayso {name}' is not built yet" in err) == ("", True)
    assert main([name, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "not_built"


def test_nothing_to_ask_says_what_was_not_done_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "", "--json"]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["errors"]
    assert problem["not_done"] and problem["remedy"]


def test_the_unforeseen_is_told_without_its_text_and_its_places_are_kept_privately(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> int:
        raise ValueError(SECRET)

    assert guarded(fails) == 1
    err = capsys.readouterr().err
    (kept,) = (home / "log").iterdir()
    text = kept.read_text()
    assert "ValueError" in err
    assert str(kept) in err
    assert "test_cli.py" in text
    assert "hunter2" not in err + text
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == stat.S_IMODE((home / "log").stat().st_mode) == 0o700


def test_the_unforeseen_is_told_where_no_log_can_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "file"))
    problem, code = explained(RuntimeError(SECRET))
    assert (problem.code, code) == ("failed_unforeseen", 1)
    assert "hunter2" not in str(problem)


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    code = "from agent.cli.main import main; import sys; sys.exit(main(['--help']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
