"""Accounts on disk: one encrypted V3 file each, in a directory of their own. Keys never leave this module.

Files are made with scrypt N = 2^18, r = 8, p = 1. A key is derived from a BIP-39 phrase at m/44'/60'/0'/0/0. The fields
outside `crypto` are not sealed by the password: the address is checked against the key whenever a file is opened.
"""

import difflib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from chain.errors import Locked, SayDifferently, SetupNeeded
from chain.heavy import recursion_limit_kept
from chain.keyfile import parse_v3
from chain.private_files import ensure_private_directory, read_private, write_new_private
from chain.signed import SECP256K1_N
from chain.transaction import TxKind, UnsignedTransaction
from chain.values import Address, Unlocked

SCRYPT_N = 2**18
DERIVATION_PATH = "m/44'/60'/0'/0/0"
PHRASE_WORDS = 12
EXTRA = "x-sayso"
NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,30}[a-z0-9])?\Z")


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What may be known of an account without its password. `created` in Unix seconds."""

    name: str
    address: Address
    created: int
    demo: bool


class _Key:
    """A private key in memory: not shown, not compared, not copied, not pickled."""

    __slots__ = ("_reveal",)

    def __init__(self, key: bytes) -> None:
        self._reveal: Callable[[], bytes] = lambda: key

    def __repr__(self) -> str:
        return "<key>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key is never pickled or copied")


class Keystore:
    """The accounts in one directory, and the keys that were unlocked in this process."""

    def __init__(self, directory: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._directory = directory
        self._clock = clock
        self._keys_in_memory: dict[int, tuple[AccountInfo, _Key]] = {}

    def __repr__(self) -> str:
        return f"Keystore({str(self._directory)!r})"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a keystore is never pickled or copied")

    def create(self, name: str, password: str, *, demo: bool = False) -> tuple[AccountInfo, str]:
        """A new account and its recovery phrase, which is kept nowhere: show it once. Raises SayDifferently, SetupNeeded."""
        phrase = _new_phrase()
        return self._add(name, _key_of_phrase(phrase), password, demo=demo), phrase

    def import_phrase(self, name: str, phrase: str, password: str) -> AccountInfo:
        """An account from a BIP-39 phrase. Raises SayDifferently for words or a checksum that are none, SetupNeeded."""
        return self._add(name, _key_of_phrase(phrase), password)

    def import_key(self, name: str, key_hex: str, password: str) -> AccountInfo:
        """An account from a raw key, 64 hex digits with or without 0x. Raises SayDifferently, SetupNeeded."""
        digits = key_hex.strip().removeprefix("0x")
        if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
            raise SayDifferently("A private key is 64 hex digits.", not_done="Nothing was imported.")
        return self._add(name, bytes.fromhex(digits), password)

    def import_v3(self, name: str, text: str, file_password: str, password: str) -> AccountInfo:
        """An account from another wallet's V3 file, re-encrypted with our own parameters and `password`.

        Raises SayDifferently for a file that is malformed or too costly, Locked for a wrong password, SetupNeeded.
        """
        found = parse_v3(text)
        key = _decrypt(found, file_password)
        _check_address(found, _address_of(key))
        return self._add(name, key, password)

    def export(self, name: str, password: str, new_password: str) -> str:
        """The account as V3 JSON, encrypted anew with `new_password`. Raises Locked, SetupNeeded, SayDifferently."""
        _, key = self._open(self.find(name), password)
        return json.dumps(_encrypt(key, new_password))

    def list(self) -> tuple[AccountInfo, ...]:
        """All accounts, by name. Raises SetupNeeded for a file that is unsafe or unreadable."""
        return tuple(self._info(path) for path in self._paths())

    def find(self, name_or_address: str) -> AccountInfo:
        """The account of this name or address. Raises SetupNeeded, with the nearest names."""
        accounts = self.list()
        wanted = name_or_address.strip().lower()
        for account in accounts:
            if wanted in (account.name, account.address.lower()):
                return account
        near = difflib.get_close_matches(wanted, [account.name for account in accounts])
        raise SetupNeeded(
            f"There is no account {name_or_address!r}.",
            not_done="Nothing was done.",
            remedy=f"Did you mean {', '.join(near)}?"
            if near
            else "See: sayso account list. Make one: sayso account create NAME.",
        )

    def unlock(self, name_or_address: str, password: str) -> Unlocked:
        """Decrypt an account's key into this process's memory. Raises Locked for a wrong password, SetupNeeded."""
        info, key = self._open(self.find(name_or_address), password)
        handle = secrets.randbits(63)
        self._keys_in_memory[handle] = (info, _Key(key))
        return Unlocked(info.address, handle)

    def lock(self, unlocked: Unlocked) -> None:
        """Forget an unlocked key; nothing where it is forgotten already."""
        self._keys_in_memory.pop(unlocked.handle, None)

    def unlocked_info(self, unlocked: Unlocked) -> AccountInfo:
        """The account behind a proof of unlocking. Raises Locked where it is not unlocked here, or is another's."""
        return self._entry(unlocked)[0]

    def sign_behind_the_door(self, unlocked: Unlocked, transaction: UnsignedTransaction) -> bytes:
        """Raw signed bytes. For the signer alone, which has checked everything; a test holds others off. Raises Locked."""
        with recursion_limit_kept():
            from eth_account import Account

        _, key = self._entry(unlocked)
        library: Any = Account
        return bytes(library.sign_transaction(_library_fields(transaction), key._reveal()).raw_transaction)

    def _entry(self, unlocked: Unlocked) -> tuple[AccountInfo, _Key]:
        entry = self._keys_in_memory.get(unlocked.handle)
        if entry is None or entry[0].address != unlocked.account:
            raise Locked(
                "The account is locked.", not_done="Nothing was signed.", remedy="Unlock it with its password."
            )
        return entry

    def _add(self, name: str, key: bytes, password: str, *, demo: bool = False) -> AccountInfo:
        _check_name(name)
        address = _address_of(key)
        self._check_free(name, address)
        info = AccountInfo(name, address, int(self._clock()), demo)
        extra = {"name": name, "created": info.created, "demo": demo}
        text = json.dumps({**_encrypt(key, password), EXTRA: extra}, indent=1)
        try:
            write_new_private(self._path(name), text)
        except FileExistsError:
            raise _taken(name) from None
        return info

    def _check_free(self, name: str, address: Address) -> None:
        for account in self.list():
            if account.name == name:
                raise _taken(name)
            if account.address == address:
                raise SayDifferently(f"{address} is here already, as {account.name!r}.", not_done="Nothing was added.")

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.json"

    def _paths(self) -> Iterator[Path]:
        ensure_private_directory(self._directory)
        yield from sorted(p for p in self._directory.glob("*.json") if not p.name.startswith("."))

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            return parse_v3(read_private(path))
        except SayDifferently as error:
            raise SetupNeeded(
                f"{path} cannot be read.", remedy="Restore it from your backup, or move it away."
            ) from error

    def _info(self, path: Path) -> AccountInfo:
        found = self._read(path)
        extra = found.get(EXTRA)
        extra = extra if isinstance(extra, dict) else {}
        address, demo, created = found.get("address"), extra.get("demo"), extra.get("created")
        if not isinstance(address, str) or not isinstance(demo, bool) or not isinstance(created, int):
            raise SetupNeeded(
                f"{path} was not made by sayso.", remedy="Move it away, then: sayso account import NAME --v3 FILE."
            )
        return AccountInfo(path.stem, _checksummed(address), created, demo)

    def _open(self, info: AccountInfo, password: str) -> tuple[AccountInfo, bytes]:
        key = _decrypt(self._read(self._path(info.name)), password)
        if _address_of(key) != info.address:
            raise SetupNeeded(
                f"The key in the file of {info.name!r} is not the key of {info.address}.",
                not_done="It was not used.",
                remedy="Somebody changed the file: restore it from your backup.",
            )
        return info, key


