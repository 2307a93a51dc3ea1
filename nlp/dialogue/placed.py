"""Whose and where a change is: a bare name of one's own, the chain on which a bridge begins, the chain that a payment goes to."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.finish import Drafted, judge_action, only_schema
from nlp.assemble.reading import Reading, Utterance
from nlp.assemble.trigger import TriggerReading
from nlp.lexicon import CHAINS, PROTOCOLS

LYING_ON = re.compile(
    r"(?i)\b(?:funds?|money|coins?|balance|it|they|that|those|[a-z]{2,6}coin|usd[ct]|dai|eth)(?:\s+(?:is|are|sits?|lies?)|['’](?:s|re))\s+(?:currently\s+|now\s+|still\s+|all\s+)?on\s+$"
)
REFUSED = re.compile(r"(?i)\b(?:not|instead\s+of|rather\s+than)\s+(\w+)")
ALONE = frozenset(
    ("no", "wait", "actually", "from", "sorry", "rather", "hmm", "not", "the", "account", "my", "instead", "oh", "nah", "make", "it", "that", "i", "meant", "mean", "use")
)  # fmt: skip


def placed(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> tuple[Reading, list[Drafted]]:
    """The reading with its names in the slots that they mean, and the pending actions as what they turn out to be."""
    reading = _pointed_by_its_place(utterance, reading, pending)
    reading = _own_account(utterance, _own_receiver(utterance, reading, pending), pending)
    reading, turned = _to_an_account(utterance, reading, list(pending))
    return _to_a_chain(utterance, _where_it_is(utterance, reading, turned), turned)


def _pointed_by_its_place(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'change the aave bit to 70': the name of a place that something pending has points to that, and is no coin."""
    tag = next((tag for tag in reading.tags if tag.tag == "token"), None)
    held = {str(item.action.slots.get("protocol")) for item in pending}
    behind = utterance.words[tag.last + 1].text.lower() if tag and tag.last < reading.last else ""
    if tag is None or behind not in ("one", "bit", "part") or PROTOCOLS.get(utterance.said(tag).lower()) not in held:
        return reading
    slots = {name: value for name, value in reading.slots.items() if name != "token"}
    return replace(reading, slots=slots, tags=tuple(t for t in reading.tags if t is not tag))


