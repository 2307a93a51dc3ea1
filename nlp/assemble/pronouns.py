"""Words that point back within one utterance: 'it', 'him', 'there' stand for what the same sentence named before."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance, binds
from nlp.assemble.trigger import conditions_of
from nlp.schema import INTENTS, LENDING
from nlp.types import Kind, SlotValue, TaggedSpan
from nlp.values import read_value
from nlp.values.amounts import share_of

PEOPLE = frozenset({"her", "him", "them", "she", "he", "they"})
THINGS = frozenset({"it", "its", "that", "them", "those", "these"})
PAYING = frozenset({"send", "pay", "give", "tip", "wire", "owe", "transfer", "slide", "shoot", "to"})
WHOM = "it is not clear whom or what this points back to"
PLACES = frozenset({"there", "the same", "same", "the same place"})
WATCHED = frozenset({"t.token", "t.metric", "t.account", "token", "account"})
PARTY_SLOTS = ("recipient", "spender", "party")
TOKEN_SLOTS = ("token", "token_in", "token_out")
LEADING_THERE = frozenset({"from", "in", "into", "at", "with", "on"})
EXISTING = frozenset({"is", "are", "was", "were", "'s", "’s", "hi", "hey", "hello", "be", "been"})
ITS_PERMISSION = re.compile(
    r"(?i)\b(?:its|their)\s+(?:\w+\s+){0,2}(?:permissions?|approvals?|allowances?|access|limits?|rights?)\b"
)
OF_THAT = re.compile(r"\bof\s+(?:that|the\s+proceeds|what\s+i\s+get|the\s+result)\b")
ANTECEDENTS = {
    "party": ("name", "recipient"),
    "protocol": ("protocol", "spender"),
    "chain": ("to_chain", "chain"),
    "account": ("account",),
    "token": ("token_out", "token"),
}


def pronouns_read(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings with every pronoun whose antecedent stands earlier in the utterance replaced by it."""
    result: list[Reading] = []
    for reading in readings:
        own = _somebody(utterance, _there(utterance, reading, result), result)
        own = _its_permission(utterance, own, result)
        own = _share_of_that(utterance, _pointed(utterance, own, result), result)
        own = _watching_the_same(utterance, own, result)
        result.append(_about_the_same(utterance, own, result[-1] if result else None))
    return tuple(result)


def _pointed(utterance: Utterance, reading: Reading, earlier: Sequence[Reading]) -> Reading:
    pointing = [(tag, kind) for tag in reading.tags if (kind := _points_by(utterance, tag, reading))]
    if not pointing:
        return reading
    slots, spans, unusable = dict(reading.slots), dict(reading.spans), dict(reading.unusable)
    for tag, kind in pointing:
        found = _condition_token(utterance, reading, tag) if kind == "token" else None
        found = found or (None if kind == "token" and _turned_into_another(earlier) else _antecedent(earlier, kind))
        if found:
            slots[tag.tag], spans[tag.tag] = found
            unusable.pop(tag.tag, None)
    return replace(reading, slots=slots, spans=spans, unusable=unusable)


def _there(utterance: Utterance, own: Reading, earlier: Sequence[Reading]) -> Reading:
    """'repay it all on aave and take my eth out from there', '2 eth to base, then over there swap 1': the place before it."""
    at = unlabelled_there(utterance, own)
    held = own.intent in LENDING or (earlier and "account" in earlier[-1].slots)
    at = _from_it(utterance, own) if at is None and held else at
    slots = INTENTS[own.intent].slots if own.intent in INTENTS and at is not None and earlier else {}
    order = ("chain", "protocol") if earlier and earlier[-1].intent == "bridge" else ("protocol", "chain")
    kinds: tuple[str, ...] = order
    if at and utterance.words[at - 1].text.lower() in ("from", "of"):
        # Of an account that was looked into 'from it' is that account; what is lent out comes from where it lies.
        it = own.intent not in LENDING and utterance.words[at].text.lower() in ("it", "them")
        kinds = ("account", *order) if it else (*order, "account")
    for kind in kinds:
        found = _antecedent(earlier[-1:], kind) if kind in slots and kind not in own.slots else None
        if found:
            return replace(own, slots={**own.slots, kind: found[0]}, spans={**own.spans, kind: found[1]})
    return own


