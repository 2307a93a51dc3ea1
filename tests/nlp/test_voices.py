"""The utterances that people wrote: their labels say what their gold says, they are many and distinct, and none is the exam's."""

import json
from collections import Counter
from pathlib import Path

import pytest

from nlp.contract import action_object
from nlp.corpus import voices
from nlp.corpus.marked import read_marked
from nlp.corpus.near import is_near, mask
from nlp.corpus.write_voice import masked_lines
from nlp.schema import INTENTS
from nlp.types import Parse

LINES = 6000
SKELETONS = 5000
VALIDATION_LINES = 1500
STRICTER = 0.015


def all_lines() -> list[voices.Said]:
    return [line for lines in voices.voices().values() for line in lines]


def as_gold(parse: Parse) -> tuple[str, str]:
    return parse.status, json.dumps([action_object(action) for action in parse.actions], sort_keys=True)


def gold_of(line: voices.Said) -> tuple[str, str]:
    return line.gold["status"], json.dumps(list(line.gold["actions"]), sort_keys=True)


@pytest.fixture(scope="module")
def misread() -> list[tuple[voices.Said, Parse]]:
    """Lines of which the code makes something else than the gold, with every label right."""
    parses = [(line, voices.parse_by_labels(line.turns, line.context)) for line in all_lines()]
    return [(line, parse) for line, parse in parses if as_gold(parse) != gold_of(line)]


def test_right_labels_never_give_a_wrong_write(misread: list[tuple[voices.Said, Parse]]) -> None:
    understood = [line.turns[-1].text for line, parse in misread if parse.status == "understood"]
    assert understood == []


def test_right_labels_are_refused_seldom(misread: list[tuple[voices.Said, Parse]]) -> None:
    assert len(misread) / len(all_lines()) <= STRICTER


def test_there_are_enough_lines_and_most_are_shaped_like_no_other() -> None:
    lines = all_lines()
    assert len(lines) >= LINES
    assert len({tuple(turn.skeleton for turn in line.turns) for line in lines}) >= SKELETONS


def test_each_voice_is_in_one_split_and_validation_and_test_hear_people_that_training_does_not() -> None:
    by_split = Counter(voices.split_of(line.voice) for line in all_lines())
    assert by_split["validation"] >= VALIDATION_LINES
    assert by_split["test"] >= 300
    assert set(voices.voices()) >= voices.VALIDATION | voices.TEST
    assert not voices.VALIDATION & voices.TEST


def test_every_intent_is_said_by_several_people_in_training_and_in_validation() -> None:
    said = {
        (voices.split_of(line.voice), segment[2], line.voice)
        for line in all_lines()
        for t in line.turns
        for segment in t.segments
    }
    for split, people in (("train", 5), ("validation", 2)):
        voices_of = Counter(intent for part, intent, _ in said if part == split)
        rare = {intent: voices_of[intent] for intent in INTENTS if voices_of[intent] < people}
        assert rare == {}, split


def test_no_line_is_a_close_copy_of_the_development_set(shared: Path) -> None:
    exam = masked_lines(shared / "nlu" / "dev.jsonl")
    said = [
        (line.turns[0].text, tuple(action["intent"] for action in line.gold["actions"]), line.context.contacts)
        for line in all_lines()
        if len(line.turns) == 1
    ]
    near = [
        text
        for text, intents, contacts in said
        if any(intents == theirs and is_near(mask(text, contacts), other) for theirs, other in exam)
    ]
    assert near == []


def test_a_line_read_back_is_the_line_that_was_written() -> None:
    marks = "<transfer> send {amount=5} {token=usdc} to {recipient=bob}<transfer>, and {amount=3} to {recipient=mum}"
    turn = read_marked(marks)
    assert turn.text == "send 5 usdc to bob, and 3 to mum"
    assert [turn.text[start:end] for start, end, _ in turn.spans] == ["5", "usdc", "bob", "3", "mum"]
