"""`sayso ask` and `sayso portfolio` as a whole, on the real chain: streams, exit codes and the document."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.session import open_desk
from agent.settings import load_settings
from nlp.types import Parse
from tests.agent.face_support import ScriptedParser, act, understood
from tests.agent.store_support import PASSWORD, RECIPIENT, make_scrypt_cheap
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
SEND = act("transfer", amount="5", token="USDC", recipient=RECIPIENT)
TOO_MUCH = act("transfer", amount="1000000", token="USDC", recipient=RECIPIENT)
BURN = act("transfer", amount="5", token="USDC", recipient="0x000000000000000000000000000000000000dEaD")
SCRIPT = {
    "balance": understood(act("balance", token="USDC")),
    "send": understood(SEND),
    "burn": understood(BURN),
    "both": understood(act("price", token="ETH"), SEND),
    "both too much": understood(act("price", token="ETH"), TOO_MUCH),
    "price on base": understood(act("price", token="ETH")),
    "half": Parse("incomplete", (act("transfer", amount="5", token="USDC"),), ("recipient",)),
    "yes": understood(act("confirm")),
    "no": understood(act("reject")),
    "don't send 1 eth to bob": understood(act("reject")),
    "stake": understood(act("stake", amount="1", token="ETH")),
    "every friday": understood(act("transfer", {"every": "P1W"}, amount="5", token="USDC", recipient=RECIPIENT)),
    "weather": Parse("out_of_scope", (act("out_of_scope"),)),
    "on base": understood(act("balance", token="USDC", chain="base")),
    "send on base": understood(act("transfer", amount="5", token="USDC", recipient=RECIPIENT, chain="base")),
    "too much": understood(TOO_MUCH),
    "too fine": understood(act("transfer", amount="0.0000001", token="USDC", recipient=RECIPIENT)),
    "pepe": understood(act("transfer", amount="5", token="PEPE", recipient=RECIPIENT)),
    "hello": understood(act("greet")),
}


@pytest.fixture(autouse=True)
def person(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> str:
    """One with a home, a funded account and a scripted parser; the account's address."""
    make_scrypt_cheap(monkeypatch)
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SAYSO_RPC_URL", local_chain.rpc_url)
    monkeypatch.setattr("agent.understand.load_parser", lambda: ScriptedParser(SCRIPT))
    with open_desk(load_settings()) as desk:
        address = str(desk.accounts.create("main", PASSWORD).info.address)
    local_chain.fund(address)
    return address


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    return capsys


def asked(text: str, out: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """The exit code and the document of `ask --json`."""
    code = main(["ask", text, "--json"])
    said, err = out.readouterr()
    assert err == ""
    return code, json.loads(said)


def test_a_read_is_answered_on_stdout(out: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "balance"]) == 0
    assert out.readouterr() == ("main holds 10000 USDC on Local chain.\n", "")


def test_a_read_as_a_document(out: pytest.CaptureFixture[str]) -> None:
    code, found = asked("balance", out)
    assert (code, found["success"]) == (0, True)
    (answer,) = found["data"]["answers"]
    assert (answer["intent"], answer["balances"][0]["amount"]) == ("balance", "10000000000")


def test_a_write_prints_the_card_and_the_whole_command_and_exits_3(
    out: pytest.CaptureFixture[str], local_chain: LocalChain
) -> None:
    assert main(["ask", "send", "--plain"]) == 3
    said, err = out.readouterr()
    assert err == ""
    assert "leaves:    exactly 5 USDC" in said
    command = said.strip().split("\n")[-1].split()
    assert command[:2] == ["sayso", "confirm"]
    assert (len(command[4]), local_chain.erc20_balance("USDC", RECIPIENT)) == (66, 0)


def test_the_printed_command_does_what_the_card_said(
    out: pytest.CaptureFixture[str], local_chain: LocalChain, tmp_path: Path
) -> None:
    main(["ask", "send"])
    command = out.readouterr().out.strip().split("\n")[-1].split()
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o600)
    assert main([*command[1:], "--password-file", str(tmp_path / "password")]) == 0
    assert local_chain.erc20_balance("USDC", RECIPIENT) == 5 * 10**6


