"""Whatever the words and whatever a model says of them: parsing never fails, and never invents an address or a hash."""

import itertools
import json
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.calibration import UNCALIBRATED
from nlp.contract import answer_object
from nlp.parser import Parser
from nlp.schema import INTENT_LABELS, INTENTS, SLOT_TAGS, TRIGGER_KEYS
from nlp.types import Context, DialogueState, Evidence, Prediction, Reason, Segment, TaggedSpan, Word

PIECES = [
    "send",
    "swap",
    "0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7",
    "0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419f7",
    "0x" + "ab" * 32,
    "half of that",
    "1.234,5",
    "1e400",
    "$50",
    "bob.eth",
    "p\u0430yroll.eth",
    "mar\u200bina.eth",
    "my savings",
    "balanceOf(0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7, 5)",
    "every friday at 9am",
    "on 1 March",
    "50% eth, 50% usdc",
    '"quoted: send 5 eth"',
    "each",
    "split",
    "both on base",
    "no wait",
    "don't",
    ":",
    ",",
    "and",
    "\u202e",
    "🐸",
    "٣",
]
UNSURE_BELOW_HALF = replace(UNCALIBRATED, ask_below=0.5)
words_said = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), min_size=1, max_size=12).map(" ".join)


class Anything:
    """Labels words as a test draws them."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def predict(self, words: tuple[Word, ...], state: DialogueState) -> Prediction:
        draw, n = self.data.draw, len(words)
        starts = sorted({0, *draw(st.lists(st.integers(0, n - 1), max_size=3))})
        segments = [
            Segment(draw(st.sampled_from(INTENT_LABELS)), first, last - 1)
            for first, last in zip(starts, [*starts[1:], n], strict=True)
        ]
        borders = sorted(draw(st.lists(st.integers(0, n), max_size=8, unique=True)))
        spans = [
            TaggedSpan(draw(st.sampled_from(SLOT_TAGS)), first, last - 1) for first, last in itertools.pairwise(borders)
        ]
        return Prediction(tuple(segments), tuple(spans), Evidence(tag=-draw(st.floats(0, 50))))

    def predict_batch(self, asked: list[tuple[tuple[Word, ...], DialogueState]]) -> list[Prediction]:
        return [self.predict(words, state) for words, state in asked]

    def reasons(self, words: object, state: DialogueState) -> tuple[Reason, ...]:
        return ()


@settings(max_examples=400, deadline=None)
@given(st.lists(words_said, min_size=1, max_size=3), st.data())
def test_any_labels_on_any_words_give_an_answer_that_invents_nothing(turns: list[str], data: st.DataObject) -> None:
    context = Context(contacts=("bob",), accounts=("main", "savings"))
    parser, state, said = Parser(Anything(data), UNSURE_BELOW_HALF), DialogueState(), ""
    for turn in turns:
        answer, state = parser.step(turn, context, state)
        said += " " + turn.lower()
    document = answer_object(answer)
    assert json.loads(json.dumps(document)) == document
    for action in answer.actions:
        assert set(action.slots) <= set(INTENTS[action.intent].slots)
        assert set(action.trigger or {}) <= set(TRIGGER_KEYS)
        assert not any("\0" in value for value in (action.trigger or {}).values())
        for found in re.findall(r"0x[0-9a-fA-F]{40,64}", json.dumps(action.slots, default=list)):
            assert found.lower() in said


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.data())
def test_any_text_gives_an_answer(text: str, data: st.DataObject) -> None:
    answer = Parser(Anything(data)).parse(text)
    assert answer.status in ("understood", "incomplete", "out_of_scope")
    assert answer.actions
