"""web3's door to our nodes. Importing this costs web3's import, so only `ChainClient.w3` does it, and late."""

import json
from typing import Any, cast

from web3 import AsyncWeb3
from web3._utils.encoding import Web3JsonEncoder
from web3.providers.async_base import AsyncJSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from chain.rpc import RpcError, RpcPool


class PoolProvider(AsyncJSONBaseProvider):
    """An AsyncJSONBaseProvider over the pool: reads only, CCIP-Read off, no retries but the pool's failover."""

    global_ccip_read_enabled = False

    def __init__(self, pool: RpcPool) -> None:
        super().__init__()
        self._pool = pool

    async def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The response as web3 wants it, an error of the node included. Raises NoRpc, ChainIdChanged, Refused."""
        plain = json.loads(json.dumps(params, cls=Web3JsonEncoder))
        try:
            answer: dict[str, Any] = {"result": await self._pool.request(method, plain)}
        except RpcError as error:
            answer = {"error": {"code": error.rpc_code, "message": error.message, "data": error.data}}
        return cast(RPCResponse, {"jsonrpc": "2.0", "id": next(self.request_counter), **answer})


def make_web3(pool: RpcPool) -> AsyncWeb3[PoolProvider]:
    """web3 with an empty middleware onion: its default validation makes three requests of each call."""
    return AsyncWeb3(PoolProvider(pool), middleware=[])
