"""Numbers as people write them, to exact decimals. One reading or none; no float anywhere."""

import re
from decimal import Context, Decimal
from fractions import Fraction

from nlp.recognise.patterns import GLYPHS, PARTS, SCALES, UNITS
from nlp.values.number_words import read_phrase
from nlp.values.result import Unusable, shown

MAX_SURFACE = 160
MAX_DIGITS = 96
_EXACT = Context(prec=400)
_UNDERSCORED = re.compile(r"[1-9][0-9]{0,2}(?:_[0-9]{3})+(?:\.[0-9]+)?")
_AND_A_PART = re.compile(r"(?P<whole>[0-9]+) and (?P<part>an? half|an? quarter|three quarters)")
_SPACES = "[ \t\u00a0\u202f\u2009]"
_SCALED = re.compile(rf"(?P<number>.*?\d|.*?[{''.join(GLYPHS)}]){_SPACES}?(?P<scale>[a-z]+)?", re.DOTALL)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_GROUPED = re.compile(
    rf"[0-9]{{1,3}}(?P<separator>{_SPACES}|['’,.])[0-9]{{3}}(?:(?P=separator)[0-9]{{3}})*(?P<tail>[.,][0-9]+)?"
)
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
_COMMA_DECIMAL = re.compile(r"(?:0|[0-9]+),[0-9]+")
_FRACTION = re.compile(rf"(?:(?P<whole>[0-9]+){_SPACES}(?:and )?)?(?P<over>[0-9]+)/(?P<under>[0-9]+)")
_GLYPHED = re.compile(rf"(?P<whole>[0-9]*){_SPACES}?(?P<glyph>[{''.join(GLYPHS)}])")
_WEI = {
    "wei": Fraction(1, 10**18),
    "kwei": Fraction(1, 10**15),
    "mwei": Fraction(1, 10**12),
    "gwei": Fraction(1, 10**9),
}
_FACTORS: dict[str, Fraction] = {name: Fraction(n) for name, n in SCALES.items()} | _WEI
MAX_EXPONENT = 60
_SIGNED = re.compile(r"(?:-\s?|minus |negative )(?=\S)")
_RATIO = re.compile(r"(?P<over>.+?) (?:over|out of|in) (?P<under>.+)")
_POWER = re.compile(r"(?P<base>[\d.,]+)(?:(?P<times>e|\s?x\s?10\^)|\^)(?P<exponent>[+-]?\d{1,3})")
NEGATIVE = ("-", "minus ", "negative ")


def plain(value: Decimal | Fraction) -> str:
    """Decimal text without exponent, separators or needless zeros. A fraction must end in base ten."""
    number = (
        value if isinstance(value, Decimal) else _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    )
    text = format(number, "f")
    text = (text.rstrip("0").rstrip(".") if "." in text else text).lstrip("0") or "0"
    return "0" + text if text.startswith(".") else text


