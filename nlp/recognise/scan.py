"""One left-to-right pass over the text that cuts it into words; every character is looked at a bounded number of times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp import lexicon
from nlp.recognise import hexes, patterns, scripts
from nlp.types import Kind

MAX_FUNCTION = 4096
MAX_NAME = 255
_MINUTES_AFTER = frozenset(("in", "every", "after", "within", "past", "last", "next", "for", "over", "previous"))
_ONE_IS_A_PRONOUN_AFTER = frozenset(
    (
        "this",
        "that",
        "the",
        "which",
        "another",
        "last",
        "first",
        "no",
        "any",
        "would",
        "does",
        "should",
        "can",
        "could",
        "new",
        "other",
    )
)
_POINTS_AT_ONE = frozenset(("first", "second", "third", "fourth", "last", "other"))
"""'make the second one ten': which, and then how much."""
_PART_OF_HOLDING = re.compile(
    rf"(?i:{patterns.SP}of{patterns.SP}(?:my|the|it|that|this|what|all|our|everything|those|them)\b)"
)
_LARGE = ("hundred", "thousand", "million", "billion", "trillion", "lakh", "lakhs", "crore", "crores")
_CODES = frozenset(("usd", "eur", "gbp", "chf"))
_DATE_VERBS = frozenset(("may", "march", "mar"))


@dataclass(frozen=True, slots=True)
class Found:
    """A word before its hints: `text[start:end]` and what it is."""

    start: int
    end: int
    kind: Kind


class Scanner:
    """Cuts one text. Use once: `tuple(Scanner(text).words())`."""

    def __init__(self, text: str, names: frozenset[str] = frozenset()) -> None:
        """`names`: lower-case words of the context, which no reading as hex or number may swallow."""
        self.text = text
        self.names = names
        self.chunk_end = 0
        self.previous = ""
        self.closing = _matching_parentheses(text)

    def words(self) -> Iterator[Found]:
        """The words in order; white space and lone hidden characters are between them."""
        position = 0
        while position < len(self.text):
            space = patterns.SPACE.match(self.text, position)
            if space:
                position = space.end()
                continue
            found = self._next(position)
            if found is None:
                position += 1
                continue
            yield found
            if found.end <= found.start:
                raise AssertionError("a word must hold a character")
            position = found.end
            self.previous = self.text[found.start : found.end].lower() if found.end - found.start < 32 else ""

    def _next(self, at: int) -> Found | None:
        char = self.text[at]
        if at >= self.chunk_end:
            special = self._chunk(at)
            if special:
                return special
        if char.isdigit() or char in ".+-−" or char in patterns.GLYPHS:
            number = self._number(at)
            if number:
                return number
        money = self._money(at) or (_match(patterns.TICKER, self.text, at, Kind.WORD) if char == "$" else None)
        if money:
            return money
        return self._letters(at) if char.isalnum() else self._other(at)

    def _chunk(self, at: int) -> Found | None:
        """URLs, hex, functions, names, and words with characters that deceive: whatever a whole unbroken run decides."""
        url = patterns.URL.match(self.text, at)
        if url:
            return Found(at, at + len(url.group().rstrip(".,;:!?")), Kind.URL)
        chunk = patterns.CHUNK.match(self.text, at)
        if not chunk:
            return self._hex(at)
        self.chunk_end = chunk.end()
        return self._hex(at) or self._function(at) or self._name(at, chunk.group().rstrip("-"))

    def _hex(self, at: int) -> Found | None:
        if self.text[at] not in "0０" and not (self.chunk_end - at >= 32):
            return None
        match = patterns.HEX_CHUNK.match(self.text, at)
        run = (match.group() if match else self.text[at : self.chunk_end]).rstrip("-.")
        if run.lower().endswith(".eth") or run.lower() in self.names or len(run) < 3:
            return None
        if patterns.NAME_BEHIND.match(self.text, at + len(run)):
            return None
        more = patterns.WORD_BEHIND.match(self.text, at + len(run))
        if hexes.is_address(run) and more:
            # `0x….bnb` is no name that can be found, and not the address before its point.
            return Found(at, more.end(), Kind.BAD_NAME)
        if hexes.is_address(run):
            # `0x….mint(5)`: what stands behind the address is a word of its own.
            self.chunk_end = at + len(run)
            return Found(at, at + len(run), Kind.ADDRESS)
        if hexes.is_hash(run):
            return Found(at, at + len(run), Kind.HASH)
        odd = bool(match) and (not run.isascii() or "." in run)
        if odd or hexes.looks_like_hex(run):
            return Found(at, at + len(run), Kind.BAD_HEX)
        return None

    def _function(self, at: int) -> Found | None:
        head = patterns.FUNCTION_HEAD.match(self.text, at)
        if not head or head.group()[:-1].lower() in lexicon.TICKERS:
            return None
        close = self.closing.get(head.end() - 1)
        if close is None or close - at > MAX_FUNCTION or "\n" in self.text[at:close]:
            return None
        return Found(at, close + 1, Kind.FUNCTION)

    def _name(self, at: int, chunk: str) -> Found | None:
        end = at + len(chunk)
        if not chunk:
            return None
        if not chunk.isascii() or not chunk.isprintable():
            bare = scripts.EMOJI.sub("", chunk)
            if len(chunk) > MAX_NAME * 4:
                return None
            if any(char.isalnum() for char in bare) and scripts.is_deceptive(chunk):
                return Found(at, end, Kind.BAD_NAME)
        if "." not in chunk or len(chunk) > MAX_NAME:
            return None
        if chunk.lower() in lexicon.PROTOCOLS or chunk.lower() in lexicon.TICKERS or chunk.lower() in self.names:
            return Found(at, end, Kind.WORD)
        labels = chunk.lower().split(".")
        if labels[-1] not in patterns.FURTHER_TLDS or not all(labels) or (labels[0].isdigit() and labels[-1] != "eth"):
            return None
        return Found(at, end, Kind.ENS)

    def _number(self, at: int) -> Found | None:
        for pattern, kind in ((patterns.DATE, Kind.DATE), (patterns.TIME, Kind.TIME)):
            match = pattern.match(self.text, at) if self.text[at].isdigit() else None
            if match:
                return Found(at, match.end(), kind)
        if self.text[at] in "+-−" and at and not self.text[at - 1].isspace():
            return None
        amount = patterns.DIGIT_AMOUNT.match(self.text, at)
        return self._with_unit(at, amount) if amount else None

    def _with_unit(self, at: int, amount: re.Match[str]) -> Found | None:
        end = self._continued(amount.end()) if amount["spaced"] else amount.end()
        unit = patterns.UNIT.match(self.text, end)
        if unit:
            return self._measured(at, unit)
        if amount["fraction"]:
            return Found(at, *self._fraction(end))
        if (amount["glued"] or "") in ("m", "M") and self._means_minutes(end):
            return Found(at, end, Kind.PERIOD)
        return self._glued(at, end)

    def _measured(self, at: int, unit: re.Match[str]) -> Found:
        """A number with its unit; behind money its cents, or its scale (`75 usd million`)."""
        kind, end = _unit_kind(unit), unit.end()
        if kind is Kind.MONEY:
            tail = patterns.MINOR_TAIL.match(self.text, end) or patterns.SCALE_TAIL.match(self.text, end)
            end = tail.end() if tail else end
        return Found(at, end, kind)

    def _continued(self, end: int) -> int:
        """Where a number phrase ends that has come as far as `end`: all of it is one word, readable or not."""
        while True:
            more = patterns.CONTINUED.match(self.text, end)
            if more is None and self.text[:end].lower().endswith(_LARGE):
                more = patterns.DIGITS_CONTINUED.match(self.text, end)
            if more is None:
                return end
            end = more.end()

    def _fraction(self, end: int) -> tuple[int, Kind]:
        of_one = re.compile(rf"(?i:{patterns.SP}of{patterns.SP}(?:an?|one)\b)").match(self.text, end)
        if of_one:
            return of_one.end(), Kind.NUMBER
        return end, Kind.PERCENT if _PART_OF_HOLDING.match(self.text, end) else Kind.NUMBER

    def _glued(self, at: int, end: int) -> Found | None:
        """A number with letters behind it: `100usdc` is two words, `1inch`, `3crv` and `7eleven` are one; so is `1_000`."""
        joined = patterns.UNDERSCORED.match(self.text, end)
        if joined:
            return Found(at, joined.end(), Kind.NUMBER)
        following = patterns.WORD.match(self.text, end)
        if not following:
            return Found(at, end, Kind.NUMBER)
        whole = self.text[at : following.end()].lower()
        if whole in lexicon.TICKERS or whole in lexicon.PROTOCOLS or whole in self.names:
            return Found(at, following.end(), Kind.WORD)
        tail = following.group().lower()
        if tail in lexicon.TICKERS or tail in lexicon.COIN_NAMES or tail in self.names:
            return Found(at, end, Kind.NUMBER)
        return Found(at, following.end(), Kind.WORD) if following.end() - at <= 64 else Found(at, end, Kind.NUMBER)

    def _means_minutes(self, end: int) -> bool:
        """`in 30m` is a time; `in 30m usdc` is not, nor is a bare `30m`."""
        if self.previous not in _MINUTES_AFTER:
            return False
        space = patterns.SPACE.match(self.text, end)
        following = patterns.WORD.match(self.text, space.end()) if space else None
        return not following or following.group().lower() not in lexicon.TOKEN_WORDS

    def _money(self, at: int) -> Found | None:
        symbol = patterns.SYMBOL.match(self.text, at)
        amount = patterns.DIGIT_AMOUNT.match(self.text, symbol.end()) if symbol else None
        if not amount:
            return None
        tail = patterns.CURRENCY_TAIL.match(self.text, amount.end())
        return Found(at, tail.end() if tail else amount.end(), Kind.MONEY)

    def _coded(self, at: int) -> Found | None:
        """`usd 50`; not `usd 30 days`."""
        code = patterns.CODE_FIRST.match(self.text, at)
        amount = patterns.DIGIT_AMOUNT.match(self.text, code.end()) if code else None
        if not amount or patterns.UNIT.match(self.text, amount.end()) or self.text[amount.end() :][:1].isalnum():
            return None
        return Found(at, amount.end(), Kind.MONEY)

    def _letters(self, at: int) -> Found:
        word = patterns.WORD.match(self.text, at)
        if not word:
            return Found(at, at + 1, Kind.PUNCT)
        lower = word.group().lower()
        coded = self._coded(at) if lower in _CODES else None
        if coded:
            return coded
        if lower in patterns.STARTERS:
            phrase = self._phrase(at, lower)
            if phrase:
                return phrase
        dotted = patterns.DOT_NAME.match(self.text, at)
        if dotted:
            return Found(at, dotted.end(), Kind.ENS)
        return Found(at, word.end(), Kind.WORD)

    def _phrase(self, at: int, lower: str) -> Found | None:
        """What begins with a number word, a part, a month or a time of day."""
        month = patterns.MONTH_DATE.match(self.text, at)
        if month and (lower not in _DATE_VERBS or month["year"] or not month["day"].isdigit() or self.previous == "on"):
            return Found(at, month.end(), Kind.DATE)
        time = patterns.TIME.match(self.text, at)
        if time:
            return Found(at, time.end(), Kind.TIME)
        if lower == "one" and self.previous in _POINTS_AT_ONE and not patterns.SCALE_BEHIND_ONE.match(self.text, at):
            return None
        half = patterns.HALF_UNIT.match(self.text, at)
        amount = half or patterns.SCALED_PART.match(self.text, at) or patterns.WORD_AMOUNT.match(self.text, at)
        if amount is None:
            return None
        end = amount.end() if half else self._continued(amount.end())
        unit = patterns.UNIT.match(self.text, end)
        if unit:
            return self._measured(at, unit)
        share = patterns.SHARE_FRACTION.match(self.text, at)
        if share and share.end() >= end:
            return None
        if self.text[at:end].lower() == "one" and self.previous in _ONE_IS_A_PRONOUN_AFTER:
            return None
        return Found(at, end, Kind.NUMBER)

    def _other(self, at: int) -> Found | None:
        if self.text[at] == "@" and self._names_somebody(at):
            return None
        clitic = patterns.CLITIC.match(self.text, at)
        if clitic and at and self.text[at - 1].isalnum():
            return Found(at, clitic.end(), Kind.WORD)
        emoji = scripts.EMOJI.match(self.text, at)
        if emoji:
            return Found(at, emoji.end(), Kind.PUNCT)
        return None if scripts.is_hidden(self.text[at]) else Found(at, at + 1, Kind.PUNCT)

    def _names_somebody(self, at: int) -> bool:
        """'@bob' is bob, where that is somebody of the user's."""
        behind = patterns.WORD.match(self.text, at + 1)
        begins = at == 0 or not self.text[at - 1].isalnum()
        return begins and behind is not None and behind.group().lower() in self.names


def _match(pattern: re.Pattern[str], text: str, at: int, kind: Kind) -> Found | None:
    match = pattern.match(text, at)
    return Found(at, match.end(), kind) if match else None


def _unit_kind(unit: re.Match[str]) -> Kind:
    if unit["percent"]:
        return Kind.PERCENT
    if unit["bps"]:
        return Kind.BPS
    if unit["money"]:
        return Kind.MONEY
    return Kind.NUMBER if unit["wei"] else Kind.PERIOD


def _matching_parentheses(text: str) -> dict[int, int]:
    """Where each opened parenthesis that is closed is closed."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(r"[()]", text):
        if match.group() == "(":
            opened.append(match.start())
        elif opened:
            closing[opened.pop()] = match.start()
    return closing
