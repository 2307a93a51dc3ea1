"""Calldata and answers by the contract ABI, by signature: about 14 times faster than going through contract objects."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from eth_abi.abi import decode as abi_decode
from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from chain.values import Address

ZERO = Address("0x0000000000000000000000000000000000000000")


class BadAnswer(ValueError):
    """What a contract returned is not what its ABI says."""


def encode_call(signature: str, *arguments: object) -> bytes:
    """Calldata of `name(type,...)`: the selector and the encoded arguments. Raises eth_abi's EncodingError."""
    return selector(signature) + abi_encode(_types(signature), arguments)


def decode_answer(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """What a call returned. Raises BadAnswer for anything that does not decode: a contract is not to be trusted."""
    try:
        return tuple(abi_decode(types, data))
    except (DecodingError, OverflowError, UnicodeDecodeError, ValueError) as error:
        raise BadAnswer(f"not a ({','.join(types)})") from error


def decode_uint(data: bytes) -> int | None:
    """The one uint256 of an answer, or None where it is shorter than a word."""
    return int.from_bytes(data[:32], "big") if len(data) >= 32 else None


def decode_address(data: bytes) -> Address | None:
    """The one address of an answer, or None where it is none or has dirty upper bytes."""
    if len(data) < 32 or any(data[:12]):
        return None
    return checksum(data[12:32])


def checksum(address: str | bytes) -> Address:
    """The EIP-55 form of an address. Raises ValueError for what is none."""
    return Address(to_checksum_address(address))


def address_word(address: Address) -> bytes:
    """An address as one ABI word. Raises ValueError for what is none."""
    raw = bytes.fromhex(address[2:])
    if len(raw) != 20:
        raise ValueError("not an address")
    return bytes(12) + raw


@cache
def selector(signature: str) -> bytes:
    """The first four bytes of the signature's hash."""
    return keccak(text=signature)[:4]


@cache
def topic(signature: str) -> str:
    """The first topic of an event, hex."""
    return "0x" + keccak(text=signature).hex()


@cache
def _types(signature: str) -> tuple[str, ...]:
    inner = signature[signature.index("(") + 1 : -1]
    types, depth, start = [], 0, 0
    for i, character in enumerate(inner):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            types.append(inner[start:i])
            start = i + 1
    return (*types, inner[start:]) if inner else ()
