"""Runs of standing orders: one draft a period at most, whoever is killed, sleeps, or moves the clock."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from syrupy.assertion import SnapshotAssertion

from agent.automation.orders import GRACE, LEASE, RETRY, Due, carry_out, due_in
from agent.automation.rules import rules_of
from agent.automation.telling import told_missed
from agent.execute import confirm_draft
from agent.session import Session
from agent.store.tables import runs
from chain.errors import InsufficientFunds, Refused, SaysoError, SetupNeeded
from chain.http import TransportFailure
from chain.rpc import NoRpc
from chain.values import ChainId
from nlp.types import Action
from tests.agent.automation_support import (
    PAY,
    claim,
    level_rule,
    noted,
    notices_of,
    runs_of,
    see,
    timed_order,
)
from tests.agent.drafting_support import me
from tests.agent.store_support import PASSWORD, Clock, make_scrypt_cheap, payer, tamper
from tests.conftest import ROOT, LocalChain

pytestmark = pytest.mark.anvil
HOUR, DAY = 3600, 86400
DAILY = {"every": "P1D", "at": "09:00"}
MOMENTS = ["in_claim", "after_claim", "in_draft"]


@pytest.fixture
def clock() -> Clock:
    """Eight in the morning of today, so that the chain's own time is near."""
    return Clock(int(time.time()) // DAY * DAY + 8 * HOUR)


@pytest.fixture
async def session(
    tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    async with payer(tmp_path / "home", local_chain, clock) as opened:
        yield opened


def start(session: Session, moment: str = "none") -> subprocess.Popen[str]:
    """Another process that works on the orders, at the session's time."""
    home, rpc_url = str(session.home.path), session.settings.rpc_urls[0]
    words = [sys.executable, "-m", "tests.agent.automation_process", home, rpc_url, str(session.now()), moment]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def drafted_by(*processes: subprocess.Popen[str]) -> list[int]:
    """How many drafts each made; they all must end well."""
    ended = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes), ended
    return [int(out) for out, _ in ended]


def killed(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors


async def work(session: Session, clock: Clock, after: float = 0) -> list[str]:
    """Claim and carry out after so many seconds, as a watch does at each tick; what came of each run."""
    clock.at += after
    return [(await carry_out(session, run, noted)).outcome for run in claim(session).runs]


def count(session: Session) -> int:
    return len(session.drafts.recent())


async def test_an_order_is_drafted_when_it_is_due_and_only_then(session: Session, clock: Clock) -> None:
    rule = timed_order(session, DAILY)
    assert await work(session, clock, HOUR - 1) == []
    assert await work(session, clock, 1) == ["drafted"]
    assert await work(session, clock, 5) == []
    (record,) = session.drafts.recent()
    assert (record.draft.account, record.draft.words, record.state) == (me(session), "pay him", "open")
    assert notices_of(session) == [(f"order:{rule.id}:{time.strftime('%Y-%m-%d', time.gmtime(clock.at))}", "order")]
    assert await work(session, clock, DAY - 5) == ["drafted"]
    assert count(session) == 2


async def test_its_draft_is_confirmed_as_any_other(session: Session, clock: Clock, local_chain: LocalChain) -> None:
    timed_order(session, {"after": "PT1M"})
    assert await work(session, clock, 60) == ["drafted"]
    (record,) = session.drafts.recent()
    before = local_chain.erc20_balance("USDC", me(session))
    carried = await confirm_draft(session, record.draft.id, record.draft.digest, PASSWORD)
    assert carried.outcome.status == "done"
    assert local_chain.erc20_balance("USDC", me(session)) == before - 5 * 10**6
    assert rules_of(session).list(ended=True)[0].state == "done"


async def test_a_run_that_was_carried_out_is_not_carried_out_again(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    (run,) = claim(session).runs
    assert (await carry_out(session, run, noted)).outcome == "drafted"
    assert (await carry_out(session, run, noted)).outcome == "taken"
    assert (count(session), len(notices_of(session))) == (1, 1)


async def test_the_database_takes_no_second_run_of_a_period_and_no_draft_for_two(
    session: Session, clock: Clock
) -> None:
    timed_order(session, DAILY)
    await work(session, clock, HOUR)
    (period,) = runs_of(session)
    draft_id = session.drafts.recent()[0].draft.id
    row = {"rule": 1, "due_at": 0, "state": "drafted", "draft_id": draft_id, "claimed_until": 0, "updated_at": 0}
    for twice in (row | {"period": period}, row | {"period": "another"}, row | {"period": "none", "draft_id": None}):
        with pytest.raises(IntegrityError), session.store.write() as connection:
            connection.execute(insert(runs).values(**twice))


async def test_what_was_missed_is_told_once_and_not_repeated(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR + GRACE + 1
    (missed,) = claim(session).missed
    assert claim(session) == Due()
    assert list(runs_of(session).values()) == ["missed"]
    told = told_missed(missed, ZoneInfo("Europe/Berlin"))
    assert told.key.startswith("missed:1:")
    assert (told.title, told.body.splitlines()[0]) == ("Standing order 1 was missed", 'You asked: "pay him".')
    assert "Its next time stands." in told.body
    assert await work(session, clock, DAY - GRACE - 1) == ["drafted"]


async def test_eight_hours_of_sleep_are_one_notice_and_the_run_within_the_grace_is_drafted(
    session: Session, clock: Clock
) -> None:
    timed_order(session, {"every": "PT1H"})
    clock.at += 8 * HOUR + GRACE
    due = claim(session)
    assert [len(missed.periods) for missed in due.missed] == [7]
    assert [run.period for run in due.runs] == ["7"]
    told = told_missed(due.missed[0], UTC)
    assert "It was due 7 times, from " in told.body
    assert list(runs_of(session).values()) == ["missed"] * 7 + ["due"]


async def test_a_clock_that_is_moved_by_a_day_both_ways_gives_no_period_twice(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    assert await work(session, clock, HOUR) == ["drafted"]
    assert await work(session, clock, -DAY) == []
    assert await work(session, clock, DAY) == []
    clock.at += DAY + GRACE + HOUR
    assert len(claim(session).missed) == 1
    assert await work(session, clock, -DAY - HOUR) == []
    assert await work(session, clock, DAY - GRACE) == []
    assert list(runs_of(session).values()) == ["drafted", "missed"]
    assert await work(session, clock, DAY) == ["drafted"]


async def test_a_claim_from_a_clock_that_stood_ahead_does_not_hold_a_run_up(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR + GRACE
    assert len(claim(session).runs) == 1
    assert await work(session, clock, -GRACE) == ["drafted"]


async def test_a_machine_that_travels_runs_a_day_once(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    assert await work(session, clock, HOUR) == ["drafted"]
    for zone in ("America/New_York", "Pacific/Auckland", "UTC"):
        for _ in range(16):
            clock.at += HOUR
            with session.store.write() as connection:
                due_in(connection, session.now(), ZoneInfo(zone))
    assert len(runs_of(session)) <= 3
    assert count(session) == 1


async def test_an_order_for_so_many_times_is_done_after_them(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY, runs_left=2)
    assert await work(session, clock, HOUR) == ["drafted"]
    assert await work(session, clock, DAY) == ["drafted"]
    assert await work(session, clock, DAY) == []
    assert rules_of(session).list() == ()


@pytest.mark.parametrize("moment", ["none", "unclaimed"])
async def test_of_several_processes_at_once_one_makes_the_draft(moment: str, session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    assert sorted(drafted_by(*(start(session, moment) for _ in range(3)))) == [0, 0, 1]
    assert (count(session), len(notices_of(session))) == (1, 1)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_process_that_is_killed_before_its_draft_is_stored_is_replaced_by_the_next(
    moment: str, session: Session, clock: Clock
) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    killed(start(session, moment))
    assert (count(session), notices_of(session)) == (0, [])
    if moment != "in_claim":
        assert await work(session, clock, LEASE - 1) == []
    assert await work(session, clock, 1) == ["drafted"]
    assert (count(session), len(notices_of(session))) == (1, 1)


async def test_a_process_that_is_killed_after_its_draft_was_stored_leaves_nothing_to_do(
    session: Session, clock: Clock
) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    killed(start(session, "after_draft"))
    assert await work(session, clock, LEASE) == []
    assert (count(session), len(notices_of(session))) == (1, 1)


async def test_a_run_whose_process_died_and_nobody_came_in_time_is_missed(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    killed(start(session, "after_claim"))
    clock.at += GRACE + 1
    due = claim(session)
    assert (due.runs, [len(missed.periods) for missed in due.missed]) == ((), [1])
    assert count(session) == 0


async def test_what_cannot_be_drafted_is_told_and_comes_again_with_its_next_period(
    session: Session, clock: Clock, snapshot: SnapshotAssertion
) -> None:
    too_much = Action("transfer", dict(PAY.slots) | {"amount": "1000000"})
    timed_order(session, DAILY, too_much)
    clock.at += HOUR
    (run,) = claim(session).runs
    bodies: list[str] = []
    done = await carry_out(session, run, lambda _, told: bodies.append(told.body))
    assert done.outcome == "failed"
    assert isinstance(done.trouble, InsufficientFunds)
    assert bodies == [snapshot]
    assert await work(session, clock, RETRY) == []
    assert await work(session, clock, DAY - RETRY) == ["failed"]
    assert (count(session), list(runs_of(session).values())) == (0, ["failed", "failed"])


@pytest.mark.parametrize(
    "failure",
    [TransportFailure("timeout", "http://node", "is silent"), NoRpc("nobody answers"), SaysoError("busy")],
    ids=lambda failure: type(failure).__name__,
)
async def test_a_chain_that_does_not_answer_is_asked_again_within_the_grace(
    failure: SaysoError, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dead(*_: object) -> object:
        raise failure

    timed_order(session, DAILY)
    with monkeypatch.context() as patch:
        patch.setattr(type(session.client), "rpc", dead)
        assert await work(session, clock, HOUR) == ["waits"]
        assert await work(session, clock, RETRY - 1) == []
        assert await work(session, clock, 1) == ["waits"]
    assert notices_of(session) == []
    assert await work(session, clock, RETRY) == ["drafted"]
    assert len(notices_of(session)) == 1


async def test_a_chain_that_stays_dead_makes_a_missed_run(
    session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dead(*_: object) -> object:
        raise NoRpc("nobody answers")

    timed_order(session, DAILY)
    monkeypatch.setattr(type(session.client), "rpc", dead)
    ticks = [await work(session, clock, HOUR if n == 0 else 60) for n in range(11)]
    assert ticks == [["waits"]] * 11
    clock.at += 60
    assert [len(missed.periods) for missed in claim(session).missed] == [1]


async def test_a_fired_condition_is_drafted_once(session: Session, clock: Clock) -> None:
    rules_of(session).add(replace(level_rule("2000", actions=(PAY,)), account=me(session)))
    assert see(session, 1999, session.now()) == [1]
    assert see(session, 1999, session.now()) == []
    assert await work(session, clock) == ["drafted"]
    assert see(session, 2100, session.now()) == see(session, 1999, session.now()) == []
    assert await work(session, clock, LEASE) == []
    assert (count(session), runs_of(session)) == (1, {"crossing": "drafted"})


async def test_a_fired_condition_that_nobody_could_draft_in_time_is_missed(session: Session, clock: Clock) -> None:
    rules_of(session).add(replace(level_rule("2000", actions=(PAY,)), account=me(session)))
    assert see(session, 1999, session.now()) == [1]
    clock.at += GRACE + 1
    due = claim(session)
    assert (due.runs, len(due.missed)) == ((), 1)
    assert "say it anew" in told_missed(due.missed[0], UTC).body


async def test_an_order_that_is_cancelled_meanwhile_is_not_drafted(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    (run,) = claim(session).runs
    rules_of(session).cancel(1)
    assert (await carry_out(session, run, noted)).outcome == "taken"
    assert (count(session), runs_of(session)) == (0, dict.fromkeys(runs_of(session), "cancelled"))
    assert await work(session, clock, DAY) == []


async def test_a_fired_order_can_still_be_cancelled(session: Session, clock: Clock) -> None:
    rules_of(session).add(replace(level_rule("2000", actions=(PAY,)), account=me(session)))
    see(session, 1999, session.now())
    assert rules_of(session).cancel(1).state == "cancelled"
    assert await work(session, clock, 1) == []


async def test_an_order_of_another_chain_is_left_to_its_own_watch(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    with session.store.write() as connection:
        assert due_in(connection, session.now(), UTC, 1).runs == ()
        assert len(due_in(connection, session.now(), UTC, session.client.chain_id).runs) == 1


async def test_an_order_is_not_drafted_on_another_chain(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    (run,) = claim(session).runs
    done = await carry_out(session, replace(run, rule=replace(run.rule, chain_id=ChainId(1))), noted)
    assert (done.outcome, count(session), notices_of(session)) == ("waits", 0, [])
    assert "The order is for Ethereum" in str(done.trouble)
    assert await work(session, clock) == ["drafted"]


@pytest.mark.parametrize(
    ("column", "changed"),
    [
        ("actions", "replace(actions, '5', '6')"),
        ("account", "substr(account, 1, 41) || CASE substr(account, 42) WHEN '1' THEN '2' ELSE '1' END"),
        ("trigger", "replace(trigger, '0', '1')"),
        ("words", "replace(words, 'a', 'b')"),
    ],
    ids=["actions", "account", "trigger", "words"],
)
async def test_an_order_that_was_changed_behind_the_journal_is_not_drafted(
    column: str, changed: str, session: Session, clock: Clock
) -> None:
    timed_order(session, DAILY)
    tamper(session, f"UPDATE rules SET {column} = {changed}")
    clock.at += HOUR
    (run,) = claim(session).runs
    done = await carry_out(session, run, noted)
    assert isinstance(done.trouble, Refused)
    assert (done.outcome, count(session)) == ("failed", 0)


@pytest.mark.parametrize(("trigger", "hours"), [(DAILY, 1), ({"every": "PT2H"}, 2)], ids=["daily", "by the clock"])
async def test_a_start_that_was_made_unreadable_is_told_and_stops_no_other_order(
    trigger: dict[str, str], hours: int, session: Session, clock: Clock
) -> None:
    timed_order(session, trigger)
    for written, made in (('"start": "2', '"start": "x'), ('"start":"2', '"start":"x')):
        tamper(session, "UPDATE rules SET trigger = replace(trigger, ?, ?)", written, made)
    clock.at += hours * HOUR
    (run,) = claim(session).runs
    done = await carry_out(session, run, noted)
    assert isinstance(done.trouble, Refused)
    assert (done.outcome, count(session), claim(session).runs) == ("failed", 0, ())


async def test_a_database_that_is_busy_leaves_the_run_to_be_tried_again(
    session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    (run,) = claim(session).runs
    with sqlite3.connect(session.store.path, isolation_level=None) as other:
        monkeypatch.setattr("agent.store.engine.PRAGMAS", ("PRAGMA busy_timeout = 1",))
        session.store._engine.dispose()
        other.execute("BEGIN IMMEDIATE")
        done = await carry_out(session, run, noted)
        other.execute("ROLLBACK")
    other.close()
    assert (done.outcome, count(session)) == ("waits", 0)
    assert "busy" in str(done.trouble)
    assert await work(session, clock, LEASE) == ["drafted"]


async def test_an_order_of_an_account_that_is_gone_fails(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    clock.at += HOUR
    (run,) = claim(session).runs
    done = await carry_out(session, replace(run, rule=replace(run.rule, account="0x" + "12" * 20)), noted)
    assert isinstance(done.trouble, SetupNeeded)
    assert count(session) == 0


async def test_an_order_pays_from_its_own_account_whatever_the_default_is_by_then(
    session: Session, clock: Clock, local_chain: LocalChain
) -> None:
    timed_order(session, DAILY)
    other = session.accounts.create("other", PASSWORD).info.address
    local_chain.fund(other)
    mine = me(session)
    session.accounts._chosen = "other"
    assert me(session) == other
    assert await work(session, clock, HOUR) == ["drafted"]
    assert session.drafts.recent()[0].draft.account == mine


async def test_the_journal_tells_the_whole_story(session: Session, clock: Clock) -> None:
    timed_order(session, DAILY)
    await work(session, clock, HOUR)
    clock.at += DAY + GRACE + 1
    claim(session)
    rules_of(session).cancel(1)
    kinds = [entry.kind for entry in session.journal.entries() if entry.kind.split(".")[0] in ("rule", "order")]
    assert kinds == ["rule.added", "order.due", "order.drafted", "order.missed", "rule.cancelled"]
    assert session.journal.verify().broken_at is None