def test_the_draft_as_a_document(out: pytest.CaptureFixture[str], person: str) -> None:
    code, found = asked("both", out)
    draft = found["data"]["draft"]
    assert (code, found["success"]) == (3, True)
    assert [answer["intent"] for answer in found["data"]["answers"]] == ["price"]
    assert {"id", "digest", "steps", "effects", "findings", "acks", "fee", "expires_at"} <= set(draft)
    (leaves,) = [effect for effect in draft["effects"] if effect["kind"] == "out"]
    assert (leaves["amount"], leaves["decimals"], leaves["symbol"]) == ("5000000", 6, "USDC")
    assert (leaves["account"], leaves["counterparty"]) == (person, RECIPIENT)
    assert isinstance(draft["fee"]["amount"], str)
    assert draft["acks"] == ["first"]
    assert {finding["verdict"] for finding in draft["findings"]} <= {"pass", "warn", "block", "unknown", "n/a"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("half", 2),
        ("weather", 2),
        ("pepe", 2),
        ("too fine", 2),
        ("yes", 3),
        ("no", 3),
        ("stake", 1),
        ("every friday", 0),
        ("too much", 5),
        ("burn", 5),
        ("on base", 5),
        ("send on base", 5),
        ("hello", 0),
    ],
)
def test_each_end_has_its_exit_code_and_only_an_answer_is_on_stdout(
    text: str, code: int, out: pytest.CaptureFixture[str], local_chain: LocalChain
) -> None:
    assert main(["ask", text]) == code
    said, err = out.readouterr()
    assert (bool(said), bool(err)) == (code == 0, code != 0)
    found = asked(text, out)
    assert found[0] == code
    assert found[1]["success"] is (code == 0)
    assert "draft" not in (found[1]["data"] or {})
    assert local_chain.erc20_balance("USDC", RECIPIENT) == 0
    with open_desk(load_settings()) as desk:
        assert desk.drafts.recent() == ()


def test_a_question_beside_a_refused_transaction_is_answered_first(out: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "both too much"]) == 5
    said, err = out.readouterr()
    assert said.startswith("1 ETH is 2,500.00 USD")
    assert "1000000" in err
    code, found = asked("both too much", out)
    assert (code, found["success"], len(found["errors"])) == (5, False, 1)
    assert [answer["intent"] for answer in found["data"]["answers"]] == ["price"]


def test_an_account_that_is_not_there_is_refused_whatever_is_asked(out: pytest.CaptureFixture[str]) -> None:
    for text in ("balance", "hello", "price on base"):
        assert main(["ask", text, "--account", "nosuch"]) == 4
        said, err = out.readouterr()
        assert (said, "nosuch" in err, "Nothing was done." in err) == ("", True, True)


def test_a_note_beside_an_answer_is_on_stderr_and_in_the_warnings(out: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "price on base"]) == 0
    said, err = out.readouterr()
    assert ("2,500.00 USD" in said, "You named base" in err, "You named base" in said) == (True, True, False)
    assert ["You named base" in note for note in asked("price on base", out)[1]["warnings"]] == [True]


def test_a_whole_sentence_that_declines_is_understood_as_a_no(out: pytest.CaptureFixture[str]) -> None:
    code, found = asked("don't send 1 eth to bob", out)
    assert (code, found["errors"][0]["code"]) == (3, "declined")
    assert found["errors"][0]["happened"] == "Understood as a no: nothing was drafted."
    assert asked("no", out)[1]["errors"][0]["code"] == "not_confirmed"


def test_what_a_check_forbids_is_told_with_its_findings(out: pytest.CaptureFixture[str]) -> None:
    _, found = asked("burn", out)
    blocks = [row["check"] for row in found["data"]["findings"] if row["verdict"] == "block"]
    assert "recipient.burn" in blocks


def test_without_a_chain_only_what_needs_one_fails(
    out: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAYSO_RPC_URL")
    assert main(["ask", "hello"]) == 0
    assert main(["ask", "balance"]) == 4
    assert "SAYSO_RPC_URL" in out.readouterr().err


def test_text_through_standard_input(out: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"balance\n")))
    assert main(["ask", "-"]) == 0
    assert "10000 USDC" in out.readouterr().out


def test_the_portfolio(out: pytest.CaptureFixture[str], person: str) -> None:
    assert main(["portfolio", "--json"]) == 0
    data = json.loads(out.readouterr().out)["data"]
    assert data["account"] == {"name": "main", "address": person}
    assert main(["portfolio", "--plain"]) == 0
    assert "total" in out.readouterr().out
    assert main(["portfolio", "nobody"]) == 2
