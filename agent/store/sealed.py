"""A key that only the password opens, and the seal (a MAC) that it makes over what must not be changed behind its back.

The key is random; each account's password wraps it: scrypt (RFC 7914) at the cost of our keystores, then AES-256-GCM.
"""

import hashlib
import hmac
import json
import secrets
from typing import NoReturn

from chain.errors import Locked, SetupNeeded

SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**18, 8, 1
MAX_SCRYPT_N = 2**20
MAX_MEMORY = 2**31 - 1
DOMAIN = b"sayso/seal/1\0"


class SealKey:
    """The opened key: not shown, not compared, not copied, not pickled."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "<seal key>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key is never pickled or copied")

    def mac(self, body: str) -> bytes:
        """HMAC-SHA-256 over the text, 32 bytes."""
        return hmac.digest(self._key, DOMAIN + body.encode(), "sha256")

    def derived(self, domain: bytes) -> bytes:
        """Another key of 32 bytes, for another purpose, from which this one cannot be told."""
        return hmac.digest(self._key, domain, "sha256")

    def wrapped(self, password: str) -> str:
        """The key under a password, as JSON for the store."""
        from Crypto.Cipher import AES

        salt, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        cipher = AES.new(_derive(password, salt, SCRYPT_N), AES.MODE_GCM, nonce=nonce)
        ciphertext, tag = cipher.encrypt_and_digest(self._key)
        parts = {"salt": salt, "nonce": nonce, "ciphertext": ciphertext, "tag": tag}
        return json.dumps({"version": 1, "n": SCRYPT_N} | {name: part.hex() for name, part in parts.items()})


def new_seal_key() -> SealKey:
    """A fresh random key."""
    return SealKey(secrets.token_bytes(32))


def unwrap(wrapped: str, password: str) -> SealKey:
    """The key that `SealKey.wrapped` put away. Raises Locked for a wrong password, SetupNeeded where it is malformed."""
    from Crypto.Cipher import AES

    try:
        found = json.loads(wrapped)
        salt, nonce, ciphertext, tag = (bytes.fromhex(found[n]) for n in ("salt", "nonce", "ciphertext", "tag"))
        cost = _cost(found["n"])
    except (ValueError, KeyError, TypeError):
        raise SetupNeeded(
            "The seal in the database is damaged.", not_done="Nothing was signed.", remedy="Restore it from a backup."
        ) from None
    try:
        key = AES.new(_derive(password, salt, cost), AES.MODE_GCM, nonce=nonce).decrypt_and_verify(ciphertext, tag)
    except ValueError:
        raise Locked(
            "The password is wrong, or the seal in the database was changed.",
            not_done="Nothing was signed.",
            remedy="Try again; nothing is lost by a wrong password.",
        ) from None
    return SealKey(key)


def _cost(n: object) -> int:
    """The cost that was used, held to what is safe to try. Raises ValueError."""
    if not isinstance(n, int) or not 2 <= n <= MAX_SCRYPT_N or n & (n - 1):
        raise ValueError("not a cost of scrypt")
    return n


def _derive(password: str, salt: bytes, n: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=SCRYPT_R, p=SCRYPT_P, maxmem=MAX_MEMORY, dklen=32)
