"""The shipped weights: of the corpus as it stands, small enough, and at the bar on the development set."""

import json
from pathlib import Path

import pytest

from nlp.contract import answer_object, read_request
from nlp.corpus.build import data_version
from nlp.model.evaluate import Row, ablated_predictor, evaluate, read_gold
from nlp.model.runtime import Predictor
from nlp.model.weights import SHIPPED
from nlp.parser import Parser, Predicts
from nlp.types import Context

pytestmark = pytest.mark.model


def scored(predictor: Predicts, gold: Path) -> tuple[Row, ...]:
    """The figures of a predictor over labelled lines, through the whole of parsing."""
    parser = Parser(predictor)

    def parse(line: dict[str, object]) -> dict[str, object]:
        request = read_request(json.dumps(line))
        return answer_object(parser.converse(request.turns, request.context), request.id)

    return evaluate(read_gold(gold), parse)


def test_the_weights_are_small_and_of_this_corpus() -> None:
    card = json.loads(SHIPPED.with_name("card.json").read_text(encoding="utf-8"))
    assert SHIPPED.stat().st_size <= 6 * 1024 * 1024
    assert card["corpus_version"] == data_version(), "the corpus has changed: run sayso train, or take the change back"


def test_the_development_set_is_understood(shared: Path) -> None:
    everything = scored(Predictor(), shared / "nlu" / "dev.jsonl")[0]
    assert everything.exact >= 0.95
    assert everything.unsafe <= 3


def test_it_is_the_training_that_understands(shared: Path) -> None:
    assert scored(ablated_predictor(), shared / "nlu" / "dev.jsonl")[0].exact <= 0.15


@pytest.mark.parametrize(
    "sentence",
    [
        "send bob 50 usdc every third friday at 9",
        "send bob 50 usdc every second friday",
        "pay bob 5 usdc biweekly",
        "send bob 5 usdc every weekday",
        "send bob 5 usdc twice a week",
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_neither_another_one_nor_done_once(sentence: str) -> None:
    parse = Parser(Predictor()).parse(sentence, Context(("bob",), (), {}))
    assert parse.status == "incomplete" and not any(action.trigger for action in parse.actions)


def test_many_sentences_at_once_come_back_in_their_order_each_as_it_is_alone() -> None:
    parser, context = Parser(Predictor()), Context(("bob",), ("main",), {})
    said = [f"send {n} usdc to bob {'and thank him for his help ' * (n % 5)}" for n in range(1, 200)] + ["", "gas?"]
    together = parser.parse_batch([(text, context) for text in said])
    assert [parse.actions for parse in together[:199:20]] == [parser.parse(t, context).actions for t in said[:199:20]]
    assert [dict(parse.actions[0].slots).get("amount") for parse in together[:199]] == [str(n) for n in range(1, 200)]
    assert [parse.actions[0].intent for parse in together[199:]] == ["out_of_scope", "gas"]
