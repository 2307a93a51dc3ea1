"""From a parse to a reply: reads first, one draft or none, and honest words for all else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.asides import asides, lagging
from agent.assistant import WRITES, NotBuilt, Reply, context_of, respond
from agent.execute import confirm_draft
from agent.plan import BUILT_WRITES
from agent.session import Session
from chain.errors import ChainWasReset, InsufficientFunds, Refused, SayDifferently
from nlp.schema import INTENTS
from nlp.types import Action, Parse
from tests.agent.drafting_support import drafter
from tests.agent.face_support import act, understood
from tests.agent.store_support import PASSWORD, RECIPIENT
from tests.conftest import LocalChain

pytestmark = pytest.mark.anvil
SEND = act("transfer", amount="5", token="USDC", recipient=RECIPIENT)
SWAP = act("swap", amount_in="1", token_in="ETH", token_out="USDC")
BALANCE = act("balance", token="USDC")


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def reply_to(session: Session, *actions: Action, parse: Parse | None = None) -> Reply:
    async def connect() -> Session:
        return session

    return await respond(session, connect, parse or understood(*actions), "what was said")


def drafts(session: Session) -> int:
    return len(session.drafts.recent())


async def test_a_question_is_answered_and_nothing_drafted(session: Session) -> None:
    reply = await reply_to(session, BALANCE)
    assert [answer.intent for answer in reply.answers] == ["balance"]
    assert (reply.draft, reply.trouble, drafts(session)) == (None, None, 0)


async def test_reads_are_answered_first_and_all_writes_make_one_draft(session: Session) -> None:
    reply = await reply_to(session, SWAP, BALANCE, SEND)
    assert [answer.intent for answer in reply.answers] == ["balance"]
    assert reply.draft is not None
    assert [item.step.intent for item in reply.draft.steps] == ["swap", "transfer"]
    assert reply.draft.words == "what was said"
    assert drafts(session) == 1


async def test_all_writes_or_none(session: Session) -> None:
    too_much = act("transfer", amount="1000000", token="USDC", recipient=RECIPIENT)
    reply = await reply_to(session, SEND, too_much)
    assert isinstance(reply.trouble, InsufficientFunds)
    assert (reply.draft, drafts(session)) == (None, 0)


async def test_a_question_is_answered_beside_a_transaction_that_is_refused(session: Session) -> None:
    reply = await reply_to(session, act("transfer", amount="1000000", token="USDC", recipient=RECIPIENT), BALANCE)
    assert [answer.intent for answer in reply.answers] == ["balance"]
    assert isinstance(reply.trouble, InsufficientFunds)
    assert drafts(session) == 0


async def test_a_question_that_fails_keeps_what_was_answered_before_it_and_holds_the_writes_back(
    session: Session,
) -> None:
    reply = await reply_to(session, BALANCE, act("balance", token="PEPE"), SEND)
    assert [answer.intent for answer in reply.answers] == ["balance"]
    assert isinstance(reply.trouble, SayDifferently)
    assert drafts(session) == 0


async def test_no_card_is_drawn_for_a_chain_that_was_reset(
    session: Session, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = local_chain.rpc("evm_snapshot")
    reply = await reply_to(session, SEND)
    assert reply.draft is not None
    await confirm_draft(session, reply.draft.id, reply.draft.digest, PASSWORD)
    assert local_chain.rpc("evm_revert", snapshot)
    again = await reply_to(session, BALANCE, SEND)
    assert isinstance(again.trouble, ChainWasReset)
    assert "forget-chain" in again.trouble.remedy
    assert (len(again.answers), again.draft, drafts(session)) == (1, None, 1)


@pytest.mark.parametrize("words", ["price of eth on base", "what is ETH at on the Base mainnet"])
async def test_a_price_of_another_chain_s_is_told_as_of_this_one(words: str, session: Session) -> None:
    (note,) = await asides(session, words, [act("price", token="ETH")])
    assert "You named base; this was read from Local chain (local)" in note


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("price of eth on the local chain", act("price", token="ETH")),
        ("price of eth, not coinbase", act("price", token="ETH")),
        ("my balance on base", act("balance", chain="base")),
    ],
)
async def test_nothing_is_told_of_chains_where_there_is_nothing_to_tell(
    words: str, action: Action, session: Session
) -> None:
    assert await asides(session, words, [action]) == ()


@pytest.mark.parametrize(("test", "behind", "told"), [(False, 400, True), (False, 200, False), (True, 9000, False)])
async def test_a_node_that_lags_is_told_on_a_real_chain(test: bool, behind: int, told: bool, session: Session) -> None:
    head = (await session.client.block()).timestamp
    session.client.entry = replace(session.client.entry, test=test)
    late = replace(session, clock=lambda: head + behind)
    said = await lagging(late)
    assert bool(said) == told
    assert not told or "newest block is 6 min 40 s old" in said


def test_what_is_drafted_is_what_is_planned() -> None:
    assert WRITES == BUILT_WRITES


@pytest.mark.parametrize("intent", sorted(set(INTENTS) - WRITES - {"confirm", "reject", "out_of_scope"}))
async def test_every_intent_is_answered_or_told_as_not_built(intent: str, session: Session) -> None:
    slots = {"token": "ETH", "token_in": "ETH", "token_out": "USDC", "name": "bob.eth", "tx_hash": "0x" + "11" * 32}
    slots |= {"contract": "USDC", "function": "totalSupply", "address": RECIPIENT, "chain": "local", "account": "main"}
    slots |= {"name": "mum"} if intent.startswith("contact") else {}
    slots |= {"value": "500 USD"} if intent == "set_limit" else {}
    if intent == "contact_remove":
        session.contacts.add("mum", RECIPIENT)
    names = set(INTENTS[intent].slots)
    trigger = {"metric": "gas", "direction": "below", "threshold": "1"} if intent == "alert" else None
    if intent == "automation_cancel":
        await reply_to(session, act("alert", {"metric": "price", "token": "ETH", "threshold": "9999"}))
    reply = await reply_to(session, act(intent, trigger, **{k: v for k, v in slots.items() if k in names}))
    if reply.trouble is None:
        assert [answer.intent for answer in reply.answers] == [intent]
    elif intent == "switch_chain":
        assert isinstance(reply.trouble, Refused) and "The command line says which node" in reply.trouble.happened
    else:
        assert isinstance(reply.trouble, NotBuilt)
        assert reply.trouble.exit_code == 1
        assert intent.replace("_", " ") in reply.trouble.happened
    assert reply.draft is None


@pytest.mark.parametrize(
    "other", [act("stake", amount="1", token="ETH"), act("stake", {"every": "P1W"}, amount="1", token="ETH")]
)
async def test_something_unbuilt_that_binds_holds_all_writes_back(other: Action, session: Session) -> None:
    reply = await reply_to(session, BALANCE, SEND, other)
    assert reply.draft is None
    assert drafts(session) == 0
    assert isinstance(reply.trouble, NotBuilt)
    assert len(reply.answers) == 1


async def test_an_unbuilt_question_does_not(session: Session) -> None:
    reply = await reply_to(session, act("advice", token="ETH"), SEND)
    assert reply.draft is not None
    assert isinstance(reply.trouble, NotBuilt)


@pytest.mark.parametrize("trigger", [{"every": "P1W"}, {"metric": "price", "token": "ETH", "threshold": "1800"}])
async def test_a_write_with_a_trigger_is_never_drafted_as_one_without(
    trigger: dict[str, str], session: Session
) -> None:
    reply = await reply_to(session, act("transfer", trigger, amount="5", token="USDC", recipient=RECIPIENT))
    assert [answer.intent for answer in reply.answers] == ["order"]
    assert (reply.draft, reply.trouble, drafts(session)) == (None, None, 0)


async def test_an_order_of_what_is_not_built_is_not_made(session: Session) -> None:
    reply = await reply_to(session, act("stake", {"every": "P1W"}, amount="5", token="ETH"))
    assert isinstance(reply.trouble, NotBuilt)
    assert reply.trouble.not_done == "Nothing was drafted, and no alert or order was made."
    assert "P1W" in reply.trouble.happened


async def test_what_is_missing_is_asked_for(session: Session) -> None:
    parse = Parse(
        "incomplete", (SEND, act("transfer", amount="5", token="USDC")), ("1.recipient",), ("“5 or 6” is vague",)
    )
    reply = await reply_to(session, parse=parse)
    assert isinstance(reply.trouble, SayDifferently)
    assert reply.trouble.happened == "For the transfer: To whom? “5 or 6” is vague."
    assert "Missing: 1.recipient." in reply.trouble.not_done
    assert drafts(session) == 0


async def test_an_approval_without_an_amount_asks(session: Session) -> None:
    trouble = (await reply_to(session, act("approve", token="USDC", spender="uniswap-v2"))).trouble
    assert isinstance(trouble, SayDifferently)
    assert "how much" in trouble.happened.lower()
    assert drafts(session) == 0


async def test_a_bare_yes_is_left_to_the_face_and_beside_a_request_means_nothing(session: Session) -> None:
    assert (await reply_to(session, act("confirm"))).dialogue == "confirm"
    assert (await reply_to(session, act("reject"))).dialogue == "reject"
    both = await reply_to(session, act("confirm"), BALANCE)
    assert (both.dialogue, len(both.answers)) == ("", 1)


async def test_what_is_no_request(session: Session) -> None:
    parse = Parse("out_of_scope", (act("out_of_scope"),))
    trouble = (await reply_to(session, parse=parse)).trouble
    assert trouble is not None
    assert trouble.exit_code == 2


async def test_no_chain_is_needed_for_what_needs_none(session: Session) -> None:
    async def connect() -> Session:
        raise AssertionError("nothing was to be connected")

    for intent in ("greet", "help", "thanks", "contacts", "stake"):
        await respond(session, connect, understood(act(intent)), "words")


async def test_the_parser_knows_the_person_s_own_names(session: Session) -> None:
    session.contacts.add("Bob", RECIPIENT)
    context = context_of(session)
    assert (context.contacts, context.accounts) == (("bob",), ("main",))
    assert "USDC" in context.tokens.values()
