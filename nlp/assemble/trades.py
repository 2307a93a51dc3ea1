"""Trades whose labels the words around them correct: a swap on one chain is no bridge, 'swap to usdc' sells no usdc."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp import known_places
from nlp.assemble.reading import Utterance
from nlp.assemble.trigger import STABLES
from nlp.lexicon import CHAINS, TICKERS
from nlp.types import Hint, Segment, TaggedSpan

TRADING = frozenset({"swap", "convert", "exchange", "trade", "sell"})
ON_ONE_CHAIN = {"amount": "amount_in", "token": "token_in", "from_chain": "chain", "to_chain": "chain"}
ACROSS = re.compile(r"(?i)\b(?:cross(?:[\s-]?chain)?|across|bridg\w*)\b")
CHAINS_SAID = re.compile(r"(?i)\b(?:chains?|l2)\b")
LENT = {"token_a": "token", "amount_a": "amount"}
FROM_A_LENDER = re.compile(r"(?i)\blending\b")
STAKED = re.compile(r"(?i)stak|lido|rocket|validat|unbond|delegat")
WITHDRAWN = re.compile(r"(?i)^\W*(?:please\s+|and\s+|then\s+)*withdraw\b")
TAKING = re.compile(r"(?i)\W*(?:(?:please|and|then)\s+)*(deposit|supply|bridge)\b")
OUT_OF_IT = re.compile(r"(?i)\b(?:stop[\s-]?loss|take[\s-]?profit)\b")
BUYING = re.compile(r"(?i)\b(?:buy|buys|buying|get|purchase|into|to)\b")
OF_THE_PAST = re.compile(r"(?i)\b(?:history|chart|results?|performance|past|last|backtest\w*)\b")
BOUGHT_REGULARLY = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:dca|dollar[\s-]cost[\s-]averag\w+)\s+(?:in)?to\s+(?P<coin>\w+)"
)


def traded(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> tuple[Segment, list[TaggedSpan]]:
    """A segment and its labels as the trade that they are."""
    if segment.intent == "bridge" and _stays(utterance, segment, tags):
        renamed = [replace(tag, tag=ON_ONE_CHAIN.get(tag.tag, tag.tag)) for tag in tags]
        return replace(segment, intent="swap"), renamed
    if segment.intent == "transfer":
        return _taken_somewhere(utterance, segment, tags)
    if segment.intent in ("remove_liquidity", "unstake") and _is_lent(utterance, segment, tags):
        return replace(segment, intent="withdraw"), [replace(tag, tag=LENT.get(tag.tag, tag.tag)) for tag in tags]
    if segment.intent == "stake":
        return segment, [tag for tag in tags if not _is_given_for_it(utterance, tag, tags)]
    if segment.intent in ("alert", "price_history"):
        return _bought_regularly(utterance, segment, tags)
    return segment, [_on_its_side(utterance, segment, tag, tags) for tag in tags]


def _stays(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> bool:
    """'swap 5 usdc to weth on base', 'swap 5 usdc to weth': a trade that names one chain, or none, stays there."""
    opened = utterance.words[segment.first].text.lower() in TRADING
    chains = [tag for tag in tags if tag.tag in ("from_chain", "to_chain")]
    on = chains[0] if chains else None
    placed = on is None or utterance.words[on.first - 1].text.lower() == "on"
    bought = next((utterance.said(tag).lower() for tag in tags if tag.tag == "token_out"), "")
    coin = bought in TICKERS or (bought != "" and bought not in CHAINS)
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    across = ACROSS.search(said) or (on is None and CHAINS_SAID.search(said))
    return opened and placed and coin and len(chains) <= 1 and not across


def _on_its_side(utterance: Utterance, segment: Segment, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'swap to usdc' buys it, 'stop loss at 2000 for eth' sells it, where no other coin is named."""
    if segment.intent != "swap" or {"token_in", "token_out"} <= {other.tag for other in tags}:
        return tag
    before = [word.text.lower() for word in utterance.words[max(segment.first, tag.first - 2) : tag.first]]
    behind = utterance.words[tag.last + 1].text.lower() if tag.last < segment.last else ""
    if tag.tag == "token_in" and behind in ("buys", "purchases"):
        return replace(tag, tag="token_out")
    if tag.tag == "token_in" and len(before) == 2 and before[0] in TRADING and before[1] in ("to", "into", "for"):
        return replace(tag, tag="token_out")
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    left = OUT_OF_IT.search(said) and not BUYING.search(said) and utterance.said(tag).upper() not in STABLES
    return replace(tag, tag="token_in") if tag.tag == "token_out" and left else tag


def _bought_regularly(
    utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]
) -> tuple[Segment, list[TaggedSpan]]:
    """'dollar cost average into eth monthly', 'dca into eth over 7 days': an order, and nothing to be told of or shown."""
    words = utterance.words
    start = words[segment.first].start
    match = BOUGHT_REGULARLY.match(utterance.text[start : words[segment.last].end])
    if match is None or OF_THE_PAST.search(utterance.text[start : words[segment.last].end]):
        return segment, list(tags)
    coin = next(i for i in range(segment.first, segment.last + 1) if words[i].start >= start + match.start("coin"))
    if Hint.TOKEN not in words[coin].hints and not words[coin].text.isupper():
        return segment, list(tags)
    others = [tag for tag in tags if not tag.first <= coin <= tag.last]
    spread = [replace(tag, tag="t.other") if tag.tag == "period" else tag for tag in others]
    return replace(segment, intent="swap"), [TaggedSpan("token_out", coin, coin), *spread]


def _taken_somewhere(
    utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]
) -> tuple[Segment, list[TaggedSpan]]:
    """'deposit 100 usdc into Ajna', 'bridge 100 usdc to Hedera': a lender and a chain by name are nobody to be paid."""
    named = next((tag for tag in tags if tag.tag == "recipient"), None)
    said = utterance.said(named).lower() if named else ""
    own = said in utterance.context.contacts or said in utterance.context.accounts
    verb = TAKING.match(utterance.text, utterance.words[segment.first].start)
    if named is None or verb is None or own:
        return segment, list(tags)
    into = named.first > 0 and utterance.words[named.first - 1].text.lower() in ("into", "in", "on", "at")
    bridged = verb[1].lower() == "bridge" and said in known_places.CHAINS
    lent = verb[1].lower() != "bridge" and said in known_places.PROTOCOLS and into
    slot = "to_chain" if bridged else "protocol" if lent else "recipient"
    taken = [replace(tag, tag=slot) if tag is named else tag for tag in tags]
    return replace(segment, intent="bridge" if bridged else "supply" if lent else segment.intent), taken


def _is_lent(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> bool:
    """'withdraw 25 usdc from the lending pool', 'withdraw all my usdc from marginfi': a dollar is not staked."""
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    if not WITHDRAWN.match(said) or STAKED.search(said) or any(tag.tag == "token_b" for tag in tags):
        return False
    dollars = any(tag.tag == "token" and utterance.said(tag).upper() in STABLES for tag in tags)
    return dollars if segment.intent == "unstake" else FROM_A_LENDER.search(said) is not None


def _is_given_for_it(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> bool:
    """'stake 1 eth in lido to mint steth' stakes no steth."""
    before = utterance.words[tag.first - 1].text.lower() if tag.first else ""
    return (
        tag.tag == "token"
        and tag is not tags[0]
        and before in ("mint", "receive")
        and sum(t.tag == "token" for t in tags) > 1
    )
