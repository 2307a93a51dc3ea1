"""Features: word pieces, placeholders, marks, the conversation's prefix, and what does not fit."""

import pytest

from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE
from nlp.model.features import (
    MARKS,
    MAX_PIECES,
    MAX_PIECES_OF_WORD,
    PLACEHOLDER_KINDS,
    Featuriser,
    batched,
    state_words,
)
from nlp.types import Action, DialogueState, Hint, Kind, Word

EMPTY = DialogueState()


@pytest.fixture(scope="module")
def featuriser() -> Featuriser:
    return Featuriser(encoder_directory() / TOKENIZER_FILE)


def word(text: str, kind: Kind = Kind.WORD, *hints: Hint) -> Word:
    return Word(text, 0, len(text), kind, frozenset(hints))


def test_every_recognised_kind_is_one_piece_of_its_own(featuriser: Featuriser) -> None:
    pieces = [featuriser.pieces_of(word("0x" + "ab" * 20, kind)) for kind in PLACEHOLDER_KINDS]

    assert all(len(piece) == 1 for piece in pieces)
    assert len(set(pieces)) == len(PLACEHOLDER_KINDS)


def test_the_value_behind_a_placeholder_is_not_seen(featuriser: Featuriser) -> None:
    one, other = word("5", Kind.NUMBER), word("123456789.5", Kind.NUMBER)

    assert featuriser.encode([one], EMPTY) == featuriser.encode([other], EMPTY)


def test_a_word_keeps_at_least_one_and_at_most_six_pieces(featuriser: Featuriser) -> None:
    assert len(featuriser.pieces_of(word("x1y2z3q4w5e6r7t8u9"))) == MAX_PIECES_OF_WORD
    assert featuriser.pieces_of(word("\u200b")) == (featuriser.unknown_id,)


def test_firsts_point_at_the_first_piece_of_each_word(featuriser: Featuriser) -> None:
    encoded = featuriser.encode([word("unstaking"), word("swap")], EMPTY)

    assert encoded.firsts[0] == 1
    assert encoded.ids[encoded.firsts[1]] == featuriser.pieces_of(word("swap"))[0]
    assert len(encoded.ids) == len(encoded.marks)


def test_hints_and_capitals_become_marks(featuriser: Featuriser) -> None:
    words = [word("sell"), word("my"), word("UNI", Kind.WORD, Hint.TOKEN, Hint.PROTOCOL)]
    marks = batched([featuriser.encode(words, EMPTY)]).marks[0, 3]

    on = {MARKS[index] for index, value in enumerate(marks) if value}
    assert on == {"hint.token", "hint.protocol", "capitals"}


def test_shouting_marks_no_capitals(featuriser: Featuriser) -> None:
    marks = batched([featuriser.encode([word("SELL"), word("MY"), word("UNI")], EMPTY)]).marks

    assert not marks[:, :, MARKS.index("capitals")].any()


def test_what_does_not_fit_is_said(featuriser: Featuriser) -> None:
    encoded = featuriser.encode([word("swap")] * (MAX_PIECES + 1), EMPTY)

    assert encoded.truncated
    assert len(encoded.firsts) == MAX_PIECES
    assert not featuriser.encode([word("swap")] * MAX_PIECES, EMPTY).truncated


def test_a_conversation_is_told_without_its_values() -> None:
    transfer = Action("transfer", {"amount": "5", "recipient": "bob"})
    pending = DialogueState(pending=(transfer, Action("add_liquidity")), missing=("amount|value", "1.token_a"))

    assert state_words(EMPTY) == ()
    assert " ".join(state_words(pending)) == "pending transfer and add liquidity missing amount and token a"
    assert " ".join(state_words(DialogueState(last=(Action("price"),)))) == "after price"


def test_the_prefix_stands_before_the_words_and_is_marked(featuriser: Featuriser) -> None:
    state = DialogueState(last=(Action("price"),))
    alone, told = featuriser.encode([word("swap")], EMPTY), featuriser.encode([word("swap")], state)

    assert told.ids[-2:] == alone.ids[-2:]
    assert told.firsts[0] > alone.firsts[0]
    marks = batched([told]).marks[0, :, MARKS.index("state")]
    assert marks[1 : told.firsts[0]].all()
    assert not marks[told.firsts[0] :].any()
