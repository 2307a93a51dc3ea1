"""Arguments as a person writes them into the values of their ABI types: strictly, or not at all."""

import json
import re
from collections.abc import Sequence
from typing import Any

from chain.abi import checksum
from chain.bounded_json import loads
from chain.errors import SayDifferently
from chain.transaction import is_checksummed

LONGEST = 20_000
DEEPEST = 8
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,77})")
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_ARRAY = re.compile(r"(.*)\[([0-9]*)\]\Z", re.S)


class BadArgument(ValueError):
    """A text that is no value of its type; the message says what is wanted."""


def value_of(kind: str, text: str) -> Any:
    """The value of one argument. Arrays and tuples are JSON lists, their parts texts. Raises BadArgument."""
    if len(text) > LONGEST:
        raise BadArgument("it is too long")
    if kind.startswith("(") or kind.endswith("]"):
        return _listed(kind, _json(text))
    return _plain(kind, text.strip())


def split_tuple(kind: str) -> tuple[str, ...]:
    """The types within '(a,(b,c))'."""
    parts, depth, start = [], 0, 1
    for at, character in enumerate(kind[:-1]):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 1:
            parts.append(kind[start:at])
            start = at + 1
    last = kind[start:-1]
    return (*parts, last) if last else tuple(parts)


def _json(text: str) -> Any:
    try:
        return loads(text, max_bytes=LONGEST, max_depth=DEEPEST)
    except SayDifferently:
        raise BadArgument('it must be a JSON list, such as ["1", "2"]') from None


def _listed(kind: str, found: Any) -> Any:
    array = _ARRAY.match(kind)
    if array is None and not kind.startswith("("):
        return _plain(kind, found if isinstance(found, str) else json.dumps(found))
    if not isinstance(found, list):
        raise BadArgument("it must be a list")
    if array is None:
        return _tuple(split_tuple(kind), found)
    inner, length = array.groups()
    if length and len(found) != int(length):
        raise BadArgument(f"it must have {length} parts")
    return [_listed(inner, part) for part in found]


def _tuple(kinds: Sequence[str], found: Sequence[Any]) -> tuple[Any, ...]:
    if len(kinds) != len(found):
        raise BadArgument(f"it must have {len(kinds)} parts")
    return tuple(_listed(kind, part) for kind, part in zip(kinds, found, strict=True))


def _plain(kind: str, text: str) -> Any:
    if kind == "address":
        return _address(text)
    if kind == "bool":
        return _bool(text)
    if kind == "string":
        return text
    if kind.startswith("bytes"):
        return _bytes(kind, text)
    if kind.startswith(("uint", "int")):
        return _integer(kind, text)
    raise BadArgument(f"{kind} is not supported")


def _address(text: str) -> str:
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", text):
        raise BadArgument("it must be an address: 0x and 40 hex digits")
    if text[2:] not in (text[2:].lower(), text[2:].upper()) and not is_checksummed(text):
        raise BadArgument("the address has a wrong checksum")
    return checksum(text)


def _bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise BadArgument("it must be true or false")
    return text.lower() == "true"


def _bytes(kind: str, text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise BadArgument("it must be 0x and pairs of hex digits")
    data, size = bytes.fromhex(text[2:]), kind.removeprefix("bytes")
    if size and len(data) != int(size):
        raise BadArgument(f"it must be {size} bytes long")
    return data


def _integer(kind: str, text: str) -> int:
    """Whole raw units alone: what a decimal would stand for nobody could tell."""
    if not _NUMBER.fullmatch(text):
        raise BadArgument("it must be a whole number in digits, in the contract's own units")
    value, signed = int(text), kind.startswith("int")
    bits = int(kind.removeprefix("u").removeprefix("int") or 256)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
    if not low <= value < high:
        raise BadArgument(f"it does not fit into {kind}")
    return value
