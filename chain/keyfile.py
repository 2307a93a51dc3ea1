"""What a Web3 Secret Storage file (V3) may look like, checked before its password is tried. Holds no key.

Source: the Web3 Secret Storage Definition, version 3. The caps keep a hostile file from eating time or memory.
"""

from collections.abc import Mapping
from typing import Any

from chain.bounded_json import loads
from chain.errors import SayDifferently

MAX_BYTES = 64 * 1024
MAX_DEPTH = 8
MAX_SCRYPT_N = 2**20
MAX_SCRYPT_LANES = 64
MAX_SCRYPT_MEMORY = 2**30
MAX_SCRYPT_WORK = 2**24
MAX_PBKDF2_ROUNDS = 10_000_000
HEX = frozenset("0123456789abcdefABCDEF")


def parse_v3(text: str) -> dict[str, Any]:
    """The file as an object with lower-case keys, of a shape and cost that is safe to try. Raises SayDifferently."""
    found = _lowered(loads(text, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH))
    if found.get("version") != 3 or isinstance(found.get("version"), bool | float):
        raise _bad("it is not version 3")
    crypto = _object(found, "crypto")
    if crypto.get("cipher") != "aes-128-ctr":
        raise _bad("its cipher is not aes-128-ctr")
    _hex(crypto, "ciphertext", 30, 32)
    _hex(crypto, "mac", 32, 32)
    _hex(_object(crypto, "cipherparams"), "iv", 1, 16)
    _check_kdf(crypto.get("kdf"), _object(crypto, "kdfparams"))
    return found


def _check_kdf(kdf: object, params: Mapping[str, Any]) -> None:
    _hex(params, "salt", 0, 1024)
    if _number(params, "dklen", 32) != 32:
        raise _bad("its derived key is not 32 bytes")
    if kdf == "scrypt":
        _check_scrypt(
            _number(params, "n", MAX_SCRYPT_N),
            _number(params, "r", MAX_SCRYPT_LANES),
            _number(params, "p", MAX_SCRYPT_LANES),
        )
    elif kdf == "pbkdf2":
        _number(params, "c", MAX_PBKDF2_ROUNDS)
        if params.get("prf") != "hmac-sha256":
            raise _bad("its prf is not hmac-sha256")
    else:
        raise _bad("its key derivation is neither scrypt nor pbkdf2")


def _check_scrypt(n: int, r: int, p: int) -> None:
    if n < 2 or n & (n - 1):
        raise _bad("its scrypt n is no power of two")
    if 128 * n * r > MAX_SCRYPT_MEMORY or n * r * p > MAX_SCRYPT_WORK:
        raise _bad("its scrypt parameters cost too much")


def _lowered(value: object, depth: int = 0) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _bad("it is no object")
    lowered = {k.lower(): _lowered(v, depth + 1) if isinstance(v, dict) else v for k, v in value.items()}
    if len(lowered) != len(value):
        raise _bad("a key stands twice")
    return lowered


def _object(within: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = within.get(key)
    if not isinstance(found, dict):
        raise _bad(f"its {key} is missing")
    return found


def _number(within: Mapping[str, Any], key: str, most: int) -> int:
    found = within.get(key)
    if not isinstance(found, int) or isinstance(found, bool) or not 1 <= found <= most:
        raise _bad(f"its {key} is missing or out of range")
    return found


def _hex(within: Mapping[str, Any], key: str, least: int, most: int) -> None:
    found = within.get(key)
    digits = found.removeprefix("0x") if isinstance(found, str) else "?"
    if not set(digits) <= HEX or len(digits) % 2 or not least <= len(digits) // 2 <= most:
        raise _bad(f"its {key} is missing or malformed")


def _bad(why: str) -> SayDifferently:
    return SayDifferently(
        f"This is no keystore file that can be used: {why}.", not_done="Nothing was imported.", remedy="Check the file."
    )
