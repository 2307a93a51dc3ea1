"""The chain that the basic tests run on: Anvil and Ganache, or the one that SAYSO_TEST_NODE names."""

import os
from collections.abc import Iterator

import pytest

from chain.devnet import Devnet, refresh
from chain.devnet.ganache import CHAIN_ID, start_ganache
from contracts.registry import load_registry
from tests.conftest import LocalChain

NODES = ("anvil", "ganache")


def chosen() -> tuple[str, ...]:
    """The nodes to run on. Raises UsageError for one that there is not."""
    named = os.environ.get("SAYSO_TEST_NODE", "")
    if named and named not in NODES:
        raise pytest.UsageError(f"there is no node {named!r}: make test NODE={' or NODE='.join(NODES)}")
    return (named,) if named else NODES


@pytest.fixture(scope="session")
def ganache() -> Iterator[str]:
    """One Ganache for the whole session, the recipe on it; its URL."""
    process = start_ganache()
    yield process.node.url
    process.stop()


@pytest.fixture(params=chosen())
def basic_chain(request: pytest.FixtureRequest) -> Iterator[LocalChain]:
    """A chain as it was at the start; reverted after the test."""
    if request.param == "ganache":
        chain = LocalChain(request.getfixturevalue("ganache"), CHAIN_ID, load_registry())
    else:
        devnet: Devnet = request.getfixturevalue("devnet")
        chain = LocalChain(devnet.rpc_url, devnet.chain_id, load_registry())
    snapshot = chain.rpc("evm_snapshot")
    refresh(chain.rpc_url)
    yield chain
    assert chain.rpc("evm_revert", snapshot), "the chain could not be reverted"