def _library_fields(transaction: UnsignedTransaction) -> dict[str, Any]:
    """The transaction as eth-account takes it."""
    common = {
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "gas": transaction.gas_limit,
        "to": transaction.to,
        "value": transaction.value,
        "data": transaction.data,
    }
    if transaction.kind is TxKind.LEGACY:
        return {**common, "gasPrice": transaction.max_fee_per_gas}
    tip = transaction.max_priority_fee_per_gas
    return {**common, "type": 2, "maxFeePerGas": transaction.max_fee_per_gas, "maxPriorityFeePerGas": tip}


def _encrypt(key: bytes, password: str) -> dict[str, Any]:
    with recursion_limit_kept():
        from eth_keyfile.keyfile import create_keyfile_json

    if not password:
        raise SayDifferently("The password is empty.", not_done="Nothing was written.")
    return dict(create_keyfile_json(key, password.encode(), version=3, kdf="scrypt", iterations=SCRYPT_N))


def _decrypt(found: dict[str, Any], password: str) -> bytes:
    """The key, padded to 32 bytes as geth does. The library's own errors are dropped: their texts are not ours to show."""
    with recursion_limit_kept():
        from eth_keyfile.keyfile import decode_keyfile_json

    try:
        return bytes(decode_keyfile_json(found, password.encode())).rjust(32, b"\0")
    except ValueError:
        raise Locked(
            "The password is wrong, or the file was changed.",
            not_done="The account stays locked.",
            remedy="Try again; nothing is lost by a wrong password.",
        ) from None


