"""The permitted answers, walked character by character: whatever path is taken, nothing but the user's words stands in it."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.contract import answer_object
from nlp.errors import ReadingRefused
from nlp.larger.grammar import Grammar, State
from nlp.larger.reading import read_answer
from nlp.larger.request import MOST_ACTIONS, Request
from nlp.model.labels import allowed_tags
from nlp.parser import Parser
from nlp.recognise import recognise
from nlp.types import Context, DialogueState
from tests.nlp.larger.test_larger_reading import Silent, answered
from tests.provenance import oracle

CONTEXT = Context(("bob",), ("main",), {})
PIECES = [
    "send",
    "5",
    "usdc",
    "to",
    "bob",
    'say "hi"',
    "back\\slash",
    "café",
    "🐸",
    "0x12",
    "half an",
    "eth,",
    "\n",
    "\u202e",
    "if",
    "0.5",
    "bob",
]
SAID = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), min_size=1, max_size=9).map(" ".join)


def grammar_of(text: str) -> Grammar:
    return Grammar(Request(text, recognise(text, CONTEXT)))


def walked(grammar: Grammar, random: Random) -> str:
    """One random answer, to its end."""
    state, text = State(), ""
    while not grammar.accepting(state):
        char = random.choice(sorted(grammar.allowed(state)))
        following = grammar.step(state, char)
        assert following is not None
        state, text = following, text + char
    return text


def accepts(grammar: Grammar, answer: str) -> bool:
    state: State | None = State()
    for char in answer:
        state = grammar.step(state, char) if state else None
    return state is not None and grammar.accepting(state)


@settings(max_examples=300, deadline=None)
@given(SAID, st.randoms(use_true_random=False))
def test_every_path_is_an_answer_of_the_user_s_own_words(text: str, random: Random) -> None:
    grammar = grammar_of(text)
    if not grammar.request.words:
        return
    answer = walked(grammar, random)
    assert answer.isascii()
    actions = json.loads(answer)["actions"]
    assert 0 < len(actions) <= MOST_ACTIONS
    for action in actions:
        slots = [value["slot"] for value in action["values"]]
        assert len(set(slots)) == len(slots) and set(slots) <= allowed_tags(action["intent"])
        assert all(value["quote"] in text for value in action["values"])
    try:
        prediction = read_answer(answer, grammar.request)
    except ReadingRefused as refused:
        assert "form" not in refused.happened and "did not write" not in refused.happened
        return
    parse, _ = Parser(Silent()).read_by_labels(text, CONTEXT, DialogueState(), prediction)
    assert oracle.unexplained(answer_object(parse), [text], {"contacts": ["bob"], "accounts": ["main"]}) == []


SEND = "send 5 usdc to bob"
TRANSFER = [("amount", "5"), ("token", "usdc"), ("recipient", "bob")]


@pytest.mark.parametrize(
    ("answer", "permitted"),
    [
        (answered(("transfer", TRANSFER)), True),
        (answered(("transfer", [("amount", "5 usdc to bob")])), True),
        (answered(("balance", []), ("transfer", TRANSFER)), True),
        (answered(("ask", [])), True),
        (answered(("transfer", [("amount", "50")])), False),
        (answered(("transfer", [("token", "usd")])), False),
        (answered(("transfer", [("token", "sdc")])), False),
        (answered(("transfer", [("recipient", "mum")])), False),
        (answered(("transfer", TRANSFER[::-1])), False),
        (answered(("transfer", [("min_out", "5")])), False),
        (answered(("transfer", [("amount", "5"), ("amount", "usdc")])), False),
        (answered(("ask", []), ("transfer", TRANSFER)), False),
        (answered(("transfer", TRANSFER), ("ask", [])), False),
        (answered(("confirm", [])), False),
        (answered(("amend", [])), False),
        (answered(("transfer", TRANSFER)) + " ", False),
        (" " + answered(("transfer", TRANSFER)), False),
        ("", False),
    ],
)
def test_the_form_and_the_words_alone_are_permitted(answer: str, permitted: bool) -> None:
    assert accepts(grammar_of(SEND), answer) is permitted


def test_what_must_come_is_told_up_to_the_next_choice() -> None:
    grammar = grammar_of("greetings")
    forced, state = grammar.forced(State())
    assert forced == '{"actions": [{"intent": "'
    assert len(grammar.allowed(state)) > 10


def test_the_quotes_are_escaped_and_come_back_as_they_were() -> None:
    text = 'sign "süß\\"'
    grammar = grammar_of(text)
    answer = answered(("sign_message", [("message", "süß")]))
    assert accepts(grammar, answer)
    assert json.loads(answer)["actions"][0]["values"][0]["quote"] == "süß"
