"""Chains and protocols that no list of Sayso's holds, told by their names and by where they stand; or asked about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from nlp import known_places
from nlp.assemble.reading import Reading, Utterance
from nlp.lexicon import CHAINS, PROTOCOLS
from nlp.schema import INTENTS, LENDING, is_write
from nlp.types import Kind, Segment, TaggedSpan, Word

CHAIN_WORDS = frozenset({"chain", "network", "mainnet", "testnet", "net"})
MARKET_WORDS = frozenset({"protocol", "dex", "exchange", "finance", "pool", "pools"})
MARKET = re.compile(r"(?i)[a-z0-9]{2,}(?:swap|lend|finance|exchange|protocol|bridge)|(?-i:[A-Z]\w+(?:Fi|DEX|Dex))")
IN_ONE_WORD = re.compile(r"[A-Z][a-z0-9]*[A-Z]\w*")
"""Two words written as one: XLayer, OtterChain."""
LED_BY = frozenset({"via", "through", "using", "with"})
DONE_ON = LED_BY - {"with"} | {"on"}
ACCOUNT_WORDS = frozenset({"account", "wallet"})
LENT_AT = LENDING | {"stake", "unstake", "lending_position"}
TAKEN_FROM = DONE_ON | {"with", "at", "in", "from"}
TAKEN_TO = DONE_ON | {"with", "at", "in", "to", "into", "onto"}
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
AT_LAST = frozenset({"right", "now", "today", "currently", "please", "pls"})
LED_TO: Mapping[str, tuple[str, frozenset[str]]] = {
    "gas": ("chain", frozenset({"on"})),
    "bridge": ("to_chain", frozenset({"to"})),
    "yields": ("protocol", frozenset({"on", "at"})),
    "lending_position": ("protocol", frozenset({"on", "at"})),
}
"""By an intent, what its last name is, and behind which words."""
NO_PLACES = frozenset(
    ("then", "that", "this", "it", "top", "time", "hold", "arrival", "break", "purpose", "deposit", "demand", "me", "board", "behalf", "there", "here", "what", "which", "same", "both", "chain", "mainnet", "testnet", "weekends", "weekdays", "mondays", "payday", "sight", "credit", "receipt", "schedule", "average", "repeat",
     "repo", "these", "those", "them", "him", "her", "us", "you", "mine", "side", "way", "foot", "request", "approval", "loan", "margin", "paper", "holiday", "vacation", "camera", "account", "wallet", "end", "line", "phone", "autopilot", "market", "spot", "fixed", "variable", "collateral", "discount", "fear", "weakness", "dips", "limit", "metamask", "trust", "app", "telegram", "ledger", "desktop", "web", "mobile", "email", "leverage", "gasless", "trump")
)  # fmt: skip
ANSWERING = frozenset({"amend", "reject", "again"})
ANSWER = re.compile(
    r"(?i)\W*(?:(?:it['’]?s|its|the|on|via|use|in)\s+){0,2}(?P<name>\w+)\s+(?P<kind>protocol|chain|network)\W*"
)
NO_ANSWER = frozenset(
    {
        "no",
        "not",
        "wrong",
        "other",
        "another",
        "different",
        "bad",
        "any",
        "same",
        "that",
        "this",
        "the",
        "my",
        "your",
        "a",
        "an",
        "cancel",
        "stop",
        "which",
        "what",
        "either",
    }
)
LONGEST_NAME = 3
EITHER = "chain|protocol"
"""What a place in doubt is missing as: an answer that names one of them settles it."""
UNLISTED = (
    "“{0}” was given and it is not clear whether it is a chain or a protocol; say on {0} chain, or on {0} protocol"
)
OWED_THERE = frozenset({"loan", "debt", "borrow", "position"})


def place_by_name(utterance: Utterance, intent: str, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'swap 5 usdc to algo on Tinyman' names no chain, 'swap 5 usdc on hedera' no protocol, whatever the label says."""
    said = utterance.said(tag).lower()
    slots = INTENTS[intent].slots if intent in INTENTS else ()
    if _is_own(utterance, said) or said in CHAINS or said in PROTOCOLS:
        return tag
    meant = KINDS_TOLD[tag.tag](utterance, tag, intent) if tag.tag in KINDS_TOLD else ""
    taken = any(other.tag == meant for other in tags) or (meant not in slots and intent != "amend")
    return tag if not meant or taken else replace(tag, tag=meant)


