"""`sayso parse`: the bare object, exit codes, and a batch in which nothing is lost and nothing stops the rest."""

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.cli.batch import MOST_BYTES, answer_batch, arriving
from agent.cli.main import main
from nlp.contract import LONGEST_LINE
from nlp.model.weights import SHIPPED
from nlp.types import Context, Parse
from tests.agent.face_support import ScriptedParser, act, understood

SEND = understood(act("transfer", amount="5", token="USDC", recipient="bob"))
MISSING = Parse("incomplete", (act("transfer", amount="5", token="USDC"),), ("recipient",), confidence=0.5)
NOTHING = Parse("out_of_scope", (act("out_of_scope"),), confidence=0.7)
SCRIPT = {"send": SEND, "send 5": MISSING, "the weather": NOTHING, "to bob": SEND}
KEYS = ["id", "status", "actions", "missing", "errors", "confidence", "spans"]


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedParser:
    parser = ScriptedParser(SCRIPT)
    monkeypatch.setattr("agent.understand.load_parser", lambda: parser)
    return parser


def lines(*rows: object) -> list[bytes]:
    return [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]


@pytest.mark.parametrize(("text", "code"), [("send", 0), ("send 5", 2), ("the weather", 2)])
def test_one_sentence_prints_the_bare_object_whatever_the_exit_code(
    text: str, code: int, scripted: ScriptedParser, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parse", text, "--json"]) == code
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert list(found) == KEYS
    assert found["status"] == SCRIPT[text].status
    assert err == ""


def test_one_sentence_for_people(scripted: ScriptedParser, capsys: pytest.CaptureFixture[str]) -> None:
    main(["parse", "send 5"])
    assert capsys.readouterr().out == (
        "incomplete (50% sure)\n\n1  transfer\n   amount  5\n   token   USDC\nmissing: recipient\n"
    )


def test_explain_marks_the_words_that_decided_and_names_the_runner_up(
    scripted: ScriptedParser, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion
) -> None:
    assert main(["parse", "send 5", "--explain"]) == 2
    assert capsys.readouterr().out == snapshot


def test_explain_as_json_gives_spans_of_the_users_words(
    scripted: ScriptedParser, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["parse", "send 5", "--explain", "--json"])
    (reason,) = json.loads(capsys.readouterr().out)["explanation"]

    assert reason["words"] == [{"said": "send", "span": [0, 4], "share": 1.0}]
    assert reason["runner_up"] == {"name": "ask", "probability": 0.05}


def test_a_batch_is_not_explained(scripted: ScriptedParser, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "--batch", "--explain"]) == 2
    assert "--explain and --batch exclude each other" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "   ", "\ud800"])
def test_no_text_exits_2(text: str, scripted: ScriptedParser, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", text]) == 2
    assert capsys.readouterr().out == ""


def test_text_comes_through_standard_input(scripted: ScriptedParser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"send\n")))
    assert main(["parse", "-"]) == 0


def test_malformed_lines_are_answered_in_their_place() -> None:
    rows = lines(
        {"id": "1", "text": "send"},
        b"",
        b"{",
        b"\xff\xfe",
        {"id": "2"},
        {"id": "3", "text": "send", "turns": ["send"]},
        {"id": "4", "text": 5},
        {"id": "5", "turns": []},
        {"id": "6", "text": "send", "context": []},
        {"id": "7", "text": "\ud800"},
        b"[" * 100_000,
        b'{"id": NaN, "text": "send"}',
        {"id": "8", "turns": ["send 5", "to bob"]},
        {"id": "9", "text": "the weather"},
    )
    found = answer_batch(ScriptedParser(SCRIPT), rows)  # type: ignore[arg-type]
    assert [row["id"] for row in found] == ["1", None, None, None, "2", "3", "4", "5", "6", "7", None, None, "8", "9"]
    assert [bool(row["errors"]) for row in found] == [False] + [True] * 11 + [False, False]
    assert all(row["status"] == "incomplete" and row["actions"] == [] for row in found[1:12])
    assert found[12]["status"] == "understood"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_batch_prints_its_answers_and_nothing_else(
    flags: list[str],
    scripted: ScriptedParser,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"id": 1, "text": "send"}\n{"id": 2, "text": "send"}\n')
    with open(tmp_path / "in.jsonl") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["parse", "--batch", *flags]) == 0
    out, err = capsys.readouterr()
    assert ([json.loads(line)["id"] for line in out.splitlines()], err) == ([1, 2], "")


