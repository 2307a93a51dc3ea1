"""Carries out a recipe on a fresh node, through accounts that the node itself has unlocked."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isqrt
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from chain.devnet.jsonrpc import Node, calldata
from chain.devnet.packages import Artifacts
from chain.devnet.units import ETHER, raw_units
from contracts.recipe import Recipe, RecipeContract, RecipeName, RecipePool

UNLIMITED = 2**256 - 1
FOREVER = 2**64
ROOT = bytes(32)
# The widest ticks that each fee tier's spacing allows (Uniswap V3, TickMath.MAX_TICK = 887272).
FULL_RANGE = {500: 887270, 3000: 887220}


@dataclass(frozen=True, slots=True)
class Built:
    """Where everything came to stand: contracts, tokens and collections by id, and feeds as `BASE/QUOTE`."""

    contracts: Mapping[str, str]
    tokens: Mapping[str, str]
    feeds: Mapping[str, str]
    collections: Mapping[str, str]


@contextmanager
def unlocked(node: Node, account: str) -> Iterator[None]:
    """The node signs for this account meanwhile."""
    node.unlock(account)
    try:
        yield
    finally:
        node.lock(account)


def namehash(name: str) -> bytes:
    """EIP-137's node of a name that is normalised already."""
    node = ROOT
    for label in reversed(name.split(".")) if name else ():
        node = keccak(node + keccak(text=label))
    return node


def build(node: Node, recipe: Recipe, artifacts: Artifacts) -> Built:
    """Puts the whole recipe on the chain. Raises NodeError where a transaction fails."""
    node.set_balance(recipe.deployer, raw_units(recipe.deployer_ether, ETHER))
    with unlocked(node, recipe.deployer):
        return _Builder(node, recipe, artifacts).run()


