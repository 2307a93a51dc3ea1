"""What a confirmation binds: 32 bytes over a canonical encoding of everything on the card.

The encoding walks the frozen values field by field, each with its type, class and field name, as RLP: no two different
drafts share their bytes, and a field that is added later is bound from its first day. Nonces and fees paid are not in
a Draft; the signer bounds them by the fee limits that are. The version in the domain changes with the encoding.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from chain.rlp_strict import Encodable, encode, encode_int
from chain.values import Digest, Draft, Policy

DRAFT_DOMAIN = b"sayso/draft/1"
POLICY_DOMAIN = b"sayso/policy/1"


def draft_digest(draft: Draft) -> Digest:
    """The digest of a draft, over every field but `digest` itself. Raises TypeError for a value of no known kind."""
    return Digest(_keccak(encode([DRAFT_DOMAIN, _dataclass(draft, without="digest")])))


def policy_hash(policy: Policy) -> bytes:
    """32 bytes that change with any field of the policy."""
    return _keccak(encode([POLICY_DOMAIN, _dataclass(policy)]))


def _canonical(value: object) -> Encodable:
    """A value as tagged RLP. bool before int and enum before str, as the one is also the other."""
    if value is None:
        return [b"none"]
    if isinstance(value, bool):
        return [b"bool", b"\1" if value else b""]
    if isinstance(value, Enum):
        return [b"enum", _text(str(value.value))]
    if isinstance(value, int):
        return [b"int", b"-" if value < 0 else b"", encode_int(abs(value))]
    if isinstance(value, str):
        return [b"text", _text(value)]
    if isinstance(value, bytes):
        return [b"bytes", bytes(value)]
    if isinstance(value, tuple):
        return [b"list", *(_canonical(part) for part in value)]
    if is_dataclass(value) and not isinstance(value, type):
        return _dataclass(value)
    raise TypeError(f"a {type(value).__name__} has no canonical encoding")


def _dataclass(value: Any, without: str = "") -> Encodable:
    named: Iterable[Encodable] = (
        [_text(f.name), _canonical(getattr(value, f.name))] for f in fields(value) if f.name != without
    )
    return [b"value", _text(type(value).__name__), *named]


def _text(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _keccak(data: bytes) -> bytes:
    from eth_utils.crypto import keccak

    return keccak(data)
