"""Trades whose labels the words around them correct: a swap on one chain is no bridge."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.reading import Utterance
from nlp.lexicon import CHAINS
from nlp.types import Segment, TaggedSpan

TRADING = frozenset({"swap", "convert", "exchange", "trade", "sell"})
ON_ONE_CHAIN = {"amount": "amount_in", "token": "token_in", "from_chain": "chain"}


def traded(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> tuple[Segment, list[TaggedSpan]]:
    """A segment and its labels as the trade that they are."""
    if segment.intent == "bridge" and _stays(utterance, segment, tags):
        renamed = [replace(tag, tag=ON_ONE_CHAIN.get(tag.tag, tag.tag)) for tag in tags]
        return replace(segment, intent="swap"), renamed
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
