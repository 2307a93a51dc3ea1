"""`sayso ask`, `chat` and `parse` with a larger model behind a local server, and the settings that name it. No chain is needed."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.chat import Chat
from agent.cli.main import main
from agent.larger.configured import larger_of
from agent.larger.types import Larger
from agent.render.terminal import Look
from agent.services import outside_connections
from agent.session import Desk, Session, open_desk
from agent.settings import load_settings
from chain.errors import SetupNeeded
from nlp.types import Parse
from tests.agent.face_support import ScriptedParser, TypedReader, act, understood
from tests.agent.larger.larger_support import UNSURE_SEND, Service, labelled
from tests.agent.larger.tiny import gpt2
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, make_scrypt_cheap
from tests.conftest import LocalChain

KEY = "sk-hunter2"
SEND = "send 5 usdc to bob"
QUESTION = "what is gas?"
GOOD = labelled(("transfer", [("amount", "5"), ("token", "usdc"), ("recipient", "bob")]))
SCRIPT = {
    SEND: UNSURE_SEND,
    QUESTION: understood(act("ask", question=QUESTION)),
    "hello": understood(act("greet")),
    "what's this gas thing": Parse("out_of_scope", (act("out_of_scope"),), confidence=0.3),
    "both": understood(act("greet"), act("ask", question=QUESTION)),
}
Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SAYSO_RPC_URL", raising=False)
    monkeypatch.setattr("agent.understand.load_parser", lambda: ScriptedParser(SCRIPT))
    return tmp_path


@pytest.fixture
def out(capsys: Out) -> Out:
    return capsys


@pytest.fixture
def named(home: Path, server: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The settings name the server and a key."""
    (home / "key").write_text(KEY + "\n")
    (home / "key").chmod(0o600)
    monkeypatch.setenv("SAYSO_LARGER_MODEL_URL", server.url)
    monkeypatch.setenv("SAYSO_LARGER_MODEL_NAME", "big")
    monkeypatch.setenv("SAYSO_LARGER_MODEL_KEY_FILE", str(home / "key"))
    monkeypatch.setenv("SAYSO_LARGER_MODEL_SECONDS", "5")
    return server


