"""Chainlink-shaped price feeds (AggregatorV3Interface): all of a chain's, read in one request and judged by the later clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.abi import BadAnswer, decode_answer, decode_uint, encode_call
from chain.client import ChainClient
from chain.multicall import Call, CallAnswer
from chain.prices.ages import later_clock
from chain.prices.pools import clock_call
from chain.prices.quotation import Price, PriceUnavailable, scaled
from chain.values import Address
from contracts.registry import FeedEntry

FUTURE_TOLERANCE = 60
MAX_DECIMALS = 36
MAX_VALUE = 10**15
_ROUND = ("uint80", "int256", "uint256", "uint256", "uint80")


@dataclass(frozen=True, slots=True)
class Feeds:
    """What every feed of a chain says, by (base, quote), judged at `now`: the later of the chain's clock and ours."""

    now: int
    prices: Mapping[tuple[str, str], Price | PriceUnavailable]


def feed_calls(client: ChainClient) -> list[Call]:
    """The calls that read the block's time and every feed of this chain; none where it has no feeds."""
    feeds = client.registry.feeds_on(client.chain_id)
    if not feeds:
        return []
    calls = [clock_call(client)]
    for feed in feeds:
        calls += [(Address(feed.address), encode_call(s)) for s in ("latestRoundData()", "decimals()")]
    return calls


def feeds_of(client: ChainClient, answers: Sequence[CallAnswer]) -> Feeds:
    """The price of every feed, or why it cannot be used, out of the answers to `feed_calls`."""
    if not answers:
        return Feeds(0, {})
    (clock, *rounds) = answers
    now = later_clock(decode_uint(clock[1]) or 0)
    judged = {
        (feed.base.upper(), feed.quote.upper()): judge(feed, now, rounds[2 * i], rounds[2 * i + 1])
        for i, feed in enumerate(client.registry.feeds_on(client.chain_id))
    }
    return Feeds(now, judged)


def judge(feed: FeedEntry, now: int, round_data: CallAnswer, decimals: CallAnswer) -> Price | PriceUnavailable:
    """A feed's answer as a price at `now`, or why it is not one."""
    places = decode_uint(decimals[1]) if decimals[0] else None
    try:
        round_id, answer, _, updated_at, answered_in = decode_answer(_ROUND, round_data[1] if round_data[0] else b"")
    except BadAnswer:
        return _unusable(feed, "its feed does not answer")
    if places is None or places > MAX_DECIMALS:
        return _unusable(feed, "its feed does not say its decimals")
    why = _fault(feed, now, (round_id, answer, updated_at, answered_in))
    if not why and answer >= MAX_VALUE * 10**places:
        why = "its feed's answer is beyond belief"
    if why:
        return _unusable(feed, why)
    source = f"feed {feed.base}/{feed.quote}"
    return Price(feed.base, feed.quote, scaled(answer, places), updated_at, source, now, by_feeds=True)


def _fault(feed: FeedEntry, now: int, data: tuple[Any, ...]) -> str:
    round_id, answer, updated_at, answered_in = data
    if answer <= 0:
        return "its feed's answer is not above zero"
    if updated_at == 0 or answered_in < round_id:
        return "its feed's round is not complete"
    if updated_at > now + FUTURE_TOLERANCE:
        return "its feed is dated in the future"
    if now - updated_at > feed.heartbeat:
        return f"its feed is stale, last updated {now - updated_at} seconds ago where {feed.heartbeat} are allowed"
    return ""


def _unusable(feed: FeedEntry, why: str) -> PriceUnavailable:
    return PriceUnavailable(feed.base, feed.quote, why)
