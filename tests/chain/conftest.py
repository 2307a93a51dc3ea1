"""What the chain tests share: a client of the real local chain."""

from collections.abc import AsyncIterator

import pytest

from chain.client import ChainClient, connect


@pytest.fixture
async def client(local_chain) -> AsyncIterator[ChainClient]:
    """Connected to the local chain by the registry as shipped."""
    connected = await connect([local_chain.rpc_url], local_chain.registry)
    yield connected
    await connected.close()
