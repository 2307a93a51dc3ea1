"""A step's promise against its simulation: anything else is a difference."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.effects import compare, least_change
from chain.values import (
    UNLIMITED,
    Address,
    AllowanceChange,
    Asset,
    AssetChange,
    ChainId,
    Effect,
    EffectKind,
    RawAmount,
    Step,
    StepSimulation,
    TransactionRequest,
    Wei,
)

ME, SAVINGS, BOB, ROUTER, THIEF = (Address("0x" + f"{i}" * 40) for i in range(1, 6))
USDC_AT, OTHER_AT = Address("0x" + "a" * 40), Address("0x" + "b" * 40)
CHAIN = ChainId(31337)
ETH, USDC = Asset(CHAIN, None, "ETH", 18), Asset(CHAIN, USDC_AT, "USDC", 6)
OWN = frozenset({ME, SAVINGS})


def effect(kind: EffectKind, asset: Asset, amount: int, account: Address = ME, other: Address | None = None) -> Effect:
    return Effect(kind, asset, account, RawAmount(amount), other)


def step(*promised: Effect) -> Step:
    return Step("transfer", TransactionRequest(CHAIN, ME, BOB, Wei(0), b""), promised)


def words(
    made: Step, *changes: AssetChange, allowances: tuple[AllowanceChange, ...] = (), owners: tuple[Address, ...] = ()
) -> list[str]:
    simulated = StepSimulation(True, 50_000, changes, allowances, owners)
    return [difference.words for difference in compare(made, simulated, OWN)]


PAYMENT = step(effect(EffectKind.OUT, USDC, 100, other=BOB), effect(EffectKind.IN, USDC, 100, BOB, ME))
TRADE = step(effect(EffectKind.OUT, ETH, 1000, other=ROUTER), effect(EffectKind.IN, USDC, 50))
APPROVAL = step(effect(EffectKind.ALLOWANCE, USDC, 70, other=ROUTER))


def test_what_was_asked_is_no_difference() -> None:
    assert words(PAYMENT, AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100)) == []
    assert words(TRADE, AssetChange(None, ME, -990), AssetChange(USDC_AT, ME, 51)) == []
    assert words(APPROVAL, allowances=(AllowanceChange(USDC_AT, ME, ROUTER, 70),)) == []


@pytest.mark.parametrize(
    "changes",
    [
        (AssetChange(USDC_AT, ME, -101), AssetChange(USDC_AT, BOB, 100)),
        (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 99)),
        (),
        (AssetChange(USDC_AT, ME, -100),),
        (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100), AssetChange(OTHER_AT, ME, -1)),
        (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100), AssetChange(None, ME, -1)),
        (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100), AssetChange(OTHER_AT, SAVINGS, -1)),
    ],
    ids=["more leaves", "less arrives", "nothing moves", "nobody gets it", "another token", "the coin", "my savings"],
)
def test_a_payment_that_does_other_than_asked_is_told(changes: tuple[AssetChange, ...]) -> None:
    assert words(PAYMENT, *changes)


@settings(deadline=None)
@given(taken=st.integers(-2000, 0), got=st.integers(-100, 200))
def test_a_trade_passes_exactly_within_its_bounds(taken: int, got: int) -> None:
    fine = not words(TRADE, AssetChange(None, ME, taken), AssetChange(USDC_AT, ME, got))
    assert fine == (taken >= -1000 and got >= 50)


@pytest.mark.parametrize(
    "allowance",
    [
        AllowanceChange(USDC_AT, ME, ROUTER, 71),
        AllowanceChange(USDC_AT, ME, ROUTER, 69, previous=100),
        AllowanceChange(USDC_AT, ME, THIEF, 70),
        AllowanceChange(OTHER_AT, ME, ROUTER, 70),
        AllowanceChange(USDC_AT, SAVINGS, ROUTER, 70),
        AllowanceChange(USDC_AT, ME, ROUTER, UNLIMITED, everything=True),
    ],
)
def test_an_allowance_that_was_not_asked_for_is_told(allowance: AllowanceChange) -> None:
    assert words(APPROVAL, allowances=(allowance,))
    assert words(APPROVAL, allowances=(AllowanceChange(USDC_AT, ME, ROUTER, 70), allowance))


def test_a_missing_allowance_is_told() -> None:
    assert words(APPROVAL) != []


def test_spending_an_allowance_is_not_setting_one() -> None:
    moved = (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100))
    used = AllowanceChange(USDC_AT, ME, ROUTER, 30, previous=130)
    assert words(PAYMENT, *moved, allowances=(used,)) == []
    unseen = AllowanceChange(USDC_AT, ME, ROUTER, 30)
    assert words(PAYMENT, *moved, allowances=(unseen,)) != []


def test_others_allowances_are_their_own() -> None:
    moved = (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100))
    assert words(PAYMENT, *moved, allowances=(AllowanceChange(USDC_AT, BOB, THIEF, UNLIMITED),)) == []


def test_a_new_owner_is_told() -> None:
    moved = (AssetChange(USDC_AT, ME, -100), AssetChange(USDC_AT, BOB, 100))
    assert words(PAYMENT, *moved, owners=(USDC_AT,)) != []


def test_a_payment_to_an_own_account_may_arrive_there() -> None:
    to_savings = step(effect(EffectKind.OUT, ETH, 5, other=SAVINGS), effect(EffectKind.IN, ETH, 5, SAVINGS, ME))
    assert words(to_savings, AssetChange(None, ME, -5), AssetChange(None, SAVINGS, 5)) == []
    assert least_change(to_savings.promised, SAVINGS, None) == 5