def _own_account(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'from my holiday account' · 'no wait, main': a bare name of one's own, where an account was said before, is the account."""
    tag = next((tag for tag in reading.tags if tag.tag == "recipient"), None)
    said = str(reading.slots.get("recipient"))
    own = said in utterance.context.accounts and said not in utterance.context.contacts
    before = utterance.words[tag.first - 1].text.lower() if tag and tag.first else ""
    paid_from = all("account" in item.action.slots and "recipient" in item.action.slots for item in pending)
    free = {utterance.words[i].text.lower() for i in reading.unlabelled if utterance.words[i].text.isalpha()}
    bare = not free - ALONE and "recipient" in reading.spans
    if tag is None or not own or before in ("to", "for") or "account" in reading.slots or not paid_from or not bare:
        return reading
    return _renamed(reading, "recipient", "account")


def _own_receiver(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'put 0.2 eth into holiday' · 'i mean pension': a bare name of one's own, where only a receiver was said, is the receiver."""
    tag = next((tag for tag in reading.tags if tag.tag == "account"), None)
    own = utterance.context.accounts
    received = all(item.action.slots.get("recipient") in own for item in pending)
    free = {utterance.words[i].text.lower() for i in reading.unlabelled if utterance.words[i].text.isalpha()}
    before = utterance.words[tag.first - 1].text.lower() if tag and tag.first else ""
    bare = not free - (ALONE - {"from", "account", "use"}) or before in ("into", "to", "onto")
    if tag is None or not received or not bare or "account" not in reading.spans or "recipient" in reading.slots:
        return reading
    return _renamed(reading, "account", "recipient")


def _renamed(reading: Reading, slot: str, name: str) -> Reading:
    slots = {name if key == slot else key: value for key, value in reading.slots.items()}
    spans = {name if key == slot else key: span for key, span in reading.spans.items()}
    return replace(reading, slots=slots, spans=spans)


def _where_it_is(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'bridge 900 usdc to base' · 'the funds are on ethereum': where a bridge begins."""
    tag = next((tag for tag in reading.tags if tag.tag in ("to_chain", "chain")), None)
    action = pending[-1].action
    if tag is not None and tag.tag == "chain" and tag.tag in reading.slots:
        end = _end_replaced(utterance, reading, pending)
        if end:
            return _renamed(reading, "chain", end)
    if action.intent != "bridge":
        return reading
    coin = next((tag for tag in reading.tags if tag.tag == "token"), None)
    before = utterance.words[coin.first - 1].text.lower() if coin and coin.first else ""
    if coin and before in ("from", "off") and utterance.said(coin).lower() in CHAINS and "token" in reading.slots:
        reading = _renamed(reading, "token", "from_chain")
        return replace(reading, slots={**reading.slots, "from_chain": CHAINS[utterance.said(coin).lower()]})
    if tag is None or "to_chain" not in action.slots:
        return reading
    if not LYING_ON.search(utterance.text[utterance.words[reading.first].start : utterance.words[tag.first].start]):
        return reading
    return _renamed(reading, tag.tag, "from_chain")


def _end_replaced(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> str:
    """'make it base instead of arbitrum': the end of a bridge that was the refused chain; '' where none was."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    match = REFUSED.search(said)
    old = CHAINS.get(match[1].lower()) if match else None
    ends = [end for item in pending for end in ("to_chain", "from_chain") if old and item.action.slots.get(end) == old]
    return ends[0] if len(ends) == 1 else ""


def _to_an_account(utterance: Utterance, reading: Reading, pending: list[Drafted]) -> tuple[Reading, list[Drafted]]:
    """'deposit 300 usdc' · 'in savings': what is put into an account of one's own is a transfer (the contract)."""
    tag = next((tag for tag in reading.tags if tag.tag in ("account", "recipient", "protocol")), None)
    action = pending[-1].action
    said = str(reading.slots.get(tag.tag)) if tag else ""
    ahead = [word.text.lower() for word in utterance.words[max(0, tag.first - 2) : tag.first]] if tag else []
    before = next((word for word in reversed(ahead) if word not in ("my", "the")), "")
    into = before in ("in", "into", "to", "onto") and said in utterance.context.accounts
    if (
        tag is None
        or action.intent != "supply"
        or "protocol" in action.slots
        or not into
        or tag.tag not in reading.slots
    ):
        return reading, pending
    moved = replace(action, intent="transfer", slots=only_schema("transfer", action.slots))
    judged = judge_action(moved, {}, (), TriggerReading())
    return _renamed(reading, tag.tag, "recipient"), [*pending[:-1], replace(judged, doubts=pending[-1].doubts)]


def _to_a_chain(utterance: Utterance, reading: Reading, pending: list[Drafted]) -> tuple[Reading, list[Drafted]]:
    """'push 900 usdc across' · 'to scroll': what goes to a chain that is no contact is bridged (the contract)."""
    known = {*utterance.context.contacts, *utterance.context.accounts}
    said = str(reading.slots.get("recipient"))
    action = pending[-1].action
    if action.intent != "transfer" or "recipient" in action.slots or said in known or said not in CHAINS:
        return reading, pending
    begins = {"from_chain": action.slots["chain"]} if "chain" in action.slots else {}
    bridge = replace(action, intent="bridge", slots={**only_schema("bridge", action.slots), **begins})
    bridged = judge_action(bridge, {}, (), TriggerReading())
    reading = _renamed(reading, "recipient", "to_chain")
    reading = replace(reading, slots={**reading.slots, "to_chain": CHAINS[said]})
    return reading, [*pending[:-1], replace(bridged, doubts=pending[-1].doubts)]
