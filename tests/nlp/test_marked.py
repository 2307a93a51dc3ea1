"""Marked text: labels written into an utterance, and what is no marked text."""

import pytest

from nlp.corpus.marked import MarkError, read_marked


def test_marks_give_the_plain_text_its_segments_and_its_spans() -> None:
    marked = read_marked(
        "<swap> swap {amount_in=half} my {token_in=eth} for {token_out=usdc}<transfer>, pay {recipient=bob}"
    )

    assert marked.text == "swap half my eth for usdc, pay bob"
    assert [(marked.text[start:end], intent) for start, end, intent in marked.segments] == [
        ("swap half my eth for usdc", "swap"),
        (", pay bob", "transfer"),
    ]
    assert [(marked.text[start:end], tag) for start, end, tag in marked.spans] == [
        ("half", "amount_in"),
        ("eth", "token_in"),
        ("usdc", "token_out"),
        ("bob", "recipient"),
    ]


def test_words_before_the_first_mark_belong_to_the_first_segment() -> None:
    marked = read_marked("ok so <gas> is gas high")

    assert marked.text == "ok so is gas high"
    assert marked.segments == ((0, 17, "gas"),)


def test_a_backslash_keeps_what_would_be_a_mark_and_writes_a_line_break() -> None:
    assert read_marked(r"<ask> what is \<swap> or \{x=y\}?\nhm").text == "what is <swap> or {x=y}?\nhm"


@pytest.mark.parametrize(
    ("marked", "why"),
    [
        ("send 5", "no <intent>"),
        ("<sned> x", "no intent is called"),
        ("<price> price of {recipient=eth}", "may not stand"),
        ("<price> of {token= eth}", "begins or ends with a blank"),
        ("<price> of {token}", "brace"),
        ("<price>", "empty"),
    ],
)
def test_what_cannot_be_read_says_why(marked: str, why: str) -> None:
    with pytest.raises(MarkError, match=why):
        read_marked(marked)


def test_a_skeleton_holds_the_wording_and_masks_the_values() -> None:
    one, other, third = (
        read_marked(f"<alert> Ping me, when {{t.token={token}}} {{t.below={below}}} {{t.threshold={at}}}!").skeleton
        for token, below, at in (
            ("eth", "falls under", "2000"),
            ("dai", "falls under", "0.99"),
            ("dai", "dips to", "1"),
        )
    )

    assert one == other == "ping me when <token> falls under <t threshold>"
    assert third != one
