"""Notices: stored once, delivered to every channel that was configured, retried within bounds, and holding no secret."""

import asyncio
import hashlib
import hmac
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.notices.channels.desktop import Desktop
from agent.notices.channels.file import File
from agent.notices.channels.types import NotDelivered
from agent.notices.configured import channels_from
from agent.notices.deliver import BATCH, FIRST_WAIT, MOST_TRIES, MOST_WAITING, deliver
from agent.notices.store import LEASE, Notice
from agent.session import Desk, open_desk
from agent.settings import load_settings
from chain.errors import SetupNeeded
from tests.agent.commands_support import Person, make_person
from tests.agent.notices_support import Receiver, receiver, states, told
from tests.agent.store_support import Clock
from tests.conftest import ROOT

SECRET = "visibly-a-test-secret"
TOKEN = "123456:visibly-a-test-token"


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Person:
    return make_person(tmp_path, monkeypatch, capsys)


def private(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def webhook_settings(tmp_path: Path, url: str) -> dict[str, str]:
    return {"SAYSO_WEBHOOK_URL": url, "SAYSO_WEBHOOK_SECRET_FILE": private(tmp_path / "secret", SECRET + "\n")}


def desk_with(tmp_path: Path, clock: Clock, environ: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    return open_desk(load_settings({}, {"SAYSO_HOME": str(tmp_path / "home"), **(environ or {})}), clock=clock)


async def delivered(desk: Desk, shown: list[Notice] | None = None) -> int:
    channels = channels_from(desk.settings, (shown if shown is not None else []).append, desk.clock)
    try:
        return await deliver(desk.notices, channels)
    finally:
        for channel in channels:
            await channel.close()


def test_the_same_thing_is_stored_once(tmp_path: Path, clock: Clock) -> None:
    with desk_with(tmp_path, clock) as desk:
        assert told(desk, "alert:1:1") and not told(desk, "alert:1:1", title="another text")
        assert [t.notice.title for t in desk.notices.recent(9)] == ["ETH is 1,999 USD"]


def test_a_notice_and_its_deliveries_are_kept_or_lost_together(tmp_path: Path, clock: Clock) -> None:
    with desk_with(tmp_path, clock) as desk:
        with pytest.raises(RuntimeError), desk.store.write() as connection:
            desk.notices.add_in(connection, "alert:1:1", "alert", "title", "body", desk.now())
            raise RuntimeError
        assert desk.notices.recent(9) == ()
        assert told(desk, "alert:1:1")
        assert states(desk.notices) == {"alert:1:1": {"terminal": ("waiting", 0)}}


@given(text=st.text(max_size=300))
def test_what_does_not_show_is_spelt_out(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.getbasetemp() / "hostile"
    with desk_with(home, Clock()) as desk:
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        told(desk, key, title=text, body=f"{text}\n{text}")
        (found,) = [t.notice for t in desk.notices.recent(1)]
        for part in (found.title, found.body):
            assert all(line.isprintable() for line in part.split("\n")), part


async def test_the_terminal_is_told_once(tmp_path: Path, clock: Clock) -> None:
    shown: list[Notice] = []
    with desk_with(tmp_path, clock) as desk:
        told(desk, "alert:1:1")
        assert await delivered(desk, shown) == 1
        assert await delivered(desk, shown) == 0
    assert [notice.key for notice in shown] == ["alert:1:1"]


async def test_a_file_holds_a_line_a_notice_and_is_closed_to_others(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "told" / "notices.jsonl"
    with desk_with(tmp_path, clock, {"SAYSO_NOTICE_FILE": str(file)}) as desk:
        told(desk, "a", body="ünïcode")
        told(desk, "b")
        await delivered(desk)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["key"], line["kind"]) for line in lines] == [("a", "alert"), ("b", "alert")]
    assert lines[0]["body"] == "ünïcode" and stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_file_that_is_a_link_is_not_written(tmp_path: Path, clock: Clock) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "link").symlink_to(victim)
    with desk_with(tmp_path, clock, {"SAYSO_NOTICE_FILE": str(tmp_path / "link")}) as desk:
        told(desk, "a")
        await delivered(desk)
        assert states(desk.notices)["a"]["file"] == ("waiting", 1)
    assert victim.read_text() == "precious"


async def test_a_full_file_is_turned_over(tmp_path: Path) -> None:
    file = File(tmp_path / "n.jsonl", largest=150)
    for number in range(3):
        await file.send(Notice(number, f"key {number}", "alert", 1, "title", "x" * 60))
    kept = (tmp_path / "n.jsonl.1").read_text() + (file.path.read_text() if file.path.exists() else "")
    assert kept.count("\n") >= 2 and "key 2" in kept and not (tmp_path / "n.jsonl.2").exists()


async def test_a_webhook_can_tell_who_sent_it(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url + "/hook?room=1")) as desk:
        told(desk, "alert:1:1")
        await delivered(desk)
    (got,) = server.received
    assert got.path == "/hook?room=1" and json.loads(got.body)["key"] == got.headers["x-sayso-key"] == "alert:1:1"
    stamp = got.headers["x-sayso-timestamp"]
    mac = hmac.new(SECRET.encode(), f"{stamp}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.headers["x-sayso-signature"] == f"sha256={mac}" and int(stamp) == clock.at


def test_a_webhook_without_a_secret_is_refused(tmp_path: Path, clock: Clock) -> None:
    with (
        desk_with(tmp_path, clock, {"SAYSO_WEBHOOK_URL": "http://127.0.0.1:9"}) as desk,
        pytest.raises(SetupNeeded, match="webhook_secret_file"),
    ):
        channels_from(desk.settings, print, clock)


@pytest.mark.parametrize("trouble", [500, 503, 429, 408, 0])
async def test_what_fails_is_tried_again_later_under_the_same_key(
    tmp_path: Path, clock: Clock, server: Receiver, trouble: int
) -> None:
    server.answers = [trouble]
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url)) as desk:
        told(desk, "alert:1:1")
        await delivered(desk)
        assert states(desk.notices)["alert:1:1"]["webhook"] == ("waiting", 1)
        assert await delivered(desk) == 0 and len(server.received) == 1
        clock.at += FIRST_WAIT
        assert await delivered(desk) == 1
        assert states(desk.notices)["alert:1:1"] == {"terminal": ("sent", 1), "webhook": ("sent", 2)}
    assert {got.headers["x-sayso-key"] for got in server.received} == {"alert:1:1"} and len(server.received) == 2


