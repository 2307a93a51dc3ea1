"""Times in the words of a write that no label took: what was to wait, or to be done often, would be done once and now."""

import re
from collections.abc import Iterator

from nlp.assemble.reading import Reading, Utterance
from nlp.lexicon import WEEKDAYS, one_edit_apart
from nlp.types import Hint, Kind, Word

DAY_OF_MONTH = re.compile(
    r"(?i)\bon\s+the\s+(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|tenth|fifteenth|twentieth|last)\b"
)
RECURRING = re.compile(
    r"(?:bi-?|semi-?|tri-?)?(?:hourly|daily|nightly|weekly|fortnightly|monthly|quarterly|yearly|annually)|weekdays?|weekends?",
    re.I,
)
UNTIL = re.compile(r"(?i)\b(?:until|till|'til|til)\b(?!\s+further)")
HELD = re.compile(r"(?i)\b(?:hold|wait|keep|park|sit|not|don['’]?t)\b.{0,80}\b(?:until|till|'til|til)\b")
WHILE = re.compile(r"(?i)\bwhile\s+(?:i|we)\b")
TOMORROW = re.compile(r"(?i)t[ou]+m+[ou]r+[oa]?w?s?|2mo?r+o?w?|tmrw?|tmr|tomoz")
MISSPELT = ("weekly", "monthly", "tonight", "everyday", *(day for day in WEEKDAYS if day.endswith("day")))
COUNTED = re.compile(
    r"(?i)\b(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)\s+(?:goes|times|payments?|runs|instal\w+|rounds|turns)\b"
)
VAGUE = re.compile(
    r"(?i)\b(?:in\s+a\s+(?:bit|while)|(?<!or )(?<!than )(?<!you )(?<!half )later(?:\s+on)?(?!\s+you)|eventually|at\s+some\s+point|(?:but\s+)?not\s+(?:yet|now|today|right\s+now)|on\s+delivery|month[\s-]end"
    r"|today\s+only|(?:do\s?n['’]?t|do\s+not)\s+\w+\s+(?:it\s+)?(?:just\s+)?yet)\b"
)
AFTER_WHAT = re.compile(
    r"(?i)\bafter\s+(?:the|my|our|this|next)\s+(?!(?:swap|swapping|trade|bridge|bridging|sale|transfer|payment|unstak|unwrap|wrap|withdraw|deposit|approv|purchase|repay|loan|step|previous|first|last|second|above|current|fee|gas|cost|deduct|tax)\w*)\w+\W*$"
)
CONTINGENT = re.compile(
    r"(?i)\b(?:in\s+(?:the\s+)?(?:case|event)\s+of|in\s+an?\s+emergency|depending\s+on)\b|(?:^|,\s)\W*should\s+(?:my|the|a|an|it|there)\b"
)
BY_WHEN = re.compile(
    rf"(?i)(?<!not )\b(?:before|by|until|till)\s+(?:the\s+)?(?:{'|'.join(WEEKDAYS)}|tonight|tomorrow|noon|midnight|today|dawn|end\s+of)\b"
)
FOR_SO_LONG = re.compile(
    r"(?i)\bfor\s+(?:an?|one|the\s+(?:next|coming))\s+(?:while|days?|weeks?|months?|years?|hour)\b"
)
OF_WHICH = frozenset({"for", "the", "my", "his", "her", "our", "their"})
BEHIND_A_DAY = frozenset(
    ("morning", "afternoon", "evening", "night", "noon", "midnight", "and", "then", "please", "pls", "at", "to", "from", "on", "in", "of", "with", "for", "if", "when", "by", "every", "using", "via", "the", "my", "a", "or", "so", "but", "only", "now", "again", "instead")
)  # fmt: skip
DONE = re.compile(r"[a-z]{2,}ed|took|made|did|paid|lent|gave|got|went|came|won|lost")
PLANNED = frozenset(
    {
        "need",
        "feed",
        "speed",
        "indeed",
        "sched",
        "scheduled",
        "planned",
        "dated",
        "agreed",
        "starting",
        "delayed",
        "booked",
    }
)
NO_TIMES = ("sundae", "sundaes", "weakly", "weekday", "weekend")
SAYING = ("is", "'s", "’s", "was", "will")
SHORTEST = 6


