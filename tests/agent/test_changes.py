"""Settings changed in words, by the shipped model: what is done at once, and what words alone never do."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.chat import Chat
from agent.session import Session, open_session
from agent.settings import load_settings, read_config, refreshed, set_configs
from agent.understand import load_parser
from chain.errors import NotConfirmed, Refused, SayDifferently, SetupNeeded
from tests.agent.face_support import TypedReader
from tests.agent.reads_support import PLAIN, say, told
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, make_scrypt_cheap
from tests.conftest import LocalChain

BOB = "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    """One whose node stands in the file, as a person's does."""
    make_scrypt_cheap(monkeypatch)
    home = load_settings({}, {"SAYSO_HOME": str(tmp_path / "home")}).home.ensure()
    set_configs(home, {"rpc_url": local_chain.rpc_url})
    opened = await open_session(load_settings({}, {"SAYSO_HOME": str(home.path)}))
    local_chain.fund(opened.accounts.create("main", PASSWORD).info.address)
    opened.accounts.create("savings", PASSWORD)
    yield opened
    await opened.close()


async def test_a_contact_is_added_with_its_whole_address(session: Session, snapshot: SnapshotAssertion) -> None:
    assert await told(session, f"add bob as {BOB}") == snapshot
    assert session.contacts.find("bob").address == BOB
    assert await told(session, f"save {BOB} as bob") == f"bob stands for {BOB} already."


async def test_a_contact_by_a_name_of_ens(session: Session) -> None:
    text = await told(session, "add carol.eth as my contact carol")
    assert "carol is 0x58a9fF402b3a7411DA16Be754eCfc7Db2052d3F5, which is what carol.eth is now." in text
    assert session.contacts.find("carol").ens == "carol.eth"


async def test_another_address_for_a_name_is_never_taken_by_words(session: Session) -> None:
    await told(session, f"add bob as {BOB}")
    reply = await say(session, f"add bob as {OTHER}")
    assert isinstance(reply.trouble, NotConfirmed)
    assert f"sayso contact add bob {OTHER} --change" in reply.trouble.remedy
    assert session.contacts.find("bob").address == BOB


async def test_a_token_s_address_is_nobody(session: Session, local_chain: LocalChain) -> None:
    reply = await say(session, f"add bob as {local_chain.token('USDC')}")
    assert isinstance(reply.trouble, Refused) and session.contacts.list() == ()


async def test_a_contact_is_removed_and_its_address_kept_in_mind(session: Session, snapshot: SnapshotAssertion) -> None:
    await told(session, f"add bob as {BOB}")
    assert await told(session, "remove bob from my contacts") == snapshot
    assert session.contacts.list() == () and session.contacts.known_address("bob") == BOB
    reply = await say(session, "delete contact bob")
    assert isinstance(reply.trouble, SayDifferently)


@pytest.mark.parametrize(
    ("sentence", "limit"),
    [
        ("set a daily limit of 500 usd", "at most 500 USD in any 24 hours"),
        ("limit me to 100 usdc per transaction", "at most 100 USDC per transaction"),
        ("set a limit of $1000 a week", "at most 1000 USD in any 7 days"),
    ],
)
async def test_a_limit_is_set_at_once(session: Session, sentence: str, limit: str) -> None:
    assert limit in await told(session, sentence)
    assert len(session.policies.current().limits) == 1


async def test_a_wider_limit_takes_the_password_and_words_alone_do_nothing(session: Session) -> None:
    await told(session, "set a daily limit of 500 usd")
    reply = await say(session, "set a daily limit of 5000 usd")
    assert isinstance(reply.trouble, NotConfirmed)
    assert reply.trouble.remedy == 'Widening takes your password: sayso policy set --per-day "5000 USD".'
    assert session.policies.current().limits[0].fiat == "500 USD"


async def test_a_limit_of_an_unknown_coin_is_refused(session: Session) -> None:
    reply = await say(session, "limit me to 100 ZZQX per transaction")
    assert isinstance(reply.trouble, SayDifferently) and session.policies.current().limits == ()


async def test_another_account_is_used_from_then_on(session: Session, snapshot: SnapshotAssertion) -> None:
    savings = session.accounts.find("savings").address
    assert (await told(session, "switch to my savings account")).replace(savings, "<savings>") == snapshot
    assert read_config(session.home)["account"] == "savings"
    again = await open_session(refreshed(session.settings))
    assert again.accounts.default().name == "savings"
    await again.close()


async def test_an_account_that_there_is_not(session: Session) -> None:
    from agent.changes import CHANGES
    from nlp.types import Action

    async def connected() -> Session:
        return session

    with pytest.raises(SayDifferently):
        await CHANGES["switch_account"](session, connected, Action("switch_account", {"account": "holiday"}))
    assert "account" not in read_config(session.home)


