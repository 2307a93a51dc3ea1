"""The report of what the corpus covers holds what it says."""

import json
from pathlib import Path

import pytest

from nlp.corpus import report
from nlp.corpus.write_voice import masked_lines
from nlp.schema import INTENTS


def test_every_intent_is_said_by_many_and_no_slot_is_never_said() -> None:
    found = report.coverage()
    assert [row.intent for row in found] == list(INTENTS)
    assert {row.intent for row in found if row.lines < 40 or row.voices < 20} == set()
    assert {row.intent: row.unsaid for row in found if row.unsaid} == {}
    assert all(row.forms["triggered"] == 0 for row in found if INTENTS[row.intent].kind in ("read", "dialogue"))


def test_the_table_is_for_people_and_the_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main([]) == 0
    out = capsys.readouterr().out
    assert "add_liquidity" in out and "skeletons" in out
    assert report.main(["--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["coverage"]) == len(INTENTS)


def test_the_corpus_is_far_from_the_development_set(shared: Path) -> None:
    far = report.distance(masked_lines(shared / "nlu" / "dev.jsonl"))
    assert far.median < 0.7
    # Two wordings are examples of the parse contract itself, which everyone may use.
    assert far.near <= 2