def times_unread(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """Why a write may have to wait though it has no trigger, or another than it was given, each as a sentence for the person."""
    timed = any(tag.tag.startswith("t.") for tag in reading.tags)
    start, end = utterance.words[reading.first].start, utterance.words[reading.last].end
    clause = utterance.text[start:end]
    only_clock = {tag.tag for tag in reading.tags if tag.tag.startswith("t.")} == {"t.at"}
    if not timed or only_clock:
        yield from (f"“{day}” was given and it is not clear what for" for day in _days(utterance, reading))
    unlabelled = " ".join(utterance.words[i].text for i in reading.unlabelled)
    free = _free(utterance, reading)
    tags = {tag.tag for tag in reading.tags}
    if "t.every" not in tags:
        yield from (f"it is not clear whether this is to wait for {day}" for day in _told_of(utterance, reading))
    if timed and UNTIL.search(unlabelled) and not HELD.search(clause):
        yield "I cannot keep an end by “until”; say how many times"
    if timed and WHILE.search(clause) and not tags & {"t.other", "t.times"}:
        yield "I cannot keep an end by “while”; say how many times"
    if "t.every" in tags and "t.times" not in tags:
        yield from (f"“{said[0]}” was given and it is not clear what for" for said in COUNTED.finditer(free))
    if "t.every" in tags and DAY_OF_MONTH.search(free):
        yield "I cannot keep a day of the month; say every how many days"
    if tags & {"t.every", "t.weekday"} and "t.times" not in tags and FOR_SO_LONG.search(free):
        yield "I cannot keep how long that goes on; say how many times"
    vague = [] if timed else [match for pattern in (VAGUE, CONTINGENT, AFTER_WHAT) if (match := pattern.search(free))]
    yield from (f"“{match[0].strip()}” was given and it is not clear what is to be waited for" for match in vague)
    yield from (
        f"“{word}” says how often, and I cannot keep it; say it another way" for word in _recurring(utterance, reading)
    )


def put_off(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """A deadline or a delay in an answer or a change, as a sentence for the person."""
    free = _free(utterance, reading)
    timed = any(tag.tag.startswith("t.") for tag in reading.tags)
    for pattern in (BY_WHEN,) if timed else (BY_WHEN, VAGUE):
        match = pattern.search(free)
        if match:
            yield f"“{match[0].strip()}” was given and I cannot keep it; say when it is to be done"


def _free(utterance: Utterance, reading: Reading) -> str:
    """The words of the segment, with a bar for each that a label took."""
    words = range(reading.first, reading.last + 1)
    return " ".join(utterance.words[i].text if i in reading.unlabelled else "|" for i in words)


def _days(utterance: Utterance, reading: Reading) -> list[str]:
    """A weekday, and a time of day or rhythm that is spelt wrong."""
    free = [
        (utterance.words[i], utterance.words[i + 1] if i + 1 in reading.unlabelled else None)
        for i in reading.unlabelled
    ]
    return [
        word.text for word, after in free if _is_day(word, after) or _is_misspelt(word) or _is_tomorrow(word, after)
    ]


def _told_of(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'she covered saturday' tells what was, 'for saturdays gig' what for: neither is the day on which to pay."""
    free = {i: utterance.words[i] for i in reading.unlabelled}
    for tag in reading.tags:
        if tag.tag != "t.weekday":
            continue
        before = free[tag.first - 1].text.lower() if tag.first - 1 in free else ""
        behind = free.get(tag.last + 1)
        named = behind is not None and behind.kind is Kind.WORD and not behind.hints
        purpose = before in OF_WHICH and named and behind is not None and behind.text.lower() not in BEHIND_A_DAY
        if purpose or (DONE.fullmatch(before) and before not in PLANNED):
            yield utterance.said(tag)


def _is_day(word: Word, after: Word | None) -> bool:
    """'friday'; not 'as agreed at Tuesday's committee', 'only sat there'."""
    sitting = (
        word.text.lower() == "sat"
        and after
        and after.text.lower() in ("there", "here", "idle", "in", "around", "doing")
    )
    return Hint.WEEKDAY in word.hints and not sitting and not (after and after.text.lower() in ("'s", "’s"))


def _is_misspelt(word: Word) -> bool:
    said = word.text.lower()
    plain = word.kind is Kind.WORD and not word.hints and said not in (*MISSPELT, *NO_TIMES)
    return plain and len(said) >= SHORTEST and any(one_edit_apart(said, right) for right in MISSPELT)


def _is_tomorrow(word: Word, after: Word | None) -> bool:
    """'tomorow send …'; not 'tomorrow is chaos, so now: …'."""
    return TOMORROW.fullmatch(word.text) is not None and not (after and after.text.lower() in SAYING)


def _recurring(utterance: Utterance, reading: Reading) -> list[str]:
    if reading.intent == "set_limit" and "period" in reading.slots:
        return []
    words = (utterance.words[i].text for i in reading.unlabelled)
    return [word for word in words if RECURRING.fullmatch(word)]
