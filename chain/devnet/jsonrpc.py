"""A plain JSON-RPC client for a node on this machine: one blocking POST a call, past any proxy of the environment."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import monotonic, sleep
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from chain.errors import SaysoError

TIMEOUT_S = 30.0
# Enough for the largest contract, and not estimated: what a pool needs changes with the second it is mined in.
GAS = 8_000_000

_ids = count(1)
_opener = build_opener(ProxyHandler({}))


class NodeError(SaysoError):
    """The node answered with a JSON-RPC error; its text is untrusted."""

    code = "node_error"


class Node:
    """A node at `url`: Anvil, where its cheats are used. `rpc` raises NodeError for an error answer and OSError where nothing answers."""

    def __init__(self, url: str) -> None:
        self.url = url

    def rpc(self, method: str, *params: object) -> Any:
        """The result of one call."""
        body = json.dumps({"jsonrpc": "2.0", "id": next(_ids), "method": method, "params": params}).encode()
        request = Request(self.url, data=body, headers={"Content-Type": "application/json"})
        with _opener.open(request, timeout=TIMEOUT_S) as response:
            answer = json.load(response)
        if "error" in answer:
            raise NodeError(f"The local chain refused {method}: {answer['error'].get('message', '')!r}.")
        return answer["result"]

    def call(self, to: str, data: bytes, sender: str | None = None) -> bytes:
        """What a read-only call returns."""
        request = {"to": to, "data": "0x" + data.hex()} | ({"from": sender} if sender else {})
        return bytes.fromhex(self.rpc("eth_call", request, "latest")[2:])

    def set_balance(self, address: str, wei: int) -> None:
        """Lets an account hold so much of the native coin."""
        self.rpc("anvil_setBalance", address, hex(wei))

    def set_code(self, address: str, code: bytes) -> None:
        """Puts code at an address."""
        self.rpc("anvil_setCode", address, "0x" + code.hex())

    def unlock(self, address: str) -> None:
        """Lets the node sign for any account."""
        self.rpc("anvil_impersonateAccount", address)

    def lock(self, address: str) -> None:
        """No longer."""
        self.rpc("anvil_stopImpersonatingAccount", address)

    def mine(self, blocks: int = 1) -> None:
        """Mines empty blocks."""
        self.rpc("anvil_mine", hex(blocks))

    @contextmanager
    def one_block(self, timestamp: int, base_fee: int) -> Iterator[None]:
        """All that is submitted in the block stands in one block of this time and base fee."""
        self.rpc("evm_setAutomine", False)
        try:
            yield
            self.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee))
            self.rpc("evm_setNextBlockTimestamp", timestamp)
            self.rpc("evm_mine")
        finally:
            self.rpc("evm_setAutomine", True)

    def receipt(self, tx_hash: str) -> dict[str, Any]:
        """The receipt, once mined: automining answers before it is. Raises NodeError where it failed or is not mined."""
        deadline = monotonic() + TIMEOUT_S
        while monotonic() < deadline:
            receipt: dict[str, Any] | None = self.rpc("eth_getTransactionReceipt", tx_hash)
            if receipt is None:
                sleep(0.002)
            elif receipt["status"] == "0x1":
                return receipt
            else:
                raise NodeError(f"Transaction {tx_hash} on the local chain failed.")
        raise NodeError(f"Transaction {tx_hash} on the local chain was not mined.")

    def send(self, sender: str, to: str | None, data: bytes, value: int = 0) -> dict[str, Any]:
        """Sends from an account that the node itself has unlocked, and returns the receipt. Raises NodeError."""
        return self.receipt(self.submit(sender, to, data, value))

    def submit(self, sender: str, to: str | None, data: bytes, value: int = 0, gas: int = GAS) -> str:
        """Sends from an account that the node itself has unlocked, and returns the hash. Raises NodeError."""
        request = {"from": sender, "data": "0x" + data.hex(), "value": hex(value), "gas": hex(gas)}
        if to:
            request["to"] = to
        tx_hash: str = self.rpc("eth_sendTransaction", request)
        return tx_hash


def calldata(signature: str, args: Sequence[object] = ()) -> bytes:
    """The calldata of `name(type,...)` with these arguments."""
    from eth_abi.abi import encode
    from eth_utils.crypto import keccak

    types = argument_types(signature)
    return keccak(text=signature)[:4] + encode(types, args)


def argument_types(signature: str) -> list[str]:
    """The top-level argument types of `name(type,...)`; tuples stay whole."""
    inner = signature[signature.index("(") + 1 : -1]
    types, depth, start = [], 0, 0
    for position, character in enumerate(inner + ","):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            types.append(inner[start:position])
            start = position + 1
    return [kind for kind in types if kind]
