"""Applies a follow-up to earlier actions: fills what was missing, changes what was said, repeats with a difference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from nlp.assemble.finish import Drafted, judge_action, only_schema
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.assemble.text import character_range
from nlp.assemble.trigger import TriggerReading, read_trigger
from nlp.dialogue.changes import sized_alike, speaks_against
from nlp.dialogue.contrast import contrasted, names_unread, refuses_a_value
from nlp.dialogue.fit import fitted_slot, rivals_of
from nlp.dialogue.named import (
    UNCLEAR,
    drops,
    drops_condition,
    is_for_all,
    mentions_dropping,
    named,
    only_one,
    unlabelled,
)
from nlp.dialogue.sides import on_its_side
from nlp.dialogue.targets import changes_what_was_said, could_be_either, target, targets, trigger_target
from nlp.lexicon import CHAINS, PROTOCOLS
from nlp.schema import INTENTS, may_carry_trigger
from nlp.types import Action, Doubt, SlotValue
from nlp.values import Unusable, read_value

WHAT = "it is not clear what this changes; say the amount and the coin"
SIZED = re.compile(r"\b(?:all|everything|half|double|twice|max)\b|\d")
COUNTING = re.compile(r"(?i)\s+(?:goes|times|payments?|runs|instal\w+|rounds|turns)\b")
LYING_ON = re.compile(
    r"(?i)\b(?:funds?|money|coins?|balance|it|they|that|those|[a-z]{2,6}coin|usd[ct]|dai|eth)(?:\s+(?:is|are|sits?|lies?)|['’](?:s|re))\s+(?:currently\s+|now\s+|still\s+|all\s+)?on\s+$"
)
TURNED = "the other way round the amount is of another coin; say how much of what"
INSTEAD = re.compile(r"\b(?:instead\s+of|rather\s+than)\b")
ALONE = frozenset(
    {
        "no",
        "wait",
        "actually",
        "from",
        "sorry",
        "rather",
        "hmm",
        "not",
        "the",
        "account",
        "my",
        "instead",
        "oh",
        "nah",
        "make",
        "it",
        "that",
        "i",
        "meant",
        "mean",
        "use",
    }
)
LASTING = "it is not clear whether that is how long or when; say for how many times, or from when"
WHICH = "it is not clear which of these is to be changed; say it by its amount and name"


def amended(utterance: Utterance, reading: Reading, pending: Sequence[Drafted], turn: int) -> tuple[Drafted, ...]:
    """The pending actions with what this turn changes. A turn that changes nothing gives them back as they were."""
    result = list(pending)
    reading = _own_receiver(utterance, contrasted(utterance, reading, pending), pending)
    reading = _own_account(utterance, reading, pending)
    reading, result = _to_a_chain(utterance, _where_it_is(utterance, reading, pending), result)
    at = named(utterance, reading, pending)
    meant = pending[at if isinstance(at, int) else -1].action
    reading, doubt = on_its_side(utterance, sized_alike(utterance, reading, meant), meant)
    against = (
        *speaks_against(utterance, reading, pending),
        *names_unread(utterance, reading, pending),
        *([doubt] if doubt else []),
        *([WHICH] if at == UNCLEAR else []),
    )
    if against or at == UNCLEAR:
        return (*result[:-1], replace(result[-1], doubts=(*result[-1].doubts, *(Doubt("", why) for why in against))))
    only = only_one(utterance, reading, [item.action for item in pending])
    if only is not None:
        unclear = replace(result[-1], doubts=(*result[-1].doubts, Doubt("", WHICH)))
        return (result[only],) if isinstance(only, int) else (*result[:-1], unclear)
    if drops_condition(utterance, reading):
        index = at if isinstance(at, int) else trigger_target(result)
        return (*result[:index], _unconditioned(result[index]), *result[index + 1 :])
    if isinstance(at, int) and drops(utterance, reading):
        return (*result[:at], *result[at + 1 :])
    if isinstance(at, int) and not (reading.tags_but_references or reading.limits):
        return (*result[:at], replace(result[at], doubts=(*result[at].doubts, Doubt("", WHAT))), *result[at + 1 :])
    if (
        at is None
        and not is_for_all(utterance, reading)
        and could_be_either(reading, result, changes_what_was_said(utterance, reading))
    ):
        return (*result[:-1], replace(result[-1], doubts=(*result[-1].doubts, Doubt("", WHICH))))
    for slot, value in reading.slots.items():
        span = (turn, *reading.spans.get(slot, (0, 0)))
        for index in targets(utterance, reading, slot, result, at):
            result[index] = _with_slot(result[index], slot, value, span)
    for slot, reason in reading.unusable.items():
        index = target(utterance, reading, slot, result, at)
        result[index] = _with_unusable(result[index], slot, reason)
    times = {tag.tag for tag in reading.tags if tag.tag.startswith("t.")}
    unplaced = times == {"t.threshold"} and all(item.action.trigger is None for item in pending)
    if unplaced or _says_an_amount_only(utterance, reading) or _could_be_the_condition(utterance, reading, pending):
        return (*result[:-1], replace(result[-1], doubts=(*result[-1].doubts, Doubt("", WHAT))))
    if times:
        index = at if at is not None else trigger_target(result)
        timed = _with_trigger if may_carry_trigger(result[index].action.intent) else _with_length
        result[index] = timed(utterance, reading, result[index], turn)
    if reading.limits:
        result[-1] = _limited(result[-1], reading.limits)
    turned = _both_ways(result, pending)
    rest = " ".join(unlabelled(utterance, reading))
    if turned or (result == list(pending) and (INSTEAD.search(rest) or refuses_a_value(rest, pending))):
        result[-1] = replace(result[-1], doubts=(*result[-1].doubts, Doubt("", TURNED if turned else WHAT)))
    if len(result) > 1 and result == list(pending) and mentions_dropping(utterance, reading):
        result[-1] = replace(result[-1], doubts=(*result[-1].doubts, Doubt("", WHICH)))
    return tuple(result)


def _both_ways(result: Sequence[Drafted], pending: Sequence[Drafted]) -> bool:
    """'swap 500 usdc to eth' · 'i meant eth to usdc': 500 of which?"""
    pairs = [(own.action.slots, old.action.slots) for own, old in zip(result, pending, strict=False)]
    return any(
        own.get("token_in") == old.get("token_out") != own.get("token_out") == old.get("token_in")
        and own.get("token_in") is not None
        and own.get("amount_in") == old.get("amount_in") is not None
        for own, old in pairs
    )


def _says_an_amount_only(utterance: Utterance, reading: Reading) -> bool:
    """'on second thoughts, all of it' in which no label took anything: the change was not understood."""
    nothing = not reading.tags and not reading.slots and not reading.unusable
    return nothing and SIZED.search(" ".join(unlabelled(utterance, reading))) is not None


def _could_be_the_condition(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> bool:
    """'greedy of me but 3300' to a sale of 1 eth above 3000, 'stop after 20 goes' to what recurs: an amount by its label alone."""
    tag = next((tag for tag in reading.tags if tag.tag in AMOUNT_SLOTS), None)
    action = pending[-1].action
    trigger = action.trigger or {}
    if tag is None or any(other.tag.startswith(("token", "t.")) for other in reading.tags):
        return False
    if "every" in trigger and COUNTING.match(utterance.text, utterance.words[tag.last].end):
        return True
    said, held, waited = (
        _number(value) for value in (reading.slots.get(tag.tag), _size_of(action), trigger.get("threshold"))
    )
    return bool(said and held and waited) and _times_apart(said, waited) < _times_apart(said, held)


def _times_apart(one: Fraction, other: Fraction) -> Fraction:
    return max(one / other, other / one)


def _size_of(action: Action) -> SlotValue | None:
    return next(
        (action.slots[slot] for slot in ("amount", "amount_in", "amount_out", "value") if slot in action.slots), None
    )


def _number(value: object) -> Fraction:
    """The size of a plain amount, exactly; 0 where it is none."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(?: [A-Z]{3})?", str(value))
    return Fraction(match[1]) if match else Fraction(0)


