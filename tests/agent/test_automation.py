"""Alerts and standing orders from the sentence to what is said of them: made, refused, listed, cancelled, told."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.assistant import Reply, context_of, respond
from agent.automation.rules import rules_of, without_trigger
from agent.automation.telling import told_fired
from agent.automation.watching import WATCH_LOCK
from agent.chat import Chat
from agent.cli.main import main
from agent.locks import is_held, sharing
from agent.points import Series
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.session import Session
from agent.understand import load_parser
from chain.prices import PriceUnavailable
from nlp.types import Action
from tests.agent.automation_support import HELD, add, cross, level_rule, see
from tests.agent.drafting_support import me
from tests.agent.face_support import TypedReader, act, understood
from tests.agent.store_support import RECIPIENT, Clock, desk_at, make_scrypt_cheap, payer
from tests.conftest import LocalChain

pytestmark = [pytest.mark.anvil, pytest.mark.model]
BERLIN = ZoneInfo("Europe/Berlin")
PLAIN = Look(plain=True)
MADE = [
    "tell me when eth drops below 2000",
    "tell me when eth hits 4000",
    "tell me when eth is over 2000",
    "alert me if eth moves up 10% in a day",
    "alert me if eth drops 10%",
    "tell me when link drops below 10 eur",
    "tell me when eth drops below 1.23456789",
    "warn me if my usdc balance goes below 100",
    "warn me if bob's usdc balance goes below 100",
    "tell me when my eth balance drops by 10%",
    "buy 1 eth with usdc if it falls under 1800",
    "buy 1 eth with usdc if it falls under 3000",
    "send bob 50 usdc every friday at 9",
    "send bob half my usdc every monday at 8",
    "send bob 10 usdc every month",
    "send bob 10 usdc every 4 hours",
    "buy $20 of eth with usdc daily for 30 days",
    "in 2 hours swap 1 eth for usdc",
    "on 1 March 2027 send bob 5 usdc",
    "tomorrow at noon send bob 5 usdc",
    "send bob 5 usdc on friday",
    "send bob 50000 usdc every friday at 9am",
]
REFUSED = [
    "warn me if my health factor goes below 1.5",
    "tell me when eth drops below 0",
    "tell me when pepe drops below 5",
    "alert me if eth moves 10% in a day",
    "alert me if eth drops by 150%",
    "warn me if my usdc balance goes below 0.0000001",
    "warn me if carol's usdc balance goes below 100",
    "alert me every day at 9",
    "send carol 50 usdc every friday at 9am",
    "send bob 50 udsc every friday at 9am",
    "send bob 50 usdc every friday at 9 from savings",
    "send bob 0 usdc every day at 9",
    "send bob 5 usdc on base every friday at 9",
    "send bob 5 usdc on 1 March 2020",
    "send bob 5 usdc every 5 minutes",
    "swap 1 eth for usdc and send bob 5 usdc every friday at 9",
]


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    """A person with a funded account and one contact, on Friday 15 January 2027, 9:00 in Berlin."""
    make_scrypt_cheap(monkeypatch)
    for module in ("making", "listing"):
        monkeypatch.setattr(f"agent.automation.{module}.machine_zone", lambda: BERLIN)
    async with payer(tmp_path / "home", local_chain, Clock()) as opened:
        opened.contacts.add("bob", RECIPIENT)
        yield opened


async def say(session: Session, words: str) -> Reply:
    async def connect() -> Session:
        return session

    return await respond(session, connect, load_parser().parse(words, context_of(session)), words)


async def answered(session: Session, words: str) -> str:
    """The answer as a person reads it; JSON can be made of it."""
    reply = await say(session, words)
    assert reply.trouble is None, reply.trouble
    json.dumps([dict(answer.data) for answer in reply.answers])
    return "\n".join([*(answer_text(answer, PLAIN) for answer in reply.answers), *reply.notes])


async def refused(session: Session, words: str) -> str:
    """Why not, and the proof that nothing was made or drafted."""
    reply = await say(session, words)
    assert reply.trouble is not None
    assert (rules_of(session).list(), reply.draft, session.drafts.recent()) == ((), None, ())
    assert "alert or order was made" in reply.trouble.not_done
    return f"exit {reply.trouble.exit_code}: {reply.trouble}"


@pytest.mark.parametrize("words", MADE)
async def test_what_is_made_is_told_as_it_is_kept(words: str, session: Session, snapshot: SnapshotAssertion) -> None:
    assert await answered(session, words) == snapshot
    (rule,) = rules_of(session).list()
    assert (rule.words, rule.account, session.drafts.recent()) == (words, me(session), ())


@pytest.mark.parametrize("words", REFUSED)
async def test_what_cannot_be_kept_is_refused_and_nothing_made(
    words: str, session: Session, snapshot: SnapshotAssertion
) -> None:
    assert await refused(session, words) == snapshot


async def test_the_gas_price_can_be_waited_for(session: Session) -> None:
    said = await answered(session, "ping me when gas is over 50 gwei")
    assert "Alert 1: you are told when the gas price rises to 50 gwei or above.\nNow the gas price is " in said
    assert see(session, 50 * 10**9, 1, Series("gas", session.client.chain_id, "")) == [1]


async def test_without_a_price_there_is_no_alert_on_it(session: Session, local_chain: LocalChain) -> None:
    local_chain.set_price("ETH", "2500", updated_at=1)
    reply = await say(session, "tell me when eth drops below 2000")
    assert isinstance(reply.trouble, PriceUnavailable)
    assert reply.trouble.not_done == "No alert or order was made."
    assert rules_of(session).list() == ()


async def test_an_alert_on_what_is_so_already_waits_and_an_order_does_not(session: Session) -> None:
    await answered(session, "tell me when eth drops below 3000")
    await answered(session, "buy 1 eth with usdc if it falls under 3000")
    assert [see(session, value, at) for at, value in enumerate([2500, 3100, 2999])] == [[2], [], [1]]


async def test_a_balance_is_watched_in_raw_units_of_whole_tokens(session: Session) -> None:
    await answered(session, "warn me if my eth balance goes below 1.5")
    series = Series("balance", session.client.chain_id, "native", me(session))
    assert see(session, 15 * 10**17 + 1, 1, series) == []
    assert see(session, 15 * 10**17, 2, series) == [1]
    assert rules_of(session).watched(session.client.chain_id) == (series,)


async def test_the_same_alert_is_kept_once(session: Session) -> None:
    await answered(session, "tell me when eth drops below 2000")
    assert "Alert 1 stands already" in await answered(session, "alert me when eth falls below $2,000")
    assert len(rules_of(session).list()) == 1


async def test_an_alert_beside_a_transaction(session: Session) -> None:
    reply = await say(session, "send bob 5 usdc and tell me when eth drops below 2000")
    assert reply.draft is not None
    assert [answer.intent for answer in reply.answers] == ["alert"]


async def test_no_alert_is_made_beside_a_transaction_that_is_refused(session: Session) -> None:
    await refused(session, "send bob 50000 usdc and tell me when eth drops below 2000")


async def test_another_chain_that_was_named_is_told(session: Session) -> None:
    assert "You named base" in await answered(session, "on base, tell me when eth drops below 2000")


async def test_two_transactions_that_wait_for_the_same_are_one_order(session: Session) -> None:
    trigger = {"every": "P1W", "weekday": "friday"}
    pay = [act("transfer", trigger, amount=n, token="USDC", recipient=RECIPIENT) for n in ("1", "2")]

    async def connect() -> Session:
        return session

    await respond(session, connect, understood(*pay, act("transfer", {"after": "P1D"}, **pay[0].slots)), "words")
    assert [len(rule.actions) for rule in rules_of(session).list()] == [2, 1]


async def test_all_are_made_or_none(session: Session) -> None:
    await refused(session, "send bob 5 usdc every friday and tell me when pepe drops below 5")


async def test_they_are_listed_and_cancelled_in_words(session: Session, snapshot: SnapshotAssertion) -> None:
    heard = [await answered(session, "show my alerts")]
    for words in (
        "tell me when eth drops below 2000",
        "send bob 50 usdc every friday at 9",
        "tell me when eth hits 4000",
    ):
        await answered(session, words)
    see(session, 1900, session.now())
    heard.append(await answered(session, "list my standing orders"))
    several = (await say(session, "cancel my eth alert")).trouble
    heard += [str(several), await answered(session, "cancel number 2"), await answered(session, "cancel alert 1")]
    for words in ("cancel number 2", "cancel number 9", "cancel my link alert"):
        heard.append(str((await say(session, words)).trouble))
    heard.append(await answered(session, "cancel my eth alert"))
    assert "\n\n".join(heard) == snapshot
    assert rules_of(session).list() == ()


async def test_the_list_as_data(session: Session) -> None:
    await answered(session, "send bob 50 usdc every friday at 9am")
    (answer,) = (await say(session, "show my alerts")).answers
    (row,) = answer.data["automations"]
    due = 1_800_000_000 + int(timedelta(days=7).total_seconds())
    assert (row["number"], row["kind"], row["state"], row["next_due"], row["times_fired"]) == (
        1,
        "order",
        "active",
        due,
        0,
    )
    assert row["next_due_local"] == "Friday 22 January 2027, 09:00 CET"
    assert row["schedule"] == "every week on Friday at 09:00"


async def test_whether_a_watch_runs_is_told(session: Session) -> None:
    with sharing(session.home.locks, WATCH_LOCK), sharing(session.home.locks, WATCH_LOCK):
        assert "one runs now" in await answered(session, "tell me when eth drops below 2000")
    assert not is_held(session.home.locks, WATCH_LOCK)
    assert "none runs now" in await answered(session, "show my alerts")


async def test_a_fired_alert_is_told_with_when_it_comes_again(session: Session, snapshot: SnapshotAssertion) -> None:
    for words in ("tell me when eth drops below 2000", "alert me if eth moves up 10% in a day"):
        await answered(session, words)
    told = [told_fired(fired) for at, value in enumerate([1750, 1950]) for fired in cross(session, value, at)]
    assert told == snapshot


async def test_words_and_names_cannot_paint_the_screen(session: Session) -> None:
    add(session, replace(level_rule(100, series=HELD), words="tell\x1b[2Jme\u202e"))
    shown = await answered(session, "show my alerts")
    assert "\x1b" not in shown
    assert "\u202e" not in shown


async def test_a_change_after_an_order_was_made_makes_no_second_one(session: Session) -> None:
    said: list[str] = []
    lines: list[str | type[BaseException]] = ["send bob 50 usdc every friday at 9", "make it 10", "yes"]
    await Chat(session, load_parser(), TypedReader(lines), said.append, PLAIN).run()
    assert [rule.words for rule in rules_of(session).list()] == ["send bob 50 usdc every friday at 9"]
    assert session.drafts.recent() == ()


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], snapshot: SnapshotAssertion
) -> None:
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "home"))
    with desk_at(tmp_path / "home") as desk:
        add(desk, level_rule("2000"), level_rule("3000", "above"))
    ends = []
    for words in (["list"], ["cancel", "1"], ["cancel", "1"], ["list", "--plain"], ["cancel", "0"]):
        code = main(["automation", *words])
        ends.append((words, code, capsys.readouterr().out))
    assert ends == snapshot
    assert main(["automation", "list", "--all", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in document["data"]["automations"]] == ["cancelled", "active"]


def test_the_actions_of_an_order_are_kept_without_their_trigger_and_account() -> None:
    action = Action("transfer", {"amount": "5", "account": "savings"}, {"after": "P1D"})
    assert without_trigger([action]) == (Action("transfer", {"amount": "5"}),)
