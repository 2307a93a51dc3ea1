"""Fits a label said in a follow-up to the slot that it fills in an earlier action."""

from collections.abc import Sequence

from nlp.schema import INTENTS
from nlp.types import Action

GROUPS = (
    ("amount", "amount_in", "amount_out", "amount_a", "amount_b", "principal", "min_out"),
    ("token", "token_in", "token_out", "token_a", "token_b"),
    ("recipient", "address", "spender", "party", "account", "contract", "name"),
    ("chain", "to_chain", "from_chain"),
    ("protocol", "spender", "contract"),
    ("slippage", "rate"),
    ("period", "term"),
    ("limit", "token_id", "id"),
    ("name", "recipient"),
    ("token_out", "quote"),
    ("message", "document", "strategy", "question"),
)
RIVALS = (
    frozenset({"amount", "value"}),
    frozenset({"amount_in", "amount_out", "value"}),
    frozenset({"amount_a", "value"}),
    frozenset({"scope", "token"}),
    frozenset({"scope", "spender"}),
)
NUMBER_SLOTS = ("amount", "token_id", "limit", "id", "value")


def fitted_slot(tag: str, action: Action, missing: Sequence[str]) -> str | None:
    """The slot of `action` that a label means: its own name where the action has such a slot, else the nearest relative."""
    schema = INTENTS[action.intent].slots
    if tag in schema:
        return tag
    lacking = {name for entry in missing for name in entry.split("|")}
    relatives = [name for group in GROUPS if tag in group for name in group if name in schema]
    for wanted in (lacking, set(action.slots)):
        found = next((name for name in relatives if name in wanted), None)
        if found:
            return found
    return relatives[0] if relatives else None


def rivals_of(slot: str, action: Action) -> frozenset[str]:
    """The slots that a new value of `slot` puts out: a trade is sized in one way only, and 'all' names no one approval."""
    schema = set(INTENTS[action.intent].slots)
    return frozenset().union(*(group for group in RIVALS if slot in group)) & schema - {slot}
