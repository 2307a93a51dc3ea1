"""The schema is the parse contract's, name for name."""

import json
from pathlib import Path

from nlp import schema


def test_intents_are_the_contracts(shared: Path) -> None:
    contract = json.loads((shared / "nlu" / "intents.json").read_text(encoding="utf-8"))
    ours = {
        name: {
            "kind": spec.kind,
            "slots": {slot: "|".join(types) for slot, types in spec.slots.items()},
            "required": ["|".join(group) for group in spec.required],
        }
        for name, spec in schema.INTENTS.items()
    }
    assert ours == contract["intents"]
    assert list(schema.TRIGGER_KEYS) == list(contract["trigger"]["keys"])


def test_labels_are_distinct_and_cover_every_slot() -> None:
    assert len(set(schema.INTENT_LABELS)) == len(schema.INTENT_LABELS) == len(schema.INTENTS) + 3
    assert len(set(schema.SLOT_TAGS)) == len(schema.SLOT_TAGS)
    slots = {slot for spec in schema.INTENTS.values() for slot in spec.slots}
    assert slots - set(schema.SLOT_TAGS) == {"question"}
    assert set(schema.TAG_TYPES) - set(schema.SLOT_TAGS) == set()


def test_required_slots_are_slots_or_the_trigger() -> None:
    for name, spec in schema.INTENTS.items():
        named = {slot for group in spec.required for slot in group}
        assert named <= set(spec.slots) | {"trigger"}, name


def test_writes_are_known_by_kind() -> None:
    assert schema.is_write("transfer") and schema.is_write("sign_message")
    assert not schema.is_write("quote") and not schema.is_write("amend") and not schema.is_write("nonsense")
    assert schema.may_carry_trigger("alert") and not schema.may_carry_trigger("price")
    assert schema.slot_types("approve", "spender") == ("party", "protocol")
    assert schema.slot_types("balance", "spender") == ()
