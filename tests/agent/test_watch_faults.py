"""What goes wrong under a watch: each leaves exactly one row of what it is about, and one notice."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from agent.notices.store import LEASE
from agent.settings import load_settings, set_configs
from agent.store.engine import PRAGMAS
from agent.watch.loop import Watch
from agent.watch.outage import PATIENCE
from agent.watch.sessions import watched_sessions
from agent.watch.tick import Ticked
from chain.devnet.anvil import start_anvil
from chain.http import TransportFailure
from tests.agent.automation_support import runs_of, timed_order
from tests.agent.notices_support import receiver
from tests.agent.store_support import Clock, make_scrypt_cheap
from tests.agent.watch_support import Watched, watched
from tests.conftest import ROOT, LocalChain

DAY = 86_400
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def clock() -> Clock:
    """Wednesday 25 November 2026, noon UTC, with the real chain's time before it."""
    return Clock(1_795_608_000)


@pytest.fixture
async def watch(
    tmp_path: Path, local_chain: LocalChain, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Watched]:
    make_scrypt_cheap(monkeypatch)
    async with watched(tmp_path / "home", local_chain, clock) as opened:
        yield opened


def rows(watch: Watched, table: str, where: str = "1") -> int:
    with watch.session.store.read() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE {where}").scalar() or 0)


