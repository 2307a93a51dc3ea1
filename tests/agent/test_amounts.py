"""Amount text to raw units: exactly, what arrives never rounded up, what leaves never down."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.amounts import (
    Fiat,
    ceil_more,
    fiat_to_units,
    floor_less,
    parse_fiat,
    parse_percent,
    parse_share,
    parse_units,
    percent_text,
    price_text,
    share_of,
)
from chain.errors import SayDifferently
from chain.prices import Price
from chain.units import format_units
from chain.values import UNLIMITED, Address, Asset, ChainId

RAW = st.integers(min_value=0, max_value=UNLIMITED)
DECIMALS = st.integers(min_value=0, max_value=255)
SHARES = st.fractions(min_value=0, max_value=1)


def asset(decimals: int, *, listed: bool = True) -> Asset:
    return Asset(ChainId(1), Address("0x" + "11" * 20), "TOK", decimals, listed)


def price(value: str) -> Price:
    return Price("TOK", "USD", Decimal(value), 0, "feed", 0)


@settings(deadline=None)
@given(RAW, DECIMALS)
def test_what_is_written_is_read_back(raw: int, decimals: int) -> None:
    assert parse_units(format_units(raw, decimals), asset(decimals)) == raw


@settings(deadline=None)
@given(st.integers(0, 10**30), st.integers(0, 10**12), st.integers(0, 18))
def test_a_text_is_worth_exactly_what_it_says(whole: int, part: int, decimals: int) -> None:
    text = f"{whole}.{part}"
    try:
        raw = parse_units(text, asset(decimals))
    except SayDifferently:
        assert len(str(part).rstrip("0")) > decimals
    else:
        assert Fraction(raw, 10**decimals) == Fraction(text)


@settings(deadline=None)
@given(RAW, SHARES)
def test_what_must_arrive_is_never_rounded_up(amount: int, slippage: Fraction) -> None:
    least = floor_less(amount, slippage)
    assert amount * (1 - slippage) - 1 < least <= amount * (1 - slippage)


@settings(deadline=None)
@given(RAW, SHARES)
def test_what_may_leave_is_never_rounded_down(amount: int, slippage: Fraction) -> None:
    most = ceil_more(amount, slippage)
    assert amount * (1 + slippage) <= most < amount * (1 + slippage) + 1


@settings(deadline=None)
@given(RAW, st.lists(SHARES, max_size=5))
def test_shares_that_make_no_more_than_the_whole_take_no_more(held: int, shares: list[Fraction]) -> None:
    if sum(shares) <= 1:
        assert sum(share_of(share, held) for share in shares) <= held


@settings(deadline=None)
@given(
    st.fractions(min_value=Fraction(1, 100), max_value=10**9),
    st.decimals(min_value=Decimal("0.000001"), max_value=10**9, allow_nan=False),
    st.integers(0, 18),
)
def test_a_sum_of_money_never_becomes_more_than_it_is_worth(amount: Fraction, value: Decimal, decimals: int) -> None:
    try:
        raw = fiat_to_units(Fiat(amount, "USD"), price(str(value)), asset(decimals))
    except SayDifferently:
        assert amount * 10**decimals < Fraction(value)
    else:
        assert (
            Fraction(raw, 10**decimals) * Fraction(value) <= amount < Fraction(raw + 1, 10**decimals) * Fraction(value)
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1e18",
        "1_000",
        "-1",
        "+1",
        ".5",
        "1.",
        "1,5",
        "NaN",
        "inf",
        "0x10",
        " 1",
        "1 ",
        "１",
        "٣",
        "1.2.3",
        "half",
        "1" * 500,
    ],
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently):
        parse_units(text, asset(18))


def test_more_decimals_than_the_token_has_are_refused_by_name() -> None:
    with pytest.raises(SayDifferently, match="7 decimals, but TOK has only 6") as error:
        parse_units("1.0000001", asset(6))
    assert error.value.exit_code == 2
    assert parse_units("1.0000010", asset(6)) == 1_000_001
    assert parse_units("3", asset(0)) == 3


def test_more_than_256_bits_are_refused() -> None:
    assert parse_units(str(UNLIMITED), asset(0)) == UNLIMITED
    with pytest.raises(SayDifferently):
        parse_units(str(UNLIMITED + 1), asset(0))


@pytest.mark.parametrize("text", ["0%", "101%", "100.000001%", "-5%", "%", "5 %", "1e1%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently):
        parse_share(text)


def test_shares_and_percentages_are_exact() -> None:
    assert parse_share("33.333333%") == Fraction(33333333, 10**8)
    assert parse_share("1.5") is None
    assert parse_percent("0.5%") == Fraction(1, 200)
    assert share_of(Fraction(1, 3), 100) == 33


@pytest.mark.parametrize("text", ["50", "50 usd", "USD 50", "50 USDC", "50  USD", "1e3 USD", "-1 USD"])
def test_what_is_no_sum_of_money_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently):
        parse_fiat(text)


def test_a_sum_that_buys_nothing_is_refused() -> None:
    with pytest.raises(SayDifferently):
        fiat_to_units(Fiat(Fraction(1, 100), "USD"), price("60000"), asset(2))


def test_a_strangers_symbol_is_not_repeated() -> None:
    with pytest.raises(SayDifferently) as error:
        parse_units("1.5", asset(0, listed=False))
    assert "TOK" not in str(error.value)


def test_prices_and_shares_are_written_short() -> None:
    assert price_text(Decimal("2500.000000"), "USD") == "2500 USD"
    assert price_text(Fraction(1, 3), "EUR") == "0.33333333 EUR"
    assert percent_text(Fraction(1, 3)) == "33.34%"
