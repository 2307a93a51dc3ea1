"""What was done, entry after entry, each bound to the one before it by its hash.

An entry's hash is SHA-256 over the hash before it and the entry's canonical JSON. That shows a change in the middle; a
chain that was rewritten from some entry on, or cut short, shows only against a head that was sealed by the password.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from agent.store.codec import to_json
from agent.store.engine import Store
from agent.store.tables import journal as table

START = b"\0" * 32

Kind = Literal[
    "action.asked",
    "draft.made",
    "draft.rejected",
    "draft.replaced",
    "draft.confirmed",
    "confirm.refused",
    "nonce.reserved",
    "nonce.released",
    "step.signed",
    "step.state",
    "step.outcome",
    "chain.forgotten",
    "account.created",
    "account.imported",
    "account.exported",
    "account.sealed",
    "contact.added",
    "contact.changed",
    "contact.removed",
    "policy.tightened",
    "policy.widened",
    "config.changed",
    "rule.added",
    "rule.cancelled",
    "rule.fired",
    "order.due",
    "order.missed",
    "order.drafted",
    "order.failed",
]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry's number and hash; number 0 where there is none."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `facts` hold no secret."""

    number: int
    at: int
    kind: str
    facts: Mapping[str, object]
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether the entries hold together. `broken_at` is the first that does not, and `why` says what is wrong with it."""

    entries: int
    head: Head
    broken_at: int | None = None
    why: str = ""


class Journal:
    """The journal in the store. Appending within another write makes both one."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def append(self, kind: Kind, facts: Mapping[str, object]) -> Head:
        """Append one entry, durably."""
        with self._store.write() as connection:
            return self.append_in(connection, kind, facts)

    def append_in(self, connection: Connection, kind: Kind, facts: Mapping[str, object]) -> Head:
        """Append one entry within a write that is kept or lost as a whole."""
        return append_in(connection, kind, facts, int(self._clock()))

    def head(self) -> Head:
        """The newest entry's number and hash."""
        with self._store.read() as connection:
            return head_in(connection)

    def entries(self, *, newest: int = 50) -> tuple[Entry, ...]:
        """The newest entries, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.number.desc()).limit(newest)).all()
        return tuple(Entry(r.number, r.at, r.kind, json.loads(r.facts), r.hash) for r in reversed(rows))

    def verify(self) -> ChainReport:
        """Walk all entries from the first."""
        with self._store.read() as connection:
            return verify_in(connection)


def append_in(connection: Connection, kind: Kind, facts: Mapping[str, object], at: int) -> Head:
    """Append one entry of Unix time `at`, for writes that are given their time."""
    before = head_in(connection)
    number, text = before.number + 1, to_json(dict(facts))
    digest = entry_hash(before.hash, number, at, kind, text)
    connection.execute(
        insert(table).values(number=number, at=at, kind=kind, facts=text, previous=before.hash, hash=digest)
    )
    return Head(number, digest)


def entry_hash(previous: bytes, number: int, at: int, kind: str, facts: str) -> bytes:
    """The hash that binds one entry to the one before it."""
    body = json.dumps([number, at, kind, facts], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(b"sayso/journal/1\0" + previous + body.encode()).digest()


def head_in(connection: Connection) -> Head:
    """The newest entry, as a transaction sees it."""
    row = connection.execute(select(table.c.number, table.c.hash).order_by(table.c.number.desc()).limit(1)).first()
    return Head(row.number, row.hash) if row else Head(0, START)


def verify_in(connection: Connection, start: Head | None = None) -> ChainReport:
    """Walk the entries after `start`, which itself must stand as it says; from the first where it is None."""
    at = start or Head(0, START)
    if at.number and not stands_in(connection, at):
        return ChainReport(0, at, at.number, "it is missing, or not what was sealed")
    count = 0
    rows = connection.execute(select(table).where(table.c.number > at.number).order_by(table.c.number))
    for row in rows:
        if row.number != at.number + 1:
            return ChainReport(count, at, at.number + 1, "it is missing")
        if row.previous != at.hash or row.hash != entry_hash(at.hash, row.number, row.at, row.kind, row.facts):
            return ChainReport(count, at, row.number, "it was changed, or the one before it was")
        at, count = Head(row.number, row.hash), count + 1
    return ChainReport(count, at)


def stands_in(connection: Connection, head: Head) -> bool:
    """Whether the journal holds exactly this entry."""
    row = connection.execute(select(table).where(table.c.number == head.number)).first()
    if row is None:
        return False
    return bool(row.hash == head.hash == entry_hash(row.previous, row.number, row.at, row.kind, row.facts))
