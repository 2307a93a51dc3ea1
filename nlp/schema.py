"""The intents, their slots and the trigger keys of the parse contract, written once; the model's label lists follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

LENDING = frozenset({"supply", "withdraw", "borrow", "repay"})
"""The intents of a lending protocol."""
IntentKind = Literal["read", "write", "automation", "setting", "finance", "dialogue"]
Requirement = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntentSpec:
    """One intent: its kind, each slot's value types, and what is required (each entry: alternatives, one of which suffices)."""

    kind: IntentKind
    slots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    required: tuple[Requirement, ...] = ()


def _spec(kind: IntentKind, slots: str = "", required: str = "") -> IntentSpec:
    """Read `slot:type|type slot:type` and `a|b c` into a spec."""
    pairs = (item.split(":") for item in slots.split())
    return IntentSpec(
        kind,
        MappingProxyType({slot: tuple(types.split("|")) for slot, types in pairs}),
        tuple(tuple(item.split("|")) for item in required.split()),
    )


_SIZED = "amount:amount value:fiat token:token"
_WHERE = "chain:chain account:party"
_LEND = f"{_SIZED} protocol:protocol {_WHERE}"
_SPENDER = "spender:party|protocol"
_CALL = "contract:party|token|protocol function:text args:list"

_READS = {
    "balance": _spec("read", "token:token account:party chain:chain"),
    "portfolio": _spec("read", "account:party chain:chain"),
    "price": _spec("read", "token:token quote:currency", "token"),
    "price_history": _spec("read", "token:token quote:currency period:period", "token"),
    "quote": _spec(
        "read",
        "amount_in:amount amount_out:amount value:fiat token_in:token token_out:token|currency"
        " protocol:protocol chain:chain",
        "token_in token_out",
    ),
    "gas": _spec("read", "chain:chain"),
    "tx_status": _spec("read", "tx_hash:hash"),
    "history": _spec("read", "account:party token:token period:period limit:integer chain:chain"),
    "allowances": _spec("read", f"token:token {_SPENDER} account:party chain:chain"),
    "lending_position": _spec("read", "protocol:protocol account:party chain:chain"),
    "yields": _spec("read", "token:token protocol:protocol chain:chain"),
    "resolve_name": _spec("read", "name:party", "name"),
    "token_info": _spec("read", "token:token chain:chain", "token"),
    "nft_holdings": _spec("read", "collection:name account:party chain:chain"),
    "contract_read": _spec("read", f"{_CALL} chain:chain", "contract function"),
    "receive_address": _spec("read", "chain:chain"),
    "accounts": _spec("read"),
    "network_info": _spec("read", "chain:chain"),
}

_WRITES = {
    "transfer": _spec("write", f"{_SIZED} recipient:party {_WHERE}", "amount|value token recipient"),
    "swap": _spec(
        "write",
        "amount_in:amount amount_out:amount min_out:amount value:fiat token_in:token token_out:token"
        f" slippage:percent protocol:protocol {_WHERE}",
        "amount_in|amount_out|value token_in token_out",
    ),
    "wrap": _spec("write", f"amount:amount token:token {_WHERE}", "amount"),
    "unwrap": _spec("write", f"amount:amount token:token {_WHERE}", "amount"),
    "approve": _spec("write", f"amount:amount token:token {_SPENDER} {_WHERE}", "token spender"),
    "revoke": _spec("write", f"token:token {_SPENDER} chain:chain scope:scope account:party", "token|spender|scope"),
    "supply": _spec("write", _LEND, "amount|value token"),
    "withdraw": _spec("write", _LEND, "amount|value token"),
    "borrow": _spec("write", _LEND, "amount|value token"),
    "repay": _spec("write", _LEND, "amount|value token"),
    "stake": _spec("write", _LEND, "amount|value token"),
    "unstake": _spec("write", _LEND, "amount|value token"),
    "add_liquidity": _spec(
        "write",
        f"amount_a:amount amount_b:amount value:fiat token_a:token token_b:token protocol:protocol {_WHERE}",
        "token_a token_b",
    ),
    "remove_liquidity": _spec(
        "write", f"amount:amount token_a:token token_b:token protocol:protocol {_WHERE}", "amount token_a token_b"
    ),
    "bridge": _spec(
        "write",
        f"{_SIZED} token_out:token from_chain:chain to_chain:chain protocol:protocol account:party",
        "amount|value token to_chain",
    ),
    "nft_transfer": _spec(
        "write", f"collection:name token_id:integer recipient:party {_WHERE}", "collection token_id recipient"
    ),
    "contract_call": _spec("write", f"{_CALL} amount:amount {_WHERE}", "contract function"),
    "deploy": _spec("write", f"template:text args:list {_WHERE}", "template"),
    "speed_up": _spec("write", "tx_hash:hash"),
    "cancel_tx": _spec("write", "tx_hash:hash"),
    "sign_message": _spec("write", "message:text account:party", "message"),
    "rebalance": _spec("write", "targets:targets account:party", "targets"),
}

