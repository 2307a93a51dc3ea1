"""Ganache, from its npm package: a second node, older and of other making, that the basic tests run on, too.

The same recipe on it puts everything at the same addresses. It knows no eth_simulateV1, and no way to set a block's base fee.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chain.devnet.build import build
from chain.devnet.jsonrpc import Node
from chain.devnet.packages import Artifacts, node_modules
from chain.devnet.past import relive
from chain.devnet.process import HOST, NodeProcess, started
from chain.errors import SetupNeeded
from contracts.recipe import load_recipe

CHAIN_ID = 1337
CLI = Path("ganache", "dist", "node", "cli.js")
PASSPHRASE = ""
REMEDY = "Run `make install` in Sayso's folder."


class GanacheNode(Node):
    """The cheats of Ganache under the names of Node's."""

    def set_balance(self, address: str, wei: int) -> None:
        """Lets an account hold so much of the native coin."""
        self.rpc("evm_setAccountBalance", address, hex(wei))

    def set_code(self, address: str, code: bytes) -> None:
        """Puts code at an address."""
        self.rpc("evm_setAccountCode", address, "0x" + code.hex())

    def unlock(self, address: str) -> None:
        """Lets the node sign for any account."""
        self.rpc("evm_addAccount", address, PASSPHRASE)
        self.rpc("personal_unlockAccount", address, PASSPHRASE, 0)

    def lock(self, address: str) -> None:
        """No longer."""
        self.rpc("personal_lockAccount", address)

    def mine(self, blocks: int = 1) -> None:
        """Mines empty blocks."""
        self.rpc("evm_mine", {"blocks": blocks})

    @contextmanager
    def one_block(self, timestamp: int, base_fee: int) -> Iterator[None]:
        """Sets the clock alone: what is submitted makes a block each, at the base fee that comes of itself."""
        self.rpc("evm_setTime", timestamp * 1000)
        yield


def node_at(url: str) -> Node:
    """The node that runs there, with the cheats of its kind. Raises OSError where nothing answers."""
    version = str(Node(url).rpc("web3_clientVersion"))
    return GanacheNode(url) if version.startswith("Ganache") else Node(url)


def start_ganache(port: int | None = None) -> NodeProcess:
    """Starts Ganache with the recipe on it, in a few seconds. Raises SetupNeeded where node or the package is missing, SaysoError."""
    process = started(port, lambda chosen: NodeProcess(GanacheNode(f"http://{HOST}:{chosen}"), _command(chosen)))
    recipe, node = load_recipe(), process.node
    try:
        relive(node, recipe, build(node, recipe, Artifacts()))
    except BaseException:
        process.stop()
        raise
    return process


def _command(port: int) -> list[str]:
    node, script = shutil.which("node"), node_modules() / CLI
    if node is None or not script.is_file():
        raise SetupNeeded("Ganache or Node is not installed.", not_done="No chain was started.", remedy=REMEDY)
    return [
        *(node, str(script)),
        *("--server.host", HOST, "--server.port", str(port)),
        *("--chain.chainId", str(CHAIN_ID), "--chain.networkId", str(CHAIN_ID), "--chain.hardfork", "shanghai"),
        *("--wallet.totalAccounts", "1", "--logging.quiet"),
    ]
