"""What is told beside an answer: that the node lags, and that the words named a chain which the answer is not of."""

import re
from collections.abc import Sequence

from agent.render.amounts import duration
from agent.session import Session
from nlp.lexicon import CHAINS
from nlp.schema import INTENTS
from nlp.types import Action

LAG_SECONDS = 300
_ALIASES = "|".join(re.escape(name) for name in sorted(CHAINS, key=len, reverse=True))
_NAMED = re.compile(rf"\b(?:on|at)\s+(?:the\s+)?({_ALIASES})\b", re.IGNORECASE)


async def asides(session: Session, words: str, actions: Sequence[Action]) -> tuple[str, ...]:
    """The notes on an answer that was read from the connected chain, each a sentence or two. Raises as `ChainClient.block`."""
    notes = (*other_chains(session, words, actions), await lagging(session))
    return tuple(note for note in notes if note)


async def lagging(session: Session) -> str:
    """That the newest block is old, '' where it is not. A test chain makes blocks only when something happens."""
    if session.client.entry.test:
        return ""
    behind = session.now() - (await session.client.block()).timestamp
    if behind <= LAG_SECONDS:
        return ""
    return (
        f"The node's newest block is {duration(behind)} old: what is read from it is as of then. "
        "Use another node, or set this computer's clock if that is what is wrong."
    )


def other_chains(session: Session, words: str, actions: Sequence[Action]) -> tuple[str, ...]:
    """For reads that take no chain: each chain that the words name and that is not the connected one."""
    if not any("chain" not in INTENTS[action.intent].slots for action in actions):
        return ()
    entry, taken = session.client.entry, {action.slots.get("chain") for action in actions}
    named = dict.fromkeys(CHAINS[" ".join(name.lower().split())] for name in _NAMED.findall(words))
    return tuple(
        f"You named {slug}; this was read from {entry.name} ({entry.slug}), which is connected."
        for slug in named
        if slug != entry.slug and slug not in taken
    )
