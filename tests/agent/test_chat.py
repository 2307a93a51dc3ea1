"""The chat on the real chain: money moves on exact words to a card that is shown, and on nothing else."""

import os
import pty
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from agent.accounts import Opened
from agent.chat import Chat
from agent.execute import confirm_draft
from agent.reader import PipeReader, reader
from agent.render.terminal import Look
from agent.session import Session
from chain.errors import SetupNeeded
from nlp.types import Parse
from tests.agent.drafting_support import drafter, me
from tests.agent.face_support import ScriptedParser, TypedReader, act, understood
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, Clock
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil


def send(amount: str, token: str = "USDC") -> Parse:
    return understood(act("transfer", amount=amount, token=token, recipient=RECIPIENT))


SCRIPT = {
    "send 5": send("5"),
    "make it 7": send("7"),
    "send too much": send("1000000"),
    "send": Parse("incomplete", (act("transfer", token="USDC"),), ("amount|value", "recipient")),
    "swap": understood(act("swap", amount_in="1", token_in="ETH", token_out="USDC")),
    "balance": understood(act("balance", token="USDC")),
    "ok sure": understood(act("confirm")),
    "rather not": understood(act("reject")),
    "yes": understood(act("confirm")),
    "no": understood(act("reject")),
    "first": Parse("out_of_scope", (act("out_of_scope"),)),
    "blah": Parse("out_of_scope", (act("out_of_scope"),)),
    "yes but make it 7": send("7"),
}


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


def sell_much_ether(chain: LocalChain) -> None:
    """A trade by somebody else that moves the better pool by far more than the slippage."""
    whale, router, weth, usdc = OTHER, chain.contract("uniswap-v3.router"), chain.token("WETH"), chain.token("USDC")
    chain.rpc("anvil_setBalance", whale, hex(10**24))
    for fee in (500, 3000):
        swap = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
        chain.send_as(whale, router, swap, (weth, usdc, fee, whale, 10**22, 0, 0), value=10**22)


class Conversation:
    """A chat that was held to its end, with all that it said."""

    def __init__(self, session: Session, chain: LocalChain) -> None:
        self.session, self.chain = session, chain
        self.said: list[str] = []
        self.reader = TypedReader([])

    async def hold(
        self, *lines: str | type[BaseException], secrets: tuple[str, ...] = (), confirms: bool = True
    ) -> str:
        self.reader = TypedReader(list(lines), list(secrets), confirms)
        chat = Chat(self.session, ScriptedParser(SCRIPT), self.reader, self.said.append, Look(plain=True))
        await chat.run()
        return "\n".join(self.said)

    @property
    def paid(self) -> int:
        return self.chain.erc20_balance("USDC", RECIPIENT)


@pytest.fixture
def talk(session: Session, local_chain: LocalChain) -> Conversation:
    return Conversation(session, local_chain)


async def test_a_yes_to_a_shown_card_moves_what_the_card_says(talk: Conversation) -> None:
    before = talk.chain.erc20_balance("USDC", me(talk.session))
    said = await talk.hold("send 5", "first", secrets=(PASSWORD,))
    assert talk.paid == 5 * 10**6
    assert talk.chain.erc20_balance("USDC", me(talk.session)) == before - 5 * 10**6
    assert "done" in said


async def test_a_plain_yes_is_enough_where_the_card_asks_for_no_word(talk: Conversation) -> None:
    before = talk.chain.balance(me(talk.session))
    await talk.hold("swap", "Go ahead.", secrets=(PASSWORD,))
    assert before - talk.chain.balance(me(talk.session)) >= 10**18


@pytest.mark.parametrize("line", ["yes", "ok sure", "blah", "", "no", "rather not", "balance"])
async def test_nothing_else_moves_anything(line: str, talk: Conversation) -> None:
    await talk.hold("send 5", line, secrets=(PASSWORD,))
    assert talk.paid == 0
    assert talk.reader.secrets == [PASSWORD]


async def test_a_yes_before_any_card_or_after_a_no_moves_nothing(talk: Conversation) -> None:
    said = await talk.hold("yes", "send 5", "no", "first", "yes", secrets=(PASSWORD,))
    assert talk.paid == 0
    assert said.count("Nothing waits for a confirmation.") == 2


async def test_what_was_rejected_is_kept_for_learning_and_what_was_confirmed_is_not(talk: Conversation) -> None:
    await talk.hold("send 5", "first", "send 5", "no", "balance", "no", secrets=(PASSWORD,))
    key = talk.session.accounts.open_seal(me(talk.session), PASSWORD)
    (entry,) = talk.session.feedback.list(key)
    assert (entry.kept.words, entry.kept.why, entry.kept.meant) == ("send 5", "rejected", None)


