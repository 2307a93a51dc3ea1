"""Remakes the registry's rows of the local chain from the recipe: `python -m chain.devnet.pin`, after the recipe has changed."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chain.devnet.anvil import start_anvil
from chain.devnet.build import Built
from chain.devnet.check import code_hash
from chain.devnet.snapshot import chain_arguments, make
from contracts.recipe import Recipe, load_recipe
from contracts.registry import CollectionEntry, ContractEntry, FeedEntry, TokenEntry

Row = dict[str, Any]
SOURCE = "contracts/recipes/local.json"


def rows(recipe: Recipe, built: Built, hash_at: Callable[[str], str], chain_id: int, date: str) -> dict[str, list[Row]]:
    """The registry's rows of a chain that was just built, by data file; `hash_at` gives an address's code hash."""
    return {
        "tokens.json": _tokens(recipe, built, chain_id, date),
        "contracts.json": _contracts(recipe, built, hash_at, chain_id, date),
        "feeds.json": _feeds(recipe, built, chain_id, date),
        "collections.json": _collections(recipe, built, chain_id, date),
    }


def _tokens(recipe: Recipe, built: Built, chain_id: int, date: str) -> list[Row]:
    weth = TokenEntry(chain_id, built.tokens["WETH"], "WETH", "Wrapped Ether", 18, SOURCE, date)
    listed = [
        TokenEntry(chain_id, built.tokens[t.id], t.symbol, t.name, t.decimals, SOURCE, date)
        for t in recipe.tokens
        if t.listed
    ]
    return [asdict(entry) for entry in (weth, *listed)]


def _contracts(recipe: Recipe, built: Built, hash_at: Callable[[str], str], chain_id: int, date: str) -> list[Row]:
    named = [(c.name, c.abi, built.contracts[c.name]) for c in (*recipe.placed, *recipe.contracts)]
    # Tokens and collections that nobody should vouch for still have a known place, so that tests can find them.
    named += [(f"test.{t.id}", "erc20", built.tokens[t.id]) for t in recipe.tokens if not t.listed]
    named += [(f"test.{c.id}", "erc721", built.collections[c.id]) for c in recipe.collections if not c.listed]
    entries = (
        ContractEntry(chain_id, name, name.partition(".")[0], address, abi, hash_at(address), SOURCE, date)
        for name, abi, address in named
    )
    return [asdict(entry) for entry in entries]


def _feeds(recipe: Recipe, built: Built, chain_id: int, date: str) -> list[Row]:
    entries = (
        FeedEntry(chain_id, f.base, f.quote, built.feeds[f"{f.base}/{f.quote}"], f.heartbeat, SOURCE, date)
        for f in recipe.feeds
    )
    return [asdict(entry) for entry in entries]


def _collections(recipe: Recipe, built: Built, chain_id: int, date: str) -> list[Row]:
    entries = (
        CollectionEntry(chain_id, built.collections[c.id], c.symbol, c.name, SOURCE, date)
        for c in recipe.collections
        if c.listed
    )
    return [asdict(entry) for entry in entries]


def write_rows(path: Path, all_rows: list[Row]) -> None:
    """Writes a data file, one row a line."""
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in all_rows)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _replace(path: Path, chain_id: int, fresh: list[Row]) -> None:
    others = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["chain_id"] != chain_id]
    write_rows(path, [*others, *fresh])


def _repoint(path: Path, chain_ids: tuple[int, ...], weth: str) -> None:
    chains = json.loads(path.read_text(encoding="utf-8"))
    write_rows(path, [row | ({"wrapped_native": weth} if row["chain_id"] in chain_ids else {}) for row in chains])


def main() -> None:
    """Builds the chain once and rewrites the data files."""
    recipe, date = load_recipe(), datetime.now(UTC).date().isoformat()
    folder = Path(str(resources.files("contracts").joinpath("data")))
    chain_ids = (recipe.chain_id, *recipe.twins)
    with TemporaryDirectory() as scratch:
        snapshot = Path(scratch) / "chain.json"
        built = make(snapshot)
        anvil = start_anvil(None, [*chain_arguments(recipe), "--load-state", str(snapshot)])
        try:
            made = [rows(recipe, built, lambda a: code_hash(anvil.node, a), one, date) for one in chain_ids]
        finally:
            anvil.stop()
    for chain_id, files in zip(chain_ids, made, strict=True):
        for name, fresh in files.items():
            _replace(folder / name, chain_id, fresh)
    _repoint(folder / "chains.json", chain_ids, built.tokens["WETH"])


if __name__ == "__main__":
    main()
