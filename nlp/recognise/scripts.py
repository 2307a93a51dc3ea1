"""Hidden and look-alike characters in names and tickers (after UTS 39: invisible, bidirectional, mixed-script)."""

import re
import unicodedata

_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\ufffc")
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_LATIN_LOOKALIKES = frozenset("асеорхуіјѕһԁԛԝӏкмтнвгѵʏАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινρτυκ")

EMOJI = re.compile(
    "(?:[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff][\u200d\ufe0f\ufe0e\u20e3\U000e0020-\U000e007f]*)+"
)


def is_hidden(char: str) -> bool:
    """Whether a character shows nothing or turns the direction of what follows."""
    return (
        char in _FILLERS or unicodedata.category(char) in ("Cf", "Cc", "Co", "Cn", "Cs") or "\ufe00" <= char <= "\ufe0f"
    )


def has_hidden(text: str) -> bool:
    """Whether letters or digits carry hidden characters; those that only join emoji do not count."""
    return (not text.isascii() and any(map(is_hidden, EMOJI.sub("", text)))) or (
        text.isascii() and not text.isprintable()
    )


def _script(char: str) -> str:
    name = unicodedata.name(char, "UNNAMED")
    return name.split(" ")[0].split("-")[0]


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] == "L"


def is_lookalike(text: str) -> bool:
    """Whether a word could pass for another: letters of two scripts, styled letters, loose marks, or all-look-alike letters."""
    if text.isascii():
        return False
    composed = unicodedata.normalize("NFC", text)
    letters = [char for char in composed if _is_letter(char)]
    scripts = {_script(char) for char in letters}
    if len(scripts) > 1 and not scripts <= _EAST_ASIAN | {"IDEOGRAPHIC"}:
        return True
    if any(unicodedata.normalize("NFKC", char) != char for char in letters if char not in "ªº"):
        return True
    if "LATIN" in scripts and any(unicodedata.category(char) == "Mn" for char in composed):
        return True
    return len(letters) > 2 and all(char in _LATIN_LOOKALIKES for char in letters)


def is_deceptive(text: str) -> bool:
    """Whether a name or ticker holds hidden or look-alike characters; each label of a dotted name is judged by itself."""
    return has_hidden(text) or any(is_lookalike(label) for label in text.split("."))
