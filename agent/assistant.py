"""One request, from its parse to its reply: questions are answered first, transactions become one draft or none.

What is understood and not built is said so. A write with a trigger becomes a standing order, and is never drafted at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.answers import ANYWHERE, AT_HOME, READS, free_form
from agent.answers.types import Answer
from agent.asides import asides
from agent.automation.listing import cancelled, standing
from agent.automation.making import prepare, store
from agent.automation.periods import NOTHING_MADE
from agent.changes import CHANGES, SWITCHES
from agent.larger.types import Larger
from agent.render.parse import action_words
from agent.session import Connect, Desk, Session
from agent.standing import check_stands
from chain.errors import SayDifferently, SaysoError
from chain.values import Draft
from nlp.schema import INTENTS
from nlp.types import Action, Context, Parse

WRITES = frozenset({"transfer", "swap", "approve", "wrap", "unwrap"})
HARMLESS = frozenset({"read", "finance", "dialogue"})
QUESTIONS = {
    "recipient": "To whom?",
    "amount": "How much?",
    "amount|value": "How much?",
    "amount_in|amount_out|value": "How much?",
    "token": "Which token?",
    "token_in": "From which token?",
    "token_out": "Into which token?",
    "spender": "Who may spend it?",
    "to_chain": "To which chain?",
    "trigger": "When, or on which one condition, exactly?",
}
SAY_WHOLE = "Say it whole, with what is missing."
NOTHING_AT_ALL = "Nothing was drafted, and no alert or order was made."
ANSWER = "Answer with what is missing; the rest is kept."
ALERTS: Mapping[str, Callable[[Desk, Action], Answer]] = {"automations": standing, "automation_cancel": cancelled}
"""What is said of alerts and orders that stand."""


class NotBuilt(SaysoError):
    """Understood, and not something that this version does."""

    code = "not_built"


class Asks(SayDifferently):
    """Something is missing, or a value that was given cannot be used."""

    code = "incomplete"

    def in_conversation(self) -> "Asks":
        """The same where an answer can be given: there nothing need be said again."""
        remedy = ANSWER if self.remedy == SAY_WHOLE else self.remedy
        return Asks(self.happened, not_done=self.not_done, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes of a request. `dialogue`: a bare yes or no, which the face must judge. `trouble`: what was not done, and why.

    `notes` stand beside the answers: what must be known to read them rightly.
    """

    parse: Parse
    answers: tuple[Answer, ...] = ()
    draft: Draft | None = None
    dialogue: Literal["", "confirm", "reject"] = ""
    trouble: SaysoError | None = None
    notes: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether all that was asked for stands as alerts or orders: a change after that is a new request."""
        return self.draft is None and any(answer.intent in ("alert", "order") for answer in self.answers)


def context_of(desk: Desk) -> Context:
    """What the parser may know of the person's own names."""
    contacts = tuple(contact.name for contact in desk.contacts.list())
    accounts = tuple(info.name.lower() for info in desk.accounts.list())
    return Context(contacts, accounts, {token.address: token.symbol for token in desk.registry.tokens})


async def respond(desk: Desk, connect: Connect, parse: Parse, words: str, larger: Larger | None = None) -> Reply:
    """Carry a parse out as far as a draft. `connect` is called only where a chain is needed, `larger` only for questions.

    Where a read or the drafting fails, that is the reply's trouble: what was answered before stands, nothing is drafted.
    """
    if parse.status != "understood":
        return Reply(parse, trouble=_asks(parse))
    intents = [action.intent for action in parse.actions]
    if intents in (["confirm"], ["reject"]):
        return Reply(parse, dialogue="confirm" if intents == ["confirm"] else "reject")
    return await _carried_out(Asked(desk, connect, larger), parse, words)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is answered with."""

    desk: Desk
    connect: Connect
    larger: Larger | None = None

    def answers(self, action: Action) -> bool:
        """Whether an action is a question that can be answered."""
        free = action.intent == "ask" and self.larger is not None
        return free or any(action.intent in known for known in (READS, AT_HOME, ANYWHERE, ALERTS))


async def _carried_out(asked: Asked, parse: Parse, words: str) -> Reply:
    desk, connect = asked.desk, asked.connect
    actions = [action for action in parse.actions if action.intent not in ("confirm", "reject")]
    reads = [action for action in actions if asked.answers(action)]
    settings = [action for action in actions if action.intent in CHANGES]
    unbuilt = [a for a in actions if not (asked.answers(a) or _is_draftable(a) or _waits(a) or a.intent in CHANGES)]
    held_back = any(INTENTS[action.intent].kind not in HARMLESS for action in unbuilt)
    writes = () if held_back else tuple(action for action in actions if _is_draftable(action))
    waiting = () if held_back else tuple(action for action in actions if _waits(action))
    of_chain = [action for action in reads if action.intent in READS]
    answers: list[Answer] = []
    notes: tuple[str, ...] = ()
    drafted: Draft | None = None
    waits = held_back and any(map(_waits, actions))
    trouble: SaysoError | None = _not_built(unbuilt, waits=waits) if unbuilt else None
    try:
        _check_settings(actions, settings)
        for action in reads:
            answers.append(await _answer(asked, action))
        for action in settings:
            answers.append(await CHANGES[action.intent](desk, connect, action))
        told = [*of_chain, *(action for action in waiting if action.intent == "alert")]
        notes = await asides(await connect(), words, told) if told or writes else ()
        _check_apart(writes, waiting)
        rules = await prepare(await connect(), waiting, words) if waiting else ()
        drafted = await _draft(await connect(), writes, words) if writes else None
        answers += store(await connect(), rules) if rules else ()
    except SaysoError as error:
        trouble = error
        if waiting:
            trouble.not_done = NOTHING_AT_ALL if writes and drafted is None else NOTHING_MADE
    return Reply(parse, tuple(answers), drafted, trouble=trouble, notes=notes)


def understood_words(parse: Parse) -> str:
    """What was understood, in words."""
    return ", then ".join(map(action_words, parse.actions))


def _is_draftable(action: Action) -> bool:
    return action.intent in WRITES and not action.trigger


def _waits(action: Action) -> bool:
    return action.intent == "alert" or (action.intent in WRITES and bool(action.trigger))


def _check_apart(writes: Sequence[Action], waiting: Sequence[Action]) -> None:
    """A card that is changed afterwards would make its sentence's orders a second time. Raises SayDifferently."""
    if writes and any(action.intent != "alert" for action in waiting):
        raise SayDifferently(
            "Some of this is to be done now, and some of it waits.", remedy="Say the two in sentences of their own."
        )


