"""The evaluation says what the parse contract's own scorer says."""

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nlp.errors import BadData
from nlp.model import evaluate
from nlp.schema import INTENTS


@pytest.fixture(scope="module")
def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_parse", shared / "nlu" / "score_parse.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def random_answer(source: random.Random) -> dict[str, Any]:
    actions = []
    for _ in range(source.randint(0, 3)):
        slots = {name: source.choice("ab") for name in source.sample(["amount", "token", "args"], source.randint(0, 2))}
        action: dict[str, Any] = {
            "intent": source.choice(["transfer", "price", "confirm", "set_limit"]),
            "slots": slots,
        }
        if source.random() < 0.3:
            action["trigger"] = {"every": source.choice("ab")}
        actions.append(action)
    status = source.choice(["understood", "incomplete"])
    return {"actions": actions, "status": status} if source.random() < 0.8 else {"actions": actions}


def test_scores_agree_with_the_contracts_scorer(scorer: ModuleType) -> None:
    source = random.Random(5)
    unsafe = 0
    for _ in range(3000):
        gold = random_answer(source)
        answer = random_answer(source) if source.random() < 0.7 else json.loads(json.dumps(gold))
        theirs, own = scorer.score(gold, answer), evaluate.score_line(gold, answer)
        assert (own.exact, own.intent, own.unsafe) == (theirs["exact"], theirs["intent"], theirs["unsafe"])
        assert (own.right, own.extra, own.missed) == (theirs["tp"], theirs["fp"], theirs["fn"])
        unsafe += own.unsafe
    assert unsafe > 100


def test_the_same_intents_move_money(scorer: ModuleType) -> None:
    assert scorer.WRITES | {"confirm"} == evaluate.STEPS
    assert set(INTENTS) > evaluate.STEPS


def test_a_parser_does_not_see_the_answer() -> None:
    gold = {"id": "1", "text": "gas", "context": {}, "actions": [{"intent": "gas", "slots": {}}], "tags": ["reads"]}
    seen: list[dict[str, Any]] = []

    def parse(line: dict[str, Any]) -> dict[str, Any]:
        seen.append(line)
        return {"id": "1", "status": "understood", "actions": [{"intent": "gas", "slots": {}}]}

    rows = evaluate.evaluate([gold], parse)

    assert seen == [{"id": "1", "text": "gas", "context": {}}]
    assert [(row.tag, row.exact, row.unsafe) for row in rows] == [("all", 1.0, 0), ("reads", 1.0, 0)]
    assert "reads" in evaluate.table(rows)


def test_a_broken_gold_line_is_told_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "1", "actions": []}\n{"id": "2"}\n')
    with pytest.raises(BadData, match="line 2"):
        evaluate.read_gold(path)
