"""References that point back: 'half of that', 'her', 'it', 'the same', 'swap it all back'."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlp.assemble.pronouns import ANTECEDENTS, PEOPLE, PLACES, THINGS, unlabelled_there
from nlp.assemble.reading import Reading, Utterance, binds
from nlp.assemble.relabel import STAKING
from nlp.assemble.sharing import GRANTING, UNGRANTED
from nlp.dialogue.sums import AMOUNTS, NOT_EXACT, OF_WHAT, of_it, pointed, points_to_amount, reckoned, sized
from nlp.schema import INTENTS
from nlp.types import Action, DialogueState, SlotValue, TaggedSpan

PARTY_PRONOUNS = PEOPLE | {"same person", "the same person", "same address"}
TOKEN_PRONOUNS = THINGS | {"the rest", "same", "the same"}
FOUND_NEARBY = PEOPLE | THINGS | PLACES
RETURNING = re.compile(
    r"\b(?:back|return|undo|undone|unwind|revers\w*|revert\w*|restore|way\s+(?:a?round|about)|opposite|was\s+before|unswap|flip|just\s+bought)\b",
    re.I,
)
ASKING = frozenset({"read", "finance"})
GOING_ON = re.compile(r"(?i)\W*(?:and|(?:and\s+)?(?:what|how)\s+about)\b")
MULTIPLYING = frozenset({"double", "triple", "quadruple", "treble", "halve", "half", "twice"})
UNWATCHED = "it is not clear what this waits for; say gas, the health factor, the balance or whose price"
NO_LIMIT = re.compile(r"(?i)\W*(?:with\s+)?no\s+(?:limits?|cap|bounds?)(?:\W+(?:please|pls|thanks))?\W*")
WHICH_KIND = "it is not clear whether a transaction or a standing order is to be cancelled; say which"
TURNING = frozenset({"wrap", "unwrap", "stake", "unstake"})
"""What comes out of these is another coin than the one that was named."""
IT = re.compile(r"(?i)\b(?:it|that)\b")
SPENDING_IT = re.compile(r"(?i)\b(?:off|from|of|touch\w*|spend\w*|us(?:e|ing)|hav(?:e|ing)|over)\s+it\b")
BOUGHT_FIRST = ("token", "token_out", "token_in", "token_a")
"""After a trade 'it' is what was bought."""
TOKENS = ("token", "token_in", "token_out", "token_a")
REVERSED = {"token_in": "token_out", "token_out": "token_in", "from_chain": "to_chain", "to_chain": "from_chain"}


def earlier(state: DialogueState) -> tuple[Action, ...]:
    """The actions that a reference can point to, newest first."""
    return (*reversed(state.pending), *reversed(state.last), *reversed(state.said))


def resolve(utterance: Utterance, reading: Reading, state: DialogueState, before: Sequence[Action] = ()) -> Reading:
    """A reading whose words point back, with what they point to put in their place; `before`: what the same utterance asked for."""
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
            told = state if reading.intent != "amend" else _told_since(state)
            _point(slots, unusable, tag.tag, _newest(told, ANTECEDENTS.get(tag.tag, (tag.tag,))))
        elif tag.tag == "t.token" and said in THINGS and reading.intent == "alert" and "token" not in slots:
            slots |= _spoken_of(state)
        elif tag.tag in TOKENS and said in TOKEN_PRONOUNS:
            _point(slots, unusable, tag.tag, _newest(state, BOUGHT_FIRST))
        elif tag.tag in AMOUNTS and pointed(utterance, reading, tag):
            _point_amount(utterance, reading, tag, slots, unusable, (*reversed(before), *earlier(state)))
    if reading.intent in ("alert", "automation_cancel") and _asks_of_what_was_read(reading, slots, state):
        unusable["trigger" if reading.intent == "alert" else "id"] = (
            UNWATCHED if reading.intent == "alert" else WHICH_KIND
        )
    slots |= _traded_it(utterance, reading, slots, state)
    slots = {**_about_it(utterance, reading, slots, state), **slots}
    revoking = bool(state.pending) and state.pending[-1].intent == "revoke" and reading.intent == "approve"
    if revoking and not GRANTING & {word.text.lower() for word in utterance.words[reading.first : reading.last + 1]}:
        reading = replace(reading, limits=(*reading.limits, UNGRANTED))
    spoken = bool(state.pending or state.last)
    if spoken and (binds(reading.intent) or reading.intent in ("amend", "again")) and _multiplies(utterance, reading):
        reading = replace(reading, limits=(*reading.limits, NOT_EXACT))
    limits = (
        (*reading.limits, UNWATCHED)
        if _waits_for_what_was_asked(reading, (*reversed(before), *earlier(state)))
        else reading.limits
    )
    return replace(reading, slots=slots, unusable=unusable, limits=limits)


def _multiplies(utterance: Utterance, reading: Reading) -> bool:
    """'double it for sam' of which no label took the word."""
    words = [utterance.words[i].text.lower() for i in reading.unlabelled]
    told = {tag.first - 1 for tag in reading.tags if tag.tag in AMOUNTS}
    free = [i for i in reading.unlabelled if i not in told]
    return bool(words) and any(
        utterance.words[i].text.lower() in MULTIPLYING and _of_what_follows(utterance, i) for i in free
    )


def _of_what_follows(utterance: Utterance, index: int) -> bool:
    behind = utterance.words[index + 1].text.lower() if index + 1 < len(utterance.words) else ""
    return behind in ("it", "that", "this", "them", "both", "the", "for")


def _asks_of_what_was_read(reading: Reading, slots: Mapping[str, SlotValue], state: DialogueState) -> bool:
    """'my health factor?' · 'warn me under 1.3', 'any pending transactions?' · 'cancel the last one': of what was told just now."""
    newest = next(iter(earlier(state)), None)
    if newest is None:
        return False
    if reading.intent == "automation_cancel":
        return newest.intent in ("tx_status", "history") and not slots
    named = {"t.token", "t.metric", "t.account", "token", "account"} & {tag.tag for tag in reading.tags}
    return newest.intent in ("gas", "lending_position", "balance", "risk_report") and not named and "token" not in slots


def _waits_for_what_was_asked(reading: Reading, said_before: Sequence[Action]) -> bool:
    """'check gas and if it's below 15 send …': a number to wait for, of something that was asked for and is no price."""
    tags = {tag.tag for tag in reading.tags}
    named = tags & {"t.token", "t.metric", "t.account"}
    asked = bool(said_before) and said_before[0].intent in ("gas", "lending_position", "balance", "risk_report")
    return binds(reading.intent) and "t.threshold" in tags and not named and asked


