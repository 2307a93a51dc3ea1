"""A batch on two cores: every sentence gets the answer that it gets alone, whichever process gave it, and whatever becomes of that."""

import os
import signal
import time

import pytest

from nlp.batch import BatchParser
from nlp.benchmarks.speed import CONTEXT, SENTENCES
from nlp.model.runtime import Predictor
from nlp.parser import Parser
from nlp.types import Context

pytestmark = pytest.mark.model
ASKED = [(text, CONTEXT) for text in SENTENCES] * 4 + [
    ("", Context()),
    ("pay carol 5 usdc", Context(contacts=("carol",))),
]


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser(Predictor())


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.batch.cpu_count", lambda: 2)


def test_both_processes_answer_as_one_sentence_alone_is_answered(parser: Parser, two_cores: None) -> None:
    with BatchParser(parser, worth_it=0) as many:
        found = many.parse_batch(ASKED)
        assert many.process is not None
    assert found == [parser.parse(text, context) for text, context in ASKED]


def test_no_process_outlives_its_batches(parser: Parser, two_cores: None) -> None:
    with BatchParser(parser, worth_it=0) as many:
        many.parse_batch(ASKED)
        process = many.process
        assert process is not None
        assert process.is_alive()
    process.join(5)
    assert not process.is_alive()


def test_what_a_killed_process_was_given_is_answered_by_the_other(parser: Parser, two_cores: None) -> None:
    with BatchParser(parser, worth_it=0) as many:
        expected = many.parse_batch(ASKED)
        assert many.process is not None
        assert many.process.pid is not None
        os.kill(many.process.pid, signal.SIGKILL)
        time.sleep(0.1)
        assert many.parse_batch(ASKED) == expected
        assert many.parse_batch(ASKED) == expected


def test_few_sentences_start_no_process_and_many_over_time_do(parser: Parser, two_cores: None) -> None:
    with BatchParser(parser, worth_it=len(ASKED) + 1) as many:
        many.parse_batch(ASKED)
        assert many.process is None
        many.parse_batch(ASKED)
        assert many.process is not None


def test_one_core_never_starts_a_process(parser: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.batch.cpu_count", lambda: 1)
    with BatchParser(parser, worth_it=0) as many:
        assert len(many.parse_batch(ASKED)) == len(ASKED)
        assert many.process is None