def test_a_text_beside_batch_is_a_usage_error(scripted: ScriptedParser, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", "send", "--batch"]) == 2
    out, err = capsys.readouterr()
    assert (out, "exclude each other" in err) == ("", True)
    assert main(["parse", "send", "--batch", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "usage"


def test_the_context_of_a_line_reaches_the_parser() -> None:
    class Watching(ScriptedParser):
        def parse_batch(self, asked: Any) -> list[Parse]:
            self.contexts += [context for _, context in asked]
            return super().parse_batch(asked)

    parser = Watching(SCRIPT)
    row = {"text": "send", "context": {"contacts": ["Bob"], "accounts": ["main"], "tokens": {"0xaa": "PEPE2"}}}
    answer_batch(parser, lines(row))  # type: ignore[arg-type]
    assert parser.contexts == [Context(("bob",), ("main",), {"0xaa": "PEPE2"})]


def through_a_pipe(content: bytes) -> list[bytes]:
    read, write = os.pipe()

    def feed() -> None:
        with os.fdopen(write, "wb") as end:
            end.write(content)

    thread = threading.Thread(target=feed)
    thread.start()
    found = [line for batch in arriving(read) for line in batch]
    thread.join()
    os.close(read)
    return found


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\nb", [b"a", b"b"]),
        (b"\n\n", [b"", b""]),
        (b"x" * 3_000_000 + b"\ny", [b"x" * 3_000_000, b"y"]),
    ],
    ids=["nothing", "ended", "unended", "empty lines", "three megabytes"],
)
def test_lines_arrive_whole(content: bytes, expected: list[bytes]) -> None:
    assert through_a_pipe(content) == expected


def test_an_endless_line_is_cut_and_answered_as_too_long() -> None:
    found = through_a_pipe(b"x" * (MOST_BYTES + 5_000_000) + b"\nnext\n")
    assert len(found) == 2
    assert LONGEST_LINE < len(found[0]) <= MOST_BYTES + 2_000_000
    assert answer_batch(ScriptedParser({}), found[:1])[0]["errors"] == ["the line is too long"]  # type: ignore[arg-type]


@pytest.fixture
def trained() -> None:
    """Needs the shipped weights."""
    if not SHIPPED.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"the weights are missing: {SHIPPED}")
        pytest.skip(f"the weights are not there yet: {SHIPPED}")


@pytest.mark.model
def test_a_whole_process_answers_lines_as_they_come(trained: None, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agent.cli.main", "parse", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "text": "send 5 usdc to bob.eth"}).encode() + b"\n")
            process.stdin.flush()
            # The next line is only written once this one is answered.
            answer = json.loads(process.stdout.readline())
            assert (answer["id"], answer["actions"][0]["intent"]) == (number, "transfer")
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.mark.model
def test_parsing_imports_no_chain_no_store_and_no_torch(trained: None) -> None:
    code = (
        "import sys\nfrom agent.cli.main import main\n"
        "main(['parse', 'send 5 usdc to bob.eth'])\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "transformers", "web3", "eth_account", "sqlalchemy", "rich", "httpx"}
    assert set(done.stderr.split()) & heavy == set()
    assert "transfer" in done.stdout


@pytest.mark.model
def test_a_text_of_a_megabyte_gets_an_answer_and_no_write(trained: None) -> None:
    from agent.understand import load_parser

    (answer,) = answer_batch(load_parser(), lines({"id": 1, "text": "send 5 usdc to bob.eth " * 45_000}))
    assert answer["status"] != "understood"
