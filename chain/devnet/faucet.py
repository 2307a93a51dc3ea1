"""What only a local chain can do: give funds, set prices, say what time it is. Through the node's unlocked accounts."""

from decimal import Decimal
from time import time

from eth_abi.abi import decode

from chain.devnet.build import unlocked
from chain.devnet.ganache import node_at
from chain.devnet.jsonrpc import Node, calldata
from chain.devnet.units import ETHER, raw_units
from contracts.recipe import Recipe, load_recipe
from contracts.registry import FeedEntry, Registry, load_registry

# So little that all feeds' updates fit into one block.
FEED_GAS = 200_000


def fund(rpc_url: str, address: str) -> None:
    """Gives the address what the recipe's `funding` says, on top of what it holds. Raises NodeError."""
    node, recipe, registry = node_at(rpc_url), load_recipe(), load_registry()
    with unlocked(node, recipe.deployer):
        for symbol, amount in recipe.funding:
            _give(node, recipe, registry, symbol, amount, address)


def _give(node: Node, recipe: Recipe, registry: Registry, symbol: str, amount: str, address: str) -> None:
    if symbol == "ETH":
        held = int(node.rpc("eth_getBalance", address, "latest"), 16)
        node.set_balance(address, held + raw_units(amount, ETHER))
        return
    token = registry.token(recipe.chain_id, symbol)
    call = "transfer(address,uint256)" if symbol == "WETH" else "mint(address,uint256)"
    node.send(recipe.deployer, token.address, calldata(call, (address, raw_units(amount, token.decimals))))


def set_price(
    rpc_url: str, base: str, price: str | Decimal, *, updated_at: int | None = None, quote: str = "USD"
) -> None:
    """Sets a feed's answer, seen now or at `updated_at` (Unix seconds). Zero and negative are allowed: tests need them."""
    node, recipe = node_at(rpc_url), load_recipe()
    feed = next(f for f in load_registry().feeds_on(recipe.chain_id) if (f.base, f.quote) == (base, quote))
    answer = int(Decimal(price).scaleb(_decimals(node, feed)))
    with unlocked(node, recipe.deployer):
        if updated_at is None:
            data = calldata("setAnswer(int256)", (answer,))
        else:
            data = calldata("setRound(int256,uint256)", (answer, updated_at))
        node.send(recipe.deployer, feed.address, data)


def refresh(rpc_url: str) -> None:
    """One block of now's time and the recipe's base fee, in which every feed says its last answer again. Raises NodeError."""
    node, recipe = node_at(rpc_url), load_recipe()
    head = node.rpc("eth_getBlockByNumber", "latest", False)
    now = max(int(time()), int(head["timestamp"], 16))
    answers = [(feed.address, _answer(node, feed)) for feed in load_registry().feeds_on(recipe.chain_id)]
    with node.one_block(now, recipe.base_fee), unlocked(node, recipe.deployer):
        calls = [(address, calldata("setAnswer(int256)", (answer,))) for address, answer in answers]
        sent = [node.submit(recipe.deployer, address, data, gas=FEED_GAS) for address, data in calls]
    for tx_hash in sent:
        node.receipt(tx_hash)


def _answer(node: Node, feed: FeedEntry) -> int:
    answer = node.call(feed.address, calldata("latestRoundData()"))
    value: int = decode(["uint80", "int256", "uint256", "uint256", "uint80"], answer)[1]
    return value


def _decimals(node: Node, feed: FeedEntry) -> int:
    value: int = decode(["uint8"], node.call(feed.address, calldata("decimals()")))[0]
    return value
