"""Chains and protocols that no list holds, told by where they stand: 'the gas price on XLayer', 'on Plutus on Arbitrum'."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp import known_places
from nlp.assemble.reading import Reading, Utterance
from nlp.lexicon import CHAINS, PROTOCOLS
from nlp.schema import INTENTS, LENDING, is_write
from nlp.types import Kind, Segment, TaggedSpan, Word

CHAIN_KINDS = frozenset({"chain", "network", "testnet", "mainnet"})
KINDS = CHAIN_KINDS | {"protocol", "dex", "exchange", "pool", "pools"}
LED_TO: dict[str, tuple[str, frozenset[str]]] = {
    "gas": ("chain", frozenset({"on"})),
    "bridge": ("to_chain", frozenset({"to"})),
    "yields": ("protocol", frozenset({"on", "at"})),
    "lending_position": ("protocol", frozenset({"on", "at"})),
}
"""By an intent, what its last name is, and behind which words."""
AT_LAST = frozenset({"right", "now", "today", "currently", "please", "pls"})
DONE_ON = frozenset({"on", "via", "through", "using"})
GOING_ON = DONE_ON | frozenset(
    (
        "for",
        "with",
        "to",
        "and",
        "then",
        "at",
        "from",
        "in",
        "into",
        "by",
        "please",
        "pls",
        "now",
        "if",
        "when",
        "every",
    )
)
OF_A_MARKET = re.compile(r"(?i)[a-z0-9]{2,}(?:swap|dex|lend|finance|fi|exchange|protocol|bridge)")
NO_PLACES = frozenset(
    ("then", "that", "this", "it", "top", "time", "hold", "arrival", "break", "purpose", "deposit", "demand", "me", "board", "behalf", "there", "here", "what", "which", "same", "both", "chain", "mainnet", "testnet", "weekends", "weekdays", "mondays", "payday", "sight", "credit", "receipt", "schedule", "average", "repeat", "repo", "these", "those", "them", "him", "her", "us", "you", "mine", "side", "way", "foot", "request", "approval", "loan", "margin", "paper", "holiday", "vacation", "camera", "account", "wallet", "end", "line", "phone")
)  # fmt: skip
MISTAKEN = frozenset({"chain", "protocol", "account"})
TAKEN_TO = frozenset({"with", "via", "through", "at", "on", "to", "into", "in", "from", "onto"})
LENDER_OR_ACCOUNT = "it is not clear whether “{}” is an account or a protocol; say {} account, or {} protocol"
UNLISTED = "“{}” was given and it is not clear whether it is a chain or a protocol; say {} chain, or {} protocol"


def unlisted_places(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> Iterator[TaggedSpan]:
    """Labels over names that no label took and no list holds, where their place leaves one reading."""
    names = {tag.tag for tag in tags}
    free = [i for i in range(segment.first, segment.last + 1) if not any(tag.first <= i <= tag.last for tag in tags)]
    name, before = LED_TO.get(segment.intent, ("", frozenset()))
    if name and name not in names:
        yield from _last_name(utterance, segment, free, name, before)
    spec = INTENTS.get(segment.intent)
    if spec is not None and is_write(segment.intent) and "protocol" in spec.slots and "protocol" not in names:
        on_a_chain = bool(names & {"chain", "from_chain"})
        told = [i for i in _names_on(utterance, segment.last, free) if on_a_chain or _is_a_market(utterance.words[i])]
        told += [i for i in free if i not in told and _is_taken_there(utterance, segment, i)]
        yield from (TaggedSpan("protocol", i, i) for i in told[:1])


def place_by_name(utterance: Utterance, intent: str, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'swap 5 usdc to algo on Tinyman' names no chain, 'swap 5 usdc on hedera' no protocol, whatever the label says."""
    said = utterance.said(tag).lower()
    spec = INTENTS.get(intent)
    own = said in utterance.context.accounts or said in utterance.context.contacts
    if own or spec is None or said in CHAINS or said in PROTOCOLS:
        return tag
    market = said in known_places.PROTOCOLS or _is_a_market(utterance.words[tag.last])
    meant = "chain" if said in known_places.CHAINS else "protocol" if market else ""
    taken = any(other.tag == meant for other in tags) or meant not in spec.slots
    return replace(tag, tag=meant) if meant and tag.tag in _taken_for(utterance, tag) and not taken else tag


