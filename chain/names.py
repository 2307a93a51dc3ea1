"""ENS names, forward and back (EIP-137, EIP-181, ENSIP-15). Off-chain lookups (EIP-3668) are not made."""

from eth_utils.crypto import keccak

from chain.abi import ZERO, BadAnswer, decode_address, decode_answer, encode_call
from chain.client import BlockId, ChainClient
from chain.errors import SayDifferently
from chain.rpc import RpcError
from chain.values import Address
from contracts.registry import UnknownEntry

MAX_NAME = 255


def normalise(name: str) -> str:
    """The name by ENSIP-15. Raises SayDifferently where no name may be written so."""
    from ens.exceptions import InvalidName  # type: ignore[import-untyped]
    from ens.utils import normalize_name  # type: ignore[import-untyped]

    try:
        normal = str(normalize_name(name)) if len(name) <= MAX_NAME else ""
    except (InvalidName, UnicodeError, ValueError):
        normal = ""
    if not normal:
        raise SayDifferently(
            f"{name[:100]!a} is not a valid ENS name.",
            not_done="No address was looked up.",
            remedy="Check the spelling: look-alike letters and invisible characters are not allowed.",
        )
    return normal


def namehash(name: str) -> bytes:
    """The node of a normalised name (EIP-137)."""
    node = bytes(32)
    for label in reversed(name.split(".")) if name else ():
        node = keccak(node + keccak(text=label))
    return node


async def resolve(client: ChainClient, name: str, block: BlockId = "latest") -> Address | None:
    """The address that a name stands for at a block, or None where it has no answer.

    Raises SayDifferently for an invalid name, or where this chain has no ENS; NoRpc, ChainIdChanged.
    """
    node = namehash(normalise(name))
    answer = await _ask_resolver(client, node, "addr(bytes32)", block)
    address = decode_address(answer)
    return None if address == ZERO else address


async def reverse(client: ChainClient, address: Address, block: BlockId = "latest") -> str | None:
    """The name that an address gives itself, only if that name also resolves to it; else None. Raises as `resolve`."""
    answer = await _ask_resolver(client, namehash(f"{address[2:].lower()}.addr.reverse"), "name(bytes32)", block)
    try:
        (claimed,) = decode_answer(["string"], answer)
        name = normalise(claimed)
    except (BadAnswer, SayDifferently):
        return None
    # A name that is not written in its normal form could be read as another one.
    return name if name == claimed and await resolve(client, name, block) == address else None


async def _ask_resolver(client: ChainClient, node: bytes, signature: str, block: BlockId) -> bytes:
    """What the node's resolver says; empty where there is none or it reverts, which ENS takes for "no answer"."""
    registry = _registry(client)
    try:
        resolver = decode_address(await client.call(registry, encode_call("resolver(bytes32)", node), block=block))
        if resolver is None or resolver == ZERO:
            return b""
        return await client.call(resolver, encode_call(signature, node), block=block)
    except RpcError as error:
        if not error.is_revert:
            raise
        return b""


def _registry(client: ChainClient) -> Address:
    try:
        return Address(client.registry.contract(client.chain_id, "ens.registry").address)
    except UnknownEntry:
        raise SayDifferently(
            f"There are no ENS names on {client.entry.name}.",
            not_done="No address was looked up.",
            remedy="Give the address itself.",
        ) from None
