"""The transaction before the signer: the closed type, its encoding, and the gate that looks at its form.

Signed here is only EIP-1559 (type 2), or legacy with a chain id (EIP-155) where the chain has no base fee. Access-list
transactions (type 1) can be read and checked, but are never signed. Amounts and prices are in wei.
"""

from dataclasses import dataclass
from enum import IntEnum

from chain.errors import Refused
from chain.rlp_strict import Encodable, encode, encode_int
from chain.values import Address, FeeLimits, TransactionRequest

AccessList = tuple[tuple[Address, tuple[bytes, ...]], ...]

BASE_GAS = 21_000
CREATE_GAS = 32_000
ZERO_BYTE_GAS = 4
OTHER_BYTE_GAS = 16
ACCESS_ADDRESS_GAS = 2_400
ACCESS_KEY_GAS = 1_900
INITCODE_WORD_GAS = 2
MAX_INITCODE = 49_152
FLOOR_TOKEN_GAS = 10
MAX_NONCE = 2**64 - 2
MAX_CHAIN_ID = 2**63 - 36


class TxKind(IntEnum):
    """The EIP-2718 type of a transaction; legacy is 0."""

    LEGACY = 0
    ACCESS_LIST = 1
    DYNAMIC_FEE = 2


@dataclass(frozen=True, slots=True)
class UnsignedTransaction:
    """Every field that a signature covers. For legacy and type 1 both fee fields hold the gas price.

    `to` None is a create. `chain_id` None is a legacy transaction from before EIP-155, which can be read and never signed.
    """

    kind: TxKind
    chain_id: int | None
    nonce: int
    max_priority_fee_per_gas: int
    max_fee_per_gas: int
    gas_limit: int
    to: Address | None
    value: int
    data: bytes
    access_list: AccessList = ()


def unsigned(request: TransactionRequest, nonce: int, fees: FeeLimits, *, base_fee: bool) -> UnsignedTransaction:
    """The transaction that carries out `request`: type 2, or legacy where the chain has no base fee."""
    return UnsignedTransaction(
        kind=TxKind.DYNAMIC_FEE if base_fee else TxKind.LEGACY,
        chain_id=request.chain_id,
        nonce=nonce,
        max_priority_fee_per_gas=fees.max_priority_fee_per_gas if base_fee else fees.max_fee_per_gas,
        max_fee_per_gas=fees.max_fee_per_gas,
        gas_limit=fees.gas_limit,
        to=request.to,
        value=request.value,
        data=request.data,
    )


def encode_unsigned(transaction: UnsignedTransaction) -> bytes:
    """The bytes whose keccak256 is signed (EIP-155, EIP-2930, EIP-1559)."""
    body = unsigned_fields(transaction)
    if transaction.kind is not TxKind.LEGACY:
        return bytes([transaction.kind]) + encode(body)
    if transaction.chain_id is None:
        return encode(body)
    return encode([*body, encode_int(transaction.chain_id), b"", b""])


def unsigned_fields(transaction: UnsignedTransaction) -> list[Encodable]:
    """The fields in the order of their type, without any signature, and for legacy without the chain id."""
    target = bytes.fromhex(transaction.to[2:]) if transaction.to else b""
    common = [encode_int(transaction.gas_limit), target, encode_int(transaction.value), transaction.data]
    price = encode_int(transaction.max_fee_per_gas)
    nonce = encode_int(transaction.nonce)
    if transaction.kind is TxKind.LEGACY:
        return [nonce, price, *common]
    entries: list[Encodable] = [[bytes.fromhex(address[2:]), list(keys)] for address, keys in transaction.access_list]
    chain = encode_int(transaction.chain_id or 0)
    if transaction.kind is TxKind.ACCESS_LIST:
        return [chain, nonce, price, *common, entries]
    return [chain, nonce, encode_int(transaction.max_priority_fee_per_gas), price, *common, entries]


