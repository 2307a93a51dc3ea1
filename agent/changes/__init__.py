"""Settings changed in words, a module a kind. What would allow more than before is never done by words alone."""

from collections.abc import Awaitable, Callable, Mapping

from agent.answers.types import Answer
from agent.changes import contacts, limits, switch
from agent.session import Connect, Desk
from nlp.types import Action

Change = Callable[[Desk, Connect, Action], Awaitable[Answer]]

CHANGES: Mapping[str, Change] = {
    "contact_add": contacts.add,
    "contact_remove": contacts.remove,
    "set_limit": limits.set_limit,
    "switch_account": switch.switch_account,
    "switch_chain": switch.switch_chain,
}

SWITCHES = frozenset({"switch_account", "switch_chain"})
"""After these, whatever else was asked would be asked of something else: they stand alone."""
