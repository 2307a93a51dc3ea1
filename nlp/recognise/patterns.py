"""The compiled patterns of the recognisers. Each repeat is bounded or possessive, so that a match costs linear time."""

import re
from collections.abc import Iterable

from nlp.lexicon import CURRENCIES, CURRENCY_SIGNS, MINOR_UNITS, MONTHS

UNITS = {
    word: n for n, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
} | {"nought": 0, "naught": 0}
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
    "bln": 10**9, "mln": 10**6, "tn": 10**12, "tln": 10**12, "lakh": 10**5, "lakhs": 10**5, "crore": 10**7, "crores": 10**7,
    "dozens": 12, "doz": 12, "dozs": 12, "dz": 12, "dzs": 12, "thousands": 10**3, "millions": 10**6, "billions": 10**9,
}  # fmt: skip
ORDINAL_UNITS = {
    form: n
    for n, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), 1)
    for form in (word, word + "s")
}
ORDINAL_PARTS = {form: n for form, n in ORDINAL_UNITS.items() if n > 2} | {
    form: n
    for word, n in {
        "half": 2, "quarter": 4, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
        "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40,
        "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
        "thousandth": 10**3, "millionth": 10**6, "billionth": 10**9, "trillionth": 10**12,
    }.items()
    for form in (word, word + "s")
} | {"halves": 2}  # fmt: skip
"""The parts that a number can be divided into by name; `second` is a time and never one of them."""
PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "eighth": 8, "eighths": 8, "tenth": 10, "tenths": 10,
}  # fmt: skip
GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅛": (1, 8), "⅕": (1, 5), "⅒": (1, 10),
          "⅙": (1, 6), "⅚": (5, 6), "⅖": (2, 5), "⅗": (3, 5), "⅘": (4, 5), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8)}  # fmt: skip


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
_SPACED_SCALE = rf"{SP}?(?i:k|thousand|grand|million|mil|billion|trillion|bn|mn|bln|mln|tln|hundred|dozens?|dozs?|dzs?|lakhs?|crores?){_END}"
_GLYPH = "[" + "".join(GLYPHS) + "]"
_FRACTION = rf"(?:\d{{1,4}}{SP}(?:and{SP})?)?\d{{1,3}}/\d{{1,3}}(?![\d/.,]\d|[\d/])|(?:\d{{1,4}}{SP}?)?{_GLYPH}"

_U9 = either(UNITS)
_SMALL = rf"(?:{either(TENS)}(?:[ \-](?!zero|nought|naught){_U9}\b)?|{either(TEENS)}|{_U9})\b"
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

# "point three" is 0.3, and "at this point three" is three.
_NO_DECIMAL = "".join(
    rf"(?<!\b{word} )" for word in ("this", "that", "which", "what", "some", "any", "no", "a", "at", "my", "good")
)
_POINTED = rf"{_NO_DECIMAL}point(?:{SP}(?:{_U9}|oh)\b){{1,18}}(?:{SP}{_SCALE})?"

_LONG_SCALE = r"(?:hundred|thousand|million|billion|trillion|grand|dozens?|lakhs?|crores?)\b"
_MANY_PARTS = either(form for form in ORDINAL_PARTS if form.endswith("s"))
CONTINUED = re.compile(
    rf"(?i:(?:{SP}{{1,3}}|{SP}?-{SP}?)(?:(?:and|point){SP}{{1,3}})?(?:{_SMALL}|{_LONG_SCALE}|{_MANY_PARTS}\b)"
    rf"|{SP}{{1,3}}and{SP}{{1,3}}(?:an?{SP}|one{SP})?{either(ORDINAL_PARTS)}\b)"
)
"""What goes on with a number phrase behind its first words: nothing of a phrase is read apart from the rest of it."""
DIGITS_CONTINUED = re.compile(rf"(?i:{SP}{{1,3}}(?:and{SP}{{1,3}})?[1-9]\d{{0,2}}(?![\d.,]*\d|\w))")
SCALED_PART = re.compile(
    rf"(?i:(?:(?:an?{SP})?(?:half|quarter)|{_SMALL}{SP}{either(ORDINAL_PARTS)}){SP}(?:of{SP}an?{SP})?"
    rf"(?:thousand|million|billion|trillion|grand|lakh|crore)\b)"
)

