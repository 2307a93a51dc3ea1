"""What was rejected or put right, as encrypted rows: written without a password, read with one."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import delete, func, insert, select, update

from agent.feedback.box import public_half, put_in, take_out
from agent.store.engine import Store
from agent.store.sealed import SealKey
from agent.store.tables import feedback as table
from chain.errors import SayDifferently
from nlp.types import Context

MOST_KEPT = 2_000
LONGEST_KEPT = 2_000
Actions = Sequence[Mapping[str, Any]]
"""Actions as the parse contract writes them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence, how it was read, and what it meant, where that is known.

    `contacts` and `accounts` are those of the person's names that stand in the words. `why`: its card was rejected, or what
    came of it was said anew in other words.
    """

    why: Literal["rejected", "said_anew"]
    words: str
    contacts: tuple[str, ...]
    accounts: tuple[str, ...]
    understood: Actions
    meant: Actions | None = None

    @property
    def context(self) -> Context:
        """The names as the parser takes them."""
        return Context(self.contacts, self.accounts)


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept sentence with its number and the time (Unix seconds) at which it was kept."""

    id: int
    at: int
    kept: Kept


class Feedback:
    """The kept sentences of one home. `wanted`: whether anything may be kept at all."""

    def __init__(self, store: Store, clock: Callable[[], float], *, wanted: bool = True) -> None:
        self._store = store
        self._clock = clock
        self._wanted = wanted

    def keep(self, kept: Kept) -> int | None:
        """Put it away; its number. None where nothing is kept: it is switched off, no password was ever set, or it is too long."""
        if not self._wanted or len(kept.words) > LONGEST_KEPT:
            return None
        with self._store.write() as connection:
            public = public_half(connection)
            if public is None:
                return None
            row = {"at": int(self._clock()), "letter": put_in(public, _written(kept))}
            number = connection.execute(insert(table).values(**row)).inserted_primary_key
            newest = select(table.c.id).order_by(table.c.id.desc()).limit(MOST_KEPT)
            connection.execute(delete(table).where(table.c.id.not_in(newest)))
        return int(number[0]) if number else None

    def put_right(self, number: int, kept: Kept) -> None:
        """The same entry, told now what it meant; nothing where it was deleted meanwhile."""
        with self._store.write() as connection:
            public = public_half(connection)
            if public is not None:
                letter = put_in(public, _written(kept))
                connection.execute(update(table).where(table.c.id == number).values(letter=letter))

    def list(self, key: SealKey) -> tuple[Entry, ...]:
        """All entries, oldest first. Raises SetupNeeded where one cannot be opened."""
        with self._store.read() as connection:
            rows = connection.execute(select(table).order_by(table.c.id)).all()
        return tuple(Entry(row.id, row.at, _read(take_out(key, row.letter))) for row in rows)

    def find(self, number: int, key: SealKey) -> Entry:
        """The entry of this number. Raises SayDifferently where there is none, SetupNeeded."""
        found = next((entry for entry in self.list(key) if entry.id == number), None)
        if found is None:
            raise _unknown([number])
        return found

    def count(self) -> int:
        """How many are kept; needs no password."""
        with self._store.read() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def delete(self, numbers: Sequence[int]) -> None:
        """Delete these. Raises SayDifferently, with nothing deleted, where one of them is not there."""
        with self._store.write() as connection:
            known = set(connection.execute(select(table.c.id)).scalars())
            missing = [number for number in numbers if number not in known]
            if missing:
                raise _unknown(missing)
            connection.execute(delete(table).where(table.c.id.in_(numbers)))

    def delete_all(self) -> int:
        """Delete everything; how many there were."""
        with self._store.write() as connection:
            return int(connection.execute(delete(table)).rowcount)


def _unknown(numbers: Sequence[int]) -> SayDifferently:
    named = ", ".join(map(str, numbers))
    return SayDifferently(
        f"There is no entry {named}.", not_done="Nothing was changed.", remedy="See: sayso feedback list."
    )


def _written(kept: Kept) -> bytes:
    return json.dumps({"version": 1, **asdict(kept)}).encode()


def _read(letter: bytes) -> Kept:
    found = json.loads(letter)
    return Kept(
        found["why"],
        found["words"],
        tuple(found["contacts"]),
        tuple(found["accounts"]),
        found["understood"],
        found["meant"],
    )
