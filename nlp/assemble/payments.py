"""Payments to several people: what is for each, what is split, and what is the same again."""

import re
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from nlp.assemble.ellipsis import EACH, elliptical, said_in
from nlp.assemble.reading import AMOUNT_SLOTS, JOINTS, SPLIT, Reading, Span, Utterance
from nlp.types import Kind, TaggedSpan

SPLITTING = frozenset(
    {"split", "splitting", "divide", "divided", "dividing", "equally", "evenly", "share", "cut", "between", "among"}
)
QUALIFYING = frozenset(
    {
        "half",
        "third",
        "quarter",
        "twice",
        "double",
        "triple",
        "times",
        "nearly",
        "almost",
        "not",
        "about",
        "roughly",
        "over",
        "under",
    }
)
TOTAL = "a sum and its parts were given; say what each is to get"
APIECE = frozenset({"each", "apiece", "ea"})
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
HALVES = re.compile(r"(?:(?:a|one|the\s+other)\s+)?(?:half|third|quarter|50\s?%)")
SAME_AMOUNT = re.compile(r"\b(?:the\s+)?same\s+(?:amount|sum|again)\b|\bas\s+much\b")
SAME_AGAIN = frozenset(
    ("the same", "same", "the same amount", "same amount", "as much", "that much", "the same again", "just as much")
)


