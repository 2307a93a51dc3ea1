"""Where a party can stand, a name of the user's own contacts or accounts wins over a chain of the same name."""

import re
from collections.abc import Collection
from dataclasses import replace

from nlp.assemble.reading import Reading, Utterance
from nlp.types import SlotValue

BRIDGING = re.compile(r"(?i)bridg(?:e|ed|ing)")
NETWORKS = frozenset({"network", "chain", "mainnet", "testnet", "blockchain"})


def own_names_first(utterance: Utterance, reading: Reading) -> Reading:
    """'switch to base' with an account called base, 'send 5 usdc to base' with a contact called base."""
    context = utterance.context
    if reading.intent == "switch_chain" and not _called_a_network(utterance, reading):
        return _instead(utterance, reading, "chain", ("switch_account", "account"), context.accounts)
    if (
        reading.intent == "bridge"
        and not {"from_chain", "token_out"} & set(reading.slots)
        and not _bridges(utterance, reading)
    ):
        names = (*context.contacts, *context.accounts)
        return _instead(utterance, reading, "to_chain", ("transfer", "recipient"), names)
    return reading


def _bridges(utterance: Utterance, reading: Reading) -> bool:
    """Where the verb is to bridge no party can stand."""
    return any(BRIDGING.fullmatch(word.text) for word in utterance.words[reading.first : reading.last + 1])


def _called_a_network(utterance: Utterance, reading: Reading) -> bool:
    """'the base network' is the chain, whatever the accounts are called."""
    last = next((tag.last for tag in reading.tags if tag.tag == "chain"), reading.last)
    behind = utterance.words[last + 1 : last + 2]
    return bool(behind) and behind[0].text.lower() in NETWORKS


def _instead(
    utterance: Utterance, reading: Reading, slot: str, meant: tuple[str, str], names: Collection[str]
) -> Reading:
    """The reading with the chain in `slot` as a party, where the words under it are one of `names`."""
    tag = next((tag for tag in reading.tags if tag.tag == slot), None)
    said = utterance.said(tag).lower() if tag else ""
    if said not in names:
        return reading
    intent, party = meant
    slots: dict[str, SlotValue] = {name: value for name, value in reading.slots.items() if name != slot}
    spans = {name: span for name, span in reading.spans.items() if name != slot}
    own = reading.spans.get(slot)
    return replace(
        reading, intent=intent, slots={**slots, party: said}, spans={**spans, **({party: own} if own else {})}
    )
