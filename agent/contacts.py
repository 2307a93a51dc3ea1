"""The address book: names for addresses, which never change behind the person's back (safety.md 5).

Adding never overwrites. A changed address shows both and takes the password. A name that was removed keeps its old
address in mind: giving it another one is a change, too. What was added without the password stands unsealed until the
password is at hand next.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from agent.journal import Journal
from agent.names import check_contact_name
from agent.sealing import Seals
from agent.store.engine import Store
from agent.store.sealed import SealKey
from agent.store.tables import contacts as table
from chain.errors import NotConfirmed, Refused, SayDifferently
from chain.values import Address
from contracts.registry import Registry

NOT_ADDED = "No contact was added."
ZERO_AND_DEAD = re.compile(r"0x(?:0*|0*dead(?:beef)?|dead0{36}|dead0{16}42069420694206942069|f{40})\Z")


@dataclass(frozen=True, slots=True)
class Contact:
    """A name and its address. `ens` is the name it was resolved from, if any; `sealed` whether the password vouches for it."""

    name: str
    address: Address
    ens: str
    added_at: int
    sealed: bool


class Contacts:
    """The address book in the store."""

    def __init__(
        self, store: Store, journal: Journal, seals: Seals, registry: Registry, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._journal = journal
        self._seals = seals
        self._registry = registry
        self._clock = clock

    def list(self) -> tuple[Contact, ...]:
        """All contacts, by name."""
        with self._store.read() as connection:
            rows = connection.execute(select(table).where(table.c.removed_at.is_(None)).order_by(table.c.name)).all()
        return tuple(map(_contact, rows))

    def get(self, name: str) -> Contact | None:
        """The contact of this name (upper or lower case), or None."""
        with self._store.read() as connection:
            row = _row(connection, " ".join(name.lower().split()))
        return _contact(row) if row is not None and row.removed_at is None else None

    def find(self, name: str) -> Contact:
        """The contact of this name. Raises SayDifferently, with the nearest names."""
        found = self.get(name)
        if found is not None:
            return found
        near = difflib.get_close_matches(name.lower(), [contact.name for contact in self.list()])
        raise SayDifferently(
            f"There is no contact {name!a}.",
            remedy=f"Did you mean {', '.join(near)}?" if near else "See: sayso contact list.",
        )

    def at(self, address: str) -> tuple[Contact, ...]:
        """The contacts with this address."""
        return tuple(contact for contact in self.list() if contact.address.lower() == address.lower())

    def add(self, name: str, address: str, *, ens: str = "", accounts: Iterable[str] = ()) -> Contact:
        """Add a contact; the same one again changes nothing. `accounts`: names of own accounts, which it may not have.

        Raises SayDifferently for a name or address that cannot be used, NotConfirmed where the name stands, or stood,
        for another address: that is a change, Refused for a burn address or a token's own.
        """
        kept = check_contact_name(name, self._registry, accounts)
        checked = self.check_address(address)
        with self._store.write() as connection:
            row = _row(connection, kept)
            if row is not None and row.address != checked:
                raise self._is_change(row, checked)
            if row is None:
                self._insert(connection, kept, checked, ens)
            elif row.removed_at is not None:
                connection.execute(update(table).where(table.c.name == kept).values(removed_at=None))
                self._journal.append_in(connection, "contact.added", {"name": kept, "address": checked, "again": True})
            return _contact(_row(connection, kept))

    def change(self, name: str, address: str, key: SealKey, *, ens: str = "") -> Contact:
        """Give a name another address, by the opened seal. Raises SayDifferently where there is none, Refused."""
        kept, checked = " ".join(name.lower().split()), self.check_address(address)
        with self._store.write() as connection:
            row = _row(connection, kept)
            if row is None:
                raise SayDifferently(f"There is no contact {name!a}.", remedy="See: sayso contact list.")
            self._seals.check_in(connection, key)
            values = {"address": checked, "ens": ens, "added_at": int(self._clock()), "removed_at": None}
            connection.execute(update(table).where(table.c.name == kept).values(**values))
            facts = {"name": kept, "from": row.address, "to": checked, "ens": ens}
            self._journal.append_in(connection, "contact.changed", facts)
            self._seals.renew_in(connection, key, checked=True)
            return _contact(_row(connection, kept))

    def known_address(self, name: str) -> Address | None:
        """The address that a name stands, or before its removal stood, for."""
        with self._store.read() as connection:
            row = _row(connection, " ".join(name.lower().split()))
        return Address(row.address) if row is not None else None

    def remove(self, name: str) -> Contact:
        """Take a contact out of the book; its old address is kept in mind. Raises SayDifferently."""
        found = self.find(name)
        with self._store.write() as connection:
            now = int(self._clock())
            connection.execute(update(table).where(table.c.name == found.name).values(removed_at=now))
            self._journal.append_in(connection, "contact.removed", {"name": found.name, "address": found.address})
        return found

    def check_address(self, text: str) -> Address:
        """The address with its checksum. Raises SayDifferently for a malformed one, Refused for one nobody owns."""
        checked = checked_address(text)
        if ZERO_AND_DEAD.match(checked.lower()) or int(checked, 16) < 2**16:
            raise Refused(f"{checked} is nobody's: what is sent there is lost.", not_done=NOT_ADDED)
        if any(token.address == checked for token in self._registry.tokens):
            raise Refused(f"{checked} is a token's contract: what is sent there is lost.", not_done=NOT_ADDED)
        return checked

    def _insert(self, connection: Connection, name: str, address: Address, ens: str) -> None:
        now = int(self._clock())
        connection.execute(insert(table).values(name=name, address=address, ens=ens, added_at=now, sealed=0))
        self._journal.append_in(connection, "contact.added", {"name": name, "address": address, "ens": ens})

    def _is_change(self, row: Any, address: Address) -> NotConfirmed:
        before = "was" if row.removed_at is not None else "is"
        return NotConfirmed(
            f"{row.name} {before} {row.address}, and this would make it {address}.",
            not_done="Nothing was changed.",
            remedy="To change it, use --change: it takes your password.",
        )


def checked_address(text: str) -> Address:
    """An address as a person gives it, checksummed (EIP-55); all lower or all upper case is taken. Raises SayDifferently."""
    from eth_utils.address import to_checksum_address

    given = text.strip()
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", given) or not given.isascii():
        raise SayDifferently(
            f"{given[:60]!a} is no address.",
            not_done="It was not used.",
            remedy="An address is 0x and 40 hex digits.",
        )
    checked = Address(to_checksum_address(given))
    digits = given[2:]
    if digits not in (digits.lower(), digits.upper()) and given != checked:
        raise SayDifferently(
            f"The checksum of {given} is wrong: a digit was changed.",
            not_done="It was not used.",
            remedy="Copy the address again from where it came.",
        )
    return checked


def _row(connection: Connection, name: str) -> Any:
    return connection.execute(select(table).where(table.c.name == name)).first()


def _contact(row: Any) -> Contact:
    return Contact(row.name, Address(row.address), row.ens, row.added_at, bool(row.sealed))
