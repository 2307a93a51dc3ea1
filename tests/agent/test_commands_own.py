"""`sayso contact`, `policy`, `config`, `audit` and `doctor`: what is the person's own."""

import sqlite3
from pathlib import Path

import pytest

from agent.drafting import draft
from agent.execute import confirm_draft
from agent.health import _clock, chain
from tests.agent.commands_support import Person, make_person, secret_file
from tests.agent.drafting_support import act, drafter
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, make_scrypt_cheap
from tests.conftest import LocalChain


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Person:
    make_scrypt_cheap(monkeypatch)
    made = make_person(tmp_path, monkeypatch, capsys)
    made.run("account", "create", "main", *made.with_password())
    return made


def test_a_contact_is_added_listed_and_removed(person: Person) -> None:
    added = person.run("contact", "add", "Bob", RECIPIENT.lower())
    assert {"name": "bob", "address": RECIPIENT, "ens": None}.items() <= added.data["contact"].items()
    assert person.run("contact", "list").data["contacts"] == [added.data["contact"]]
    assert person.read("contact", "list")[1].split() == ["bob", RECIPIENT]
    assert person.run("contact", "remove", "bob").code == 0
    assert person.run("contact", "list").data["contacts"] == []


def test_a_contact_is_changed_by_the_password_on_this_command_alone(
    person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAYSO_PASSWORD_FILE", str(person.password_file))
    person.run("contact", "add", "bob", RECIPIENT)
    assert (person.run("contact", "add", "bob", OTHER).code, person.run("contact", "add", "bob", OTHER).error) == (
        3,
        "not_confirmed",
    )
    assert person.run("contact", "add", "bob", OTHER, "--change").code == 4
    wrong = secret_file(tmp_path / "wrong", "wrong")
    assert person.run("contact", "add", "bob", OTHER, "--change", "--password-file", str(wrong)).error == "locked"
    changed = person.run("contact", "add", "bob", OTHER, "--change", *person.with_password())
    assert (changed.data["contact"]["address"], changed.data["was"]) == (OTHER, RECIPIENT)
    _, _, err = person.read("contact", "add", "bob", RECIPIENT, "--change", *person.with_password())
    assert OTHER in err and RECIPIENT in err


def test_a_contact_by_ens_name_keeps_its_address(person: Person, local_chain: LocalChain) -> None:
    local_chain.set_name("alice.eth", RECIPIENT)
    added = person.run("contact", "add", "alice", "alice.eth", "--rpc-url", local_chain.rpc_url)
    assert (added.data["contact"]["address"], added.data["contact"]["ens"]) == (RECIPIENT, "alice.eth")
    local_chain.set_name("alice.eth", OTHER)
    assert person.run("contact", "list").data["contacts"][0]["address"] == RECIPIENT
    assert person.run("contact", "add", "zed", "nobody-has-this.eth", "--rpc-url", local_chain.rpc_url).code == 2


@pytest.mark.parametrize("name", ["all", "usdc", "base", "7", "bob.eth"])
def test_a_name_that_means_something_else_is_refused(person: Person, name: str) -> None:
    assert person.run("contact", "add", name, RECIPIENT).code == 2


def test_a_policy_is_tightened_at_once_and_widened_by_password(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_PASSWORD_FILE", str(person.password_file))
    tighter = person.run("policy", "set", "--per-transaction", "100 USDC", "--per-day", "500 USD")
    assert (tighter.code, tighter.data["widened"]) == (0, False)
    assert tighter.data["policy"]["limits"] == [
        {"window_seconds": 0, "amount": "100000000", "decimals": 6, "symbol": "USDC"},
        {"window_seconds": 86400, "fiat": "500 USD"},
    ]
    assert person.run("policy", "set", "--per-day", "501 USD").code == 4
    assert person.run("policy", "show").data["policy"] == tighter.data["policy"]
    wider = person.run("policy", "set", "--per-day", "none USD", *person.with_password())
    assert (wider.code, wider.data["widened"], len(wider.data["policy"]["limits"])) == (0, True, 1)
    assert person.run("policy", "set", "--slippage", "5").code == 2
    assert person.run("policy", "set").code == 2


def test_the_policy_is_told_in_words(person: Person) -> None:
    person.run("contact", "add", "bob", RECIPIENT)
    person.run("policy", "set", "--per-transaction", "0.5 eth", "--allow", "bob")
    assert person.read("policy", "show")[1].splitlines()[:2] == [
        "at most 0.5 ETH per transaction",
        f"payments only to {RECIPIENT} bob",
    ]


def test_settings_are_shown_with_their_source_and_without_keys(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_RPC_URL", "https://node.example/v2/secret-key")
    shown = person.run("config", "show")
    assert {"name": "rpc_url", "value": "https://node.example", "source": "environment"} in shown.data["settings"]
    assert {"slug": "local", "name": "Local chain", "chain_id": 31337, "test": True} in shown.data["chains"]
    connections = person.run("config", "connections")
    assert [row["to"] for row in connections.data["connections"]] == ["https://node.example"]
    assert "secret-key" not in shown.text + connections.text + person.read("config", "connections")[1]
    monkeypatch.delenv("SAYSO_RPC_URL")
    none = person.run("config", "connections")
    assert none.data["connections"] == []
    for told in (connections, none):
        assert "only when training or exporting" in told.text and "Hugging Face hub" in told.text


def test_settings_are_set_and_unset(person: Person) -> None:
    assert person.run("config", "set", "rpc_url", "http://127.0.0.1:9").data["setting"]["source"] == "file"
    assert person.run("config", "unset", "rpc_url").data["setting"]["value"] is None
    assert person.run("config", "set", "rpc_url", "http://u:pw@h").code == 2
    assert person.run("config", "set", "rpc", "x").code == 2


def test_an_unknown_key_in_the_file_stops_every_command(person: Person) -> None:
    (person.home / "config.toml").touch(0o600)
    (person.home / "config.toml").write_text('rpcurl = "http://x"\n')
    for command in (["drafts"], ["contact", "list"], ["config", "show"]):
        assert person.run(*command).code == 4


def test_an_audit_says_what_it_cannot_prove(person: Person) -> None:
    without = person.run("audit", "verify")
    assert (without.code, without.data["audit"]["whole"], without.data["audit"]["sealed_through"]) == (0, True, 0)
    assert len(without.data["audit"]["not_proven"]) == 3
    proven = person.run("audit", "verify", *person.with_password())
    assert proven.data["audit"]["sealed_through"] == proven.data["audit"]["entries"] > 0
    assert any("older copy" in what for what in proven.data["audit"]["not_proven"])


def test_an_audit_finds_a_changed_entry_and_a_cut_end(person: Person) -> None:
    def change(statement: str) -> None:
        with sqlite3.connect(person.home / "sayso.db") as connection:
            connection.execute(statement)
        connection.close()

    change("DELETE FROM journal WHERE number = (SELECT max(number) FROM journal)")
    assert person.run("audit", "verify").code == 0
    cut = person.run("audit", "verify", *person.with_password())
    assert (cut.code, cut.error, cut.data["audit"]["whole"]) == (5, "tampered", False)
    change("UPDATE journal SET facts = '{}' WHERE number = 1")
    changed = person.run("audit", "verify")
    assert (changed.code, "entry 1" in changed.data["audit"]["broken"][0]) == (5, True)


def test_an_audit_finds_a_row_that_is_not_as_the_journal_tells(person: Person) -> None:
    with sqlite3.connect(person.home / "sayso.db") as connection:
        connection.execute("INSERT INTO chains VALUES (31337, 4)")
    connection.close()
    found = person.run("audit", "verify")
    assert (found.code, found.error) == (5, "tampered")
    assert "not what the journal says" in found.data["audit"]["broken"][0]


def test_a_name_without_an_address_says_what_to_do(person: Person, local_chain: LocalChain) -> None:
    said = person.run("contact", "add", "nob", "nob.eth", "--rpc-url", local_chain.rpc_url)
    (problem,) = said.document["errors"]
    assert (said.code, problem["not_done"], "the address itself" in problem["remedy"]) == (
        2,
        "No contact was added.",
        True,
    )


@pytest.mark.parametrize("seconds", ["0", "-5", "100000000"])
def test_an_expiry_that_is_none_is_told_as_such(person: Person, seconds: str) -> None:
    said = person.run("policy", "set", "--expiry", seconds)
    (problem,) = said.document["errors"]
    assert (said.code, f"for {seconds} seconds" in problem["happened"], "--expiry" in problem["remedy"]) == (
        2,
        True,
        True,
    )


def test_a_doctor_looks_at_everything(person: Person, local_chain: LocalChain) -> None:
    said = person.run("doctor", "--rpc-url", local_chain.rpc_url)
    checks = {check["name"]: check["status"] for check in said.data["checks"]}
    assert set(checks) == {
        *("python", "node", "local chain", "model", "home", "database", "accounts", "rpc", "chain", "clock"),
        *("contracts", "history"),
    }
    assert {name for name, status in checks.items() if status != "ok"} <= {"model"}


def test_a_doctor_finds_what_is_wrong(person: Person) -> None:
    (person.home / "keystore" / "main.json").chmod(0o644)
    with sqlite3.connect(person.home / "sayso.db") as connection:
        connection.execute("UPDATE journal SET at = 0")
    connection.close()
    said = person.run("doctor", "--rpc-url", "http://127.0.0.1:9")
    failed = {check["name"] for check in said.data["checks"] if check["status"] == "fail"}
    assert said.code == 4 and {"accounts", "database", "rpc"} <= failed


def test_a_doctor_fails_a_chain_without_our_contracts(person: Person, local_chain: LocalChain) -> None:
    for address in (local_chain.contract("multicall3"), local_chain.contract("uniswap-v3.router")):
        snapshot = local_chain.rpc("evm_snapshot")
        local_chain.rpc("anvil_setCode", address, "0x")
        said = person.run("doctor", "--rpc-url", local_chain.rpc_url)
        (check,) = [check for check in said.data["checks"] if check["name"] == "contracts"]
        assert (said.code, check["status"], address in check["detail"]) == (4, "fail", True)
        assert "sayso devnet" in check["remedy"]
        local_chain.rpc("evm_revert", snapshot)


async def test_a_doctor_fails_a_chain_that_was_reset(
    tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drafter(tmp_path, local_chain, monkeypatch) as session:
        snapshot = local_chain.rpc("evm_snapshot")
        made = await draft(session, [act("transfer", amount="1", token="ETH", recipient=RECIPIENT)], "words")
        await confirm_draft(session, made.id, made.digest, PASSWORD)
        before = {check.name: check.status for check in await chain(session.settings)}
        local_chain.rpc("evm_revert", snapshot)
        after = {check.name: check for check in await chain(session.settings)}
    assert before["history"] == "ok"
    assert (after["history"].status, "forget-chain" in after["history"].remedy) == ("fail", True)


@pytest.mark.parametrize(
    ("behind", "test", "status", "words"),
    [
        (10, False, "ok", "agrees"),
        (10, True, "ok", "agrees"),
        (900, True, "ok", "not compared"),
        (900, False, "warn", "900 seconds ahead"),
        (-900, True, "warn", "900 seconds behind"),
    ],
)
def test_a_doctor_claims_of_the_clock_only_what_it_compared(
    behind: int, test: bool, status: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.health.time.time", lambda: 1_800_000_000.0)
    check = _clock(1_800_000_000 - behind, test)
    assert (check.status, words in check.detail) == (status, True)
