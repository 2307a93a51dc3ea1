"""One answer out of several sources: who is compared with whom, how far apart they may be, and what is said else."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.prices.agreement import FEED_BOUND, LOOSE_BOUND, Witness, agreed
from chain.prices.quotation import Price, PriceUnavailable

NOW = 1_800_000_000
FEED = Price("ETH", "USD", Decimal(2500), NOW, "feed ETH/USD", NOW)


def witnesses(*values: str) -> list[Witness]:
    return [Witness(f"source {i}", Decimal(value)) for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "spread", "names"),
    [
        ((), None, ()),
        (("2500",), "0", ("source 0",)),
        (("2600",), "0.04", ("source 0",)),
        (("2400", "2600"), "0.08", ("source 0", "source 1")),
        (("2625",), "0.05", ("source 0",)),
        (("2375",), "0.05", ("source 0",)),
        (("2500", "2500000"), "0", ("source 0",)),
        (("2500", "2.5"), "0", ("source 0",)),
    ],
)
def test_sources_within_the_bound_agree(values: tuple[str, ...], spread: str | None, names: tuple[str, ...]) -> None:
    found = agreed(FEED, witnesses(*values), FEED_BOUND)
    assert found.spread == (None if spread is None else Decimal(spread))
    assert found.agreed == names
    assert (found.value, found.source, found.updated_at) == (FEED.value, FEED.source, FEED.updated_at)


@pytest.mark.parametrize(
    ("values", "bound", "apart"),
    [
        (("2625.01",), FEED_BOUND, "5.0% apart where 5% are allowed"),
        (("2374.99",), FEED_BOUND, "5.0% apart where 5% are allowed"),
        (("3000",), FEED_BOUND, "20.0% apart where 5% are allowed"),
        (("2500", "3000"), FEED_BOUND, "20.0% apart"),
        (("2750.01",), LOOSE_BOUND, "10.0% apart where 10% are allowed"),
        # Alone against the answer, even an absurd source is not passed over: either of the two may be the wrong one.
        (("2500000",), FEED_BOUND, "99900.0% apart"),
        (("2.5",), FEED_BOUND, "99.9% apart"),
        (("2500", "2499999"), FEED_BOUND, "apart"),
    ],
)
def test_sources_beyond_the_bound_give_no_price(values: tuple[str, ...], bound: Decimal, apart: str) -> None:
    with pytest.raises(PriceUnavailable) as refused:
        agreed(FEED, witnesses(*values), bound)
    why, last = refused.value.why, len(values) - 1
    assert "its sources disagree: feed ETH/USD says 2500 USD" in why
    assert f"source {last} says {values[last].rstrip('0') if '.' in values[last] else values[last]} USD" in why
    assert apart in why


def test_an_absurd_source_beside_one_that_agrees_is_told() -> None:
    found = agreed(replace(FEED, notes=("before",)), witnesses("2510", "2500000"), FEED_BOUND, ("after",))
    assert found.notes == ("before", "after", "source 1 says 2500000, which is absurd beside the others.")


@given(
    st.decimals(min_value="1e-20", max_value="1e14", allow_nan=False),
    st.lists(st.decimals(min_value="0.95", max_value="1.05", places=9), min_size=1, max_size=4),
)
def test_the_spread_is_the_highest_less_the_lowest_by_the_answer(value: Decimal, factors: list[Decimal]) -> None:
    answer = replace(FEED, value=value)
    others = [Witness(str(i), Decimal(value * factor)) for i, factor in enumerate(factors)]
    try:
        found = agreed(answer, others, FEED_BOUND)
    except PriceUnavailable:
        # Rounding the product to 28 digits may carry it over the bound itself.
        assert any(factor in (Decimal("0.95"), Decimal("1.05")) for factor in factors)
        return
    values = [Fraction(value), *(Fraction(other.value) for other in others)]
    exact = (max(values) - min(values)) / Fraction(value)
    assert found.spread is not None
    assert abs(Fraction(found.spread) - exact) < Fraction(1, 10**50)


def test_what_was_compared_goes_along_when_prices_are_joined() -> None:
    first = replace(FEED, spread=Decimal("0.02"), agreed=("a", "b"), notes=("n",))
    second = Price("EUR", "USD", Decimal("1.08"), NOW, "feed EUR/USD", NOW)
    assert (first.over(second, "EUR").spread, first.over(second, "EUR").agreed) == (Decimal("0.02"), ("a", "b"))
    third = replace(second, spread=Decimal("0.01"), agreed=("b", "c"))
    joined = first.over(third, "EUR")
    assert (joined.spread, joined.agreed, joined.notes) == (Decimal("0.03"), ("a", "b", "c"), ("n",))
    assert second.times(second, "USD").spread is None
