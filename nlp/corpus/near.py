"""Distance of templates from other utterances: masked token sets, so that an evaluation set is not learnt by heart."""

import re
from collections.abc import Iterable
from functools import lru_cache

from nlp.corpus import pools
from nlp.corpus.template import Template
from nlp.lexicon import CHAINS, COIN_NAMES, CURRENCIES, PROTOCOLS, TICKERS

MASKS = (
    (re.compile(r"0x[0-9a-f]*"), " ADDRESS "),
    (re.compile(r"\S+\.eth\b"), " PARTY "),
    (re.compile(r"[$€£]?\d[\d.,']*(?:k|m|%)?\b|%"), " NUMBER "),
)
KINDS = {
    "recipient": "PARTY",
    "account": "PARTY",
    "party": "PARTY",
    "spender": "PARTY",
    "name": "PARTY",
    "address": "ADDRESS",
    "contract": "ADDRESS",
}


def near_copy(template: Template, masked: frozenset[str], limit: float = 0.8) -> bool:
    """Whether a template's masked token set has a Jaccard similarity of `limit` or more with another."""
    return is_near(skeleton_tokens(template), masked, limit)


def is_near(tokens: frozenset[str], others: frozenset[str], limit: float = 0.8) -> bool:
    """Whether two masked token sets have a Jaccard similarity of `limit` or more."""
    return len(tokens & others) >= limit * len(tokens | others)


@lru_cache(maxsize=8192)
def skeleton_tokens(template: Template) -> frozenset[str]:
    """The masked token set of a template: its words, and a mask for each kind of value."""
    return mask(template.skeleton)


def mask(text: str, parties: Iterable[str] = ()) -> frozenset[str]:
    """The token set of an utterance, values replaced by the name of their kind. `parties` are names known to be parties."""
    lowered = text.lower()
    lowered = re.sub(r"<([a-z_.]+)>", lambda match: f" {_kind(match.group(1))} ", lowered)
    for pattern, name in MASKS:
        lowered = pattern.sub(name, lowered)
    words = re.findall(r"[\w']+", lowered)
    return frozenset(_masked(word, {name.lower() for name in parties}) for word in words)


def _kind(name: str) -> str:
    if name.startswith(
        ("amount", "min", "value", "threshold", "t.", "limit", "slippage", "rate", "period", "id", "times")
    ):
        return "TOKEN" if name == "t.token" else "NUMBER"
    return KINDS.get(name, name.split("_")[0].upper())


def _masked(word: str, parties: set[str]) -> str:
    if word in parties or word in pools.FIRST_NAMES:
        return "PARTY"
    for words, name in (
        (TICKERS, "TOKEN"),
        (COIN_NAMES, "TOKEN"),
        (CHAINS, "CHAIN"),
        (PROTOCOLS, "PROTOCOL"),
        (CURRENCIES, "CURRENCY"),
    ):
        if word in words:
            return name
    return word
