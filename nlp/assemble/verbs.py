"""The verb that opens a clause: what it can ask for, and what the clause was read as."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from nlp.assemble.reading import Reading, Utterance
from nlp.assemble.trades import TRADING
from nlp.types import Hint, Kind, Word

OPENING = re.compile(
    r"(?i)\W*(?:(?:and|then|also|now|ok|okay|please|pls|plz|so|but|next|after\s+that|first|finally|just|go|kindly|hey|could\s+you|can\s+you|would\s+you|let['’]?s|i\s+want\s+to"
    r"|i\s+wanna|i['’]?d\s+like\s+to|i\s+would\s+like\s+to|i\s+need\s+to|want\s+to|wanna)\W+)*(?P<verb>[a-z]+)\b"
)
MEANINGS: Mapping[str, frozenset[str]] = {
    verb: frozenset(intents.split())
    for verbs, intents in {
        "wrap": "wrap swap nft_transfer",
        "unwrap": "unwrap swap",
        "stake": "stake supply",
        "unstake": "unstake withdraw",
        "bridge": "bridge swap",
        "borrow": "borrow",
        "repay": "repay transfer",
        "revoke": "revoke",
        "approve": "approve",
        "swap convert exchange": "swap bridge wrap unwrap unstake switch_account",
        "supply": "supply add_liquidity stake",
        "lend": "supply borrow transfer",
        "buy": "swap",
        "sell": "swap bridge",
        "withdraw": "withdraw unstake remove_liquidity transfer revoke cancel_tx bridge",
        "deposit": "supply stake add_liquidity transfer wrap bridge",
        "sign": "sign_message approve",
        "deploy": "deploy supply speed_up stake",
    }.items()
    for verb in verbs.split()
}

SIZED = frozenset({Kind.NUMBER, Kind.MONEY, Kind.PERCENT})
JOINING = frozenset({"and", "then", ",", ";", "&", "plus"})
ENDING = JOINING | {".", "!"}
DETERMINING = frozenset(
    {
        "my",
        "the",
        "all",
        "half",
        "some",
        "a",
        "an",
        "everything",
        "into",
        "to",
        "on",
        "in",
        "with",
        "it",
        "them",
        "that",
    }
)
ONE_AFTER_ANOTHER: Mapping[str, frozenset[str]] = {
    "bridge": frozenset({"deposit", "withdraw", "swap", "convert", "exchange", "sell"}),
    "swap": frozenset({"bridge"}),
    "wrap": frozenset({"deposit"}),
}
"""By an action, the verbs that it may be called by, and that say what is done next where they stand behind it."""
SO_THAT = re.compile(
    r"(?i)\b(?:so\s+(?:that\s+)?(?:i|we)|(?:i|we)\s+(?:need|want|have|can|could))\b|\bto\s+\w+,?\s+(?:and|or)\s*$"
)
GOES_ON = re.compile(r"(?i)\s*(?:and|then|&|,\s*then)\s")
EITHER_OR = re.compile(r"(?i)\s+or\s+([a-z]+)\b")
CORRECTING = frozenset({"no", "mean", "pardon", "sorry", "wait"})


def other_verb(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'wrap 1 eth' read as anything but wrapping, as a sentence for the person."""
    match = OPENING.match(utterance.text, utterance.words[reading.first].start)
    meant = MEANINGS.get(match["verb"].lower()) if match else None
    words = {word.text.lower() for word in utterance.words[reading.first : reading.last + 1]}
    corrected = words & CORRECTING or any(reading.intent in MEANINGS[word] for word in words & set(MEANINGS))
    corrected = corrected and not (
        match and match["verb"].lower() != "approve" and GOES_ON.match(utterance.text, match.end())
    )
    if match and meant is not None and reading.intent not in meant and not corrected:
        yield f"“{match['verb']}” speaks against reading this as {reading.intent.replace('_', ' ')}; say plainly what is to be done"
    other = EITHER_OR.match(utterance.text, match.end()) if match and meant else None
    if other and other[1].lower() in MEANINGS:
        yield "one of two things is asked for here; say the one that is to be done"
    yield from ordered_too(utterance, reading)


def ordered_too(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'tell me when eth is above 4000 and sell my eth': what is ordered beside what was read, as a sentence for the person."""
    at = further_verb(utterance, reading.intent, reading.first, reading.last, frozenset(reading.unlabelled))
    if at is None:
        return
    before = utterance.text[utterance.words[reading.first].start : utterance.words[at].start]
    if not (reading.intent == "alert" and SO_THAT.search(before)):
        yield "two different things are asked for here; say the one after the other"


def further_verb(utterance: Utterance, intent: str, first: int, last: int, free: Container[int]) -> int | None:
    """Where among these words a verb behind a joint asks for another action: 'wrap 1 eth, stake 1 eth', 'swap 1 eth and deposit'."""
    words = utterance.words
    opened = OPENING.match(utterance.text, words[first].start)
    traded = intent == "bridge" and opened is not None and opened["verb"].lower() in TRADING | {"buy"}
    for at in range(first + 2, last + 1):
        joined = at in free and words[at - 1].text.lower() in JOINING
        if not joined or not _orders(words, at, last, free):
            continue
        behind_values = any(i not in free for i in range(first, at))
        next_one = behind_values and _comes_next(words, at, "swap" if traded else intent)
        if next_one or intent not in MEANINGS[words[at].text.lower()]:
            return at
    return None


def _orders(words: Sequence[Word], at: int, last: int, free: Container[int]) -> bool:
    """Whether a word is a verb of moving money that is done to something, or that ends its clause."""
    known = words[at].text.lower() in MEANINGS
    return known and (_ends(words, at + 1) or (at < last and _of_something(words[at + 1], free=at + 1 in free)))


def _comes_next(words: Sequence[Word], at: int, intent: str) -> bool:
    """Whether a verb that the action may be called by says what is done after it: 'borrow 100 usdc and lend it'."""
    verb = words[at].text.lower()
    of_it = not _ends(words, at + 1) and words[at + 1].text.lower() in ("it", "them")
    lent = verb == "lend" and intent != "supply" and _ends(words, at + 2 if of_it else at + 1)
    return lent or verb in ONE_AFTER_ANOTHER.get(intent, ())


def _ends(words: Sequence[Word], at: int) -> bool:
    return at == len(words) or words[at].text.lower() in ENDING


def _of_something(behind: Word, *, free: bool) -> bool:
    """Whether what stands behind a word can be what its verb is done to."""
    said = behind.text.lower()
    return not free or behind.kind in SIZED or Hint.TOKEN in behind.hints or said in DETERMINING