async def test_where_nothing_can_be_kept_a_no_still_rejects_and_a_yes_still_tells_its_outcome(
    talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise SetupNeeded("The disk is full.")

    monkeypatch.setattr("agent.feedback.store.Feedback.keep", full)
    await talk.hold("send 5", "no")
    assert [record.state for record in talk.session.drafts.recent()] == ["rejected"]
    monkeypatch.setattr("agent.feedback.listening.Listening.confirmed", full)
    assert "done" in await talk.hold("send 5", "first", secrets=(PASSWORD,))
    assert talk.paid == 5 * 10**6


async def test_a_draft_is_confirmed_once(talk: Conversation) -> None:
    await talk.hold("send 5", "first", "first", "yes", secrets=(PASSWORD,))
    assert talk.paid == 5 * 10**6


async def test_the_model_s_yes_asks_again_and_the_card_still_counts(talk: Conversation) -> None:
    said = await talk.hold("send 5", "ok sure", "first", secrets=(PASSWORD,))
    assert 'Nothing was confirmed. To confirm, type "first".' in said
    assert talk.paid == 5 * 10**6


async def test_a_read_in_between_leaves_the_card_standing(talk: Conversation) -> None:
    await talk.hold("send 5", "balance", "first", secrets=(PASSWORD,))
    assert talk.paid == 5 * 10**6


@pytest.mark.parametrize("change", ["make it 7", "yes but make it 7"])
async def test_a_change_withdraws_the_card_and_the_new_one_is_what_counts(change: str, talk: Conversation) -> None:
    said = await talk.hold("send 5", change, "first", secrets=(PASSWORD,))
    assert "The card above is withdrawn." in said
    assert talk.paid == 7 * 10**6
    assert [record.state for record in talk.session.drafts.recent()].count("rejected") == 1


@pytest.mark.parametrize("change", ["send", "send too much"])
async def test_a_change_that_cannot_be_drafted_leaves_no_card(change: str, talk: Conversation) -> None:
    await talk.hold("send 5", change, "first", "yes", secrets=(PASSWORD,))
    assert talk.paid == 0


async def test_an_expired_card_moves_nothing(talk: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(time.time())
    talk.session = replace(talk.session, clock=clock)

    class Waiting(TypedReader):
        async def line(self, prompt: str) -> str | None:
            if self.lines == ["first"]:
                clock.at += 301
            return await super().line(prompt)

    talk.reader = Waiting(["send 5", "first"], [PASSWORD])
    chat = Chat(talk.session, ScriptedParser(SCRIPT), talk.reader, talk.said.append, Look(plain=True))
    await chat.run()
    assert "has expired" in talk.said[-1]
    assert talk.paid == 0


async def test_what_was_typed_before_the_card_is_discarded(talk: Conversation) -> None:
    await talk.hold("send 5")
    assert talk.reader.discarded == 1


async def test_without_a_terminal_nothing_is_confirmed(talk: Conversation) -> None:
    said = await talk.hold("send 5", "first", "yes", secrets=(PASSWORD,), confirms=False)
    assert talk.paid == 0
    assert said.count("sayso confirm ") == 2 + said.count("Without a terminal") - 1


async def test_the_password_is_asked_for_once(talk: Conversation) -> None:
    await talk.hold("send 5", "first", "make it 7", "yes", secrets=(PASSWORD,))
    assert talk.paid == 12 * 10**6
    assert sum(prompt.startswith("Password") for prompt in talk.reader.prompts) == 1


async def test_a_wrong_password_is_asked_for_again_where_it_is_not_seen(talk: Conversation) -> None:
    said = await talk.hold("send 5", "first", secrets=("wrong", PASSWORD))
    assert talk.paid == 5 * 10**6
    assert "The password is wrong" in said
    assert [p.startswith("Password") for p in talk.reader.prompts] == [False, False, True, True, False]


async def test_after_three_wrong_passwords_nothing_is_confirmed_and_the_card_stands(talk: Conversation) -> None:
    said = await talk.hold("send 5", "first", "first", secrets=("wrong", "wrong", "wrong", PASSWORD))
    assert 'Nothing was confirmed, and the card still stands. To confirm it, type "first" again.' in said
    assert talk.paid == 5 * 10**6


async def test_an_empty_password_gives_up_at_once(talk: Conversation) -> None:
    said = await talk.hold("send 5", "first", secrets=("", PASSWORD))
    assert "the card still stands" in said
    assert (talk.paid, talk.reader.secrets) == (0, [PASSWORD])


async def test_a_password_typed_after_a_failed_unlock_is_neither_read_as_words_nor_kept(talk: Conversation) -> None:
    # The scripted parser knows no such sentence: reading it would fail.
    said = await talk.hold("send 5", "first", PASSWORD, "first", secrets=("x", "x", "x", PASSWORD))
    assert "This was not read, for it could be a password." in said
    assert PASSWORD not in said
    assert talk.paid == 5 * 10**6
    with sqlite3.connect(talk.session.store.path) as connection:
        assert PASSWORD not in "\n".join(connection.iterdump())


async def test_the_key_is_locked_at_the_end(talk: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    locked: list[Opened] = []
    monkeypatch.setattr(type(talk.session.accounts), "lock", lambda _, opened: locked.append(opened))
    await talk.hold("send 5", "first", secrets=(PASSWORD,))
    assert len(locked) == 1


async def test_ctrl_c_withdraws_the_card(talk: Conversation) -> None:
    said = await talk.hold("send 5", KeyboardInterrupt, "first", "yes", secrets=(PASSWORD,))
    assert "Stopped." in said
    assert talk.paid == 0


@pytest.mark.parametrize("ending", ["no", "balance", KeyboardInterrupt])
async def test_a_card_that_was_confirmed_elsewhere_meanwhile_is_told_as_such(
    talk: Conversation, ending: str | type[BaseException]
) -> None:
    class Elsewhere(TypedReader):
        async def line(self, prompt: str) -> str | None:
            if prompt.startswith("Type"):
                draft = talk.session.drafts.recent(1)[0].draft
                await confirm_draft(talk.session, draft.id, draft.digest, PASSWORD)
            return await super().line(prompt)

    talk.reader = Elsewhere(["send 5", ending, "exit"])
    chat = Chat(talk.session, ScriptedParser(SCRIPT), talk.reader, talk.said.append, Look(plain=True))
    await chat.run()
    assert talk.paid == 5 * 10**6
    said = "\n".join(talk.said)
    assert "Nothing was signed." not in said
    assert ending == "balance" or "it can no longer be rejected" in said


async def test_what_is_missing_is_answered_in_the_talk_and_not_said_whole_again(talk: Conversation) -> None:
    said = await talk.hold("send")
    assert "Answer with what is missing; the rest is kept." in said
    assert "Say it whole" not in said


async def test_a_no_to_nothing_is_told_for_what_it_was_understood_as(talk: Conversation) -> None:
    assert "Understood as a no: nothing was drafted." in await talk.hold("rather not")
    assert "Understood as a no" not in await Conversation(talk.session, talk.chain).hold("no")


async def test_an_error_is_told_and_the_talk_goes_on(talk: Conversation) -> None:
    said = await talk.hold("send too much", "balance")
    assert "1000000" in said
    assert "main holds" in said


async def test_what_would_happen_has_changed_so_a_new_card_is_shown_and_nothing_is_signed(
    talk: Conversation, local_chain: LocalChain
) -> None:
    class Moving(TypedReader):
        async def secret(self, prompt: str) -> str:
            # While the password is typed the market turns against the trade.
            sell_much_ether(local_chain)
            return await super().secret(prompt)

    before = local_chain.balance(me(talk.session))
    talk.reader = Moving(["swap", "yes", "no"], [PASSWORD])
    chat = Chat(talk.session, ScriptedParser(SCRIPT), talk.reader, talk.said.append, Look(plain=True))
    await chat.run()
    assert local_chain.balance(me(talk.session)) == before
    assert "done" not in "\n".join(talk.said)
    assert len([text for text in talk.said if text.startswith("draft ")]) == 2


def test_a_pipe_never_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert isinstance(reader(), PipeReader)
    assert not reader().confirms


AHEAD = """
import asyncio, sys, time
from agent.reader import TerminalReader, reader
async def main():
    lines = reader()
    assert isinstance(lines, TerminalReader) and lines.confirms
    print("first prompt", await lines.line("ask:"), flush=True)
    print("READY", flush=True)
    time.sleep(1)
    lines.discard()
    print("DRAWN", flush=True)
    print("got", repr(await lines.line("ask:")), flush=True)
    print("end", await lines.line("ask:"), flush=True)
asyncio.run(main())
"""


def test_at_a_real_terminal_what_was_typed_ahead_is_gone() -> None:
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", AHEAD], stdin=follower, stdout=follower, stderr=follower, env=environment, close_fds=True
    )
    os.close(follower)
    seen = ""

    def until(word: str) -> None:
        nonlocal seen
        deadline = time.monotonic() + 20
        while word not in seen and time.monotonic() < deadline:
            if select.select([leader], [], [], 0.1)[0]:
                seen += os.read(leader, 4096).decode(errors="replace")
        assert word in seen

    until("ask:")
    # Two lines at once: the second is typed ahead of the card.
    os.write(leader, b"swap\ryes\r")
    until("READY")
    os.write(leader, b"yes\r")
    until("DRAWN")
    os.write(leader, b"really\r")
    until("got 'really'")
    # Ctrl-D means the end only once the prompt has the terminal to itself.
    for _ in range(100):
        with suppress(OSError):
            os.write(leader, b"\x04")
        time.sleep(0.2)
        if process.poll() is not None:
            break
    until("end None")
    assert process.returncode == 0
    os.close(leader)


@pytest.mark.parametrize("why", ["why?", "Why", "explain that."])
async def test_why_tells_which_words_decided_and_leaves_the_card_standing(why: str, talk: Conversation) -> None:
    said = await talk.hold("send 5", why, "first", secrets=(PASSWORD,))

    assert "[send] 5" in said
    assert "next best" in said
    assert talk.paid == 5 * 10**6


async def test_why_before_anything_was_said(talk: Conversation) -> None:
    assert "Nothing was said before" in await talk.hold("why?")
