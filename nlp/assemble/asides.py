"""A time in a clause that only tells something: 'my niece is eighteen on sunday, so please give …'."""

from collections.abc import Iterator

from nlp.assemble.reading import Reading, Utterance
from nlp.types import TaggedSpan

TIMED = frozenset({"t.weekday", "t.at", "t.date", "t.after", "t.every"})
BORDERS = frozenset(
    {",", ".", ";", ":", "!", "?", "—", "–", "-", "(", ")", "so", "but", "because", "cos", "anyway", "and"}
)
TELLING = frozenset(
    ("is", "are", "was", "were", "'s", "’s", "has", "had", "been", "am", "'m", "turns", "comes", "came", "went", "goes", "gets", "got", "says", "said", "keeps", "kept", "opens", "closes", "starts", "ends")
)  # fmt: skip
WAITING = frozenset({"if", "when", "once", "whenever", "until", "till", "after", "before", "unless", "every", "each"})
ASIDE = "“{}” was said of something else; say when it is to be done, or leave it out"


def told_aside(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """Times that a clause without anything of the request tells, each as a sentence for the person."""
    for tag in reading.tags:
        if tag.tag in TIMED and (_names_something(utterance, tag) or _in_a_telling_clause(utterance, reading, tag)):
            yield ASIDE.format(utterance.said(tag))


def _names_something(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'for saturday's match'."""
    behind = utterance.words[tag.last + 1].text.lower() if tag.last + 1 < len(utterance.words) else ""
    return tag.tag == "t.weekday" and (behind in ("'s", "’s") or utterance.said(tag).lower().endswith(("'s", "’s")))


def _in_a_telling_clause(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    first, last = _clause(utterance, reading, tag)
    words = {word.text.lower() for word in utterance.words[first : last + 1]}
    others = any(first <= other.first <= last for other in reading.tags if other.tag not in TIMED)
    return not others and bool(words & TELLING) and not words & WAITING


def _clause(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> tuple[int, int]:
    borders = [i for i in range(reading.first, reading.last + 1) if utterance.words[i].text.lower() in BORDERS]
    first = max((i + 1 for i in borders if i < tag.first), default=reading.first)
    return first, min((i - 1 for i in borders if i > tag.last), default=reading.last)
