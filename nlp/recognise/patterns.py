"""The compiled patterns of the recognisers. Each repeat is bounded or possessive, so that a match costs linear time."""

import re
from collections.abc import Iterable

from nlp.lexicon import MONTHS

UNITS = {
    word: n for n, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
}
TEENS = {
    word: n
    for n, word in enumerate(
        ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        10,
    )
}
TENS = {
    word: n * 10
    for n, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
} | {"fourty": 40}
SCALES = {
    "dozen": 12, "hundred": 100, "thousand": 10**3, "grand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "k": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "mil": 10**6, "mio": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12,
}  # fmt: skip
PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip
GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8), "⅕": (1, 5), "⅒": (1, 10)}


def either(words: Iterable[str]) -> str:
    """One of the words, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


SP = r"[ \t\u00a0\u202f\u2009]"
_END = r"(?![\w])"
_DIGITS = (
    rf"[+\-−]?(?:(?:[1-9]\d{{0,2}}(?:{SP}\d{{3}}){{1,6}}(?:[.,]\d{{1,40}})?(?!{SP}?\d)(?![.,'’]?\d))"
    r"|\d[\d.,'’]*+(?<=\d)(?:[eE][+\-]?\d++)?|\d[\d.,'’]*(?<=\d)|\.\d++)"
)
_GLUED_SCALE = r"(?:mil|mio|mn|mm|bn|[kmbtKMBT]|MM|Mn|Bn)(?![\w])"
_SPACED_SCALE = rf"{SP}?(?i:k|thousand|grand|million|mil|billion|trillion|bn|mn|hundred|dozen){_END}"
_GLYPH = "[" + "".join(GLYPHS) + "]"
_FRACTION = rf"(?:\d{{1,4}}{SP}(?:and{SP})?)?\d{{1,3}}/\d{{1,3}}(?![\d/.,]\d|[\d/])|(?:\d{{1,4}}{SP}?)?{_GLYPH}"

_U9 = either(UNITS)
_SMALL = rf"(?:{either(TENS)}(?:[ \-](?!zero){_U9}\b)?|{either(TEENS)}|{_U9})\b"
_SCALE = r"(?:hundred|thousand|million|billion|trillion|grand|dozen|k)\b"
_HUND = rf"(?:(?:an?|{_SMALL}){SP}hundred\b(?:{SP}(?:and{SP})?{_SMALL})?|{_SMALL})"
_GROUP = rf"(?:(?:half{SP}an?|an?|{_HUND}){SP}{_SCALE}(?:,?{SP}(?:and{SP})?{_HUND}(?:{SP}{_SCALE})?){{0,3}}|{_HUND})"
_TAIL = (
    rf"(?:{SP}and{SP}(?:an?{SP}half|half|an?{SP}quarter|three{SP}quarters)\b(?:{SP}{_SCALE})?"
    rf"|{SP}point(?:{SP}(?:{_U9}|oh)\b){{1,18}}(?:{SP}{_SCALE})?)"
)
_PART = either(PARTS)
_PART_OF_ONE = (
    rf"(?:half{SP}(?:of{SP})?(?:an?|one)\b(?!{SP}(?:more|less|hundred|thousand|million|billion|trillion|grand|dozen|k)\b)"
    rf"|(?:(?:an?|{_SMALL}){SP})?{_PART}{SP}of{SP}(?:an?|one)\b)"
)

DIGIT_AMOUNT = re.compile(
    rf"(?:(?P<fraction>{_FRACTION})|(?P<digits>{_DIGITS})(?:(?P<glued>{_GLUED_SCALE})|(?P<spaced>{_SPACED_SCALE}))?)"
)
WORD_AMOUNT = re.compile(rf"(?i:(?P<part>{_PART_OF_ONE})|(?P<words>{_GROUP}{_TAIL}?))(?!\w)")
SHARE_FRACTION = re.compile(rf"(?i:(?:an?|one|{_SMALL}){SP}{_PART}{_END})")
HALF_UNIT = re.compile(rf"(?i:(?:half|quarter|a{SP}half|a{SP}quarter)(?={SP}(?:percent|pct|per{SP}cent){_END}))")

_CURRENCY_WORDS = (
    "bucks?|us dollars?|dollars?|usd|euros?|eur|gbp|pounds? sterling|pounds?|quid|cents?|pence|chf|francs?|yen|jpy|cad|aud"
    "|nzd|sgd|hkd|inr|rupees?|cny|yuan|rmb|brl|mxn|sek|nok|dkk|pln|zar|aed"
)
UNIT = re.compile(
    rf"(?i:{SP}?(?P<percent>%|％|percent{_END}|per\s?cent{_END}|pct{_END}|percents{_END})"
    rf"|{SP}?(?P<bps>(?:bps?|bips|basis{SP}points?){_END})"
    rf"|{SP}?(?P<money>(?:{_CURRENCY_WORDS}){_END}(?!{SP}coins?\b)|[€£₹](?![\d\w])|\$(?![\d\w]))"
    rf"|{SP}?(?P<wei>(?:k|m|g)?wei{_END})"
    rf"|(?:{SP}|-)?(?P<period>(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|mths?|mos?"
    rf"|years?|yrs?){_END})"
    rf"|(?P<short>[hdwy]{_END}))"
)
SYMBOL = re.compile(rf"(?:US|us)?[$€£¥₹₩]{SP}?(?=\d|\.\d)")
CODE_FIRST = re.compile(rf"(?i:(?:usd|eur|gbp|chf){SP}(?=\d|\.\d))")
CURRENCY_TAIL = re.compile(rf"(?i:{SP}(?:usd|dollars?|bucks?|eur|euros?|gbp|pounds?){_END}(?!{SP}coins?\b))")

_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?\b"
_YEAR = rf"(?:,?{SP}?(?:of{SP})?\d{{4}}\b(?![.,]?\d))"
DATE = re.compile(
    rf"(?i:\d{{4}}-\d{{1,2}}-\d{{1,2}}(?![\d\w])|\d{{4}}/\d{{1,2}}/\d{{1,2}}(?![\d\w])"
    rf"|\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]\d{{4}}(?![\d\w])"
    rf"|{_DAY}{SP}?(?:of{SP})?{_MONTH}{_YEAR}?)"
)
MONTH_DATE = re.compile(rf"(?i:(?P<month>{_MONTH}){SP}(?:the{SP})?(?P<day>{_DAY})(?P<year>{_YEAR})?(?![.,]?\d))")

_HOUR_WORD = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
_PART_OF_DAY = rf"(?:{SP}(?:in{SP}the{SP}(?:morning|afternoon|evening)|at{SP}night)\b)"
TIME = re.compile(
    rf"(?i:\d{{1,2}}(?:[:.]\d{{2}})?{SP}?(?:a\.m\.?|p\.m\.?|[ap]m\b){_PART_OF_DAY}?"
    rf"|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\d:]){_PART_OF_DAY}?|\d{{1,2}}h\d{{2}}\b"
    rf"|(?:half|(?:a{SP})?quarter|ten|twenty|five|twenty[ \-]five){SP}past{SP}(?:{_HOUR_WORD}|\d{{1,2}}\b)(?:{SP}[ap]\.?m\b\.?)?{_PART_OF_DAY}?"
    rf"|(?:a{SP})?quarter{SP}to{SP}(?:{_HOUR_WORD}|\d{{1,2}}\b){_PART_OF_DAY}?"
    rf"|(?:{_HOUR_WORD}|\d{{1,2}}){SP}?o['’]?clock\b{_PART_OF_DAY}?"
    rf"|(?:{_HOUR_WORD}|\d{{1,2}}){_PART_OF_DAY}|{_HOUR_WORD}(?:{SP}(?:fifteen|thirty|forty[ \-]five))?{SP}[ap]\.?m\b\.?|noon\b|midday\b|midnight\b)"
)
STARTERS = frozenset((*UNITS, *TEENS, *TENS, *PARTS, "a", "an", "noon", "midday", "midnight", *MONTHS))

_PUNCTUATION = "\u00a0-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2010-\u2027\u2030-\u205e\u20a0-\u20cf\u3000-\u3020\u1680\u2000-\u200a\uff01-\uff0f\uff1a-\uff20"
NAME_CHARS = rf"[A-Za-z0-9_\-\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u00aa\u00b5\u00ba\u200b-\u200f\u202a-\u202e\u2060-\u2064]|[^\x00-\xff{_PUNCTUATION}\s]|[\u00c0-\u00ff]"
CHUNK = re.compile(rf"(?:{NAME_CHARS})++(?:\.(?:{NAME_CHARS})++)*+")
HEX_CHUNK = re.compile(rf"[0０][xXｘＸ](?:{NAME_CHARS})*+(?:(?:…|\.{{2,3}})(?:{NAME_CHARS})*+)?")
FUNCTION_HEAD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*+\((?!s\)|es\)|ies\))")
URL = re.compile(r"(?i:(?:https?|ipfs|wss?|ftp)://|www\.)[^\s<>\"'`“”()\[\]{}]++")
TICKER = re.compile(r"\$[A-Za-z][A-Za-z0-9]*+(?:\.[A-Za-z]\b)?")
WORD = re.compile(r"[^\W_](?:[^\W_]|_(?=\w)|[\u0300-\u036f])*+(?:['’]t\b)?")
CLITIC = re.compile(r"['’](?:s|re|ve|ll|m|d)\b", re.IGNORECASE)
SPACE = re.compile(r"[\s\x00]++")
DOT_NAME = re.compile(
    rf"(?i:(?P<label>[a-z0-9\-]{{1,64}})(?P<rest>(?:{SP}dot{SP}[a-z0-9\-]{{1,64}}){{0,3}}{SP}dot{SP}eth\b))"
)
NAME_TLDS = frozenset(
    ("eth", "xyz", "com", "org", "net", "io", "id", "app", "box", "art", "cb", "lens", "crypto", "nft", "wallet")
)
