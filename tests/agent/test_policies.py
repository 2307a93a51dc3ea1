"""Policies: tightening at once, widening by the seal alone, and no amount of words that widens in disguise."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.policy_rules import fiat, is_no_wider, percent
from agent.policy_words import DAY, Wanted, changed, limit_words, parse_limit
from agent.session import Desk
from agent.store.sealed import new_seal_key
from chain.errors import NotConfirmed, Refused, SayDifferently
from chain.values import Limit, Policy
from contracts.registry import load_registry
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, desk_at, make_scrypt_cheap
from tests.chain.test_digest import ACCOUNT

REGISTRY = load_registry()
OLD = Policy(
    limits=(Limit(0, "USDC", "100"), Limit(DAY, fiat="500 USD")),
    allowed_recipients=(RECIPIENT, OTHER),
    lifted_recipients=(RECIPIENT,),
)
WIDER = [
    replace(OLD, limits=()),
    replace(OLD, limits=OLD.limits[:1]),
    replace(OLD, limits=(Limit(0, "USDC", "101"), OLD.limits[1])),
    replace(OLD, limits=(Limit(DAY, "USDC", "100"), OLD.limits[1])),
    replace(OLD, limits=(Limit(0, "DAI", "100"), OLD.limits[1])),
    replace(OLD, limits=(OLD.limits[0], Limit(DAY, fiat="500.01 USD"))),
    replace(OLD, limits=(OLD.limits[0], Limit(DAY, fiat="400 EUR"))),
    replace(OLD, limits=(Limit(0, fiat="1 USD"), OLD.limits[1])),
    replace(OLD, allowed_recipients=()),
    replace(OLD, allowed_recipients=(RECIPIENT, ACCOUNT)),
    replace(OLD, lifted_recipients=(RECIPIENT, OTHER)),
    replace(OLD, unknown_blocks_above="100.01 USD"),
    replace(OLD, unknown_blocks_above="1 EUR"),
    replace(OLD, slippage="0.51%"),
    replace(OLD, expiry_seconds=301),
]
TIGHTER = [
    OLD,
    replace(OLD, limits=(Limit(0, "USDC", "99"), Limit(DAY, fiat="499.99 USD"))),
    replace(OLD, limits=(*OLD.limits, Limit(0, "DAI", "5"))),
    replace(OLD, allowed_recipients=(OTHER,)),
    replace(OLD, lifted_recipients=()),
    replace(OLD, unknown_blocks_above="0 USD"),
    replace(OLD, slippage="0.1%"),
    replace(OLD, expiry_seconds=1),
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    make_scrypt_cheap(monkeypatch)
    with desk_at(tmp_path / "home") as opened:
        opened.policies.set(replace(OLD, lifted_recipients=()))
        yield opened


@pytest.mark.parametrize("new", WIDER, ids=range(len(WIDER)))
def test_what_allows_more_is_wider(new: Policy) -> None:
    assert not is_no_wider(new, OLD)


@pytest.mark.parametrize("new", TIGHTER, ids=range(len(TIGHTER)))
def test_what_allows_less_is_not(new: Policy) -> None:
    assert is_no_wider(new, OLD)


@given(st.integers(0, 10**30), st.integers(0, 10**30))
def test_a_limit_is_compared_as_a_number(one: int, other: int) -> None:
    new, old = (Policy(limits=(Limit(0, "USDC", str(amount)),)) for amount in (one, other))
    assert is_no_wider(new, old) == (one <= other)


def test_tightening_stands_at_once(desk: Desk) -> None:
    tighter = replace(desk.policies.current(), slippage="0.1%")
    assert desk.policies.set(tighter) is False
    assert desk.policies.current() == tighter
    assert desk.journal.entries(newest=1)[0].kind == "policy.tightened"


def test_widening_without_the_seal_changes_nothing(desk: Desk) -> None:
    before = desk.policies.current()
    with pytest.raises(NotConfirmed, match="--password-file"):
        desk.policies.set(Policy())
    assert desk.policies.current() == before


def test_widening_by_the_seal_stands_and_is_sealed(desk: Desk) -> None:
    key = desk.seals.begin(ACCOUNT, PASSWORD)
    assert desk.policies.set(Policy(), key) is True
    desk.seals.check(key)
    assert desk.policies.current() == Policy()


def test_widening_by_another_key_is_refused(desk: Desk) -> None:
    desk.seals.begin(ACCOUNT, PASSWORD)
    before = desk.policies.current()
    with pytest.raises(Refused):
        desk.policies.set(Policy(), new_seal_key())
    assert desk.policies.current() == before


@pytest.mark.parametrize(
    "bad",
    [
        {"slippage": "0,5%"},
        {"slippage": "5"},
        {"slippage": "101%"},
        {"slippage": "-1%"},
        {"slippage": "NaN%"},
        {"unknown_blocks_above": "much"},
        {"unknown_blocks_above": "1e400 USD"},
        {"unknown_blocks_above": "１ USD"},
        {"expiry_seconds": 0},
        {"expiry_seconds": 3601},
        {"limits": (Limit(-1, "USDC", "5"),)},
        {"limits": (Limit(0, "USDC", "5.5"),)},
        {"limits": (Limit(0, "USDC", "-5"),)},
        {"limits": (Limit(0),)},
        {"limits": (Limit(0, "USDC", "5", "5 USD"),)},
    ],
)
def test_values_that_make_no_sense_are_refused(desk: Desk, bad: dict[str, object]) -> None:
    with pytest.raises(SayDifferently):
        desk.policies.set(replace(Policy(), **bad))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "limit", "stands"),
    [
        ("100 USDC", Limit(0, "USDC", str(100 * 10**6)), True),
        ("0.5 eth", Limit(0, "ETH", str(5 * 10**17)), True),
        ("200 usd", Limit(0, fiat="200 USD"), True),
        ("none USD", Limit(0, fiat="USD"), False),
        ("none usdc", Limit(0, "USDC", "0"), False),
    ],
)
def test_limits_are_read_from_words(text: str, limit: Limit, stands: bool) -> None:
    assert parse_limit(REGISTRY, text, 0) == (limit, stands)


@pytest.mark.parametrize(
    "text", ["", "100", "USDC", "-5 USDC", "1e3 USDC", "1,000 USDC", "0.0000001 USDC", "5 NOPE", "١ USDC", "5 USDC now"]
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently):
        parse_limit(REGISTRY, text, 0)


@given(st.decimals(0, 10**9, places=6))
def test_a_limit_reads_back_as_it_was_given(amount: object) -> None:
    limit, _ = parse_limit(REGISTRY, f"{amount} USDC", 0)
    again, _ = parse_limit(REGISTRY, " ".join(limit_words(REGISTRY, limit).split()[2:4]), 0)
    assert again == limit


def test_a_limit_replaces_the_one_of_its_kind(desk: Desk) -> None:
    new = changed(desk, desk.policies.current(), Wanted(per_transaction=("50 USDC",), per_day=("none USD",)))
    assert new.limits == (Limit(0, "USDC", str(50 * 10**6)),)


def test_recipients_are_named_by_contact_or_address(desk: Desk) -> None:
    desk.contacts.add("bob", RECIPIENT)
    new = changed(desk, Policy(), Wanted(allow=("bob", OTHER.lower())))
    assert new.allowed_recipients == (RECIPIENT, OTHER)
    with pytest.raises(SayDifferently, match="last one"):
        changed(desk, replace(new, allowed_recipients=(RECIPIENT,)), Wanted(disallow=("bob",)))
    assert changed(desk, new, Wanted(allow_anyone=True)).allowed_recipients == ()


def test_nothing_to_change_is_said(desk: Desk) -> None:
    with pytest.raises(SayDifferently, match="already"):
        changed(desk, desk.policies.current(), Wanted())


def test_percent_and_money_are_read_exactly() -> None:
    assert str(percent("0.50%")) == "0.50"
    assert fiat("100.10 USD") == (fiat("100.1 USD")[0], "USD")
