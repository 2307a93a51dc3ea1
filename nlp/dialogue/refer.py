"""References that point back: 'half of that', 'her', 'it', 'the same', 'swap it all back'."""

import re
from collections.abc import Mapping
from dataclasses import replace

from nlp.assemble.pronouns import ANTECEDENTS, PEOPLE, PLACES, THINGS, unlabelled_there
from nlp.assemble.reading import Reading, Utterance, binds
from nlp.assemble.relabel import STAKING
from nlp.schema import INTENTS
from nlp.types import Action, DialogueState, SlotValue, TaggedSpan
from nlp.values.amounts import MULTIPLES, factor_of, share_of, times

PARTY_PRONOUNS = PEOPLE | {"same person", "the same person", "same address"}
TOKEN_PRONOUNS = THINGS | {"the rest", "same", "the same"}
FOUND_NEARBY = PEOPLE | THINGS | PLACES
TRADES_ON = frozenset({"swap", "amend", "again"})
AMOUNT_POINTERS = re.compile(r"\b(?:that|this|the same|same|as much|it)\b", re.I)
SAME_AMOUNT = re.compile(
    r"^\W*(?:all\s+(?:of\s+)?|exactly\s+|just\s+)?(?:(?:the|that|this)\s+)*(?:same|that|this|it|as\s+much|that\s+much|amount|sum)"
    r"(?:\s+(?:same|amount|sum|much|again|as\s+before|each|of\s+it|to|for|worth))*\W*$",
    re.I,
)
RETURNING = re.compile(
    r"\b(?:back|return|undo|undone|unwind|revers\w*|revert\w*|restore|way\s+(?:a?round|about)|opposite|was\s+before|unswap|flip|just\s+bought)\b",
    re.I,
)
ASKING = frozenset({"read", "finance"})
GOING_ON = re.compile(r"(?i)\W*(?:and|(?:and\s+)?(?:what|how)\s+about)\b")
OF_IT = re.compile(r"(?:of )?(?:it|that|this|the same)\b")
AMOUNTS = ("amount", "amount_in", "amount_out")
TOKENS = ("token", "token_in", "token_out", "token_a")
REVERSED = {"token_in": "token_out", "token_out": "token_in", "from_chain": "to_chain", "to_chain": "from_chain"}


def earlier(state: DialogueState) -> tuple[Action, ...]:
    """The actions that a reference can point to, newest first."""
    return (*reversed(state.pending), *reversed(state.last), *reversed(state.said))


def resolve(utterance: Utterance, reading: Reading, state: DialogueState) -> Reading:
    """A reading whose words point back, with what they point to put in their place."""
    slots = dict(reading.slots)
    unusable = dict(reading.unusable)
    for tag in reading.tags:
        said = utterance.said(tag).lower().strip()
        if tag.tag in slots and said in FOUND_NEARBY:
            continue
        if tag.tag in ("recipient", "account", "party") and said in PARTY_PRONOUNS:
            _point(slots, unusable, tag.tag, _newest(state, ("recipient", "account", "party", "name")))
        elif tag.tag in ("spender", "protocol") and said in PARTY_PRONOUNS | THINGS:
            _point(slots, unusable, tag.tag, _newest(state, ("spender", "protocol")))
        elif tag.tag == "recipient" and said in PLACES | {"that address", "this address", "that one"}:
            _point(slots, unusable, tag.tag, _newest(state, ("recipient", "name", "address", "account")))
        elif tag.tag in ("account", "protocol", "chain") and said in PLACES:
            _point(slots, unusable, tag.tag, _newest(state, ANTECEDENTS.get(tag.tag, (tag.tag,))))
        elif tag.tag == "t.token" and said in THINGS and reading.intent == "alert" and "token" not in slots:
            slots |= _spoken_of(state)
        elif tag.tag in TOKENS and said in TOKEN_PRONOUNS:
            _point(slots, unusable, tag.tag, _newest(state, _token_preference(reading.intent)))
        elif tag.tag in AMOUNTS and AMOUNT_POINTERS.search(
            pointed := _times(utterance, reading, tag) + said + _of_it(utterance, tag)
        ):
            _point_amount(slots, unusable, tag.tag, pointed, state, reading)
    slots |= _traded_it(utterance, reading, slots, state)
    slots = {**_about_it(utterance, reading, slots, state), **slots}
    return replace(reading, slots=slots, unusable=unusable)