_OTHERS = {
    "alert": _spec("automation", "", "trigger"),
    "automations": _spec("automation"),
    "automation_cancel": _spec("automation", "id:integer token:token"),
    "contact_add": _spec("setting", "name:nickname address:party", "name address"),
    "contact_remove": _spec("setting", "name:nickname", "name"),
    "contacts": _spec("setting"),
    "switch_chain": _spec("setting", "chain:chain", "chain"),
    "switch_account": _spec("setting", "account:party", "account"),
    "set_limit": _spec("setting", "value:fiat amount:amount token:token period:period", "value|amount"),
    "advice": _spec("finance", "token:token"),
    "risk_report": _spec("finance", "token:token protocol:protocol account:party"),
    "evaluate_strategy": _spec("finance", "strategy:text", "strategy"),
    "recommend": _spec("finance", "risk:risk value:fiat"),
    "sentiment": _spec("finance", "token:token"),
    "credit_score": _spec("finance", "account:party"),
    "analyze_agreement": _spec("finance", "document:text"),
    "draft_agreement": _spec("finance", "principal:amount token:token rate:percent term:period party:party"),
    "ask": _spec("finance", "question:text", "question"),
    "complaint": _spec("finance", "message:text", "message"),
    "confirm": _spec("dialogue"),
    "reject": _spec("dialogue"),
    "help": _spec("dialogue"),
    "greet": _spec("dialogue"),
    "thanks": _spec("dialogue"),
    "out_of_scope": _spec("dialogue"),
}

INTENTS: Mapping[str, IntentSpec] = MappingProxyType({**_READS, **_WRITES, **_OTHERS})

TRIGGER_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "metric": "metric",
        "token": "token",
        "account": "party",
        "direction": "direction",
        "threshold": "threshold",
        "quote": "currency",
        "within": "period",
        "every": "period",
        "weekday": "weekday",
        "at": "clock",
        "after": "period",
        "date": "date",
        "times": "integer",
    }
)

INTERNAL_INTENTS = ("amend", "again", "reverse")
"""Intents that only a follow-up in a conversation can have; they never leave `nlp`."""

WHOLE_SEGMENT_SLOTS: Mapping[str, str] = MappingProxyType({"ask": "question", "complaint": "message"})
"""Slots whose value is the whole segment; the model never tags them."""

TRIGGER_TAGS = (
    "t.token", "t.account", "t.above", "t.below", "t.threshold", "t.quote", "t.within", "t.every", "t.weekday",
    "t.at", "t.after", "t.date", "t.times", "t.metric", "t.other",
)  # fmt: skip
MARK_TAGS = ("x.limit", "ref")

INTENT_LABELS: tuple[str, ...] = (*INTENTS, *INTERNAL_INTENTS)


def _slot_names() -> tuple[str, ...]:
    """Every slot that the model can tag, in the order in which the intents first name it."""
    names = {
        slot: None for intent, spec in INTENTS.items() for slot in spec.slots if WHOLE_SEGMENT_SLOTS.get(intent) != slot
    }
    return tuple(names)


SLOT_NAMES: tuple[str, ...] = _slot_names()
SLOT_TAGS: tuple[str, ...] = (*SLOT_NAMES, *TRIGGER_TAGS, *MARK_TAGS)


def is_write(intent: str) -> bool:
    """Whether the intent moves or binds money, and so needs a confirmation. Internal intents are not writes themselves."""
    spec = INTENTS.get(intent)
    return spec is not None and spec.kind == "write"


def may_carry_trigger(intent: str) -> bool:
    """Whether a trigger may stand on an action of this intent: every write, and `alert`."""
    return is_write(intent) or intent == "alert"


def slot_types(intent: str, slot: str) -> tuple[str, ...]:
    """The value types of an intent's slot, in the order to try them; empty when the intent has no such slot."""
    spec = INTENTS.get(intent)
    return spec.slots.get(slot, ()) if spec else ()


TAG_TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {f"t.{key}": (kind,) for key, kind in TRIGGER_KEYS.items() if key != "direction"}
    | {"t.above": ("direction",), "t.below": ("direction",)}
)
"""The value types of the trigger tags. Slot tags take theirs from the intent: see `slot_types`."""
