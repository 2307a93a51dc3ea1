"""ENS names on the real contracts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.client import ChainClient, connect
from chain.errors import SayDifferently
from chain.names import namehash, normalise, resolve, reverse
from contracts.recipe import load_recipe

PLAIN = {n.name: n.address for n in load_recipe().names if n.forward}
BOTH_WAYS = next(n for n in load_recipe().names if n.forward and n.reverse)
PRETENDER = next(n for n in load_recipe().names if n.reverse and not n.forward)
FORWARD_ONLY = next(n for n in load_recipe().names if n.forward and not n.reverse)


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("", "0" * 64),
        ("eth", "93cdeb708b7545dc668eb9280176169d1c33cfd8ed6f04690a0bcc88a93fc4ae"),
        ("foo.eth", "de9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f"),
    ],
)
def test_namehash_is_that_of_eip_137(name: str, node: str) -> None:
    assert namehash(name).hex() == node


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("Vitalik.ETH", "vitalik.eth"),
        ("cafe\u0301.eth", "caf\u00e9.eth"),
        ("RaFFY🚴‍♂️.eTh", "raffy🚴‍♂.eth"),
        ("a_b.eth", None),
    ],
)
def test_names_are_normalised_by_ensip_15(name: str, normal: str | None) -> None:
    if normal is None:
        with pytest.raises(SayDifferently):
            normalise(name)
    else:
        assert normalise(name) == normal


@pytest.mark.parametrize(
    "name",
    ["", ".", "a..eth", ".eth", "eth.", "a b.eth", "\u0430lice.eth", "alice\u202e.eth", "a\x1b[31m.eth", "a/b.eth", "\ud800.eth", "a" * 300 + ".eth"],
)  # fmt: skip
def test_a_name_that_may_not_be_written_is_refused_and_shown_escaped(name: str) -> None:
    with pytest.raises(SayDifferently) as failure:
        normalise(name)
    assert str(failure.value).isascii()
    assert "\x1b" not in str(failure.value)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=12))
def test_normalising_settles_or_refuses(text: str) -> None:
    try:
        normal = normalise(text)
    except SayDifferently:
        return
    assert normalise(normal) == normal


@pytest.mark.anvil
@pytest.mark.parametrize("name", PLAIN)
async def test_names_resolve(client: ChainClient, name: str) -> None:
    assert await resolve(client, name) == PLAIN[name]
    assert await resolve(client, name.upper()) == PLAIN[name]


@pytest.mark.anvil
async def test_no_answer_is_none(client: ChainClient) -> None:
    assert await resolve(client, "nobody-has-this.eth") is None
    assert await resolve(client, "sub.alice.eth") is None
    assert await reverse(client, "0x3333333333333333333333333333333333333333") is None


@pytest.mark.anvil
async def test_an_address_has_the_name_that_leads_back_to_it(client: ChainClient) -> None:
    assert await reverse(client, BOTH_WAYS.address) == BOTH_WAYS.name
    assert await reverse(client, PRETENDER.address) is None, "it claims a name that is another's"
    assert await reverse(client, FORWARD_ONLY.address) is None


@pytest.mark.anvil
async def test_a_name_is_what_it_was_at_the_block(client: ChainClient, local_chain) -> None:
    then = (await client.block()).number
    changed = "0x4444444444444444444444444444444444444444"
    local_chain.set_name("bob.eth", changed)
    assert await resolve(client, "bob.eth") == changed
    assert await resolve(client, "bob.eth", then) == PLAIN["bob.eth"]
    local_chain.set_name("bob.eth", "0x" + "00" * 20)
    assert await resolve(client, "bob.eth") is None


@pytest.mark.anvil
async def test_a_chain_without_ens_says_so(local_chain) -> None:
    others = tuple(c for c in local_chain.registry.contracts if not c.name.startswith("ens."))
    client = await connect([local_chain.rpc_url], replace(local_chain.registry, contracts=others))
    with pytest.raises(SayDifferently, match="no ENS names"):
        await resolve(client, "alice.eth")
    with pytest.raises(SayDifferently, match="no ENS names"):
        await reverse(client, BOTH_WAYS.address)
    await client.close()


@pytest.mark.anvil
@pytest.mark.parametrize("code", ["0x", "0x5f5ffd", "0x60015ff3", "0x5f195f5260205ff3"])
async def test_a_resolver_that_makes_no_sense_is_no_answer(client: ChainClient, local_chain, code: str) -> None:
    local_chain.rpc("anvil_setCode", local_chain.contract("ens.resolver"), code)
    assert await resolve(client, "alice.eth") is None
    assert await reverse(client, BOTH_WAYS.address) is None