def _check_settings(actions: Sequence[Action], settings: Sequence[Action]) -> None:
    """What sends money is read by the settings as they stand, not by some that came with it. Raises SayDifferently."""
    if not settings or len(actions) == 1:
        return
    binds = [a for a in actions if a not in settings and INTENTS[a.intent].kind not in HARMLESS]
    if binds or any(action.intent in SWITCHES for action in settings):
        raise SayDifferently(
            "A setting is to be changed here together with something else.",
            not_done="Nothing was changed, and nothing was drafted.",
            remedy="Say the two one after another.",
        )


async def _answer(asked: Asked, action: Action) -> Answer:
    desk, connect = asked.desk, asked.connect
    if asked.larger is not None and action.intent == "ask":
        return await free_form.answer(asked.larger, action)
    if action.intent in AT_HOME:
        return AT_HOME[action.intent](desk)
    if action.intent in ALERTS:
        return ALERTS[action.intent](desk, action)
    if action.intent in ANYWHERE:
        return await ANYWHERE[action.intent](desk, connect, action)
    return await READS[action.intent](await connect(), action)


async def _draft(session: Session, actions: tuple[Action, ...], words: str) -> Draft:
    from agent.drafting import draft

    await _check_not_reset(session, actions)
    return await draft(session, actions, words)


async def _check_not_reset(session: Session, actions: Sequence[Action]) -> None:
    """A card for a chain that was reset could not be confirmed, so none is drawn. Raises ChainWasReset, SetupNeeded."""
    known = {name.lower(): info.address for info in session.accounts.list() for name in (info.name, info.address)}
    named = [str(action.slots["account"]).lower() for action in actions if "account" in action.slots]
    for payer in {known[name] for name in named if name in known} or {session.accounts.default().address}:
        await check_stands(session, payer)


def _not_built(actions: Sequence[Action], *, waits: bool) -> NotBuilt:
    """`waits`: something that would have waited is held back with the rest."""
    understood = "; ".join(map(action_words, actions))
    waits = waits or any(action.trigger for action in actions)
    return NotBuilt(
        f"Understood, and not built yet: {understood}.",
        not_done=NOTHING_AT_ALL if waits else "Nothing was drafted.",
        remedy="'help' shows what can be said.",
    )


def _asks(parse: Parse) -> Asks:
    if parse.status == "out_of_scope" or not parse.actions:
        return Asks(
            "This is nothing that a wallet can do, or I did not understand it.",
            not_done="Nothing was done.",
            remedy="'help' shows what can be said.",
        )
    questions = [_question(parse, missing) for missing in parse.missing]
    said = " ".join([*dict.fromkeys(questions), *(f"{error[:1].upper()}{error[1:]}." for error in parse.errors)])
    missing = f" Missing: {', '.join(parse.missing)}." if parse.missing else ""
    return Asks(
        said or "I am not sure what you mean.",
        not_done=f"Understood so far: {understood_words(parse)}.{missing} Nothing was drafted.",
        remedy=SAY_WHOLE if said else "Say it in other words.",
    )


def _question(parse: Parse, missing: str) -> str:
    index, _, slot = missing.rpartition(".")
    asked = QUESTIONS.get(slot, f"Which {slot.replace('|', ' or ').replace('_', ' ')}?")
    if not index or not index.isdigit():
        return asked
    return f"For the {parse.actions[int(index)].intent.replace('_', ' ')}: {asked}"
