"""Amounts that point back: 'half of that', 'twice as much', 'the same'. What does not say exactly how much is asked."""

import re
from collections.abc import Sequence
from fractions import Fraction

from nlp.assemble.reading import Reading, Utterance
from nlp.recognise.patterns import either
from nlp.schema import INTENTS
from nlp.types import Action, SlotValue, TaggedSpan
from nlp.values.amounts import share_of, times

AMOUNTS = ("amount", "amount_in", "amount_out")
POINTING = re.compile(r"\b(?:that|this|the same|same|as much|it)\b")
OF_IT = re.compile(r"(?:of )?(?:it|that|this|the same)\b(?!\s+(?:i|we|you|is|was|are)\b)")
MULTIPLES = {"twice": 2, "double": 2, "triple": 3, "treble": 3, "thrice": 3, "quadruple": 4}
COUNTS = {
    word: n for n, word in enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2)
}
_THAT = (
    r"(?:(?:the|that|this)\s+)?(?:same|that|this|it|as\s+much|that\s+much|much|amount|sum)(?:\s+(?:amount|sum|again))?"
)
MULTIPLE = re.compile(
    rf"(?:exactly\s+|just\s+)?(?:(?P<word>{either(MULTIPLES)})|(?P<count>[1-9]\d{{0,2}}(?:\.\d{{1,4}})?|{either(COUNTS)})\s?(?:times|x|×))\s+{_THAT}"
)
SAME = re.compile(rf"\W*(?:all\s+of\s+|exactly\s+|just\s+)?{_THAT}(?:\s+(?:as\s+before|each|of\s+it|to|for|worth))*\W*")
OF_WHAT = re.compile(r"\bof\s+(?:it|that|this|the\s+same)\b")
AROUND = frozenset(
    ("half", "halves", "halve", "halved", "thirds", "quarters", "fourth", "fourths", "fifths", "sixth", "sixths", "eighth", "eighths", "tenths", "quarter", "third", "fifth", "tenth", "times", "twice", "double", "doubled", "triple", "tripled", "most", "least", "less", "more", "fewer",
     "nearly", "almost", "about", "roughly", "plus", "minus", "under", "over", "not", "part", "some", "bit", "%", "percent", "x")
)  # fmt: skip
WHICH_SIDE = "it is not clear whether that is what was sold or what was bought; say how much"
NOT_EXACT = "it is not clear whom or what this points back to"


def pointed(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> str:
    """What an amount's label and the pointing words around it say, lower case; '' where it points to nothing."""
    before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
    said = f"{before} " if before in MULTIPLES else ""
    said += utterance.said(tag).lower().strip() + of_it(utterance, tag)
    return re.sub(r"\s+", " ", said) if POINTING.search(said) else ""


def of_it(utterance: Utterance, tag: TaggedSpan) -> str:
    """The pointing words that stand behind a label: 'half' of 'half of that'."""
    behind = " ".join(word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 4])
    match = OF_IT.match(behind)
    return f" {match[0]}" if match else ""


def points_to_amount(said: str) -> bool:
    """Whether an amount that was said is meant, and not a coin ('half of it')."""
    return re.search(r"\b(?:that|this|same|much)\b", said) is not None


def reckoned(
    utterance: Utterance, reading: Reading, tag: TaggedSpan, said: str, source: Action
) -> tuple[str, SlotValue] | str:
    """The slot and the value that the pointing amount comes to, or why it comes to none."""
    if source.intent == "swap" and reading.intent not in ("swap", "amend", "again"):
        return WHICH_SIDE
    if qualified(utterance, reading, tag):
        return NOT_EXACT
    share = reading.slots.get(tag.tag)
    amount = next((str(source.slots[a]) for a in AMOUNTS if a in source.slots), "")
    if not amount:
        return _of_money(reading, str(source.slots["value"]), said, share)
    if amount.endswith("%") and reading.intent not in ("amend", "again"):
        return NOT_EXACT
    found = _part_or_times(amount, said, share)
    return NOT_EXACT if found is None else (tag.tag, found)


def _of_money(reading: Reading, value: str, said: str, share: SlotValue | None) -> tuple[str, SlotValue] | str:
    number, _, currency = value.partition(" ")
    found = _part_or_times(number, said, share)
    spec = INTENTS.get(reading.intent)
    fits = found is not None and (spec is None or "value" in spec.slots)
    return ("value", f"{found} {currency}") if fits else NOT_EXACT


def _part_or_times(amount: str, said: str, share: SlotValue | None) -> str | None:
    """'twice that', 'half of it', 'the same'; None where what is said of the amount is none of these."""
    multiple = MULTIPLE.fullmatch(said)
    if multiple:
        count = MULTIPLES.get(multiple["word"] or "") or COUNTS.get(multiple["count"] or "")
        return times(amount, Fraction(count or multiple["count"]))
    if SAME.fullmatch(said):
        return amount
    return share_of(amount, share) if isinstance(share, str) else None


def qualified(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    """Whether words that no label took say more of the amount: 'a third of {that}', '{that} plus two'."""
    taken = {i for other in reading.tags for i in range(other.first, other.last + 1)}
    near = (*range(max(reading.first, tag.first - 3), tag.first), tag.last + 1, tag.last + 2)
    said = [utterance.words[i].text.lower() for i in near if i not in taken and i <= reading.last]
    multiple = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
    if tag.first > reading.first and multiple == "of":
        return True
    return bool((set(said) - {multiple if multiple in MULTIPLES else ""}) & AROUND)


def sized(actions: Sequence[Action]) -> Action | None:
    """The newest action that says how much."""
    return next((action for action in actions if {*AMOUNTS, "value"} & set(action.slots)), None)
