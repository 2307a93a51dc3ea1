"""Token by token under the automaton: nothing but permitted answers, whatever the vocabulary and whatever the model wants."""

import string
from collections.abc import Callable, Sequence
from random import Random

import pytest

from agent.larger.types import LargerFailed
from agent.larger.writing import Pieces, pieces_of, written
from nlp.larger.grammar import Grammar, State
from nlp.larger.reading import read_answer
from nlp.larger.request import Request
from nlp.recognise import recognise
from nlp.types import Context
from tests.agent.larger.larger_support import labelled

LETTERS = {char: number for number, char in enumerate(string.printable)}
WORDS = [
    '{"',
    '"actions',
    '": [',
    "transfer",
    "trans",
    '", "',
    "values",
    " usdc",
    "usdc",
    'usdc"',
    " to",
    "bob",
    '"}]',
    "}]}",
    "am",
    "ount",
    "\\u00",
    "<eos>",
    "é",
    "<0x41>",
]
RICH = LETTERS | {text: len(LETTERS) + number for number, text in enumerate(WORDS)}


def grammar_of(text: str) -> Grammar:
    return Grammar(Request(text, recognise(text, Context())))


def at_random(random: Random) -> Callable[[Sequence[int], Sequence[int]], int]:
    return lambda _, permitted: random.choice(list(permitted))


def wanting(answer: str, pieces: Pieces) -> Callable[[Sequence[int], Sequence[int]], int]:
    """A model that wants to write one answer, with the longest token that goes on with it."""
    texts = {number: text for text, number in pieces.ids.items()}
    said: list[str] = []
    begun: list[bool] = []

    def choose(since: Sequence[int], permitted: Sequence[int]) -> int:
        said.extend(texts[token] for token in (since[1:] if not begun else since))
        begun.append(True)
        rest = answer[len("".join(said)) :]
        return max(
            (t for t in permitted if rest.startswith(texts[t])), key=lambda t: len(texts[t]), default=permitted[0]
        )

    return choose


@pytest.mark.parametrize("vocabulary", [LETTERS, RICH], ids=["letters", "rich"])
def test_any_choice_of_tokens_is_a_permitted_answer(vocabulary: dict[str, int]) -> None:
    pieces, random = pieces_of(vocabulary, [RICH["<eos>"]]), Random("writing")
    for text in ("send 5 usdc to bob", 'say "hi" to café 5 times', "gas"):
        grammar = grammar_of(text)
        for _ in range(10):
            try:
                answer = written(grammar, pieces, [0], at_random(random))
            except LargerFailed as failed:
                assert "end of its answer" in failed.why
                continue
            state: State | None = State()
            for char in answer:
                state = grammar.step(state, char) if state else None
            assert state is not None and grammar.accepting(state)


@pytest.mark.parametrize("vocabulary", [LETTERS, RICH], ids=["letters", "rich"])
@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("send 5 usdc to bob", [("transfer", [("amount", "5"), ("token", "usdc"), ("recipient", "bob")])]),
        ("gas, then 5 usdc to zoë", [("gas", []), ("transfer", [("amount", "5"), ("token", "usdc"), ("recipient", "zoë")])]),
        ("what is gas?", [("ask", [])]),
    ],
)  # fmt: skip
def test_what_a_model_wants_and_may_write_it_writes(
    vocabulary: dict[str, int], text: str, actions: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    pieces, grammar, wanted = pieces_of(vocabulary, []), grammar_of(text), labelled(*actions)
    answer = written(grammar, pieces, [0], wanting(wanted, pieces))
    assert answer == wanted
    assert read_answer(answer, grammar.request).segments


def test_what_a_model_may_not_write_it_cannot() -> None:
    pieces, grammar = pieces_of(RICH, []), grammar_of("send 5 usdc to bob")
    wanted = labelled(("transfer", [("amount", "500"), ("recipient", "0xEVIL")]))
    answer = written(grammar, pieces, [0], wanting(wanted, pieces))
    assert "500" not in answer and "EVIL" not in answer


@pytest.mark.parametrize("missing", ["{", "\\"])
def test_a_vocabulary_that_lacks_a_character_is_told(missing: str) -> None:
    pieces = pieces_of({char: number for char, number in LETTERS.items() if char != missing}, [])
    wanted = labelled(("transfer", [("amount", "5"), ("recipient", "é")]))
    with pytest.raises(LargerFailed, match="vocabulary"):
        written(grammar_of("5 é"), pieces, [0], wanting(wanted, pieces))


def test_control_tokens_bytes_and_other_scripts_are_no_pieces() -> None:
    pieces = pieces_of({"<eos>": 0, "<0x41>": 1, "é": 2, "\u0120a": 3, "\u2581b": 4, "": 5}, [0])
    assert dict(pieces.ids) == {" a": 3, " b": 4}
