"""What an account has allowed others, found by its approvals' logs and read again as it stands now.

A log is a claim of the token's; what stands is what the token answers to the call.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from chain.abi import BadAnswer, decode_address, decode_uint
from chain.client import ChainClient
from chain.events import APPROVAL, APPROVAL_FOR_ALL
from chain.logs import LogRow, Logs, find_logs, topic_of
from chain.multicall import Call
from chain.protocols.erc20 import allowance_of
from chain.protocols.erc721 import approved_for, approved_for_all, owners
from chain.values import UNLIMITED, Address

Kind = Literal["amount", "one", "all"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who may be allowed what: an `amount` of an ERC-20, the `one` NFT with this `number`, or `all` NFTs of a collection."""

    kind: Kind
    token: Address
    spender: Address
    number: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """An approval as it stands. `raw`: raw units of an amount, 1 of one NFT, UNLIMITED of all; None where it was not answered."""

    approval: Approval
    raw: int | None


async def find_approvals(
    client: ChainClient, owner: Address, end_block: int, token: Address | None = None
) -> tuple[tuple[Approval, ...], Logs]:
    """Everything that `owner` may have allowed according to logs, and the logs that were looked through. Raises as `find_logs`."""
    topics = [[APPROVAL, APPROVAL_FOR_ALL], topic_of(owner)]
    logs = await find_logs(client, topics, 0, end_block, token)
    found = [approval for row in logs.rows for approval in _approvals(row)]
    return tuple(dict.fromkeys(found)), logs


async def standing(client: ChainClient, owner: Address, approvals: Sequence[Approval]) -> tuple[Standing, ...]:
    """The approvals that are not nothing at the newest block, in order. Raises as `ChainClient.aggregate`."""
    unique = tuple(dict.fromkeys(approvals))
    answers = await client.aggregate([_call(owner, one) for one in unique]) if unique else []
    read = [Standing(one, _raw(one, *answer)) for one, answer in zip(unique, answers, strict=True)]
    return await _still_owned(client, owner, [one for one in read if one.raw != 0])


async def _still_owned(client: ChainClient, owner: Address, stand: Sequence[Standing]) -> tuple[Standing, ...]:
    """Without the NFTs that are somebody else's by now: what is allowed of them is the new holder's doing."""
    single = [(one.approval.token, one.approval.number) for one in stand if one.approval.kind == "one"]
    held = await owners(client, single)
    return tuple(
        one for one in stand if one.approval.kind != "one" or held[one.approval.token, one.approval.number] == owner
    )


def _approvals(row: LogRow) -> Iterable[Approval]:
    log = row.log
    try:
        match (log.topics[0], len(log.topics)):
            case (t, 3) if t == APPROVAL:
                return [Approval("amount", log.address, log.party(2))]
            case (t, 4) if t == APPROVAL:
                return [Approval("one", log.address, log.party(2), int(log.topics[3], 16))]
            case (t, 3) if t == APPROVAL_FOR_ALL:
                return [Approval("all", log.address, log.party(2))]
    except BadAnswer:
        return []
    return []


def _call(owner: Address, approval: Approval) -> Call:
    if approval.kind == "amount":
        return approval.token, allowance_of(owner, approval.spender)
    if approval.kind == "all":
        return approval.token, approved_for_all(owner, approval.spender)
    return approval.token, approved_for(approval.number)


def _raw(approval: Approval, succeeded: bool, data: bytes) -> int | None:
    if approval.kind == "one":
        return int(succeeded and decode_address(data) == approval.spender)
    value = decode_uint(data) if succeeded else None
    if approval.kind == "all" and value is not None:
        return UNLIMITED if value else 0
    return value
