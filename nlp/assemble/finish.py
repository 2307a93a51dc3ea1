"""Turns readings into the contract's answer: actions, what is missing, why, and how sure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nlp.assemble.reading import MONEY_SIBLING, SPLIT, Reading, Utterance
from nlp.assemble.trigger import TriggerReading, read_trigger
from nlp.schema import INTENTS, may_carry_trigger
from nlp.types import Action, Doubt, Parse, SlotValue, Status

CONDITION = re.compile(r"(?i)^\W*(?:and |but )?(?:only )?(?:if|when|once|unless|while|as long as|provided)\b")
NAMED_APPROVALS = frozenset({"token", "spender"})
WORTH = ("worth", "value of", "valued")

TWINS = (("token_in", "token_out"), ("token_a", "token_b"), ("from_chain", "to_chain"))
CHANGES_NOTHING = "changes nothing; say which two are meant"
BOTH_WAYS = frozenset({"swap", "bridge", "add_liquidity"})


@dataclass(frozen=True, slots=True)
class Drafted:
    """An action with what it lacks (`missing`, as the contract writes it, without index) and what speaks against it."""

    action: Action
    missing: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def draft_action(utterance: Utterance, reading: Reading, turn: int) -> Drafted:
    """One reading as an action of the contract."""
    trigger = read_trigger(utterance, reading) if may_carry_trigger(reading.intent) else TriggerReading()
    slots = {**reading.slots, **_implied(utterance, reading)}
    if reading.intent == "revoke" and NAMED_APPROVALS & set(slots):
        # The contract: with a token or spender named there is no scope.
        slots.pop("scope", None)
    spans = {slot: (turn, *span) for slot, span in reading.spans.items() if slot in slots or slot == SPLIT}
    spans.update({f"trigger.{key}": (turn, *span) for key, span in trigger.spans.items() if key in trigger.keys})
    keys = dict(trigger.keys) or None
    action = Action(reading.intent, only_schema(reading.intent, slots), keys, spans)
    return judge_action(action, reading.unusable, reading.limits, trigger)


def judge_action(
    action: Action,
    unusable: Mapping[str, str],
    limits: Sequence[str],
    trigger: TriggerReading,
) -> Drafted:
    """What an action lacks, by its schema and by what was given and cannot be used."""
    missing = list(missing_slots(action))
    for slot in unusable:
        named = _as_required(action, slot)
        if slot not in action.slots and named not in missing:
            missing.append(named)
    if trigger.refused or (trigger.asked and not trigger.complete) or any(map(CONDITION.match, limits)):
        missing = [name for name in missing if name != "trigger"] + ["trigger"]
    doubts = [Doubt(slot, reason) for slot, reason in unusable.items()] + [Doubt("", limit) for limit in limits]
    if trigger.refused:
        doubts.append(Doubt("trigger", trigger.refused))
    return Drafted(action, tuple(missing), tuple(doubts))


def _with_changes(item: Drafted) -> Drafted:
    """A trade of a coin for itself and a bridge from a chain to itself are in doubt."""
    slots = item.action.slots if item.action.intent in BOTH_WAYS else {}
    same = [one for one, other in TWINS if one in slots and slots[one] == slots.get(other)]
    if not same and not any(doubt.reason.endswith(CHANGES_NOTHING) for doubt in item.doubts):
        return item
    doubts = (Doubt("", f"from {slots[one]} to {slots[one]} {CHANGES_NOTHING}") for one in same)
    return replace(item, doubts=(*(d for d in item.doubts if not d.reason.endswith(CHANGES_NOTHING)), *doubts))


def missing_slots(action: Action) -> tuple[str, ...]:
    """The required slots that an action lacks, alternatives joined by '|'."""
    spec = INTENTS[action.intent]
    lacks = []
    for alternatives in spec.required:
        if alternatives == ("trigger",):
            if not _complete(action.trigger):
                lacks.append("trigger")
        elif not any(slot in action.slots for slot in alternatives):
            lacks.append("|".join(alternatives))
    if action.intent != "alert" and action.trigger is not None and not _complete(action.trigger):
        lacks.append("trigger")
    return tuple(lacks)


def answer(drafted: Sequence[Drafted], confidence: float) -> Parse:
    """The whole answer: one incomplete action makes all of it incomplete."""
    drafted = tuple(_with_changes(item) for item in drafted)
    actions = tuple(item.action for item in drafted)
    if [action.intent for action in actions] == ["out_of_scope"]:
        return Parse("out_of_scope", (Action("out_of_scope"),), confidence=confidence)
    missing = tuple(f"{i}.{name}" if i else name for i, item in enumerate(drafted) for name in item.missing)
    doubts = tuple((i, doubt) for i, item in enumerate(drafted) for doubt in item.doubts)
    errors = tuple(dict.fromkeys(doubt.reason for _, doubt in doubts))
    status: Status = "incomplete" if missing or doubts else "understood"
    return Parse(status, actions, missing, errors, confidence, doubts)


def only_schema(intent: str, slots: Mapping[str, SlotValue]) -> dict[str, SlotValue]:
    """The slots that the intent has; what a read has no slot for is left out by the contract."""
    spec = INTENTS.get(intent)
    return {slot: value for slot, value in slots.items() if spec and slot in spec.slots}


def _complete(trigger: Mapping[str, str] | None) -> bool:
    return trigger is not None and TriggerReading(keys=trigger).complete


def _implied(utterance: Utterance, reading: Reading) -> dict[str, SlotValue]:
    """The one thing understood without being said: 'worth' without a currency asks for dollars."""
    if reading.intent != "quote" or "token_out" in reading.slots or "token_out" in reading.unusable:
        return {}
    words = " ".join(word.text.lower() for word in utterance.words[reading.first : reading.last + 1])
    return {"token_out": "USD"} if any(word in words for word in WORTH) else {}


def _as_required(action: Action, slot: str) -> str:
    """The name under which a slot is missing: its group of alternatives where none of them was given."""
    for alternatives in INTENTS[action.intent].required:
        siblings = {slot, MONEY_SIBLING.get(slot, slot)}
        if siblings & set(alternatives) and not any(name in action.slots for name in alternatives):
            return "|".join(alternatives)
    return slot
