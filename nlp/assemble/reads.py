"""What a question asks for, where its own words tell it better than the model: a price, the past, a chain, a danger."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.reading import Utterance
from nlp.assemble.unheld_parts import LENDERS
from nlp.lexicon import CHAINS, PROTOCOLS, TICKERS
from nlp.types import Hint, Kind, Segment, TaggedSpan

PRICE = re.compile(r"(?i)\bprice\s+(?:of|for)\b|\bwhat(?:['’]?s|\s+is)\s+the\s+price\b")
SENT_BEFORE = re.compile(
    r"(?i)\b(?:failed|recent|past|latest|last|previous)\s+(?:\w+\s+)?(?:transactions|transfers|txn?s)\b"
)
SENT = re.compile(r"(?i)\b(?:transactions?|txn?s?)\b")
HOW_IT_WENT = re.compile(r"(?i)\W*(?:did|is|are|was|were|has|have|do|does)\b")
STANDING = re.compile(r"(?i)\b(?:scheduled|standing|recurring|automat\w+)\b")
ROUTE = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:show|tell|find|check|compare)\s+(?:me\s+)?(?:the\s+|an?\s+)?(?:\w+\s+){0,2}(?:routes?|quotes?)\b"
)
SOUGHT_PERSON = re.compile(r"(?i)^\W*(?:please\s+)?(?:find|show|list|search)\s+(?:me\s+)?(?:the\s+|my\s+)?contacts?\b")
OWED = re.compile(r"(?i)\b(?:did|have|do)\s+(?:i|we)\s+(?:borrow(?:ed)?|owe)\b")
OWN = re.compile(r"(?i)\b(?:my|our)\b|portfolio")
FASHION = re.compile(r"(?i)\b(?:trending|top\s+(?:gainers|losers|movers)|(?:biggest|top)\s+(?:gainer|loser|mover)s?)\b")
DANGER = re.compile(
    r"(?i)\b(?:is|are)\s+(?:this|that|the|these)\s+(?:token|coin|contract)s?\s+(?:an?\s+)?(?:honeypot|scam|rug(?:\s?pull)?|safe)\b"
)
SOUGHT = re.compile(r"(?i)^\W*(?:please\s+)?(?:search|look)\s+(?:for|up)\s")
HYPOTHETICAL = re.compile(r"(?i)\bif\s+(?:i|we)\s+(?:deposit|supply|borrow|repay|lend|withdraw|put|add|sell|swap)\b")
EXPLAINED = re.compile(
    r"(?i)^\W*how\s+(?:is|are)\s+[^.?!]*\b(?:calculated|computed|determined)\b|^\W*(?:which|what)\s+(?:block)?(?:chains?|networks?|tokens?|coins?)\s+(?:does|do|are|is)\b[^.?!]*\bsupport(?:s|ed)?\b"
    r"|\bfees?\b[^.?!]*\bpool\b"
)
OF_THE_MARKET = re.compile(
    r"(?i)\btvl\b|\btotal\s+value\s+locked\b|\bfloor\s+prices?\b|\bnews\b|\barbitrage\b|\btotal\s+(?:crypto\s+)?market\s*cap\b|\bdex(?:es|s)?\b.*\bvolume\b|^\W*(?:what|which)\s+dex(?:es|s)?\b|\btrading\s+volume\b"
    r"|\b(?:trending|gainers|losers)\b|\bgained\s+(?:the\s+)?most\b|\bopen\s+interest\b|\bfunding\s+rates?\b|\bdominance\b"
)
READ_TOO = re.compile(
    r"(?i)\b(?:cancel|delete|remove|stop|switch|change|move|use|(?<!floor\s)prices?|apy|apr|yields?|charts?|sentiment|mood|supply|(?:did|do|have)\s+i)\b"
)
POSITIONS = re.compile(r"(?i)\bpositions?\b")
THE_BEST = re.compile(
    r"(?i)^\W*(?:what|which)(?:['’]s|\s+(?:are|is))?\s+(?:the\s+)?(?:best|top|cheapest|safest|fastest)\b"
)
KINDS_OWNED = re.compile(r"(?i)\b(?:collections|nfts)\b")
WIDER = frozenset(
    ("portfolio", "yields", "network_info", "nft_holdings", "balance", "history", "sentiment", "price_history", "token_info", "out_of_scope", "price", "allowances", "accounts", "switch_chain", "automation_cancel")
)  # fmt: skip
"""What a question about the market as a whole is taken for."""
HELD_BY = re.compile(r"(?i)\bhow\s+many\s+(?:(?:people|wallets|addresses)\s+(?:hold|holds|own|owns|have)|holders)\b")
MOOD = re.compile(r"(?i)\bsentiment\b")
CANDLES = frozenset({"candles", "candle", "candlesticks", "ohlc", "ohlcv", "klines", "kline"})
SHOWN_WITH = frozenset(
    {"pnl", "profit", "profits", "loss", "losses", "prices", "values", "details", "gains", "returns"}
)
TOLD_IF = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:tell|alert|notify|warn|ping)\s+me\s+(?:if|when|once)\b[^.?!]*\b(?:depegs?|drops?|falls?|crash\w*|dumps?|rises?|moons?)\b"
)
WHAT_IS = re.compile(r"(?i)^\W*what(?:['’]?s|\s+is)\s+([\w ]+?)\W*$")


def asked_for(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> str:
    """What a segment asks for: the model's intent, or a question that its words prove."""
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    names = {tag.tag for tag in tags}
    if segment.intent == "token_info" and PRICE.search(said) and "token" in names:
        return "price"
    if segment.intent == "tx_status" and "tx_hash" not in names:
        asked = STANDING.search(said) or HOW_IT_WENT.match(said)
        return "history" if SENT_BEFORE.search(said) and not asked else segment.intent
    if segment.intent == "automations" and SENT.search(said) and not STANDING.search(said):
        return "tx_status"
    if segment.intent == "swap" and ROUTE.match(said):
        return "quote"
    if segment.intent == "contact_remove" and SOUGHT_PERSON.match(said):
        return "contacts"
    if segment.intent == "balance" and OWED.search(said):
        return "lending_position"
    if (
        segment.intent in ("portfolio", "sentiment", "token_info", "price")
        and FASHION.search(said)
        and not OWN.search(said)
    ):
        return "ask"
    if segment.intent == "risk_report" and TOLD_IF.match(said):
        return "alert"
    if segment.intent == "ask" and DANGER.search(said):
        return "risk_report"
    if segment.intent == "balance" and POSITIONS.search(said) and _names_a_lender(utterance, tags):
        return "lending_position"
    if segment.intent == "balance" and SOUGHT.match(said) and "token" in names and "balance" not in said.lower():
        return "token_info"
    if segment.intent == "lending_position" and HYPOTHETICAL.search(said):
        return "ask"
    if segment.intent in WIDER and _is_of_the_market(segment.intent, said, names):
        return "ask"
    if segment.intent == "bridge" and THE_BEST.match(said):
        return "ask"
    if segment.intent == "accounts" and KINDS_OWNED.search(said):
        return "nft_holdings"
    if segment.intent in ("sentiment", "allowances", "accounts") and HELD_BY.search(said) and "token" in names:
        return "token_info"
    if segment.intent in ("lending_position", "yields", "gas") and EXPLAINED.search(said):
        return "ask"
    if segment.intent == "price_history" and MOOD.search(said):
        return "sentiment"
    if segment.intent == "token_info" and _is_of_a_chain(utterance, tags):
        return "network_info"
    return "ask" if segment.intent == "token_info" and _is_of_a_protocol(said) else segment.intent


