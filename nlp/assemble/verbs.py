"""The verb that opens a clause: what it can ask for, and what the clause was read as."""

import re
from collections.abc import Container, Iterator, Mapping

from nlp.assemble.reading import Reading, Utterance
from nlp.types import Hint, Kind

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
LENDING_VERBS = frozenset({"deposit", "withdraw"})
CORRECTING = frozenset({"no", "mean", "pardon", "sorry", "wait"})


def other_verb(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'wrap 1 eth' read as anything but wrapping, as a sentence for the person."""
    match = OPENING.match(utterance.text, utterance.words[reading.first].start)
    meant = MEANINGS.get(match["verb"].lower()) if match else None
    words = {word.text.lower() for word in utterance.words[reading.first : reading.last + 1]}
    corrected = words & CORRECTING or any(reading.intent in MEANINGS[word] for word in words & set(MEANINGS))
    if match and meant is not None and reading.intent not in meant and not corrected:
        yield f"“{match['verb']}” speaks against reading this as {reading.intent.replace('_', ' ')}; say plainly what is to be done"
    if further_verb(utterance, reading.intent, reading.first, reading.last, frozenset(reading.unlabelled)) is not None:
        yield "two different things are asked for here; say the one after the other"


def further_verb(utterance: Utterance, intent: str, first: int, last: int, free: Container[int]) -> int | None:
    """Where among these words a verb behind a joint asks for something else, of something: 'wrap 1 eth, stake 1 eth'."""
    words = utterance.words
    for at in range(first + 2, last):
        joined = at in free and words[at - 1].text.lower() in JOINING
        meant = MEANINGS.get(words[at].text.lower()) if joined else None
        behind = words[at + 1]
        of_something = at + 1 not in free or behind.kind in SIZED or Hint.TOKEN in behind.hints
        of_something = of_something or behind.text.lower() in DETERMINING
        lent = intent == "bridge" and words[at].text.lower() in LENDING_VERBS
        if meant and of_something and (lent or intent not in meant):
            return at
    return None
