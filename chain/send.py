"""Broadcasting signed bytes: once per call, and then the truth is looked up by our own hash.

An error text never says whether our transaction is out. Nothing here frees a nonce: that takes evidence from the chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from chain.errors import Refused, SaysoError
from chain.rpc import RpcError, quantity
from chain.send_errors import SendErrorClass, classify
from chain.signed import decode_signed
from chain.values import Address, SignedAttempt


class Broadcaster(Protocol):
    """The part of a chain client that sending needs."""

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        """One JSON-RPC read. Raises SaysoError."""
        ...

    async def send_raw(self, raw: bytes) -> str:
        """Exactly one broadcast of signed bytes. Raises RpcError, SaysoError."""
        ...


class SendStatus(StrEnum):
    """How a broadcast stands.

    ACCEPTED: the node named our hash, or has it. ALREADY_KNOWN: it had it before. INCLUDED: it is in a block.
    NONCE_TAKEN: the nonce is used on chain and not by these bytes. UNDERPRICED, REJECTED: not taken, and not known to
    the node. UNKNOWN: anything else; the same bytes may be sent again.
    """

    ACCEPTED = "accepted"
    ALREADY_KNOWN = "already_known"
    INCLUDED = "included"
    NONCE_TAKEN = "nonce_taken"
    UNDERPRICED = "underpriced"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SendResult:
    """What came of one broadcast. `error_class` is '' where the node took the bytes; `detail` is the node's raw, untrusted text."""

    status: SendStatus
    hash: str
    error_class: SendErrorClass | str = ""
    detail: str = ""


class Seen(StrEnum):
    """What a node knows of a hash. UNSURE: it could not be asked, or answered something else."""

    PENDING = "pending"
    INCLUDED = "included"
    ABSENT = "absent"
    UNSURE = "unsure"


NOT_TAKEN = {
    SendErrorClass.REPLACEMENT_UNDERPRICED: SendStatus.UNDERPRICED,
    SendErrorClass.UNDERPRICED: SendStatus.UNDERPRICED,
    SendErrorClass.INSUFFICIENT_FUNDS: SendStatus.REJECTED,
    SendErrorClass.NONCE_TOO_HIGH: SendStatus.REJECTED,
    SendErrorClass.FEE_CAP: SendStatus.REJECTED,
    SendErrorClass.COUNTERS: SendStatus.REJECTED,
    SendErrorClass.FATAL: SendStatus.REJECTED,
}


async def broadcast(client: Broadcaster, attempt: SignedAttempt) -> SendResult:
    """Send the attempt's bytes once. Raises Refused where the stored bytes and their hash do not match; else nothing.

    Call it again with the same attempt to retry: the same bytes can have at most one effect.
    """
    signed = decode_signed(attempt.raw)
    if signed.hash != attempt.hash:
        raise Refused("The stored bytes do not have the stored hash.", not_done="Nothing was sent.")
    try:
        named = await client.send_raw(attempt.raw)
    except RpcError as error:
        return await _after(client, attempt, signed.sender, classify(error.message), error.message)
    except SaysoError as error:
        return await _after(client, attempt, signed.sender, SendErrorClass.UNAVAILABLE, error.happened)
    if named.lower() == attempt.hash:
        return SendResult(SendStatus.ACCEPTED, attempt.hash)
    return await _after(client, attempt, signed.sender, SendErrorClass.UNKNOWN, "the node named another hash")


async def look_up(client: Broadcaster, tx_hash: str) -> Seen:
    """What the node knows of our hash. Raises nothing: what cannot be asked is UNSURE."""
    try:
        found = await client.rpc("eth_getTransactionByHash", [tx_hash])
    except SaysoError:
        return Seen.UNSURE
    if found is None:
        return Seen.ABSENT
    if not isinstance(found, dict) or str(found.get("hash", "")).lower() != tx_hash:
        return Seen.UNSURE
    return Seen.INCLUDED if found.get("blockHash") else Seen.PENDING


async def _after(
    client: Broadcaster, attempt: SignedAttempt, sender: Address, kind: SendErrorClass, detail: str
) -> SendResult:
    """The result of a broadcast that was not simply taken, by what the node knows of our hash."""
    seen = await look_up(client, attempt.hash)
    status = SendStatus.UNKNOWN
    if seen is Seen.INCLUDED:
        status = SendStatus.INCLUDED
    elif seen is Seen.PENDING:
        status = SendStatus.ALREADY_KNOWN if kind is SendErrorClass.ALREADY_KNOWN else SendStatus.ACCEPTED
    elif seen is Seen.ABSENT and kind in NOT_TAKEN:
        status = NOT_TAKEN[kind]
    elif seen is Seen.ABSENT and await _nonce_taken(client, sender, attempt):
        status = SendStatus.NONCE_TAKEN
    return SendResult(status, attempt.hash, kind, detail)


async def _nonce_taken(client: Broadcaster, sender: Address, attempt: SignedAttempt) -> bool:
    """Whether a block holds another transaction with this nonce; False where that cannot be told.

    Our hash is looked up again after the nonce was: it may have been included in between.
    """
    try:
        used = quantity(await client.rpc("eth_getTransactionCount", [sender, "latest"])) > attempt.nonce
    except (SaysoError, ValueError):
        return False
    return used and await look_up(client, attempt.hash) is Seen.ABSENT