def _names_a_lender(utterance: Utterance, tags: Sequence[TaggedSpan]) -> bool:
    return any(tag.tag == "token" and utterance.said(tag).lower() in LENDERS for tag in tags)


def _is_of_the_market(intent: str, said: str, names: set[str]) -> bool:
    """'which dexes have the most volume' asks for what no read shows; 'best yields by tvl' and 'the volume of eth' for what one does."""
    of_a_coin = intent in ("price_history", "sentiment", "token_info") and "token" in names
    return OF_THE_MARKET.search(said) is not None and not (of_a_coin or OWN.search(said) or READ_TOO.search(said))


def _is_of_a_chain(utterance: Utterance, tags: Sequence[TaggedSpan]) -> bool:
    """'details for bsc', 'solana chain details'."""
    token = next((tag for tag in tags if tag.tag == "token"), None)
    if token is None:
        said = {word.text.lower() for word in utterance.words}
        return any(tag.tag == "chain" for tag in tags) and not said & {"token", "coin", "tokens", "coins"}
    behind = utterance.words[token.last + 1].text.lower() if token.last + 1 < len(utterance.words) else ""
    chain = any(Hint.CHAIN in word.hints for word in utterance.words_of(token))
    return (chain or utterance.said(token).lower() == "solana") and behind in ("chain", "network", "mainnet")


