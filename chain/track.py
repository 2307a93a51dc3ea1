"""From signed bytes to what became of them: inclusion, finality, and the effects that the receipt shows.

A receipt is believed only where it is our transaction's and its block is the canonical one at its height and holds our
hash. Inclusion and finality are apart: with automine no later blocks come by themselves. Timers run on the monotonic
clock.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from chain.errors import SaysoError
from chain.events import asset_changes, read_events, read_log
from chain.rpc import quantity
from chain.send import Seen, look_up
from chain.signed import SignedTransaction, decode_signed
from chain.values import Address, SignedAttempt, StepOutcome, Wei
from contracts.registry import ChainEntry

TIMEOUT_SECONDS = 120.0
FIRST_POLL_SECONDS = 0.05
SLOWEST_POLL_SECONDS = 2.0
SLOWING = 1.5

Deltas = dict[tuple[Address, Address | None], int]


class Tracker(Protocol):
    """The part of a chain client that tracking needs."""

    @property
    def entry(self) -> ChainEntry:
        """The registry's entry of the connected chain."""
        ...

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        """One JSON-RPC read. Raises SaysoError."""
        ...

    async def send_raw(self, raw: bytes) -> str:
        """Not used here; the same client sends."""
        ...


class Finality(StrEnum):
    """Whether an inclusion stands. OPEN: not final yet. REOPENED: its block is no longer on the chain."""

    FINAL = "final"
    OPEN = "open"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Timer:
    """Time as tracking uses it; a test hands in its own."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def track(
    client: Tracker, attempts: Sequence[SignedAttempt], *, within: float = TIMEOUT_SECONDS, timer: Timer | None = None
) -> StepOutcome:
    """Wait until one attempt of a slot is included, then say whether it is final already.

    The status is 'final', 'included' (not final yet), 'reverted', or 'unknown' after `within` seconds. Raises nothing
    of the node's: what cannot be asked is asked again until the time is over.
    """
    outcome = await wait_included(client, attempts, within=within, timer=timer)
    if outcome.status == "included" and await check_final(client, outcome) is Finality.FINAL:
        return replace(outcome, status="final")
    return outcome


async def wait_included(
    client: Tracker, attempts: Sequence[SignedAttempt], *, within: float = TIMEOUT_SECONDS, timer: Timer | None = None
) -> StepOutcome:
    """Poll until one attempt of a slot has a receipt that is believed; 'unknown' after `within` seconds."""
    time_ = timer or Timer()
    deadline, pause = time_.clock() + within, FIRST_POLL_SECONDS
    while True:
        outcome = await look_once(client, attempts)
        if outcome.status != "unknown":
            return outcome
        left = deadline - time_.clock()
        if left <= 0:
            return outcome
        await time_.sleep(min(pause, left))
        pause = min(pause * SLOWING, SLOWEST_POLL_SECONDS)


async def look_once(client: Tracker, attempts: Sequence[SignedAttempt]) -> StepOutcome:
    """What the chain shows of a slot now: 'included', 'reverted', or 'unknown'. Raises nothing of the node's."""
    for attempt in reversed(attempts):
        signed = decode_signed(attempt.raw)
        try:
            receipt = await _believed_receipt(client, signed)
            if receipt is not None:
                return await _outcome(client, attempt, signed, receipt)
        except (SaysoError, ValueError, KeyError, TypeError):
            continue
    return StepOutcome(attempts[-1].step_index, "unknown", attempts[-1].hash)


async def check_final(client: Tracker, outcome: StepOutcome) -> Finality:
    """Whether the block of an included or reverted step is final, by the chain's tag or its number of blocks.

    Raises SaysoError where the node does not answer, ValueError where its answer is no block.
    """
    if outcome.block_number is None:
        return Finality.OPEN
    if await _block_hash(client, outcome.block_number) != outcome.block_hash:
        return Finality.REOPENED
    blocks = client.entry.finality_blocks
    block = await client.rpc("eth_getBlockByNumber", ["finalized" if blocks is None else "latest", False])
    if not isinstance(block, Mapping):
        return Finality.OPEN
    newest_final = quantity(block.get("number")) - (0 if blocks is None else blocks - 1)
    return Finality.FINAL if outcome.block_number <= newest_final else Finality.OPEN


