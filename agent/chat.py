"""The chat: questions are answered, transactions drafted, and a yes to a card that was shown carries it out.

Money moves on a closed list of words (agent/assent.py), matched by code, while the card is shown and has not expired;
the model's own 'confirm' only makes the chat ask again. A change withdraws the card that it changes.
"""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from agent import understand
from agent.accounts import Opened
from agent.assent import SHOWN_YES, UNDERSTOOD_NO, judged, normalised
from agent.assistant import Asks, Reply, context_of, respond
from agent.carried import Carried
from agent.changes import SWITCHES
from agent.execute import DraftChanged, confirm_draft
from agent.feedback.listening import Listening
from agent.larger.configured import larger_of
from agent.larger.consult import Reads, understood
from agent.larger.types import Larger
from agent.passwords import read_password_file
from agent.reader import Reader, reader
from agent.render.answers import answer_text
from agent.render.draft import Command, confirm_command, shown_card
from agent.render.outcome import outcome_text
from agent.render.terminal import Look, look_of, wrapped
from agent.session import Session, open_session
from agent.settings import Settings, refreshed
from agent.why import WHY, Heard, why_text
from chain.errors import Locked, SaysoError
from chain.values import Draft
from nlp.errors import NlpError
from nlp.parser import following
from nlp.types import Action, Context, DialogueState, Parse, Reason

PROMPT = "sayso> "
LEAVE = frozenset({"exit", "quit", "bye"})
PASSWORD_TRIES = 3
Say = Callable[[str], None]


class Understands(Reads, Protocol):
    """What the chat needs of a parser."""

    def reasons(self, text: str, context: Context, state: DialogueState) -> tuple[Reason, ...]:
        """Why a turn is read as it is."""
        ...