def ends_in_base_ten(value: Fraction) -> bool:
    """Whether the fraction has a finite decimal form."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def read_number(text: str) -> Fraction | Unusable:
    """The one number that the text means, with its scale word and wei unit applied. Never raises.

    A point is a decimal point unless a comma follows it. Negative numbers, ratios, powers, digits of other scripts and texts
    that read two ways are unusable, with the reason.
    """
    body = text.strip().lower().replace("−", "-").removeprefix("+")
    if len(body) > MAX_SURFACE or sum(c.isdigit() for c in body) > MAX_DIGITS:
        return Unusable(f"{shown(text)} is too long for an amount")
    if body.startswith(NEGATIVE):
        return Unusable(f"{shown(text)} is negative")
    value = _with_part(" ".join(body.split()))
    value = _digits(body) if value is None else value
    value = read_words(body) if value is None else value
    if value is not None:
        return value
    if read_expression(body) is not None:
        return Unusable(f"{shown(text)} is a sum to work out; write the amount itself")
    return Unusable(f"{shown(text)} cannot be read as one number")


def read_expression(body: str) -> Fraction | None:
    """Any number with its sign, as a ratio (`one over three`, `1 in 20`) or a power (`1.3x10^6`, `1e10`); for no amount."""
    text = " ".join(body.strip().lower().replace("−", "-").split())
    sign = _SIGNED.match(text)
    if sign:
        value = read_expression(text[sign.end() :])
        return None if value is None else -value
    ratio, power = _RATIO.fullmatch(text), _POWER.fullmatch(text)
    if ratio:
        over, under = read_expression(ratio["over"]), read_expression(ratio["under"])
        return over / under if over is not None and under else None
    if power:
        return _raised(power)
    value = _digits(text)
    return read_words(text) if value is None else value


def _raised(power: re.Match[str]) -> Fraction | None:
    """`a^b` and `a x 10^b` for small whole b, and `aeb`."""
    base, times, exponent = power["base"], power["times"], int(power["exponent"])
    value = _digits(base)
    if value is None or not value or abs(exponent) > MAX_EXPONENT:
        return None
    return value * Fraction(10) ** exponent if times else value**exponent


def read_words(body: str) -> Fraction | None:
    """`two and a half million`, `twenty-five`, `half a dozen`, `three quarters of one`; None where it reads no one way."""
    words = body.replace("-", " ").split()
    if not words:
        return None
    factor = _WEI.get(words[-1])
    if factor is not None:
        value = read_words(" ".join(words[:-1]))
        return None if value is None else value * factor
    if words[-1] in ("a", "an", "one") and (words[0] == "half" or "of" in words):
        return share_words(words[: words.index("of")] if "of" in words else words[:-1])
    return read_phrase(re.sub(r"(?<=[a-z]),", " ", body), _bare)


def share_words(words: list[str]) -> Fraction | None:
    """`half`, `a third`, `two thirds`, `three quarters` as a fraction of one."""
    if not words or words[-1] not in PARTS or len(words) > 2:
        return None
    count = 1 if len(words) == 1 or words[0] in ("a", "an") else UNITS.get(words[0])
    return None if not count else Fraction(count, PARTS[words[-1]])


def _with_part(body: str) -> Fraction | None:
    """`8 and a half`."""
    match = _AND_A_PART.fullmatch(body)
    part = share_words(match["part"].split()) if match else None
    return int(match["whole"]) + part if match and part else None


def _digits(body: str) -> Fraction | None:
    match = _SCALED.fullmatch(body)
    if not match:
        return None
    scale = match["scale"]
    number = _bare(match["number"])
    if number is None or (scale and scale not in _FACTORS):
        return None
    return number * _FACTORS[scale] if scale else number


def _bare(body: str) -> Fraction | None:
    """Digits without a scale, by the one way of reading them."""
    if _PLAIN.fullmatch(body):
        return Fraction(Decimal(body))
    fraction = _FRACTION.fullmatch(body)
    if fraction:
        return _mixed(fraction["whole"], int(fraction["over"]), int(fraction["under"]))
    if "_" in body:
        return Fraction(Decimal(body.replace("_", ""))) if _UNDERSCORED.fullmatch(body) else None
    glyph = _GLYPHED.fullmatch(body)
    if glyph:
        return _mixed(glyph["whole"], *GLYPHS[glyph["glyph"]])
    return _separated(body)


def _mixed(whole: str | None, over: int, under: int) -> Fraction | None:
    """`1 1/2`: a proper part behind a whole number, or a part by itself."""
    if not under or not over or (whole and over >= under):
        return None
    return int(whole or 0) + Fraction(over, under)


def _separated(body: str) -> Fraction | None:
    if _INDIAN.fullmatch(body):
        return Fraction(Decimal(body.replace(",", "")))
    grouped = _GROUPED.fullmatch(body)
    if grouped:
        separator, tail = grouped["separator"], grouped["tail"] or ""
        head = body[: len(body) - len(tail)]
        if tail.startswith(separator) or (separator == "," and body.startswith("0") and tail):
            return None
        if not (separator == "," and head.startswith("0")):
            return None if head.startswith("0") else Fraction(Decimal(re.sub(r"\D", "", head) + tail.replace(",", ".")))
    return Fraction(Decimal(body.replace(",", "."))) if _COMMA_DECIMAL.fullmatch(body) else None
