"""The person's accounts: the keystore's files, the seal that their passwords open, and which one is meant."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from agent.journal import Journal
from agent.sealing import Seals
from agent.store.sealed import SealKey
from chain.errors import Locked, SetupNeeded
from chain.keystore import AccountInfo, Keystore
from chain.values import Address, Unlocked


@dataclass(frozen=True, slots=True)
class Opened:
    """What a password opened in this process: the account's key, behind its handle, and the seal."""

    unlocked: Unlocked
    seal: SealKey


@dataclass(frozen=True, slots=True)
class Added:
    """A new account. `phrase` is its recovery phrase, '' for an imported one: shown once, kept nowhere.

    `sealed` is False where its password is another than the one that opens the seal: until it does it cannot confirm, and
    is a stranger to limits and allowed recipients.
    """

    info: AccountInfo
    phrase: str
    sealed: bool


class Accounts:
    """The accounts of one home. `chosen` is the setting: a name or address, '' for none."""

    def __init__(self, keystore: Keystore, seals: Seals, journal: Journal, chosen: str = "") -> None:
        self.keystore = keystore
        self._seals = seals
        self._journal = journal
        self._chosen = chosen

    def list(self) -> tuple[AccountInfo, ...]:
        """All accounts, by name. Raises SetupNeeded for a file that is unsafe or unreadable."""
        return self.keystore.list()

    def find(self, name_or_address: str) -> AccountInfo:
        """The account of this name or address. Raises SetupNeeded, with the nearest names."""
        return self.keystore.find(name_or_address)

    def default(self) -> AccountInfo:
        """The account of the settings, or else the one that was here first. Raises SetupNeeded where there is none."""
        if self._chosen:
            return self.find(self._chosen)
        known = self.list()
        if not known:
            raise SetupNeeded(
                "There is no account yet.", not_done="Nothing was done.", remedy="Make one: sayso account create NAME."
            )
        return min(known, key=lambda info: (info.created, info.name))

    def create(self, name: str, password: str, *, demo: bool = False) -> Added:
        """A new account. Raises SayDifferently for a name that cannot be used, SetupNeeded, Refused where the seal was removed."""
        self._seals.exists()
        info, phrase = self.keystore.create(name, password, demo=demo)
        facts = {"name": info.name, "address": info.address, "demo": demo}
        self._journal.append("account.created", facts)
        return Added(info, phrase, self._enrol(info.address, password))

    def add_imported(self, load: Callable[[Keystore], AccountInfo], password: str) -> Added:
        """An account by one of the keystore's imports. Raises SayDifferently, Locked, SetupNeeded, Refused as `create`."""
        self._seals.exists()
        info = load(self.keystore)
        self._journal.append("account.imported", {"name": info.name, "address": info.address})
        return Added(info, "", self._enrol(info.address, password))

    def export(self, name: str, password: str, new_password: str) -> str:
        """The account as V3 JSON under `new_password`. Raises Locked, SetupNeeded, SayDifferently."""
        text = self.keystore.export(name, password, new_password)
        info = self.find(name)
        self._journal.append("account.exported", {"name": info.name, "address": info.address})
        return text

    def seal(self, name: str, password: str, other: tuple[str, str] | None = None) -> None:
        """Let the account's password open the seal; `other` is an account and its password that open it already.

        Without any seal it begins one over what stands. Raises Locked for a wrong password, Refused, SetupNeeded.
        """
        info = self.find(name)
        self.keystore.lock(self.keystore.unlock(name, password))
        if not self._seals.exists():
            self._seals.begin(info.address, password)
            return
        key = self._seals.open(self.find(other[0]).address, other[1]) if other else self._seals.open_any(password)
        if key is None:
            raise Locked(
                "This password does not open the seal.",
                not_done="Nothing was sealed.",
                remedy="Give the password of an account that does, too: --by NAME.",
            )
        self._seals.share(info.address, password, key)

    def open(self, name_or_address: str, password: str) -> Opened:
        """Unlock an account and the seal. Raises Locked for a wrong password, SetupNeeded."""
        unlocked = self.keystore.unlock(name_or_address, password)
        try:
            return Opened(unlocked, self.open_seal(unlocked.account, password))
        except BaseException:
            self.keystore.lock(unlocked)
            raise

    async def open_beside(self, account: Address, password: str) -> Opened:
        """As `open`, by address: the two costly derivations run beside each other. Raises Locked, SetupNeeded."""
        unlocking, opening = await asyncio.gather(
            asyncio.to_thread(self.keystore.unlock, account, password),
            asyncio.to_thread(self.open_seal, account, password),
            return_exceptions=True,
        )
        if isinstance(unlocking, BaseException):
            raise unlocking
        if isinstance(opening, BaseException):
            self.keystore.lock(unlocking)
            raise opening
        return Opened(unlocking, opening)

    def open_seal(self, account: Address, password: str) -> SealKey:
        """The seal's key by an account's password. Raises Locked, SetupNeeded."""
        return self._seals.open(account, password)

    def lock(self, opened: Opened) -> None:
        """Forget the account's key."""
        self.keystore.lock(opened.unlocked)

    def _enrol(self, account: Address, password: str) -> bool:
        """Whether this password opens the seal from now on: it is the first, or the same as another's."""
        if not self._seals.exists():
            self._seals.begin(account, password)
            return True
        key = self._seals.open_any(password)
        if key is not None:
            self._seals.share(account, password, key)
        return key is not None
