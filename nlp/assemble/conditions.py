"""The words of a condition under their right labels: 'when the gas fee is below 15 gwei', 'if DPX/RDPX <= 0.8'."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp.assemble.reading import Utterance
from nlp.types import Kind, TaggedSpan

_LEVEL = r"(?:\s+[\d.]+(?:\s*gwei)?)?"
GAS = re.compile(
    r"(?i)(?:(?:when(?:ever)?|if|once|provided|as\s+(?:long|soon)\s+as)\s+)?(?:the\s+)?(?:network\s+)?gas(?:\s+(?:fee|price|cost)s?)?"
    rf"(?:(?:\s+(?:is|are|gets?|goes))?(?:\s+(?:below|under|beneath|lower\s+than|less\s+than|above|over|higher\s+than|more\s+than){_LEVEL})?"
    rf"|\s+(?:drops?|falls?|rises?|climbs?)\s+(?:below|under|beneath|above|over){_LEVEL})\s*\.?"
)
EXACTLY = re.compile(r"(?i)\bin\s+exactly\s+\S+(?:\s+\w+)?$")
DENYING = frozenset({"no", "not", "never", "n't", "isn't", "isn’t"})
UNHELD = frozenset({"x.limit", "t.other"})
LOWER = frozenset({"below", "under", "beneath", "lower", "less", "<", "≤"})
HIGHER = frozenset({"above", "over", "higher", "more", "greater", ">", "≥"})


def conditioned(utterance: Utterance, tags: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """The labels of a segment with those of its condition as its words prove them."""
    whole = [part for tag in _exactly(utterance, tags) for part in _gas_condition(utterance, tag)]
    whole = [_quote_of_a_pair(utterance, tag, whole) for tag in whole]
    return sorted((*whole, *_direction(utterance, whole)), key=lambda tag: tag.first)


def _direction(utterance: Utterance, tags: Sequence[TaggedSpan]) -> Iterator[TaggedSpan]:
    """'if balance > 1 eth', 'over 3000' of which no label took the way; 'no more than 3000' is none that is kept."""
    threshold = next((tag for tag in tags if tag.tag == "t.threshold"), None)
    if threshold is None or any(tag.tag in ("t.above", "t.below") for tag in tags):
        return
    taken = {i for tag in tags for i in range(tag.first, tag.last + 1)}
    near = [i for i in range(threshold.first - 1, max(-1, threshold.first - 3), -1) if i not in taken]
    for i in near:
        said = utterance.words[i].text.lower()
        if said in HIGHER | LOWER:
            denied = i > 0 and utterance.words[i - 1].text.lower() in DENYING
            yield TaggedSpan("t.other" if denied else "t.above" if said in HIGHER else "t.below", i - denied, i)
            return
        if said not in ("=", "than"):
            return


def _exactly(utterance: Utterance, tags: Sequence[TaggedSpan]) -> Iterator[TaggedSpan]:
    """'in exactly 3 days' is a time to wait for; 'within exactly 3 days' is none."""
    firsts = {
        tag.first
        for tag in tags
        if tag.tag in UNHELD and EXACTLY.search(utterance.text[: utterance.words[tag.last].end])
    }
    for tag in tags:
        if tag.first in firsts and utterance.words[tag.last].kind is Kind.PERIOD:
            yield replace(tag, tag="t.after", first=tag.last)
        elif not (tag.tag in UNHELD and utterance.said(tag).lower() == "in" and tag.last + 1 in firsts):
            yield tag


def _gas_condition(utterance: Utterance, tag: TaggedSpan) -> Iterator[TaggedSpan]:
    """'if the gas price is' and what follows it, where it was taken for a limit that no slot holds."""
    if tag.tag not in UNHELD or not GAS.fullmatch(utterance.said(tag)):
        yield tag
        return
    for i in range(tag.first, tag.last + 1):
        name = _part_of_it(utterance, i)
        if name:
            yield TaggedSpan(name, i, i, tag.score)


def _part_of_it(utterance: Utterance, i: int) -> str:
    word, said = utterance.words[i], utterance.words[i].text.lower()
    if word.kind is Kind.NUMBER:
        return "t.threshold"
    if said in LOWER | HIGHER:
        return "t.below" if said in LOWER else "t.above"
    return "t.metric" if said == "gas" else ""


def _quote_of_a_pair(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'DPX/RDPX <= 0.8' is the price of the one in the other."""
    before = next((other for other in tags if other.tag == "t.token" and other.last == tag.first - 2), None)
    slash = tag.first > 0 and utterance.words[tag.first - 1].text == "/"
    fits = before is not None and slash and tag.tag in ("t.token", "token_out", "token_in", "token")
    return replace(tag, tag="t.quote") if fits else tag
