"""`sayso confirm`, `reject`, `drafts` and `tx`, on drafts made from actions, on the real local chain."""

import asyncio
import json
import os
from pathlib import Path

import pytest

from agent.drafting import draft as make_draft
from agent.session import session
from agent.settings import load_settings
from chain.errors import SetupNeeded
from chain.values import Draft
from nlp.types import Action
from tests.agent.commands_support import Person, make_person, process
from tests.agent.drafting_support import STRANGER, act
from tests.agent.store_support import PASSWORD, make_scrypt_cheap
from tests.conftest import LocalChain


@pytest.fixture
def person(
    tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Person:
    make_scrypt_cheap(monkeypatch)
    made = make_person(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("SAYSO_RPC_URL", local_chain.rpc_url)
    monkeypatch.setenv("SAYSO_PASSWORD_FILE", str(made.password_file))
    local_chain.fund(made.run("account", "create", "main").data["account"]["address"])
    return made


def drafted(*actions: Action) -> Draft:
    """A draft in the person's home."""

    async def make() -> Draft:
        async with session(load_settings()) as opened:
            return await make_draft(opened, actions, "what was said")

    return asyncio.run(make())


def pay(amount: str = "0.1") -> Action:
    return act("transfer", amount=amount, token="ETH", recipient=STRANGER)


def confirm(person: Person, draft: Draft, *more: str):  # type: ignore[no-untyped-def]
    return person.run("confirm", draft.id, "--digest", "0x" + draft.digest.hex(), *more)


def test_a_confirmed_payment_is_told_with_its_effects(person: Person, local_chain: LocalChain) -> None:
    draft = drafted(pay())
    said = confirm(person, draft)
    outcome = said.data["outcome"]
    assert (said.code, outcome["status"]) == (0, "done")
    (step,) = outcome["steps"]
    receipt = local_chain.rpc("eth_getTransactionReceipt", step["hash"])
    assert (step["status"], step["block"]) == ("final", int(receipt["blockNumber"], 16))
    coin = {"decimals": 18, "symbol": "ETH", "address": None, "listed": True}
    assert {"kind": "in", "account": STRANGER, "amount": str(10**17), **coin} in step["effects"]
    assert {"kind": "out", "account": draft.account, "amount": str(10**17), **coin} in step["effects"]
    assert step["differences"] == [] and said.document["warnings"] == []
    assert local_chain.balance(STRANGER) == 10**17
    assert confirm(person, draft).document == said.document


def test_a_confirmed_swap_brings_what_was_promised(person: Person, local_chain: LocalChain) -> None:
    draft = drafted(act("swap", amount_in="1", token_in="ETH", token_out="USDC"))
    before = local_chain.erc20_balance("USDC", draft.account)
    said = confirm(person, draft)
    assert said.code == 0, said.document
    (step,) = said.data["outcome"]["steps"]
    got = sum(
        int(e["amount"])
        for e in step["effects"]
        if (e["kind"], e["account"], e["symbol"]) == ("in", draft.account, "USDC")
    )
    least = next(int(e["amount"]) for e in step["promised"] if e["kind"] == "in")
    assert got == local_chain.erc20_balance("USDC", draft.account) - before >= least
    assert step["differences"] == []


def test_in_words_it_says_what_left_and_where_it_stands(person: Person) -> None:
    draft = drafted(pay())
    code, out, err = person.read("confirm", draft.id, "--digest", draft.digest.hex())
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"draft {draft.id}: done"
    assert "included and final" in out and f"0.1 ETH  {STRANGER}" in out


@pytest.mark.parametrize("digest", ["", "0x", "12", "0x" + "00" * 32, "0x" + "00" * 33])
def test_a_wrong_or_short_digest_is_refused(person: Person, local_chain: LocalChain, digest: str) -> None:
    draft = drafted(pay())
    said = person.run("confirm", draft.id, "--digest", digest)
    assert (said.code, said.error) == (3, "wrong_digest")
    almost = person.run("confirm", draft.id, "--digest", draft.digest.hex()[:-2])
    assert (almost.code, local_chain.balance(STRANGER)) == (3, 0)


def test_an_unknown_draft_is_said_so(person: Person) -> None:
    assert person.run("confirm", "nosuchone", "--digest", "00" * 32).code == 2
    assert person.run("reject", "nosuchone").code == 2
    assert person.run("tx", "nosuchone").code == 2
    assert person.run("tx", "0x12").code == 2


def test_a_rejected_draft_is_not_confirmed(person: Person) -> None:
    draft = drafted(pay())
    assert person.run("reject", draft.id).data == {"draft": draft.id, "state": "rejected"}
    assert confirm(person, draft).code == 3
    assert person.run("drafts").data["drafts"][0]["state"] == "rejected"
    assert person.run("reject", draft.id).code == 0
    (kept,) = person.run("feedback", "list", *person.with_password()).data["feedback"]
    assert (kept["why"], kept["meant"]) == ("rejected", None)


def test_a_draft_is_rejected_even_where_nothing_can_be_kept_to_learn_from(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise SetupNeeded("The disk is full.")

    draft = drafted(pay())
    monkeypatch.setattr("agent.feedback.store.Feedback.keep", full)
    said = person.run("reject", draft.id)
    assert (said.code, said.data["state"]) == (0, "rejected")
    assert "not kept to learn from" in said.document["warnings"][0]


def test_what_changed_since_the_card_makes_a_new_draft(person: Person, local_chain: LocalChain) -> None:
    """Code came to stand at the recipient's address: a finding that the card did not show."""
    draft = drafted(pay())
    local_chain.rpc("anvil_setCode", STRANGER, "0xef0100" + "11" * 20)
    said = confirm(person, draft)
    assert (said.code, said.error) == (3, "draft_changed"), said.document
    newer = said.data["draft"]
    assert newer["id"] != draft.id and newer["digest"] in said.document["errors"][0]["remedy"]
    assert local_chain.balance(STRANGER) == 0
    assert confirm(person, draft).error == "not_confirmed"
    assert person.run("confirm", newer["id"], "--digest", newer["digest"]).code == 0
    assert local_chain.balance(STRANGER) == 10**17


def test_two_drafts_within_a_limit_each_do_not_pass_it_together(person: Person, local_chain: LocalChain) -> None:
    person.run("policy", "set", "--per-day", "0.15 ETH")
    first, second = drafted(pay()), drafted(pay())
    assert confirm(person, first).code == 0
    said = confirm(person, second)
    assert (said.code, said.data) == (5, None), said.document
    assert local_chain.balance(STRANGER) == 10**17


def test_no_wait_returns_after_sending(person: Person, local_chain: LocalChain) -> None:
    local_chain.rpc("evm_setAutomine", False)
    try:
        draft = drafted(pay())
        said = confirm(person, draft, "--no-wait")
        assert (said.code, said.data["outcome"]["status"]) == (0, "sent")
        assert said.data["outcome"]["steps"][0]["block"] is None
    finally:
        local_chain.rpc("evm_setAutomine", True)
    local_chain.mine()
    tx_hash = said.data["outcome"]["steps"][0]["hash"]
    assert person.run("tx", tx_hash).data["outcome"]["status"] == "done"


def test_drafts_and_transactions_are_listed(person: Person) -> None:
    first, second = drafted(pay()), drafted(pay("0.2"))
    confirm(person, first)
    rows = {row["id"]: row for row in person.run("drafts").data["drafts"]}
    assert (rows[first.id]["state"], rows[first.id]["outcome"]) == ("confirmed", "done")
    assert (rows[second.id]["state"], rows[second.id]["outcome"]) == ("open", None)
    assert rows[second.id]["digest"] == "0x" + second.digest.hex()
    (row,) = person.run("tx").data["transactions"]
    assert (row["draft"], row["chain"], row["status"]) == (first.id, "local", "final")
    assert row["hash"] in person.read("tx")[1]
    assert "waits for your confirmation" in person.read("drafts")[1]


def test_the_limit_counts_transactions_and_not_drafts(person: Person) -> None:
    first, second = drafted(pay()), drafted(pay("0.2"))
    assert person.read("tx")[1] == "No transaction was signed yet.\n"
    confirm(person, first)
    confirm(person, second)
    later = [drafted(pay("0.3")) for _ in range(2)]
    assert [row["draft"] for row in person.run("tx", "--limit", "1").data["transactions"]] in ([first.id], [second.id])
    assert len(person.run("tx", "--limit", "2").data["transactions"]) == 2
    assert all(draft.id not in person.read("tx")[1] for draft in later)


def test_looking_at_what_failed_on_chain_is_a_report(person: Person, local_chain: LocalChain) -> None:
    draft = drafted(pay())
    local_chain.rpc("evm_setAutomine", False)
    try:
        assert confirm(person, draft, "--no-wait").code == 0
        # The receiver refuses by the time that it is in a block.
        local_chain.rpc("anvil_setCode", STRANGER, "0x60006000fd")
    finally:
        local_chain.rpc("evm_setAutomine", True)
    local_chain.mine()
    code, out, err = person.read("tx", draft.id)
    assert (code, err) == (0, "")
    assert "failed on chain; its fee was paid" in out and "Step 1 was included and failed" in out
    said = person.run("tx", draft.id)
    assert (said.code, said.data["outcome"]["status"]) == (0, "reverted")
    assert any("failed" in warning for warning in said.document["warnings"])


def test_without_a_node_it_is_set_up_first(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = drafted(pay())
    monkeypatch.delenv("SAYSO_RPC_URL")
    assert confirm(person, draft).code == 4
    monkeypatch.setenv("SAYSO_RPC_URL", "http://127.0.0.1:9")
    assert confirm(person, draft).code == 4


def test_a_wrong_password_signs_nothing(person: Person, local_chain: LocalChain) -> None:
    draft = drafted(pay())
    person.password_file.write_text("wrong\n")
    said = confirm(person, draft)
    assert (said.code, said.error, local_chain.balance(STRANGER)) == (4, "locked", 0)


def test_in_a_process_of_its_own(person: Person, local_chain: LocalChain) -> None:
    draft = drafted(pay())
    done = process("confirm", draft.id, "--digest", draft.digest.hex(), "--json", env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["data"]["outcome"]["status"] == "done"
    assert done.stderr == ""


def test_planted_secrets_are_found_nowhere(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Password, key and the path of an RPC URL, in all that is said and stored, when it goes well and when it does not."""
    key = person.run("account", "export", "main", *person.with_password()).data["keystore"]
    plain = decrypted(key)
    draft = drafted(pay())
    said = [confirm(person, draft).text, *person.read("tx"), *person.read("drafts")]
    monkeypatch.setenv("SAYSO_RPC_URL", "http://127.0.0.1:9/sesame-path?sesame=query")
    said += [
        confirm(person, draft).text,
        *person.read("tx", draft.id),
        *person.read("doctor"),
        *person.read("config", "show"),
    ]
    person.run("config", "set", "rpc_url", "http://127.0.0.1:9")
    stored = b"".join(path.read_bytes() for path in person.home.rglob("*") if path.is_file())
    everything = "".join(map(str, said)).encode() + stored
    for secret in (PASSWORD.encode(), plain, plain.hex().encode(), b"sesame"):
        at = everything.find(secret)
        assert at < 0, everything[max(0, at - 60) : at]


def decrypted(keystore: dict[str, object]) -> bytes:
    """The key in a V3 file, by the library that other wallets use."""
    from chain.heavy import recursion_limit_kept

    with recursion_limit_kept():
        from eth_keyfile.keyfile import decode_keyfile_json

    return bytes(decode_keyfile_json(keystore, PASSWORD.encode()))
