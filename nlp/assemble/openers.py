"""What stands before a condition: 'before it drops', 'because it is above' open none that is to be waited for."""

import re
from collections.abc import Iterator

from nlp.assemble.reading import Reading, Utterance
from nlp.schema import is_write
from nlp.types import Kind

CONDITIONS = ("t.token", "t.metric", "t.below", "t.above", "t.threshold")
NO_OPENER = re.compile(
    r"(?i)\b(?:before|because|cause|cuz|since|although|though|even\s+(?:if|when|though)|now\s+that|finally|despite|regardless)\b"
)
OPENERS = frozenset(
    {
        "if",
        "when",
        "whenever",
        "once",
        "as",
        "until",
        "after",
        "should",
        "moment",
        "minute",
        "second",
        "while",
        "provided",
        "upon",
    }
)
PAST = re.compile(r"(?i)\b(?:went|fell|dropped|rose|climbed|broke|crashed|jumped|dipped)\b")
RECEIVED = re.compile(
    r"(?i)\b(?:gives?|yields?|returns?|fetch(?:es)?|gets?)\s+(?:me|us)\b|\bi\s+(?:get|receive|net)\s+(?:more|over|at\s+least|above|\d)"
)
NOT_WAITED_FOR = "it is not clear whether this is to wait for that; say “when”, or leave it out"
ASKED_OF_BOTH = re.compile(r"(?i)^\W*(?:so\s+|and\s+|hey\W+)?(?:should|shall)\s+(?:i|we)\b[^.?!;]*$")
DENIED_OF_BOTH = re.compile(r"(?i)^\W*(?:please\s+)?(?:don['’]?t|do\s+not|never)\b[^.?!;,:–—-]*$")
TOLD_WHEN = re.compile(
    r"(?i)\b(?:tell|alert|notify|ping|warn|text|message|inform|let)\s+(?:me|us)\s+(?:know\s+)?(?:when|if|once|as\s+soon\s+as)\b"
)
GOING_ON = frozenset({"and", "or", "nor"})
OF_BOTH = (
    "it is not clear whether this is to be done, or belongs to what was said before it; say it in a sentence of its own"
)
NO_PRICE = "it is not clear whether that is a price or what you are to get; say “at least so much”, or the price"


def opened_for_both(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'should i wrap 1 eth and stake 2', 'don't wrap 1 eth and stake 2': the question, the 'don't' may go on.

    So may the condition of 'tell me when gas is under 10 and then bridge 5 usdc'.
    """
    before = utterance.text[: utterance.words[reading.first].start]
    said_before = re.split(r"[.?!;\n]", before)[-1]
    joined = utterance.words[reading.first].text.lower() in GOING_ON
    opening = {word.text.lower() for word in utterance.words[reading.first : reading.first + 2]}
    if not is_write(reading.intent):
        return
    if joined and (ASKED_OF_BOTH.match(said_before) or DENIED_OF_BOTH.match(said_before)):
        yield OF_BOTH
    waits = any(tag.tag.startswith("t.") for tag in reading.tags)
    parted = {utterance.words[i].text for i in (reading.first - 1, reading.first) if i >= 0} & {".", ";", "!", "?"}
    if "then" in opening and TOLD_WHEN.search(said_before) and not (waits or parted):
        yield NOT_WAITED_FOR


def opened_otherwise(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """A condition that its opening word makes a reason, a deadline or a sum, as a sentence for the person."""
    labels = [tag for tag in reading.tags if tag.tag in CONDITIONS]
    if not any(tag.tag in ("t.below", "t.above", "t.threshold") for tag in labels):
        return
    first = min(tag.first for tag in labels)
    others = [tag.last + 1 for tag in reading.tags if tag.last < first]
    begin = max((reading.first, *others))
    marks = [i + 1 for i in range(begin, first) if utterance.words[i].kind is Kind.PUNCT]
    opening = " ".join(word.text for word in utterance.words[max((begin, *marks)) : first])
    end = utterance.words[max(tag.last for tag in labels)].end
    told = PAST.search(utterance.text[utterance.words[first].start : end]) and not OPENERS & set(
        opening.lower().split()
    )
    if told or NO_OPENER.search(opening):
        yield NOT_WAITED_FOR
    if reading.intent == "swap" and RECEIVED.search(utterance.text[utterance.words[reading.first].start : end]):
        yield NO_PRICE
