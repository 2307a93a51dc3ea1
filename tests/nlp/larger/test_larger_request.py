"""What is put to a larger model: the words that were typed, the schema, and nothing that the person did not type."""

import json
from collections.abc import Iterator
from typing import Any

from nlp.larger.request import ASKED_INTENTS, LONGEST_ASKED, answer_schema, system_prompt, user_message
from nlp.model.labels import allowed_tags
from nlp.schema import INTENTS


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a schema, however deep."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)


def test_a_yes_cannot_be_answered() -> None:
    assert set(INTENTS) - set(ASKED_INTENTS) == {"confirm"}
    assert '"confirm"' not in json.dumps(answer_schema())


def test_the_schema_is_strict_and_holds_every_slot_that_an_intent_can_have() -> None:
    found = list(objects(answer_schema()))
    assert len(found) == 3
    assert all(o["additionalProperties"] is False and o["required"] == list(o["properties"]) for o in found)
    slots = set(found[2]["properties"]["slot"]["enum"])
    assert slots == {tag for intent in ASKED_INTENTS for tag in allowed_tags(intent)}
    assert "ref" not in slots


def test_the_prompt_names_every_intent_with_its_slots_and_is_short() -> None:
    lines = system_prompt().splitlines()
    for intent in ASKED_INTENTS:
        line = next(line for line in lines if line == intent or line.startswith(f"{intent}: "))
        assert set(line.partition(": ")[2].split()) == set(INTENTS[intent].slots)
    assert len(system_prompt()) < 6_000


def test_the_person_s_part_is_the_words_and_how_they_are_cut() -> None:
    told = json.loads(user_message('send "half an" eth to 0xABC'))
    assert told["text"] == 'send "half an" eth to 0xABC'
    assert list(told) == ["text", "words"]
    assert "half an" in told["words"]
    assert len(user_message("x" * LONGEST_ASKED)) < 3 * LONGEST_ASKED
