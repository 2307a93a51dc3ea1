"""Names to addresses and assets: looked up, and never guessed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.drafting import scene_of
from agent.resolve import check_chain, resolve_address, resolve_asset, resolve_party, resolve_sender, shown
from agent.scene import Scene
from chain.errors import Refused, SayDifferently
from contracts.registry import Registry
from tests.agent.drafting_support import STRANGER, act, drafter
from tests.agent.store_support import PASSWORD
from tests.conftest import LocalChain

BOB = "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"


@pytest.fixture
async def scene(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    async with drafter(tmp_path, local_chain, monkeypatch) as session:
        session.accounts.create("savings", PASSWORD)
        session.contacts.add("landlord", STRANGER)
        session.contacts.add("robert", BOB, ens="bob.eth")
        yield scene_of(session, session.accounts.find("main").address)


@pytest.mark.parametrize("text", [STRANGER, STRANGER.lower(), "0x" + STRANGER[2:].upper()])
def test_an_address_is_taken_in_one_case_or_with_its_checksum(text: str) -> None:
    assert resolve_address(text) == STRANGER


@pytest.mark.parametrize(
    "text",
    [
        STRANGER[:-1] + ("A" if STRANGER[-1] != "A" else "B"),
        STRANGER.swapcase().replace("0X", "0x"),
        STRANGER[:-1],
        STRANGER + "0",
        "0X" + STRANGER[2:],
        STRANGER[2:],
        STRANGER[:-1] + "\u0663",
        STRANGER[:20] + "\u200b" + STRANGER[20:],
    ],
)
def test_an_address_with_anything_wrong_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently) as error:
        resolve_address(text)
    assert error.value.exit_code == 2


async def test_parties_by_contact_account_name_and_address(scene: Scene) -> None:
    landlord = await resolve_party(scene, "Landlord")
    assert (landlord.address, landlord.kind, landlord.ens) == (STRANGER, "contact", "")
    robert = await resolve_party(scene, "robert")
    assert (robert.address, robert.kind, robert.ens) == (BOB, "contact", "bob.eth")
    savings = await resolve_party(scene, "savings")
    assert (savings.address, savings.kind) == (scene.accounts["savings"], "account")
    bob = await resolve_party(scene, "BOB.eth")
    assert (bob.address, bob.kind, bob.ens) == (BOB, "name", "bob.eth")
    assert (await resolve_party(scene, STRANGER.lower())).address == STRANGER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("landlrd", "Did you mean landlord"),
        ("nobody", "Nobody is known"),
        ("unheard.eth", "has no address"),
        ("b\u043eb.eth", "not a valid"),
    ],
)
async def test_somebody_unknown_is_refused_with_the_nearest(scene: Scene, text: str, words: str) -> None:
    with pytest.raises(SayDifferently, match=words):
        await resolve_party(scene, text)


async def test_a_name_of_two_is_refused(scene: Scene) -> None:
    contact = replace(scene.contacts["landlord"], name="savings")
    both = replace(scene, contacts={**scene.contacts, "savings": contact})
    with pytest.raises(SayDifferently, match="both a contact and one of your accounts"):
        await resolve_party(both, "savings")


async def test_symbols_stand_for_assets_of_this_chain(scene: Scene) -> None:
    native, usdc = await resolve_asset(scene, "eth"), await resolve_asset(scene, "usdc")
    assert (native.address, native.decimals) == (None, 18)
    assert (usdc.decimals, usdc.listed) == (6, True)


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("UDSC", "Did you mean USDC"),
        ("BTC", "Did you mean WBTC"),
        ("USD", "is a currency"),
        ("PEPE", "There is no token 'PEPE'"),
    ],
)
async def test_an_unknown_symbol_is_refused_with_the_nearest(scene: Scene, symbol: str, words: str) -> None:
    with pytest.raises(SayDifferently, match=words):
        await resolve_asset(scene, symbol)


async def test_a_token_by_address_is_read_from_the_chain(scene: Scene, local_chain: LocalChain) -> None:
    listed = await resolve_asset(scene, local_chain.token("USDC").lower())
    assert (listed.symbol, listed.listed) == ("USDC", True)
    painted = await resolve_asset(scene, local_chain.contract("test.painted"))
    assert (painted.listed, painted.decimals) == (False, 18)
    assert painted.symbol not in shown(painted)
    with pytest.raises(Refused):
        await resolve_asset(scene, STRANGER)


async def test_decimals_that_differ_from_the_list_are_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = scene.client.registry
    wrong = tuple(replace(t, decimals=18) if t.symbol == "USDC" else t for t in registry.tokens)
    monkeypatch.setattr(scene.client, "registry", Registry(registry.chains, wrong, registry.contracts, registry.feeds))
    with pytest.raises(Refused, match="6 decimals on chain, but 18"):
        await resolve_asset(scene, "USDC")


def test_another_chain_is_refused(scene: Scene) -> None:
    check_chain(scene, act("wrap", amount="1"))
    check_chain(scene, act("wrap", amount="1", chain="local"))
    with pytest.raises(Refused, match="'base'"):
        check_chain(scene, act("wrap", amount="1", chain="base"))


def test_the_sender_is_the_account_that_is_named(scene: Scene) -> None:
    savings = scene.accounts["savings"]
    assert resolve_sender(scene, [act("wrap", amount="1")]) == scene.account
    assert resolve_sender(scene, [act("wrap", amount="1", account="savings")]) == savings
    assert resolve_sender(scene, [act("wrap", amount="1", account=savings.lower())]) == savings


@pytest.mark.parametrize("account", ["landlord", "saving", STRANGER])
def test_no_other_account_pays(scene: Scene, account: str) -> None:
    with pytest.raises(SayDifferently, match="not one of your accounts"):
        resolve_sender(scene, [act("wrap", amount="1", account=account)])


def test_two_accounts_do_not_share_a_draft(scene: Scene) -> None:
    with pytest.raises(SayDifferently, match="one account"):
        resolve_sender(scene, [act("wrap", amount="1"), act("wrap", amount="1", account="savings")])
