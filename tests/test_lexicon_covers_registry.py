"""What the chain layer knows by name, the lexicon knows too: no listed token or chain is unreadable."""

import pytest

from contracts.registry import ChainEntry, load_registry
from nlp.lexicon import CHAINS, PROTOCOLS, TICKERS
from nlp.recognise import recognise
from nlp.types import Context
from nlp.values import read_value

REGISTRY = load_registry()


def test_every_listed_token_is_a_known_ticker() -> None:
    real = {chain.chain_id for chain in REGISTRY.chains if not chain.test}
    listed = {token.symbol.lower() for token in REGISTRY.tokens if token.chain_id in real}
    symbols = listed | {chain.native_symbol.lower() for chain in REGISTRY.chains}
    assert symbols - TICKERS == set()


@pytest.mark.parametrize("chain", REGISTRY.chains, ids=lambda chain: f"{chain.chain_id}")
def test_every_chain_is_read_by_its_slug(chain: ChainEntry) -> None:
    words = recognise(chain.slug, Context())
    assert read_value(("chain",), words, chain.slug, Context()) == chain.slug
    assert chain.slug in CHAINS.values()


def test_every_protocol_with_contracts_is_a_known_protocol() -> None:
    helpers = {"multicall3", "weth", "ens", "chainlink", "test"}
    assert {entry.protocol for entry in REGISTRY.contracts} - helpers <= set(PROTOCOLS.values())