def _about_it(
    utterance: Utterance, reading: Reading, slots: Mapping[str, SlotValue], state: DialogueState
) -> dict[str, SlotValue]:
    """What an 'it' brings along: the transaction that was asked about, the coin whose approval it is, and of a balance that was
    told, where it lies."""
    newest = next(iter(earlier(state)), None)
    if newest is None:
        return {}
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    if reading.intent in ("cancel_tx", "speed_up") and newest.intent == "tx_status" and IT.search(said):
        return _kept(newest, ("tx_hash",), reading.intent)
    if reading.intent == "revoke" and newest.intent == "allowances" and not {"token", "scope"} & set(slots):
        return _kept(newest, ("token",), reading.intent) if SPENDING_IT.search(said) else {}
    if reading.intent == "alert" and "token" not in slots and IT.search(said) and "token" in newest.slots:
        named = {"token", "account", "t.token", "t.account", "t.metric"} & {tag.tag for tag in reading.tags}
        return {} if named else {"token": newest.slots["token"]}
    parts = [tag for tag in reading.tags if tag.tag in AMOUNTS and OF_WHAT.search(pointed(utterance, reading, tag))]
    same_coin = newest.slots.get("token") in {slots.get("token"), slots.get("token_in")}
    if newest.intent == "balance" and binds(reading.intent) and parts and same_coin:
        return (
            {}
            if {"account", "chain", "from_chain"} & set(slots)
            else _kept(newest, ("account", "chain"), reading.intent)
        )
    return {}


def _kept(action: Action, slots: Sequence[str], intent: str) -> dict[str, SlotValue]:
    kept = {slot: action.slots[slot] for slot in slots if slot in action.slots and slot in INTENTS[intent].slots}
    if intent == "bridge" and "chain" in slots and "chain" in action.slots:
        kept["from_chain"] = action.slots["chain"]
    return kept


def _traded_it(
    utterance: Utterance, reading: Reading, slots: Mapping[str, SlotValue], state: DialogueState
) -> dict[str, SlotValue]:
    """'eth price?' · 'buy $20 of it with usdc': the one token that a trade lacks is the coin that was spoken of."""
    lacks = [slot for slot in ("token_in", "token_out") if slot not in slots and slot not in reading.unusable]
    sized = [tag for tag in reading.tags if tag.tag in ("value", *AMOUNTS)]
    if reading.intent != "swap" or len(lacks) != 1 or not any(of_it(utterance, tag) for tag in sized):
        return {}
    found = _spoken_of(state).get("token")
    return {lacks[0]: found} if found is not None and found not in slots.values() else {}


