"""Whom a correction names: 'for marta, not beppe', 'not marek, yusuf', and names of one's own that it says and no label took."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp.assemble.finish import Drafted
from nlp.assemble.reading import Named, Reading, Utterance
from nlp.types import TaggedSpan

SLOTS = ("recipient", "spender", "account")
PARTIES = frozenset({*SLOTS, "party", "name", "contract", "t.account"})
REFUSING = frozenset({"not", "of", "than"})
"""The last word of 'not', 'instead of', 'rather than'."""
DETERMINERS = ("my", "the", "our", "to", "for", "from")
PLAIN_COINS = frozenset(
    ("ETH", "WETH", "USDC", "USDT", "DAI", "WBTC", "BTC", "STETH", "WSTETH", "RETH", "ARB", "UNI", "EURC", "GHO", "FRAX", "CRV", "LDO", "MATIC", "POL", "PEPE", "SHIB", "MKR")
)  # fmt: skip
"""Coins whose names are no English words."""
UNREAD = "“{}” was named and it is not clear what for; say the change whole"


def contrasted(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """The reading with the one name that stands beside a refused one in the refused one's place."""
    said = list(_own_names(utterance, reading))
    held = {slot: str(item.action.slots[slot]) for item in pending for slot in SLOTS if slot in item.action.slots}
    refused = [own for own in said if own.name in held.values() and _is_refused(utterance, own)]
    wanted = [own for own in said if own.name not in held.values()]
    if reading.intent != "amend" or len(refused) != 1 or len({own.name for own in wanted}) != 1:
        return reading
    slots = [slot for slot, name in held.items() if name == refused[0].name]
    return _put(utterance, reading, slots[0], wanted[0]) if len(slots) == 1 else reading


def names_unread(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Iterator[str]:
    """Contacts and accounts that nothing pending holds, in a follow-up whose labels name nobody, each as a sentence for the person."""
    named = any(tag.tag in PARTIES for tag in reading.tags)
    held = {str(value) for item in pending for value in item.action.slots.values()}
    free = set(reading.unlabelled)
    for own in _own_names(utterance, reading):
        if named and not _goes_from(utterance, reading, own):
            continue
        if own.name not in held and set(range(own.first, own.last + 1)) <= free:
            yield UNREAD.format(own.name)


def coins_unread(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Iterator[str]:
    """A coin that nothing pending holds, in a change whose labels name none, as a sentence for the person."""
    if reading.intent != "amend" or any(tag.tag.startswith("token") for tag in reading.tags):
        return
    held = {str(value).upper() for item in pending for value in item.action.slots.values()}
    for i in reading.unlabelled:
        word = utterance.words[i]
        if word.text.upper() in PLAIN_COINS - held:
            yield UNREAD.format(word.text)


def _goes_from(utterance: Utterance, reading: Reading, own: Named) -> bool:
    """'savings to cold': an account of one's own right before where it goes to."""
    behind = utterance.words[own.last + 1].text.lower() if own.last < reading.last else ""
    return behind in ("to", "into", "->", "→") and any(tag.first == own.last + 2 for tag in reading.tags)


def refuses_a_value(said: str, pending: Sequence[Drafted]) -> bool:
    """Whether something pending is denied in so many words: 'no not bob, his brother'."""
    values = {str(value).lower() for item in pending for value in item.action.slots.values()}
    return any(re.search(rf"\bnot (?:(?:{'|'.join(DETERMINERS)}) )*{re.escape(value)}(?!\w)", said) for value in values)


def _own_names(utterance: Utterance, reading: Reading) -> Iterator[Named]:
    """Each contact and account whose whole name stands in the turn."""
    names = dict.fromkeys((*utterance.context.contacts, *utterance.context.accounts))
    return utterance.naming(names, reading.first, reading.last)


def _is_refused(utterance: Utterance, own: Named) -> bool:
    before = [word.text.lower() for word in utterance.words[: own.first]]
    while before and before[-1] in DETERMINERS:
        before.pop()
    return bool(before) and before[-1] in REFUSING


def _put(utterance: Utterance, reading: Reading, slot: str, own: Named) -> Reading:
    """The reading with a name in a slot, and in no other place."""
    tags = tuple(tag for tag in reading.tags if tag.tag not in SLOTS)
    slots = {name: value for name, value in reading.slots.items() if name not in SLOTS}
    unusable = {name: why for name, why in reading.unusable.items() if name not in SLOTS}
    tag = TaggedSpan(slot, own.first, own.last)
    spans = {**reading.spans, slot: utterance.characters(tag)}
    return replace(reading, slots={**slots, slot: own.name}, tags=(*tags, tag), unusable=unusable, spans=spans)
