"""Trades and loans whose labels the words around them correct: a swap on one chain, and where one borrows."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.reading import Utterance
from nlp.lexicon import CHAINS, correct
from nlp.types import Segment, TaggedSpan

TRADING = frozenset({"swap", "convert", "exchange", "trade", "sell"})
ON_ONE_CHAIN = {"amount": "amount_in", "token": "token_in", "from_chain": "chain"}
LENDING = frozenset({"supply", "borrow", "repay", "withdraw"})
NO_PROTOCOLS = frozenset({"chain", "network", "mainnet", "testnet", "net", "account", "wallet", "trezor", "ledger"})


def traded(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> tuple[Segment, list[TaggedSpan]]:
    """A segment and its labels as what they trade or lend."""
    if segment.intent == "bridge" and _stays(utterance, segment, tags):
        renamed = [replace(tag, tag=ON_ONE_CHAIN.get(tag.tag, tag.tag)) for tag in tags]
        return replace(segment, intent="swap"), renamed
    if segment.intent in LENDING:
        return segment, [_lent_at(utterance, tag, tags) for tag in tags]
    return segment, list(tags)


def _stays(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> bool:
    """'swap 5 usdc to weth on base': a trade that names one chain stays there."""
    names = [tag.tag for tag in tags]
    opened = utterance.words[segment.first].text.lower() in TRADING
    on = next((tag for tag in tags if tag.tag == "from_chain"), None)
    placed = on is not None and utterance.words[on.first - 1].text.lower() == "on"
    bought = next((tag for tag in tags if tag.tag == "token_out"), None)
    coin = bought is not None and utterance.said(bought).lower() not in CHAINS
    return opened and placed and coin and "to_chain" not in names


def _lent_at(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'borrow 10 eth on navi': one word for a place to borrow that is no chain, misspelt or not, and nobody's account, is a protocol."""
    said, context = utterance.said(tag).lower(), utterance.context
    before = utterance.words[tag.first - 1].text.lower() if tag.first else ""
    behind = utterance.words[tag.last + 1].text.lower() if tag.last + 1 < len(utterance.words) else ""
    known = correct(said) in CHAINS or said in context.accounts or said in context.contacts or said in NO_PROTOCOLS
    placed = tag.tag in ("chain", "account") and before == "on" and tag.first == tag.last and behind not in NO_PROTOCOLS
    free = not any(other.tag == "protocol" for other in tags)
    return replace(tag, tag="protocol") if placed and free and not known else tag