def _about_it(
    utterance: Utterance, reading: Reading, slots: Mapping[str, SlotValue], state: DialogueState
) -> dict[str, SlotValue]:
    """What an 'it' that no label took brings along: the transaction that was asked about, the coin whose approval it is, and of
    a balance that was told, where it lies."""
    newest = next(iter(earlier(state)), None)
    if newest is None or not _says_it(utterance, reading):
        return {}
    if reading.intent in ("cancel_tx", "speed_up") and newest.intent == "tx_status":
        return {slot: newest.slots[slot] for slot in ("tx_hash",) if slot in newest.slots}
    if reading.intent == "revoke" and newest.intent == "allowances" and not {"token", "scope"} & set(slots):
        return {slot: newest.slots[slot] for slot in ("token",) if slot in newest.slots}
    if newest.intent == "balance" and binds(reading.intent) and not {"account", "chain", "from_chain"} & set(slots):
        spec = INTENTS[reading.intent].slots
        return {slot: newest.slots[slot] for slot in ("account", "chain") if slot in newest.slots and slot in spec}
    return {}


def _says_it(utterance: Utterance, reading: Reading) -> bool:
    return any(word.text.lower() in ("it", "that") for word in utterance.words[reading.first : reading.last + 1])


def _traded_it(
    utterance: Utterance, reading: Reading, slots: Mapping[str, SlotValue], state: DialogueState
) -> dict[str, SlotValue]:
    """'eth price?' · 'buy $20 of it with usdc': the one token that a trade lacks is the coin that was spoken of."""
    lacks = [slot for slot in ("token_in", "token_out") if slot not in slots and slot not in reading.unusable]
    sized = [tag for tag in reading.tags if tag.tag in ("value", *AMOUNTS)]
    if reading.intent != "swap" or len(lacks) != 1 or not any(_of_it(utterance, tag) for tag in sized):
        return {}
    found = _spoken_of(state).get("token")
    return {lacks[0]: found} if found is not None and found not in slots.values() else {}


def going_on(utterance: Utterance, reading: Reading, state: DialogueState) -> Reading:
    """'usdc balance?' · 'and on base?': a question like the one before, about what that was about."""
    last = state.last[-1] if state.last else None
    opening = utterance.text[utterance.words[reading.first].start :]
    spec = INTENTS.get(reading.intent)
    if last is None or last.intent != reading.intent or spec is None or spec.kind not in ASKING or not reading.slots:
        return reading
    if not GOING_ON.match(opening) or set(reading.slots) - set(spec.slots):
        return reading
    kept = {
        slot: value for slot, value in last.slots.items() if slot not in reading.slots and slot not in reading.unusable
    }
    return replace(reading, slots={**kept, **reading.slots})


def there_before(utterance: Utterance, reading: Reading, state: DialogueState) -> Reading:
    """'what's spark paying on dai?' · 'put 300 dai in there': the place that was spoken of last, where no label took the word."""
    at = unlabelled_there(utterance, reading)
    if at is None or not binds(reading.intent):
        return reading
    leaving = at > 0 and utterance.words[at - 1].text.lower() == "from"
    kinds = ("account", "protocol", "chain") if leaving else ("protocol", "chain")
    free = [kind for kind in kinds if kind in INTENTS[reading.intent].slots]
    if any(kind in reading.slots for kind in free):
        return reading
    newest = next(iter(earlier(state)), None)
    for kind in free if newest is not None else ():
        found = next(
            (newest.slots[name] for name in ANTECEDENTS.get(kind, (kind,)) if newest and name in newest.slots), None
        )
        if found is not None:
            staking = reading.intent == "supply" and found in STAKING
            return replace(reading, intent="stake" if staking else reading.intent, slots={**reading.slots, kind: found})
    return reading


