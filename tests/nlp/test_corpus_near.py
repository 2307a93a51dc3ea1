"""No template is a near copy of an utterance that the parser is measured on."""

import json
import re
from pathlib import Path

from nlp.corpus import build
from nlp.corpus.near import mask, near_copy
from nlp.corpus.template import Template, parse

SHORT = 3
"""Utterances of this many ordinary words or fewer ("send … to …", "address book") have no other wording: nobody avoids them."""


def test_no_template_is_a_near_copy_of_the_development_set(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "nlu" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    examples = _contract_examples((shared / "nlu" / "contract.md").read_text(encoding="utf-8"))
    templates = [
        template for template in build.templates() if not any(near_copy(template, tokens) for tokens in examples)
    ]
    copies = [
        f"{template.source} [{template.section.intent}] is near {row['id']}: {row['text']}"
        for row in rows
        if "text" in row and _ordinary(tokens := mask(row["text"], _parties(row))) > SHORT
        for template in _same_intents(templates, row)
        if near_copy(template, tokens)
    ]
    assert copies == [], "\n".join(copies)


def _ordinary(tokens: frozenset[str]) -> int:
    return sum(not token.isupper() for token in tokens)


def _contract_examples(contract: str) -> list[frozenset[str]]:
    """The masked phrases of the contract's quotations and tables: everyone may use those."""
    cells = [
        cell.strip(" …") for line in contract.splitlines() if line.startswith("|") for cell in re.split(r"[|;]", line)
    ]
    return [mask(phrase) for phrase in [*re.findall(r'"([^"\n]{6,})"', contract), *cells] if len(phrase.split()) > 2]


def _same_intents(templates: list[Template], row: dict) -> list[Template]:  # type: ignore[type-arg]
    intents = tuple(action["intent"] for action in row["actions"])
    return [template for template in templates if template.intents == intents]


def _parties(row: dict) -> list[str]:  # type: ignore[type-arg]
    names = ("recipient", "account", "name", "party", "spender")
    return [value for action in row["actions"] for slot, value in action["slots"].items() if slot in names]


def test_a_near_copy_is_found_and_another_wording_is_not() -> None:
    near, far = parse(
        "[transfer]\nsend {amount} {token} to {recipient} right away\nlet {recipient} have {amount} {token}", "x.txt"
    )
    tokens = mask("Send 5 usdc to bob right away!")
    assert near_copy(near, tokens)
    assert not near_copy(far, tokens)
