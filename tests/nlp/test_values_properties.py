"""Laws of the value readers: exact round trips, and no text that breaks them."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.recognise import recognise
from nlp.recognise.hexes import checksum, is_address
from nlp.schema import SLOT_NAMES
from nlp.types import Context
from nlp.values import Unusable, read_value
from nlp.values.numbers import plain, read_number

TYPES = [
    "amount",
    "fiat",
    "token",
    "party",
    "protocol",
    "chain",
    "percent",
    "decimal",
    "integer",
    "period",
    "currency",
    "hash",
    "text",
    "list",
    "targets",
    "risk",
    "nickname",
    "name",
    "scope",
    "threshold",
    "clock",
    "weekday",
    "date",
    "direction",
    "metric",
    "party|protocol",
    "party|token|protocol",
    "token|currency",
    "unknown",
]
DECIMALS = st.decimals(min_value=0, max_value=Decimal(10) ** 30, places=18, allow_nan=False, allow_infinity=False)
HOSTILE = st.text(st.characters(), max_size=40) | st.text(
    st.sampled_from("0x12 a.,'-$%½k mof()\u200b\u202e🚀аéethusdc and half to\n\"٣"), max_size=40
)
CONTEXT = Context(("bob",), ("main",), {"0x": "PEPE"})


def amount(text: str) -> object:
    return read_value(("amount",), recognise(text, CONTEXT), text, CONTEXT)


@given(DECIMALS)
def test_a_decimal_comes_back_as_itself(number: Decimal) -> None:
    text = plain(number)
    assert Decimal(text) == number and amount(text) == text
    assert "E" not in text and not text.endswith(".") and (text == "0" or not text.startswith("00"))


@given(st.integers(min_value=1000, max_value=10**15), st.sampled_from((",", "'", "\u202f", " ")))
def test_grouping_does_not_change_a_number(number: int, separator: str) -> None:
    assert amount(f"{number:,}".replace(",", separator)) == str(number)


@given(st.integers(min_value=1_000_000, max_value=10**12), st.integers(min_value=1, max_value=99))
def test_points_that_group_need_a_comma_behind_them(number: int, cents: int) -> None:
    text = f"{number:,}".replace(",", ".") + f",{cents:02d}"
    assert amount(text) == plain(Decimal(number) + Decimal(cents) / 100)


@given(st.integers(min_value=1, max_value=10**30))
def test_wei_are_exact(wei: int) -> None:
    text = amount(f"{wei} wei")
    assert isinstance(text, str) and Fraction(text) * 10**18 == wei


@given(st.integers(min_value=1, max_value=10**6), st.sampled_from(("k", "m", " grand", " million")))
def test_scales_are_exact(number: int, scale: str) -> None:
    factor = {"k": 10**3, "m": 10**6, " grand": 10**3, " million": 10**6}[scale]
    assert amount(f"{number}{scale}") == str(number * factor)


@given(st.integers(min_value=0, max_value=999_999))
def test_number_words_mean_their_digits(number: int) -> None:
    assert read_number(_spell(number)) == number
    assert amount(_spell(number)) == str(number)


@given(st.binary(min_size=20, max_size=20))
def test_a_changed_case_in_a_checksum_is_found(raw: bytes) -> None:
    right = checksum("0x" + raw.hex())
    assert is_address(right) and is_address(right.lower())
    at = next((i for i, char in enumerate(right) if i > 1 and char.isalpha()), None)
    if at is not None:
        changed = right[:at] + right[at].swapcase() + right[at + 1 :]
        assert is_address(changed) == (changed[2:] in (right[2:].lower(), right[2:].upper()))


@settings(max_examples=200, deadline=None)
@given(
    HOSTILE, st.sampled_from(TYPES), st.sampled_from((*SLOT_NAMES, "")), st.sampled_from(("approve", "transfer", ""))
)
def test_no_text_breaks_a_reader(text: str, types: str, slot: str, intent: str) -> None:
    words = recognise(text, CONTEXT)
    for first in range(len(words) + 1):
        value = read_value(types.split("|"), words[first : first + 4], text, CONTEXT, slot=slot, intent=intent)
        assert value or value in ((), {}) or isinstance(value, Unusable)


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_what_is_read_as_an_amount_is_plain(text: str) -> None:
    value = amount(text)
    if isinstance(value, str):
        body = value.removesuffix("%")
        assert plain(Decimal(body)) == body and Decimal(body) >= 0


def _spell(number: int) -> str:
    units = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ]
    tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if number < 20:
        return units[number]
    if number < 100:
        return tens[number // 10 - 2] + (f" {units[number % 10]}" if number % 10 else "")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            joined = f" {'and ' if rest < 100 else ''}{_spell(rest)}" if rest else ""
            return f"{_spell(number // size)} {name}{joined}"
    raise AssertionError(number)