def _own_account(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'from my holiday account' · 'no wait, main': a bare name of one's own, where an account was said before, is the account."""
    tag = next((tag for tag in reading.tags if tag.tag == "recipient"), None)
    said = str(reading.slots.get("recipient"))
    own = said in utterance.context.accounts and said not in utterance.context.contacts
    before = utterance.words[tag.first - 1].text.lower() if tag and tag.first else ""
    paid_from = all("account" in item.action.slots and "recipient" in item.action.slots for item in pending)
    free = {utterance.words[i].text.lower() for i in utterance.unlabelled(reading) if utterance.words[i].text.isalpha()}
    bare = not free - ALONE and "recipient" in reading.spans
    if tag is None or not own or before in ("to", "for") or "account" in reading.slots or not paid_from or not bare:
        return reading
    return _renamed(reading, "recipient", "account")


def _own_receiver(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'put 0.2 eth into holiday' · 'i mean pension': a bare name of one's own, where only a receiver was said, is the receiver."""
    tag = next((tag for tag in reading.tags if tag.tag == "account"), None)
    own = utterance.context.accounts
    received = all(item.action.slots.get("recipient") in own and "account" not in item.action.slots for item in pending)
    free = {utterance.words[i].text.lower() for i in utterance.unlabelled(reading) if utterance.words[i].text.isalpha()}
    bare = not free - (ALONE - {"from", "account", "use"})
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
    if tag is None or action.intent != "bridge" or "to_chain" not in action.slots:
        return reading
    if not LYING_ON.search(utterance.text[utterance.words[reading.first].start : utterance.words[tag.first].start]):
        return reading
    return _renamed(reading, tag.tag, "from_chain")


def _to_a_chain(utterance: Utterance, reading: Reading, pending: list[Drafted]) -> tuple[Reading, list[Drafted]]:
    """'push 900 usdc across' · 'to scroll': what goes to a chain that is no contact is bridged (the contract)."""
    known = {*utterance.context.contacts, *utterance.context.accounts}
    said = str(reading.slots.get("recipient"))
    action = pending[-1].action
    if action.intent != "transfer" or "recipient" in action.slots or said in known or said not in CHAINS:
        return reading, pending
    begins = {"from_chain": action.slots["chain"]} if "chain" in action.slots else {}
    bridge = replace(action, intent="bridge", slots={**only_schema("bridge", action.slots), **begins})
    slots = {"to_chain" if name == "recipient" else name: value for name, value in reading.slots.items()}
    spans = {"to_chain" if name == "recipient" else name: span for name, span in reading.spans.items()}
    bridged = judge_action(bridge, {}, (), TriggerReading())
    slots["to_chain"] = CHAINS[said]
    return replace(reading, slots=slots, spans=spans), [*pending[:-1], replace(bridged, doubts=pending[-1].doubts)]


def _limited(item: Drafted, limits: Sequence[str]) -> Drafted:
    """A consent or change with a condition that nothing can keep asks instead."""
    judged = judge_action(item.action, {}, limits, TriggerReading())
    missing = tuple(dict.fromkeys((*item.missing, *judged.missing)))
    return replace(item, missing=missing, doubts=(*item.doubts, *judged.doubts))


def repeated(utterance: Utterance, reading: Reading, earlier: Drafted, turn: int) -> Drafted:
    """'the same for link': the earlier action with this turn's values in their places; what it lacked it lacks still."""
    return amended(utterance, reading, (earlier,), turn)[0]


def _with_slot(item: Drafted, tag: str, value: SlotValue, span: tuple[int, int, int]) -> Drafted:
    if item.action.intent == "alert" or (fitted_slot(tag, item.action, item.missing) is None and item.action.trigger):
        return _with_key(item, tag, value, span)
    slot = fitted_slot(tag, item.action, item.missing)
    slot, value = _protocol_not_token(item, slot, value)
    if tag in ("spender", "protocol") and slot not in (None, "spender", "protocol", "contract"):
        # A protocol's misspelt name is repaired, a person's or an account's never.
        slot = None
    if value == "unlimited" and item.action.intent != "approve":
        return _with_unusable(item, tag, "what has no limit is not an amount that can be moved")
    if slot is None:
        return replace(item, doubts=(*item.doubts, Doubt("", f"{tag.replace('_', ' ')} has no place here")))
    out = rivals_of(slot, item.action)
    slots = {name: kept for name, kept in item.action.slots.items() if name not in out}
    spans = {name: kept for name, kept in item.action.spans.items() if name not in out}
    action = replace(
        item.action, slots=only_schema(item.action.intent, {**slots, slot: value}), spans={**spans, slot: span}
    )
    return _again_judged(action, item, answered=slot)


def _protocol_not_token(item: Drafted, slot: str | None, value: SlotValue) -> tuple[str | None, SlotValue]:
    """'aave' said to a loan whose token is known names the protocol, not the coin of that name."""
    known = PROTOCOLS.get(str(value).lower())
    spec = INTENTS[item.action.intent].slots
    meant = slot == "token" and known and "token" in item.action.slots and "protocol" in spec
    return ("protocol", known) if meant and known and "protocol" not in item.action.slots else (slot, value)


def _with_key(item: Drafted, tag: str, value: SlotValue, span: tuple[int, int, int]) -> Drafted:
    """A value said to an alert fills its trigger's key."""
    key = {"amount": "threshold", "value": "threshold", "token": "token", "account": "account"}.get(tag)
    if key is None or not isinstance(value, str):
        return item
    trigger = {**(item.action.trigger or {"metric": "price"}), key: value.split()[0] if tag == "value" else value}
    action = replace(item.action, trigger=trigger, spans={**item.action.spans, f"trigger.{key}": span})
    return _again_judged(action, item, answered="trigger")


def _with_unusable(item: Drafted, tag: str, reason: str) -> Drafted:
    """A correction that cannot be used takes the old value away too: it was not wanted any more."""
    slot = fitted_slot(tag, item.action, item.missing) or tag
    action = replace(item.action, slots={name: kept for name, kept in item.action.slots.items() if name != slot})
    return _kept(judge_action(action, {slot: reason}, (), TriggerReading()), item, answered=slot)


def _unconditioned(item: Drafted) -> Drafted:
    """'drop the condition': done at once, when it is confirmed."""
    if item.action.trigger is None:
        return replace(item, doubts=(*item.doubts, Doubt("", WHAT)))
    action = replace(item.action, trigger=None)
    return _kept(judge_action(action, {}, (), TriggerReading()), item, answered="trigger")


def _with_trigger(utterance: Utterance, reading: Reading, item: Drafted, turn: int) -> Drafted:
    """A condition or schedule said later: its keys replace the earlier ones of the same name."""
    own = replace(reading, intent=item.action.intent, slots=item.action.slots)
    said = read_trigger(utterance, own, item.action.trigger or {})
    if "every" in (item.action.trigger or {}) and (
        "date" in said.keys or ("after" in said.keys and not _says_when(utterance, reading))
    ):
        return replace(item, doubts=(*item.doubts, Doubt("", LASTING)))
    keys = said.keys
    spans: Mapping[str, tuple[int, int, int]] = {f"trigger.{key}": (turn, *span) for key, span in said.spans.items()}
    action = replace(item.action, trigger=keys or None, spans={**item.action.spans, **spans})
    return _kept(judge_action(action, {}, (), said), item, answered="trigger")


def _says_when(utterance: Utterance, reading: Reading) -> bool:
    """'in 10 weeks' is a time to begin at; '10 weeks' said to what recurs is as likely how long."""
    tag = next(tag for tag in reading.tags if tag.tag == "t.after")
    words = [word.text.lower() for word in utterance.words[max(0, tag.first - 2) : tag.last + 1]]
    return bool({"in", "after", "tomorrow", "from"} & set(words))


def _with_length(utterance: Utterance, reading: Reading, item: Drafted, turn: int) -> Drafted:
    """What cannot wait can still last: a length of time said to it is its term or period."""
    slot = next((name for name in ("term", "period") if name in INTENTS[item.action.intent].slots), None)
    tag = next((tag for tag in reading.tags if tag.tag.startswith("t.")), None)
    if slot is None or tag is None:
        return item
    words = utterance.words_of(tag)
    value = read_value(("period",), words, utterance.text, utterance.context)
    if isinstance(value, Unusable):
        return _with_unusable(item, slot, value.reason)
    return _with_slot(item, slot, value, (turn, *character_range(words)))


def _again_judged(action: Action, before: Drafted, answered: str) -> Drafted:
    """Judged anew with one slot answered."""
    return _kept(judge_action(action, {}, (), TriggerReading()), before, answered)


def _kept(drafted: Drafted, before: Drafted, answered: str) -> Drafted:
    """What was unusable before stays missing, and what was doubted stays in doubt, until just that is answered."""
    missing = [
        entry
        for entry in before.missing
        if answered not in entry.split("|") and entry not in drafted.missing and not _given(drafted.action, entry)
    ]
    doubts = [doubt for doubt in before.doubts if not _answers(answered, doubt.slot)]
    return Drafted(drafted.action, (*drafted.missing, *missing), tuple(dict.fromkeys((*doubts, *drafted.doubts))))


def _answers(answered: str, doubted: str) -> bool:
    """A new value answers the doubt about its own slot; any size answers the doubt about another size."""
    return answered == doubted or {answered, doubted} <= AMOUNT_SLOTS


def _given(action: Action, entry: str) -> bool:
    return any(slot in action.slots for slot in entry.split("|")) or not set(entry.split("|")) & {
        *INTENTS[action.intent].slots,
        "trigger",
    }
