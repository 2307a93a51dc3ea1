"""Whether a clause has words of its own, or goes on with those of the one before it."""

from nlp.assemble.reading import Reading, Utterance, binds
from nlp.lexicon import WEEKDAYS
from nlp.types import Kind, Word

EACH = frozenset({"each", "apiece", "both", "ea"})
PLACING = frozenset({"on", "via", "from", "over", "using", "through"})
REFERRING = frozenset(
    {
        "somewhere",
        "someone",
        "somebody",
        "anyone",
        "anybody",
        "anywhere",
        "whoever",
        "wherever",
        "other",
        "another",
        "else",
        "different",
        "instead",
        "except",
        "but",
        "not",
        "unless",
        "if",
        "when",
        "same",
        "rest",
    }
)
SILENT = frozenset(
    [
        "and",
        "or",
        "then",
        "plus",
        "also",
        "&",
        "n",
        "an",
        "nd",
        "with",
        "to",
        "for",
        "from",
        "into",
        "onto",
        "out",
        "off",
        "via",
        "using",
        "on",
        "of",
        "in",
        "the",
        "a",
        "my",
        "as",
        "well",
        "too",
        "at",
        "by",
        "next",
        "after",
        "finally",
        "lastly",
        "likewise",
        "another",
        "all",
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "you",
        "thx",
        "ty",
        "now",
        "just",
        "um",
        "uh",
        "ah",
        "oh",
        "nor",
        "their",
        "its",
        "actually",
        "along",
        "back",
        "further",
    ]
)
PERMISSIONS = frozenset(
    {"approval", "approvals", "allowance", "allowances", "access", "permission", "permissions", "rights", "'s", "’s"}
)
ASKING = frozenset({"how", "much", "many", "what", "about", "is", "there", "do", "i", "have"})


def elliptical(utterance: Utterance, reading: Reading) -> bool:
    """Whether a segment has no verb of its own: all its unlabelled words are joints, or chatter behind the last label."""
    labelled = {i for tag in reading.tags for i in range(tag.first, tag.last + 1)}
    last = max(labelled, default=reading.last)
    rest = [i for i in range(reading.first, reading.last + 1) if i not in labelled]
    joints = SILENT | EACH if binds(reading.intent) else SILENT | EACH | ASKING
    joints = joints | PERMISSIONS if reading.intent == "revoke" else joints
    return all(_is_joint(utterance.words[i], joints) or (i > last and _is_chatter(utterance.words[i])) for i in rest)


def _is_joint(word: Word, joints: frozenset[str]) -> bool:
    return word.text.lower() in joints or word.kind is Kind.PUNCT


def _is_chatter(word: Word) -> bool:
    """A word that can name no value and points to none."""
    return word.kind is Kind.WORD and not word.hints and word.text.lower() not in REFERRING


def said_in(utterance: Utterance, first: int, last: int) -> frozenset[str]:
    """The words in lower case; 'both on base' says where, not how a sum is shared."""
    words = [word.text.lower() for word in utterance.words[first : last + 1]]
    behind = [*words[1:], ""]
    pairs = zip(words, behind, strict=True)
    timed = {*WEEKDAYS, "day", "week", "month", "morning", "evening", "night", "year", "hour"}
    return frozenset(
        word
        for word, after in pairs
        if not (word == "both" and after in PLACING) and not (word in ("each", "ea") and after in timed)
    )
