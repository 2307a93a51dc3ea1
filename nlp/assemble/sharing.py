"""Shares out what one utterance says once for several actions: 'each', 'split between', lists, a chain for all."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from nlp.assemble.pronouns import pronouns_read
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance, binds
from nlp.assemble.trigger import conditions_of
from nlp.schema import INTENTS, is_write
from nlp.types import Hint, Kind, SlotValue, Word

CONDITIONAL = frozenset({"if", "when", "once", "as", "after", "until", "unless", "while", "provided"})
TAKEN_BACK = "this is taken back by what follows it; say plainly what is to be done"
UNGRANTED = "it is not clear whether this is to be allowed or revoked as well; say which"
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
SPLITTING = frozenset(
    {"split", "splitting", "divide", "divided", "dividing", "equally", "evenly", "share", "cut", "between", "among"}
)
EACH = frozenset({"each", "apiece", "both"})
REFERRING = frozenset(
    {
        "somewhere",
        "someone",
        "somebody",
        "anyone",
        "anybody",
        "anywhere",
        "whoever",
        "wherever",
        "other",
        "another",
        "else",
        "different",
        "instead",
        "except",
        "but",
        "not",
        "unless",
        "if",
        "when",
        "same",
        "rest",
    }
)
PLACING = frozenset({"on", "via", "from", "over", "using", "through"})
FOR_ALL = frozenset({"both", "all", "everything", "each"})
LEADING_WORDS = 3
FOR_ALL_REACH = 5
SILENT = frozenset(
    [
        "and",
        "or",
        "then",
        "plus",
        "also",
        "&",
        "n",
        "an",
        "nd",
        "with",
        "to",
        "for",
        "from",
        "on",
        "of",
        "in",
        "the",
        "a",
        "my",
        "as",
        "well",
        "too",
        "at",
        "by",
        "next",
        "after",
        "finally",
        "lastly",
        "likewise",
        "another",
        "all",
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "you",
        "thx",
        "ty",
        "now",
        "just",
        "um",
        "uh",
    ]
)
SHARED_PLACES = ("chain", "protocol", "account")
OF_ONE_APPROVAL = ("token", "spender")
SAME_AGAIN = frozenset(
    ("the same", "same", "the same amount", "same amount", "as much", "that much", "the same again", "just as much")
)
SHARED_SUBJECTS = ("token", "quote", "period", "amount_in", "value")
ASKING = frozenset({"how", "much", "many", "what", "about", "is", "there", "do", "i", "have"})
COURTESY = frozenset({"greet", "thanks"})
ASIDE = frozenset({"out_of_scope", "reject", "confirm"})


def share_out(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings as separate actions, each with what the utterance gave it in common with the others."""
    kept = _without_asides(utterance, _taken_back(utterance, _conditions_joined(utterance, readings)))
    kept = _grants_doubted(utterance, kept)
    kept = pronouns_read(utterance, _empty_repeats_dropped(kept))
    kept = _same_again(utterance, kept)
    kept = _split_or_each(utterance, kept)
    kept = _fill_ellipsis(utterance, kept)
    return _place_for_all(utterance, kept)


