"""A card says what the bytes and the simulation say, and is not drawn where they and the promise differ."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.render.agree import BytesDisagree
from agent.render.card import Known, make_card
from agent.render.card_text import card_text
from agent.render.findings import finding_lines
from agent.render.terminal import Look
from chain.protocols import erc20
from chain.values import UNLIMITED, Draft, DraftStep, Finding, Verdict
from tests.agent.drafts_support import (
    ACCOUNT,
    BOB,
    ETHER,
    EXPIRES,
    FINDINGS,
    LOOK_ALIKE,
    NOW,
    STRANGE,
    USDC,
    V2_ROUTER,
    approval,
    arrival,
    draft,
    into,
    native_transfer,
    out,
    registry,
    swap_v2_in,
    swap_v3_out,
    token_transfer,
    unlimited_approval,
    unwrapping,
    wrapping,
)

KNOWN = Known({BOB: "bob (contact)", ACCOUNT: "main"}, demo=True)
BOXED, PLAIN, COLOUR = Look(), Look(plain=True), Look(colour=True)
DRAFTS: dict[str, Callable[[], Draft]] = {
    "native transfer": lambda: draft(native_transfer(), findings=FINDINGS),
    "token transfer, blocked": lambda: draft(token_transfer(), findings=(*FINDINGS, LOOK_ALIKE)),
    "unlisted token": lambda: draft(token_transfer(asset=STRANGE)),
    "swap exact in": lambda: draft(swap_v2_in(), findings=FINDINGS),
    "approve and swap exact out": lambda: draft(approval(), swap_v3_out(), findings=FINDINGS),
    "unlimited approval": lambda: draft(unlimited_approval()),
    "approval of nothing": lambda: draft(approval(0)),
    "wrap, no price": lambda: draft(wrapping(), prices=False),
    "unwrap": lambda: draft(unwrapping()),
}


def shown(made: Draft, look: Look = BOXED, *, now: int = NOW, test: bool = True) -> str:
    return card_text(make_card(registry(test=test), made, KNOWN, now), look)


@pytest.mark.parametrize("name", DRAFTS)
@pytest.mark.parametrize("look", [BOXED, PLAIN], ids=["boxed", "plain"])
def test_the_whole_card(name: str, look: Look, snapshot: SnapshotAssertion) -> None:
    assert shown(DRAFTS[name](), look) == snapshot


@pytest.mark.parametrize("name", DRAFTS)
@pytest.mark.parametrize("look", [BOXED, PLAIN, COLOUR], ids=["boxed", "plain", "colour"])
def test_a_card_fits_eighty_columns_and_holds_no_foreign_control(name: str, look: Look) -> None:
    text = shown(DRAFTS[name](), look)
    if look.colour:
        assert "\x1b[" in text
        text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert max(map(len, text.split("\n"))) <= 80
    assert not [c for c in text if (ord(c) < 32 and c != "\n") or c in "\u202e\u200b"]


@pytest.mark.parametrize("name", DRAFTS)
def test_digest_account_and_receiver_stand_in_full(name: str) -> None:
    made = DRAFTS[name]()
    text = shown(made)
    assert "0x" + made.digest.hex() in text
    assert ACCOUNT in text


def test_a_test_chain_and_a_demo_account_are_marked_and_a_real_one_is_not() -> None:
    assert "TEST CHAIN" in shown(draft(native_transfer()))
    assert "DEMO ACCOUNT" in shown(draft(native_transfer()))
    real = make_card(registry(test=False), draft(native_transfer()), Known(), NOW)
    assert real.marks == ()


def test_what_is_found_alike_at_two_steps_is_told_once() -> None:
    alike = [Finding("value.fiat", Verdict.WARN, "Its worth is not known.", step, ack="worth") for step in (0, 1)]
    other = Finding("value.fiat", Verdict.WARN, "Something else.", 1)
    lines, _ = finding_lines([*alike, other], many=True)
    assert [line.text for line in lines] == [
        'steps 1, 2: Its worth is not known. Acknowledge with the word "worth".',
        "step 2: Something else.",
    ]


def test_an_expired_draft_says_so() -> None:
    assert "expired" in shown(draft(native_transfer()), now=EXPIRES)


def test_unlimited_is_told_in_words() -> None:
    assert "ALL your USDC" in shown(draft(approval(UNLIMITED)))


def lying(item: DraftStep, **change: object) -> Draft:
    return draft(replace(item, step=replace(item.step, **change)))  # type: ignore[arg-type]


def more_bytes(item: DraftStep, data: bytes) -> Draft:
    return lying(item, request=replace(item.step.request, data=data))


DISAGREEING: dict[str, Callable[[], Draft]] = {
    "another amount than promised": lambda: lying(native_transfer(), promised=(out(USDC, 1, BOB),)),
    "one unit more": lambda: lying(token_transfer(), promised=(out(USDC, 20_500_001, BOB),)),
    "another receiver": lambda: lying(token_transfer(), promised=(out(USDC, 20_500_000, V2_ROUTER),)),
    "an effect that the bytes do not have": lambda: lying(
        native_transfer(ETHER), promised=(*native_transfer(ETHER).step.promised, into(USDC, 1))
    ),
    "an effect left out": lambda: lying(swap_v2_in(), promised=swap_v2_in().step.promised[:1]),
    "the same promise twice": lambda: lying(token_transfer(), promised=token_transfer().step.promised * 2),
    "a trade that pays somebody else": lambda: draft(swap_v2_in(receiver=BOB)),
    "bytes after the call": lambda: more_bytes(token_transfer(), erc20.transfer(BOB, 20_500_000) + b"\0"),
    "an unknown function": lambda: more_bytes(token_transfer(), b"\x12\x34\x56\x78"),
    "less arrives than leaves": lambda: lying(
        token_transfer(), promised=(out(USDC, 20_500_000, BOB), arrival(USDC, 20_499_999))
    ),
    "it arrives at somebody else": lambda: lying(
        token_transfer(), promised=(out(USDC, 20_500_000, BOB), arrival(USDC, 20_500_000, V2_ROUTER))
    ),
    "another account": lambda: replace(draft(token_transfer()), account=BOB),
    "other decimals than the list": lambda: lying(
        token_transfer(), promised=(out(replace(USDC, decimals=18), 20_500_000, BOB),)
    ),
    "an approval where a payment is promised": lambda: more_bytes(token_transfer(), erc20.approve(BOB, 20_500_000)),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_no_card_where_bytes_and_promise_differ(name: str) -> None:
    with pytest.raises(BytesDisagree) as raised:
        shown(DISAGREEING[name]())
    assert raised.value.exit_code == 5
    assert "No card was drawn" in str(raised.value)


def test_what_an_unlisted_token_calls_itself_is_never_taken_for_a_listed_one() -> None:
    disguised = replace(STRANGE, symbol="USDC", listed=True)
    made = draft(token_transfer(asset=disguised))
    assert "unlisted token" in shown(made)
    assert "≈" not in shown(made).split("from")[0]


def test_a_bound_is_exact_to_the_last_unit() -> None:
    assert "1.000000000000000001 ETH" in shown(draft(native_transfer(ETHER + 1)))
