"""The typed view of a local-chain recipe: what is put on the chain, in which order, with which liquidity, prices and names."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class RecipeContract:
    """A contract to deploy, or (with `address`) to place there without a constructor.

    `artifact` is `npm:<path in node_modules>` or `own:<contract in solidity/>`; an argument `$name` is the address of what was
    deployed under that name before (`$deployer` the deployer).
    """

    name: str
    artifact: str
    abi: str
    args: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class RecipeToken:
    """An ERC-20 with constructor (name, symbol, decimals). What is not `listed` stays out of the registry's tokens."""

    id: str
    symbol: str
    name: str
    decimals: int
    artifact: str
    listed: bool


@dataclass(frozen=True, slots=True)
class RecipeFeed:
    """A price feed; `answer` is the price as decimal text, `heartbeat` in seconds."""

    base: str
    quote: str
    decimals: int
    answer: str
    heartbeat: int


@dataclass(frozen=True, slots=True)
class RecipePool:
    """A pool over its whole price range; `amounts` are decimal text in whole tokens, `fee` in millionths (0: Uniswap V2)."""

    tokens: tuple[str, str]
    amounts: tuple[str, str]
    fee: int = 0


@dataclass(frozen=True, slots=True)
class RecipeName:
    """An ENS name. `forward`: the name resolves to the address; `reverse`: the address claims the name."""

    name: str
    address: str
    forward: bool
    reverse: bool


@dataclass(frozen=True, slots=True)
class RecipeCollection:
    """An ERC-721 with constructor (name, symbol). What is not `listed` stays out of the registry's collections."""

    id: str
    symbol: str
    name: str
    artifact: str
    listed: bool


@dataclass(frozen=True, slots=True)
class RecipeDeed:
    """One transaction of the past, done by `by` (`deployer`, a name of `names`, or an address) to a token or collection `of`.

    `amount` is decimal text in whole tokens, or `unlimited`; of a collection it is a token's id. `pull` moves what is `owner`'s.
    """

    do: Literal["mint", "transfer", "approve", "pull", "approve_all"]
    by: str
    of: str
    to: str
    amount: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that makes the local chain. `funding` is what `fund` gives, `base_fee` in wei, `genesis_time` Unix seconds.

    `twins` are chain ids on which the same recipe puts everything at the same addresses (Ganache's).
    """

    chain_id: int
    twins: tuple[int, ...]
    deployer: str
    genesis_time: int
    base_fee: int
    deployer_ether: str
    wrapped_ether: str
    placed: tuple[RecipeContract, ...]
    contracts: tuple[RecipeContract, ...]
    tokens: tuple[RecipeToken, ...]
    funding: tuple[tuple[str, str], ...]
    feeds: tuple[RecipeFeed, ...]
    pools_v2: tuple[RecipePool, ...]
    pools_v3: tuple[RecipePool, ...]
    names: tuple[RecipeName, ...]
    collections: tuple[RecipeCollection, ...]
    past: tuple[RecipeDeed, ...]


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


@cache
def load_recipe(name: str = "local") -> Recipe:
    """The recipe called `name` (a file in `recipes/`, without its ending). Raises FileNotFoundError."""
    text = resources.files("contracts").joinpath("recipes", f"{name}.json").read_text(encoding="utf-8")
    raw = json.loads(text)
    kinds: dict[str, type[Any]] = {
        "placed": RecipeContract,
        "contracts": RecipeContract,
        "tokens": RecipeToken,
        "feeds": RecipeFeed,
        "pools_v2": RecipePool,
        "pools_v3": RecipePool,
        "names": RecipeName,
        "collections": RecipeCollection,
        "past": RecipeDeed,
    }
    lists = {key: tuple(kind(**_frozen(row)) for row in raw[key]) for key, kind in kinds.items()}
    return Recipe(**{**raw, **lists, "twins": tuple(raw["twins"]), "funding": tuple(raw["funding"].items())})