def _times(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> str:
    """The multiplying word right before an amount's label: 'twice' of 'twice that'."""
    word = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
    return f"{word} " if word in MULTIPLES else ""


def _of_it(utterance: Utterance, tag: TaggedSpan) -> str:
    """The pointing words that stand behind an amount's label: 'half' of 'half of that'."""
    behind = " ".join(word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 3])
    match = OF_IT.match(behind)
    return f" {match[0]}" if match else ""


def _point(slots: dict[str, SlotValue], unusable: dict[str, str], slot: str, found: SlotValue | None) -> None:
    if found is None:
        slots.pop(slot, None)
        unusable[slot] = "it is not clear whom or what this points back to"
    else:
        slots[slot] = found
        unusable.pop(slot, None)


def _point_amount(
    slots: dict[str, SlotValue],
    unusable: dict[str, str],
    slot: str,
    said: str,
    state: DialogueState,
    reading: Reading,
) -> None:
    """'half of that' of a written amount is that amount halved; of a balance just asked for, a share of the holding."""
    source = next((action for action in earlier(state) if any(a in action.slots for a in AMOUNTS)), None)
    share = slots.get(slot)
    spec = INTENTS.get(reading.intent)
    token_slot = next((t for t in ("token", "token_in") if spec and t in spec.slots), None)
    if source is not None and source.intent == "swap" and reading.intent not in TRADES_ON and _points_to_amount(said):
        slots.pop(slot, None)
        unusable[slot] = "it is not clear whether that is what was sold or what was bought; say how much"
        return
    if source is not None and _points_to_amount(said):
        amount = str(next(source.slots[a] for a in AMOUNTS if a in source.slots))
        _point(slots, unusable, slot, _part_or_times(amount, said, share))
        token = next((source.slots[t] for t in ("token", "token_in") if t in source.slots), None)
    else:
        token = _newest(state, TOKENS) if state.last or state.said or state.pending else None
    if token_slot and token is not None and token_slot not in slots and token_slot not in unusable:
        slots[token_slot] = token


def _part_or_times(amount: str, said: str, share: SlotValue | None) -> str | None:
    """'twice that', 'half of it', 'the same'; None where what is said of the amount is none of these."""
    factor = factor_of(said)
    if factor is not None:
        return times(amount, factor)
    if SAME_AMOUNT.match(said):
        return amount
    return share_of(amount, share) if isinstance(share, str) else None


def _points_to_amount(said: str) -> bool:
    return bool(re.search(r"\b(?:that|this|same|much)\b", said))


def _newest(state: DialogueState, names: tuple[str, ...]) -> SlotValue | None:
    for action in earlier(state):
        for name in names:
            if name in action.slots:
                return action.slots[name]
    return None


def _spoken_of(state: DialogueState) -> dict[str, SlotValue]:
    """The coin that the newest action is about, where there is one: an alert's 'it'."""
    newest = next(iter(earlier(state)), None)
    if newest is None:
        return {}
    named = newest.slots.get("token") or newest.slots.get("token_out") or (newest.trigger or {}).get("token")
    return {"token": named} if named else {}


def _token_preference(intent: str) -> tuple[str, ...]:
    """After a trade 'it' is what was bought; a sale of 'it' takes whatever was last spoken of."""
    return ("token", "token_out", "token_in", "token_a")


def reversed_trade(utterance: Utterance, reading: Reading, state: DialogueState) -> Action | None:
    """'swap it all back': the last swap or bridge the other way round, all of what it gave. Only words of return do that."""
    words = utterance.words[reading.first : reading.last + 1]
    source = next((a for a in earlier(state) if a.intent in ("swap", "bridge")), None)
    if source is None or not RETURNING.search(utterance.text[words[0].start : words[-1].end]):
        return None
    amount_slot = "amount_in" if source.intent == "swap" else "amount"
    kept: Mapping[str, SlotValue] = {
        REVERSED.get(slot, slot): value
        for slot, value in source.slots.items()
        if slot in REVERSED or slot in ("chain", "account", "protocol", "token")
    }
    return Action(source.intent, {amount_slot: "100%", **kept}, None, source.spans)
