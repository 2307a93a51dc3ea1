"""Where every value of an answer stands in the user's words, found without any code of `nlp`.

It reads numbers in its own, generous way: whatever a person could have meant by the digits and number words that stand there.
What it cannot find, nobody said.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

AMOUNTS = frozenset({"amount", "amount_in", "amount_out", "min_out", "amount_a", "amount_b", "value", "principal"})
SHARES = frozenset({"slippage", "rate"})
PARTIES = frozenset({"recipient", "spender", "address", "contract", "account", "party", "name"})
TEXTS = frozenset({"function", "template", "collection", "message", "document", "strategy", "question"})
UNITS = {w: n for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"])}  # fmt: skip
UNITS |= {
    "nought": 0,
    "naught": 0,
    "oh": 0,
    "a": 1,
    "an": 1,
    "nil": 0,
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "double": 2,
    "doubled": 2,
    "triple": 3,
    "treble": 3,
    "quadruple": 4,
}
TENS = {w: 10 * n for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)} | {"fourty": 40}  # fmt: skip
SCALES = {"hundred": 2, "thousand": 3, "grand": 3, "k": 3, "million": 6, "mil": 6, "mio": 6, "m": 6, "mm": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12, "t": 12, "tn": 12}  # fmt: skip
PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10, "twentieth": 20, "hundredth": 100, "hundredths": 100, "thousandth": 1000, "thousandths": 1000}  # fmt: skip
SMALL = {"gwei": Fraction(1, 10**9), "wei": Fraction(1, 10**18), "cent": Fraction(1, 100), "cents": Fraction(1, 100), "pence": Fraction(1, 100), "penny": Fraction(1, 100), "bps": Fraction(1, 100), "bp": Fraction(1, 100), "bips": Fraction(1, 100), "basis": Fraction(1, 100), "dozen": Fraction(12), "lakh": Fraction(10**5), "crore": Fraction(10**7)}  # fmt: skip
EVERYTHING = re.compile(r"all|restore|return|unwind|undone|way around|way round|way about|opposite|was before|unswap|flip|just bought|every|max|entire|whole|full|exit|close|pay|complete|empty|clear|drain|liquidate|back|rest|lot|total|available|undo|revers|same|liquidat")  # fmt: skip
SPLITTING = re.compile(r"split|divid|equal|even|share|each|apiece|both|between|among|cut")
POINTING = re.compile(r"\bof (?:that|it|this)\b|\b(?:twice|double|triple|times)\b")
BOUNDLESS = re.compile(r"unlimited|infinit|limitless|no limit|without|max")
GLYPHS = {chr(c): f" {unicodedata.numeric(chr(c))}" for c in range(0xBC, 0xBF)}


def unexplained(answer: Mapping[str, Any], turns: Sequence[str], context: Mapping[str, Any]) -> list[str]:
    """The values of an answer that stand neither in the turns nor in the context, each as 'intent.slot=value'."""
    said = Said(turns, context)
    return [
        f"{action['intent']}.{slot}={value!r}"
        for action in answer["actions"]
        for slot, value in [*action["slots"].items(), *(action.get("trigger") or {}).items()]
        if not said.holds(slot, value)
    ]


# What people call a protocol for short, written down here apart from the parser's own list.
SHORT = {
    "uniswap": ("uni", "univ2", "univ3", "univ4"), "sushiswap": ("sushi", "sushi swap"), "pancakeswap": ("pancake", "pancake swap", "cake"), "1inch": ("one inch", "1 inch", "oneinch"),
    "rocket-pool": ("rocketpool", "rocket"), "quickswap": ("quick swap",), "eigenlayer": ("eigen",), "traderjoe": ("trader joe", "joe"),
    "trader-joe": ("traderjoe", "joe"), "aerodrome": ("aero",), "kyberswap": ("kyber",), "cow-swap": ("cowswap", "cow"), "ether-fi": ("ether.fi", "etherfi"),
    "compound": ("comp", "comet", "compound iii"), "aave": ("aavev3", "aavev2", "aave"), "velodrome": ("velo",),
}  # fmt: skip


class Said:
    """Everything that was said and given, and every number in it."""

    def __init__(self, turns: Sequence[str], context: Mapping[str, Any]) -> None:
        whole = "\n".join(turns)
        self.raw, self.goes_on = whole, len(turns) > 1
        self.flat = re.sub(r"\s+", " ", _plain(whole))
        self.known = {str(name).lower() for key in ("contacts", "accounts", "tokens") for name in context.get(key, ())}
        self.numbers = _numbers(_plain(whole))
        self.shares = {n for n in self.numbers if 0 < n <= 1}

    def holds(self, slot: str, value: Any) -> bool:
        if isinstance(value, Mapping):
            return all(self.holds_share(str(part)) for part in value.values())
        if isinstance(value, list | tuple):
            return all(self.holds_text(str(part)) or self.holds_amount(str(part)) for part in value)
        text = str(value)
        if re.fullmatch(r"0[xX][0-9a-fA-F]{40}|0[xX][0-9a-fA-F]{64}", text) or slot in PARTIES:
            return self.holds_name(text)
        if slot in AMOUNTS or slot == "threshold":
            return self.holds_amount(text)
        if slot in SHARES:
            return self.holds_share(text)
        return self.holds_text(text) if slot in TEXTS else True

    def holds_name(self, text: str) -> bool:
        low = text.lower()
        dotted = re.sub(r" dot ", ".", self.flat)
        # The contract writes a protocol's name as a slug: its words, one after the other, joined by hyphens.
        if re.search(rf"\b{re.escape(low.replace('-', ' '))}\b", self.flat):
            return True
        if any(re.search(rf"\b{re.escape(short)}\b", self.flat) for short in SHORT.get(re.sub(r"-v\d$", "", low), ())):
            return True
        return low in self.flat or low in self.known or low in dotted or low in self.raw.lower()

    def holds_text(self, text: str) -> bool:
        return text in self.raw or _plain(text) in self.flat or self.holds_name(text)

    def holds_share(self, text: str) -> bool:
        return self.holds_amount(text if text.endswith("%") else f"{text}%")

    def holds_amount(self, text: str) -> bool:
        number = text.split(" ")[0]
        if number == "unlimited":
            return BOUNDLESS.search(self.flat) is not None
        value = Fraction(number.removesuffix("%"))
        if number.endswith("%"):
            part = value / 100
            if value == 100 and EVERYTHING.search(self.flat):
                return True
            return self._near(value, self.numbers) or self._near(part, self._worked())
        return self._near(value, self._worked())

    def _worked(self) -> set[Fraction]:
        """The numbers said, and what plain arithmetic makes of them: shares, equal parts, sums of two."""
        sums = {a + b for a in self.numbers for b in self.numbers}
        if not (self.goes_on or SPLITTING.search(self.flat) or POINTING.search(self.flat)):
            return self.numbers | sums
        parts = self.shares | {n / 100 for n in self.numbers if 0 < n <= 100}
        parts |= {Fraction(1, n) for n in range(2, 12)} if SPLITTING.search(self.flat) else set()
        parts |= (
            {n for n in self.numbers if n.denominator == 1 and 1 < n <= 1000}
            if self.goes_on or POINTING.search(self.flat)
            else set()
        )
        products = {n * part for n in self.numbers for part in parts}
        return self.numbers | products | sums

    @staticmethod
    def _near(value: Fraction, numbers: Iterable[Fraction]) -> bool:
        return any(abs(value - n) <= max(Fraction(1, 10**6), abs(n) * Fraction(1, 10**9)) for n in numbers)


def _plain(text: str) -> str:
    """Lower case, compatibility forms made plain, every decimal digit a Latin one."""
    for glyph, number in GLYPHS.items():
        text = text.replace(glyph, number)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return unicodedata.normalize("NFKC", digits).lower()


def _numbers(text: str) -> set[Fraction]:
    """Every number that the text could mean, with and without the units and scales that stand anywhere in it."""
    words = re.findall(r"[a-z]+", text)
    digits, counted = _from_digits(text), _from_words(words)
    glued = re.findall(r"\d(k|m|mm|mil|mio|b|bn|t|tn)\b", text)
    scales = {Fraction(10 ** SCALES[w]) for w in (*words, *glued) if w in SCALES}
    small = {SMALL[w] for w in words if w in SMALL}
    scaled = {n * f for n in digits for f in scales} | {n * f * g for n in digits for f in scales for g in scales}
    read = digits | counted | scales | scaled
    return read | {n * f for n in read for f in small} | small


def _from_digits(text: str) -> set[Fraction]:
    found: set[Fraction] = set()
    for above, below in re.findall(r"(\d+)\s*[/⁄]\s*(\d+)", text):
        if int(below):
            found.add(Fraction(int(above), int(below)))
    for whole, above, below in re.findall(r"(\d+)\s+(\d+)\s*[/⁄]\s*(\d+)", text):
        if int(below):
            found.add(int(whole) + Fraction(int(above), int(below)))
    for run in re.findall(r"[\d.,'’_\u00a0\u202f ]*\d[\d.,'’_\u00a0\u202f ]*", text):
        pieces = [piece for piece in re.split(r"[ \u00a0\u202f]+", run) if re.search(r"\d", piece)]
        for first in range(len(pieces)):
            for last in range(first, min(len(pieces), first + 6)):
                found |= _readings("".join(pieces[first : last + 1]))
    for base, power in re.findall(r"(\d+(?:\.\d+)?)e\+?(\d{1,2})\b", text):
        found.add(Fraction(base) * 10 ** int(power))
    return found


def _readings(run: str) -> set[Fraction]:
    """One run of digits and marks, each mark in turn as the decimal one, all others for grouping, or none."""
    found = set()
    digits = re.sub(r"\D", "", run)
    if digits and len(digits) < 400:
        found.add(Fraction(int(digits)))
    for mark in re.finditer(r"[.,]", run):
        left, right = re.sub(r"\D", "", run[: mark.start()]) or "0", re.sub(r"\D", "", run[mark.end() :])
        if right and len(right) < 400:
            found.add(Fraction(int(left)) + Fraction(int(right), 10 ** len(right)))
    for piece in re.split(r"[.,]+$|^[.,]+", run):
        if piece and piece != run:
            found |= _readings(piece)
    return found


def _from_words(words: Sequence[str]) -> set[Fraction]:
    """Every run of number words, as English counts."""
    found: set[Fraction] = set()
    for first in range(len(words)):
        if (
            words[first] in UNITS
            or words[first] in TENS
            or words[first] in SCALES
            or words[first] in PARTS
            or words[first] == "point"
        ):
            for last in range(first, min(len(words), first + 14)):
                value = _counted(words[first : last + 1])
                if value is not None:
                    found |= {value, value + _part_behind(words[last + 1 : last + 4])}
    return found


def _part_behind(words: Sequence[str]) -> Fraction:
    """What 'and a half' adds to the number right before it; nothing where that is not what stands there."""
    if len(words) == 3 and words[0] == "and" and words[1] in ("a", "an", "one") and words[2] in PARTS:
        return Fraction(1, PARTS[words[2]])
    return Fraction(0)


def _counted(words: Sequence[str]) -> Fraction | None:
    """One run of number words as a value; None where it is none."""
    if "point" in words:
        at = list(words).index("point")
        whole = _counted(words[:at]) if at else Fraction(0)
        tail = [w for w in words[at + 1 :] if w not in SCALES]
        digits = [UNITS.get(w, TENS.get(w)) for w in tail]
        if whole is None or not digits or any(d is None for d in digits):
            return None
        power = Fraction(1)
        for word in words[at + 1 :]:
            power *= 10 ** SCALES[word] if word in SCALES else 1
        spelled = "".join(
            str(d // 10 if d and d >= 20 and later and later < 10 else d)
            for d, later in pairwise([*map(int, (d or 0 for d in digits)), 0])
        )
        return (whole + Fraction(int(spelled), 10 ** len(spelled))) * power
    total, group, seen = Fraction(0), Fraction(0), False
    for word in words:
        if word in UNITS and not (word in ("a", "an") and seen):
            group, seen = group + UNITS[word], True
        elif word in TENS:
            group, seen = group + TENS[word], True
        elif word in PARTS:
            group, seen = (group or 1) * Fraction(1, PARTS[word]) if total == 0 else group, True
        elif word == "hundred":
            group, seen = (group or 1) * 100, True
        elif word in SCALES:
            total, group, seen = total + (group or 1) * 10 ** SCALES[word], Fraction(0), True
        elif word not in ("and", "a", "an", "of", "one"):
            return None
    return total + group if seen else None
