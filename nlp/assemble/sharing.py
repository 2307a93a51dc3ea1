"""Shares out what one utterance says once for several actions: 'each', 'split between', lists, a chain for all."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.ellipsis import EACH, elliptical, said_in
from nlp.assemble.evidence import CUES
from nlp.assemble.payments import coin_for_all, parts_of_a_sum, recipient_for_both, same_again, split_or_each
from nlp.assemble.pronouns import pronouns_read
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance, binds
from nlp.assemble.same_money import places_named, same_money
from nlp.assemble.waiting import conditions_joined, first_things_first, trigger_for_all
from nlp.schema import INTENTS, INTERNAL_INTENTS, is_write
from nlp.types import Hint, SlotValue, TaggedSpan

TAKEN_BACK = "this is taken back by what follows it; say plainly what is to be done"
UNGRANTED = "it is not clear whether this is to be allowed or revoked as well; say which"
OTHERWISE = frozenset({"or", "otherwise", "else"})
EITHER = "it is not clear which of the two is to be done; say the one"
WHOSE = "it is not clear whose approval this is; say the spender"
UNTURNED = (
    "it is not clear whether this is to be done the same way as what stands before it; say it with a verb of its own"
)
OPPOSITES = frozenset(
    pair
    for one, other in (
        ("stake", "unstake"),
        ("wrap", "unwrap"),
        ("supply", "withdraw"),
        ("borrow", "repay"),
        ("approve", "revoke"),
    )
    for pair in ((one, other), (other, one))
)
GRANTING = frozenset(
    {
        "approve",
        "allow",
        "let",
        "authorise",
        "authorize",
        "grant",
        "permit",
        "give",
        "set",
        "enable",
        "increase",
        "raise",
    }
)
FOR_ALL = frozenset({"both", "all", "everything", "each"})
LEADING_WORDS = 3
FOR_ALL_REACH = 5
SHARED_PLACES = ("chain", "protocol", "account", "from_chain", "slippage")
OF_ONE_APPROVAL = ("token", "spender")
SHARED_SUBJECTS = ("token", "quote", "period", "amount_in", "value")
AFTER_A_SWITCH = (
    "it is not clear whether that is to be done on the chain that is switched to; say the two one after another"
)
ONLY_JOINING = frozenset(
    {"and", "then", "after", "that", "this", "thereafter", "afterwards", "oh", "also", "next", "plus", "out", "of", "it", "from", "lastly", "finally", "subsequently", "followed", "by", "with", "as", "well", "too", "the", "so", ",", ".", ";", ":", "-", "–", "—"}
)  # fmt: skip
COURTESY = frozenset({"greet", "thanks"})
ASIDE = frozenset({"out_of_scope", "reject", "confirm"})


def share_out(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings as separate actions, each with what the utterance gave it in common with the others."""
    joined = _joints_joined(utterance, conditions_joined(utterance, readings))
    kept = _without_asides(utterance, _taken_back(utterance, joined))
    kept = first_things_first(utterance, kept)
    kept = _one_or_the_other(utterance, _grants_doubted(utterance, kept))
    kept = pronouns_read(utterance, _empty_repeats_dropped(kept))
    kept = places_named(utterance, same_money(utterance, kept))
    kept = same_again(utterance, coin_for_all(utterance, kept))
    kept = split_or_each(utterance, recipient_for_both(utterance, parts_of_a_sum(utterance, kept)))
    kept = trigger_for_all(utterance, _fill_ellipsis(utterance, kept))
    return _after_a_switch(_place_for_all(utterance, kept))