class _Builder:
    def __init__(self, node: Node, recipe: Recipe, artifacts: Artifacts) -> None:
        self.node = node
        self.recipe = recipe
        self.artifacts = artifacts
        self.contracts: dict[str, str] = {"deployer": recipe.deployer}
        self.tokens: dict[str, str] = {}
        self.feeds: dict[str, str] = {}
        self.collections: dict[str, str] = {}

    def run(self) -> Built:
        for placed in self.recipe.placed:
            self.place(placed)
        for contract in self.recipe.contracts:
            self.contracts[contract.name] = self.deploy(contract.artifact, self.arguments(contract))
        self.deploy_tokens()
        self.deploy_feeds()
        self.open_pools()
        self.register_names()
        # New things come last: what stands where depends on how many transactions the deployer has made before.
        for collection in self.recipe.collections:
            self.collections[collection.id] = self.deploy(collection.artifact, (collection.name, collection.symbol))
        return Built(self.contracts, self.tokens, self.feeds, self.collections)

    def place(self, contract: RecipeContract) -> None:
        self.node.set_code(contract.address, self.artifacts.load(contract.artifact).runtime)
        self.contracts[contract.name] = contract.address

    def deploy(self, artifact: str, args: tuple[object, ...]) -> str:
        made = self.artifacts.load(artifact)
        receipt = self.node.send(self.recipe.deployer, None, made.bytecode + encode(made.constructor, args))
        return to_checksum_address(receipt["contractAddress"])

    def arguments(self, contract: RecipeContract) -> tuple[str, ...]:
        return tuple(self.contracts[arg[1:]] if arg.startswith("$") else arg for arg in contract.args)

    def send(self, to: str, signature: str, *args: object, value: int = 0) -> dict[str, Any]:
        return self.node.send(self.recipe.deployer, to, calldata(signature, args), value)

    def deploy_tokens(self) -> None:
        self.tokens["WETH"] = self.contracts["weth"]
        self.send(self.contracts["weth"], "deposit()", value=raw_units(self.recipe.wrapped_ether, ETHER))
        for token in self.recipe.tokens:
            self.tokens[token.id] = self.deploy(token.artifact, (token.name, token.symbol, token.decimals))

    def deploy_feeds(self) -> None:
        for feed in self.recipe.feeds:
            args = (f"{feed.base} / {feed.quote}", feed.decimals, raw_units(feed.answer, feed.decimals))
            self.feeds[f"{feed.base}/{feed.quote}"] = self.deploy("own:PriceFeed", args)

    def open_pools(self) -> None:
        for pool in self.recipe.pools_v2:
            self.open_v2(pool)
        for token in sorted({token for pool in self.recipe.pools_v3 for token in pool.tokens}):
            self.send(self.tokens[token], "approve(address,uint256)", self.contracts["uniswap-v3.positions"], UNLIMITED)
        for pool in self.recipe.pools_v3:
            self.open_v3(pool)

    def decimals(self, token: str) -> int:
        return next((known.decimals for known in self.recipe.tokens if known.id == token), ETHER)

    def sides(self, pool: RecipePool) -> list[tuple[str, str, int]]:
        """(address, token, raw amount) of both sides, in the order that the protocols sort them."""
        sides = [
            (self.tokens[t], t, raw_units(a, self.decimals(t))) for t, a in zip(pool.tokens, pool.amounts, strict=True)
        ]
        return sorted(sides, key=lambda side: int(side[0], 16))

    def supply(self, token: str, to: str, amount: int) -> None:
        call = "transfer(address,uint256)" if token == "WETH" else "mint(address,uint256)"
        self.send(self.tokens[token], call, to, amount)

    def open_v2(self, pool: RecipePool) -> None:
        factory, sides = self.contracts["uniswap-v2.factory"], self.sides(pool)
        pair_of = [sides[0][0], sides[1][0]]
        self.send(factory, "createPair(address,address)", *pair_of)
        answer = self.node.call(factory, calldata("getPair(address,address)", pair_of))
        pair = to_checksum_address(decode(["address"], answer)[0])
        for _, token, amount in sides:
            self.supply(token, pair, amount)
        self.send(pair, "mint(address)", self.recipe.deployer)

    def open_v3(self, pool: RecipePool) -> None:
        manager, sides = self.contracts["uniswap-v3.positions"], self.sides(pool)
        (first, _, amount0), (second, _, amount1) = sides
        sqrt_price = isqrt((amount1 << 192) // amount0)
        create = "createAndInitializePoolIfNecessary(address,address,uint24,uint160)"
        self.send(manager, create, first, second, pool.fee, sqrt_price)
        for _, token, amount in sides:
            if token != "WETH":
                self.supply(token, self.recipe.deployer, amount)
        tick, owner = FULL_RANGE[pool.fee], self.recipe.deployer
        position = (first, second, pool.fee, -tick, tick, amount0, amount1, 0, 0, owner, FOREVER)
        mint = "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))"
        self.send(manager, mint, position)

    def register_names(self) -> None:
        registrar = self.contracts["ens.reverse-registrar"]
        self.own("", "eth", self.recipe.deployer)
        self.own("", "reverse", self.recipe.deployer)
        self.own("reverse", "addr", registrar)
        for entry in self.recipe.names:
            if entry.forward:
                self.register(entry)
            if entry.reverse:
                self.claim(entry)

    def own(self, parent: str, label: str, owner: str) -> None:
        call = "setSubnodeOwner(bytes32,bytes32,address)"
        self.send(self.contracts["ens.registry"], call, namehash(parent), keccak(text=label), owner)

    def register(self, entry: RecipeName) -> None:
        label, _, parent = entry.name.partition(".")
        self.own(parent, label, self.recipe.deployer)
        resolver, node = self.contracts["ens.resolver"], namehash(entry.name)
        self.send(self.contracts["ens.registry"], "setResolver(bytes32,address)", node, resolver)
        self.send(resolver, "setAddr(bytes32,address)", node, entry.address)

    def claim(self, entry: RecipeName) -> None:
        """Only an address itself can set its reverse record; its fee is lent and taken back."""
        self.node.set_balance(entry.address, 10**ETHER)
        with unlocked(self.node, entry.address):
            set_name = calldata("setName(string)", (entry.name,))
            self.node.send(entry.address, self.contracts["ens.reverse-registrar"], set_name)
        self.node.set_balance(entry.address, 0)
