"""Canonical RLP, the closed type and the gate before the signer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.errors import Refused
from chain.heavy import recursion_limit_kept
from chain.rlp_strict import RlpError, as_int, decode, encode, encode_int
from chain.signed import SECP256K1_N, decode_signed
from chain.transaction import (
    TxKind,
    UnsignedTransaction,
    calldata_floor,
    check_form,
    check_kind,
    encode_unsigned,
    form_fault,
    intrinsic_gas,
    is_checksummed,
    unsigned_fields,
)
from chain.values import Address

TO = Address("0x00000000000000000000000000000000DeaDBeef")
GOOD = UnsignedTransaction(TxKind.DYNAMIC_FEE, 31337, 7, 10**9, 2 * 10**9, 100_000, TO, 10**17, b"\1\0\2")
KEY = bytes.fromhex("7e57" * 16)

rlp_items = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=4), max_leaves=12)


@given(rlp_items)
def test_rlp_has_one_encoding_for_one_value(item: Any) -> None:
    assert decode(encode(item)) == item


@given(st.binary(max_size=80))
def test_whatever_decodes_encodes_to_the_same_bytes(data: bytes) -> None:
    try:
        item = decode(data)
    except RlpError:
        return
    assert encode(item) == data


@pytest.mark.parametrize("data", ["", "8100", "b800", "b90001", "c180c0", "8400", "c2", "f800", "81"])
def test_rlp_that_is_not_canonical_is_refused(data: str) -> None:
    with pytest.raises(RlpError):
        decode(bytes.fromhex(data))


def test_rlp_refuses_what_is_nested_too_deep_or_too_long() -> None:
    with pytest.raises(RlpError, match="deep"):
        decode(bytes(range(0xC9, 0xC0, -1)) + b"\xc0")
    with pytest.raises(RlpError, match="longer"):
        decode(encode(bytes(200_000)))


@given(st.integers(0, 2**256 - 1))
def test_integers_have_no_leading_zeros(value: int) -> None:
    assert as_int(encode_int(value), 256) == value
    with pytest.raises(RlpError):
        as_int(b"\0" + encode_int(value), 256)


BROKEN: dict[str, dict[str, object]] = {
    "no chain id": {"chain_id": None},
    "chain id 0": {"chain_id": 0},
    "another chain": {"chain_id": 1},
    "no recipient": {"to": None},
    "recipient without checksum": {"to": TO.lower()},
    "recipient with a wrong checksum": {"to": "0x00000000000000000000000000000000deaDBeef"},
    "short recipient": {"to": TO[:-2]},
    "nonce above EIP-2681": {"nonce": 2**64 - 1},
    "negative nonce": {"nonce": -1},
    "value of 257 bits": {"value": 2**256},
    "negative value": {"value": -1},
    "tip above the fee": {"max_priority_fee_per_gas": 2 * 10**9 + 1},
    "fee of 257 bits": {"max_fee_per_gas": 2**256},
    "gas times fee of 257 bits": {"max_fee_per_gas": 2**255, "gas_limit": 2**20},
    "gas of 65 bits": {"gas_limit": 2**64},
    "no gas": {"gas_limit": 0},
    "gas below intrinsic": {"gas_limit": intrinsic_gas(GOOD) - 1},
    "gas below the calldata floor": {"data": b"\1" * 100, "gas_limit": calldata_floor(b"\1" * 100) - 1},
    "gas over the block": {"gas_limit": 30_000_001},
}


def test_a_good_transaction_passes_the_gate() -> None:
    check_form(GOOD, chain_id=31337, block_gas_limit=30_000_000)
    check_kind(GOOD, base_fee=True)


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_the_gate_refuses_bad_form(change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        check_form(replace(GOOD, **change), chain_id=31337, block_gas_limit=30_000_000)


def test_a_create_passes_only_where_it_is_asked_for() -> None:
    create = replace(GOOD, to=None, gas_limit=200_000)
    check_form(create, chain_id=31337, create=True)
    assert "init code" in form_fault(replace(create, data=bytes(49_153), gas_limit=10**7))


@pytest.mark.parametrize(
    ("kind", "base_fee"),
    [(TxKind.ACCESS_LIST, True), (TxKind.ACCESS_LIST, False), (TxKind.LEGACY, True), (TxKind.DYNAMIC_FEE, False)],
)
def test_only_type_2_or_legacy_without_a_base_fee_is_signed(kind: TxKind, base_fee: bool) -> None:
    with pytest.raises(Refused):
        check_kind(replace(GOOD, kind=kind), base_fee=base_fee)


def test_an_access_list_is_never_signed() -> None:
    with pytest.raises(Refused):
        check_kind(replace(GOOD, access_list=((TO, ()),)), base_fee=True)


@pytest.mark.parametrize(
    "text", ["", "0x", TO + "0", "0X" + TO[2:], "0x" + "０" * 40, "0x" + "g" * 40, TO.upper(), " " + TO[1:]]
)
def test_what_is_no_checksummed_address(text: str) -> None:
    assert not is_checksummed(text)


def sign(transaction: UnsignedTransaction) -> bytes:
    """Signed by the library, from fields that it is given raw: the oracle that our encoding is compared with."""
    with recursion_limit_kept():
        from eth_account import Account
    fields: dict[str, Any] = {
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "gas": transaction.gas_limit,
        "to": transaction.to,
        "value": transaction.value,
        "data": transaction.data,
    }
    if transaction.kind is TxKind.LEGACY:
        fields["gasPrice"] = transaction.max_fee_per_gas
    else:
        tip = transaction.max_priority_fee_per_gas
        fields |= {"type": 2, "maxFeePerGas": transaction.max_fee_per_gas, "maxPriorityFeePerGas": tip}
    return bytes(Account.sign_transaction(fields, KEY).raw_transaction)


transactions = st.builds(
    lambda kind, chain_id, nonce, tip, room, gas, to, value, data: UnsignedTransaction(
        kind,
        chain_id,
        nonce,
        tip if kind is TxKind.DYNAMIC_FEE else tip + room,
        tip + room,
        gas,
        Address(checksummed(to)),
        value,
        data,
    ),
    st.sampled_from([TxKind.LEGACY, TxKind.DYNAMIC_FEE]),
    st.integers(1, 2**31),
    st.integers(0, 2**64 - 2),
    st.integers(0, 2**64),
    st.integers(0, 2**64),
    st.integers(100_000, 2**40),
    st.binary(min_size=20, max_size=20),
    st.integers(0, 2**256 - 1),
    st.binary(max_size=100),
)


def checksummed(raw: bytes) -> str:
    from eth_utils.address import to_checksum_address

    return to_checksum_address(raw)


@settings(max_examples=40, deadline=None)
@given(transactions)
def test_what_the_library_signs_decodes_to_what_was_signed(transaction: UnsignedTransaction) -> None:
    found = decode_signed(sign(transaction), chain_id=transaction.chain_id)
    assert found.unsigned == transaction
    check_form(found.unsigned, chain_id=transaction.chain_id or 0)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flipped_byte_never_passes_for_the_same_transaction(data: st.DataObject) -> None:
    raw = bytearray(sign(GOOD))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    original = decode_signed(sign(GOOD))
    try:
        found = decode_signed(bytes(raw))
    except Refused:
        return
    assert (found.unsigned, found.sender) != (original.unsigned, original.sender)


def mangled(change: Callable[[list[Any]], None]) -> bytes:
    fields: list[Any] = list(decode(sign(GOOD)[1:]))
    change(fields)
    return b"\2" + encode(fields)


def high_s(fields: list[Any]) -> None:
    fields[9] = encode_int(1 - as_int(fields[9], 1))
    fields[11] = encode_int(SECP256K1_N - as_int(fields[11], 256))


def test_the_malleated_signature_is_refused() -> None:
    assert decode_signed(mangled(lambda fields: None)).unsigned == GOOD
    with pytest.raises(Refused, match="EIP-2"):
        decode_signed(mangled(high_s))


@pytest.mark.parametrize("parity", [b"\2", b"\x1b", b"\0"])
def test_y_parity_is_0_or_1(parity: bytes) -> None:
    with pytest.raises(Refused):
        decode_signed(mangled(lambda fields: fields.__setitem__(9, parity)))


@pytest.mark.parametrize("first", [0, 3, 4, 5, 0x7F, 0x80, 0xBF])
def test_other_types_are_refused(first: int) -> None:
    with pytest.raises(Refused):
        decode_signed(bytes([first]) + sign(GOOD)[1:])


def test_the_unsigned_encoding_is_what_the_signature_covers() -> None:
    assert encode_unsigned(GOOD) == b"\2" + encode(unsigned_fields(GOOD))
    legacy = replace(GOOD, kind=TxKind.LEGACY, max_priority_fee_per_gas=GOOD.max_fee_per_gas)
    assert decode(encode_unsigned(legacy))[-3:] == [encode_int(31337), b"", b""]