async def test_what_the_environment_says_is_not_changed_behind_its_back(
    session: Session, local_chain: LocalChain, tmp_path: Path
) -> None:
    environ = {"SAYSO_HOME": str(session.home.path), "SAYSO_RPC_URL": local_chain.rpc_url, "SAYSO_ACCOUNT": "main"}
    opened = await open_session(load_settings({}, environ))
    before = read_config(session.home)
    for sentence in ("switch to base", "switch to my savings account"):
        reply = await say(opened, sentence)
        assert isinstance(reply.trouble, Refused) and "The environment says" in reply.trouble.happened
    assert read_config(session.home) == before
    await opened.close()


async def test_a_chain_without_a_node_is_not_switched_to(session: Session) -> None:
    before = read_config(session.home)
    reply = await say(session, "switch to base")
    assert isinstance(reply.trouble, SetupNeeded)
    assert reply.trouble.remedy == "Name one: sayso config set rpc_url_base URL."
    assert read_config(session.home) == before


async def test_a_node_of_another_chain_is_not_taken_for_it(session: Session, local_chain: LocalChain) -> None:
    set_configs(session.home, {"rpc_url_base": local_chain.rpc_url})
    opened = await open_session(refreshed(session.settings))
    reply = await say(opened, "switch to base")
    assert isinstance(reply.trouble, SetupNeeded) and "serves Local chain" in reply.trouble.happened
    assert read_config(session.home)["rpc_url"] == local_chain.rpc_url
    await opened.close()


async def test_a_node_that_does_not_answer_changes_nothing(session: Session) -> None:
    set_configs(session.home, {"rpc_url_base": "http://127.0.0.1:9"})
    opened = await open_session(refreshed(session.settings))
    reply = await say(opened, "switch to base")
    assert isinstance(reply.trouble, SetupNeeded) and "rpc_url_base" not in read_config(session.home)["rpc_url"]
    await opened.close()


@pytest.fixture
def base() -> Iterator[str]:
    """A node that reports Base's chain id."""
    from chain.devnet.anvil import start_anvil

    anvil = start_anvil(None, ["--chain-id", "8453"])
    yield anvil.node.url
    anvil.stop()


async def test_another_chain_is_used_from_then_on_and_one_can_switch_back(
    session: Session, base: str, local_chain: LocalChain
) -> None:
    set_configs(session.home, {"rpc_url_base": base})
    opened = await open_session(refreshed(session.settings))
    text = await told(opened, "switch to base")
    assert f"Base is used from now on, by the node at {base}." in text and "kept as rpc_url_local" in text
    await opened.close()
    there = await open_session(refreshed(session.settings))
    assert there.client.entry.slug == "base"
    reply = await say(there, "switch to the local chain")
    assert reply.trouble is None
    await there.close()
    assert read_config(session.home) == {
        "rpc_url": local_chain.rpc_url,
        "rpc_url_base": base,
        "rpc_url_local": local_chain.rpc_url,
    }


@pytest.mark.parametrize("sentence", ["switch to base and show my balance", f"add bob as {BOB} and send 5 usdc to bob"])
async def test_a_setting_beside_what_it_would_change_is_not_done(session: Session, sentence: str) -> None:
    before = read_config(session.home)
    reply = await say(session, sentence)
    assert isinstance(reply.trouble, SayDifferently), reply
    assert (read_config(session.home), session.contacts.list(), reply.draft) == (before, (), None)


async def test_a_switch_in_the_chat_withdraws_the_card_and_goes_on_there(
    session: Session, base: str, local_chain: LocalChain
) -> None:
    set_configs(session.home, {"rpc_url_base": base})
    opened = await open_session(refreshed(session.settings))
    said: list[str] = []
    lines = [f"send 5 usdc to {RECIPIENT}", "switch to base", "yes", "which network am i on"]
    chat = Chat(opened, load_parser(), TypedReader(lines, [PASSWORD]), said.append, PLAIN)
    await chat.run()
    text = "\n".join(said)
    assert "The card above is withdrawn." in text and "Nothing waits for a confirmation." in text
    assert "Base (base), id 8453" in text
    assert local_chain.erc20_balance("USDC", RECIPIENT) == 0
    await chat.session.close()


async def test_a_switched_account_pays_in_the_chat(session: Session, local_chain: LocalChain) -> None:
    savings = session.accounts.find("savings").address
    local_chain.fund(savings)
    opened = await open_session(refreshed(session.settings))
    said: list[str] = []
    lines = ["switch to my savings account", f"send 5 usdc to {RECIPIENT}", "first"]
    chat = Chat(opened, load_parser(), TypedReader(lines, [PASSWORD]), said.append, PLAIN)
    await chat.run()
    await chat.session.close()
    assert local_chain.erc20_balance("USDC", savings) == 9_995 * 10**6, "\n".join(said)