def _is_of_a_protocol(said: str) -> bool:
    """'what is uniswap v3?' asks for words, not for facts of a coin."""
    match = WHAT_IS.match(said)
    return match is not None and match[1].lower() in PROTOCOLS and match[1].lower() not in TICKERS


def tags_of_question(utterance: Utterance, intent: str, tags: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """The labels of a question, each under the name that the words around it give."""
    pairs = [_quoted(utterance, intent, tag, tags) for tag in tags]
    pair = next((tag for tag in pairs if tag.tag == "quote" and utterance.words[tag.first - 1].text == "/"), None)
    tags = [tag for tag in pairs if not (pair and tag.tag == "token" and tag.last != pair.first - 2)]
    kept = [tag for tag in tags if not _is_elsewhere(utterance, intent, tag, tags)]
    return [_put_right(utterance, intent, tag, tags) for tag in kept]


def _quoted(utterance: Utterance, intent: str, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'the BNB/USDT price', 'the price of FLOW in USDC' is of the one in the other."""
    before = any(other.tag == "token" and other.last == tag.first - 2 for other in tags)
    slash = before and utterance.words[tag.first - 1].text == "/"
    first = next((other for other in tags if other.tag == "token"), tag)
    passed = utterance.words[tag.first - 2].text if tag.first > 1 and not utterance.text.isupper() else ""
    counted = intent == "price" and tag.first > 0 and utterance.words[tag.first - 1].text.lower() == "in"
    counted = counted and (tag is not first or (passed.isalpha() and passed.isupper()))
    return replace(tag, tag="quote") if tag.tag in ("token", "quote") and (slash or counted) else tag


def _is_elsewhere(utterance: Utterance, intent: str, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> bool:
    """'btc from pyth', 'eth on uniswap': whose price it is to be is nothing that can be chosen; 'transactions on aave': no chain."""
    before = utterance.words[tag.first - 1].text.lower() if tag.first else ""
    said = utterance.said(tag).lower()
    place = said in PROTOCOLS and said not in CHAINS
    further = intent == "price" and tag.tag == "token" and tag is not tags[0]
    source = further and (before in ("from", "via", "using") or (before == "on" and place))
    aside = intent == "portfolio" and tag.tag == "account" and before == "with" and said in SHOWN_WITH
    drawn = intent == "price_history" and tag.tag == "period" and _says_how_often(utterance, tag, tags)
    return source or drawn or aside or (intent == "history" and tag.tag == "chain" and place)


def _says_how_often(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> bool:
    """'1-hour candles over the last day': how fine a chart is drawn is no length of it, where that is said, too."""
    behind = {word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 3]}
    return bool(behind & CANDLES) and sum(other.tag == "period" for other in tags) > 1


def _put_right(utterance: Utterance, intent: str, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    before = [word.text.lower() for word in utterance.words[max(0, tag.first - 3) : tag.first]]
    others = {other.tag for other in tags if other is not tag}
    if tag.tag == "token" and before[-1:] == ["on"] and "token" in others and "chain" not in others:
        return replace(tag, tag="chain") if utterance.said(tag).lower() in CHAINS else tag
    behind = utterance.words[tag.last + 1].text.lower() if tag.last + 1 < len(utterance.words) else ""
    if intent == "history" and utterance.said(tag).lower() == "solana" and behind in ("transactions", "txs"):
        return replace(tag, tag="chain")
    if intent == "lending_position" and tag.tag == "token" and utterance.said(tag).lower() in LENDERS:
        return replace(tag, tag="protocol")
    address = utterance.words[tag.first].kind is Kind.ADDRESS
    if intent == "balance" and tag.tag == "account" and address and "token" in before and "token" not in others:
        return replace(tag, tag="token")
    return replace(tag, tag="chain") if intent == "network_info" and tag.tag == "token" else tag