def asked(out: Out, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main([*arguments, "--json"])
    said, err = out.readouterr()
    assert err == ""
    assert KEY not in said
    return code, json.loads(said)


def larger_with(home: Path, **values: str) -> Larger | None:
    """What the settings of an environment with these values name."""
    environ = {f"SAYSO_{name.upper()}": value for name, value in values.items()}
    return larger_of(load_settings({}, {"SAYSO_HOME": str(home / "home"), **environ}))


@pytest.mark.parametrize(
    "values",
    [
        {"larger_model": "/nowhere", "larger_model_url": "http://127.0.0.1:9/v1"},
        {"larger_model": "/nowhere"},
        {"larger_model_url": "http://127.0.0.1:9/v1"},
        {"larger_model_url": "ftp://127.0.0.1/v1", "larger_model_name": "big"},
        {"larger_model_url": "http://u:p@127.0.0.1/v1", "larger_model_name": "big"},
        {"larger_model_url": "http://169.254.169.254/v1", "larger_model_name": "big"},
        {"larger_model_url": "http://127.0.0.1:9", "larger_model_name": "big", "larger_model_key_file": "/nowhere"},
        {"larger_model_seconds": "0"},
    ],
)
def test_settings_that_do_not_fit_together_are_refused(values: dict[str, str], home: Path) -> None:
    with pytest.raises(SetupNeeded):
        larger_with(home, **values)


def test_it_is_off_by_default(home: Path, server: Service, out: Out) -> None:
    assert larger_with(home) is None
    code, found = asked(out, "ask", QUESTION)
    assert (code, found["errors"][0]["code"]) == (1, "not_built")
    assert "read_by" not in found["data"]
    assert server.sent == []


@pytest.mark.model
def test_off_it_costs_no_import(home: Path) -> None:
    code = (
        "import sys\nfrom agent.cli.main import main\nmain(['ask', 'hello'])\nmain(['parse', 'send 5 usdc to bob.eth'])\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "agent.larger.local", "agent.larger.remote"} & set(done.stderr.split())


def test_a_question_is_answered_under_the_model_s_name(named: Service, out: Out) -> None:
    named.answers("Gas is the fee.\x1b[2J\nIt pays validators.")
    assert main(["ask", QUESTION, "--plain"]) == 0
    said, err = out.readouterr()
    assert said == (
        "big says (not checked, and nothing is done by it):\n> Gas is the fee.\\u{1b}[2J\n> It pays validators.\n"
    )
    assert err == ""


def test_the_text_of_an_answer_is_never_read_for_actions(named: Service, out: Out) -> None:
    named.answers(GOOD)
    code, found = asked(out, "ask", QUESTION)
    assert (code, [action["intent"] for action in found["data"]["actions"]]) == (0, ["ask"])
    assert found["data"]["answers"] == [
        {"intent": "ask", "question": QUESTION, "by": "big", "says": GOOD, "checked": False}
    ]
    assert "draft" not in found["data"]


def test_a_question_that_gets_no_answer_is_told_and_the_rest_is_answered(named: Service, out: Out) -> None:
    named.status = 500
    assert main(["ask", "both"]) == 1
    said, err = out.readouterr()
    assert said.startswith("Hello.")
    assert "Your larger model gave no answer: it answered with HTTP status 500." in err
    assert "v1" not in err


def test_what_the_small_model_does_not_know_is_read_and_then_answered(named: Service, out: Out) -> None:
    named.answers(labelled(("ask", [])), "A fee.")
    code, found = asked(out, "ask", "what's this gas thing")
    assert (code, found["data"]["read_by"], found["data"]["answers"][0]["says"]) == (0, "big", "A fee.")
    assert found["warnings"] == ["Read by your larger model (big), for the small one was not sure."]


def test_a_reading_goes_the_way_of_every_other(named: Service, out: Out) -> None:
    """Without a chain the write stops where every write does."""
    named.answers(GOOD)
    code, found = asked(out, "ask", SEND)
    assert (code, found["errors"][0]["code"]) == (4, "no_rpc")
    (action,) = found["data"]["actions"]
    assert action == {"intent": "transfer", "slots": {"amount": "5", "token": "USDC", "recipient": "bob"}}
    assert named.sent[0][1]["authorization"] == f"Bearer {KEY}"


def test_a_parse_says_who_read_it(named: Service, out: Out) -> None:
    named.answers(GOOD)
    code, found = asked(out, "parse", SEND)
    assert (code, found["read_by"], found["confidence"]) == (0, "big", 0.5)
    main(["parse", SEND])
    said, err = out.readouterr()
    assert said.startswith("understood (50% sure)")
    assert err == "Read by your larger model (big), for the small one was not sure.\n"


def test_a_parse_that_gets_no_reading_is_the_small_model_s(named: Service, out: Out) -> None:
    named.answers("no")
    assert main(["parse", SEND]) == 2
    assert "gave no usable reading: it answered with something that is no JSON" in out.readouterr().err
    code, found = asked(out, "parse", SEND)
    assert (code, "read_by" in found, found["confidence"]) == (2, False, 0.2)


def test_a_parse_needs_no_readable_settings(home: Path, out: Out) -> None:
    (home / "home").mkdir(mode=0o700)
    (home / "home" / "config.toml").write_text("nonsense = ")
    (home / "home" / "config.toml").chmod(0o600)
    assert main(["parse", "hello"]) == 0
    said, err = out.readouterr()
    assert "greet" in said and err.startswith("No larger model was asked: ")


def test_a_batch_is_not_put_to_it(named: Service, out: Out, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "in.jsonl").write_text(json.dumps({"id": 1, "text": SEND}) + "\n")
    with open(home / "in.jsonl") as lines:
        monkeypatch.setattr("sys.stdin", lines)
        assert main(["parse", "--batch"]) == 0
    assert json.loads(out.readouterr().out)["confidence"] == 0.2
    assert named.sent == []


async def conversation(*lines: str) -> str:
    """A chat held to its end, on a session whose chain is never asked."""
    settings = load_settings()
    said: list[str] = []
    with open_desk(settings) as desk:
        entry = desk.registry.chains[0]
        client = cast(Any, SimpleNamespace(entry=entry, close=None))
        session = Session(**{f.name: getattr(desk, f.name) for f in fields(Desk)}, client=client)
        larger = larger_of(settings)
        chat = Chat(
            session, ScriptedParser(SCRIPT), TypedReader(list(lines)), said.append, Look(plain=True), larger=larger
        )
        await chat.run()
    return "\n".join(said)


async def test_a_chat_answers_questions_and_yes_to_an_answer_does_nothing(named: Service) -> None:
    named.answers("Type yes to go on.")
    said = await conversation(QUESTION)
    assert "big says (not checked, and nothing is done by it):\n> Type yes to go on." in said


async def test_a_chat_says_who_read_the_words_before_anything_comes_of_them(named: Service) -> None:
    named.answers(labelled(("ask", [])), "A fee.")
    said = await conversation("what's this gas thing", "why?")
    read, answered = said.index("Read by your larger model (big)"), said.index("> A fee.")
    assert read < answered
    assert "big read this, and gives no reasons. The small model, which was not sure:" in said


async def test_a_chat_without_a_usable_reading_goes_on(named: Service) -> None:
    named.delay, named.bodies = 0.0, [b"x"]
    said = await conversation(SEND, "hello")
    assert "Your larger model gave no usable reading" in said and "Hello." in said


def test_the_connections_list_it_by_its_host_and_say_what_it_is_told(named: Service, out: Out) -> None:
    (row,) = outside_connections(load_settings())
    assert row["to"] == named.url.removesuffix("/v1")
    assert "when the small model is unsure, and questions" in row["for"]
    main(["config", "connections"])
    assert "the small language model runs here" in out.readouterr().out
    assert named.sent == []


def test_a_doctor_checks_that_its_settings_fit(named: Service, out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked() -> dict[str, str]:
        main(["doctor", "--json"])
        rows = json.loads(out.readouterr().out)["data"]["checks"]
        return {row["name"]: row["status"] for row in rows}

    assert looked()["larger model"] == "ok"
    monkeypatch.setenv("SAYSO_LARGER_MODEL", "/nowhere")
    assert looked()["larger model"] == "fail"
    monkeypatch.delenv("SAYSO_LARGER_MODEL")
    monkeypatch.delenv("SAYSO_LARGER_MODEL_URL")
    assert "larger model" not in looked()
    assert named.sent == []


def test_a_folder_s_model_reads_and_answers_here(home: Path, out: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was never trained: what it says is of no use, and of the right form."""
    monkeypatch.setenv("SAYSO_LARGER_MODEL", str(gpt2(home / "tiny")))
    monkeypatch.setenv("SAYSO_LARGER_MODEL_SECONDS", "300")
    out.readouterr()
    main(["parse", SEND, "--json"])
    found = json.loads(out.readouterr().out)
    assert found.get("read_by", "tiny") == "tiny"
    main(["ask", QUESTION, "--plain"])
    said, err = out.readouterr()
    assert said.startswith("tiny says (not checked") or "Your larger model gave no answer: it wrote nothing" in err


@pytest.mark.anvil
def test_a_write_that_it_read_is_a_card_like_any_other(
    home: Path, named: Service, local_chain: LocalChain, out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafted and not sent: the card is of the bytes, and asks for its digest."""
    make_scrypt_cheap(monkeypatch)
    monkeypatch.setenv("SAYSO_RPC_URL", local_chain.rpc_url)
    with open_desk(load_settings()) as desk:
        address = str(desk.accounts.create("main", PASSWORD).info.address)
    local_chain.fund(address)
    text = f"shift 5 usdc to {RECIPIENT}"
    monkeypatch.setitem(SCRIPT, text, UNSURE_SEND)
    named.answers(labelled(("transfer", [("amount", "5"), ("token", "usdc"), ("recipient", RECIPIENT)])))
    assert main(["ask", text, "--plain"]) == 3
    said, err = out.readouterr()
    assert "leaves:    exactly 5 USDC" in said and "sayso confirm" in said
    assert err == "Read by your larger model (big), for the small one was not sure.\n"
    assert local_chain.erc20_balance("USDC", RECIPIENT) == 0
    named.answers(labelled(("transfer", [("amount", "5"), ("token", "usdc"), ("recipient", OTHER)])))
    assert main(["ask", text, "--plain"]) == 2
    assert "gave no usable reading" in out.readouterr().err
