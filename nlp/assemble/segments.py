"""Where one action ends and the next begins, put right where the words prove it otherwise than the model read it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from nlp.assemble.reading import Utterance
from nlp.assemble.verbs import further_verb
from nlp.schema import is_write
from nlp.types import Prediction, Segment, TaggedSpan

TELLING = frozenset({"tell", "alert", "notify", "ping", "warn", "text", "message", "inform"})
BEFORE_TELLING = frozenset({"and", ",", "then", "also", ";"})
OF_ONE_COIN = frozenset({"balance", "price"})
LISTING = frozenset({",", "and", "&", "plus"})
ASKS_FOR = {"buy": "swap", "sell": "swap", "deposit": "supply", "lend": "supply"} | {
    verb: verb for verb in ("swap", "stake", "unstake", "wrap", "unwrap", "bridge", "supply", "borrow", "repay")
}
TOKEN_NUMBER = re.compile(r"(?i)(?:and|with|,)\s+(?:the\s+)?(?:token|nft|id|number|#)")
BINDING = re.compile(
    r"(?i)\b(?:\w+n['’]?t|not|never|no|without|should|shall|could|would|can|if|when|whenever|unless|once|after|before|until)\b"
)
PLACES = frozenset({"account", "chain", "from_chain", "protocol"})
COST_OF_GAS = re.compile(r"(?i)(?:and|with|,)\s+(?:an?\s+)?(?:max\s+)?gas\s+(?:price|limit|fee)\b.*\d")


def bounded(utterance: Utterance, prediction: Prediction) -> list[Segment]:
    """The segments of a prediction as they are read."""
    parts = [part for whole in prediction.segments for part in _one_each(utterance, whole, prediction.spans)]
    parts = [part for whole in parts for part in _one_for_each_verb(utterance, whole, prediction.spans)]
    return _with_alerts(utterance, _joined(utterance, parts, prediction.spans))


def _one_for_each_verb(utterance: Utterance, segment: Segment, spans: Sequence[TaggedSpan]) -> list[Segment]:
    """'bridge 3 eth to base and buy link': where another verb of moving money stands, another action begins, if nothing binds both."""
    own = [tag for tag in spans if segment.first <= tag.first <= segment.last]
    if not is_write(segment.intent) or any(tag.tag.startswith(("t.", "x.")) for tag in own):
        return [segment]
    free = {i for i in range(segment.first, segment.last + 1) if not any(tag.first <= i <= tag.last for tag in own)}
    at = further_verb(utterance, segment.intent, segment.first, segment.last, free)
    intent = ASKS_FOR.get(utterance.words[at].text.lower()) if at is not None else None
    if at is None or intent is None or _binds_both(utterance, segment, at, own):
        return [segment]
    rest = replace(segment, intent=intent, first=at)
    return [replace(segment, last=at - 1), *_one_for_each_verb(utterance, rest, spans)]


def _binds_both(utterance: Utterance, segment: Segment, at: int, own: Sequence[TaggedSpan]) -> bool:
    """Whether a 'don't', a question, a condition or a place leads, that may be said of what follows, too."""
    words = utterance.words
    leading = bool(own) and own[0].tag in PLACES
    return leading or BINDING.search(utterance.text[words[segment.first].start : words[at].start]) is not None


def _joined(utterance: Utterance, segments: Sequence[Segment], spans: Sequence[TaggedSpan]) -> list[Segment]:
    """Segments that only go on with the one before are part of it."""
    parts: list[Segment] = []
    for segment in segments:
        if parts and _goes_on(utterance, parts[-1], segment, spans):
            parts[-1] = replace(parts[-1], last=segment.last)
        else:
            parts.append(segment)
    return parts


def _goes_on(utterance: Utterance, before: Segment, segment: Segment, spans: Sequence[TaggedSpan]) -> bool:
    """'my nft with contract 0x… and token id 5 to bob' is one transfer, 'and gas price 30 gwei' no question."""
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    own, theirs = ({t.tag for t in spans if part.first <= t.first <= part.last} for part in (segment, before))
    if before.intent == segment.intent == "rebalance":
        return utterance.words[segment.first].text.lower() in LISTING and own == theirs == {"targets"}
    if before.intent == segment.intent == "nft_transfer":
        return TOKEN_NUMBER.match(said) is not None and theirs == {"collection"} and not own & theirs
    return segment.intent == "gas" and is_write(before.intent) and COST_OF_GAS.match(said) is not None


def _one_each(utterance: Utterance, segment: Segment, spans: Sequence[TaggedSpan]) -> list[Segment]:
    """'my balances of usdc, dai and weth' asks three questions."""
    tokens = [tag for tag in spans if tag.tag == "token" and segment.first <= tag.first <= segment.last]
    if segment.intent not in OF_ONE_COIN or len(tokens) < 2:
        return [segment]
    between = [utterance.words[one.last + 1 : other.first] for one, other in pairwise(tokens)]
    if not all(words and all(word.text.lower() in LISTING for word in words) for words in between):
        return [segment]
    firsts = [segment.first, *(tag.last + 1 for tag in tokens[:-1])]
    lasts = [*(first - 1 for first in firsts[1:]), segment.last]
    return [replace(segment, first=first, last=last) for first, last in zip(firsts, lasts, strict=True)]


def _with_alerts(utterance: Utterance, segments: Sequence[Segment]) -> list[Segment]:
    """'… every friday and tell me when pepe drops': what asks to be told, inside an order, is an alert of its own."""
    parts: list[Segment] = []
    for segment in segments:
        at = _telling(utterance, segment) if is_write(segment.intent) else None
        if at is None:
            parts.append(segment)
        else:
            parts += [replace(segment, last=at - 1), replace(segment, intent="alert", first=at)]
    return parts


def _telling(utterance: Utterance, segment: Segment) -> int | None:
    """Where a segment goes on with 'and tell me when'."""
    words = [word.text.lower() for word in utterance.words]
    for at in range(segment.first + 1, segment.last - 2):
        joined, verb, whom, opener = words[at : at + 4]
        if words[at + 1 : at + 4] == ["let", "me", "know"] and words[at + 4 : at + 5] in (["when"], ["if"], ["once"]):
            verb, whom, opener = "tell", "me", "when"
        if joined in BEFORE_TELLING and verb in TELLING and whom in ("me", "us") and opener in ("when", "if", "once"):
            return at
    return None