def _somebody(utterance: Utterance, own: Reading, earlier: Sequence[Reading]) -> Reading:
    """'just send her 100 usdc' of which no label took 'her': who was named before, and never who comes after."""
    if own.intent != "transfer" or "recipient" in {*own.slots, *own.unusable}:
        return own
    free = [i for i in own.unlabelled if i and utterance.words[i].text.lower() in ("her", "him", "them")]
    if not any(utterance.words[i - 1].text.lower() in PAYING for i in free):
        return own
    found = _antecedent(earlier, "party")
    if found is None:
        return replace(own, unusable={**own.unusable, "recipient": WHOM})
    return replace(own, slots={**own.slots, "recipient": found[0]}, spans={**own.spans, "recipient": found[1]})


def _from_it(utterance: Utterance, own: Reading) -> int | None:
    """'supply 200 usdc to spark and borrow 0.02 weth from it'."""
    words = [word.text.lower() for word in utterance.words]
    free = (i for i in own.unlabelled if i and words[i] in ("it", "them"))
    return next((i for i in free if words[i - 1] in ("from", "off") or words[max(0, i - 2) : i] == ["out", "of"]), None)


def _its_permission(utterance: Utterance, own: Reading, earlier: Sequence[Reading]) -> Reading:
    """'what may 1inch spend, and revoke its permission over usdt': whose permission it is."""
    before = earlier[-1] if earlier and earlier[-1].intent in ("allowances", "approve", "revoke") else None
    said = utterance.text[utterance.words[own.first].start : utterance.words[own.last].end]
    if own.intent != "revoke" or before is None or {"spender", "scope"} & {*own.slots, *own.unusable}:
        return own
    if "spender" not in before.slots or "spender" not in before.spans or not ITS_PERMISSION.search(said):
        return own
    return replace(
        own,
        slots={**own.slots, "spender": before.slots["spender"]},
        spans={**own.spans, "spender": before.spans["spender"]},
    )


def unlabelled_there(utterance: Utterance, own: Reading) -> int | None:
    """Where 'there', or 'from the same', stands for a place and no label took it."""
    free = (i for i in own.unlabelled if utterance.words[i].text.lower() == "there" or _is_the_same(utterance, own, i))
    return next((i for i in free if not _exists(utterance, i)), None)


def _is_the_same(utterance: Utterance, own: Reading, at: int) -> bool:
    """'withdraw 0.5 eth from the same'; not 'from the same account'."""
    said = [word.text.lower() for word in utterance.words[max(own.first, at - 2) : at + 1]]
    ends = at == own.last or utterance.words[at + 1].kind is Kind.PUNCT
    return ends and said[1:] == ["the", "same"] and said[0] in LEADING_THERE


def _exists(utterance: Utterance, at: int) -> bool:
    """'is there', 'there are', 'while you're there': no place."""
    near = {word.text.lower() for word in utterance.words[max(0, at - 1) : at + 2]}
    before = {word.text.lower() for word in utterance.words[max(0, at - 3) : at]}
    return bool(near & EXISTING) or "while" in before


def _share_of_that(utterance: Utterance, own: Reading, earlier: Sequence[Reading]) -> Reading:
    """'take out 60 dai and send her half of that' is 30; what a trade will bring is not known before."""
    tag = next((t for t in own.tags if t.tag in AMOUNT_SLOTS and str(own.slots.get(t.tag)).endswith("%")), None)
    if tag is None or not binds(own.intent) or not earlier:
        return own
    behind = " ".join(word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 3])
    after_a_trade = earlier[-1].intent == "swap" and re.match(r"of\s+it\b", behind) is not None
    if not after_a_trade and not OF_THAT.search(utterance.said(tag).lower()) and not OF_THAT.match(behind):
        return own
    before = earlier[-1]
    sized = next((str(before.slots[slot]) for slot in ("amount", "amount_in") if slot in before.slots), "")
    share = "" if before.intent == "swap" or not sized else share_of(sized, str(own.slots[tag.tag])) or ""
    if share and not share.endswith("%"):
        token = (
            {"token": before.slots["token"]} if "token" in before.slots and "token" in INTENTS[own.intent].slots else {}
        )
        return replace(own, slots={**token, **own.slots, tag.tag: share})
    why = "how much that will be is not known before; say the amount"
    slots = {slot: value for slot, value in own.slots.items() if slot != tag.tag}
    return replace(own, slots=slots, unusable={**own.unusable, tag.tag: why})


