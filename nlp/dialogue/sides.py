"""Which side of a trade a coin said alone is for: a stablecoin takes a stablecoin's place, another coin another's."""

import re
from collections.abc import Mapping
from dataclasses import replace

from nlp.assemble.reading import Reading, Utterance
from nlp.assemble.trigger import STABLES
from nlp.types import Action, SlotValue

SIDES = ("token_in", "token_out")
BETWEEN = frozenset({"the", "my", "a", "an", "some", "our", "this", "that", "of", "out", "just"})
TELLING = frozenset(
    ("get", "want", "wants", "wanting", "buy", "buying", "into", "to", "for", "receive", "as", "sell", "selling", "from", "with", "using", "use", "off", "pay", "spend", "hold", "not", "rather")
)  # fmt: skip
REPEATING = frozenset(
    ("same", "again", "the", "for", "with", "and", "do", "too", "likewise", "ditto", "n", "now", "thing", "deal", "but", "please", "another", "as", "well", "so", "then", "that", "it", "ok", "yes", "also", "once", "more", "while", "we", "re", "there", "at", "of", "my", "in")
)  # fmt: skip
SAME_FOR = re.compile(r"(?i)\b(?:same|again|likewise|ditto|too|another)\b")
SAID_AND_MEANT = re.compile(r"(?i)\b(?:said|not)\s+$")
MEANING = re.compile(r"(?i)\b(?:meant?|but)\s+$")
INSTEAD_OF = re.compile(
    r"(?i)\b(?:instead\s+of|rather\s+than|not|no\s+more)\s+(?:the\s+)?(\w+)(?![-\w])(?!\s+(?:my|the|your|his|her|me|us)\b)"
)
NAMED_SIDES = {"token_in": r"input|source", "token_out": r"output|target|result"}
"""What the sides of a trade are called, before a coin ('the output should be dai') or behind it ('dai as the output')."""
SIZES = {"amount_in": "token_in", "amount_out": "token_out"}
WHICH_OF_THE_POOL = "it is not clear which of the two that is; say both amounts and coins"
WHICH_SIDE = "it is not clear whether {} is to be sold or bought; say “sell {}” or “buy {}”"


def on_its_side(utterance: Utterance, reading: Reading, action: Action) -> tuple[Reading, str]:
    """The reading with a coin that was said alone on its side of the trade, and why that side is in doubt ('' where it is not).

    'trade 3 uni for eth' · 'the same for link' sells link. Where a label names the other side than its like, it is asked.
    """
    if action.intent == "add_liquidity" and reading.intent == "amend":
        return _of_the_pool(reading, action)
    if action.intent != "swap" or not set(SIDES) <= set(action.slots):
        return reading, ""
    reading = _sized_by_its_coin(reading, action)
    replaced = _instead(utterance, reading, action)
    if replaced is not reading:
        return replaced, ""
    reading = _by_its_name(utterance, _in_its_place(utterance, reading, action))
    named = [slot for slot in (*SIDES, "token") if slot in reading.slots]
    if len(named) != 1 or _told(utterance, reading, named[0]):
        return reading, ""
    side = _like(action.slots, reading.slots[named[0]])
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    free = {utterance.words[i].text.lower() for i in reading.unlabelled if utterance.words[i].text.isalpha()}
    repeats = reading.intent == "again" and SAME_FOR.search(said) is not None and not free - REPEATING
    if named[0] == "token" or repeats:
        return _moved(reading, named[0], side or "token_in"), ""
    coin = reading.slots[named[0]]
    return reading, WHICH_SIDE.format(coin, coin, coin) if side not in (None, named[0]) else ""


def _sized_by_its_coin(reading: Reading, action: Action) -> Reading:
    """'buy 2 aave with usdc' · 'make that 3 aave': a sum right before the coin that is bought is of that coin."""
    for tag in reading.tags:
        coin = next((t for t in reading.tags if t.first == tag.last + 1 and t.tag.startswith("token")), None)
        if tag.tag not in SIZES or coin is None or tag.tag not in reading.slots or coin.tag not in reading.slots:
            continue
        side = next((side for side in SIDES if action.slots[side] == reading.slots[coin.tag]), None)
        if side is not None and SIZES[tag.tag] != side and len(reading.slots) == 2:
            size = next(name for name, of in SIZES.items() if of == side)
            return _moved(_moved(reading, tag.tag, size), coin.tag, side)
    return reading