@dataclass(slots=True)
class Chat:
    """One conversation. `shown` is the draft whose card is on the screen and waits for a yes."""

    session: Session
    parser: Understands
    reader: Reader
    say: Say
    look: Look
    command: Command = field(default_factory=Command)
    larger: Larger | None = None
    state: DialogueState = field(default_factory=DialogueState)
    shown: Draft | None = None
    opened: Opened | None = None
    heard: Heard | None = None
    listening: Listening = field(init=False)
    guarded: bool = False
    """Unlocking just failed: the next line may be a password typed too late, and is never taken for words."""

    def __post_init__(self) -> None:
        self.listening = Listening(self.session.feedback)

    async def run(self) -> None:
        """Turn by turn until the end of the input. Ctrl-C stops what is going on, Ctrl-D leaves."""
        self.say(self._welcome())
        try:
            while True:
                try:
                    line = await self.reader.line(self._prompt())
                except KeyboardInterrupt:
                    self.state = following(self.state, _said("reject"))
                    self._withdraw("Stopped.")
                    continue
                if line is None or normalised(line) in LEAVE:
                    return
                await self._interruptible(line)
        finally:
            if self.opened is not None:
                self.session.accounts.lock(self.opened)

    async def turn(self, text: str) -> None:
        """One line of the person's. Errors are told, and the conversation goes on."""
        try:
            if not await self._settled(text) and text.strip():
                await self._understand(text)
        except (SaysoError, NlpError) as error:
            self.say(error_text(error))

    async def _interruptible(self, text: str) -> None:
        """A turn that Ctrl-C ends. What was signed by then goes on by itself: it can be looked up and resumed."""
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(self.turn(text))
        loop.add_signal_handler(signal.SIGINT, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            self.say("Stopped. If something was signed by then, 'sayso tx' shows it.")
        except (KeyboardInterrupt, EOFError):
            self.say("Stopped. Nothing was confirmed.")
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    async def _settled(self, text: str) -> bool:
        """Whether the text was a yes or no to the card that is shown, and so is dealt with."""
        draft, guarded, self.guarded = self.shown, self.guarded, False
        if draft is None:
            return False
        judgement = judged(text, draft.acks)
        if judgement == "other":
            if guarded:
                self.say(f"This was not read, for it could be a password. Nothing was confirmed. {self._wanted(draft)}")
            return guarded
        if judgement == "no":
            self._reject()
        elif self.session.now() >= draft.expires_at:
            self._withdraw("This draft has expired, and nothing was confirmed. Say it again for a new one.")
        elif not self.reader.confirms:
            self.say(f"Without a terminal nothing is confirmed here. {self._how(draft)}")
        elif judgement == "needs_word":
            self.say(f"This card asks for more than a yes. Type {_words(draft)}, or no.")
        else:
            await self._confirm(draft)
        return True

    async def _understand(self, text: str) -> None:
        if normalised(text) in WHY:
            self.say(why_text(self.parser, self.heard, self.look))
            return
        context = context_of(self.session)
        read = await understood(self.parser, self.larger, text, context, self.state)
        self.heard = Heard(text, context, self.state, read.read_by)
        for note in read.notes:
            self.say(wrapped(note))
        parse, state = read.parse, read.state
        intents = [action.intent for action in parse.actions]
        if parse.status == "understood" and intents in (["confirm"], ["reject"]):
            self._dialogue(intents[0], text)
            return
        if self.shown is not None and state.pending != self.state.pending:
            self._withdraw("The card above is withdrawn.")
        self.state = state
        self.listening.heard(self.heard, parse)
        reply = await respond(self.session, self._connected, parse, text, self.larger)
        await self._follow_switch(reply)
        if reply.settled:
            # Nothing points back to an order that stands: 'make it 10' would be a second one beside it.
            self.state = following(self.state, _said("reject"))
        self._show(reply)

    async def _follow_switch(self, reply: Reply) -> None:
        """After a switch the conversation goes on with the chain and the account that the settings name now."""
        if not any(answer.intent in SWITCHES for answer in reply.answers):
            return
        if self.shown is not None:
            self._withdraw("The card above is withdrawn.")
        self.state = following(self.state, _said("reject"))
        before, fresh = self.session, await open_session(refreshed(self.session.settings), clock=self.session.clock)
        if self.opened is not None:
            before.accounts.lock(self.opened)
        self.opened, self.session = None, fresh
        await before.close()

    async def _connected(self) -> Session:
        return self.session

    def _dialogue(self, intent: str, text: str) -> None:
        """A yes or no that the model saw and the closed lists do not hold."""
        if intent == "reject":
            if self.shown is not None:
                self._reject()
            else:
                self.state = following(self.state, _said("reject"))
                self.say("All right. Nothing is waiting." if judged(text) == "no" else UNDERSTOOD_NO)
        elif self.shown is None:
            self.say("Nothing waits for a confirmation.")
        else:
            wanted = _words(self.shown) if self.shown.acks else f"exactly {SHOWN_YES}"
            self.say(f"Nothing was confirmed. To confirm, type {wanted}.")

    def _show(self, reply: Reply) -> None:
        for answer in reply.answers:
            self.say(answer_text(answer, self.look))
        for note in reply.notes:
            self.say(wrapped(note))
        if reply.draft is not None:
            self._show_draft(reply.draft)
        if reply.trouble is not None:
            trouble = reply.trouble
            self.say(error_text(trouble.in_conversation() if isinstance(trouble, Asks) else trouble))

    def _show_draft(self, draft: Draft) -> None:
        """Draw the card, and forget what was typed before it could be read."""
        self.shown = None
        self.say(shown_card(self.session, draft, self.look))
        self.shown = draft
        if not self.reader.confirms:
            self.say(self._how(draft))
        self.reader.discard()

    async def _confirm(self, draft: Draft) -> None:
        opened = await self._unlocked(draft)
        if opened is None:
            self.guarded = True
            self.say(f"Nothing was confirmed, and the card still stands. {self._wanted(draft)}")
            return
        self.shown = None
        self.say("Signing and sending ...")
        try:
            carried = await confirm_draft(self.session, draft.id, draft.digest, opened)
        except DraftChanged as changed:
            self.say(changed.happened)
            self._show_draft(changed.draft)
            return
        self.state = following(self.state, _said("confirm"))
        self._tell(draft, carried)
        # Last: whatever befalls what is kept to learn from, the outcome was told.
        self.listening.confirmed()

    async def _unlocked(self, draft: Draft) -> Opened | None:
        """The account's key, its password asked for once in a conversation; None where none that was given fits.

        Raises SetupNeeded.
        """
        if self.opened is not None and self.opened.unlocked.account == draft.account:
            return self.opened
        file = self.session.settings.password_file
        name = next(i.name for i in self.session.accounts.list() if i.address == draft.account)
        for _ in range(1 if file else PASSWORD_TRIES):
            password = read_password_file(file) if file else await self.reader.secret(f"Password of {name}: ")
            if not password:
                break
            try:
                opened = await asyncio.to_thread(self.session.accounts.open, draft.account, password)
            except Locked as error:
                self.say(error_text(error))
                continue
            if self.opened is not None:
                self.session.accounts.lock(self.opened)
            self.opened = opened
            return opened
        return None

    def _tell(self, draft: Draft, carried: Carried) -> None:
        self.say(outcome_text(self.session.registry, draft, carried.outcome))
        if carried.problem is not None:
            self.say(error_text(carried.problem))

    def _reject(self) -> None:
        self.state = following(self.state, _said("reject"))
        self._withdraw("Not confirmed. Nothing was signed.")
        self.listening.rejected()

    def _withdraw(self, why: str) -> None:
        """The card on the screen counts no more. One that was confirmed elsewhere meanwhile is told as such."""
        draft, self.shown = self.shown, None
        try:
            if draft is not None:
                self.session.drafts.reject(draft.id)
        except SaysoError as error:
            why = error_text(error)
        self.say(why)

    def _wanted(self, draft: Draft) -> str:
        return (
            f"To confirm it, type {_words(draft)} again." if draft.acks else f"To confirm it, type {SHOWN_YES} again."
        )

    def _how(self, draft: Draft) -> str:
        return f"To confirm it: {confirm_command(draft, self.command)}"

    def _prompt(self) -> str:
        if self.shown is None:
            return PROMPT
        return f"Type {_words(self.shown)} to confirm [N] " if self.shown.acks else "Confirm? [y/N] "

    def _welcome(self) -> str:
        entry, known = self.session.client.entry, self.session.accounts.list()
        marks = " · TEST CHAIN" if entry.test else ""
        who = ", ".join(f"{info.name}{' (demo)' if info.demo else ''} {info.address}" for info in known) or "no account"
        return f"Sayso on {entry.name}{marks} · {who}\nSay what you want; 'help' shows what can be said; Ctrl-D leaves."


async def open_chat(settings: Settings, *, plain: bool = False, command: Command | None = None) -> None:
    """A chat on standard input and output, to its end. Raises SetupNeeded, UnknownChain, ModelNotReady."""
    larger, opened = larger_of(settings), await open_session(settings)
    chat = Chat(opened, understand.load_parser(), reader(), _print, look_of(plain), command or Command(), larger)
    try:
        if settings.account:
            opened.accounts.find(settings.account)
        await chat.run()
    finally:
        await chat.session.close()


def error_text(error: SaysoError | NlpError) -> str:
    """An error in its sentences, one a line."""
    not_done = error.not_done if isinstance(error, SaysoError) else ""
    return wrapped("\n".join(part for part in (error.happened, not_done, error.remedy) if part))


def _print(text: str) -> None:
    print(text, flush=True)


def _words(draft: Draft) -> str:
    return " ".join(f'"{word}"' for word in draft.acks)


def _said(intent: str) -> Parse:
    return Parse("understood", (Action(intent),), confidence=1.0)
