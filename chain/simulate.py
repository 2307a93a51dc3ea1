"""What a plan's steps would do, step on step on the state of one block, before anything is signed.

`eth_simulateV1` (ethereum/execution-apis) runs them with native transfers logged. Logs are what contracts claim, so
balances and allowances are read between the steps, in the same simulation, and count before the logs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chain.abi import ZERO, BadAnswer
from chain.client import BlockHead, BlockId, ChainClient, bad_node_answer, block_tag, hex_bytes
from chain.errors import InsufficientFunds, SaysoError
from chain.events import Events, asset_changes, read_events, read_log
from chain.revert import revert_reason
from chain.rpc import RpcError, quantity
from chain.values import Address, AllowanceChange, Simulation, StepSimulation, TransactionRequest
from chain.watch import Reading, Watch, first_watch

FULL = "eth_simulateV1"
FALLBACK = "eth_call"
NOT_STACKED = "not simulated: this node cannot run one step on another"
# Geth answers the first for the whole request; Anvil the second.
INSUFFICIENT_FUNDS = (-38014, -32003)


async def simulate(
    client: ChainClient,
    account: Address,
    requests: Sequence[TransactionRequest],
    *,
    block: BlockId = "latest",
    gas_limits: Sequence[int] | None = None,
) -> Simulation:
    """Run the steps in order on one block's state. Changes leave the cost of gas out.

    `method` of the result is 'eth_simulateV1', or 'eth_call' where the node lacks it: then there are no changes to see,
    and steps after the first are told as not simulated. `gas_limits` bounds each step as signing would.
    Raises InsufficientFunds, SaysoError where the node's answer cannot be true, and as `ChainClient.rpc`.
    """
    head = await client.block(block)
    if not requests:
        return Simulation(FULL, head.number, head.hash, ())
    limits = gas_limits or [0] * len(requests)
    try:
        steps = await _simulate(client, account, requests, limits, head)
    except RpcError as error:
        if _lacks_funds(error):
            raise _insufficient(client) from None
        if not error.method_missing:
            raise
        return await _fall_back(client, requests, limits, head)
    return Simulation(FULL, head.number, head.hash, tuple(steps))


async def _simulate(
    client: ChainClient,
    account: Address,
    requests: Sequence[TransactionRequest],
    limits: Sequence[int],
    head: BlockHead,
) -> list[StepSimulation]:
    watch = first_watch(client.registry, account, requests)
    results = await _run(client, requests, limits, head, watch)
    events = [_events(client, result) for result in results[1::2]]
    wider = watch.with_events(account, events)
    if wider != watch:
        # Something moved that the calldata did not show: once more, and its balances are read too.
        watch, results = wider, await _run(client, requests, limits, head, wider)
        events = [_events(client, result) for result in results[1::2]]
    readings = [_reading(watch, result) for result in results[0::2]]
    return [
        _step(result, seen, before, after)
        for result, seen, before, after in zip(results[1::2], events, readings, readings[1:], strict=False)
    ]


async def _run(
    client: ChainClient,
    requests: Sequence[TransactionRequest],
    limits: Sequence[int],
    head: BlockHead,
    watch: Watch,
) -> list[Mapping[str, Any]]:
    """The results of reading, step, reading, step, … , reading."""
    look = {"from": ZERO, "to": client.multicall3, "data": "0x" + watch.calldata(client.multicall3).hex()}
    calls: list[dict[str, str]] = [look]
    for request, limit in zip(requests, limits, strict=True):
        calls += [_call(request, limit), look]
    overrides = {"number": hex(head.number + 1), "time": hex(head.timestamp + 1)}
    payload = {
        "blockStateCalls": [{"blockOverrides": overrides, "calls": calls}],
        "traceTransfers": True,
        "validation": False,
    }
    answer = await client.rpc(FULL, [payload, block_tag(head.number)])
    results = answer[0].get("calls") if isinstance(answer, list) and answer and isinstance(answer[0], dict) else None
    if not isinstance(results, list) or len(results) != len(calls) or not all(isinstance(r, dict) for r in results):
        raise bad_node_answer("a simulation of other calls than were asked")
    return results


def _call(request: TransactionRequest, gas_limit: int = 0) -> dict[str, str]:
    call = {"from": request.sender, "to": request.to, "value": hex(request.value), "data": "0x" + request.data.hex()}
    return call | ({"gas": hex(gas_limit)} if gas_limit else {})


def _events(client: ChainClient, result: Mapping[str, Any]) -> Events:
    logs = result.get("logs") or []
    try:
        return read_events([read_log(log) for log in logs], Address(client.entry.wrapped_native))
    except (BadAnswer, TypeError):
        raise bad_node_answer("logs that are none") from None


def _reading(watch: Watch, result: Mapping[str, Any]) -> Reading:
    """What was read between two steps; without it there is no telling what moved. Raises SaysoError, SetupNeeded."""
    if not _succeeded(result):
        raise bad_node_answer("a simulation in which balances cannot be read")
    return watch.read(hex_bytes(result.get("returnData")))


def _step(result: Mapping[str, Any], events: Events, before: Reading, after: Reading) -> StepSimulation:
    gas_used = max(_gas(result, "gasUsed"), _gas(result, "maxUsedGas"))
    if not _succeeded(result):
        return StepSimulation(False, gas_used, revert_reason=_why(result))
    deltas = dict(events.deltas)
    for key in before:
        if len(key) == 2 and (delta := _difference(before[key], after[key])) is not None:
            deltas[key] = delta
    return StepSimulation(
        succeeded=True,
        gas_used=gas_used,
        changes=asset_changes(deltas),
        allowances=_allowances(events, before, after),
        ownership_changes=events.ownership_changes,
    )


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _allowances(events: Events, before: Reading, after: Reading) -> tuple[AllowanceChange, ...]:
    """Those that were logged, with what really stands; and those that rose without a log (spending lowers one silently)."""
    changes = []
    for change in events.allowances:
        key = (change.token, change.owner, change.spender)
        stands = None if change.everything else after.get(key)
        changes.append(replace(change, amount=change.amount if stands is None else stands, previous=before.get(key)))
    logged = {(c.token, c.owner, c.spender) for c in events.allowances}
    for allowed, old in before.items():
        new = after[allowed]
        if len(allowed) == 3 and allowed not in logged and old is not None and new is not None and new > old:
            changes.append(AllowanceChange(*allowed, new, previous=old))
    return tuple(changes)


def _succeeded(result: Mapping[str, Any]) -> bool:
    return result.get("status") == "0x1"


def _gas(result: Mapping[str, Any], name: str) -> int:
    try:
        return quantity(result.get(name, "0x0"))
    except ValueError:
        raise bad_node_answer("a gas figure that is no number") from None


def _why(result: Mapping[str, Any]) -> str:
    error = result.get("error")
    error = error if isinstance(error, dict) else {}
    return _reason(str(error.get("message", "")), error.get("data") or result.get("returnData"))


def _reason(message: str, data: object) -> str:
    try:
        reason = revert_reason(hex_bytes(data or "0x"))
    except SaysoError:
        reason = ""
    return reason or message or "reverted without a reason"


def _lacks_funds(error: RpcError) -> bool:
    return error.rpc_code in INSUFFICIENT_FUNDS and "insufficient funds" in error.message.lower()


def _insufficient(client: ChainClient) -> InsufficientFunds:
    return InsufficientFunds(
        f"A step needs more {client.entry.native_symbol} than the account holds by then.",
        not_done="Nothing was drafted.",
        remedy="Ask for less, or fund the account.",
    )


async def _fall_back(
    client: ChainClient, requests: Sequence[TransactionRequest], limits: Sequence[int], head: BlockHead
) -> Simulation:
    first = await _call_alone(client, requests[0], limits[0], head)
    rest = [StepSimulation(False, 0, revert_reason=NOT_STACKED) for _ in requests[1:]]
    return Simulation(FALLBACK, head.number, head.hash, (first, *rest))


async def _call_alone(client: ChainClient, request: TransactionRequest, limit: int, head: BlockHead) -> StepSimulation:
    """One step without a view of what it moves. Raises InsufficientFunds, and as `ChainClient.rpc`."""
    try:
        await client.rpc("eth_call", [_call(request, limit), block_tag(head.number)])
        gas = await client.rpc("eth_estimateGas", [_call(request, limit), block_tag(head.number)])
        return StepSimulation(True, quantity(gas))
    except RpcError as error:
        if _lacks_funds(error):
            raise _insufficient(client) from None
        if not error.is_revert:
            raise
        return StepSimulation(False, 0, revert_reason=_reason(error.message, error.data))
    except ValueError:
        raise bad_node_answer("a gas figure that is no number") from None