def _address_of(key: bytes) -> Address:
    """Raises SayDifferently where this is no private key of the curve."""
    from eth_keys.datatypes import PrivateKey

    if len(key) != 32 or not 0 < int.from_bytes(key, "big") < SECP256K1_N:
        raise SayDifferently("This is no private key: it is out of range.", not_done="Nothing was imported.")
    return Address(PrivateKey(key).public_key.to_checksum_address())


def _new_phrase() -> str:
    with recursion_limit_kept():
        from eth_account.hdaccount import generate_mnemonic
        from eth_account.types import Language

    return str(generate_mnemonic(PHRASE_WORDS, Language.ENGLISH))


def _key_of_phrase(phrase: str) -> bytes:
    """The key at our derivation path. The library's error is dropped, as its text holds the phrase."""
    with recursion_limit_kept():
        from eth_account.hdaccount import key_from_seed, seed_from_mnemonic
        from eth_utils.exceptions import ValidationError

    try:
        return bytes(key_from_seed(seed_from_mnemonic(" ".join(phrase.lower().split()), ""), DERIVATION_PATH))
    except (ValidationError, ValueError):
        raise SayDifferently(
            "These words are no recovery phrase: a word or their checksum is wrong.", not_done="Nothing was imported."
        ) from None


def _check_address(found: dict[str, Any], address: Address) -> None:
    """A V3 file may leave its address out; one that is there must be the key's. Raises SayDifferently."""
    named = found.get("address")
    if named and (not isinstance(named, str) or named.lower().removeprefix("0x") != address[2:].lower()):
        raise SayDifferently("The file's address is not its key's.", not_done="Nothing was imported.")


def _checksummed(address: str) -> Address:
    from eth_utils.address import to_checksum_address

    if not re.fullmatch(r"(?:0x)?[0-9a-fA-F]{40}", address):
        raise SetupNeeded("An account file names no address.", remedy="Restore it from your backup, or move it away.")
    return Address(to_checksum_address("0x" + address.removeprefix("0x")))


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise SayDifferently(
            f"{name!r} cannot name an account.",
            not_done="Nothing was added.",
            remedy="Use up to 32 lower-case letters, digits, - and _, starting and ending with a letter or digit.",
        )


def _taken(name: str) -> SayDifferently:
    return SayDifferently(
        f"There is an account {name!r} already.", not_done="Nothing was added.", remedy="Choose another name."
    )
