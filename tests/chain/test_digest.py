"""The digest binds every field of a draft, however deep, and the policy hash every field of a policy."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.digest import draft_digest, policy_hash
from chain.values import (
    Address,
    AllowanceChange,
    AssetChange,
    Digest,
    Draft,
    Effect,
    EffectKind,
    Limit,
    Policy,
    RawAmount,
    StepSimulation,
    Verdict,
)
from tests.chain.signing_support import RECIPIENT, ether, make_draft

ACCOUNT = Address("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")


def full_draft() -> Draft:
    """A draft with something in every field, so that each can be changed."""
    draft = make_draft(ACCOUNT, steps=2)
    simulated = StepSimulation(
        True,
        21_000,
        (AssetChange(None, ACCOUNT, -5), AssetChange(RECIPIENT, ACCOUNT, 5)),
        (AllowanceChange(RECIPIENT, ACCOUNT, RECIPIENT, 5),),
        (RECIPIENT,),
        "reason",
    )
    effect = Effect(EffectKind.IN, ether(), ACCOUNT, RawAmount(3), RECIPIENT)
    step = replace(draft.steps[0].step, promised=(*draft.steps[0].step.promised, effect))
    first = replace(draft.steps[0], step=step, simulated=simulated)
    finding = replace(draft.findings[0], facts=(("seen", "never"),))
    prices = (("ETH", "3000 USD", 12, "feed"),)
    return replace(draft, steps=(first, draft.steps[1]), findings=(finding,), prices=prices)


def mutations(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every way to change one leaf of a value, or the length of one of its lists, each with its path."""
    if is_dataclass(value) and not isinstance(value, type):
        for f in fields(value):
            for where, changed in mutations(getattr(value, f.name), f"{path}.{f.name}"):
                yield where, replace(value, **{f.name: changed})
    elif isinstance(value, tuple):
        yield f"{path}[+]", (*value, value[-1] if value else "new")
        yield from ((f"{path}[-]", value[:-1]),) if value else ()
        for i, item in enumerate(value):
            for where, changed in mutations(item, f"{path}[{i}]"):
                yield where, (*value[:i], changed, *value[i + 1 :])
    else:
        yield path, changed_leaf(value)


def changed_leaf(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, Enum):
        return next(other for other in type(value) if other is not value)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, bytes):
        return value + b"x"
    assert value is None
    return RECIPIENT


ALL = [(where, changed) for where, changed in mutations(full_draft()) if where != ".digest"]


@pytest.mark.parametrize("changed", [c for _, c in ALL], ids=[w for w, _ in ALL])
def test_every_change_of_a_draft_changes_its_digest(changed: Draft) -> None:
    assert draft_digest(changed) != draft_digest(full_draft())


def test_no_two_changes_share_a_digest() -> None:
    assert len({draft_digest(changed) for _, changed in ALL}) == len(ALL) > 100


def test_the_digest_itself_is_left_out_and_it_is_32_bytes() -> None:
    draft = full_draft()
    assert draft_digest(replace(draft, digest=Digest(b"other"))) == draft_digest(draft)
    assert len(draft_digest(draft)) == 32


def test_the_encoding_is_pinned() -> None:
    """A change here (a new field, say) voids stored drafts: pin the new digest, and raise the version in DRAFT_DOMAIN
    once there is a release."""
    assert draft_digest(full_draft()).hex() == "a17b5ada1ffbdd0726ab285ce541bb6e6e4f2486b00025a3f54498c67b05dd9c"
    assert policy_hash(FULL_POLICY).hex() == "4a3bc92fb28bb895fb7a1fb2e0905a170ecfb2c1b1ba15ac301fdc8cc9045201"


def test_a_value_of_no_known_kind_is_refused() -> None:
    with pytest.raises(TypeError):
        draft_digest(replace(full_draft(), created_at=1.5))  # type: ignore[arg-type]


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_lists_of_texts_do_not_run_into_each_other(one: list[str], other: list[str]) -> None:
    def digest(words: list[str]) -> bytes:
        return policy_hash(Policy(allowed_recipients=tuple(Address(w) for w in words)))

    assert (digest(one) == digest(other)) == (one == other)


def test_text_number_flag_and_nothing_are_told_apart() -> None:
    base = make_draft(ACCOUNT)
    hashes = {
        draft_digest(replace(base, words=value)) for value in ("1", 1, True, b"1", None, ("1",), Verdict.PASS, "pass")
    }
    assert len(hashes) == 8


FULL_POLICY = Policy((Limit(0, "USDC", "5", "200 USD"),), (ACCOUNT,), (RECIPIENT,))
POLICY_CHANGES = list(mutations(FULL_POLICY))


@pytest.mark.parametrize("changed", [c for _, c in POLICY_CHANGES], ids=[w for w, _ in POLICY_CHANGES])
def test_every_change_of_a_policy_changes_its_hash(changed: Policy) -> None:
    assert policy_hash(changed) != policy_hash(FULL_POLICY)
