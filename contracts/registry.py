"""The typed, read-only view of what the data files in this folder say."""

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, TypeVar

Row = TypeVar("Row")


class UnknownEntry(LookupError):
    """The registry has no such entry; `nearest` holds the closest known names."""

    def __init__(self, what: str, wanted: str, known: Iterable[str]) -> None:
        self.what = what
        self.wanted = wanted
        self.nearest = tuple(difflib.get_close_matches(wanted, sorted(set(known)), n=3))
        super().__init__(f"no {what} {wanted!r}")


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """A chain: its id, the parse contract's slug, and how its transactions and finality work.

    `finality_blocks` is None where the chain's own `finalized` tag decides; `rpc_urls` are defaults that a user overrides.
    `l1_fee_oracle` says what a rollup takes for data on the chain below it, beside gas; '' where the chain takes none.
    """

    chain_id: int
    slug: str
    name: str
    test: bool
    native_symbol: str
    native_decimals: int
    wrapped_native: str
    multicall3: str
    base_fee: bool
    finality_blocks: int | None
    rpc_urls: tuple[str, ...]
    source: str
    date: str
    l1_fee_oracle: str = ""


@dataclass(frozen=True, slots=True)
class TokenEntry:
    """An ERC-20 that we vouch for by its address on one chain."""

    chain_id: int
    address: str
    symbol: str
    name: str
    decimals: int
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class CollectionEntry:
    """An ERC-721 collection that we vouch for by its address on one chain; `symbol` and `name` are its own words."""

    chain_id: int
    address: str
    symbol: str
    name: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class ContractEntry:
    """A protocol contract: `name` is `<protocol>.<part>`, `abi` names a file in `abis/`.

    `code_hash` is keccak256 of the runtime code, hex with 0x, where it is pinned (the local chain); else empty.
    """

    chain_id: int
    name: str
    protocol: str
    address: str
    abi: str
    code_hash: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A Chainlink-shaped price feed (AggregatorV3Interface): price of `base` in `quote`, stale after `heartbeat` seconds."""

    chain_id: int
    base: str
    quote: str
    address: str
    heartbeat: int
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class PricePlatformEntry:
    """What price services call a chain whose tokens they are asked for by address. A test chain has none: its coins trade nowhere."""

    chain_id: int
    coingecko: str
    defillama: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class PriceIdEntry:
    """What price services call a coin without an address of its own: a chain's native coin, or one that only has a feed."""

    chain_id: int
    symbol: str
    coingecko: str
    defillama: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything we know to stand on chain. Addresses are EIP-55 checksummed."""

    chains: tuple[ChainEntry, ...]
    tokens: tuple[TokenEntry, ...]
    contracts: tuple[ContractEntry, ...]
    feeds: tuple[FeedEntry, ...]
    price_platforms: tuple[PricePlatformEntry, ...] = ()
    price_ids: tuple[PriceIdEntry, ...] = ()
    collections: tuple[CollectionEntry, ...] = ()

    def chain(self, chain_id: int) -> ChainEntry:
        """The chain with this id. Raises UnknownEntry."""
        for entry in self.chains:
            if entry.chain_id == chain_id:
                return entry
        raise UnknownEntry("chain", str(chain_id), (str(c.chain_id) for c in self.chains))

    def chain_by_slug(self, slug: str) -> ChainEntry:
        """The chain that the parse contract calls `slug`. Raises UnknownEntry."""
        for entry in self.chains:
            if entry.slug == slug:
                return entry
        raise UnknownEntry("chain", slug, (c.slug for c in self.chains))

    def tokens_on(self, chain_id: int) -> tuple[TokenEntry, ...]:
        """All vouched tokens of a chain, in the order of the list."""
        return tuple(t for t in self.tokens if t.chain_id == chain_id)

    def token(self, chain_id: int, symbol: str) -> TokenEntry:
        """The vouched token with this symbol (upper or lower case). Raises UnknownEntry."""
        listed = self.tokens_on(chain_id)
        for entry in listed:
            if entry.symbol.upper() == symbol.upper():
                return entry
        raise UnknownEntry("token", symbol.upper(), (t.symbol.upper() for t in listed))

    def token_at(self, chain_id: int, address: str) -> TokenEntry | None:
        """The vouched token at this address, or None."""
        return next((t for t in self.tokens_on(chain_id) if t.address.lower() == address.lower()), None)

    def collections_on(self, chain_id: int) -> tuple[CollectionEntry, ...]:
        """All vouched NFT collections of a chain."""
        return tuple(c for c in self.collections if c.chain_id == chain_id)

    def collection_at(self, chain_id: int, address: str) -> CollectionEntry | None:
        """The vouched collection at this address, or None."""
        return next((c for c in self.collections_on(chain_id) if c.address.lower() == address.lower()), None)

    def contracts_on(self, chain_id: int) -> tuple[ContractEntry, ...]:
        """All known protocol contracts of a chain."""
        return tuple(c for c in self.contracts if c.chain_id == chain_id)

    def contract(self, chain_id: int, name: str) -> ContractEntry:
        """The contract called `<protocol>.<part>`. Raises UnknownEntry."""
        known = self.contracts_on(chain_id)
        for entry in known:
            if entry.name == name:
                return entry
        raise UnknownEntry("contract", name, (c.name for c in known))

    def contract_at(self, chain_id: int, address: str) -> ContractEntry | None:
        """The known contract at this address, or None."""
        return next((c for c in self.contracts_on(chain_id) if c.address.lower() == address.lower()), None)

    def feeds_on(self, chain_id: int) -> tuple[FeedEntry, ...]:
        """All price feeds of a chain."""
        return tuple(f for f in self.feeds if f.chain_id == chain_id)

    def price_platform(self, chain_id: int) -> PricePlatformEntry | None:
        """What price services call this chain, or None."""
        return next((p for p in self.price_platforms if p.chain_id == chain_id), None)

    def price_id(self, chain_id: int, symbol: str) -> PriceIdEntry | None:
        """What price services call a coin of this chain that is not asked for by address, or None."""
        wanted = symbol.upper()
        return next((p for p in self.price_ids if p.chain_id == chain_id and p.symbol.upper() == wanted), None)


def _data(name: str) -> Any:
    return json.loads(resources.files("contracts").joinpath("data", name).read_text(encoding="utf-8"))


def _rows(kind: type[Row], name: str) -> tuple[Row, ...]:
    names = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    return tuple(
        kind(**{n: tuple(row[n]) if isinstance(row[n], list) else row[n] for n in names}) for row in _data(name)
    )


@cache
def load_registry() -> Registry:
    """The registry as shipped. Read once, frozen."""
    return Registry(
        chains=_rows(ChainEntry, "chains.json"),
        tokens=_rows(TokenEntry, "tokens.json"),
        contracts=_rows(ContractEntry, "contracts.json"),
        feeds=_rows(FeedEntry, "feeds.json"),
        price_platforms=_rows(PricePlatformEntry, "price_platforms.json"),
        price_ids=_rows(PriceIdEntry, "price_ids.json"),
        collections=_rows(CollectionEntry, "collections.json"),
    )


@cache
def load_abi(name: str) -> tuple[dict[str, Any], ...]:
    """The ABI called `name` (a file in `abis/`, without its ending). Raises FileNotFoundError."""
    text = resources.files("contracts").joinpath("abis", f"{name}.json").read_text(encoding="utf-8")
    return tuple(json.loads(text))
