"""What is asked to be waited for and cannot be: a market cap, a volume, an index; its number is no price."""

import re
from collections.abc import Sequence

from nlp.assemble.reading import Reading, Utterance
from nlp.types import Kind, TaggedSpan

_OF_A_MARKET = r"market\s*caps?|mcaps?|fdv|valuation|(?:trading\s+)?volumes?|tvl|value\s+locked|dominance|liquidity|open\s+interest|holders?|apy|apr"
_OF_ITSELF = r"caps?|rsi|macd|ema|sma|moving\s+averages?|yields?|(?:funding|borrow(?:ing)?|interest|lending|supply|staking|reward|hash|burn|inflation|utili[sz]ation)(?:\s+rates?)?|index|odds|ltv|reserves?|followers|mentions|sentiment|fear|greed|volatility|pnl|roi|price\s+impact|slippage|allocation|deviation|rewards?|floor"
BEHIND = re.compile(rf"(?i)\s*(?:in\s+|of\s+|on\s+)?(?:{_OF_A_MARKET})\b")
WITHIN = re.compile(rf"(?i)\b(?:{_OF_A_MARKET}|{_OF_ITSELF})\b")
OF_IT = re.compile(rf"(?i)\b(?:{_OF_A_MARKET}|{_OF_ITSELF})\s+(?:of|for|on)\W*(?:the\s+|my\s+)?$")
NO_COINS = frozenset(
    {"rsi", "macd", "ema", "sma", "tvl", "apy", "apr", "mcap", "fdv", "pnl", "roi", "volume", "dominance"}
)
OPENED = re.compile(r"(?i).*(?:\b(?:when(?:ever)?|if|once|until|till|after|as\s+soon\s+as|unless|while)\b|[,;:])")
CONDITION = frozenset({"t.token", "t.metric", "t.below", "t.above", "t.threshold", "t.quote"})
NEAR = 3
NO_MEASURE = "I cannot watch “{}”; I watch prices, balances, gas and the health factor"
IN_GWEI = "I watch gas in gwei and not what it costs; say how many gwei"


def unwatched(utterance: Utterance, reading: Reading, tags: Sequence[TaggedSpan], metric: str) -> str:
    """Why a condition is none that can be watched: its own words make it no price, or no gas in gwei; '' where it can."""
    own = [tag for tag in tags if tag.tag in CONDITION]
    in_money = any(tag.tag == "t.threshold" and utterance.words[tag.last].kind is Kind.MONEY for tag in own)
    if metric == "gas" and in_money:
        return IN_GWEI
    measured = _other_measure(utterance, reading, own) if own and metric == "price" else ""
    return NO_MEASURE.format(measured) if measured else ""


def _other_measure(utterance: Utterance, reading: Reading, own: Sequence[TaggedSpan]) -> str:
    """'market cap', 'volume', where they stand in a price's condition; '' where none does."""
    coin = next((tag for tag in own if tag.tag == "t.token"), None)
    if coin is not None and utterance.said(coin).lower() in NO_COINS:
        return utterance.said(coin)
    before, within, behind = _around(utterance, reading, own, coin)
    leads = coin is not None and all(coin.first <= tag.first for tag in own)
    found = (OF_IT if leads else WITHIN).search(before) or WITHIN.search(within) or BEHIND.match(behind)
    return found[0].strip() if found else ""


def _around(
    utterance: Utterance, reading: Reading, own: Sequence[TaggedSpan], coin: TaggedSpan | None
) -> tuple[str, str, str]:
    """The words before a condition, in it behind its coin (which may be called like a measure: INDEX), and behind it."""
    words, text = utterance.words, utterance.text
    first, last = min(tag.first for tag in own), max(tag.last for tag in own)
    others = [tag for tag in reading.tags if tag not in own]
    begin = max([reading.first, first - NEAR, *(tag.last + 1 for tag in others if tag.last < first)])
    end = min([reading.last, *(tag.first - 1 for tag in others if tag.first > last)])
    before = OPENED.sub("", text[words[begin].start : words[first].start])
    inside = words[coin.last].end if coin else words[first].start
    within = text[inside : words[last].end]
    return before, within, text[words[last].end : words[end].end]
