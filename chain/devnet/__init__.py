"""A local chain with real protocols on it: Anvil, the recipe's snapshot, and a faucet."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from chain.devnet import faucet
from chain.devnet.anvil import start_anvil
from chain.devnet.check import check_kept_chain
from chain.devnet.faucet import fund, refresh, set_price
from chain.devnet.jsonrpc import Node, NodeError
from chain.devnet.process import NodeProcess
from chain.devnet.snapshot import chain_arguments, pristine
from chain.errors import SetupNeeded
from contracts.recipe import load_recipe
from contracts.registry import load_registry

__all__ = ["Devnet", "Node", "NodeError", "devnet_summary", "fund", "refresh", "set_price", "start_devnet"]

# How much of a kept chain a kill of Anvil itself can lose, in seconds.
STATE_INTERVAL_S = 2
# Well under the feeds' heartbeat.
REFRESH_S = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Devnet:
    """A running local chain. A context manager: leaving it stops Anvil."""

    rpc_url: str
    chain_id: int
    process: NodeProcess

    @property
    def pid(self) -> int:
        """Anvil's process id."""
        return self.process.pid

    def wait(self, refresh_s: float = REFRESH_S) -> int:
        """Waits until Anvil ends by itself, its feeds kept from going stale meanwhile; its exit status."""
        while (status := self.process.wait(refresh_s)) is None:
            # Anvil may end at this very moment; the next round sees it.
            with suppress(OSError):
                refresh(self.rpc_url)
        return status

    def stop(self) -> None:
        """Stops Anvil; with a state file, what happened is in it afterwards."""
        self.process.stop()

    def __enter__(self) -> "Devnet":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_devnet(port: int | None = None, state: Path | None = None, fund: Sequence[str] = ()) -> Devnet:
    """Starts the local chain on loopback, on a free port where none is named, with feeds and time set to now.

    With `state`, what happens is kept in that file across starts; without, every start is pristine. `fund`: who gets funds.
    Raises SetupNeeded where node_modules or node is missing, the port is in use or the state is of another version, SaysoError where Anvil does not start.
    """
    recipe = load_recipe()
    arguments = [*chain_arguments(recipe), *_state_arguments(state)]
    process = start_anvil(port, arguments)
    devnet = Devnet(process.node.url, recipe.chain_id, process)
    try:
        if state:
            check_kept_chain(process.node, load_registry(), recipe.chain_id)
        refresh(devnet.rpc_url)
        for address in fund:
            faucet.fund(devnet.rpc_url, address)
    except BaseException:
        devnet.stop()
        raise
    return devnet


def _state_arguments(state: Path | None) -> list[str]:
    if state is None:
        return ["--load-state", str(pristine())]
    if not state.exists():
        snapshot = pristine()
        try:
            state.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(snapshot, state)
        except OSError as error:
            raise SetupNeeded(
                f"The chain's state cannot be kept in {state}: {error.strerror}.",
                remedy="Name another file with --state.",
            ) from error
    return ["--state", str(state), "--state-interval", str(STATE_INTERVAL_S)]


def devnet_summary(rpc_url: str) -> dict[str, Any]:
    """What the `devnet` command prints: where the chain answers, its tokens and its contracts."""
    registry, chain_id = load_registry(), load_recipe().chain_id
    return {
        "rpc_url": rpc_url,
        "chain_id": chain_id,
        "tokens": {t.symbol: {"address": t.address, "decimals": t.decimals} for t in registry.tokens_on(chain_id)},
        "contracts": {c.name: c.address for c in registry.contracts_on(chain_id)},
    }