def _of_a_place(utterance: Utterance, tag: TaggedSpan, intent: str) -> str:
    """What a label of a chain or a protocol covers by its name; '' where the label stays."""
    said, before = utterance.said(tag).lower(), _before(utterance, tag)
    if _is_called(utterance, tag, ACCOUNT_WORDS):
        return "account"
    if _is_called(utterance, tag, frozenset({"protocol"})):
        return "protocol"
    if _is_called(utterance, tag, CHAIN_WORDS):
        return ""
    if said in known_places.CHAINS:
        return "chain" if before == "on" else ""
    market = said in known_places.PROTOCOLS or _is_a_market(utterance.words[tag.last])
    return "protocol" if market else ""


def _of_an_end(utterance: Utterance, tag: TaggedSpan, intent: str) -> str:
    """'using bungee', 'via foobar' is no chain that a bridge leaves."""
    return "protocol" if _before(utterance, tag) in LED_BY else ""


def _of_an_account(utterance: Utterance, tag: TaggedSpan, intent: str) -> str:
    """'swap … on orca', 'withdraw … from marginfi', 'my loan from prime' name a protocol and no account of one's own."""
    said, before = utterance.said(tag).lower(), _before(utterance, tag)
    known = said in known_places.PROTOCOLS or (intent in LENT_AT and _is_a_market(utterance.words[tag.last]))
    if not known or _is_called(utterance, tag, ACCOUNT_WORDS):
        return ""
    behind_debt = tag.first > 1 and utterance.words[tag.first - 2].text.lower() in OWED_THERE
    owed = intent == "repay" and before == "from" and behind_debt
    return "protocol" if owed or before in _leading_to(intent) | LED_BY else ""


def _leading_to(intent: str) -> frozenset[str]:
    """The words that lead to a protocol: what is taken out comes from it, and what is put there does not."""
    if intent not in LENT_AT:
        return DONE_ON
    return TAKEN_FROM if intent in ("withdraw", "unstake", "borrow") else TAKEN_TO


KINDS_TOLD: Mapping[str, Callable[[Utterance, TaggedSpan, str], str]] = {
    "chain": _of_a_place,
    "protocol": _of_a_place,
    "from_chain": _of_an_end,
    "to_chain": _of_an_end,
    "account": _of_an_account,
}


def _before(utterance: Utterance, tag: TaggedSpan) -> str:
    return utterance.words[tag.first - 1].text.lower() if tag.first else ""


def _is_called(utterance: Utterance, tag: TaggedSpan, kinds: frozenset[str]) -> bool:
    """Whether a label ends with, or stands before, a word that says what it is."""
    behind = utterance.words[tag.last + 1].text.lower() if tag.last + 1 < len(utterance.words) else ""
    return behind in kinds or utterance.words[tag.last].text.lower() in kinds


def place_answered(
    utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]
) -> tuple[Segment, list[TaggedSpan]]:
    """'plutus protocol', said to what is pending, is the answer that was asked for and no refusal."""
    start, end = utterance.words[segment.first].start, utterance.words[segment.last].end
    match = ANSWER.fullmatch(utterance.text[start:end]) if segment.intent in ANSWERING else None
    if match is None or match["name"].lower() in NO_ANSWER:
        return segment, list(tags)
    name = start + match.start("name")
    at = next((i for i, word in enumerate(utterance.words) if word.start <= name < word.end), None)
    if at is None:
        return segment, list(tags)
    kind = "protocol" if match["kind"].lower() == "protocol" else "chain"
    return replace(segment, intent="amend"), [TaggedSpan(kind, at, at)]


