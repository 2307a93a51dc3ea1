"""Nothing stands in an action that the user did not say: random and hostile words under random labels, judged by the oracle.

A share runs here; `make provenance` runs a million, half of them on each of two cores.
"""

import ast
import itertools
import os
import string
from pathlib import Path
from random import Random

import pytest

from nlp.contract import answer_object
from nlp.corpus.voices import voices
from nlp.parser import Parser
from nlp.schema import INTENT_LABELS, SLOT_TAGS
from nlp.types import Context, DialogueState, Prediction, Reason, Segment, TaggedSpan, Word
from tests.provenance import oracle

INPUTS = int(os.environ.get("SAYSO_PROVENANCE_INPUTS", "4000"))
SEED = os.environ.get("SAYSO_PROVENANCE_SEED", "provenance")
CONTEXT = {"contacts": ["bob", "mum", "north gate"], "accounts": ["main", "savings"]}
NASTY = (
    "\u202e", "\u200b", "p\u0430yroll.eth", "mar\u200bina.eth", "0x", "0x12", "٣", "１２", "½", "1½", "1e5", "--5", "5-7", "1,2,3", "0.0", "#7",
    "{", "}", "<", ">", "\\", "\"", "'", "“", "”", "\n", ":", ";", "%", "$", "€", "£", "wei", "gwei", "half", "a third", "all", "max", "unlimited",
    "dot eth", "🐸", "=", "||", "null", "NaN", "Infinity", "-0", "1_000", "1 000", "1'000", "२", "and", "or", "each", "split", "between", "same", "that",
    "of it", "her", "them", "back", "no wait", "make it", "yes", "but", "again", "twice",
)  # fmt: skip
NUMBER_WORDS = ("two", "three and a half", "a hundred and five", "one point two five", "ten thousand", "half a million", "two thirds", "a dozen", "forty-two", "a quarter")  # fmt: skip


class Labels:
    """A model that labels at random."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def predict(self, words: tuple[Word, ...], state: DialogueState) -> Prediction:
        draw, n = self.random, len(words)
        starts = sorted({0, *(draw.randrange(n) for _ in range(draw.randrange(3)))})
        segments = tuple(
            Segment(draw.choice(INTENT_LABELS), first, last - 1)
            for first, last in zip(starts, [*starts[1:], n], strict=True)
        )
        borders = sorted({draw.randrange(n + 1) for _ in range(draw.randrange(9))})
        spans = tuple(
            TaggedSpan(draw.choice(SLOT_TAGS), first, last - 1) for first, last in itertools.pairwise(borders)
        )
        return Prediction(segments, spans)

    def predict_batch(self, asked: list[tuple[tuple[Word, ...], DialogueState]]) -> list[Prediction]:
        return [self.predict(words, state) for words, state in asked]

    def reasons(self, words: object, state: DialogueState) -> tuple[Reason, ...]:
        return ()


def piece(random: Random, phrases: tuple[str, ...]) -> str:
    """A word or two: somebody's phrase, a number, an address, a name, or something nasty."""
    kind = random.randrange(9)
    if kind < 3:
        return random.choice(phrases)
    if kind == 3:
        return f"{random.choice(('', '$', '€'))}{random.randrange(10 ** random.randrange(1, 9)):{random.choice(('', ','))}}{random.choice(('', '.5', '.25', 'k', 'm', '%', ' usdc', ' gwei'))}"
    if kind == 4:
        return "0x" + "".join(random.choices("0123456789abcdefABCDEF", k=random.choice((40, 40, 64, 39, 8))))
    if kind == 5:
        return "".join(random.choices(string.ascii_lowercase, k=random.randrange(1, 8))) + random.choice(
            ("", ".eth", " dot eth")
        )
    if kind == 6:
        return random.choice(NUMBER_WORDS)
    if kind == 7:
        return random.choice(NASTY)
    return "".join(chr(random.choice((random.randrange(32, 127), random.randrange(160, 0x2FFF)))) for _ in range(4))


def utterance(random: Random, phrases: tuple[str, ...]) -> str:
    return " ".join(piece(random, phrases) for _ in range(random.randrange(1, 11)))


@pytest.fixture(scope="module")
def phrases() -> tuple[str, ...]:
    """What people wrote, whole sentences and pieces of them."""
    said = [line.turns[-1].text for lines in voices().values() for line in lines]
    return tuple(said + [word for text in said[::7] for word in text.split()])


def test_nothing_stands_in_an_action_that_was_not_said(phrases: tuple[str, ...]) -> None:
    random, context = Random(SEED), Context(("bob", "mum", "north gate"), ("main", "savings"))
    parser = Parser(Labels(random))
    for number in range(INPUTS):
        turns, state = [utterance(random, phrases) for _ in range(random.choice((1, 1, 1, 2, 3)))], DialogueState()
        for turn in turns:
            answer, state = parser.step(turn, context, state)
        invented = oracle.unexplained(answer_object(answer), turns, CONTEXT)
        assert invented == [], (number, turns)


INVENTIONS = [
    ("send 5 usdc to bob", {"amount": "6", "recipient": "bob"}),
    ("send 5 usdc to bob", {"amount": "5", "recipient": "rob"}),
    ("send half my usdc to bob", {"amount": "25%", "recipient": "bob"}),
    ("send two hundred usdc to bob", {"amount": "20000", "recipient": "bob"}),
    ("send 1,5 usdc to bob", {"amount": "150"}),
    ("supply three and a half %", {"amount": "4.5%"}),
    ("supply three % and half an eth", {"amount": "3.5%"}),
    ("send usdc to bob", {"amount": "1"}),
    ("send some usdc to bob", {"amount": "100%"}),
    ("send 5 usdc to 0x" + "ab" * 20, {"recipient": "0x" + "ab" * 19 + "cd"}),
    ("send 5 usdc to bob.eth", {"recipient": "bobby.eth"}),
    ("call transfer(0x1, 5)", {"function": "approve"}),
    ("call transfer(0x1, 5)", {"args": ["0x1", "7"]}),
    ("approve usdc for uniswap", {"amount": "unlimited"}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "slots"), INVENTIONS, ids=[f"{s} {v}" for s, v in INVENTIONS])
def test_the_oracle_sees_what_was_invented(said: str, slots: dict[str, object]) -> None:
    answer = {"actions": [{"intent": "transfer", "slots": slots}]}
    assert oracle.unexplained(answer, [said], {"contacts": ["bob"]}) != []


def test_the_oracle_reads_a_part_that_is_spelled_behind_its_number() -> None:
    answer = {"actions": [{"intent": "supply", "slots": {"amount": "3.5%"}}]}
    assert oracle.unexplained(answer, ["supply three and a half %"], {}) == []


def test_the_oracle_knows_nothing_of_the_parser() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert {(name or "").partition(".")[0] for name in imported} <= {
        "re",
        "unicodedata",
        "collections",
        "fractions",
        "itertools",
        "typing",
    }
