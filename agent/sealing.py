"""The seal over policy, contacts and the journal's head: one text and its MAC, renewed whenever the password is at hand.

It is verified before anything is signed. Between two sealings a policy may only have been tightened, contacts may only
have been added or removed, and the journal may only have grown; all of that needs no password. What no seal can show:
that the whole database was put back to an older copy, or that entries after the seal were cut off.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from agent.feedback.box import publish
from agent.journal import Head, Journal, head_in, verify_in
from agent.policy_rules import is_no_wider
from agent.store.codec import from_json, plain, to_json
from agent.store.engine import Store
from agent.store.sealed import SealKey, new_seal_key, unwrap
from agent.store.tables import contacts, journal, policy, seal_keys, seals
from chain.errors import Locked, Refused, SetupNeeded
from chain.values import Address, Policy

Clock = Callable[[], float]
SEAL = "Run: sayso account seal NAME."
RESTORE = "Restore the database from a backup, and find out who else uses this computer."


@dataclass(frozen=True, slots=True)
class SealReport:
    """What the seal proves. `through` is the last journal entry under it; `problems` are what does not hold."""

    through: int
    problems: tuple[str, ...]


class Seals:
    """The seal in the store, and the accounts' passwords that open its key."""

    def __init__(self, store: Store, journal: Journal, clock: Clock) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock

    def exists(self) -> bool:
        """Whether there is a seal. Raises Refused where there was one and it is gone: somebody removed it."""
        with self._store.read() as connection:
            if connection.execute(select(seal_keys.c.account)).first() is not None:
                return True
            _check_never_sealed(connection)
        return False

    def enrolled(self) -> frozenset[Address]:
        """The accounts that the seal holds for the person's own: each was enrolled by a password that opens it.

        Read without a password, so it is only held to be true once `check` has verified the seal: before signing.
        """
        with self._store.read() as connection:
            body = connection.execute(select(seals.c.body)).scalar()
            try:
                sealed = json.loads(body or "")
                return frozenset(Address(account) for account in _sealed_accounts(connection, sealed))
            except (ValueError, TypeError):
                return frozenset()

    def opens(self) -> frozenset[Address]:
        """The accounts whose password opens the seal."""
        with self._store.read() as connection:
            return frozenset(Address(row.account) for row in connection.execute(select(seal_keys.c.account)))

    def begin(self, account: Address, password: str) -> SealKey:
        """Make the key under an account's password and seal what stands. Raises Refused where there is one already."""
        key = new_seal_key()
        wrapped = key.wrapped(password)
        with self._store.write() as connection:
            if connection.execute(select(seal_keys.c.account)).first() is not None:
                raise Refused("There is a seal already.", not_done="It was not replaced.")
            _check_never_sealed(connection)
            connection.execute(insert(seal_keys).values(account=account, wrapped=wrapped))
            self._journal.append_in(connection, "account.sealed", {"account": account, "first": True})
            self._write(connection, key)
        return key

    def share(self, account: Address, password: str, key: SealKey) -> None:
        """Let another account's password open the key, too."""
        wrapped = key.wrapped(password)
        with self._store.write() as connection:
            self._check(connection, key)
            connection.execute(delete(seal_keys).where(seal_keys.c.account == account))
            connection.execute(insert(seal_keys).values(account=account, wrapped=wrapped))
            self._journal.append_in(connection, "account.sealed", {"account": account, "first": False})
            self._write(connection, key)

    def open(self, account: Address, password: str) -> SealKey:
        """The key, by this account's password. Raises Locked, and SetupNeeded where this account's opens no seal."""
        with self._store.read() as connection:
            wrapped = connection.execute(select(seal_keys.c.wrapped).where(seal_keys.c.account == account)).scalar()
        if wrapped is None and self.exists():
            raise SetupNeeded(
                f"The password of {account} does not open the seal over your policy and contacts.",
                not_done="Nothing was signed.",
                remedy=SEAL,
            )
        if wrapped is None:
            raise SetupNeeded("There is no seal yet.", not_done="Nothing was signed.", remedy=SEAL)
        return unwrap(str(wrapped), password)

    def open_any(self, password: str) -> SealKey | None:
        """The key, by whichever account has this password; None where none has."""
        for account in sorted(self.opens()):
            try:
                return self.open(account, password)
            except Locked:
                continue
        return None

    def check(self, key: SealKey) -> None:
        """Verify policy, contacts and journal against the seal. Raises Refused where somebody changed them."""
        with self._store.read() as connection:
            self._check(connection, key)

    def renew(self, key: SealKey) -> None:
        """Verify, then seal what stands now. Raises Refused."""
        with self._store.write() as connection:
            self.renew_in(connection, key)

    def check_in(self, connection: Connection, key: SealKey) -> None:
        """As `check`, in a transaction."""
        self._check(connection, key)

    def renew_in(self, connection: Connection, key: SealKey, *, checked: bool = False) -> None:
        """As `renew`, in a transaction; `checked` where it was verified in this one, before a change that the key permits."""
        if not checked:
            self._check(connection, key)
        self._write(connection, key)

    def report(self, key: SealKey) -> SealReport:
        """What the seal proves, without raising."""
        with self._store.read() as connection:
            return _compare(connection, key)

    def _check(self, connection: Connection, key: SealKey) -> None:
        report = _compare(connection, key)
        if report.problems:
            raise Refused(
                "The database was changed behind sayso's back: " + " ".join(report.problems),
                not_done="Nothing was signed, and nothing was changed.",
                remedy=RESTORE,
            )

    def _write(self, connection: Connection, key: SealKey) -> None:
        connection.execute(update(contacts).values(sealed=1))
        head = head_in(connection)
        body = to_json(
            {
                "version": 2,
                "at": int(self._clock()),
                "journal": {"number": head.number, "hash": head.hash.hex()},
                "policy": plain(policy_in(connection)),
                "contacts": _contact_rows(connection),
                "accounts": _accounts(connection),
            }
        )
        connection.execute(delete(seals))
        connection.execute(insert(seals).values(only=1, body=body, mac=key.mac(body)))
        publish(connection, key)


