"""Hex strings: addresses and their EIP-55 checksum, hashes, and what only looks like one."""

import re
from functools import lru_cache

from Crypto.Hash import keccak

ADDRESS_LENGTH = 42
HASH_LENGTH = 66
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_BARE_HEX = re.compile(r"(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{32,}")


@lru_cache(maxsize=4096)
def checksum(address: str) -> str:
    """The EIP-55 form of `0x` and 40 hex digits of any case."""
    digits = address[2:].lower()
    digest = keccak.new(digest_bits=256, data=digits.encode("ascii")).hexdigest()
    return "0x" + "".join(c.upper() if int(d, 16) > 7 else c for c, d in zip(digits, digest, strict=False))


def is_address(text: str) -> bool:
    """Whether it is a 20-byte address, all in one case or with a right EIP-55 checksum."""
    if len(text) != ADDRESS_LENGTH or not _HEX.fullmatch(text):
        return False
    digits = text[2:]
    return digits in (digits.lower(), digits.upper()) or text == checksum(text)


def is_hash(text: str) -> bool:
    """Whether it is 32 bytes in hex."""
    return len(text) == HASH_LENGTH and _HEX.fullmatch(text) is not None


def looks_like_hex(text: str) -> bool:
    """Whether someone meant it as an address or a hash: `0x…`, or a long run of hex digits without the prefix."""
    if text[:2].lower() == "0x":
        return len(text) > 12 or _HEX.fullmatch("0x" + text[2:]) is not None
    return len(text) >= 32 and _BARE_HEX.fullmatch(text) is not None