def _conditions_joined(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """An 'alert' that is only a condition ('… once eth is above 5000') belongs to the write before it."""
    kept: list[Reading] = []
    for reading in readings:
        opening = utterance.words[reading.first].text.lower()
        if kept and reading.intent == "alert" and opening in CONDITIONAL and is_write(kept[-1].intent):
            kept[-1] = replace(kept[-1], last=reading.last, tags=(*kept[-1].tags, *conditions_of(reading)))
        else:
            kept.append(reading)
    return tuple(kept)


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
        said = _said(utterance, own.first, own.last)
        if own.intent == "approve" and before.intent == "revoke" and not said & GRANTING:
            result[index] = replace(own, limits=(*own.limits, UNGRANTED))
    return tuple(result)


def _without_asides(utterance: Utterance, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """A greeting, thanks, a refusal or an out-of-scope part beside a request gives no action of its own."""
    for asides in (COURTESY | ASIDE, COURTESY):
        kept = tuple(r for r in readings if r.intent not in asides)
        if kept:
            return _without_repeats(utterance, kept)
    return tuple(readings[:1])


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


def _same_again(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'100 usdc for hannah and as much for pedro': the amount of the payment before it, where it is no share of what was left."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        said = {utterance.said(tag).lower() for tag in own.tags if tag.tag in AMOUNT_SLOTS}
        slot = next((slot for slot in ("amount", "value") if slot in before.slots), None)
        if own.intent == before.intent and slot and said and said <= SAME_AGAIN:
            result[index] = _as_before(own, before, slot)
    return tuple(result)


def _as_before(own: Reading, before: Reading, slot: str) -> Reading:
    if str(before.slots[slot]).endswith("%"):
        return own
    unusable = {name: why for name, why in own.unusable.items() if name not in AMOUNT_SLOTS}
    return replace(
        own,
        slots={**own.slots, slot: before.slots[slot]},
        spans={**own.spans, slot: before.spans[slot]},
        unusable=unusable,
    )


def _split_or_each(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Payments to several people: an amount said once is for each, is split, or is in doubt (then nobody's)."""
    groups = _payment_groups(utterance, readings)
    result = list(readings)
    for group in groups:
        words = _said(utterance, readings[group[0]].first, readings[group[-1]].last)
        source = next(readings[i] for i in group if _sizes(readings[i]))
        for index in group:
            result[index] = _payment(result[index], source, len(group), words)
    return tuple(result)


def _said(utterance: Utterance, first: int, last: int) -> frozenset[str]:
    """The words in lower case; 'both on base' says where, not how a sum is shared."""
    words = [word.text.lower() for word in utterance.words[first : last + 1]]
    behind = [*words[1:], ""]
    pairs = zip(words, behind, strict=True)
    return frozenset(word for word, after in pairs if not (word == "both" and after in PLACING))


def _sizes(reading: Reading) -> frozenset[str]:
    """The amounts that a segment names, readable or not."""
    return AMOUNT_SLOTS & (set(reading.slots) | set(reading.unusable))


def _sum_behind_names(utterance: Utterance, readings: tuple[Reading, ...]) -> list[list[int]]:
    """'pay bob and mum 75 usdt each': one run of payments of which just the last names a sum, and how it is shared."""
    indices = [i for i, reading in enumerate(readings) if reading.intent == "transfer"]
    if len(indices) < 2 or indices != list(range(indices[0], indices[-1] + 1)):
        return []
    if any(_sizes(readings[i]) for i in indices[:-1]) or not _sizes(readings[indices[-1]]):
        return []
    words = _said(utterance, readings[indices[0]].first, readings[indices[-1]].last)
    return [indices] if words & (EACH | SPLITTING) else []


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
        if groups and groups[-1][-1] == index - 1 and not amounts and _elliptical(utterance, reading):
            groups[-1].append(index)
        elif amounts:
            groups.append([index])
    return [group for group in groups if len(group) > 1]


def _payment(own: Reading, first: Reading, people: int, words: frozenset[str]) -> Reading:
    slots = dict(own.slots)
    amount_slot = next((slot for slot in ("amount", "value") if slot in first.slots), None)
    for slot in ("token", "chain", "account"):
        if slot in first.slots:
            slots.setdefault(slot, first.slots[slot])
    unusable = dict(own.unusable)
    if amount_slot and SPLITTING & words:
        slots[amount_slot] = divided(str(first.slots[amount_slot]), people)
    elif amount_slot and EACH & words:
        slots[amount_slot] = first.slots[amount_slot]
    elif amount_slot:
        slots.pop(amount_slot, None)
        unusable[amount_slot] = "say whether the amount is for each or is split between them"
    spans = {**{k: v for k, v in first.spans.items() if k in slots}, **own.spans}
    return replace(own, slots=slots, unusable=unusable, spans=spans)


def divided(value: str, people: int) -> str:
    """An amount, share or fiat value divided, rounded down to six places: what leaves is never rounded up."""
    unit = "%" if value.endswith("%") else ""
    number, _, currency = value.removesuffix("%").partition(" ")
    part = (Decimal(number) / people).quantize(Decimal("0.000001"), rounding=ROUND_DOWN)
    text = format(part.normalize(), "f")
    return f"{text}{unit} {currency}".strip()


def _elliptical(utterance: Utterance, reading: Reading) -> bool:
    """Whether a segment has no verb of its own: all its unlabelled words are joints, or chatter behind the last label."""
    labelled = {i for tag in reading.tags for i in range(tag.first, tag.last + 1)}
    last = max(labelled, default=reading.last)
    rest = [i for i in range(reading.first, reading.last + 1) if i not in labelled]
    joints = SILENT | EACH if binds(reading.intent) else SILENT | EACH | ASKING
    return all(_is_joint(utterance.words[i], joints) or (i > last and _is_chatter(utterance.words[i])) for i in rest)


def _is_joint(word: Word, joints: frozenset[str]) -> bool:
    return word.text.lower() in joints or word.kind is Kind.PUNCT


def _is_chatter(word: Word) -> bool:
    """A word that can name no value and points to none."""
    return word.kind is Kind.WORD and not word.hints and word.text.lower() not in REFERRING


def _fill_ellipsis(utterance: Utterance, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """'approve 5 usdc and 3 dai for aave': neighbours of one intent complete each other, amounts apart."""
    result = list(readings)
    for index in range(1, len(result)):
        before, own = result[index - 1], result[index]
        if before.intent != own.intent or own.intent not in INTENTS or not _elliptical(utterance, own):
            continue
        if own.intent == "alert":
            continue
        result[index] = _completed(own, before)
        result[index - 1] = _completed(before, own)
        for earlier in range(index - 1, 0, -1):
            if result[earlier - 1].intent == own.intent and _elliptical(utterance, result[earlier]):
                result[earlier - 1] = _completed(result[earlier - 1], result[earlier])
    return tuple(result)


def _completed(own: Reading, other: Reading) -> Reading:
    """`own` with the other's required slots that it lacks, and its places."""
    spec = INTENTS[own.intent]
    slots: dict[str, SlotValue] = dict(own.slots)
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
    """A chain named for the whole message ('on base, …', 'both on base') is in each action that has none; a protocol and an
    account, too, where they are named for all ('both on aave', 'all from savings')."""
    result = tuple(readings)
    for slot in ("chain", "protocol", "account"):
        for reading in readings if len(readings) > 1 else ():
            tag = next((t for t in reading.tags if t.tag == slot), None)
            leads = slot == "chain" and tag is not None and _leads(tag.first, readings)
            if tag and slot in reading.slots and (leads or _named_for_all(utterance, tag.first, readings)):
                result = tuple(_with_place(own, reading, slot) for own in result)
                break
    return result


def _named_for_all(utterance: Utterance, position: int, readings: tuple[Reading, ...]) -> bool:
    said_last = max((t.last + 1 for r in readings for t in r.tags if t.last < position), default=0)
    before = [word.text.lower() for word in utterance.words[max(said_last, position - FOR_ALL_REACH) : position]]
    return any(word in FOR_ALL for word in before)


def _leads(position: int, readings: tuple[Reading, ...]) -> bool:
    return position <= LEADING_WORDS and min(t.first for r in readings for t in r.tags) == position


def _with_place(own: Reading, source: Reading, slot: str) -> Reading:
    if slot in own.slots or own.intent not in INTENTS or slot not in INTENTS[own.intent].slots:
        return own
    return replace(own, slots={**own.slots, slot: source.slots[slot]}, spans={**own.spans, slot: source.spans[slot]})
