"""What is said of the part before and meant for the next: a currency ('$20 of eth to vera and 30 to omar'), a protocol's name."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.ellipsis import elliptical
from nlp.assemble.reading import Reading, Utterance
from nlp.lexicon import PROTOCOLS
from nlp.types import Kind, TaggedSpan

SIZES = ("amount", "amount_in", "amount_out")
OF_WHAT = (
    "it is not clear whether that is of the money or of the coin; say “dollars”, or the coin right behind the number"
)


def same_money(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """A bare number behind a sum of money is money, too; where it names a coin of its own it is asked."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        tag = _bare(utterance, own)
        money = before.slots.get("value")
        if before.intent != own.intent or tag is None or not isinstance(money, str) or not elliptical(utterance, own):
            continue
        coin = any(other.tag.startswith("token") for other in own.tags)
        result[index] = replace(own, limits=(*own.limits, OF_WHAT)) if coin else _in_money(own, tag, money)
    return tuple(result)


def _bare(utterance: Utterance, own: Reading) -> TaggedSpan | None:
    """The label of a number that names no currency and no share."""
    sizes = [tag for tag in own.tags if tag.tag in SIZES and tag.tag in own.slots]
    bare = len(sizes) == 1 and all(word.kind is not Kind.MONEY for word in utterance.words_of(sizes[0]))
    return sizes[0] if bare and not str(own.slots[sizes[0].tag]).endswith("%") else None


def _in_money(own: Reading, tag: TaggedSpan, money: str) -> Reading:
    currency = money.partition(" ")[2]
    slots = {name: value for name, value in own.slots.items() if name != tag.tag}
    spans = {**own.spans, "value": own.spans[tag.tag]}
    return replace(own, slots={**slots, "value": f"{own.slots[tag.tag]} {currency}"}, spans=spans)


def places_named(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """'stake 1 eth lido and 0.5 rocketpool': where the part before named coin and protocol, a protocol's name is the protocol."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        tag = next((tag for tag in own.tags if tag.tag == "token"), None)
        named = PROTOCOLS.get(utterance.said(tag).lower()) if tag else None
        alike = before.intent == own.intent and {"token", "protocol"} <= set(before.slots)
        if tag and named and alike and "protocol" not in {*own.slots, *own.unusable} and elliptical(utterance, own):
            slots = {name: value for name, value in own.slots.items() if name != "token"}
            spans = {**own.spans, "protocol": utterance.characters(tag)}
            tags = tuple(replace(t, tag="protocol") if t is tag else t for t in own.tags)
            unusable = {name: why for name, why in own.unusable.items() if name != "token"}
            result[index] = replace(own, slots={**slots, "protocol": named}, spans=spans, tags=tags, unusable=unusable)
    return tuple(result)
