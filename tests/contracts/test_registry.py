"""The registry says only what can be checked: checksummed, sourced, dated, complete, and free of doubles."""

import re
from collections import Counter

import pytest
from eth_utils.address import is_checksum_address

from contracts.recipe import load_recipe
from contracts.registry import UnknownEntry, load_abi, load_registry

REGISTRY = load_registry()
ROWS = [*REGISTRY.tokens, *REGISTRY.contracts, *REGISTRY.feeds, *REGISTRY.collections]
LOCAL = (31337, 1337)
# The slugs that a sentence can name and that the registry can serve (the parse contract's list).
SLUGS = {"ethereum", "base", "arbitrum", "optimism", "polygon", "bsc", "avalanche", "gnosis", "sepolia", "base-sepolia"}


def test_the_chains_have_their_published_ids() -> None:
    ids = {chain.slug: chain.chain_id for chain in REGISTRY.chains}
    assert ids.keys() == SLUGS | {"local", "ganache"}
    assert [ids[s] for s in ("ethereum", "base", "arbitrum", "optimism", "polygon")] == [1, 8453, 42161, 10, 137]
    assert [ids[s] for s in ("bsc", "avalanche", "gnosis", "sepolia", "base-sepolia")] == [
        56,
        43114,
        100,
        11155111,
        84532,
    ]
    assert (ids["local"], ids["ganache"]) == LOCAL


def test_only_test_chains_are_marked_as_such() -> None:
    assert {c.slug for c in REGISTRY.chains if c.test} == {"sepolia", "base-sepolia", "local", "ganache"}


def test_the_rollups_that_charge_for_data_name_who_says_how_much() -> None:
    oracles = {c.slug: c.l1_fee_oracle for c in REGISTRY.chains if c.l1_fee_oracle}
    assert oracles == dict.fromkeys(("base", "optimism", "base-sepolia"), "0x420000000000000000000000000000000000000F")
    assert all(is_checksum_address(oracle) for oracle in oracles.values())


def test_every_address_is_checksummed() -> None:
    assert [row for row in ROWS if not is_checksum_address(row.address)] == []


@pytest.mark.parametrize("chain", REGISTRY.chains, ids=lambda chain: chain.slug)
def test_every_chain_wraps_its_native_coin_and_batches_reads(chain) -> None:
    assert is_checksum_address(chain.wrapped_native)
    assert chain.multicall3 == REGISTRY.contract(chain.chain_id, "multicall3").address
    assert chain.wrapped_native == REGISTRY.contract(chain.chain_id, "weth").address
    wrapped = REGISTRY.token_at(chain.chain_id, chain.wrapped_native)
    assert wrapped is not None
    assert (wrapped.symbol.upper(), wrapped.decimals) == (f"W{chain.native_symbol}".upper(), 18)


def test_every_row_has_source_and_date() -> None:
    for row in (*REGISTRY.chains, *ROWS, *REGISTRY.price_platforms, *REGISTRY.price_ids):
        assert row.source, row
        assert re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", row.date), row


def test_every_row_belongs_to_a_known_chain() -> None:
    assert {row.chain_id for row in ROWS} <= {chain.chain_id for chain in REGISTRY.chains}


def test_nothing_stands_twice() -> None:
    keys = [("token", t.chain_id, t.symbol.upper()) for t in REGISTRY.tokens]
    keys += [("token", t.chain_id, t.address) for t in REGISTRY.tokens]
    keys += [("collection", c.chain_id, c.symbol.upper()) for c in REGISTRY.collections]
    keys += [("collection", c.chain_id, c.address) for c in REGISTRY.collections]
    keys += [("contract", c.chain_id, c.name) for c in REGISTRY.contracts]
    keys += [("feed", f.chain_id, f.base, f.quote) for f in REGISTRY.feeds]
    keys += [("chain", c.chain_id, c.slug) for c in REGISTRY.chains]
    keys += [("price platform", p.chain_id) for p in REGISTRY.price_platforms]
    keys += [("price id", p.chain_id, p.symbol.upper()) for p in REGISTRY.price_ids]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_contract_names_its_protocol_and_an_abi_that_can_be_read() -> None:
    for contract in REGISTRY.contracts:
        assert contract.protocol == contract.name.partition(".")[0]
        assert any(entry["type"] == "function" for entry in load_abi(contract.abi))


def test_local_contracts_have_their_code_pinned_and_others_do_not() -> None:
    for contract in REGISTRY.contracts:
        assert bool(contract.code_hash) == (contract.chain_id in LOCAL)


def test_the_twin_chain_is_the_same_at_the_same_addresses() -> None:
    def places(chain_id: int) -> set[tuple[str, str]]:
        named = {(c.name, c.address + c.code_hash) for c in REGISTRY.contracts_on(chain_id)}
        named |= {(c.symbol, c.address) for c in REGISTRY.collections_on(chain_id)}
        return named | {(t.symbol, t.address) for t in REGISTRY.tokens_on(chain_id)}

    assert load_recipe().twins == LOCAL[1:]
    assert places(LOCAL[0]) == places(LOCAL[1])


def test_price_services_know_every_real_chain_with_its_coin_and_no_test_chain() -> None:
    real = {chain.chain_id: chain for chain in REGISTRY.chains if not chain.test}
    assert {row.chain_id for row in REGISTRY.price_platforms} == real.keys()
    assert {row.chain_id for row in REGISTRY.price_ids} == real.keys()
    for chain_id, chain in real.items():
        own = REGISTRY.price_id(chain_id, chain.native_symbol.lower())
        assert own is not None, chain.slug
        assert own.defillama == f"coingecko:{own.coingecko}"
    assert REGISTRY.price_id(1, "BTC") is not None
    assert REGISTRY.price_id(1, "USDC") is None, "a token is asked for by its address"
    assert REGISTRY.price_platform(31337) is None


def test_known_addresses_are_the_published_ones() -> None:
    assert REGISTRY.token(1, "usdc").address == "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
    assert REGISTRY.token(8453, "USDC").address == "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
    assert REGISTRY.token(56, "USDT").decimals == 18
    assert REGISTRY.contract(1, "uniswap-v2.router").address == "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D"
    apes = REGISTRY.collection_at(1, "0xbc4ca0eda7647a8ab7c2061c2e118a18a936f13d")
    assert apes is not None and apes.symbol == "BAYC"


def test_what_is_not_there_is_said_with_the_nearest_names() -> None:
    with pytest.raises(UnknownEntry) as unknown:
        REGISTRY.token(1, "USDCC")
    assert "USDC" in unknown.value.nearest
    with pytest.raises(UnknownEntry):
        REGISTRY.chain(2)
    assert REGISTRY.token_at(1, "0x" + "00" * 20) is None
