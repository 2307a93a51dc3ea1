"""Every question and every setting: one sentence that is answered and one that cannot be, by the shipped model to the words."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.assistant import context_of, respond
from agent.render.answers import answer_text
from agent.render.terminal import Look
from agent.session import Session, open_session
from agent.settings import load_settings, set_configs
from agent.understand import load_parser
from nlp.schema import INTENTS
from tests.agent.store_support import PASSWORD, make_scrypt_cheap
from tests.conftest import LocalChain

BOB = "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"
GONE = "0x" + "11" * 32
# Per intent: what is said and answered, what of the answer; what is said in vain, and why.
SAID: dict[str, tuple[str, str, str, str]] = {
    "balance": ("what is my usdc balance?", "main holds 10000 USDC", "what is my zzqx balance?", "ZZQX"),
    "portfolio": ("show my portfolio", "374,5", "show my portfolio on base", "You asked about base"),
    "price": ("price of eth", "2,500.00 USD", "price of zzqx", "ZZQX"),
    "price_history": ("price of eth over the last week", "none were kept", "price of zzqx over the last week", "ZZQX"),
    "quote": ("how much usdc for 2 eth?", "USDC", "how much zzqx for 2 eth?", "ZZQX"),
    "gas": ("what does gas cost?", "gwei now", "what is gas on base?", "You asked about base"),
    "tx_status": (f"status of {GONE}", "unknown|not known|No", "status of 0x1234", "hash|0x1234|Which"),
    "history": ("show my last 5 transactions", "", "show my last 5 transactions on base", "You asked about base"),
    "allowances": ("show my allowances", "", "show my allowances on base", "You asked about base"),
    "lending_position": (
        "what's my position on aave",
        "not covered",
        "what's my aave position on base",
        "You asked about base",
    ),
    "yields": ("best yield for usdc", "not covered", "best yield for usdc on base", "You asked about base"),
    "resolve_name": ("who is bob.eth?", BOB, "who is nobody-at-all.eth?", "no address|resolves to"),
    "token_info": ("token info for link", "LINK", "token info for zzqx", "ZZQX"),
    "nft_holdings": ("what nfts do i have", "", "what nfts do i have on base", "You asked about base"),
    "contract_read": (
        "what does totalSupply return on LINK",
        r"\(\d+ LINK\)",
        "what does totalSupply return on ZZQX",
        "ZZQX|zzqx",
    ),
    "receive_address": ("show my address", "0x", "show my address on base", "You asked about base"),
    "accounts": ("list my accounts", "main", "", ""),
    "network_info": ("which network am i on", "id 31337", "show the network status of base", "You asked about base"),
    "contact_add": (
        f"add bob as {BOB}",
        f"bob is {BOB}",
        "add bob as 0x87502D8a154B903dd3Be578CDf01d46a73AB7871",
        "checksum",
    ),
    "contact_remove": ("remove mum from my contacts", "mum .* is removed", "remove bob from my contacts", "no contact"),
    "contacts": ("show my contacts", "mum", "", ""),
    "switch_chain": ("switch to the local chain", "connected already", "switch to base", "No node is configured"),
    "switch_account": ("switch to my savings account", "savings .* pays from now on", "", ""),
    "set_limit": ("set a daily limit of 500 usd", "at most 500 USD", "limit me to 100 ZZQX per transaction", "ZZQX"),
}


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    make_scrypt_cheap(monkeypatch)
    environ = {"SAYSO_HOME": str(tmp_path / "home")}
    set_configs(load_settings({}, environ).home.ensure(), {"rpc_url": local_chain.rpc_url})
    opened = await open_session(load_settings({}, environ))
    local_chain.fund(opened.accounts.create("main", PASSWORD).info.address)
    opened.accounts.create("savings", PASSWORD)
    opened.contacts.add("mum", BOB)
    yield opened
    await opened.close()


async def told(session: Session, sentence: str) -> tuple[list[str], str, str]:
    """The intents that were answered, the words of the answer, and those of the trouble."""

    async def connected() -> Session:
        return session

    reply = await respond(session, connected, load_parser().parse(sentence, context_of(session)), sentence)
    words = "\n".join(answer_text(answer, Look(plain=True)) for answer in reply.answers)
    return [answer.intent for answer in reply.answers], words, str(reply.trouble or "")


def test_no_question_and_no_setting_is_left_out() -> None:
    assert set(SAID) == {name for name, spec in INTENTS.items() if spec.kind in ("read", "setting")}


@pytest.mark.parametrize("intent", SAID)
async def test_it_is_answered(intent: str, session: Session) -> None:
    sentence, wanted, _, _ = SAID[intent]
    intents, words, trouble = await told(session, sentence)
    assert intents == [intent], trouble
    assert re.search(wanted, words.replace("\n", " ")) and len(words) > 10, words


@pytest.mark.parametrize("intent", [intent for intent, said in SAID.items() if said[2]])
async def test_and_where_it_cannot_be_the_reason_is_told(intent: str, session: Session) -> None:
    _, _, sentence, why = SAID[intent]
    intents, _, trouble = await told(session, sentence)
    assert intents == [] and re.search(why, trouble), trouble


async def test_another_account_that_there_is_not_is_told(session: Session) -> None:
    from agent.changes.switch import switch_account
    from chain.errors import SayDifferently
    from nlp.types import Action

    async def connected() -> Session:
        return session

    with pytest.raises(SayDifferently):
        await switch_account(session, connected, Action("switch_account", {"account": "holiday"}))
