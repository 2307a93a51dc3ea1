"""The strict decoder of raw signed bytes: what a node at the latest fork would take, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from chain.errors import Refused
from chain.rlp_strict import Item, RlpError, as_bytes, as_int, as_list, decode
from chain.transaction import MAX_CHAIN_ID, AccessList, TxKind, UnsignedTransaction, encode_unsigned, form_fault
from chain.values import Address

SECP256K1_N = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
PRE_EIP155_V = (27, 28)


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A decoded signed transaction: its fields, its signature, who signed it, its hash and its bytes."""

    unsigned: UnsignedTransaction
    y_parity: int
    r: int
    s: int
    sender: Address
    hash: str
    raw: bytes


def decode_signed(raw: bytes, *, chain_id: int | None = None) -> SignedTransaction:
    """Decode the bytes that `eth_sendRawTransaction` takes: legacy (EIP-155 or older), type 1 and type 2.

    Where `chain_id` is given, a transaction that names another chain is refused. Canonical RLP only, low s (EIP-2), the
    sender is recovered. Raises Refused, saying what is wrong.
    """
    try:
        transaction, parity, r, s = _parse(raw)
    except RlpError as error:
        raise _malformed(str(error)) from error
    _check_chain(transaction.chain_id, chain_id)
    if fault := form_fault(transaction):
        raise _malformed(fault)
    if not (0 < r < SECP256K1_N and 0 < s <= SECP256K1_N // 2):
        raise _malformed("its signature is out of range (EIP-2)")
    sender = _recover(transaction, parity, r, s)
    return SignedTransaction(transaction, parity, r, s, sender, transaction_hash(raw), raw)


def transaction_hash(raw: bytes) -> str:
    """The hash under which a node knows these bytes: keccak256, hex with 0x."""
    from eth_utils.crypto import keccak

    return "0x" + keccak(raw).hex()


Parsed = tuple[UnsignedTransaction, int, int, int]


def _parse(raw: bytes) -> Parsed:
    if not raw:
        raise RlpError("there are no bytes")
    if raw[0] >= 0xC0:
        return _legacy(as_list(decode(raw), 9))
    parsers: dict[int, Callable[[Item], Parsed]] = {1: _access_list, 2: _dynamic_fee}
    if raw[0] not in parsers:
        raise RlpError(f"transaction type {raw[0]} is not known")
    return parsers[raw[0]](decode(raw[1:]))


def _legacy(f: list[Item]) -> Parsed:
    price = as_int(f[1], 256)
    chain, parity = _split_v(as_int(f[6], 64))
    transaction = UnsignedTransaction(TxKind.LEGACY, chain, as_int(f[0], 64), price, price, *_common(f[2:6]))
    return transaction, parity, as_int(f[7], 256), as_int(f[8], 256)


def _access_list(item: Item) -> Parsed:
    f = as_list(item, 11)
    price = as_int(f[2], 256)
    transaction = UnsignedTransaction(
        TxKind.ACCESS_LIST, as_int(f[0], 64), as_int(f[1], 64), price, price, *_common(f[3:7]), _accesses(f[7])
    )
    return transaction, as_int(f[8], 1), as_int(f[9], 256), as_int(f[10], 256)


def _dynamic_fee(item: Item) -> Parsed:
    f = as_list(item, 12)
    transaction = UnsignedTransaction(
        TxKind.DYNAMIC_FEE,
        as_int(f[0], 64),
        as_int(f[1], 64),
        as_int(f[2], 256),
        as_int(f[3], 256),
        *_common(f[4:8]),
        _accesses(f[8]),
    )
    return transaction, as_int(f[9], 1), as_int(f[10], 256), as_int(f[11], 256)


def _common(f: list[Item]) -> tuple[int, Address | None, int, bytes]:
    """Gas limit, recipient, value and data, which every type has in this order."""
    target = as_bytes(f[1], 0, 20)
    return as_int(f[0], 64), _address(target) if target else None, as_int(f[2], 256), as_bytes(f[3])


def _accesses(item: Item) -> AccessList:
    entries = []
    for entry in as_list(item):
        address, keys = as_list(entry, 2)
        entries.append((_address(as_bytes(address, 20)), tuple(as_bytes(key, 32) for key in as_list(keys))))
    return tuple(entries)


def _split_v(v: int) -> tuple[int | None, int]:
    """Chain id and y parity of a legacy `v` (EIP-155)."""
    if v in PRE_EIP155_V:
        return None, v - 27
    if v < 35:
        raise RlpError("its v is no signature's")
    return (v - 35) // 2, (v - 35) % 2


def _check_chain(named: int | None, wanted: int | None) -> None:
    if named is None:
        return
    if not 0 < named <= MAX_CHAIN_ID:
        raise _malformed("its chain id is out of range (EIP-2294)")
    if wanted is not None and named != wanted:
        raise _malformed("it names another chain")


def _recover(transaction: UnsignedTransaction, parity: int, r: int, s: int) -> Address:
    from eth_keys.datatypes import Signature
    from eth_keys.exceptions import BadSignature
    from eth_utils.crypto import keccak
    from eth_utils.exceptions import ValidationError

    try:
        signature = Signature(vrs=(parity, r, s))
        public = signature.recover_public_key_from_msg_hash(keccak(encode_unsigned(transaction)))
    except (BadSignature, ValidationError, ValueError) as error:
        raise _malformed("no key can have made its signature") from error
    return Address(public.to_checksum_address())


def _address(raw: bytes) -> Address:
    from eth_utils.address import to_checksum_address

    return Address(to_checksum_address(raw))


def _malformed(why: str) -> Refused:
    return Refused(f"The signed bytes are malformed: {why}.", not_done="They were not used.")
