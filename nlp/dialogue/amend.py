"""Applies a follow-up to earlier actions: fills what was missing, changes what was said, repeats with a difference."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from nlp.assemble.evidence import names_cut
from nlp.assemble.finish import Drafted, judge_action, only_schema
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.assemble.text import character_range
from nlp.assemble.trigger import TriggerReading, read_trigger
from nlp.assemble.unheld_parts import cut_message, cut_name
from nlp.dialogue.changes import coin_counted, origin_said, sized_alike, speaks_against
from nlp.dialogue.contrast import coins_unread, contrasted, names_unread
from nlp.dialogue.fit import fitted_slot, rivals_of
from nlp.dialogue.named import (
    UNCLEAR,
    drops,
    drops_condition,
    is_for_all,
    named,
    only_one,
)
from nlp.dialogue.placed import placed
from nlp.dialogue.purposes import meant_otherwise
from nlp.dialogue.sides import on_its_side
from nlp.dialogue.targets import changes_what_was_said, could_be_either, target, targets, trigger_target
from nlp.dialogue.unsettled import WHAT, WHICH, says_an_amount_only, unsettled
from nlp.lexicon import PROTOCOLS
from nlp.schema import INTENTS, may_carry_trigger
from nlp.types import Action, Doubt, SlotValue
from nlp.values import Unusable, read_value

COUNTING = re.compile(r"(?i)\s+(?:goes|times|payments?|runs|instal\w+|rounds|turns)\b")
NOON = 12
MORNING = "it is not clear whether that is in the morning or the evening; say am or pm"
LASTING = "it is not clear whether that is how long or when; say for how many times, or from when"


def amended(utterance: Utterance, reading: Reading, pending: Sequence[Drafted], turn: int) -> tuple[Drafted, ...]:
    """The pending actions with what this turn changes. A turn that changes nothing gives them back as they were."""
    reading = origin_said(utterance, coin_counted(contrasted(utterance, reading, pending), pending), pending)
    reading, result = placed(utterance, reading, pending)
    at = named(utterance, reading, pending)
    meant = pending[at if isinstance(at, int) else -1].action
    reading, doubt = on_its_side(utterance, sized_alike(utterance, reading, meant), meant)
    against = (
        *speaks_against(utterance, reading, pending),
        *meant_otherwise(utterance, reading, pending),
        *names_unread(utterance, reading, pending),
        *coins_unread(utterance, reading, pending),
        *cut_message(utterance, reading),
        *cut_name(utterance, reading),
        *names_cut(utterance, reading),
        *([doubt] if doubt else []),
        *([WHICH] if at == UNCLEAR else []),
    )
    if against or at == UNCLEAR:
        return _doubting(result, -1, *against)
    left = _some_left_out(utterance, reading, result, at)
    return left if left is not None else _changed(utterance, reading, result, pending, at, turn)


def _doubting(drafted: Sequence[Drafted], index: int, *reasons: str) -> tuple[Drafted, ...]:
    result = list(drafted)
    result[index] = replace(result[index], doubts=(*result[index].doubts, *(Doubt("", why) for why in reasons)))
    return tuple(result)


def _some_left_out(
    utterance: Utterance, reading: Reading, result: Sequence[Drafted], at: int | None
) -> tuple[Drafted, ...] | None:
    """What stays where one of several or a condition is dropped, or it is not clear which; None where nothing is dropped."""
    only = only_one(utterance, reading, [item.action for item in result])
    if only is not None:
        return (result[only],) if isinstance(only, int) else _doubting(result, -1, WHICH)
    if drops_condition(utterance, reading):
        index = at if isinstance(at, int) else trigger_target(result)
        return (*result[:index], _unconditioned(result[index]), *result[index + 1 :])
    if at is not None and drops(utterance, reading):
        return (*result[:at], *result[at + 1 :])
    if at is not None and not (reading.tags_but_references or reading.limits):
        return _doubting(result, at, WHAT)
    for_all = at is not None or is_for_all(utterance, reading)
    if not for_all and could_be_either(reading, result, changes_what_was_said(utterance, reading)):
        return _doubting(result, -1, WHICH)
    return None


def _changed(
    utterance: Utterance,
    reading: Reading,
    before: Sequence[Drafted],
    pending: Sequence[Drafted],
    at: int | None,
    turn: int,
) -> tuple[Drafted, ...]:
    """The actions with the values and times of a turn."""
    result = list(before)
    for slot, value in reading.slots.items():
        span = (turn, *reading.spans.get(slot, (0, 0)))
        for index in targets(utterance, reading, slot, result, at):
            result[index] = _with_slot(result[index], slot, value, span)
    for slot, reason in reading.unusable.items():
        index = target(utterance, reading, slot, result, at)
        result[index] = _with_unusable(result[index], slot, reason)
    times = {tag.tag for tag in reading.tags if tag.tag.startswith("t.")}
    unplaced = times == {"t.threshold"} and all(item.action.trigger is None for item in pending)
    if unplaced or says_an_amount_only(utterance, reading) or _could_be_the_condition(utterance, reading, pending):
        return _doubting(result, -1, WHAT)
    if times:
        index = at if at is not None else trigger_target(result)
        timed = _with_trigger if may_carry_trigger(result[index].action.intent) else _with_length
        result[index] = timed(utterance, reading, result[index], turn)
    if reading.limits:
        result[-1] = _limited(result[-1], reading.limits)
    why = unsettled(utterance, reading, result, pending)
    return _doubting(result, -1, why) if why else tuple(result)


def _could_be_the_condition(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> bool:
    """'greedy of me but 3300' to a sale of 1 eth above 3000, 'stop after 20 goes' to what recurs: an amount by its label alone."""
    tag = next((tag for tag in reading.tags if tag.tag in AMOUNT_SLOTS), None)
    action = pending[-1].action
    trigger = action.trigger or {}
    if tag is None or any(other.tag.startswith(("token", "t.")) for other in reading.tags):
        return False
    if "every" in trigger and COUNTING.match(utterance.text, utterance.words[tag.last].end):
        return True
    said, held = _number(reading.slots.get(tag.tag)), _number(_size_of(action))
    before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
    if "at" in trigger or (set(trigger) & {"weekday", "date"} and before == "at"):
        return before == "at" or (bool(said) and any(_near(said, hour, held) for hour in _hours(trigger.get("at", ""))))
    slippage = str(action.slots.get("slippage", "")).removesuffix("%")
    others = (trigger.get("threshold"), *_counts_in(trigger), action.slots.get("min_out"), slippage)
    return bool(said and held) and any(_near(said, _number(other), held) for other in others)


def _near(said: Fraction, other: Fraction, held: Fraction) -> bool:
    """Whether a number is nearer to another one than to the amount that it would change."""
    return bool(other) and (not held or _times_apart(said, other) < _times_apart(said, held))


def _hours(at: str) -> tuple[Fraction, ...]:
    """'17:00' as 17 and as 5."""
    hour = int(at[:2]) if at[:2].isdigit() else 0
    return Fraction(hour), Fraction(hour % 12)


def _counts_in(trigger: Mapping[str, str]) -> tuple[str, ...]:
    """The numbers in the lengths and counts of a schedule: '2' of 'PT2H', '10' of ten times."""
    held = (trigger.get("after", ""), trigger.get("every", ""), trigger.get("times", ""))
    return tuple(n for value in held for n in re.findall(r"\d+", value) if n != "1")


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
    if tag in ("spender", "protocol", "contract") and slot not in (None, "spender", "protocol", "contract"):
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
    if _other_half(item.action.trigger or {}, said.keys, utterance.text):
        return replace(item, doubts=(*item.doubts, Doubt("", MORNING)))
    keys = said.keys
    spans: Mapping[str, tuple[int, int, int]] = {f"trigger.{key}": (turn, *span) for key, span in said.spans.items()}
    action = replace(item.action, trigger=keys or None, spans={**item.action.spans, **spans})
    return _kept(judge_action(action, {}, (), said), item, answered="trigger")


def _other_half(before: Mapping[str, str], said: Mapping[str, str], text: str) -> bool:
    """'at 5pm' · '6 o'clock': in the morning, or in the evening as before?"""
    bare = re.search(
        r"(?i)\d:\d|\b(?:a\.?m|p\.?m|morning|afternoon|evening|night|noon|midday|midnight)\b|\d\s?[ap]m", text
    )
    hours = [int(keys["at"][:2]) for keys in (before, said) if "at" in keys]
    return len(hours) == 2 and (hours[0] >= NOON) != (hours[1] >= NOON) and bare is None


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
    return answered in doubted.split("|") or {answered, doubted} <= AMOUNT_SLOTS


def _given(action: Action, entry: str) -> bool:
    return any(slot in action.slots for slot in entry.split("|")) or not set(entry.split("|")) & {
        *INTENTS[action.intent].slots,
        "trigger",
    }