async def test_a_receiver_that_asks_for_time_gets_it(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    server.answers, server.headers = [429], {"retry-after": "120"}
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url)) as desk:
        told(desk, "a")
        await delivered(desk)
        clock.at += 119
        assert await delivered(desk) == 0
        clock.at += 1
        assert await delivered(desk) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_a_request_that_is_refused_for_good_is_given_up(
    tmp_path: Path, clock: Clock, server: Receiver, status: int
) -> None:
    server.answers = [status] * 9
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url)) as desk:
        told(desk, "a")
        await delivered(desk)
        assert states(desk.notices)["a"]["webhook"] == ("given_up", 1)
    assert len(server.received) == 1


async def test_the_tries_are_bounded(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    server.answers = [500] * 99
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url)) as desk:
        told(desk, "a")
        for _ in range(40):
            await delivered(desk)
            clock.at += 1800
        assert states(desk.notices)["a"]["webhook"] == ("given_up", MOST_TRIES)
    assert len(server.received) == MOST_TRIES


async def test_a_clock_that_was_ahead_holds_nothing_back(tmp_path: Path, clock: Clock) -> None:
    with desk_with(tmp_path, clock) as desk:
        told(desk, "a")
        clock.at -= 86_400
        assert await delivered(desk) == 1


async def test_a_broken_channel_holds_up_no_other(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    server.answers = [500] * 9
    shown: list[Notice] = []
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url)) as desk:
        for key in "abc":
            told(desk, key)
        assert await delivered(desk, shown) == 3
    assert [notice.key for notice in shown] == ["a", "b", "c"] and len(server.received) == 1


