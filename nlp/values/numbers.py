"""Numbers as people write them, to exact decimals. One reading or none; no float anywhere."""

import re
from decimal import Context, Decimal
from fractions import Fraction

from nlp.recognise.patterns import GLYPHS, PARTS, SCALES, TEENS, TENS, UNITS
from nlp.values.result import Unusable, shown

MAX_SURFACE = 160
MAX_DIGITS = 96
_EXACT = Context(prec=400)
_SPACES = "[ \t\u00a0\u202f\u2009]"
_SCALED = re.compile(rf"(?P<number>.*?\d|.*?[½¼¾⅓⅔⅛⅕⅒]){_SPACES}?(?P<scale>[a-z]+)?", re.DOTALL)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")
_GROUPED = re.compile(
    rf"[0-9]{{1,3}}(?P<separator>{_SPACES}|['’,.])[0-9]{{3}}(?:(?P=separator)[0-9]{{3}})*(?P<tail>[.,][0-9]+)?"
)
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
_SMALL = UNITS | TEENS | TENS


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

    A point is a decimal point unless a comma follows it. Signs, exponents, digits of other scripts and texts that
    read two ways are unusable.
    """
    body = text.strip().lower().replace("−", "-").removeprefix("+")
    if len(body) > MAX_SURFACE or sum(c.isdigit() for c in body) > MAX_DIGITS:
        return Unusable(f"{shown(text)} is too long for an amount")
    if body.startswith("-"):
        return Unusable(f"{shown(text)} is negative")
    value = _digits(body) if any(c.isdigit() or c in GLYPHS for c in body) else read_words(body)
    if value is None:
        return Unusable(f"{shown(text)} cannot be read as one number")
    return value


def read_words(body: str) -> Fraction | None:
    """`two and a half million`, `twenty-five`, `half a dozen`, `three quarters of one`; None where it reads no one way."""
    words = body.replace("-", " ").replace(",", " ").split()
    if not words:
        return None
    factor = _WEI.get(words[-1])
    if factor is not None:
        value = read_words(" ".join(words[:-1]))
        return None if value is None else value * factor
    if words[-1] in ("a", "an", "one") and (words[0] == "half" or "of" in words):
        return share_words(words[: words.index("of")] if "of" in words else words[:-1])
    return _cardinal(words)


def share_words(words: list[str]) -> Fraction | None:
    """`half`, `a third`, `two thirds`, `three quarters` as a fraction of one."""
    if not words or words[-1] not in PARTS or len(words) > 2:
        return None
    count = 1 if len(words) == 1 or words[0] in ("a", "an") else UNITS.get(words[0])
    return None if not count else Fraction(count, PARTS[words[-1]])


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
    grouped = _GROUPED.fullmatch(body)
    if grouped:
        separator, tail = grouped["separator"], grouped["tail"] or ""
        head = body[: len(body) - len(tail)]
        if tail.startswith(separator) or (separator == "," and body.startswith("0") and tail):
            return None
        if not (separator == "," and head.startswith("0")):
            return None if head.startswith("0") else Fraction(Decimal(re.sub(r"\D", "", head) + tail.replace(",", ".")))
    return Fraction(Decimal(body.replace(",", "."))) if _COMMA_DECIMAL.fullmatch(body) else None


def _cardinal(words: list[str]) -> Fraction | None:
    """Sum up number words; scales must fall, and a half may only follow a plain number (`a million and a half` is two things)."""
    total, current, last_scale, scaled = Fraction(0), Fraction(0), Fraction(10**30), False
    seen = False
    for at, word in enumerate(words):
        if word in _SMALL:
            current, seen, scaled = current + _SMALL[word], True, False
        elif word == "half" or word in ("quarter", "quarters"):
            part = share_words(words[at - 1 : at + 1] if at and words[at - 1] in ("a", "three") else [word])
            if part is None or (seen and scaled):
                return None
            current = current - (3 if words[at - 1] == "three" and at else 0) + part
            seen, scaled = True, False
        elif word in ("hundred", "dozen"):
            current, seen, scaled = (current or 1) * SCALES[word] + Fraction(0), True, True
        elif word in SCALES:
            if SCALES[word] >= last_scale:
                return None
            last_scale = Fraction(SCALES[word])
            total, current, seen, scaled = total + (current or 1) * last_scale, Fraction(0), True, True
        elif word == "point":
            return _pointed(total + current, words[at + 1 :]) if seen else None
        elif word not in ("a", "an", "and"):
            return None
    return total + current if seen else None


def _pointed(whole: Fraction, rest: list[str]) -> Fraction | None:
    """`two point five (million)`."""
    factor = Fraction(SCALES[rest[-1]]) if rest and rest[-1] in SCALES else Fraction(1)
    names = rest[:-1] if rest and rest[-1] in SCALES else rest
    digits = [0 if name == "oh" else UNITS.get(name, -1) for name in names]
    if not digits or min(digits) < 0 or len(digits) > 18:
        return None
    return (whole + Fraction(int("".join(map(str, digits))), 10 ** len(digits))) * factor
