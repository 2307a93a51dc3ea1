"""How often: 'every other friday' is every second week's, and other words that skip some cannot be kept."""

import re
from collections.abc import Mapping, Sequence

from nlp.assemble.reading import Utterance
from nlp.lexicon import WEEKDAYS
from nlp.types import TaggedSpan

RHYTHMS = frozenset({"t.weekday", "t.every", "t.other"})
UNITS: Mapping[str, str] = {"day": "P2D", "week": "P2W", "month": "P2M", "year": "P2Y"}
SKIPPING = frozenset({"other", "second", "third", "alternate", "alternating"})
EVERY_OTHER = re.compile(
    r"(?i)\bev(?:e?ry|ey|rey|eyr)?\s+(?:other|alternate)\s+(?P<what>[a-z]+)$|\beach\s+alternate\s+(?P<each>[a-z]+)$"
)
NEAR = 3


def every_other(utterance: Utterance, tags: Sequence[TaggedSpan]) -> tuple[TaggedSpan, dict[str, str]] | None:
    """The label whose words say every other day, week, month or weekday, and the keys that it means."""
    for tag in tags:
        if tag.tag not in RHYTHMS:
            continue
        start = utterance.words[max(0, tag.first - NEAR)].start
        said = EVERY_OTHER.search(utterance.text[start : utterance.words[tag.last].end])
        what = (said["what"] or said["each"]).lower() if said else ""
        day = WEEKDAYS.get(what)
        if day:
            return tag, {"every": "P2W", "weekday": day}
        if what in UNITS:
            return tag, {"every": UNITS[what]}
    return None


def skipping(utterance: Utterance, tags: Sequence[TaggedSpan]) -> str:
    """'every third friday' is not every friday: the words that skip some, and the day; '' where none do."""
    for tag in tags:
        if tag.tag in ("t.weekday", "t.every"):
            near = utterance.words[max(0, tag.first - 2) : tag.last + 1]
            if SKIPPING & {word.text.lower() for word in near}:
                return utterance.text[near[0].start : near[-1].end]
    return ""