def intrinsic_gas(transaction: UnsignedTransaction) -> int:
    """What a transaction burns before its first instruction (EIP-2028 calldata, EIP-2930 lists, EIP-3860 initcode)."""
    zeros = transaction.data.count(0)
    gas = BASE_GAS + zeros * ZERO_BYTE_GAS + (len(transaction.data) - zeros) * OTHER_BYTE_GAS
    for _, keys in transaction.access_list:
        gas += ACCESS_ADDRESS_GAS + len(keys) * ACCESS_KEY_GAS
    if transaction.to is None:
        gas += CREATE_GAS + INITCODE_WORD_GAS * ((len(transaction.data) + 31) // 32)
    return gas


def calldata_floor(data: bytes) -> int:
    """The least gas that calldata costs since Prague (EIP-7623): 10 a token, 4 tokens for a byte that is not zero."""
    zeros = data.count(0)
    return BASE_GAS + FLOOR_TOKEN_GAS * (zeros + 4 * (len(data) - zeros))


def form_fault(transaction: UnsignedTransaction) -> str:
    """What makes a transaction invalid on every chain, whoever signs it, in words; '' where nothing does."""
    rules = (
        (not 0 <= transaction.nonce <= MAX_NONCE, "its nonce is out of range (EIP-2681)"),
        (not 0 < transaction.gas_limit < 2**64, "its gas limit is out of range"),
        (not 0 <= transaction.max_fee_per_gas < 2**256, "its fee is out of range"),
        (not 0 <= transaction.max_priority_fee_per_gas < 2**256, "its tip is out of range"),
        (not 0 <= transaction.value < 2**256, "its value is out of range"),
        (transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas, "its tip is above its maximum fee"),
        (transaction.gas_limit * transaction.max_fee_per_gas >= 2**256, "its gas times its fee overflows 256 bits"),
        (transaction.to is None and len(transaction.data) > MAX_INITCODE, "its init code is too long (EIP-3860)"),
        (transaction.gas_limit < intrinsic_gas(transaction), "its gas limit is below the intrinsic gas"),
        (bool(transaction.access_list) and transaction.kind is TxKind.LEGACY, "a legacy type has no access list"),
    )
    return next((words for broken, words in rules if broken), "")


def check_form(
    transaction: UnsignedTransaction, *, chain_id: int, block_gas_limit: int | None = None, create: bool = False
) -> None:
    """The gate before the signer, for the form alone. Raises Refused.

    Stricter than consensus: a chain id is needed and must be `chain_id`, `to` must be there unless `create`, addresses
    must carry their EIP-55 checksum, and the gas must also reach EIP-7623's floor, whether or not the chain has Prague.
    """
    rules = (
        (transaction.chain_id is None, "it names no chain id"),
        (transaction.chain_id != chain_id, "it names another chain"),
        (not 0 < chain_id <= MAX_CHAIN_ID, "its chain id is out of range (EIP-2294)"),
        (transaction.to is None and not create, "it has no recipient and would create a contract"),
        (transaction.to is not None and not is_checksummed(transaction.to), "its recipient's checksum is wrong"),
    )
    fault = next((words for broken, words in rules if broken), "") or form_fault(transaction)
    if not fault and transaction.gas_limit < calldata_floor(transaction.data):
        fault = "its gas limit is below the calldata floor (EIP-7623)"
    if not fault and block_gas_limit is not None and transaction.gas_limit > block_gas_limit:
        fault = "its gas limit is above the block's"
    if fault:
        raise Refused(f"The transaction is malformed: {fault}.", not_done="Nothing was signed.")


def check_kind(transaction: UnsignedTransaction, *, base_fee: bool) -> None:
    """Only what we sign: type 2, or legacy where the chain has no base fee; never an access list. Raises Refused."""
    wanted = TxKind.DYNAMIC_FEE if base_fee else TxKind.LEGACY
    if transaction.kind is not wanted or transaction.access_list:
        raise Refused("This type of transaction is never signed here.", not_done="Nothing was signed.")


def is_checksummed(address: str) -> bool:
    """Whether this is 0x and 40 hex digits in exactly the EIP-55 case."""
    from eth_utils.address import to_checksum_address

    if len(address) != 42 or not address.startswith("0x") or not set(address[2:]) <= set("0123456789abcdefABCDEF"):
        return False
    return to_checksum_address(address) == address