def _of_the_pool(reading: Reading, action: Action) -> tuple[Reading, str]:
    """'add 0.5 eth and 1500 usdc' · '1400 usdc' is the second; a size or a coin that is of neither is asked."""
    coin = next((reading.slots[slot] for slot in ("token", "token_a", "token_in") if slot in reading.slots), None)
    size = next((slot for slot in ("amount", "amount_a", "amount_in") if slot in reading.slots), None)
    sides = [side for side in ("a", "b") if coin is not None and action.slots.get(f"token_{side}") == coin]
    whole = {"amount_a", "amount_b"} <= set(action.slots)
    if size and len(sides) == 1:
        kept = {
            name: value for name, value in reading.slots.items() if name not in (size, "token", "token_a", "token_in")
        }
        spans = {**reading.spans, f"amount_{sides[0]}": reading.spans.get(size, (0, 0))}
        return replace(reading, slots={**kept, f"amount_{sides[0]}": reading.slots[size]}, spans=spans), ""
    unclear = (size and whole) or (coin is not None and not sides and {"token_a", "token_b"} <= set(action.slots))
    return reading, WHICH_OF_THE_POOL if unclear else ""


def _in_its_place(utterance: Utterance, reading: Reading, action: Action) -> Reading:
    """'i said eth? i meant link': the second takes the first one's place, on whatever side that is."""
    tags = {tag.tag: tag for tag in reading.tags if tag.tag in SIDES}
    place = next((side for side in SIDES if reading.slots.get("token_in") == action.slots.get(side)), None)
    if reading.intent != "amend" or set(tags) != set(SIDES) or place is None or not set(SIDES) <= set(reading.slots):
        return reading
    old, new = (utterance.text[: utterance.words[tags[side].first].start] for side in SIDES)
    if not (SAID_AND_MEANT.search(old) and MEANING.search(new)):
        return reading
    slots = {name: value for name, value in reading.slots.items() if name not in SIDES}
    return replace(reading, slots={**slots, place: reading.slots["token_out"]}, tags=(tags["token_out"],))


def _by_its_name(utterance: Utterance, reading: Reading) -> Reading:
    """'use dai as the output', 'output token: dai'."""
    slots = [slot for slot in (*SIDES, "token") if slot in reading.slots]
    free = " ".join(utterance.words[i].text.lower() for i in reading.unlabelled)
    called = [side for side, names in NAMED_SIDES.items() if re.search(rf"\b(?:{names})\b", free)]
    return _moved(reading, slots[0], called[0]) if len(slots) == len(called) == 1 else reading


def _instead(utterance: Utterance, reading: Reading, action: Action) -> Reading:
    """'for eth instead of usdc', 'not dai, usdt': what is named beside a coin of the trade takes that coin's side."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    match = INSTEAD_OF.search(said)
    old = match[1].upper() if match else ""
    place = next((side for side in SIDES if action.slots.get(side) == old), None)
    new = [value for slot, value in reading.slots.items() if slot in (*SIDES, "token") and value != old]
    if place is None or len(new) != 1 or reading.intent != "amend":
        return reading
    slots = {name: value for name, value in reading.slots.items() if name not in (*SIDES, "token")}
    kept = tuple(tag for tag in reading.tags if tag.tag not in (*SIDES, "token"))
    taken = next(tag for tag in reading.tags if tag.tag in (*SIDES, "token") and utterance.said(tag).upper() != old)
    unusable = {name: why for name, why in reading.unusable.items() if name not in SIDES}
    return replace(
        reading,
        slots={**slots, place: new[0]},
        tags=(*kept, replace(taken, tag=place)),
        unusable=unusable,
        spans={**reading.spans, place: utterance.characters(taken)},
    )


def _like(slots: Mapping[str, SlotValue], coin: SlotValue) -> str | None:
    """The side on which a coin of the same kind stands; None where that is none or both."""
    alike = [side for side in SIDES if (slots[side] in STABLES) == (coin in STABLES)]
    return alike[0] if len(alike) == 1 else None


def _told(utterance: Utterance, reading: Reading, slot: str) -> bool:
    """Whether a word of buying or selling stands before the coin, or what it is instead of behind it.

    'for' tells nothing in 'the same for link'.
    """
    tag = next((tag for tag in reading.tags if tag.tag == slot), None)
    if tag is None:
        return False
    words = [word.text.lower() for word in utterance.words[reading.first : tag.first]]
    while words and words[-1] in BETWEEN:
        words.pop()
    behind = [word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 3]]
    told = (
        bool(words) and words[-1] in TELLING and not (words[-1] in ("for", "with") and {"same", "again"} & set(words))
    )
    return told or behind in (["it", "is"], ["is", "what"]) or behind[:1] == ["not"]


def _moved(reading: Reading, slot: str, side: str) -> Reading:
    slots = {side if name == slot else name: value for name, value in reading.slots.items()}
    spans = {side if name == slot else name: span for name, span in reading.spans.items()}
    tags = tuple(replace(tag, tag=side) if tag.tag == slot else tag for tag in reading.tags)
    return replace(reading, slots=slots, spans=spans, tags=tags)