def _points_by(utterance: Utterance, tag: TaggedSpan, reading: Reading) -> str:
    """What kind of thing a label's words point back to; '' where they name something of their own."""
    said = utterance.said(tag).lower().strip()
    if tag.tag in PARTY_SLOTS and said in PEOPLE:
        return "party"
    if tag.tag in ("protocol", "chain") and said in PLACES:
        return tag.tag
    # "then send it" names no amount, and "half of it" no exact one: those stay open.
    sized = any(not str(reading.slots[slot]).endswith("%") for slot in AMOUNT_SLOTS & set(reading.slots))
    waits = any(condition.tag == "t.token" for condition in conditions_of(reading))
    open_to = sized or waits or not binds(reading.intent)
    return "token" if tag.tag in TOKEN_SLOTS and said in THINGS and open_to else ""


def _turned_into_another(earlier: Sequence[Reading]) -> bool:
    """'unwrap 3 weth and send two of it': what comes out is another coin than the one that was named."""
    return bool(earlier) and earlier[-1].intent in ("wrap", "unwrap", "stake", "unstake")


def _antecedent(earlier: Sequence[Reading], kind: str) -> tuple[SlotValue, tuple[int, int]] | None:
    """The newest value of that kind, with the words it came from."""
    for reading in reversed(earlier):
        for slot in ANTECEDENTS.get(kind, ()):
            if slot in reading.slots and slot in reading.spans:
                return reading.slots[slot], reading.spans[slot]
    return None


def _condition_token(
    utterance: Utterance, reading: Reading, tag: TaggedSpan
) -> tuple[SlotValue, tuple[int, int]] | None:
    """'as soon as arb sinks to 31 cents, buy it': the coin that the order waits for."""
    for condition in conditions_of(reading):
        if condition.tag == "t.token" and condition.first < tag.first:
            words = utterance.words_of(condition)
            value = read_value(("token",), words, utterance.text, utterance.context)
            if isinstance(value, str):
                return value, (words[0].start, words[-1].end)
    return None


def _watching_the_same(utterance: Utterance, own: Reading, earlier: Sequence[Reading]) -> Reading:
    """'… below 1,800, and if it climbs beyond 4,200': an alert that names nothing to watch watches what was named before it."""
    named = [tag for tag in own.tags if tag.tag in WATCHED and utterance.said(tag).lower() not in THINGS]
    if own.intent != "alert" or named or not earlier:
        return own
    if earlier[-1].intent != "alert":
        token = _antecedent(earlier[-1:], "token")
        pointing = len(named) < sum(tag.tag in WATCHED for tag in own.tags)
        return replace(own, slots={**own.slots, "token": token[0]}) if token and pointing else own
    watched = tuple(tag for tag in earlier[-1].tags if tag.tag in WATCHED)
    return replace(own, tags=(*(tag for tag in own.tags if tag.tag not in WATCHED), *watched), slots=earlier[-1].slots)


def _about_the_same(utterance: Utterance, own: Reading, before: Reading | None) -> Reading:
    """'… about ARB, and should i buy it': a question's 'it' is the token of the question before."""
    token = before.slots.get("token") if before else None
    said = {word.text.lower() for word in utterance.words[own.first : own.last + 1]}
    free = own.intent in INTENTS and not binds(own.intent) and "token" in INTENTS[own.intent].slots
    if before is None or not token or not free or own.slots or not said & THINGS:
        return own
    return replace(own, slots={"token": token}, spans={"token": before.spans["token"]})
