"""Remakes the registry's rows of the local chain from the recipe: `python -m chain.devnet.pin`, after the recipe has changed."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eth_utils.crypto import keccak

from chain.devnet.anvil import start_anvil
from chain.devnet.build import Built
from chain.devnet.jsonrpc import Node
from chain.devnet.snapshot import chain_arguments, make
from contracts.recipe import Recipe, load_recipe
from contracts.registry import ContractEntry, FeedEntry, TokenEntry

Rows = list[dict[str, Any]]
SOURCE = "contracts/recipes/local.json"


def rows(recipe: Recipe, built: Built, node: Node, date: str) -> dict[str, Rows]:
    """The registry's rows of a chain that was just built, by data file."""
    return {
        "tokens.json": _tokens(recipe, built, date),
        "contracts.json": _contracts(recipe, built, node, date),
        "feeds.json": _feeds(recipe, built, date),
    }


def code_hash(node: Node, address: str) -> str:
    """keccak256 of the runtime code, hex with 0x."""
    return "0x" + keccak(hexstr=node.rpc("eth_getCode", address, "latest")).hex()


def _tokens(recipe: Recipe, built: Built, date: str) -> Rows:
    weth = TokenEntry(recipe.chain_id, built.tokens["WETH"], "WETH", "Wrapped Ether", 18, SOURCE, date)
    listed = [
        TokenEntry(recipe.chain_id, built.tokens[t.id], t.symbol, t.name, t.decimals, SOURCE, date)
        for t in recipe.tokens
        if t.listed
    ]
    return [asdict(entry) for entry in (weth, *listed)]


def _contracts(recipe: Recipe, built: Built, node: Node, date: str) -> Rows:
    named = [(c.name, c.abi, built.contracts[c.name]) for c in (*recipe.placed, *recipe.contracts)]
    # Tokens that nobody should vouch for still have a known place, so that tests can find them.
    named += [(f"test.{t.id}", "erc20", built.tokens[t.id]) for t in recipe.tokens if not t.listed]
    return [
        asdict(
            ContractEntry(
                recipe.chain_id, name, name.partition(".")[0], address, abi, code_hash(node, address), SOURCE, date
            )
        )
        for name, abi, address in named
    ]


def _feeds(recipe: Recipe, built: Built, date: str) -> Rows:
    return [
        asdict(
            FeedEntry(recipe.chain_id, f.base, f.quote, built.feeds[f"{f.base}/{f.quote}"], f.heartbeat, SOURCE, date)
        )
        for f in recipe.feeds
    ]


def write_rows(folder: Path, name: str, chain_id: int, fresh: Rows) -> None:
    """Replaces the rows of this chain in a data file, one row a line."""
    path = folder / name
    others = [row for row in json.loads(path.read_text(encoding="utf-8")) if row["chain_id"] != chain_id]
    lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in (*others, *fresh))
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> None:
    """Builds the chain once and rewrites the data files."""
    recipe, date = load_recipe(), datetime.now(UTC).date().isoformat()
    with TemporaryDirectory() as scratch:
        snapshot = Path(scratch) / "chain.json"
        built = make(snapshot)
        anvil = start_anvil(None, [*chain_arguments(recipe), "--load-state", str(snapshot)])
        try:
            made = rows(recipe, built, anvil.node, date)
        finally:
            anvil.stop()
    folder = Path(str(resources.files("contracts").joinpath("data")))
    for name, fresh in made.items():
        write_rows(folder, name, recipe.chain_id, fresh)


if __name__ == "__main__":
    main()
