"""Conversation states for the corpus: what was pending or done before the newest turn, with plausible values."""

from collections.abc import Callable, Mapping
from random import Random

from nlp.corpus import people, pools
from nlp.corpus.template import ANY, Section
from nlp.schema import INTENTS, is_write
from nlp.types import Action, DialogueState

WRITES = tuple(name for name in INTENTS if is_write(name))
READS = tuple(name for name, spec in INTENTS.items() if spec.kind == "read")
PENDING_LIKE = (*WRITES, "alert", "contact_add", "set_limit")

VALUES: Mapping[str, Callable[[Random], str]] = {
    "amount": lambda rng: rng.choice(("1", "5", "20", "100", "250", "0.5", "50%", "100%")),
    "fiat": lambda rng: f"{rng.choice((20, 50, 100))} USD",
    "token": lambda rng: rng.choice(pools.COMMON_TOKENS).upper(),
    "party": lambda rng: rng.choice(
        (rng.choice(pools.FIRST_NAMES), people.checksum(people.address(rng)), f"{rng.choice(pools.ENS_LEFT)}.eth")
    ),
    "protocol": lambda rng: rng.choice(("uniswap", "aave", "lido", "across")),
    "chain": lambda rng: rng.choice(pools.COMMON_CHAINS),
    "percent": lambda rng: rng.choice(("0.5%", "1%", "4%")),
    "integer": lambda rng: str(rng.randint(1, 999)),
    "period": lambda rng: rng.choice(("P1D", "P1W", "P30D")),
    "currency": lambda rng: rng.choice(("USD", "EUR", "ETH")),
    "hash": lambda rng: f"0x{rng.getrandbits(256):064x}",
    "risk": lambda rng: rng.choice(("low", "medium", "high")),
    "nickname": lambda rng: rng.choice(pools.FIRST_NAMES),
    "scope": lambda rng: "all",
    "name": lambda rng: rng.choice(pools.COLLECTIONS),
    "text": lambda rng: rng.choice(("claim", "deposit", "vesting")),
}
TRIGGERS = (
    {"every": "P1W", "weekday": "friday"}, {"every": "P1D"}, {"metric": "gas", "direction": "below", "threshold": "10"}, {"after": "PT2H"},
    {"metric": "price", "token": "ETH", "direction": "below", "threshold": "2000"},
)  # fmt: skip


def state_for(section: Section, intents: tuple[str, ...], rng: Random) -> DialogueState:
    """The state that an utterance meets: as its section says, else mostly fresh and at times in the middle of something."""
    if section.pending:
        return _pending(section, rng)
    if section.last:
        last = tuple(_complete(_named(name, READS + WRITES, rng), rng) for name in section.last)
        return DialogueState(last=last, said=last, turn=rng.randint(1, 4))
    return _ordinary(intents, rng)


def _ordinary(intents: tuple[str, ...], rng: Random) -> DialogueState:
    roll, settling = rng.random(), intents[0] in ("confirm", "reject")
    if roll < (0.1 if settling else 0.8):
        return DialogueState()
    if roll < 0.2 or (roll < 0.92 and not settling):
        last = (_complete(rng.choice((*READS, *WRITES)), rng),)
        return DialogueState(last=last, said=last, turn=rng.randint(1, 4))
    return _pending(Section("", pending=(ANY,)), rng)


def _pending(section: Section, rng: Random) -> DialogueState:
    actions = tuple(_complete(_named(name, PENDING_LIKE, rng), rng) for name in section.pending)
    missing = section.missing
    if not missing and section.pending == (ANY,) and section.intent not in ("confirm", "amend") and rng.random() < 0.25:
        missing = _some_required(actions[0].intent, rng)
    names = tuple(dict.fromkeys(_group(actions[0].intent, slot) for slot in missing))
    actions = (_without(actions[0], names), *actions[1:])
    if "trigger" not in names and section.pending != (ANY,) and any(slot.startswith("t.") for slot in section.missing):
        names = ("trigger",)
    return DialogueState(pending=actions, missing=names, last=actions, turn=rng.randint(1, 3))


def _named(name: str, among: tuple[str, ...], rng: Random) -> str:
    return rng.choice(among) if name == ANY else name


def _some_required(intent: str, rng: Random) -> tuple[str, ...]:
    groups = [group for group in INTENTS[intent].required if group != ("trigger",)]
    return (rng.choice(groups)[0],) if groups else ()


def _group(intent: str, slot: str) -> str:
    """How `missing` names a slot: with its alternatives."""
    return next(("|".join(group) for group in INTENTS[intent].required if slot in group), slot)


def _without(action: Action, missing: tuple[str, ...]) -> Action:
    gone = {slot for name in missing for slot in name.split("|")}
    trigger = None if "trigger" in gone else action.trigger
    return Action(action.intent, {slot: value for slot, value in action.slots.items() if slot not in gone}, trigger)


def _complete(intent: str, rng: Random) -> Action:
    """An action of the intent with its required slots, and now and then an optional one."""
    spec = INTENTS[intent]
    needed = {rng.choice(group[:2]) for group in spec.required if group != ("trigger",)}
    extra = {
        slot for slot in spec.slots if slot not in {s for group in spec.required for s in group} and rng.random() < 0.15
    }
    slots = {
        slot: value for slot in spec.slots if slot in needed | extra and (value := _value(spec.slots[slot][0], rng))
    }
    trigger = dict(rng.choice(TRIGGERS)) if intent == "alert" or (is_write(intent) and rng.random() < 0.1) else None
    return Action(intent, slots, trigger)


def _value(kind: str, rng: Random) -> str | dict[str, str]:
    if kind == "targets":
        return {"ETH": "60%", "USDC": "40%"}
    return VALUES[kind](rng) if kind in VALUES else ""