def _after_a_switch(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'switch to base and swap …': the chain stands with the switch; whether the money is to move there is asked."""
    result, switched = [], False
    for own in readings:
        placed = {"chain", "from_chain"} & {*own.slots, *own.unusable}
        unplaced = switched and is_write(own.intent) and not placed
        result.append(replace(own, limits=(*own.limits, AFTER_A_SWITCH)) if unplaced else own)
        switched = switched or own.intent == "switch_chain"
    return tuple(result)


def _of_somebody_else(utterance: Utterance, refusal: Reading, before: Reading) -> bool:
    """'25 usdc to hannah, don't pay pedro' refuses another payment."""
    words = utterance.words[refusal.first : refusal.last + 1]
    named = {word.text.lower() for word in words if Hint.CONTACT in word.hints}
    return bool(named) and str(before.slots.get("recipient")) not in named


def _taken_back(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """A refusal right behind a write ('send 5 eth to bob. no, don't') is about that write: it is not believed."""
    result = list(readings)
    for index in range(1, len(result)):
        before = result[index - 1]
        if (
            result[index].intent == "reject"
            and binds(before.intent)
            and not _of_somebody_else(utterance, result[index], before)
        ):
            result[index - 1] = replace(before, limits=(*before.limits, TAKEN_BACK))
    return tuple(result)


def _grants_doubted(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'revoke 1inch's usdt approval as well as sushi's dai approval': what follows a revocation grants only by a verb of its own."""
    result = list(readings)
    for before, (index, own) in zip(readings, list(enumerate(readings))[1:], strict=False):
        said = said_in(utterance, own.first, own.last)
        if own.intent == "approve" and before.intent == "revoke" and not said & GRANTING:
            result[index] = replace(own, limits=(*own.limits, UNGRANTED))
        elif before.intent == own.intent == "revoke" and _widened(utterance, before, own):
            result[index] = replace(own, limits=(*own.limits, WHOSE))
        elif (before.intent, own.intent) in OPPOSITES and _unturned(utterance, own):
            result[index] = replace(own, limits=(*own.limits, UNTURNED))
    return tuple(result)


def _one_or_the_other(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'send raj 20 or sofia 30', 'if …, otherwise …': one of two, and nobody said which."""
    result = list(readings)
    for index in range(1, len(result)):
        own = result[index]
        opening = {word.text.lower() for word in utterance.words[max(0, own.first - 1) : own.first + 2]}
        if opening & OTHERWISE and binds(own.intent):
            result[index] = replace(own, limits=(*own.limits, EITHER))
    return tuple(result)


def _widened(utterance: Utterance, before: Reading, own: Reading) -> bool:
    """'uniswap shouldn't have my link any longer nor my uni' cut so that the second half revokes everybody's approval."""
    said = " ".join(utterance.words[i].text for i in own.unlabelled)
    lacks = "spender" in before.slots and not {"spender", "scope"} & {*own.slots, *own.unusable}
    return lacks and not elliptical(utterance, own) and CUES["revoke"].search(said) is None


def _unturned(utterance: Utterance, own: Reading) -> bool:
    """'unstake the steth at lido and all the reth' read as staking: nothing of its own says that it is the other way round."""
    said = utterance.text[utterance.words[own.first].start : utterance.words[own.last].end].lower()
    return elliptical(utterance, own) and own.intent not in said and "out of" not in said


def _without_asides(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """A greeting, thanks, a refusal or an out-of-scope part beside a request gives no action of its own."""
    for asides in (COURTESY | ASIDE, COURTESY):
        kept = tuple(r for r in readings if r.intent not in asides)
        if kept:
            return _without_repeats(utterance, kept)
    return tuple(readings[:1])


def _joints_joined(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """'…, and after that | send 60 usdc to anjali': what only joins is the beginning of what it leads to."""
    result: list[Reading] = []
    for reading in readings:
        before = result[-1] if result else None
        if before is not None and _only_joins(utterance, before) and reading.intent not in INTERNAL_INTENTS:
            result[-1] = replace(reading, first=before.first)
        else:
            result.append(reading)
    return tuple(result)


def _only_joins(utterance: Utterance, reading: Reading) -> bool:
    words = {word.text.lower() for word in utterance.words[reading.first : reading.last + 1]}
    return reading.first > 0 and not reading.tags and words <= ONLY_JOINING and reading.intent not in INTERNAL_INTENTS


def _empty_repeats_dropped(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """A read cut in two ('which token is X, the info please') asks once: its second half names nothing of its own."""
    kept: list[Reading] = []
    for reading in readings:
        again = bool(kept) and kept[-1].intent == reading.intent and not binds(reading.intent)
        if not (again and not reading.slots and not reading.tags):
            kept.append(reading)
    return tuple(kept)


def _without_repeats(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Two questions or complaints in a row are one utterance, said as a whole by the first."""
    kept: list[Reading] = []
    for reading in readings:
        if kept and reading.intent == kept[-1].intent and reading.intent in ("ask", "complaint"):
            slot = "question" if reading.intent == "ask" else "message"
            kept[-1] = _joined(utterance, kept[-1], reading, slot)
        else:
            kept.append(reading)
    return tuple(kept)


def _joined(utterance: Utterance, first: Reading, second: Reading, slot: str) -> Reading:
    start, end = first.spans[slot][0], second.spans[slot][1]
    slots = {**first.slots, slot: utterance.text[start:end]}
    return replace(first, last=second.last, slots=slots, spans={**first.spans, slot: (start, end)})


def _fill_ellipsis(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'approve 5 usdc and 3 dai for aave': neighbours of one intent complete each other, amounts apart."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        if before.intent != own.intent or own.intent not in INTENTS or not elliptical(utterance, own):
            continue
        if own.intent == "alert":
            continue
        result[index] = _completed(own, before)
        result[index - 1] = _completed(before, own)
        for earlier in range(index - 1, 0, -1):
            if result[earlier - 1].intent == own.intent and elliptical(utterance, result[earlier]):
                result[earlier - 1] = _completed(result[earlier - 1], result[earlier])
    return _each_allowed(utterance, result)


def _each_allowed(utterance: Utterance, readings: list[Reading]) -> tuple[Reading, ...]:
    """'approve usdc, usdt and dai, unlimited each': how much is said once behind them all."""
    for index in range(len(readings) - 1, 0, -1):
        before, own = readings[index - 1], readings[index]
        run = before.intent == own.intent == "approve" and elliptical(utterance, own)
        lacks = "amount" in own.slots and "amount" not in {*before.slots, *before.unusable}
        if run and lacks and EACH & said_in(utterance, readings[-1].first, readings[-1].last):
            slots = {**before.slots, "amount": own.slots["amount"]}
            spans = {**before.spans, "amount": own.spans["amount"]}
            readings[index - 1] = replace(before, slots=slots, spans=spans)
    return tuple(readings)


def _completed(own: Reading, other: Reading) -> Reading:
    """`own` with the other's required slots that it lacks, and its places."""
    spec = INTENTS[own.intent]
    slots: dict[str, SlotValue] = dict(own.slots)
    if own.intent == "approve" and not {"token", "amount"} & {*own.slots, *own.unusable}:
        # What may be spent of a coin is said for every one who may ('allow aave and compound 100 usdc each').
        slots.update({"amount": other.slots["amount"]} if "amount" in other.slots else {})
    for alternatives in spec.required:
        if not any(slot in slots or slot in own.unusable for slot in alternatives):
            slots.update({s: other.slots[s] for s in alternatives if s in other.slots and s not in AMOUNT_SLOTS})
    shared = SHARED_PLACES if binds(own.intent) else (*SHARED_PLACES, *SHARED_SUBJECTS)
    if own.intent == "revoke" and "scope" not in {*own.slots, *other.slots}:
        # The narrower revocation is meant: without the token it would take away every token's approval.
        shared = (*shared, *(slot for slot in OF_ONE_APPROVAL if slot not in own.unusable))
    slots.update({s: other.slots[s] for s in shared if s in other.slots and s not in slots and s in spec.slots})
    spans = {**{k: v for k, v in other.spans.items() if k in slots}, **own.spans}
    return replace(own, slots=slots, spans=spans)


def _place_for_all(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """A chain named for the whole message ('on base, …', 'two things on base: …', 'both on base') is in each action that has none; a protocol and an
    account, too, where they are named for all ('both on aave', 'all from savings')."""
    result = tuple(readings)
    for slot in ("chain", "protocol", "account"):
        for reading in readings if len(readings) > 1 else ():
            tag = next((t for t in reading.tags if t.tag == slot), None)
            # 'everything from rent' of a question is no account that a payment goes from.
            own_kind = [r for r in readings if binds(r.intent) == binds(reading.intent)]
            if slot != "chain" and len(own_kind) < len(readings):
                continue
            # The chain of "switch to base and …" stands with the switch, that of "gas on base and …" with its question.
            own_place = reading.intent in ("gas", "switch_chain")
            leads = slot == "chain" and tag is not None and not own_place and _leads(tag.first, readings)
            if tag and slot in reading.slots and (leads or _named_for_all(utterance, tag, readings)):
                result = tuple(_with_place(own, reading, slot) for own in result)
                break
    return result


def _named_for_all(utterance: Utterance, tag: TaggedSpan, readings: tuple[Reading, ...]) -> bool:
    position = tag.first
    said_last = max((t.last + 1 for r in readings for t in r.tags if t.last < position), default=0)
    before = [word.text.lower() for word in utterance.words[max(said_last, position - FOR_ALL_REACH) : position]]
    heads = said_last == 0 and tag.last + 1 < len(utterance.words) and utterance.words[tag.last + 1].text == ":"
    return heads or any(word in FOR_ALL for word in before)


def _leads(position: int, readings: tuple[Reading, ...]) -> bool:
    return position <= LEADING_WORDS and min(t.first for r in readings for t in r.tags) == position


def _with_place(own: Reading, source: Reading, slot: str) -> Reading:
    if slot in own.slots or own.intent not in INTENTS or slot not in INTENTS[own.intent].slots:
        return own
    return replace(own, slots={**own.slots, slot: source.slots[slot]}, spans={**own.spans, slot: source.spans[slot]})
