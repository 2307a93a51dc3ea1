"""A thousand balances: by Multicall3, and by one call each."""

from collections.abc import Sequence

from chain.abi import checksum, decode_uint
from chain.balances import balances
from chain.client import ChainClient, connect
from chain.protocols.erc20 import balance_of
from chain.rpc import quantity
from chain.values import Address, Asset
from contracts.registry import load_registry
from tests.bench.figures import Figure, Rounds
from tests.bench.place import Place
from tests.bench.timing import median, timed_async

COUNT = 1000
FIRST = 10**30
Holding = tuple[Address, Address | None]


async def figures(place: Place, rounds: Rounds) -> list[Figure]:
    """How many times faster the one is, the two taking turns on the same connection."""
    client = await connect([place.rpc_url], load_registry())
    try:
        turns = [await _turn(client) for _ in range(rounds.warming + rounds.balances)][rounds.warming :]
    finally:
        await client.close()
    together, apart = (median(list(times)) for times in zip(*turns, strict=True))
    note = f"{together:.0f} ms against {apart:.0f} ms one after the other"
    return [Figure("1,000 balances by Multicall3", apart / together, "ratio", 20, "at least", note)]


async def _turn(client: ChainClient) -> tuple[float, float]:
    """The times of both ways, in ms, after seeing that they say the same."""
    tokens = client.registry.tokens_on(client.chain_id)
    assets = [Asset(client.chain_id, None, client.entry.native_symbol, client.entry.native_decimals)]
    assets += [Asset(client.chain_id, Address(token.address), token.symbol, token.decimals) for token in tokens]
    holders = [checksum(number.to_bytes(20, "big")) for number in range(FIRST, FIRST - (-COUNT // len(assets)))]
    found, together = await timed_async(balances(client, holders, assets))
    single, apart = await timed_async(_one_by_one(client, list(found)))
    if len(found) < COUNT or list(found.values()) != single:
        raise AssertionError("the two ways do not agree")
    return together, apart


async def _one_by_one(client: ChainClient, pairs: Sequence[Holding]) -> list[int | None]:
    return [await _single(client, *pair) for pair in pairs]


async def _single(client: ChainClient, holder: Address, token: Address | None) -> int | None:
    if token is None:
        return quantity(await client.rpc("eth_getBalance", [holder, "latest"]))
    return decode_uint(await client.call(token, balance_of(holder)))
