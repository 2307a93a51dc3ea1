"""Amounts are shown exactly, worths rounded and said so, foreign text harmless, and answers drawn for any terminal."""

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.amounts import parse_units
from agent.answers.types import Answer, Code, Grid
from agent.render.amounts import amount, clock, duration, fee_fiat, fiat, percent, rate, worth
from agent.render.answers import answer_text
from agent.render.escape import INVISIBLE, UNSAFE_CATEGORIES, escaped, quoted, visible
from agent.render.parse import action_words
from agent.render.terminal import Look, look_of, wrapped
from chain.values import UNLIMITED, Asset, ChainId
from nlp.types import Action
from tests.agent.drafts_support import ETH, STRANGE, USDC

GRID = Grid(("coin", "balance"), (("ETH", "1.5"), ("USDC", "20000")), frozenset({1}), ("total", "2"))
ANSWER = Answer("balance", {}, ("main holds", GRID, Code("ethereum:0x00@1")))


@settings(max_examples=150)
@given(st.integers(0, 2**256 - 2), st.integers(0, 40))
def test_a_shown_amount_reads_back_as_itself(raw: int, decimals: int) -> None:
    asset = Asset(ChainId(1), None, "ABC", decimals)
    number, _, symbol = amount(raw, asset).partition(" ")
    assert symbol == "ABC"
    assert parse_units(number, asset) == raw


def test_unlimited_is_a_word() -> None:
    assert amount(UNLIMITED, USDC) == "an unlimited amount of USDC"


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_nothing_hidden_survives_the_escape(text: str) -> None:
    shown = escaped(text)
    assert not [c for c in shown if unicodedata.category(c) in UNSAFE_CATEGORIES or c in INVISIBLE]
    assert len(shown) <= 64 * 10 + 1
    unescaped = re.sub(r"\\[\\\"]|\\u\{[0-9a-f]+\}", "", shown)
    assert '"' not in unescaped
    assert "\\" not in unescaped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("USDC", "USDC"),
        ("US\u200bDC", "US\\u{200b}DC"),
        ("\u202eCDSU", "\\u{202e}CDSU"),
        ("\x1b[2J", "\\u{1b}[2J"),
        ("a\nb\tc", "a\\u{a}b\\u{9}c"),
        ("\u3164\u2800", "\\u{3164}\\u{2800}"),
        ("e\u0301\u0301", "e\\u{301}\\u{301}"),
        ("\ud800", "\\u{d800}"),
        ('say "hi"', 'say \\"hi\\"'),
        ("漢字 ÄÖ", "漢字 ÄÖ"),
        ("x" * 70, "x" * 64 + "…"),
    ],
)
def test_escapes(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_quotation_names_its_source_and_cannot_end_itself() -> None:
    assert quoted('x" (Sayso says)', "the token") == '"x\\" (Sayso says)" (the token says)'


def test_own_words_keep_their_quotation_marks() -> None:
    assert visible('type "new"\u202e') == 'type "new"\\u{202e}'


def test_the_symbol_of_an_unlisted_token_never_stands_alone() -> None:
    shown = amount(1_000_000, STRANGE)
    assert shown.startswith("1 of the unlisted token 0x")
    assert "(it says)" in shown


@pytest.mark.parametrize(
    ("value", "shown", "fee"),
    [
        ("0", "0.00 USD", "0.00 USD"),
        ("0.009", "less than 0.01 USD", "less than 0.01 USD"),
        ("0.01", "0.01 USD", "0.01 USD"),
        ("0.011", "0.01 USD", "0.02 USD"),
        ("1234567.891", "1,234,567.89 USD", "1,234,567.90 USD"),
        (
            "1e30",
            "1,000,000,000,000,000,000,000,000,000,000.00 USD",
            "1,000,000,000,000,000,000,000,000,000,000.00 USD",
        ),
    ],
)
def test_money(value: str, shown: str, fee: str) -> None:
    assert fiat(Decimal(value)) == shown
    assert fee_fiat(Decimal(value)) == fee


def test_worth_is_exact() -> None:
    assert worth(10**18 + 1, 18, Decimal("2000.5")) == Decimal("2000.5000000000000020005")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2000", "2,000.00"),
        ("1", "1.00"),
        ("0.006", "0.006"),
        ("0.0000123456789", "0.0000123457"),
        ("1e-20", "0.00000000000000000001"),
    ],
)
def test_a_rate(value: str, shown: str) -> None:
    assert rate(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-5, "0 s"), (0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h"), (90061, "1 d 1 h")]
)
def test_a_duration(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


def test_a_moment_and_a_share() -> None:
    assert clock(1_800_000_000) == "2027-01-15 08:00:00 UTC"
    assert [percent(Decimal(x)) for x in ("0.005", "0.66666", "1", "0")] == ["0.5%", "66.67%", "100%", "0%"]


def test_a_plain_answer_has_words_and_numbers_alone() -> None:
    text = answer_text(ANSWER, Look(plain=True))
    assert text == "main holds\ncoin   balance\nETH        1.5\nUSDC     20000\ntotal        2"


def test_a_drawn_answer_has_rules_and_a_code_and_colour_only_where_there_is_some() -> None:
    drawn, coloured = answer_text(ANSWER, Look()), answer_text(ANSWER, Look(colour=True))
    assert "──" in drawn
    assert "▄" in drawn
    assert "\x1b" not in drawn
    assert "\x1b[" in coloured


def test_foreign_text_in_an_answer_cannot_act() -> None:
    grid = Grid(("coin",), (("\x1b[31m[bold]x[/bold]\u202e",),))
    for look in (Look(), Look(plain=True)):
        text = answer_text(Answer("x", {}, ("a\x1b[2Jb", grid)), look)
        assert "\x1b" not in text
        assert "[bold]x[/bold]" in text


@pytest.mark.parametrize(
    ("terminal", "environment", "plain", "colour"),
    [
        (True, {}, False, True),
        (True, {"NO_COLOR": "1"}, False, False),
        (True, {"TERM": "dumb"}, False, False),
        (True, {}, True, False),
        (False, {}, False, False),
    ],
)
def test_colour_only_where_it_is_welcome(
    terminal: bool, environment: dict[str, str], plain: bool, colour: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal)
    assert look_of(plain) == Look(colour, plain)


def test_eth_has_its_symbol() -> None:
    assert amount(15 * 10**17, ETH) == "1.5 ETH"


@pytest.mark.parametrize(
    ("trigger", "shown"),
    [
        (
            {"metric": "price", "token": "ETH", "direction": "below", "threshold": "1800"},
            "swap; only when price ETH below 1800",
        ),
        ({"every": "P1W", "weekday": "friday"}, "swap; only every P1W, weekday friday"),
        ({"metric": "gas", "threshold": "10", "within": "P1D"}, "swap; only when gas 10, within P1D"),
    ],
)
def test_a_trigger_in_words_leaves_nothing_out(trigger: dict[str, str], shown: str) -> None:
    assert action_words(Action("swap", {}, trigger)) == shown


def test_what_a_parse_shows_cannot_act_on_the_terminal() -> None:
    assert "\x1b" not in action_words(Action("ask", {"question": "a\x1b[2J\u202e"}))


def test_wrapping_breaks_between_words_only() -> None:
    digest = "0x" + "ab" * 64
    assert wrapped(f"short\n{'word ' * 20}{digest}").split("\n")[-1] == digest