def policy_in(connection: Connection) -> Policy:
    """The policy that stands; the default where none was set. Raises Refused where the row is no policy."""
    body = connection.execute(select(policy.c.body)).scalar()
    if body is None:
        return Policy()
    try:
        return from_json(Policy, str(body))
    except (ValueError, KeyError, TypeError):
        raise Refused(
            "The stored policy cannot be read.", not_done="Nothing was signed.", remedy="Restore it from a backup."
        ) from None


def _check_never_sealed(connection: Connection) -> None:
    """Where there is no seal: there never was one, by the seal itself and by the journal. Raises Refused."""
    kept = connection.execute(select(seals.c.only)).first()
    told = connection.execute(select(journal.c.number).where(journal.c.kind == "account.sealed")).first()
    if kept is not None or told is not None:
        raise Refused(
            "The seal over your policy and contacts was removed from the database.",
            not_done="Nothing was signed, and nothing was sealed anew.",
            remedy=RESTORE,
        )


def _accounts(connection: Connection) -> list[str]:
    """Whose password opens the seal."""
    return [row.account for row in connection.execute(select(seal_keys.c.account).order_by(seal_keys.c.account))]


def _sealed_accounts(connection: Connection, sealed: Mapping[str, Any]) -> list[str]:
    """The accounts under the seal; a seal of before they stood in it takes those that open it."""
    return list(sealed["accounts"]) if "accounts" in sealed else _accounts(connection)


def _contact_rows(connection: Connection) -> list[list[object]]:
    """All that are sealed, with the address each name has. Removing takes no password, so it is not in here."""
    rows = connection.execute(select(contacts).where(contacts.c.sealed == 1).order_by(contacts.c.name))
    return [[row.name, row.address, row.ens, row.added_at] for row in rows]


def _compare(connection: Connection, key: SealKey) -> SealReport:
    row = connection.execute(select(seals)).first()
    if row is None:
        return SealReport(0, ("The seal is missing.",))
    if not hmac.compare_digest(key.mac(row.body), row.mac):
        return SealReport(0, ("The seal is not sayso's.",))
    sealed = json.loads(row.body)
    head = Head(sealed["journal"]["number"], bytes.fromhex(sealed["journal"]["hash"]))
    chain = verify_in(connection, head)
    problems = [f"Journal entry {chain.broken_at}: {chain.why}."] if chain.broken_at is not None else []
    if not is_no_wider(policy_in(connection), from_json(Policy, to_json(sealed["policy"]))):
        problems.append("The policy allows more than the one that was sealed.")
    if _contact_rows(connection) != sealed["contacts"]:
        problems.append("A contact is not as it was sealed.")
    if _accounts(connection) != _sealed_accounts(connection, sealed):
        problems.append("The accounts that open the seal are not those that were sealed.")
    return SealReport(head.number, tuple(problems))
