"""Number phrases: one reading or none; and the public specs, what must match and what must be refused."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.benchmarks.number_words import Case, cases, must_refuse
from nlp.recognise import recognise
from nlp.types import Context, Kind
from nlp.values import Unusable, read_value
from nlp.values.numbers import read_expression, read_number

MUST_MATCH_SHARE = 0.85
ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("three hundred and thirty one", Fraction(331)),
        ("three hundred  and  thirty one", Fraction(331)),
        ("3 hundred and 21", Fraction(321)),
        ("four thousand three hundred and two", Fraction(4302)),
        ("fifteen hundred", Fraction(1500)),
        ("a million and a half", Fraction(1_500_000)),
        ("3 million and a quarter", Fraction(3_250_000)),
        ("two and a half million", Fraction(2_500_000)),
        ("one billion and three quarters million", Fraction(1_000_750_000)),
        ("half a dozen", Fraction(6)),
        ("half million", Fraction(500_000)),
        ("two and three fifths", Fraction(13, 5)),
        ("one hundred and three and two thirds", Fraction(311, 3)),
        ("two hundred point seventy-one", Fraction(20071, 100)),
        ("nought point nought four", Fraction(4, 100)),
        ("13 lakh", Fraction(1_300_000)),
        ("12,34,567.89", Fraction(123456789, 100)),
        ("10 bln", Fraction(10**10)),
    ],
)
def test_a_phrase_is_read_whole(said: str, number: Fraction) -> None:
    assert read_number(said) == number
    assert [word.text for word in recognise(said, Context())] == [said]


@pytest.mark.parametrize(
    "said",
    [
        "one hundred thirty fifths",
        "ten thousand two thirds",
        "a dozen three and a half",
        "a hundred and a half",
        "three hundred and two dozens",
        "one two",
        "twenty ten",
        "five and",
        "one in",
        "a",
    ],
)
def test_a_phrase_with_two_readings_or_none_is_refused(said: str) -> None:
    assert isinstance(read_number(said), Unusable)


@pytest.mark.parametrize(
    "said", ["minus five", "negative one over 20", "1 over 3", "one out of three", "1.3x10^6", "-4/5"]
)
def test_what_has_to_be_worked_out_is_no_amount_and_says_why(said: str) -> None:
    refused = read_number(said)

    assert read_expression(said) is not None
    assert isinstance(refused, Unusable)
    assert "negative" in refused.reason or "work out" in refused.reason


@pytest.mark.parametrize(
    ("said", "money"),
    [
        ("C$50", "50 CAD"),
        ("A$ 20", "20 AUD"),
        ("hk$ 10.05 billion", "10050000000 HKD"),
        ("3 dollars 50 cents", "3.5 USD"),
        ("thirteen dollars and forty-five cents", "13.45 USD"),
        ("ten pounds and 5 pence", "10.05 GBP"),
        ("75 USD million", "75000000 USD"),
        ("10,000 swiss francs", "10000 CHF"),
        ("half million usd", "500000 USD"),
    ],
)
def test_money_is_read_with_all_that_belongs_to_it(said: str, money: str) -> None:
    (word,) = recognise(said, Context())

    assert word.kind is Kind.MONEY
    assert read_value(("fiat",), (word,), said, Context()) == money


@pytest.mark.parametrize(
    "said", ["15 dollars 50", "17 USD 25.", "minus 5 dollars", "ten dollars and 120 cents", "3 euros and 5 pence"]
)
def test_money_that_reads_two_ways_is_refused(said: str) -> None:
    words = recognise(said, Context())
    money = [word for word in words if word.kind is Kind.MONEY][:1]

    assert isinstance(read_value(("fiat",), money, said, Context()), Unusable)


def spelled(number: int) -> str:
    """The number in English words, the plain way."""
    for scale, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if number >= scale:
            rest = number % scale
            joint = " and " if 0 < rest < 100 else " "
            return f"{spelled(number // scale)} {name}" + (f"{joint}{spelled(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{ONES[number // 100 - 1]} hundred" + (f" and {spelled(rest)}" if rest else "")
    if number >= 20:
        return TENS[number // 10 - 2] + (f"-{ONES[number % 10 - 1]}" if number % 10 else "")
    return TEENS[number - 10] if number >= 10 else ONES[number - 1]


@given(st.integers(1, 10**12 - 1))
def test_every_number_spelled_out_is_read_back(number: int) -> None:
    assert read_number(spelled(number)) == number
    (word,) = recognise(spelled(number), Context())
    assert (word.kind, word.text) == (Kind.NUMBER, spelled(number))


@given(
    st.lists(
        st.sampled_from(
            [*ONES, *TEENS, *TENS, "hundred", "thousand", "million", "and", "a", "half", "point", "5", "thirds"]
        ),
        max_size=8,
    )
)
def test_any_pile_of_number_words_is_one_number_or_refused(words: list[str]) -> None:
    value = read_number(" ".join(words))

    assert isinstance(value, Unusable) or value >= 0


@pytest.fixture(scope="module")
def spec_cases(shared: Path) -> tuple[Case, ...]:
    return cases(shared / "benchmarks" / "recognizers")


def test_the_must_match_list_is_large_enough_and_matches(spec_cases: tuple[Case, ...]) -> None:
    must_match = [case for case in spec_cases if not case.reason]

    assert len(must_match) >= MUST_MATCH_SHARE * len(spec_cases)
    assert [(case.spec, case.number, case.text) for case in must_match if not case.matched] == []


def test_what_must_be_refused_is_never_read_as_another_number(spec_cases: tuple[Case, ...]) -> None:
    refused = [case for case in spec_cases if case.reason]

    assert len(refused) == sum(len(listed) for listed in must_refuse().values())
    assert [(case.spec, case.number, case.text) for case in refused if case.matched or case.wrong] == []
