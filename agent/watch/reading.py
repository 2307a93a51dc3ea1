"""One reading of the chain: what the plan names, in one Multicall3 call, and beside it the fees."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from agent.points import Series
from agent.session import Session
from agent.watch.plan import Allowed, Holding, Plan
from chain.abi import decode_uint
from chain.balances import balance_call
from chain.client import ChainClient
from chain.fees import quote_fees
from chain.gathering import Gathering
from chain.prices import Price, PriceUnavailable, prices
from chain.protocols.erc20 import allowance_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `values` in each series' own units; `lacking` names the prices that there are not, and why."""

    kinds: frozenset[str]
    values: Mapping[Series, Decimal]
    lacking: Mapping[Series, str]
    allowances: Mapping[Allowed, int]


async def read(session: Session, plan: Plan) -> Reading:
    """Read all that a plan names. What a token does not answer is left out: unknown is no value.

    Raises SaysoError where the node gives no usable answer.
    """
    client = Gathering(session.client)
    held, allowed, wei, priced = await asyncio.gather(
        _balances(client, plan), _allowances(client, plan), _gas(client, plan), _prices(client, plan)
    )
    values = _held(client, held)
    lacking: dict[Series, str] = {}
    for series, found in priced.items():
        if isinstance(found, PriceUnavailable):
            lacking[series] = found.why
        else:
            values[series] = found.value
    if wei is not None:
        values[Series("gas", client.chain_id, "")] = Decimal(wei)
    return Reading(plan.kinds, values, lacking, allowed)


def _held(client: ChainClient, held: Mapping[Holding, int]) -> dict[Series, Decimal]:
    return {
        Series("balance", client.chain_id, token or "native", account): Decimal(raw)
        for (account, token), raw in held.items()
    }


async def _prices(client: ChainClient, plan: Plan) -> dict[Series, Price | PriceUnavailable]:
    found = await asyncio.gather(*(prices(client, bases, quote) for quote, bases in plan.prices))
    return {
        Series("price", client.chain_id, base, "", quote): price
        for (quote, _), by_base in zip(plan.prices, found, strict=True)
        for base, price in by_base.items()
    }


async def _balances(client: ChainClient, plan: Plan) -> dict[Holding, int]:
    if not plan.holdings:
        return {}
    answers = await client.aggregate([balance_call(client.multicall3, *holding) for holding in plan.holdings])
    read = [decode_uint(data) if ok else None for ok, data in answers]
    return {holding: raw for holding, raw in zip(plan.holdings, read, strict=True) if raw is not None}


async def _allowances(client: ChainClient, plan: Plan) -> dict[Allowed, int]:
    if not plan.allowed:
        return {}
    calls = [(token, allowance_of(owner, spender)) for owner, token, spender in plan.allowed]
    read = [decode_uint(data) if ok else None for ok, data in await client.aggregate(calls)]
    return {allowed: raw for allowed, raw in zip(plan.allowed, read, strict=True) if raw is not None}


async def _gas(client: ChainClient, plan: Plan) -> int | None:
    if "gas" not in plan.kinds:
        return None
    return (await quote_fees(client)).usual