def _taken_for(utterance: Utterance, tag: TaggedSpan) -> frozenset[str]:
    """The labels that a place may stand under by mistake: 'using bungee' is no chain that a bridge leaves."""
    before = utterance.words[tag.first - 1].text.lower() if tag.first else ""
    return MISTAKEN | {"from_chain", "to_chain"} if before in ("using", "via", "through", "with") else MISTAKEN


def unlisted(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'swap 5 usdc for eth on plutus', which may be a chain or a protocol, as a sentence for the person."""
    spec = INTENTS[reading.intent]
    yield from _either(utterance, reading)
    if "protocol" in spec.slots and "protocol" not in {*reading.slots, *reading.unusable}:
        for i in _names_on(utterance, reading.last, reading.unlabelled):
            name = utterance.words[i].text
            yield UNLISTED.format(name, name, name)


def _is_taken_there(utterance: Utterance, segment: Segment, i: int) -> bool:
    """'stake 100 near with Figment', 'lend it to Blend': a name where only a lender or a staking pool can be named."""
    word, before = utterance.words[i], utterance.words[i - 1].text.lower() if i > segment.first else ""
    ends = (
        i == segment.last
        or utterance.words[i + 1].kind is Kind.PUNCT
        or utterance.words[i + 1].text.lower() in GOING_ON
    )
    led = before in (("with", "via", "through") if segment.intent in LENDING else ("with", "via", "through", "at"))
    known = word.text.lower() in known_places.PROTOCOLS and before in TAKEN_TO
    placed = segment.intent in LENDING | {"stake", "unstake"} and ends and not word.hints
    return placed and (known or (led and _is_named(utterance, word)))


def _either(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """A trade 'on plutus', of which a label made a chain or a protocol without anything that tells which."""
    for tag in reading.tags:
        words, said = utterance.words_of(tag), utterance.said(tag)
        before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
        behind = utterance.words[tag.last + 1].text.lower() if tag.last < reading.last else ""
        told = {words[-1].text.lower(), behind} & KINDS or _is_a_market(words[-1]) or _is_known(said.lower())
        unknown = len(words) == 1 and words[0].kind is Kind.WORD and not words[0].hints and not told
        if reading.intent == "swap" and tag.tag in ("chain", "protocol") and before == "on" and unknown:
            yield UNLISTED.format(said, said, said)
        lent = reading.intent in LENDING and tag.tag == "account" and not behind
        if lent and unknown and before in ("from", "at", "in") and _is_named(utterance, words[0]):
            yield LENDER_OR_ACCOUNT.format(said, said, said)


def _is_known(name: str) -> bool:
    return name in known_places.CHAINS or name in known_places.PROTOCOLS


def _last_name(
    utterance: Utterance, segment: Segment, free: Sequence[int], name: str, before: frozenset[str]
) -> Iterator[TaggedSpan]:
    """'bridge 2 usdc to Injective Testnet': with a capital, at the end."""
    words = utterance.words
    said = (i for i in reversed(free) if words[i].kind is not Kind.PUNCT and words[i].text.lower() not in AT_LAST)
    end = next(said, segment.first)
    first = end - 1 if words[end].text.lower() in CHAIN_KINDS else end
    opened = first > segment.first and words[first - 1].text.lower() in before
    if opened and first in free and _is_named(utterance, words[first]):
        yield TaggedSpan(name, first, end)


def _names_on(utterance: Utterance, last: int, free: Sequence[int]) -> Iterator[int]:
    """Where an unlabelled word stands alone behind 'on' or 'via'."""
    words = utterance.words
    for i in free:
        before = words[i - 1].text.lower() if i - 1 in free else ""
        ends = i == last or words[i + 1].kind is Kind.PUNCT or words[i + 1].text.lower() in GOING_ON
        plain = words[i].kind is Kind.WORD and not words[i].hints and words[i].text.isalnum()
        if before in DONE_ON and ends and plain and words[i].text.lower() not in NO_PLACES:
            yield i


def _is_named(utterance: Utterance, word: Word) -> bool:
    """With a capital where others have none, and nobody of the user's."""
    known = {*utterance.context.accounts, *utterance.context.contacts}
    named = word.kind is Kind.WORD and word.text.isalnum() and word.text[:1].isupper()
    return named and word.text.lower() not in known and not utterance.text.isupper()


def _is_a_market(word: Word) -> bool:
    return OF_A_MARKET.fullmatch(word.text) is not None
