"""The pristine local chain, made once and kept in the cache under everything that it is made from."""

import json
import os
from importlib import resources
from pathlib import Path

from chain.devnet.anvil import start_anvil
from chain.devnet.build import Built, build
from chain.devnet.check import check_built
from chain.devnet.packages import Artifacts, cache_folder, fingerprint, own_sources, versions
from chain.devnet.past import relive
from contracts.recipe import Recipe, load_recipe
from contracts.registry import load_registry


def chain_arguments(recipe: Recipe) -> list[str]:
    """The arguments that make every start of the chain the same chain."""
    return ["--chain-id", str(recipe.chain_id), "--block-base-fee-per-gas", str(recipe.base_fee)]


def pristine() -> Path:
    """The snapshot's file, made where absent. Raises SetupNeeded where a package is missing, SaysoError where a step fails."""
    path = cache_folder() / f"local-chain-{_key()}.json"
    if not path.is_file():
        part = path.with_name(f".{path.name}.{os.getpid()}")
        check_built(make(part), load_registry(), load_recipe().chain_id)
        part.replace(path)
    return path


def make(path: Path) -> Built:
    """Carries out the recipe on a new chain and dumps it to `path`. Raises as `pristine`."""
    recipe = load_recipe()
    arguments = [*chain_arguments(recipe), "--timestamp", str(recipe.genesis_time), "--dump-state", str(path)]
    anvil = start_anvil(None, arguments)
    try:
        built = build(anvil.node, recipe, Artifacts())
        relive(anvil.node, recipe, built)
        return built
    finally:
        anvil.stop()


def _key() -> str:
    rules = [Path(__file__), *(Path(__file__).with_name(name) for name in ("build.py", "past.py"))]
    data = resources.files("contracts").joinpath("recipes", "local.json").read_bytes()
    made_from = [*own_sources(), *rules]
    return fingerprint(data, json.dumps(versions()).encode(), *(path.read_bytes() for path in made_from))
