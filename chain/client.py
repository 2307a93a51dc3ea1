"""One connected chain: reads with failover, batched reads, and the one raw broadcast."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from chain.errors import SaysoError, SetupNeeded
from chain.heavy import recursion_limit_kept
from chain.http import Transport
from chain.multicall import Call, CallAnswer, aggregate
from chain.price_service import PriceService
from chain.rpc import RpcPool, quantity, unknown_chain
from chain.values import Address, ChainId
from contracts.registry import ChainEntry, ContractEntry, Registry, UnknownEntry

if TYPE_CHECKING:
    from web3 import AsyncWeb3

    from chain.provider import PoolProvider

BlockId = int | str


@dataclass(frozen=True, slots=True)
class BlockHead:
    """A block's header as far as we use it. `base_fee` is in wei, None where the chain has none."""

    number: int
    hash: str
    timestamp: int
    base_fee: int | None
    gas_limit: int


class ChainClient:
    """One connected chain, made by `connect`. Its chain id was verified on every node that answered.

    `price_services` are those that the person configured, none at first; they are closed with the client.
    """

    def __init__(self, pool: RpcPool, entry: ChainEntry, registry: Registry) -> None:
        self.entry = entry
        self.registry = registry
        self.price_services: tuple[PriceService, ...] = ()
        self._pool = pool
        self._code_checked: set[str] = set()

    @property
    def chain_id(self) -> ChainId:
        """The id that this chain was connected as."""
        return ChainId(self.entry.chain_id)

    @property
    def multicall3(self) -> Address:
        """Where Multicall3 stands."""
        return Address(self.entry.multicall3)

    @property
    def request_count(self) -> int:
        """RPC round trips so far, those of connecting included."""
        return self._pool.request_count

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes in use, as they may be shown: scheme, host and port."""
        return self._pool.nodes

    @cached_property
    def w3(self) -> "AsyncWeb3[PoolProvider]":
        """web3 over the same nodes, with an empty middleware onion and CCIP-Read off."""
        with recursion_limit_kept():
            from chain.provider import make_web3
        return make_web3(self._pool)

    async def rpc(self, method: str, params: Sequence[object]) -> Any:
        """The result of a read. Raises RpcError, NoRpc, ChainIdChanged, and Refused for a broadcast."""
        return await self._pool.request(method, params)

    async def send_raw(self, raw: bytes) -> str:
        """Broadcast signed bytes: exactly one request to one node; the hash that it names.

        Raises RpcError as the node answers, TransportFailure where it does not: then the outcome is unknown.
        """
        return str(await self._pool.send_once("eth_sendRawTransaction", ["0x" + raw.hex()]))

    async def call(
        self, to: Address, data: bytes, *, sender: Address | None = None, block: BlockId = "latest"
    ) -> bytes:
        """What a contract returns. Raises RpcError where it reverts, NoRpc, ChainIdChanged."""
        request = {"to": to, "data": "0x" + data.hex()} | ({"from": sender} if sender else {})
        return hex_bytes(await self.rpc("eth_call", [request, block_tag(block)]))

    async def aggregate(self, calls: Sequence[Call], block: BlockId = "latest") -> list[CallAnswer]:
        """The answers `(succeeded, returned data)` of many calls, by Multicall3. Raises as `call`, and SetupNeeded."""

        async def eth_call(to: Address, data: bytes) -> bytes:
            return await self.call(to, data, block=block)

        return await aggregate(eth_call, self.multicall3, calls)

    async def block(self, tag: BlockId = "latest") -> BlockHead:
        """A block's header. Raises SaysoError where there is no such block or its fields are not as they must be."""
        answer = await self.rpc("eth_getBlockByNumber", [block_tag(tag), False])
        if not isinstance(answer, dict):
            raise SaysoError(f"The node has no block {tag!r}.", remedy="Try again in a moment.")
        try:
            return _head(answer)
        except (KeyError, ValueError):
            raise bad_node_answer("a block whose fields are not numbers") from None

    async def verify_code(self, contracts: Iterable[ContractEntry]) -> None:
        """Check, once a process, that contracts with a pinned code hash hold that code. Raises SetupNeeded."""
        wanted = [c for c in contracts if c.code_hash and c.address not in self._code_checked]
        codes = await asyncio.gather(*(self.rpc("eth_getCode", [c.address, "latest"]) for c in wanted))
        for contract, code in zip(wanted, codes, strict=True):
            if "0x" + keccak(hex_bytes(code)).hex() != contract.code_hash.lower():
                raise SetupNeeded(
                    f"The code at {contract.address} is not that of {contract.name}.",
                    not_done="Nothing was read from it.",
                    remedy="Connect to a chain as the registry describes it; for the local one, use 'sayso devnet'.",
                )
            self._code_checked.add(contract.address)

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(self._pool.close(), *(service.close() for service in self.price_services))


async def connect(urls: Sequence[str], registry: Registry, *, transport: Transport | None = None) -> ChainClient:
    """Connect to the chain that all of `urls` serve, its id as the nodes report it.

    Raises NoRpc where none answers, ChainIdChanged where they differ, UnknownChain where the registry lacks the id.
    """
    pool = RpcPool(urls, transport=transport)
    try:
        chain_id = await pool.open()
        return ChainClient(pool, registry.chain(chain_id), registry)
    except UnknownEntry:
        await pool.close()
        raise unknown_chain(chain_id) from None
    except BaseException:
        await pool.close()
        raise


def block_tag(block: BlockId) -> str:
    """A block as JSON-RPC names it."""
    return hex(block) if isinstance(block, int) else block


def hex_bytes(text: object) -> bytes:
    """The bytes of '0x…'. Raises SaysoError for anything else: it comes from a node."""
    if isinstance(text, str) and text.startswith("0x"):
        try:
            return bytes.fromhex(text[2:])
        except ValueError:
            pass
    raise bad_node_answer("something that is not hexadecimal")


def bad_node_answer(what: str) -> SaysoError:
    """The error for an answer of the right form that cannot be true."""
    return SaysoError(
        f"The node sent {what}.", not_done="Nothing was done with it.", remedy="Try again, or use another RPC node."
    )


def _head(answer: dict[str, Any]) -> BlockHead:
    base_fee = answer.get("baseFeePerGas")
    return BlockHead(
        number=quantity(answer["number"]),
        hash=str(answer["hash"]),
        timestamp=quantity(answer["timestamp"]),
        base_fee=None if base_fee is None else quantity(base_fee),
        gas_limit=quantity(answer["gasLimit"]),
    )
