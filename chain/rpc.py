"""Several JSON-RPC nodes of one chain: their health, the failover of reads, and the one broadcast that is never repeated."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from chain.errors import Refused, SaysoError, SetupNeeded, UnknownChain
from chain.http import JsonRpcHttp, Transport, TransportFailure, display_url

BROADCASTS = frozenset({"eth_sendRawTransaction", "eth_sendTransaction", "eth_sendRawTransactionSync"})
METHOD_NOT_FOUND = -32601
_IDENTITY_PRECOMPILE = "0x0000000000000000000000000000000000000004"
_PROBE = "0x536179736f"
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")


class RpcError(SaysoError):
    """The node answered, with an error. `message` and `data` are untrusted text of the node."""

    code = "rpc_error"

    def __init__(self, rpc_code: int, message: str, data: object = None) -> None:
        self.rpc_code = rpc_code
        self.message = message
        self.data = data
        super().__init__(f"The node refused the request with error {rpc_code}: {_quoted(message)}.")

    @property
    def is_revert(self) -> bool:
        """Whether the code that was called reverted (error 3 by geth's convention, or the node's word for it)."""
        return self.rpc_code == 3 or "revert" in self.message.lower()

    @property
    def method_missing(self) -> bool:
        """Whether the node says that it does not have the method at all."""
        text = self.message.lower()
        words = ("method not found", "does not exist", "not supported", "is not available", "unsupported method")
        return self.rpc_code == METHOD_NOT_FOUND or any(w in text for w in words)


class NoRpc(SetupNeeded):
    """None of the configured nodes gives a usable answer."""

    code = "no_rpc"


class ChainIdChanged(Refused):
    """A node reports another chain id than the one connected to."""

    code = "chain_id_changed"


def _quoted(text: str, limit: int = 300) -> str:
    """Untrusted text as an ASCII literal, so that it can neither paint a terminal nor pass for our own words."""
    return ascii(text[:limit])


class RpcPool:
    """The nodes of one chain, the first healthy one in use. Reads move on to the next node when one gives no answer."""

    def __init__(self, urls: Sequence[str], *, transport: Transport | None = None) -> None:
        """Raises SetupNeeded where there is no URL or one cannot be used."""
        if not urls:
            raise NoRpc(
                "No RPC URL is configured.",
                not_done="Nothing was asked of any chain.",
                remedy="Set SAYSO_RPC_URL, or start a local chain with 'sayso devnet'.",
            )
        self._nodes = [JsonRpcHttp(url, transport=transport) for url in dict.fromkeys(urls)]
        self._current = 0
        self._verified: set[int] = set()
        self._chain_id: int | None = None

    @property
    def request_count(self) -> int:
        """HTTP requests made so far, over all nodes."""
        return sum(node.request_count for node in self._nodes)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes as they may be shown."""
        return tuple(display_url(node.url) for node in self._nodes)

    async def open(self) -> int:
        """The chain id that every answering node agrees on. Raises NoRpc where none answers, ChainIdChanged where they differ."""
        answers = await asyncio.gather(*(self._probe(node) for node in self._nodes), return_exceptions=True)
        ids = {i: a for i, a in enumerate(answers) if isinstance(a, int)}
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, SaysoError):
                raise answer
        if not ids:
            raise self._none_answers([a for a in answers if isinstance(a, SaysoError)])
        self._current, self._chain_id = next(iter(ids.items()))
        for index, chain_id in ids.items():
            self._agree(index, chain_id)
        return self._chain_id

    async def request(self, method: str, params: Sequence[object]) -> Any:
        """The result of a read. Raises RpcError as the node answers it, NoRpc where no node answers, ChainIdChanged."""
        if method in BROADCASTS:
            raise Refused(f"{method} is not a read.", not_done="Nothing was sent.")
        failures: list[SaysoError] = []
        for offset in range(len(self._nodes)):
            index = (self._current + offset) % len(self._nodes)
            try:
                result = await self._ask(index, method, params)
            except TransportFailure as failure:
                # A node that failed may come back as another: its chain id is asked again before it is used again.
                self._verified.discard(index)
                failures.append(failure)
                continue
            self._current = index
            return result
        raise self._none_answers(failures)

    async def send_once(self, method: str, params: Sequence[object]) -> Any:
        """One request to one node, never repeated. Raises RpcError, TransportFailure (then the outcome is unknown)."""
        if self._current not in self._verified:
            await self._verify(self._current)
        try:
            return _result(await self._nodes[self._current].post(method, params))
        except TransportFailure:
            self._verified.discard(self._current)
            raise

    async def close(self) -> None:
        """Close all connections."""
        for node in self._nodes:
            await node.close()

    async def _ask(self, index: int, method: str, params: Sequence[object]) -> Any:
        if index not in self._verified:
            await self._verify(index)
        return _result(await self._nodes[index].post(method, params))

    async def _verify(self, index: int) -> None:
        try:
            chain_id = await _chain_id(self._nodes[index])
        except RpcError as error:
            raise TransportFailure("garbage", self._nodes[index].url, "does not tell its chain id") from error
        self._agree(index, chain_id)

    def _agree(self, index: int, chain_id: int) -> None:
        if self._chain_id is not None and chain_id != self._chain_id:
            raise ChainIdChanged(
                f"The node at {display_url(self._nodes[index].url)} reports chain id {chain_id}, not {self._chain_id}.",
                not_done="Nothing was read from it or sent to it.",
                remedy="Configure RPC URLs of one chain only.",
            )
        self._verified.add(index)

    async def _probe(self, node: JsonRpcHttp) -> int:
        """The chain id of a node that can also run code: health is a real eth_call, not an open port."""
        call = {"to": _IDENTITY_PRECOMPILE, "data": _PROBE}
        chain_id, echo = await asyncio.gather(_chain_id(node), node.post("eth_call", [call, "latest"]))
        if _result(echo) != _PROBE:
            raise TransportFailure("garbage", node.url, "runs calls wrongly")
        return int(chain_id)

    def _none_answers(self, failures: Sequence[SaysoError]) -> NoRpc:
        return NoRpc(
            "No RPC node answers: " + " ".join(failure.happened for failure in failures),
            not_done="Nothing was read and nothing was sent.",
            remedy="Start the node, or set SAYSO_RPC_URL to one that runs.",
        )


async def _chain_id(node: JsonRpcHttp) -> int:
    text = _result(await node.post("eth_chainId", []))
    try:
        return quantity(text)
    except ValueError:
        raise TransportFailure("garbage", node.url, "reports a chain id that is no number") from None


def _result(answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer["result"]
    if not isinstance(error, dict):
        raise RpcError(0, str(error))
    code = error.get("code")
    raise RpcError(code if isinstance(code, int) else 0, str(error.get("message", "")), error.get("data"))


def quantity(text: object) -> int:
    """A JSON-RPC quantity ('0x1a') as a number. Raises ValueError for anything else."""
    if not isinstance(text, str) or not _QUANTITY.fullmatch(text):
        raise ValueError("not a quantity")
    return int(text[2:], 16)


def unknown_chain(chain_id: int) -> UnknownChain:
    """The error for a chain id that the registry does not hold."""
    return UnknownChain(
        f"The node reports chain id {chain_id}, which sayso does not know.",
        not_done="Nothing was read and nothing was sent.",
        remedy="Connect to a chain of the registry ('sayso config show' lists them).",
    )
