"""Lending positions and yields: said honestly for what they cover, which is no protocol yet. Nothing is reckoned or guessed."""

from agent.answers.looking import check_chain, text
from agent.answers.types import Answer
from agent.render.escape import escaped
from agent.session import Session
from nlp.types import Action

COVERED: tuple[str, ...] = ()
"""The protocols whose positions and yields are read. They come with the verbs that supply and borrow."""


async def position(session: Session, action: Action) -> Answer:
    """That no lending protocol is covered, and what was asked. Raises Refused for another chain."""
    return _answer(session, action, "lending_position", "Lending positions")


async def yields(session: Session, action: Action) -> Answer:
    """That no protocol's yields are covered, and what was asked. Raises Refused for another chain."""
    return _answer(session, action, "yields", "Yields")


def _answer(session: Session, action: Action, intent: str, what: str) -> Answer:
    check_chain(session, action)
    entry = session.client.entry
    asked = {slot: text(action, slot) for slot in ("protocol", "token", "account") if text(action, slot)}
    named = "".join(f", {slot} {escaped(value)}" for slot, value in asked.items())
    parts = (
        f"{what} on {entry.name}{named}: not covered.",
        "No lending protocol is read yet, so whether there is a position, or a yield, is unknown. Nothing is guessed.",
        "What the accounts hold, tokens of lending protocols included where they are listed: 'show my portfolio'.",
    )
    return Answer(intent, {"chain": entry.slug, "asked": asked, "covered": list(COVERED), "known": False}, parts)
