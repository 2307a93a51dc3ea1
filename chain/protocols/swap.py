"""Quotes of all swap protocols of a chain, asked together in one request."""

import asyncio

from chain.client import ChainClient
from chain.protocols import uniswap_v2, uniswap_v3
from chain.protocols.quote import Quote, Side, ask
from chain.values import Address

PROTOCOLS = (uniswap_v2, uniswap_v3)


async def quote_exact_in(
    client: ChainClient,
    token_in: Address | None,
    token_out: Address | None,
    amount_in: int,
    protocols: frozenset[str] | None = None,
) -> list[Quote]:
    """What `amount_in` raw units give on each route, the most first; None is the native coin.

    `protocols` narrows the choice by slug. Empty where no route answers. Raises as `ChainClient.aggregate`, and
    SetupNeeded where a contract's code is not the one that the registry pins.
    """
    return await _quote(client, token_in, token_out, amount_in, "in", protocols)


async def quote_exact_out(
    client: ChainClient,
    token_in: Address | None,
    token_out: Address | None,
    amount_out: int,
    protocols: frozenset[str] | None = None,
) -> list[Quote]:
    """What `amount_out` raw units cost on each route, the least first; else as `quote_exact_in`."""
    return await _quote(client, token_in, token_out, amount_out, "out", protocols)


async def _quote(
    client: ChainClient,
    token_in: Address | None,
    token_out: Address | None,
    amount: int,
    exact: Side,
    protocols: frozenset[str] | None,
) -> list[Quote]:
    chosen = [p for p in PROTOCOLS if protocols is None or p.PROTOCOL in protocols]
    candidates = [c for p in chosen for c in p.candidates(client, token_in, token_out, amount, exact)]
    code = client.verify_code(contract for p in chosen for contract in p.contracts(client))
    quotes, _ = await asyncio.gather(ask(client, candidates), code)
    return quotes