def process(watch: Watched, moment: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A watch of its own over the same home."""
    settings = {"SAYSO_HOME": str(watch.session.home.path), "SAYSO_RPC_URL": watch.chain.rpc_url}
    return subprocess.run(
        [sys.executable, "-m", "tests.agent.watch_process", moment, str(watch.clock.at)],
        env={**os.environ, **settings, **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("moment", ["before_commit", "before_notice", "before_mark"])
async def test_a_kill_between_crossing_and_notice_loses_and_doubles_nothing(moment: str, watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    watch.chain.set_price("ETH", 1950)
    watch.clock.at += 60
    killed = await asyncio.to_thread(process, watch, moment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    watch.clock.at += LEASE
    again = await asyncio.to_thread(process, watch, "none")
    told = [notice["title"] for notice in json.loads(again.stdout)["data"]["notices"]]
    assert told == ["The price of ETH is 1,950.00 USD"], again.stderr
    assert rows(watch, "notices") == 1 and rows(watch, "rules", "crossings = 1") == 1
    await watch.ticks(3)
    assert watch.shown == [] and rows(watch, "notices") == 1


async def test_a_clock_that_is_moved_by_a_day_both_ways_fires_once(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    await watch.say("tell me when eth moves down 10% in a day")
    watch.chain.set_price("ETH", 1950)
    await watch.tick()
    for jump in (DAY, -DAY, -DAY, DAY):
        await watch.ticks(2)
        await watch.tick(jump)
    assert watch.told("alert").count("The price of ETH is 1,950.00 USD") == 2
    assert rows(watch, "notices") == 2


async def test_a_clock_that_is_moved_by_a_day_both_ways_drafts_a_day_once(watch: Watched) -> None:
    timed_order(watch.session, {"every": "P1D", "at": "12:30"})
    await watch.tick(1800)
    assert watch.drafts() == 1
    await watch.tick(DAY + 60)
    await watch.tick(-DAY)
    await watch.ticks(3)
    await watch.tick(DAY)
    assert sorted(runs_of(watch.session).values()) == ["drafted", "drafted"] and watch.drafts() == 2
    assert len(watch.told("order")) == 2


@pytest.mark.parametrize(
    ("start", "at", "due"),
    [
        ("2027-03-28T00:30+01:00", "02:30", ["2027-03-28T03:00+02:00", "2027-03-29T02:30+02:00"]),
        ("2027-10-31T00:30+02:00", "02:30", ["2027-10-31T02:30+02:00", "2027-11-01T02:30+01:00"]),
    ],
)
async def test_a_change_of_the_clocks_by_an_hour_runs_each_day_once(
    start: str, at: str, due: list[str], watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.automation.rules import NewRule, rules_of
    from agent.automation.schedule import anchored, next_due
    from tests.agent.automation_support import LOCAL, PAY

    watch.zone = BERLIN
    watch.clock.at = datetime.fromisoformat(start).timestamp()
    trigger = anchored({"every": "P1D", "at": at}, int(watch.clock.at), BERLIN)
    first = next_due(trigger, int(watch.clock.at), BERLIN)
    rules_of(watch.session).add(NewRule("order", "pay", (PAY,), trigger, watch.account, LOCAL, next_due=first))
    drafted = []
    while len(drafted) < 2 and len(drafted) < 5:
        done = await watch.tick(900)
        drafted += [datetime.fromtimestamp(done.at, BERLIN).isoformat(timespec="minutes")] * done.drafted
    assert drafted == due
    assert len(runs_of(watch.session)) == watch.drafts() == len(watch.told("order")) == 2


@contextmanager
def dead_node(watch: Watched) -> Iterator[None]:
    """The node's port answers nothing."""
    client = watch.session.client
    request = client._pool.request

    async def refused(*_: object) -> object:
        raise TransportFailure("unreachable", watch.chain.rpc_url, "could not be reached (ConnectError)")

    client._pool.request = refused  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        client._pool.request = request  # type: ignore[method-assign]


async def test_a_node_that_is_dead_for_twenty_ticks_is_told_once_and_loses_nothing(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    with dead_node(watch):
        await watch.ticks(PATIENCE - 1)
        assert watch.shown == []
        watch.chain.set_price("ETH", 1950)
        await watch.ticks(20)
        assert watch.told() == ["The watch of Local chain cannot read at the moment"]
    await watch.ticks(3)
    assert watch.told("alert") == ["The price of ETH is 1,950.00 USD"]
    assert [title for title in watch.told("outage") if "again" in title] == [
        "The watch of Local chain reads again, after 22 min"
    ]
    assert rows(watch, "notices") == len(watch.shown) == 3
    assert watch.chain.rpc_url not in " ".join(n.body for n in watch.shown) or "@" not in watch.chain.rpc_url


@pytest.mark.parametrize("lie", ["0", "-2500", "1000000000000000000000", "2500000"])
async def test_a_price_that_lies_fires_nothing_unless_it_is_one(lie: str, watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    watch.chain.set_price("ETH", lie)
    await watch.ticks(6)
    watch.chain.set_price("ETH", 2500)
    await watch.ticks(3)
    assert watch.told("alert") == []
    watch.chain.set_price("ETH", 1999)
    await watch.ticks(3)
    assert watch.told("alert") == ["The price of ETH is 1,999.00 USD"]


async def test_a_stale_feed_fires_nothing(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    head = int(watch.chain.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    watch.chain.set_price("ETH", 1500, updated_at=head - 100_000)
    await watch.ticks(6)
    assert watch.told("alert") == [] and watch.told("finding")[0] == "There is no price of ETH in USD"


async def test_a_database_that_is_busy_delays_and_doubles_nothing(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    await watch.say("tell me when eth drops below 2000")
    watch.chain.set_price("ETH", 1950)
    monkeypatch.setattr("agent.store.engine.PRAGMAS", ("PRAGMA busy_timeout = 50", *PRAGMAS[1:]))
    with writing_elsewhere(watch.session.store.path):
        watch.session.store._engine.dispose()
        done = await watch.tick()
        assert done.troubles and "busy" in str(done.troubles[0]) and watch.shown == []
    await watch.ticks(3)
    assert watch.told("alert") == ["The price of ETH is 1,950.00 USD"]
    assert rows(watch, "notices") == 1


@contextmanager
def writing_elsewhere(path: Path) -> Iterator[None]:
    """Another connection holds the write lock, and asks nobody to wait long for it."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        held.set()
        free.wait(60)
        connection.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield
    finally:
        free.set()
        thread.join()


async def test_after_eight_hours_of_sleep_an_alert_fires_once_and_an_order_is_missed_once(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    timed_order(watch.session, {"every": "PT1H"})
    watch.chain.set_price("ETH", 1950)
    await watch.tick(8 * 3600 + 1800)
    await watch.ticks(3)
    assert watch.told("alert") == ["The price of ETH is 1,950.00 USD"]
    assert len(watch.told("order_missed")) == 1 and watch.drafts() == 0
    assert set(runs_of(watch.session).values()) == {"missed"}


async def test_two_watch_processes_at_once_draft_and_tell_once(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    timed_order(watch.session, {"every": "P1D", "at": "12:30"})
    watch.chain.set_price("ETH", 1950)
    watch.clock.at += 1800
    both = await asyncio.gather(*(asyncio.to_thread(process, watch, "none") for _ in range(3)))
    told = [notice["kind"] for one in both for notice in json.loads(one.stdout)["data"]["notices"]]
    assert sorted(told) == ["alert", "order"]
    assert watch.drafts() == 1 and rows(watch, "notices") == 2


async def test_no_notice_holds_the_path_of_a_node_s_url(watch: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "visibly-a-test-key"
    client = watch.session.client

    async def refused(*_: object) -> object:
        raise TransportFailure("unreachable", f"https://node.example/v3/{secret}", "could not be reached")

    monkeypatch.setattr(client._pool, "request", refused)
    with receiver():
        await watch.ticks(PATIENCE)
    (notice,) = watch.shown
    assert "node.example" in notice.body and secret not in notice.title + notice.body


async def test_the_foreground_watch_ends_at_ctrl_c_and_says_what_it_does(watch: Watched) -> None:
    await watch.say("tell me when eth drops below 2000")
    settings = {"SAYSO_HOME": str(watch.session.home.path), "SAYSO_RPC_URL": watch.chain.rpc_url, "TZ": "UTC"}
    running = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("sayso")), "watch", "--plain", env={**os.environ, **settings}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert running.stdout is not None and running.stderr is not None
    head = (await asyncio.wait_for(running.stderr.readline(), 60)).decode()
    assert head.startswith("Watching main on Local chain · TEST CHAIN.")
    watch.chain.set_price("ETH", 1950)
    line = (await asyncio.wait_for(running.stdout.readline(), 60)).decode()
    assert "ALERT  The price of ETH is 1,950.00 USD" in line
    running.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(running.communicate(), 60)
    assert running.returncode == 130 and b"Traceback" not in err


@pytest.fixture
def base() -> Iterator[str]:
    """A node that reports Base's chain id."""
    anvil = start_anvil(None, ["--chain-id", "8453"])
    yield anvil.node.url
    anvil.stop()


async def test_every_chain_that_a_node_is_named_for_is_watched(watch: Watched, base: str) -> None:
    named = {"rpc_url": watch.chain.rpc_url, "rpc_url_base": base, "rpc_url_arbitrum": "http://127.0.0.1:9"}
    set_configs(watch.session.home, named)
    said: list[str] = []
    home = {"SAYSO_HOME": str(watch.session.home.path)}
    async with watched_sessions(load_settings({}, home), said.append) as opened:
        assert [session.client.entry.slug for session in opened] == ["local", "base"]
    assert len(said) == 1 and said[0].startswith("arbitrum is not watched: No RPC node answers")
    async with watched_sessions(load_settings({}, home | {"SAYSO_RPC_URL": base}), said.append) as alone:
        assert [session.client.entry.slug for session in alone] == ["base"]


async def test_what_nobody_foresaw_ends_the_watch_instead_of_being_swallowed(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr("agent.watch.loop.tick", broken)
    with pytest.raises(KeyError, match="unforeseen"):
        await asyncio.wait_for(Watch(watch.session, (), lambda: UTC, print, print).run(), 30)


async def test_a_block_that_the_node_tells_of_is_looked_at_before_the_next_interval(watch: Watched) -> None:
    ticked: list[Ticked] = []
    running = asyncio.ensure_future(
        Watch(watch.session, (), lambda: UTC, ticked.append, print, tick_seconds=3600).run()
    )
    while not any(one.blocks for one in ticked):
        assert not running.done()
        watch.chain.mine()
        await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_chain_that_makes_blocks_all_the_time_is_not_asked_all_the_time(watch: Watched) -> None:
    ticked: list[Ticked] = []
    running = asyncio.ensure_future(
        Watch(watch.session, (), lambda: UTC, ticked.append, print, tick_seconds=3600).run()
    )
    for _ in range(40):
        watch.chain.mine()
        await asyncio.sleep(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert 1 <= len(ticked) <= 2, "one at the start, and one for all the blocks since"


async def test_hearing_no_more_for_an_unforeseen_reason_is_not_kept_quiet(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr("agent.watch.loop.new_blocks", broken)
    with pytest.raises(KeyError, match="unforeseen"):
        await asyncio.wait_for(Watch(watch.session, (), lambda: UTC, print, print).run(), 30)
