"""What tests share: the folder of public vectors, and a real local chain that every test finds as it was."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chain.devnet import Devnet, Node, fund, refresh, set_price, start_devnet
from chain.devnet.build import namehash, unlocked
from chain.devnet.ganache import CHAIN_ID as GANACHE
from chain.devnet.ganache import node_at
from chain.devnet.jsonrpc import calldata
from contracts.recipe import load_recipe
from contracts.registry import Registry, load_registry

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public vectors and benchmarks. Absent: skipped, loudly; where CI is set: failed."""
    folder = Path(os.environ.get("SAYSO_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        reason = f"SAYSO_SHARED names no folder with the shared vectors (looked at {folder})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@dataclass(frozen=True, slots=True)
class LocalChain:
    """The local chain in the hands of a test."""

    rpc_url: str
    chain_id: int
    registry: Registry

    @property
    def node(self) -> Node:
        """The plain JSON-RPC client behind `rpc`, with the cheats of its kind; `call` and `send` take calldata."""
        return node_at(self.rpc_url) if self.chain_id == GANACHE else Node(self.rpc_url)

    def rpc(self, method: str, *params: object) -> Any:
        """The result of one JSON-RPC call. Raises NodeError."""
        return self.node.rpc(method, *params)

    def token(self, symbol: str) -> str:
        """The address of a listed token."""
        return self.registry.token(self.chain_id, symbol).address

    def contract(self, name: str) -> str:
        """The address of a known contract."""
        return self.registry.contract(self.chain_id, name).address

    def fund(self, address: str) -> None:
        """100 ETH and what else the recipe gives."""
        fund(self.rpc_url, address)

    def set_price(self, feed: str, value: str | Decimal, *, updated_at: int | None = None) -> None:
        """Sets the answer of a feed named by its base ("ETH") or pair ("ETH/USD")."""
        base, _, quote = feed.partition("/")
        set_price(self.rpc_url, base, value, updated_at=updated_at, quote=quote or "USD")

    def set_name(self, name: str, address: str) -> None:
        """Lets an ENS name of the recipe resolve to another address."""
        self.send_as(
            load_recipe().deployer, self.contract("ens.resolver"), "setAddr(bytes32,address)", namehash(name), address
        )

    def mine(self, blocks: int = 1) -> None:
        """Mines empty blocks."""
        self.node.mine(blocks)

    def balance(self, address: str) -> int:
        """Native balance in wei."""
        return int(self.rpc("eth_getBalance", address, "latest"), 16)

    def erc20_balance(self, token: str, address: str) -> int:
        """Balance in raw units; the token by listed symbol or by address."""
        contract = token if token.startswith("0x") else self.token(token)
        return int.from_bytes(self.call(contract, "balanceOf(address)", address))

    def allowance(self, token: str, owner: str, spender: str) -> int:
        """Allowance in raw units; the token by listed symbol or by address."""
        contract = token if token.startswith("0x") else self.token(token)
        return int.from_bytes(self.call(contract, "allowance(address,address)", owner, spender))

    def call(self, to: str, signature: str, *args: object) -> bytes:
        """What a read-only call returns, undecoded."""
        return self.node.call(to, calldata(signature, args))

    def send_as(self, sender: str, to: str, signature: str, *args: object, value: int = 0) -> dict[str, Any]:
        """Sends as any account, without its key, and returns the receipt. Raises NodeError."""
        with unlocked(self.node, sender):
            return self.node.send(sender, to, calldata(signature, args), value)


@pytest.fixture(scope="session")
def devnet() -> Iterator[Devnet]:
    """One Anvil for the whole session, from the cached snapshot."""
    with start_devnet() as running:
        yield running


@pytest.fixture
def local_chain(devnet: Devnet) -> Iterator[LocalChain]:
    """The local chain as it was at the start, with feeds that were updated just now; reverted after the test."""
    node = Node(devnet.rpc_url)
    snapshot = node.rpc("evm_snapshot")
    refresh(devnet.rpc_url)
    yield LocalChain(devnet.rpc_url, devnet.chain_id, load_registry())
    assert node.rpc("evm_revert", snapshot), "the local chain could not be reverted"