def coin_for_all(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'rufus 64, delbert 72, all usdc' names the coin of the payments before it, and is no payment of everything."""
    last = readings[-1] if len(readings) > 1 else None
    if last is None or last.intent != "transfer" or {tag.tag for tag in last.tags} != {"amount", "token"}:
        return readings
    said = next(utterance.said(tag).lower() for tag in last.tags if tag.tag == "amount")
    before = readings[:-1]
    if said not in ("all", "both", "everything") or any(r.intent != "transfer" or "token" in r.slots for r in before):
        return readings
    coin = {"token": last.slots["token"]} if "token" in last.slots else {}
    return tuple(replace(r, slots={**r.slots, **coin}, spans={**r.spans, "token": last.spans["token"]}) for r in before)


def same_again(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'100 usdc for hannah and as much for pedro': the amount of the payment before it, where it is no share of what was left."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        said = {utterance.said(tag).lower() for tag in own.tags if tag.tag in AMOUNT_SLOTS} or _unlabelled_same(
            utterance, own
        )
        slot = next((slot for slot in ("amount", "value") if slot in before.slots), None)
        if own.intent == before.intent and slot and said and said <= SAME_AGAIN:
            result[index] = _as_before(own, before, slot)
    return tuple(result)


def _unlabelled_same(utterance: Utterance, own: Reading) -> set[str]:
    """'0.1 eth to carla and same amount to joost' where no label took the words."""
    rest = " ".join(utterance.words[i].text.lower() for i in own.unlabelled)
    return {"same amount"} if SAME_AMOUNT.search(rest) and not QUALIFYING & set(rest.split()) else set()


def _as_before(own: Reading, before: Reading, slot: str) -> Reading:
    if str(before.slots[slot]).endswith("%"):
        return own
    unusable = {name: why for name, why in own.unusable.items() if name not in AMOUNT_SLOTS}
    coin = {"token": before.slots["token"]} if "token" in before.slots else {}
    return replace(
        own,
        slots={**coin, **own.slots, slot: before.slots[slot]},
        spans={**own.spans, slot: before.spans[slot]},
        unusable=unusable,
    )


def split_or_each(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Payments to several people: an amount said once is for each, is split, or is in doubt (then nobody's)."""
    readings = _total_or_each(utterance, readings)
    groups = _payment_groups(utterance, readings)
    result = list(readings)
    for group in groups:
        words = said_in(utterance, readings[group[0]].first, readings[group[-1]].last)
        source = next(readings[i] for i in group if _sizes(readings[i]))
        for index in group:
            result[index] = _payment(result[index], source, len(group), words, _said_apiece(utterance, source))
    return tuple(result)


def _total_or_each(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'2 eth to both kim and lee, 1 each', 'split 3 between ann and ben, 2 to ann and 1 to ben': a sum and its parts are not both paid."""
    result = list(readings)
    paid: set[str] = set()
    for index, own in enumerate(result):
        if own.intent != "transfer":
            continue
        before = result[index - 1] if index else None
        sums = [
            r.slots[s]
            for r in (before, own)
            if r and r.intent == "transfer"
            for s in ("amount", "value")
            if s in r.slots
        ]
        apiece = bool(APIECE & said_in(utterance, own.first, own.last)) and len(sums) == 2 and sums[0] != sums[1]
        again = str(own.slots.get("recipient")) in paid and bool(
            SPLITTING & said_in(utterance, readings[0].first, own.last)
        )
        if apiece or again:
            result[index] = replace(own, limits=(*own.limits, TOTAL))
        paid.add(str(own.slots.get("recipient")))
    return tuple(result)


def parts_of_a_sum(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'swap 600 usdc, half into eth and half into btc': the halves are of the 600, and not of what is held beside it."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        share = next((tag for tag in own.tags if str(own.slots.get(tag.tag, "")).endswith("%")), None)
        whole = any(PLAIN.fullmatch(str(before.slots.get(slot, ""))) for slot in AMOUNT_SLOTS)
        coins = [[r.slots[s] for s in ("token", "token_in") if s in r.slots] for r in (before, own)]
        said = utterance.said(share).lower() if share else ""
        same = before.intent == own.intent and (not coins[1] or coins[0] == coins[1])
        if (
            share
            and whole
            and same
            and share.tag in AMOUNT_SLOTS
            and HALVES.fullmatch(said)
            and not _of_mine(utterance, share)
        ):
            for at in (index - 1, index):
                result[at] = replace(result[at], limits=(*result[at].limits, TOTAL))
    return tuple(result)


def _of_mine(utterance: Utterance, tag: TaggedSpan) -> bool:
    behind = [word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 3]]
    return bool({"my", "our", "the", "of"} & set(behind))


def _sum_behind_names(utterance: Utterance, readings: tuple[Reading, ...]) -> list[list[int]]:
    """'pay bob and mum 75 usdt each': one run of payments of which just the last names a sum, and how it is shared."""
    indices = [i for i, reading in enumerate(readings) if reading.intent == "transfer"]
    if len(indices) < 2 or indices != list(range(indices[0], indices[-1] + 1)):
        return []
    if any(_sizes(readings[i]) for i in indices[:-1]) or not _sizes(readings[indices[-1]]):
        return []
    words = said_in(utterance, readings[indices[0]].first, readings[indices[-1]].last)
    run = all(elliptical(utterance, readings[i]) for i in indices[1:])
    bare = all(_ends_with_its_name(utterance, readings[i]) for i in indices[:-1])
    return [indices] if (run and bare) or words & (EACH | SPLITTING) else []


def _ends_with_its_name(utterance: Utterance, reading: Reading) -> bool:
    """'pay rosa' of 'pay rosa and finn 20 usdc'; not 'send hannah her wages'."""
    named = max((tag.last for tag in reading.tags if tag.tag == "recipient"), default=reading.last)
    behind = utterance.words[named + 1 : reading.last + 1]
    return "token" not in reading.slots and all(w.kind is Kind.PUNCT or w.text.lower() in JOINTS for w in behind)


def recipient_for_both(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'send Moonbirds 19 and 0.05 eth to rhea.eth': a collectible and coins, and one who gets both."""
    result = list(readings)
    for at in range(1, len(result)):
        before, own = result[at - 1], result[at]
        if {before.intent, own.intent} != {"nft_transfer", "transfer"} or not elliptical(utterance, own):
            continue
        for index, other in ((at, before), (at - 1, own)):
            if not {"recipient"} & {*result[index].slots, *result[index].unusable} and "recipient" in other.slots:
                result[index] = replace(
                    result[index],
                    slots={**result[index].slots, "recipient": other.slots["recipient"]},
                    spans={**result[index].spans, "recipient": other.spans["recipient"]},
                )
    return tuple(result)


def _payment_groups(utterance: Utterance, readings: tuple[Reading, ...]) -> list[list[int]]:
    """Runs of transfers of which only the first (or only the last) names an amount."""
    groups: list[list[int]] = _sum_behind_names(utterance, readings)
    taken = {index for group in groups for index in group}
    for index, reading in enumerate(readings):
        if index in taken:
            continue
        amounts = _sizes(reading)
        if reading.intent != "transfer":
            continue
        if groups and groups[-1][-1] == index - 1 and not amounts and elliptical(utterance, reading):
            groups[-1].append(index)
        elif amounts:
            groups.append([index])
    return [group for group in groups if len(group) > 1]


def _said_apiece(utterance: Utterance, reading: Reading) -> bool:
    """Whether 'each' stands right behind the sum: 'split for paint: 40 usdc each'."""
    last = max((tag.last for tag in reading.tags if tag.tag in ("token", *AMOUNT_SLOTS)), default=-2)
    behind = utterance.words[last + 1 : last + 2]
    return bool(behind) and behind[0].text.lower() in APIECE


def _payment(own: Reading, first: Reading, people: int, words: frozenset[str], apiece: bool) -> Reading:
    slots = dict(own.slots)
    amount_slot = next((slot for slot in ("amount", "value") if slot in first.slots), None)
    parts: dict[str, Span] = {}
    for slot in ("token", "chain", "account"):
        if slot in first.slots:
            slots.setdefault(slot, first.slots[slot])
    unusable = dict(own.unusable)
    if amount_slot and SPLITTING & words and not apiece:
        slots[amount_slot] = divided(str(first.slots[amount_slot]), people)
        parts = {SPLIT: first.spans[amount_slot]} if amount_slot in first.spans else {}
    elif amount_slot and EACH & words:
        slots[amount_slot] = first.slots[amount_slot]
    elif amount_slot:
        slots.pop(amount_slot, None)
        unusable[amount_slot] = "say whether the amount is for each or is split between them"
    spans = {**{k: v for k, v in first.spans.items() if k in slots}, **own.spans, **parts}
    return replace(own, slots=slots, unusable=unusable, spans=spans)


def divided(value: str, people: int) -> str:
    """An amount, share or fiat value divided, rounded down to six places: what leaves is never rounded up."""
    unit = "%" if value.endswith("%") else ""
    number, _, currency = value.removesuffix("%").partition(" ")
    part = (Decimal(number) / people).quantize(Decimal("0.000001"), rounding=ROUND_DOWN)
    text = format(part.normalize(), "f")
    return f"{text}{unit} {currency}".strip()


def _sizes(reading: Reading) -> frozenset[str]:
    """The amounts that a segment names, readable or not."""
    return AMOUNT_SLOTS & (set(reading.slots) | set(reading.unusable))
