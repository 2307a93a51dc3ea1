"""What the signer needs to know of the node at this moment, read in one go."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from chain.errors import SaysoError
from chain.rpc import quantity
from chain.signer import NodeView
from chain.values import Address


class NodeReader(Protocol):
    """The part of a chain client that this needs. `nodes` are all configured nodes: scheme, host and port."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """The configured nodes as they may be shown."""
        ...

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        """One JSON-RPC read. Raises SaysoError."""
        ...


async def node_view(client: NodeReader, account: Address) -> NodeView:
    """Chain id, the account's nonces and the block's gas limit, as the node reports them now. Raises SaysoError."""
    chain_id, latest, pending, block = await asyncio.gather(
        client.rpc("eth_chainId", []),
        client.rpc("eth_getTransactionCount", [account, "latest"]),
        client.rpc("eth_getTransactionCount", [account, "pending"]),
        client.rpc("eth_getBlockByNumber", ["latest", False]),
    )
    try:
        return NodeView(
            chain_id=quantity(chain_id),
            rpc_urls=client.nodes,
            latest_nonce=quantity(latest),
            pending_nonce=quantity(pending),
            block_gas_limit=quantity(block["gasLimit"]),
        )
    except (ValueError, KeyError, TypeError):
        raise SaysoError(
            "The node's answer is no number.", not_done="Nothing was signed.", remedy="Try again."
        ) from None