async def test_a_flood_is_told_as_a_number(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    shown: list[Notice] = []
    with desk_with(tmp_path, clock, webhook_settings(tmp_path, server.url)) as desk:
        for number in range(1000):
            told(desk, f"n{number}")
        for _ in range(1000 // BATCH):
            await delivered(desk, shown)
    assert len(server.received) == MOST_WAITING
    assert json.loads(server.received[-1].body)["title"] == f"{1001 - MOST_WAITING} more notices came at once"
    assert len(shown) == 1000


async def test_two_processes_do_not_send_the_same_at_once(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    server.delay = 0.2
    settings = webhook_settings(tmp_path, server.url)
    with desk_with(tmp_path, clock, settings) as one, desk_with(tmp_path, clock, settings) as other:
        told(one, "a")
        assert sum(await asyncio.gather(delivered(one), delivered(other))) == 2
    assert len(server.received) == 1


KILLED = """
import asyncio, os, signal, sys
from agent.notices.configured import channels_from
from agent.notices.deliver import deliver
from agent.notices.store import Notices
from agent.session import open_desk
from agent.settings import load_settings

def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def run():
    with open_desk(load_settings(), clock=lambda: 1_800_000_000.0) as desk:
        Notices.settle = killed
        await deliver(desk.notices, channels_from(desk.settings, print, desk.clock)[1:])

asyncio.run(run())
"""


def ended_with(environ: dict[str, str]) -> int:
    return subprocess.run([sys.executable, "-c", KILLED], env=environ, cwd=ROOT, timeout=60, check=False).returncode


async def test_a_kill_between_send_and_mark_loses_nothing(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    settings = webhook_settings(tmp_path, server.url)
    with desk_with(tmp_path, clock, settings) as desk:
        told(desk, "alert:1:1")
        environ = {**os.environ, **settings, "SAYSO_HOME": str(tmp_path / "home")}
        assert await asyncio.to_thread(ended_with, environ) == -signal.SIGKILL
        assert states(desk.notices)["alert:1:1"]["webhook"] == ("waiting", 1)
        clock.at += LEASE
        await delivered(desk)
        assert states(desk.notices)["alert:1:1"]["webhook"] == ("sent", 2)
    assert [got.headers["x-sayso-key"] for got in server.received] == ["alert:1:1"] * 2


async def test_a_telegram_bot_writes_plain_text(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    environ = {
        "SAYSO_TELEGRAM_URL": server.url,
        "SAYSO_TELEGRAM_TOKEN_FILE": private(tmp_path / "token", TOKEN),
        "SAYSO_TELEGRAM_CHAT": "42",
    }
    with desk_with(tmp_path, clock, environ) as desk:
        told(desk, "a", title="<b>not bold</b>")
        await delivered(desk)
    (got,) = server.received
    message = json.loads(got.body)
    assert got.path == f"/bot{TOKEN}/sendMessage" and "parse_mode" not in message
    assert (message["chat_id"], message["text"]) == ("42", "<b>not bold</b>\n\nYou asked: tell me.")


async def test_a_token_stands_in_no_error(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    server.answers = [401]
    environ = {
        "SAYSO_TELEGRAM_URL": server.url,
        "SAYSO_TELEGRAM_TOKEN_FILE": private(tmp_path / "token", TOKEN),
        "SAYSO_TELEGRAM_CHAT": "42",
    }
    with desk_with(tmp_path, clock, environ) as desk:
        (channel,) = [c for c in channels_from(desk.settings, print, clock) if c.name == "telegram"]
        with pytest.raises(NotDelivered) as error:
            await channel.send(Notice(1, "k", "alert", 1, "t", "b"))
        await channel.close()
    assert TOKEN not in str(error.value) and "bot" not in str(error.value) and error.value.final


async def test_ntfy_gets_the_topic_in_the_body(tmp_path: Path, clock: Clock, server: Receiver) -> None:
    environ = {
        "SAYSO_NTFY_URL": server.url + "/my-topic",
        "SAYSO_NTFY_TOKEN_FILE": private(tmp_path / "token", TOKEN),
    }
    with desk_with(tmp_path, clock, environ) as desk:
        told(desk, "a", title="line\r\nX-Evil: 1", body="ü" * 4000)
        await delivered(desk)
    (got,) = server.received
    message = json.loads(got.body)
    assert (
        got.path in ("", "/") and message["topic"] == "my-topic" and got.headers["authorization"] == f"Bearer {TOKEN}"
    )
    assert "x-evil" not in got.headers and len(message["message"].encode()) <= 4000


def test_ntfy_without_a_topic_is_refused(tmp_path: Path, clock: Clock) -> None:
    with (
        desk_with(tmp_path, clock, {"SAYSO_NTFY_URL": "https://ntfy.example"}) as desk,
        pytest.raises(SetupNeeded, match="topic"),
    ):
        channels_from(desk.settings, print, clock)


async def test_the_desktop_gets_arguments_and_no_shell(tmp_path: Path) -> None:
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nfor a in "$@"; do printf "%s\\n" "$a" >> {tmp_path}/args; done\n')
    program.chmod(0o755)
    shown = Desktop({"PATH": f"{tmp_path}:{os.environ['PATH']}", "DISPLAY": ":0"})
    await shown.send(Notice(1, "k", "alert", 1, "--urgency=critical $(id)", "<a href='x'>b</a>"))
    assert (tmp_path / "args").read_text().splitlines() == [
        "--app-name=sayso",
        "--",
        "--urgency=critical $(id)",
        "&lt;a href='x'&gt;b&lt;/a&gt;",
    ]


async def test_no_desktop_is_no_reason_to_try_again(tmp_path: Path, clock: Clock) -> None:
    with pytest.raises(NotDelivered) as error:
        await Desktop({"PATH": str(tmp_path)}).send(Notice(1, "k", "alert", 1, "t", "b"))
    assert error.value.final


def test_a_key_file_open_to_others_is_refused(tmp_path: Path, clock: Clock) -> None:
    environ = webhook_settings(tmp_path, "http://127.0.0.1:9")
    Path(environ["SAYSO_WEBHOOK_SECRET_FILE"]).chmod(0o644)
    with desk_with(tmp_path, clock, environ) as desk, pytest.raises(SetupNeeded, match="open to other users"):
        channels_from(desk.settings, print, clock)


def test_the_command_lists_them_with_their_deliveries(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    assert person.run("notices").data == {"notices": []}
    with open_desk(load_settings(), clock=Clock()) as desk:
        told(desk, "alert:1:1")
    assert person.run("notices").data["notices"][0]["deliveries"] == [
        {"channel": "terminal", "state": "waiting", "tries": 0}
    ]
    code, out, _ = person.read("notices")
    assert code == 0 and out.endswith("ETH is 1,999 USD\n  You asked: tell me.\n  [terminal: waits]\n")
