"""Recursive length prefix, strictly: one encoding for one value, and nothing left over (Yellow Paper, appendix B)."""

from collections.abc import Sequence
from typing import TypeAlias

Item: TypeAlias = "bytes | list[Item]"
Encodable: TypeAlias = "bytes | Sequence[Encodable]"

MAX_DEPTH = 8
MAX_BYTES = 128 * 1024


class RlpError(ValueError):
    """The bytes are not the canonical encoding of anything."""


def encode(item: Encodable) -> bytes:
    """The canonical encoding of bytes, or of a sequence of such."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _header(0x80, len(item)) + item
    body = b"".join(encode(part) for part in item)
    return _header(0xC0, len(body)) + body


def encode_int(value: int) -> bytes:
    """A non-negative integer as big-endian bytes without leading zeros; 0 is empty. Raises RlpError."""
    if value < 0:
        raise RlpError("a negative number has no encoding")
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def decode(data: bytes, *, max_bytes: int = MAX_BYTES) -> Item:
    """The one item that `data` encodes. Raises RlpError for anything that is not its only, canonical encoding."""
    if len(data) > max_bytes:
        raise RlpError(f"longer than {max_bytes} bytes")
    item, end = _decode_at(data, 0, len(data), 0)
    if end != len(data):
        raise RlpError("bytes are left over at the end")
    return item


def as_int(item: Item, bits: int) -> int:
    """An integer field of at most `bits` bits, without leading zeros. Raises RlpError."""
    if not isinstance(item, bytes):
        raise RlpError("a list stands where a number belongs")
    if item[:1] == b"\0":
        raise RlpError("a number has leading zeros")
    value = int.from_bytes(item, "big")
    if value.bit_length() > bits:
        raise RlpError(f"a number is wider than {bits} bits")
    return value


def as_bytes(item: Item, *lengths: int) -> bytes:
    """A byte field, of one of `lengths` where any are given. Raises RlpError."""
    if not isinstance(item, bytes):
        raise RlpError("a list stands where bytes belong")
    if lengths and len(item) not in lengths:
        raise RlpError(f"a field is {len(item)} bytes long")
    return item


def as_list(item: Item, length: int | None = None) -> list[Item]:
    """A list field, of exactly `length` items where given. Raises RlpError."""
    if isinstance(item, bytes):
        raise RlpError("bytes stand where a list belongs")
    if length is not None and len(item) != length:
        raise RlpError(f"a list has {len(item)} items in place of {length}")
    return item


def _header(base: int, length: int) -> bytes:
    if length <= 55:
        return bytes([base + length])
    size = encode_int(length)
    return bytes([base + 55 + len(size)]) + size


def _decode_at(data: bytes, at: int, limit: int, depth: int) -> tuple[Item, int]:
    """The item that starts at `at` and must end by `limit`, and where it ends."""
    if depth > MAX_DEPTH:
        raise RlpError("nested too deep")
    is_list, start, end = _bounds(data, at, limit)
    if not is_list:
        return data[start:end], end
    items: list[Item] = []
    while start < end:
        item, start = _decode_at(data, start, end, depth + 1)
        items.append(item)
    return items, end


def _bounds(data: bytes, at: int, limit: int) -> tuple[bool, int, int]:
    """Whether a list stands at `at`, and where its payload starts and ends."""
    if at >= limit:
        raise RlpError("ends too early")
    first = data[at]
    if first < 0x80:
        return False, at, at + 1
    is_list = first >= 0xC0
    short = first - (0xC0 if is_list else 0x80)
    start, length = (at + 1, short) if short <= 55 else _long_length(data, at + 1, short - 55, limit)
    if start + length > limit:
        raise RlpError("a length points past the end")
    if not is_list and length == 1 and data[start] < 0x80:
        raise RlpError("a single byte is written the long way")
    return is_list, start, start + length


def _long_length(data: bytes, at: int, size: int, limit: int) -> tuple[int, int]:
    if at + size > limit:
        raise RlpError("ends within a length")
    if data[at] == 0:
        raise RlpError("a length has leading zeros")
    length = int.from_bytes(data[at : at + size], "big")
    if length <= 55:
        raise RlpError("a short length is written the long way")
    return at + size, length