def unlisted_places(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> Iterator[TaggedSpan]:
    """Labels over names that no label took: known ones, and those that say by their form what they are."""
    names = {tag.tag for tag in tags}
    free = [i for i in range(segment.first, segment.last + 1) if not any(tag.first <= i <= tag.last for tag in tags)]
    name, before = LED_TO.get(segment.intent, ("", frozenset()))
    if name and name not in names:
        yield from _last_name(utterance, free, name, before)
    spec = INTENTS.get(segment.intent)
    if spec is None or not is_write(segment.intent) or "protocol" not in spec.slots or "protocol" in names:
        return
    on_a_chain = bool(names & {"chain", "from_chain"})
    for tag in _names_behind(utterance, segment.last, free, _leading_to(segment.intent)):
        said, last = utterance.said(tag).lower(), utterance.words[tag.last]
        told = said in known_places.PROTOCOLS or _is_a_market(last) or last.text.lower() in MARKET_WORDS
        if told or (on_a_chain and utterance.words[tag.first - 1].text in DONE_ON and _is_named(utterance, tag)):
            yield tag
            return


def places_in_doubt(utterance: Utterance, reading: Reading) -> Reading:
    """'swap 5 usdc for eth on plutus', which may be a chain or a protocol: asked about, and settled by an answer that names one."""
    spec = INTENTS[reading.intent]
    if not is_write(reading.intent) or "protocol" not in spec.slots or "protocol" in reading.unusable:
        return reading
    labelled = next((tag for tag in reading.tags if _is_either(utterance, reading, tag)), None)
    if labelled is not None:
        slots = {slot: value for slot, value in reading.slots.items() if slot != labelled.tag}
        return _in_doubt(utterance, replace(reading, slots=slots), labelled)
    passed = next(_names_behind(utterance, reading.last, reading.unlabelled, DONE_ON), None)
    return reading if passed is None or "protocol" in reading.slots else _in_doubt(utterance, reading, passed)


def _in_doubt(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> Reading:
    missing = "protocol" if "chain" in reading.slots or "chain" not in INTENTS[reading.intent].slots else EITHER
    return replace(reading, unusable={**reading.unusable, missing: UNLISTED.format(utterance.said(tag))})


def _is_either(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    """Whether a label made a chain or a protocol of a name without anything that tells which."""
    words, said = utterance.words_of(tag), utterance.said(tag).lower()
    before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
    behind = utterance.words[tag.last + 1].text.lower() if tag.last < reading.last else ""
    told = {words[-1].text.lower(), behind} & (CHAIN_WORDS | MARKET_WORDS) or _is_a_market(words[-1])
    known = said in known_places.CHAINS or said in known_places.PROTOCOLS or any(word.hints for word in words)
    guessed = tag.tag == "chain" and (reading.intent == "swap" or reading.intent in LENDING)
    guessed = guessed or (tag.tag == "protocol" and reading.intent == "swap")
    plain = len(words) == 1 and words[0].kind is Kind.WORD
    return guessed and plain and before == "on" and not told and not known


def _last_name(utterance: Utterance, free: Sequence[int], name: str, before: frozenset[str]) -> Iterator[TaggedSpan]:
    """'bridge 2 usdc to Injective Testnet', 'the gas price on XLayer': at the end, and no word of another kind."""
    words = utterance.words
    said = (i for i in reversed(free) if words[i].kind is not Kind.PUNCT and words[i].text.lower() not in AT_LAST)
    last = next(said, 0)
    first = last - 1 if words[last].text.lower() in CHAIN_WORDS else last
    if first < 1 or first not in free or words[first - 1].text not in before or words[first].kind is not Kind.WORD:
        return
    known = known_places.PROTOCOLS if name == "protocol" else known_places.CHAINS
    told = words[first].text.lower() in known or IN_ONE_WORD.fullmatch(words[first].text) or first < last
    if told and _is_named(utterance, TaggedSpan(name, first, last)):
        yield TaggedSpan(name, first, last)


def _names_behind(
    utterance: Utterance, last: int, free: Sequence[int], leading: frozenset[str]
) -> Iterator[TaggedSpan]:
    """The unlabelled names that stand alone behind 'on' or 'via', of one word or of some with capitals."""
    words = utterance.words
    for first in free:
        if first - 1 not in free or words[first - 1].text.lower() not in leading or not _is_plain(words[first]):
            continue
        end = first
        while (
            end + 1 in free
            and end + 1 - first < LONGEST_NAME
            and words[first].text.istitle()
            and words[end + 1].text.istitle()
        ):
            end += 1
        ends = end == last or words[end + 1].kind is Kind.PUNCT or words[end + 1].text.lower() in GOING_ON
        if ends and not _is_own(utterance, words[first].text.lower()):
            yield TaggedSpan("protocol", first, end)


def _is_plain(word: Word) -> bool:
    plain = word.kind is Kind.WORD and not word.hints and word.text.isalnum()
    return plain and word.text.lower() not in NO_PLACES


def _is_named(utterance: Utterance, tag: TaggedSpan) -> bool:
    """With a capital where the word before has none, and nobody of the user's."""
    word, before = utterance.words[tag.first], utterance.words[tag.first - 1].text
    return word.text[:1].isupper() and before.islower() and not _is_own(utterance, word.text.lower())


def _is_own(utterance: Utterance, name: str) -> bool:
    return name in utterance.context.accounts or name in utterance.context.contacts


def _is_a_market(word: Word) -> bool:
    return MARKET.fullmatch(word.text) is not None