async def nonce_taken(client: Tracker, attempts: Sequence[SignedAttempt]) -> bool:
    """Whether another transaction has used this slot's nonce for good, which is the evidence that settles it.

    True only where the account's count at the final block is past the nonce and the node knows none of our hashes.
    Raises SaysoError, ValueError where the node does not answer.
    """
    sender = decode_signed(attempts[-1].raw).sender
    blocks = client.entry.finality_blocks
    tag = "finalized"
    if blocks is not None:
        tag = hex(max(0, quantity(await client.rpc("eth_blockNumber", [])) - (blocks - 1)))
    if quantity(await client.rpc("eth_getTransactionCount", [sender, tag])) <= attempts[-1].nonce:
        return False
    return all([await look_up(client, attempt.hash) is Seen.ABSENT for attempt in attempts])


async def _believed_receipt(client: Tracker, signed: SignedTransaction) -> Mapping[str, Any] | None:
    """Our receipt, if it is ours and its block is the chain's and holds our hash at its place."""
    receipt = await client.rpc("eth_getTransactionReceipt", [signed.hash])
    if not isinstance(receipt, Mapping) or not _is_ours(receipt, signed):
        return None
    block = await client.rpc("eth_getBlockByNumber", [receipt["blockNumber"], False])
    if not isinstance(block, Mapping) or block["hash"] != receipt["blockHash"]:
        return None
    index, held = quantity(receipt["transactionIndex"]), block["transactions"]
    return receipt if index < len(held) and str(held[index]).lower() == signed.hash else None


def _is_ours(receipt: Mapping[str, Any], signed: SignedTransaction) -> bool:
    target = signed.unsigned.to
    return (
        str(receipt["transactionHash"]).lower() == signed.hash
        and str(receipt["from"]).lower() == signed.sender.lower()
        and str(receipt["to"]).lower() == str(target).lower()
        and receipt["status"] in ("0x0", "0x1")
        and 0 < quantity(receipt["gasUsed"]) <= signed.unsigned.gas_limit
        and quantity(receipt["effectiveGasPrice"]) <= signed.unsigned.max_fee_per_gas
    )


async def _outcome(
    client: Tracker, attempt: SignedAttempt, signed: SignedTransaction, receipt: Mapping[str, Any]
) -> StepOutcome:
    gas_used = quantity(receipt["gasUsed"])
    fee = gas_used * quantity(receipt["effectiveGasPrice"]) + quantity(receipt.get("l1Fee") or "0x0")
    number = quantity(receipt["blockNumber"])
    succeeded = receipt["status"] == "0x1"
    logs = [read_log(log) for log in receipt["logs"]] if succeeded else []
    events = read_events(logs, Address(client.entry.wrapped_native))
    deltas, native_seen = dict(events.deltas), True
    if succeeded:
        native, native_seen = await _native_deltas(client, signed, number, fee)
        deltas |= native
    return StepOutcome(
        step_index=attempt.step_index,
        status="included" if succeeded else "reverted",
        hash=signed.hash,
        block_number=number,
        block_hash=str(receipt["blockHash"]),
        gas_used=gas_used,
        fee_paid=Wei(fee),
        changes=asset_changes(deltas),
        allowances=events.allowances,
        native_seen=native_seen,
    )


async def _native_deltas(client: Tracker, signed: SignedTransaction, number: int, fee: int) -> tuple[Deltas, bool]:
    """What the native coin did, gas left out, and whether that was seen. No log shows it: the sender's is the difference
    of its balance.

    A plain payment moves its value and no more. Of any other, nothing is told where the block holds more than one
    transaction of the sender, or the balance cannot be asked.
    """
    sender, target, value = signed.sender, signed.unsigned.to, signed.unsigned.value
    if target == sender:
        return {}, True
    paid: Deltas = {(sender, None): -value}
    if target is not None and not signed.unsigned.data:
        paid[target, None] = value
    try:
        counts = [await _at(client, "eth_getTransactionCount", sender, n) for n in (number - 1, number)]
        balances = [await _at(client, "eth_getBalance", sender, n) for n in (number - 1, number)]
    except (SaysoError, ValueError):
        counts, balances = [0, 0], [0, 0]
    if counts[1] - counts[0] == 1:
        return paid | {(sender, None): balances[1] - balances[0] + fee}, True
    return (paid, True) if not signed.unsigned.data else ({}, False)


async def _at(client: Tracker, method: str, account: Address, number: int) -> int:
    return quantity(await client.rpc(method, [account, hex(number)]))


async def _block_hash(client: Tracker, number: int) -> str:
    block = await client.rpc("eth_getBlockByNumber", [hex(number), False])
    return str(block.get("hash", "")) if isinstance(block, Mapping) else ""
