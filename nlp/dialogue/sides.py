"""Which side of a trade a coin said alone is for: a stablecoin takes a stablecoin's place, another coin another's."""

from collections.abc import Mapping
from dataclasses import replace

from nlp.assemble.reading import Reading, Utterance
from nlp.assemble.trigger import STABLES
from nlp.types import Action, SlotValue

SIDES = ("token_in", "token_out")
BUYING = frozenset({"get", "want", "wants", "wanting", "buy", "buying", "into", "to", "for"})
TAKING_BACK = frozenset({"said", "meant", "mean", "not"})
SELLING = frozenset({"sell", "selling", "from", "with", "using", "off", "of"})


def on_its_side(utterance: Utterance, reading: Reading, action: Action) -> Reading:
    """'trade 3 uni for eth' · 'the same for link' sells link; 'buy link with usdc' · 'no, the uni' buys uni.

    A word of buying or selling right before the coin stands above that.
    """
    reading = _in_its_place(utterance, reading, action)
    named = [slot for slot in (*SIDES, "token") if slot in reading.slots]
    if action.intent != "swap" or len(named) != 1 or not set(SIDES) <= set(action.slots):
        return reading
    side = _like(action.slots, reading.slots[named[0]])
    if reading.intent == "again" and side is None and not _into(utterance, reading, named[0]):
        side = "token_in"
    if reading.intent == "amend" and _told(utterance, reading, named[0]):
        return reading
    return _moved(reading, named[0], side) if side else reading


def _in_its_place(utterance: Utterance, reading: Reading, action: Action) -> Reading:
    """'i said eth? i meant link': the second takes the first one's place, on whatever side that is."""
    said = {word.text.lower() for word in utterance.words[reading.first : reading.last + 1]}
    place = next((side for side in SIDES if reading.slots.get("token_in") == action.slots.get(side)), None)
    if reading.intent != "amend" or not set(SIDES) <= set(reading.slots) or place is None or not said & TAKING_BACK:
        return reading
    slots = {name: value for name, value in reading.slots.items() if name not in SIDES}
    return replace(reading, slots={**slots, place: reading.slots["token_out"]})


def _into(utterance: Utterance, reading: Reading, slot: str) -> bool:
    tag = next((tag for tag in reading.tags if tag.tag == slot), None)
    return (
        tag is not None and tag.first > reading.first and utterance.words[tag.first - 1].text.lower() in ("into", "to")
    )


def _like(slots: Mapping[str, SlotValue], coin: SlotValue) -> str | None:
    """The side on which a coin of the same kind stands; None where that is none or both."""
    alike = [side for side in SIDES if (slots[side] in STABLES) == (coin in STABLES)]
    return alike[0] if len(alike) == 1 else None


def _told(utterance: Utterance, reading: Reading, slot: str) -> bool:
    tag = next((tag for tag in reading.tags if tag.tag == slot), None)
    if tag is None:
        return False
    before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
    behind = [word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 3]]
    return before in BUYING | SELLING or behind == ["it", "is"] or behind[:1] == ["not"]


def _moved(reading: Reading, slot: str, side: str) -> Reading:
    slots = {side if name == slot else name: value for name, value in reading.slots.items()}
    spans = {side if name == slot else name: span for name, span in reading.spans.items()}
    tags = tuple(replace(tag, tag=side) if tag.tag == slot else tag for tag in reading.tags)
    return replace(reading, slots=slots, spans=spans, tags=tags)
