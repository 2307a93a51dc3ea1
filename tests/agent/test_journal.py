"""The journal shows every change, and its seal what a changed chain would hide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.journal import Head, Journal, entry_hash
from agent.session import Desk
from agent.store import open_store
from agent.store.sealed import SealKey, new_seal_key, unwrap
from chain.errors import Locked, Refused, SetupNeeded
from chain.values import Address, Limit, Policy
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, desk_at, make_scrypt_cheap, tamper

ACCOUNT = Address("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    make_scrypt_cheap(monkeypatch)
    with desk_at(tmp_path / "home") as opened:
        for number in range(5):
            opened.journal.append("config.changed", {"name": f"n{number}"})
        yield opened


@pytest.fixture
def key(desk: Desk) -> SealKey:
    return desk.seals.begin(ACCOUNT, PASSWORD)


def test_an_untouched_journal_holds(desk: Desk) -> None:
    report = desk.journal.verify()
    assert (report.entries, report.broken_at, report.head) == (5, None, desk.journal.head())


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE journal SET facts = '{}' WHERE number = 3", 3),
        ("UPDATE journal SET at = at + 1 WHERE number = 3", 3),
        ("UPDATE journal SET kind = 'x' WHERE number = 1", 1),
        ("UPDATE journal SET previous = zeroblob(32) WHERE number = 4", 4),
        ("UPDATE journal SET hash = zeroblob(32) WHERE number = 5", 5),
        ("DELETE FROM journal WHERE number = 2", 2),
        ("UPDATE journal SET number = 9 WHERE number = 5", 5),
    ],
)
def test_every_change_is_found_where_it_is(desk: Desk, change: str, broken_at: int) -> None:
    tamper(desk, change)
    assert desk.journal.verify().broken_at == broken_at


def test_an_end_that_was_cut_off_shows_only_against_the_seal(desk: Desk, key: SealKey) -> None:
    tamper(desk, "DELETE FROM journal WHERE number >= 4")
    assert desk.journal.verify().broken_at is None
    assert "missing" in desk.seals.report(key).problems[0]


def test_a_chain_that_was_written_anew_shows_only_against_the_seal(desk: Desk, key: SealKey) -> None:
    tamper(desk, "DELETE FROM journal")
    for _ in range(8):
        desk.journal.append("config.changed", {"name": "forged"})
    assert desk.journal.verify().broken_at is None
    assert desk.seals.report(key).problems


def test_entries_after_the_seal_are_held_to_it(desk: Desk, key: SealKey) -> None:
    desk.journal.append("config.changed", {"name": "later"})
    assert desk.seals.report(key).problems == ()
    tamper(desk, "UPDATE journal SET facts = '{}' WHERE number = (SELECT max(number) FROM journal)")
    assert desk.seals.report(key).problems


def test_a_seal_by_another_key_is_none(desk: Desk, key: SealKey) -> None:
    assert desk.seals.report(new_seal_key()).problems == ("The seal is not sayso's.",)


def test_a_seal_that_was_taken_away_is_missed(desk: Desk, key: SealKey) -> None:
    tamper(desk, "DELETE FROM seals")
    with pytest.raises(Refused, match="missing"):
        desk.seals.check(key)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE contacts SET address = '0x2222222222222222222222222222222222222222'",
        "UPDATE contacts SET name = 'eve'",
        "UPDATE contacts SET ens = 'x.eth'",
        "UPDATE contacts SET sealed = 0",
        "DELETE FROM contacts",
        "INSERT INTO contacts VALUES ('eve', '0x2222222222222222222222222222222222222222', '', 1, NULL, 1)",
        "DELETE FROM policy",
        'UPDATE policy SET body = replace(body, \'"amount":"5"\', \'"amount":"6"\')',
        "UPDATE policy SET body = '{}'",
        "UPDATE seals SET body = replace(body, '\"5\"', '\"6\"')",
    ],
)
def test_policy_and_contacts_cannot_be_changed_behind_the_seal(desk: Desk, key: SealKey, change: str) -> None:
    desk.contacts.add("bob", RECIPIENT)
    desk.policies.set(Policy(limits=(Limit(0, "USDC", "5"),)))
    desk.seals.renew(key)
    desk.seals.check(key)
    tamper(desk, change)
    with pytest.raises(Refused):
        desk.seals.check(key)


def test_adding_removing_and_tightening_need_no_password(desk: Desk, key: SealKey) -> None:
    desk.contacts.add("bob", RECIPIENT)
    desk.seals.renew(key)
    desk.contacts.remove("bob")
    desk.contacts.add("carol", OTHER)
    desk.policies.set(Policy(limits=(Limit(0, "USDC", "5"),)))
    desk.seals.check(key)


def test_the_wrapped_key_opens_with_its_password_alone(desk: Desk, key: SealKey) -> None:
    assert desk.seals.open(ACCOUNT, PASSWORD).mac("x") == key.mac("x")
    with pytest.raises(Locked):
        desk.seals.open(ACCOUNT, PASSWORD + " ")
    with pytest.raises(SetupNeeded):
        desk.seals.open(OTHER, PASSWORD)
    with pytest.raises(SetupNeeded):
        unwrap("{}", PASSWORD)


def test_there_is_one_seal_key(desk: Desk, key: SealKey) -> None:
    with pytest.raises(Refused):
        desk.seals.begin(OTHER, PASSWORD)
    desk.seals.share(OTHER, "another", key)
    assert desk.seals.open(OTHER, "another").mac("x") == key.mac("x")
    assert desk.seals.opens() == {ACCOUNT, OTHER}


def test_a_key_is_never_shown_or_pickled(key: SealKey) -> None:
    import pickle

    assert repr(key) == "<seal key>"
    with pytest.raises(TypeError):
        pickle.dumps(key)


@settings(max_examples=30)
@given(st.integers(1, 9), st.integers(0, 9), st.text(max_size=5), st.text(max_size=5))
def test_parts_of_an_entry_do_not_run_into_each_other(number: int, at: int, kind: str, facts: str) -> None:
    one = entry_hash(b"p" * 32, number, at, kind, facts)
    assert one != entry_hash(b"p" * 32, number, at, kind + "x", facts)
    assert one != entry_hash(b"p" * 32, number, at, kind, facts + "x")
    assert one != entry_hash(b"p" * 32, number * 10 + 1, at, kind, facts)


def test_appending_within_a_write_that_fails_leaves_no_entry(tmp_path: Path) -> None:
    store = open_store(tmp_path / "x.db")
    journal = Journal(store, lambda: 0)
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        journal.append_in(connection, "draft.made", {})
        raise ZeroDivisionError
    assert journal.head() == Head(0, b"\0" * 32)
    store.close()
