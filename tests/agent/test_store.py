"""The database: durable, closed to others, migrated step by step, and refused where it is damaged or newer."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, inspect

from agent.store import Store, open_store
from agent.store.codec import from_json, to_json
from agent.store.engine import _begin, _prepare
from agent.store.migrations import LATEST, migrate, schema_version
from agent.store.tables import metadata
from chain.errors import SaysoError, SetupNeeded
from chain.values import Draft, Policy, SlotState, StepOutcome
from tests.chain.test_digest import FULL_POLICY, full_draft
from tests.conftest import ROOT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sayso.db"


def close(store: Store) -> None:
    store.close()


def pragma(store: Store, name: str) -> object:
    with store.read() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_commit_is_on_disk_and_the_files_are_the_owners_alone(path: Path) -> None:
    store = open_store(path)
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO chains VALUES (1, 0)")
        modes = {stat.S_IMODE(os.stat(file).st_mode) for file in path.parent.iterdir()}
    assert (pragma(store, "journal_mode"), pragma(store, "synchronous"), pragma(store, "foreign_keys")) == ("wal", 2, 1)
    assert modes == {0o600}
    close(store)


def test_the_tables_are_as_the_migrations_make_them(path: Path) -> None:
    close(open_store(path))
    engine = create_engine(f"sqlite:///{path}")
    made = {
        table: {column["name"]: column["nullable"] for column in inspect(engine).get_columns(table)}
        for table in inspect(engine).get_table_names()
        if not table.startswith("sqlite_")
    }
    assert {name: set(columns) for name, columns in made.items()} == {
        table.name: {column.name for column in table.columns} for table in metadata.sorted_tables
    }
    optional = {name: {column for column, null in columns.items() if null} for name, columns in made.items()}
    assert {name: columns for name, columns in optional.items() if columns} == {
        "contacts": {"removed_at"},
        "points": {"low", "high"},
        "rules": {
            "ended_at",
            "series",
            "direction",
            "level",
            "fires_at",
            "rearms_at",
            "next_due",
            "runs_left",
        },
        "runs": {"draft_id"},
    }
    engine.dispose()


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
def test_a_database_open_to_others_is_refused(path: Path, mode: int) -> None:
    close(open_store(path))
    path.chmod(mode)
    with pytest.raises(SetupNeeded, match="open to other users"):
        open_store(path)


def test_a_link_is_refused(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").touch(0o600)
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetupNeeded):
        open_store(path)


def test_a_newer_schema_is_refused_and_left_as_it_is(path: Path) -> None:
    close(open_store(path))
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {LATEST + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(SetupNeeded, match="newer sayso"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["text", "cut", "zeros"])
def test_a_damaged_database_is_told(path: Path, damage: str) -> None:
    close(open_store(path))
    content = path.read_bytes()
    damaged = {
        "text": b"this was never a database" * 50,
        "cut": content[: len(content) // 2],
        "zeros": content[:4096] + b"\0" * (len(content) - 4096),
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(SetupNeeded, match="damaged"):
        open_store(path)
    assert path.read_bytes() == damaged[damage]


def test_a_write_is_kept_whole_or_not_at_all(path: Path) -> None:
    store = open_store(path)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        connection.exec_driver_sql("INSERT INTO chains VALUES (1, 0)")
        raise ZeroDivisionError
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM chains").scalar() == 0
    close(store)


def test_a_writer_waits_for_no_reader_and_a_busy_database_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.store.engine.PRAGMAS", ("PRAGMA busy_timeout = 50",))
    one, other = open_store(path), open_store(path)
    with one.write(), pytest.raises(SaysoError, match="busy"), other.write():
        pytest.fail("two writers at once")
    close(one)
    close(other)


def test_a_kill_in_a_migration_leaves_the_schema_before_it(path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
import agent.store.migrations as m
from agent.store import open_store
real = m.schema_version
calls = []
class Dying(tuple):
    def __iter__(self):
        for n, statement in enumerate(tuple.__iter__(self)):
            if n == 5:
                os.kill(os.getpid(), signal.SIGKILL)
            yield statement
m.MIGRATIONS = (Dying(m.FIRST),)
m.migrate.__defaults__ = (m.MIGRATIONS,)
open_store(Path(sys.argv[1]))
"""
    assert subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=False).returncode == -9
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    store = open_store(path)
    with store.read() as reading:
        assert schema_version(reading) == LATEST
    close(store)


def test_an_older_schema_is_brought_forward_and_keeps_its_rows(path: Path) -> None:
    close(open_store(path))
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO chains VALUES (7, 3)")
    connection.close()
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    from agent.store.migrations import MIGRATIONS

    more = (*MIGRATIONS, ("ALTER TABLE chains ADD COLUMN note TEXT",), ("UPDATE chains SET note = 'kept'",))
    migrate(engine, more)
    with engine.connect() as opened:
        assert schema_version(opened) == LATEST + 2
        assert tuple(opened.exec_driver_sql("SELECT * FROM chains").one()) == (7, 3, "kept")
    engine.dispose()


def test_values_survive_being_stored() -> None:
    draft = full_draft()
    assert from_json(Draft, to_json(draft)) == draft
    assert from_json(Policy, to_json(FULL_POLICY)) == FULL_POLICY


@given(st.integers(), st.text(), st.sampled_from(["included", "reverted", "unknown"]))
def test_any_amount_and_text_survives(number: int, text: str, status: str) -> None:
    outcome = StepOutcome(number, status, text, number)  # type: ignore[arg-type]
    assert from_json(StepOutcome, to_json(outcome)) == outcome


@pytest.mark.parametrize(
    "change",
    [
        ('"step_index":1', '"step_index":"1"'),
        ('"step_index":1', '"step_index":true'),
        ('"step_index":1', '"step_index":1.0'),
        ('"step_index":1', '"step_index":null'),
        ('"status":"final"', '"status":"fine"'),
        ('"changes":[]', '"changes":{}'),
        ('"hash":""', '"hash":"","more":1'),
    ],
)
def test_what_does_not_fit_its_type_is_refused(change: tuple[str, str]) -> None:
    text = to_json(StepOutcome(1, "final"))
    assert change[0] in text
    with pytest.raises(ValueError):
        from_json(StepOutcome, text.replace(*change))


def test_a_float_has_no_stored_form() -> None:
    with pytest.raises(TypeError):
        to_json({"amount": 1.5})
    assert to_json({"state": SlotState.SENT, "raw": b"\x01"}) == '{"raw":"0x01","state":"sent"}'


def test_what_was_stored_before_a_field_was_added_is_read_with_its_default() -> None:
    outcome = StepOutcome(1, "final", "0xabc")
    before = to_json(outcome).replace(',"native_seen":true', "").replace('"native_seen":true,', "")
    assert "native_seen" not in before
    assert from_json(StepOutcome, before) == outcome
    with pytest.raises(ValueError):
        from_json(StepOutcome, before.replace('"status":"final",', "").replace(',"status":"final"', ""))
