"""What counts as a yes to a card: the closed list, the card's own words, and nothing that only looks like them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.assent import NO, YES, judged, normalised


@pytest.mark.parametrize("text", [*sorted(YES), "Yes", " YES. ", "yes!", "go  ahead", "Yes, please.", "yes, do it"])
def test_a_yes(text: str) -> None:
    assert judged(text) == "yes"


@pytest.mark.parametrize("text", [*sorted(NO), "No.", "", "   ", "Cancel!", "NEVER MIND"])
def test_a_no(text: str) -> None:
    assert judged(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "sure",
        "fine",
        "yes but make it 5",
        "yes?",
        "yes yes",
        "yes… I think",
        "yeѕ",
        "ｙｅｓ",
        "ye\u200bs",
        "y\u0301",
        "yes\x00",
        "confirm 2",
        "not yes",
        "first",
    ],
)
def test_what_is_neither(text: str) -> None:
    assert judged(text) == "other"


def test_a_word_that_the_card_asks_for_stands_in_the_place_of_a_yes() -> None:
    assert judged("first", ["first"]) == "yes"
    assert judged(" First! ", ["first"]) == "yes"
    assert judged("yes", ["first"]) == "needs_word"
    assert judged("no", ["first"]) == "no"
    assert judged("firs", ["first"]) == "other"


def test_all_the_words_are_needed_in_any_order() -> None:
    acks = ["first", "unlimited"]
    assert judged("unlimited first", acks) == judged("first, unlimited", acks) == "yes"
    assert judged("first", acks) == judged("first first", acks) == judged("first unlimited yes", acks) == "other"


@settings(max_examples=200)
@given(st.text(max_size=20))
def test_only_the_lists_settle_anything(text: str) -> None:
    words = normalised(text)
    expected = "yes" if words in YES else "no" if words in NO else "other"
    assert judged(text) == expected