_AND_A_PART = rf"(?i:{SP}and{SP}(?:an?{SP}half|an?{SP}quarter|three{SP}quarters)\b(?!{SP}(?:of|an?|the|my|our|{either(SCALES)})\b))"
DIGIT_AMOUNT = re.compile(
    rf"(?:(?P<fraction>{_FRACTION}|\d{{1,9}}(?=\s){_AND_A_PART})|(?P<digits>{_DIGITS})(?:(?P<glued>{_GLUED_SCALE})|(?P<spaced>{_SPACED_SCALE}))?)"
)
WORD_AMOUNT = re.compile(rf"(?i:(?P<part>{_PART_OF_ONE})|(?P<words>{_GROUP}{_TAIL}?|{_POINTED}))(?!\w)")
SCALE_BEHIND_ONE = re.compile(
    rf"(?i:one{SP}(?:hundred|thousand|million|billion|trillion|grand|dozen|lakh|crore|k|percent|per|pct|point|and|half|quarter|third)\b)"
)
SHARE_FRACTION = re.compile(rf"(?i:(?:an?|one|{_SMALL}){SP}{_PART}{_END})")
HALF_UNIT = re.compile(rf"(?i:(?:half|quarter|a{SP}half|a{SP}quarter)(?={SP}(?:percent|pct|per{SP}cent){_END}))")

_CURRENCY_WORDS = either([*(name for name in CURRENCIES if name not in CURRENCY_SIGNS), *MINOR_UNITS])
_SIGN = either(CURRENCY_SIGNS)
_LONE_SIGN = "[" + "".join(name for name in CURRENCY_SIGNS if len(name) == 1 and name not in "$¥฿") + "]"
UNIT = re.compile(
    rf"(?i:{SP}?(?P<percent>%|％|percent(?:ages?)?{_END}|per\s?cent{_END}|pct{_END}|percents{_END})"
    rf"|{SP}?(?P<bps>(?:bps?|bips|basis{SP}points?){_END})"
    rf"|(?:{SP}|-(?=[a-z]))?(?P<money>(?:{_CURRENCY_WORDS}){_END}(?!{SP}coins?\b)|{_LONE_SIGN}(?![\d\w])|\$(?![\d\w]))"
    rf"|{SP}?(?P<wei>(?:k|m|g)?wei{_END})"
    rf"|(?:{SP}|-)?(?P<period>(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|fortnights?|months?|mths?|mos?"
    rf"|years?|yrs?){_END})"
    rf"|(?P<short>[hdwy]{_END}))"
)
# An article or a clitic before a blank and a dollar sign ("a $ 5 bill") is no currency.
SYMBOL = re.compile(rf"(?i:(?!as?{SP}){_SIGN}|(?:c|ca|hk|nz|nt|us|u\.s\.?){SP}\$){SP}?(?=\d|\.\d)")
MINOR_TAIL = re.compile(rf"(?i:,?{SP}(?:and{SP})?(?:\d{{1,2}}|{_SMALL}){SP}?(?:cents?|pence){_END})")
SCALE_TAIL = re.compile(rf"(?i:{SP}(?P<scale>thousand|million|billion|trillion){_END})")
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
    rf"|\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?!\d|:\d){_PART_OF_DAY}?|\d{{1,2}}h\d{{2}}\b"
    rf"|(?:half|(?:a{SP})?quarter|ten|twenty|five|twenty[ \-]five){SP}past{SP}(?:{_HOUR_WORD}|\d{{1,2}}\b)(?:{SP}[ap]\.?m\b\.?)?{_PART_OF_DAY}?"
    rf"|(?:a{SP})?quarter{SP}to{SP}(?:{_HOUR_WORD}|\d{{1,2}}\b)(?:{SP}[ap]\.?m\b\.?)?{_PART_OF_DAY}?"
    rf"|(?:{_HOUR_WORD}|\d{{1,2}}){SP}?o['’]?clock\b{_PART_OF_DAY}?"
    rf"|(?:{_HOUR_WORD}|\d{{1,2}}){_PART_OF_DAY}|{_HOUR_WORD}(?:{SP}(?:fifteen|thirty|forty[ \-]five))?{SP}[ap]\.?m\b\.?|noon\b|midday\b|midnight\b)"
)
STARTERS = frozenset((*UNITS, *TEENS, *TENS, *PARTS, "a", "an", "point", "noon", "midday", "midnight", *MONTHS))

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
FURTHER_TLDS = NAME_TLDS | {"sui", "sol", "bnb", "arb", "arc", "near", "stark", "ton"}
"""Endings of names that no resolver here finds: still names, and no two words."""
NAME_BEHIND = re.compile(rf"(?i:\.{either(NAME_TLDS)}(?!\w))")
"""What makes of a run of hexadecimal digits a name (`0x….eth`)."""
WORD_BEHIND = re.compile(r"\.[A-Za-z][\w-]{0,31}(?![\w(])")
UNDERSCORED = re.compile(r"(?:_\d{1,40}){1,8}(?:\.\d{1,40})?")
