"""Broadcasting: what nodes say, and what is true."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import chain.keystore
from chain.errors import Refused, SaysoError
from chain.http import TransportFailure
from chain.rpc import RpcError
from chain.send import Seen, SendStatus, broadcast, look_up
from chain.send_errors import SendErrorClass, classify
from chain.values import SignedAttempt
from tests.chain.test_signer import Scene

OUR_CLASSES = {
    "already_in_mempool": "already_known",
    "terminally_underpriced": "underpriced",
    "l2_fee_too_low": "underpriced",
    "temporarily_underpriced_queue_full": "queue_full",
    "service_unavailable": "unavailable",
    "service_timeout": "unavailable",
    "tx_fee_exceeds_node_cap": "fee_cap",
    "terminally_stuck_zk_overflow": "zk_counters",
}
NO_ANSWER = TransportFailure("timeout", "http://127.0.0.1:1", "did not answer")
OTHER_HASH = "0x" + "ab" * 32


@pytest.fixture
def attempt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SignedAttempt:
    monkeypatch.setattr(chain.keystore, "SCRYPT_N", 2)
    return Scene(tmp_path).sign()


@dataclass
class FakeNode:
    """A node that answers a broadcast with `answer`, and look-ups of the hash one after the other from `found`."""

    answer: str | SaysoError
    found: list[Any] = field(default_factory=lambda: [None])
    count: Any = "0x5"
    sent: list[bytes] = field(default_factory=list)

    async def send_raw(self, raw: bytes) -> str:
        self.sent.append(raw)
        if isinstance(self.answer, SaysoError):
            raise self.answer
        return self.answer

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        if method == "eth_getTransactionCount":
            return self.count
        assert method == "eth_getTransactionByHash"
        found = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(found, SaysoError):
            raise found
        return found


def pending(attempt: SignedAttempt) -> dict[str, Any]:
    return {"hash": attempt.hash, "blockHash": None}


def included(attempt: SignedAttempt) -> dict[str, Any]:
    return {"hash": attempt.hash, "blockHash": "0x" + "11" * 32}


@pytest.mark.shared
def test_all_public_error_texts_are_classed(shared: Path) -> None:
    cases = json.loads((shared / "vectors/rpc-send-errors/cases.json").read_text())
    assert len(cases) == 183
    for case in cases:
        wanted = OUR_CLASSES.get(case["class"], case["class"])
        assert (classify(case["message"]) == wanted) is case["expect"], case


def test_a_text_of_no_class_is_unknown_however_long() -> None:
    assert classify("") is SendErrorClass.UNKNOWN
    assert classify("a" * 10**6 + "nonce too low") is SendErrorClass.UNKNOWN
    assert classify("transaction already imported") is SendErrorClass.ALREADY_KNOWN


async def test_our_own_hash_back_is_accepted(attempt: SignedAttempt) -> None:
    node = FakeNode(attempt.hash.upper().replace("0X", "0x"))
    result = await broadcast(node, attempt)
    assert (result.status, result.hash, result.error_class) == (SendStatus.ACCEPTED, attempt.hash, "")
    assert node.sent == [attempt.raw]


ERRORS = {
    "already known": RpcError(-32000, "already known"),
    "nonce too low": RpcError(-32000, "nonce too low"),
    "replacement underpriced": RpcError(-32000, "replacement transaction underpriced"),
    "underpriced": RpcError(-32000, "transaction underpriced"),
    "insufficient funds": RpcError(-32000, "insufficient funds for gas * price + value"),
    "intrinsic": RpcError(-32000, "intrinsic gas too low"),
    "queue full": RpcError(-32000, "queue full"),
    "anything": RpcError(-32603, "some old bollocks"),
    "no answer": NO_ANSWER,
    "another hash": OTHER_HASH,
    "an error page": "<html>",
}


@pytest.mark.parametrize("answer", ERRORS.values(), ids=ERRORS.keys())
async def test_whatever_the_node_says_what_it_has_is_out(attempt: SignedAttempt, answer: str | SaysoError) -> None:
    node = FakeNode(answer, [pending(attempt)])
    assert (await broadcast(node, attempt)).status in (SendStatus.ACCEPTED, SendStatus.ALREADY_KNOWN)
    assert len(node.sent) == 1
    assert (await broadcast(FakeNode(answer, [included(attempt)]), attempt)).status is SendStatus.INCLUDED


ABSENT = {
    "already known": SendStatus.UNKNOWN,
    "nonce too low": SendStatus.UNKNOWN,
    "replacement underpriced": SendStatus.UNDERPRICED,
    "underpriced": SendStatus.UNDERPRICED,
    "insufficient funds": SendStatus.REJECTED,
    "intrinsic": SendStatus.REJECTED,
    "queue full": SendStatus.UNKNOWN,
    "anything": SendStatus.UNKNOWN,
    "no answer": SendStatus.UNKNOWN,
    "another hash": SendStatus.UNKNOWN,
    "an error page": SendStatus.UNKNOWN,
}


@pytest.mark.parametrize("name", ABSENT)
async def test_what_the_node_lacks_is_told_by_its_class(attempt: SignedAttempt, name: str) -> None:
    node = FakeNode(ERRORS[name])
    assert (await broadcast(node, attempt)).status is ABSENT[name]
    assert len(node.sent) == 1


@pytest.mark.parametrize("name", ERRORS)
async def test_without_a_look_up_nothing_is_known(attempt: SignedAttempt, name: str) -> None:
    assert (await broadcast(FakeNode(ERRORS[name], [NO_ANSWER]), attempt)).status is SendStatus.UNKNOWN


async def test_nonce_too_low_by_somebody_else(attempt: SignedAttempt) -> None:
    node = FakeNode(ERRORS["nonce too low"], count="0x6")
    assert (await broadcast(node, attempt)).status is SendStatus.NONCE_TAKEN


async def test_ours_included_between_the_look_ups_is_not_somebody_elses(attempt: SignedAttempt) -> None:
    node = FakeNode(ERRORS["nonce too low"], [None, included(attempt)], count="0x6")
    assert (await broadcast(node, attempt)).status is SendStatus.UNKNOWN


@pytest.mark.parametrize("count", [None, "6", 6, "0xzz"])
async def test_a_count_that_is_no_number_proves_nothing(attempt: SignedAttempt, count: Any) -> None:
    node = FakeNode(ERRORS["nonce too low"], count=count)
    assert (await broadcast(node, attempt)).status is SendStatus.UNKNOWN


@pytest.mark.parametrize("found", [[], "yes", {}, {"hash": OTHER_HASH, "blockHash": "0x1"}, 1])
async def test_a_look_up_that_answers_something_else_is_unsure(attempt: SignedAttempt, found: Any) -> None:
    assert await look_up(FakeNode("", [found]), attempt.hash) is Seen.UNSURE


async def test_bytes_that_do_not_decode_are_never_sent(attempt: SignedAttempt) -> None:
    node = FakeNode(attempt.hash)
    with pytest.raises(Refused):
        await broadcast(node, replace(attempt, raw=attempt.raw[:-1]))
    assert node.sent == []


async def test_a_hash_that_is_not_the_bytes_own_is_never_sent(attempt: SignedAttempt) -> None:
    node = FakeNode(OTHER_HASH)
    with pytest.raises(Refused):
        await broadcast(node, replace(attempt, hash=OTHER_HASH))
    assert node.sent == []