def boundless(utterance: Utterance, reading: Reading, state: DialogueState) -> Reading:
    """'approve dai for aave' · 'no limit': no refusal, but how much may be spent."""
    words = utterance.words[reading.first : reading.last + 1]
    match = NO_LIMIT.fullmatch(utterance.text[words[0].start : words[-1].end])
    asked = bool(state.pending) and state.pending[-1].intent == "approve"
    if reading.intent != "reject" or match is None or not asked:
        return reading
    tag = TaggedSpan("amount", reading.first, reading.last)
    span = {"amount": (words[0].start, words[-1].end)}
    return replace(reading, intent="amend", slots={"amount": "unlimited"}, spans=span, tags=(tag,))


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
    at = _out_of_it(utterance, reading) if at is None else at
    if at is None or not binds(reading.intent):
        return reading
    newest = next(iter(earlier(state)), None)
    told = newest is not None and newest.intent in ("portfolio", "balance") and "account" in newest.slots
    leaving = told or (at > 0 and utterance.words[at - 1].text.lower() == "from")
    kinds = ("account", "protocol", "chain") if leaving else ("protocol", "chain")
    free = [kind for kind in kinds if kind in INTENTS[reading.intent].slots]
    if any(kind in reading.slots for kind in free):
        return reading
    for kind in free if newest is not None else ():
        found = next(
            (newest.slots[name] for name in ANTECEDENTS.get(kind, (kind,)) if newest and name in newest.slots), None
        )
        if found is not None:
            staking = reading.intent == "supply" and found in STAKING
            return replace(reading, intent="stake" if staking else reading.intent, slots={**reading.slots, kind: found})
    return reading


def _out_of_it(utterance: Utterance, reading: Reading) -> int | None:
    """'what's in the vault' · 'send nan 30 usdc from it'."""
    free = [i for i in reading.unlabelled if i and utterance.words[i].text.lower() == "it"]
    return next((i for i in free if utterance.words[i - 1].text.lower() == "from"), None)


def _point(slots: dict[str, SlotValue], unusable: dict[str, str], slot: str, found: SlotValue | None) -> None:
    if found is None:
        slots.pop(slot, None)
        unusable[slot] = "it is not clear whom or what this points back to"
    else:
        slots[slot] = found
        unusable.pop(slot, None)


def _point_amount(
    utterance: Utterance,
    reading: Reading,
    tag: TaggedSpan,
    slots: dict[str, SlotValue],
    unusable: dict[str, str],
    said_before: Sequence[Action],
) -> None:
    """'half of that' of a written amount is that amount halved; of a balance just asked for, a share of the holding."""
    said = pointed(utterance, reading, tag)
    source = sized(said_before)
    spec = INTENTS.get(reading.intent)
    token_slot = next((t for t in ("token", "token_in") if spec and t in spec.slots), None)
    if slots.get(tag.tag) == "100%" and not OF_WHAT.search(said):
        return
    if source is not None and points_to_amount(said):
        found = reckoned(utterance, reading, tag, said, source)
        slots.pop(tag.tag, None)
        if isinstance(found, str):
            unusable[tag.tag] = found
            return
        slots[found[0]] = found[1]
        unusable.pop(tag.tag, None)
        token = next((source.slots[t] for t in ("token", "token_in") if t in source.slots), None)
    else:
        after_a_trade = bool(said_before) and said_before[0].intent == "swap" and reading.intent != "swap"
        order = BOUGHT_FIRST if after_a_trade else TOKENS
        token = next((a.slots[t] for a in said_before for t in order if t in a.slots), None)
        if token_slot and token_slot not in slots and said_before and said_before[0].intent in TURNING:
            unusable[token_slot] = "it is not clear which coin that is of; say the coin"
            return
    if token_slot and token is not None and token_slot not in slots and token_slot not in unusable:
        slots[token_slot] = token


def _told_since(state: DialogueState) -> DialogueState:
    """'lend 900 usdc on aave' · 'what does morpho pay?' · 'ok put it there': what was asked since then is newer than what is pending."""
    asked = tuple(action for action in state.last if action not in state.pending)
    return replace(state, pending=asked, last=state.pending) if asked else state


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
