"""English number phrases to exact fractions: `three hundred and two`, `two and three fifths`, `3 million and a quarter`.

A phrase has one reading or none: what could be taken two ways ("one hundred thirty fifths") is None, and so is what is no
number. Whole phrases only; nothing is read from a part of one.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from nlp.recognise.patterns import ORDINAL_PARTS, ORDINAL_UNITS, SCALES, TEENS, TENS, UNITS

DIGITS = re.compile(r"\d+(?:\.\d+)?|\.\d+")
TOKEN = re.compile(r"\d[\d.,'’]*|\.\d+|[a-z]+|\S")
ARTICLES = frozenset({"a", "an"})
THOUSAND, HUNDRED = 1000, 100
DOZENS = frozenset({"dozen", "dozens", "dz", "dzs"})
LONGEST = 40
Words = Sequence[str]
ReadDigits = Callable[[str], Fraction | None]


def read_phrase(text: str, digits: ReadDigits) -> Fraction | None:
    """The number that a lower-case phrase means, or None. `digits` reads a run of digits with its separators."""
    words = TOKEN.findall(text.replace("-", " "))
    if not words or len(words) > LONGEST:
        return None
    return _mixed([_plain(word, digits) for word in words])


def _plain(word: str, digits: ReadDigits) -> str:
    """Digits as plain decimal text, so that the grammar meets one form of them only."""
    if not word[0].isdigit() and word[0] != ".":
        return word
    value = digits(word)
    if value is None:
        return "?"
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return format(number, "f")


def _mixed(words: Words) -> Fraction | None:
    """A cardinal, one with a part behind it, or a fraction."""
    whole = _cardinal(words)
    if whole is not None:
        return whole
    for at in range(len(words) - 1, 0, -1):
        left = _cardinal(words[:at]) if words[at] == "and" else None
        if left is not None and _is_part(words[at + 1 :]):
            return _with_part(left, _last_scale(words[:at]), words[at + 1 :])
    return _scaled_fraction(words)


def _is_part(words: Words) -> bool:
    part = _scaled_fraction(words)
    return part is not None and (part < 1 or words[-1] in SCALES)


def _with_part(left: Fraction, scale: int, right: Words) -> Fraction | None:
    """`two and three fifths`; behind a scale the part is a part of it: `three million and a quarter` is 3.25 million."""
    part = _scaled_fraction(right) or Fraction(0)
    if right[-1] in SCALES:
        if scale == 1 and left < HUNDRED:  # "two and a half million"
            return left * SCALES[right[-1]] + part
        return left + part if part < scale else None
    if scale == HUNDRED:  # "a hundred and a half" could be 150
        return None if right[0] in ARTICLES or len(right) == 1 else left + part
    return left + part * scale


def _last_scale(words: Words) -> int:
    scale = SCALES.get(words[-1], 1)
    return scale if words[-1] not in DOZENS else HUNDRED


def _scaled_fraction(words: Words) -> Fraction | None:
    """`half million`, `three quarters of a million`, `half a dozen`, or a fraction alone."""
    if words and words[-1] in SCALES:
        rest = list(words[:-1])
        while rest and rest[-1] in ("a", "an", "one", "of") and len(rest) > 1:
            rest.pop()
        part = _fraction(rest)
        return None if part is None or part >= 1 else part * SCALES[words[-1]]
    return _fraction(words)


def _fraction(words: Words) -> Fraction | None:
    """`half`, `a third`, `two thirds`, `twenty three fifths`, `a twenty first`."""
    if not words:
        return None
    under, numerator = _denominator(words)
    if not under:
        return None
    if not numerator or (len(numerator) == 1 and numerator[0] in ARTICLES):
        return Fraction(1, under)
    over = _cardinal(numerator)
    if over is None or over.denominator != 1 or not over:
        return None
    # "ten thousand two thirds" could be ten thousand and two thirds.
    if any(word in SCALES for word in numerator) and numerator[-1] not in SCALES:
        return None
    # "one hundred one thousand fifths" could end in "one thousand-fifth".
    return None if SCALES.get(numerator[-1], 1) >= THOUSAND > under else Fraction(over, under)


def _denominator(words: Words) -> tuple[int, Words]:
    """The part that the last words name and the words before it; 0 where they name none, or one in two ways."""
    last = words[-1]
    compound = ORDINAL_UNITS.get(last)
    if compound and len(words) > 1 and words[-2] in TENS:
        numerator = words[:-2]
        alone = bool(numerator) and (numerator[-1] in ARTICLES or _cardinal([*numerator, words[-2]]) is None)
        if alone:
            return TENS[words[-2]] + compound, numerator
        if numerator or last in ("first", "firsts", "second", "seconds"):
            return 0, words
    return ORDINAL_PARTS.get(last, 0), words[:-1]


def _cardinal(words: Words) -> Fraction | None:
    """Number words and digits under falling scales; None for anything else."""
    if not words:
        return None
    if "point" in words:
        return _pointed(words)
    total, last = Fraction(0), 10**30
    group: list[str] = []
    for index, word in enumerate(words):
        if word not in SCALES or word == "hundred":
            group.append(word)
            continue
        scale, factor = SCALES[word], _factor(group, first=not total)
        if index and words[index - 1] in SCALES and words[index - 1] != "hundred" and scale > last:
            factor, total, last = total, Fraction(0), 10**30  # "three lakh crore"
        if (
            factor is None
            or scale >= last
            or (word in DOZENS and (total or factor >= HUNDRED or index + 1 < len(words)))
        ):
            return None
        total, last, group = total + factor * scale, scale, []
    if not group:
        return total
    rest = _below_thousand(group, first=not total)
    return None if rest is None or (total and rest >= last) else total + rest


def _factor(words: Words, *, first: bool) -> Fraction | None:
    """What stands before a scale: nothing or an article is one of it."""
    return Fraction(1) if first and list(words) in ([], ["a"], ["an"]) else _below_thousand(words, first=first)


def _below_thousand(words: Words, *, first: bool) -> Fraction | None:
    """`two hundred and five`, `fifteen hundred`, `250`; a leading `and` only behind what came before."""
    rest = list(words)
    if rest and rest[0] == "and":
        if first or len(rest) == 1:
            return None
        rest = rest[1:]
    if "hundred" not in rest:
        return _below_hundred(rest)
    at = rest.index("hundred")
    count = Fraction(1) if rest[:at] in ([], ["a"], ["an"]) else _below_hundred(rest[:at])
    tail = rest[at + 1 :]
    tail = tail[1:] if tail[:1] == ["and"] else tail
    if count is None or not 0 < count < HUNDRED or (rest[at + 1 :] and not tail):
        return None
    more = _below_hundred(tail) if tail else Fraction(0)
    return None if more is None or more >= HUNDRED else count * HUNDRED + more


def _below_hundred(words: Words) -> Fraction | None:
    if len(words) == 1:
        word = words[0]
        if DIGITS.fullmatch(word):
            return Fraction(Decimal(word))
        found = UNITS.get(word, TEENS.get(word, TENS.get(word)))
        return None if found is None else Fraction(found)
    if len(words) == 2 and words[0] in TENS and UNITS.get(words[1]):
        return Fraction(TENS[words[0]] + UNITS[words[1]])
    return None


def _pointed(words: Words) -> Fraction | None:
    """`two point five`, `point oh five million`, `two hundred point seventy one`."""
    at = list(words).index("point")
    head, tail, factor = words[:at], list(words[at + 1 :]), 1
    if tail and tail[-1] in SCALES:
        factor = SCALES[tail.pop()]
    whole = _cardinal(head) if head else Fraction(0)
    digits = _decimals(tail)
    return None if whole is None or digits is None else (whole + digits) * factor


def _decimals(words: Words) -> Fraction | None:
    names = ["zero" if word in ("oh", "o") else word for word in words]
    if names and all(name in UNITS for name in names) and len(names) <= 18:
        return Fraction(int("".join(str(UNITS[name]) for name in names)), 10 ** len(names))
    together = _below_hundred(names)
    return None if together is None or not 10 <= together < HUNDRED else together / HUNDRED
