"""Opening the database: WAL, every commit on disk before it returns, one writer at a time, no other user's eyes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from agent.store.migrations import migrate
from chain.errors import SaysoError, SetupNeeded

BUSY_TIMEOUT_MS = 10_000
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)


class Store:
    """One open database. `write` holds the only write lock from its first moment to its commit, which is durable."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state throughout. Raises SetupNeeded where the file is damaged, SaysoError."""
        with self._begun("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection that alone may write (BEGIN IMMEDIATE): what it checks still holds when it records.

        All is kept or nothing is. Raises SetupNeeded where the file is damaged, SaysoError where it is busy or full,
        sqlalchemy's IntegrityError where a unique index forbids the row.
        """
        with self._begun("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _begun(self, how: str) -> Iterator[Connection]:
        with _told(self.path), self._engine.connect().execution_options(how=how) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_store(path: Path) -> Store:
    """Open the database, making it (0600) or bringing it to this version's schema where needed.

    Raises SetupNeeded for a file that is damaged, open to others, a link, or of a newer version; SaysoError.
    """
    _ensure_private_file(path)
    engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with _told(path):
            _check_whole(engine)
            migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, path)


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # Python's own implicit transactions would begin deferred, and late.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(str(connection.get_execution_options().get("how", "BEGIN")))


def _check_whole(engine: Engine) -> None:
    """Raises sqlalchemy's DatabaseError where the file is no database, SetupNeeded where its pages do not hold together."""
    with engine.connect() as connection:
        answer = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if answer != "ok":
        raise damaged(Path(str(engine.url.database)))


def _ensure_private_file(path: Path) -> None:
    """Made closed to others before SQLite writes to it; its WAL files take the same mode. Raises SetupNeeded."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
    except OSError as error:
        raise SetupNeeded(
            f"{path} cannot be opened: {error.strerror or 'an error of the file system'}.",
            not_done="Nothing was done.",
            remedy="Make it a plain file of your own, with free space on the disk.",
        ) from error
    found = path.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise SetupNeeded(
            f"{path} is open to other users.", not_done="It was not used.", remedy=f"Run: chmod 600 {path}"
        )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The database's errors in words that say what to do. Raises SetupNeeded, SaysoError, IntegrityError."""
    try:
        yield
    except IntegrityError:
        raise
    except OperationalError as error:
        raise _unavailable(path, error) from error
    except DatabaseError as error:
        raise damaged(path) from error


def _unavailable(path: Path, error: OperationalError) -> SaysoError:
    text = str(error.orig).lower()
    if "malformed" in text or "not a database" in text:
        return damaged(path)
    why = "The database is busy with another sayso process" if "locked" in text or "busy" in text else f"{path}: {text}"
    return SaysoError(
        why.rstrip(".") + ".",
        not_done="What was to be written was not written.",
        remedy="Make room on the disk." if "full" in text else "Try again in a moment.",
    )


def damaged(path: Path) -> SetupNeeded:
    """The error for a file that is no whole database."""
    return SetupNeeded(
        f"{path} is damaged: it is no whole database.",
        not_done="Nothing was signed or sent.",
        remedy="Restore it from a backup, or move it away to begin anew; accounts are kept apart, in the keystore.",
    )


def scalar(connection: Connection, statement: Any) -> Any:
    """The first column of the first row, or None."""
    return connection.execute(statement).scalar()
