"""Which of several pending actions a value is for."""

import re
from collections.abc import Sequence

from nlp.assemble.finish import Drafted
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.dialogue.fit import fitted_slot
from nlp.dialogue.named import is_for_all, replaced
from nlp.schema import INTENTS

PLACES = frozenset({"chain", "account", "protocol"})


def could_be_either(reading: Reading, drafted: Sequence[Drafted], changing: bool) -> bool:
    """'make it 25' said to payments of 20 and of 30: nothing tells which."""
    sizes = {str(item.action.slots.get("amount")) for item in drafted}
    said = {tag.tag for tag in reading.tags} & AMOUNT_SLOTS
    lacking = [item for item in drafted if any("amount" in entry for entry in item.missing)]
    if said and lacking and len(lacking) < len(drafted) and reading.intent == "amend" and changing:
        return True
    bare = {tag.tag for tag in reading.tags} in ({"amount"}, {"amount_in"}) and reading.intent == "amend"
    kinds = {item.action.intent for item in drafted if AMOUNT_SLOTS & set(item.action.slots)}
    if bare and len(kinds) > 1 and not lacking:
        return True
    payments = len(drafted) > 1 and all(item.action.intent == "transfer" for item in drafted)
    return bare and payments and len(sizes) > 1 and "None" not in sizes


def changes_what_was_said(utterance: Utterance, reading: Reading) -> bool:
    """'make it 2': what was said before is changed, and nothing answered."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    return re.search(r"(?i)\b(?:make\s+(?:it|that)|change|instead|actually)\b", said) is not None


def targets(utterance: Utterance, reading: Reading, slot: str, drafted: Sequence[Drafted], at: int | None) -> list[int]:
    """A place said of nothing in particular ('on base', 'from savings') is for all that stood in the same place so far."""
    index = target(utterance, reading, slot, drafted, at)
    fits = [i for i, item in enumerate(drafted) if slot in INTENTS[item.action.intent].slots]
    shared = _shared(slot, drafted, index)
    if at is None and len(shared) > 1:
        return shared
    if at is not None or (slot not in PLACES and not is_for_all(utterance, reading)):
        return [index]
    if is_for_all(utterance, reading):
        return fits or [index]
    asked_for = any(slot in entry.split("|") for entry in drafted[index].missing)
    if asked_for or replaced(utterance, reading, slot, [item.action for item in drafted]) is not None:
        return [index]
    before = drafted[index].action.slots.get(slot)
    return [i for i in fits if drafted[i].action.slots.get(slot) == before] or [index]


def _shared(slot: str, drafted: Sequence[Drafted], index: int) -> list[int]:
    """'30 usdc each to sam and nina' · 'make it 40', 'in dai instead': payments that hold the same, all of them."""
    held = drafted[index].action.slots.get(slot)
    alike = all(item.action.intent == "transfer" for item in drafted) and slot in ("amount", "token")
    same = [i for i, item in enumerate(drafted) if item.action.slots.get(slot) == held]
    return same if alike and held is not None and len(same) == len(drafted) else []


def target(utterance: Utterance, reading: Reading, slot: str, drafted: Sequence[Drafted], at: int | None) -> int:
    """Which pending action a value is for: the one named, else one that lacks it, else the last that holds it."""
    told = at if at is not None else replaced(utterance, reading, slot, [item.action for item in drafted])
    if told is not None:
        return told
    fits = [(i, fitted_slot(slot, item.action, item.missing), item) for i, item in enumerate(drafted)]
    for index, fitted, item in fits:
        if fitted and any(fitted in entry.split("|") for entry in item.missing):
            return index
    holding = [i for i, fitted, item in fits if fitted and fitted in item.action.slots]
    exact = [i for i, fitted, item in fits if fitted == slot and slot in item.action.slots]
    usable = [i for i, fitted, _ in fits if fitted]
    return next((group[-1] for group in (exact, holding, usable) if group), len(drafted) - 1)


def trigger_target(drafted: Sequence[Drafted]) -> int:
    return next((i for i, item in enumerate(drafted) if item.action.trigger is not None), len(drafted) - 1)
