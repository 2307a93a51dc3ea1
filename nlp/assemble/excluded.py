"""What is ruled out: 'all but eth', 'on any dex but uniswap', 'do not use uniswap' name what is not wanted."""

import re
from collections.abc import Iterator

from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.types import Hint, Kind

_EXCEPT = r"except(?:ing)?(?:\s+for)?|excluding|other\s+than|apart\s+from|aside\s+from|avoid(?:ing)?|nothing\s+from"
_ALL = (
    r"all|any(?:thing|where|one)?|every(?:thing|where|one)?|(?:any|every|all)\s+(?:of\s+)?(?:my\s+|the\s+)?\w+|nothing"
)
BEFORE = re.compile(
    rf"(?i)\b(?:{_EXCEPT}|besides|barring|(?:{_ALL})\s+but)\s+(?:(?:on|via|with|using|from|in|the|my|number|no\.?|#)\s*)*$"
)
UNLABELLED = re.compile(rf"(?i)\b(?:{_EXCEPT})\s")
UNUSED = re.compile(
    rf"(?i)\b(?:(?:do\s*n['’]?t|do\s+not|never)\s+(?:use|go\s+(?:through|via|near))|without\s+(?:using|touching)|not\s+(?:on|through|via|at|from)|{_EXCEPT})\s+(?:my\s+|the\s+)?$"
)
PLACES = {Hint.PROTOCOL: "protocol", Hint.CHAIN: "chain"}
TAKING_BACK = frozenset(
    {
        "no",
        "nope",
        "sorry",
        "actually",
        "on",
        "mean",
        "rather",
        "oops",
        "hm",
        "hmm",
        "uh",
        "um",
        "er",
        "oh",
        "wait",
        "nah",
        "ok",
        "okay",
        "and",
        "but",
    }
)
KEPT = "I cannot leave out some of what is named; say what is to be done, and with what"


def excluded(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """A value that was named to be left out and would be taken, as a sentence for the person."""
    free = " ".join(utterance.words[i].text for i in reading.unlabelled) + " "
    if UNLABELLED.search(free):
        yield KEPT
    yield from taken_though_excluded(utterance, reading)


def taken_though_excluded(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """The same of what a label took, and of a place that was ruled out while none was named."""
    begin = utterance.words[reading.first].start
    before = (utterance.text[begin : utterance.words[tag.first].start] for tag in reading.tags if tag.tag != "x.limit")
    if any(map(BEFORE.search, before)) or _bans_a_place(utterance, reading) or _none_of_it(utterance, reading):
        yield KEPT


def _none_of_it(utterance: Utterance, reading: Reading) -> bool:
    """'bridge no 5 usdc': behind the verb, without an amount or a comma before it that 'no' could take back."""
    sized = next((tag.first for tag in reading.tags if tag.tag in AMOUNT_SLOTS), reading.first)
    before = utterance.words[reading.first : sized]
    plain = all(word.kind in (Kind.WORD, Kind.ENS) for word in before) and utterance.words[sized].text.isdecimal()
    said = [word.text.lower() for word in before[-2:]]
    return plain and said[-1:] == ["no"] and said[0] not in TAKING_BACK


def _bans_a_place(utterance: Utterance, reading: Reading) -> bool:
    """'do not use uniswap, swap 100 dai for eth': by any other then, and none was named."""
    begin = utterance.words[reading.first].start
    unnamed = {hint for hint, slot in PLACES.items() if slot not in reading.slots}
    banned = (
        UNUSED.search(utterance.text[begin : utterance.words[i].start])
        for i in reading.unlabelled
        if utterance.words[i].hints & unnamed
    )
    return reading.intent not in ("revoke", "approve") and any(banned)
