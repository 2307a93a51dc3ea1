"""What logs say was moved, allowed or handed over. A contract writes its own logs, so they are a claim, not a proof."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chain.abi import BadAnswer, checksum, decode_answer, topic
from chain.values import UNLIMITED, Address, AllowanceChange, AssetChange

TRANSFER = topic("Transfer(address,address,uint256)")
APPROVAL = topic("Approval(address,address,uint256)")
APPROVAL_FOR_ALL = topic("ApprovalForAll(address,address,bool)")
OWNERSHIP = topic("OwnershipTransferred(address,address)")
TRANSFER_SINGLE = topic("TransferSingle(address,address,address,uint256,uint256)")
TRANSFER_BATCH = topic("TransferBatch(address,address,address,uint256[],uint256[])")
DEPOSIT = topic("Deposit(address,uint256)")
WITHDRAWAL = topic("Withdrawal(address,uint256)")
# eth_simulateV1 with traceTransfers logs native transfers under one of these; no code can stand there.
NATIVE = frozenset({"0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "0x0000000000000000000000000000000000000000"})


@dataclass(frozen=True, slots=True)
class Log:
    """One log of a transaction, its fields checked for form."""

    address: Address
    topics: tuple[str, ...]
    data: bytes

    def party(self, index: int) -> Address:
        """The address in an indexed argument. Raises BadAnswer where its upper bytes are not empty."""
        word = bytes.fromhex(self.topics[index][2:])
        if any(word[:12]):
            raise BadAnswer("not an address")
        return checksum(word[12:])


@dataclass(frozen=True, slots=True)
class Transfer:
    """One Transfer log: `amount` raw units of an ERC-20, or the ERC-721 token `number`."""

    token: Address
    sender: Address
    receiver: Address
    amount: int
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """What a transaction's logs say: deltas summed by (account, asset), allowances as last set, contracts with a new owner."""

    deltas: Mapping[tuple[Address, Address | None], int] = field(default_factory=dict)
    allowances: tuple[AllowanceChange, ...] = ()
    ownership_changes: tuple[Address, ...] = ()

    @property
    def changes(self) -> tuple[AssetChange, ...]:
        """The deltas that are not zero, in a fixed order."""
        return asset_changes(self.deltas)


def asset_changes(deltas: Mapping[tuple[Address, Address | None], int]) -> tuple[AssetChange, ...]:
    """The deltas by (account, asset) that are not zero, in a fixed order."""
    ordered = sorted(deltas.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    return tuple(AssetChange(asset, account, delta) for (account, asset), delta in ordered if delta)


def read_log(raw: Mapping[str, Any]) -> Log:
    """A log as JSON-RPC gives it. Raises BadAnswer where it is none."""
    try:
        topics = tuple(str(t).lower() for t in raw["topics"])
        if any(len(bytes.fromhex(text[2:])) != 32 for text in topics):
            raise BadAnswer("not a topic")
        return Log(checksum(raw["address"]), topics, bytes.fromhex(raw["data"][2:]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer("not a log") from error


def read_transfer(log: Log) -> Transfer | None:
    """What a log says was transferred, None where it is no Transfer of an ERC-20 or an ERC-721."""
    if log.topics[:1] != (TRANSFER,) or len(log.topics) not in (3, 4):
        return None
    try:
        sender, receiver = log.party(1), log.party(2)
        if len(log.topics) == 4:
            return Transfer(log.address, sender, receiver, 1, int(log.topics[3], 16))
        return Transfer(log.address, sender, receiver, int(decode_answer(["uint256"], log.data)[0]))
    except BadAnswer:
        return None


def read_events(logs: Sequence[Log], wrapped_native: Address) -> Events:
    """What the logs of one transaction say. Logs that do not decode say nothing.

    WETH9 mints and burns with Deposit and Withdrawal alone; tokens that log a Transfer as well are not counted twice.
    """
    deltas: dict[tuple[Address, Address | None], int] = {}
    allowances: dict[tuple[Address, Address, Address, bool], AllowanceChange] = {}
    owners: list[Address] = []
    logs_transfers_too = any(_is_mint_or_burn(log, wrapped_native) for log in logs)
    for log in logs:
        for account, asset, delta in _moves(log, None if logs_transfers_too else wrapped_native):
            deltas[account, asset] = deltas.get((account, asset), 0) + delta
        for change in _decoded(_allowances, log):
            allowances[change.token, change.owner, change.spender, change.everything] = change
        if log.topics[:1] == (OWNERSHIP,):
            owners.append(log.address)
    return Events(deltas, tuple(allowances.values()), tuple(dict.fromkeys(owners)))


def _decoded(reader: Callable[[Log], Iterable[Any]], log: Log) -> list[Any]:
    try:
        return list(reader(log))
    except BadAnswer:
        return []


def _moves(log: Log, wrapped_native: Address | None) -> list[tuple[Address, Address | None, int]]:
    found = _decoded(_transfers, log)
    if wrapped_native is not None and log.address == wrapped_native:
        found += _decoded(_wrappings, log)
    return found


def _transfers(log: Log) -> Iterable[tuple[Address, Address | None, int]]:
    amount, sender = _transferred(log), 1
    if amount is None:
        return
    if log.topics[0] in (TRANSFER_SINGLE, TRANSFER_BATCH):
        sender = 2
    asset = None if log.address.lower() in NATIVE else log.address
    yield log.party(sender), asset, -amount
    yield log.party(sender + 1), asset, amount


def _transferred(log: Log) -> int | None:
    """Units moved by a log: of an ERC-20 or the native coin, of an ERC-721 (one), or of all ids of an ERC-1155."""
    match (log.topics[:1], len(log.topics)):
        case ((t,), 3) if t == TRANSFER:
            return int(decode_answer(["uint256"], log.data)[0])
        case ((t,), 4) if t == TRANSFER:
            return 1
        case ((t,), 4) if t == TRANSFER_SINGLE:
            return int(decode_answer(["uint256", "uint256"], log.data)[1])
        case ((t,), 4) if t == TRANSFER_BATCH:
            return int(sum(decode_answer(["uint256[]", "uint256[]"], log.data)[1]))
    return None


def _wrappings(log: Log) -> Iterable[tuple[Address, Address | None, int]]:
    if len(log.topics) == 2 and log.topics[0] in (DEPOSIT, WITHDRAWAL):
        (amount,) = decode_answer(["uint256"], log.data)
        yield log.party(1), log.address, amount if log.topics[0] == DEPOSIT else -amount


def _allowances(log: Log) -> Iterable[AllowanceChange]:
    match (log.topics[:1], len(log.topics)):
        case ((t,), 3) if t == APPROVAL:
            amount = int(decode_answer(["uint256"], log.data)[0])
            yield AllowanceChange(log.address, log.party(1), log.party(2), amount)
        case ((t,), 4) if t == APPROVAL:
            amount = 1 if int(log.party(2), 16) else 0
            yield AllowanceChange(log.address, log.party(1), log.party(2), amount)
        case ((t,), 3) if t == APPROVAL_FOR_ALL:
            allowed = bool(decode_answer(["uint256"], log.data)[0])
            yield AllowanceChange(log.address, log.party(1), log.party(2), UNLIMITED if allowed else 0, everything=True)


def _is_mint_or_burn(log: Log, token: Address) -> bool:
    if log.address != token or log.topics[:1] != (TRANSFER,) or len(log.topics) != 3:
        return False
    return any(not int(t, 16) for t in log.topics[1:])
