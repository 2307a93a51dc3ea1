"""What waits together, and in which order: conditions of the clause before, times said once for several, 'but first'."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile

from nlp.assemble.ellipsis import EACH, SILENT, elliptical, said_in
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.assemble.trigger import conditions_of
from nlp.schema import is_write
from nlp.types import Kind

CONDITIONAL = frozenset({"if", "when", "once", "as", "after", "until", "unless", "while", "provided"})
AT_ONCE = frozenset({"now", "immediately", "today", "asap", "first"})
GOING_ON: tuple[list[str], ...] = ([","], [";"], ["."], ["then"], ["and"], [])
FIRST = (["but", "first"], ["first"], ["and", "first"], ["but", "before", "that"])
OPENED = frozenset({"but", "only", "and", ",", "just"})
SOUNDS = frozenset({",", ";", ".", "-", "–", "—", "ah", "oh", "uh", "um", "er"})
TOGETHER = "it is not clear whether this waits for that time, too; say it in a sentence of its own"
DONE_BEFORE = re.compile(r"(?i)(?:,\s*)?(?:after|once)\s+(?:you|i|we)(?:['’]ve|\s+have)\s+(?!done\b|finished\b)\w+\s+$")


def first_things_first(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """'send 80 dai to ruth but first swap 80 usdc for dai': in the order in which they are to happen."""
    ordered: list[Reading] = []
    moved = 0
    for reading in readings:
        comes_first = bool(ordered) and (_opens_with_first(utterance, reading) or _is_done_before(utterance, reading))
        before = next((at for at, other in enumerate(ordered) if is_write(other.intent)), 0)
        ordered.insert(before + moved, reading) if comes_first else ordered.append(reading)
        moved += comes_first
    return tuple(ordered)


def _opens_with_first(utterance: Utterance, reading: Reading) -> bool:
    words = [word.text.lower() for word in utterance.words[reading.first : reading.first + 6]]
    opening = list(dropwhile(SOUNDS.__contains__, words))
    at = opening.index("first") if "first" in opening[:3] else -1
    return opening[: at + 1] in FIRST and opening[at + 1 : at + 2] not in GOING_ON


def _is_done_before(utterance: Utterance, reading: Reading) -> bool:
    """'… after you've sent jay 60', 'so bring 30 usdc over to polygon first'."""
    if not reading.tags or not is_write(reading.intent):
        return False
    opening = utterance.text[
        utterance.words[reading.first].start : utterance.words[min(t.first for t in reading.tags)].start
    ]
    words = [w.text.lower() for w in utterance.words[reading.first : reading.last + 1] if w.kind is not Kind.PUNCT]
    return DONE_BEFORE.match(opening) is not None or (bool(reading.slots) and words[-1:] == ["first"])


def said_by_words(utterance: Utterance, reading: Reading) -> list[str]:
    """The words of a segment in lower case, in order."""
    return [word.text.lower() for word in utterance.words[reading.first : reading.last + 1]]


def conditions_joined(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """An 'alert' that is only a condition ('… once eth is above 5000') belongs to the write before it."""
    kept: list[Reading] = []
    for reading in readings:
        opening = next(dropwhile(OPENED.__contains__, said_by_words(utterance, reading)), "")
        if kept and reading.intent == "alert" and opening in CONDITIONAL and is_write(kept[-1].intent):
            kept[-1] = replace(kept[-1], last=reading.last, tags=(*kept[-1].tags, *conditions_of(reading)))
        else:
            kept.append(reading)
    return tuple(kept)


def trigger_for_all(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'every saturday send 5 usdc each to amy and tom': what goes on without a verb of its own waits for the time that leads.

    A time at the end is for what is left out before it, too ('5 usdc to amy and 10 to tom monthly'); where nothing is left
    out it is asked.
    """
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        if (
            is_write(own.intent)
            and not elliptical(utterance, own)
            and _led_by_a_time(utterance, result[0], before, own)
        ):
            result[index] = replace(own, limits=(*own.limits, TOGETHER))
            continue
        if own.intent != before.intent or not is_write(own.intent) or not _goes_on(utterance, own):
            continue
        waiting, own_waiting = conditions_of(before), conditions_of(own)
        if waiting and not own_waiting and _leads(before) and not AT_ONCE & _words(utterance, own):
            result[index] = replace(own, tags=(*own.tags, *waiting))
        elif own_waiting and not waiting and not AT_ONCE & _words(utterance, before):
            shared = EACH & said_in(utterance, own.first, own.last) and not AMOUNT_SLOTS & {t.tag for t in before.tags}
            left_out = bool(shared) or (_ends(utterance, own) and not any(tag.tag == "token" for tag in own.tags))
            result[index - 1] = (
                replace(before, tags=(*before.tags, *own_waiting))
                if left_out
                else replace(before, limits=(*before.limits, TOGETHER))
            )
    return tuple(result)


def _led_by_a_time(utterance: Utterance, first: Reading, before: Reading, own: Reading) -> bool:
    """'every monday buy $50 of eth and send mum 20': a time that opens the sentence could be for all of it."""
    opens = bool(conditions_of(first)) and _leads(first) and before is first and is_write(first.intent)
    between = utterance.text[utterance.words[before.last].start : utterance.words[own.first].end].lower()
    joined = re.search(
        r"\b(?:and|then)\b", utterance.text[utterance.words[own.first].start :][:6].lower() + " " + between
    )
    parted = re.search(r"[.;!?]", between)
    said = _words(utterance, own)
    return opens and joined is not None and parted is None and not conditions_of(own) and not AT_ONCE & said


def _goes_on(utterance: Utterance, own: Reading) -> bool:
    """Whether a clause has no verb of its own, the words that open its time apart ('every', 'if', 'on')."""
    if elliptical(utterance, own):
        return True
    near = {at for tag in own.tags if tag.tag.startswith("t.") for at in (tag.first - 1, tag.first - 2)}
    last = max((tag.last for tag in own.tags), default=own.last)
    rest = [utterance.words[i] for i in own.unlabelled if i not in near and i <= last]
    return bool(near) and all(word.text.lower() in SILENT | EACH or word.kind is Kind.PUNCT for word in rest)


def _leads(reading: Reading) -> bool:
    """Whether the time stands before everything else of its clause, or came from one where it does."""
    times = [tag.first for tag in reading.tags if tag.tag.startswith("t.")]
    others = [tag.first for tag in reading.tags if not tag.tag.startswith("t.")]
    return bool(times) and max(times) < min(others, default=max(times) + 1)


def _ends(utterance: Utterance, reading: Reading) -> bool:
    """Whether the clause is joined by 'and' alone, and the time stands behind everything else of it."""
    times = [tag.first for tag in reading.tags if tag.tag.startswith("t.")]
    others = [tag.first for tag in reading.tags if not tag.tag.startswith("t.")]
    words = [word.text.lower() for word in utterance.words[max(0, reading.first - 1) : reading.first + 1]]
    return min(times) > max(others, default=-1) and "and" in words and "," not in words


def _words(utterance: Utterance, reading: Reading) -> frozenset[str]:
    return said_in(utterance, reading.first, reading.last)
