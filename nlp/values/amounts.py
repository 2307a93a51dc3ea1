"""Amounts, shares, money, percents, integers and thresholds to the contract's text form."""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from nlp.lexicon import CURRENCIES, CURRENCY_SIGNS, MINOR_UNITS, TOKEN_WORDS
from nlp.recognise.patterns import SCALE_TAIL, SCALES, TEENS, TENS, UNITS, either
from nlp.types import Hint, Kind, Word
from nlp.values.numbers import ends_in_base_ten, plain, read_number, share_words
from nlp.values.result import Span, Unusable, shown

_FILLERS = frozenset(
    ("about", "around", "approximately", "approx", "roughly", "exactly", "precisely", "just", "only", "of", "my", "the", "it", "its",
     "all of", "each", "~", "≈", "a total", "worth", "in", "at", "least", "to", "for", "total", "our", "up", "no", "than", "value", "that",
     "this", "them", "those", "i", "have", "hold", "own", "'ve", "got", "there", "is", "what", "whatever's", "left", "out", "'s")
)  # fmt: skip
_ALL = frozenset(
    ("all", "everything", "max", "maximum", "entire", "whole", "full", "fully", "complete", "entirety", "completely", "entirely", "exit", "close", "pay", "off",
     "empty", "clear", "drain", "liquidate", "everything's", "available", "balance", "holdings", "stack", "bag", "position", "debt", "lot", "amount")
)  # fmt: skip
_EVERY_LAST = re.compile(
    r"(?i)every\s+(?:(?:last|single)$|(?:(?:last|single)\s+)?(?:one|bit|drop|cent|penny|wei|coin|token|crumb|scrap)\b)"
)
_OWED = re.compile(
    r"(?i)\b(?:what(?:ever)?(?:['’]s)?|everything|all(?:\s+that)?)\s+(?:i|we)(?:\s+still)?\s+owe\b|\bwhat(?:['’]s|\s+is)\s+(?:still\s+)?owed\b"
)
_THE_LOT = re.compile(r"(?i)\bthe\s+(?:(?:whole\s+)?lot|whole\s+thing)$")
_ALL_ALONE = _ALL - {
    "available",
    "balance",
    "holdings",
    "stack",
    "bag",
    "position",
    "debt",
    "lot",
    "amount",
    "off",
    "pay",
}
_UNLIMITED = frozenset(("unlimited", "infinite", "infinity", "limitless"))
_NO_LIMIT = re.compile(r"(?:no|without|without any|without a) (?:limit|cap)\b")
_ALLOWANCE_WORDS = frozenset(("approval", "allowance", "amount", "spending", "spend", "access", "an", "a", "the", "of"))
_NUMBER_WORD = either((*UNITS, *TEENS, *TENS))
_OR_AFTER = re.compile(
    rf"(?i:\s*(?:or|–|—|-)\s*(?:[$€£]?\d|{_NUMBER_WORD}\b)|\s+(?:or|and)\s+(?:so|more|less|change)\b|\s*ish\b|-ish\b)"
)
_FOREIGN_SCALES = r"tys\.?|tysi\w+|mille|mila|mil|milh\w+|tausend|mille|juta|ribu|milion\w*|millones|laks?|crs?"
_MORE_AFTER = re.compile(rf"(?i:\s+(?:\d[\d.,]*(?![\w.,])|[mbt]\b|(?:{_FOREIGN_SCALES})(?!\w)|{_NUMBER_WORD}\b))")
_CENTS_AFTER = re.compile(
    rf"(?i:\s+(?:and\s+)?(?:\d{{1,2}}|{_NUMBER_WORD})(?:[.,;!?]?\s*$|[.,;!?]\s)|\s+(?:and\s+)?\d+\s*(?:cents?|pence))"
)
_MINE_AFTER = re.compile(r"(?i)\s+(?:of\s+)?(?:my|our)\b")
_UNIT_AFTER = re.compile(r"\s+([A-Za-z0-9]+)")
_OR_BEFORE = re.compile(
    rf"(?i:(?:\d%?|{_NUMBER_WORD})\s*(?:\s+or\s+|–|—|-)\s*$|\bbetween\s+$|\bbetween\s+\S+\s+and\s+$)"
)
_NEGATIVE_BEFORE = re.compile(r"(?i:(?:^|\s)[-−]\s?$|\b(?:minus|negative)\s+$)")
_BUT_AFTER = re.compile(r"(?i:\s+(?:of\s+(?:it|them)\s+)?(?:but|except|minus|save for|less)\b)")
_BUT_BEFORE = re.compile(r"(?i:\b(?:all|everything|half)\b.{0,24}\b(?:but|except|except for|minus)\s+$)")
_CURRENCY_WORDS = either([*(name for name in CURRENCIES if name not in CURRENCY_SIGNS), *MINOR_UNITS])
_MONEY = re.compile(
    rf"(?i:(?P<symbol>{either(CURRENCY_SIGNS)}|(?:c|ca|hk|nz|nt|us|u\.s\.?)\s\$|(?:usd|eur|gbp|chf)(?=\s))?\s?(?P<number>.*?)"
    rf"(?:[\s\-]?(?P<unit>{_CURRENCY_WORDS}|{either(CURRENCY_SIGNS)}))?)",
    re.DOTALL,
)
_CENTS = re.compile(r"(?i:(?P<money>.*?),?\s(?:and\s)?(?P<number>[\w\-]+(?:\s[a-z]+)?)\s?(?P<unit>cents?|pence))")
_PERCENT = re.compile(
    r"(?i:(?P<number>.*?)\s?(?:%|％|percent(?:s|ages?)?|per\s?cent|pct|(?P<bps>bps?|bips|basis\spoints?)))", re.DOTALL
)
_GWEI = re.compile(r"(?i:(?P<number>.*?)\s?(?P<unit>gwei|wei))", re.DOTALL)
_LATEST = frozenset(("latest", "last", "newest", "recent", "most", "one"))
MOST_PARTS = 12
_COUNTED_OUT = frozenset(("one", "two", "three", "some", "any", "each"))
_COUNTS = {"once": "1", "twice": "2", "thrice": "3"}
_NUMERIC = frozenset((Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.BPS))


def as_share(value: Fraction) -> str:
    """A fraction of the whole as percent text, six decimals at most: a third is `33.333333%`."""
    percent = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return plain(percent.quantize(Decimal("0.000001"), ROUND_HALF_UP)) + "%"


def share_of(amount: str, share: str) -> str | None:
    """A share ('50%') of a plain amount, rounded down to 18 places; of a share, the product; None where it has no number."""
    return times(amount, _meant_by(share)) if share.endswith("%") else share


def _meant_by(share: str) -> Fraction:
    """The fraction behind a share that was written down with six decimals: `33.333333%` is a third."""
    written = Fraction(share.removesuffix("%")) / 100
    simple = written.limit_denominator(MOST_PARTS)
    return simple if as_share(simple) == share else written


def times(amount: str, factor: Fraction) -> str | None:
    """A plain amount or share so many times, rounded down to 18 places; None where it has no number, or is more than all."""
    if amount == "unlimited":
        return None
    unit = "%" if amount.endswith("%") else ""
    product = Fraction(amount.removesuffix("%")) * factor
    if unit and product > 100:
        return None
    with localcontext(prec=120):
        exact = Decimal(product.numerator) / Decimal(product.denominator)
        return format(exact.quantize(Decimal(1).scaleb(-18), rounding=ROUND_DOWN).normalize(), "f") + unit


def finite(value: Fraction | Unusable, said: str) -> str | Unusable:
    """Plain decimal text of a number that has one."""
    if isinstance(value, Unusable):
        return value
    return (
        plain(value)
        if ends_in_base_ten(value)
        else Unusable(f"{said} has no exact decimal form; give the amount in digits")
    )


def hedged(span: Span) -> Unusable | None:
    """Why the words around a number take its exactness: `5 or 6`, `all but 10`, `-5`."""
    before, after = span.text[max(0, span.start - 64) : span.start], span.text[span.end : span.end + 64]
    sign = _NEGATIVE_BEFORE.search(before)
    if sign:
        return Unusable(f"{shown(sign[0].strip() + ' ' + span.surface)} is negative")
    if _OR_AFTER.match(after) or _OR_BEFORE.search(before):
        return Unusable(f"{span.shown()} is one of several amounts; say one")
    if _MORE_AFTER.match(after) and span.words[-1].kind is Kind.NUMBER:
        return Unusable(f"{span.shown()} and what stands behind it read two ways; write the amount as one number")
    if _CENTS_AFTER.match(after) and span.words[-1].kind is Kind.MONEY:
        return Unusable(f"{span.shown()} and the number behind it read two ways; write the sum as one number")
    if (_BUT_AFTER.match(after) and _is_share(span)) or _BUT_BEFORE.search(before):
        return Unusable(f"{span.shown()} depends on what is kept back; say the amount itself")
    return None


def _is_share(span: Span) -> bool:
    return any(Hint.SHARE in word.hints for word in span.words)


def read_amount(span: Span, intent: str = "") -> str | Unusable:
    """Whole-token units, a share, or (only in `approve`) `unlimited`."""
    return hedged(span) or _amount(span, intent)


def _amount(span: Span, intent: str) -> str | Unusable:
    share = _everything(span, intent)
    if share:
        return share
    vague = next((word for word in span.words if Hint.VAGUE in word.hints), None)
    content = [word for word in span.words if word.text.lower() not in _FILLERS]
    if vague or not content:
        return Unusable(f"{span.shown()} is not an exact amount")
    if len(content) == 1 and content[0].kind in _NUMERIC:
        return _numeric(content[0], share="/" in content[0].text and bool(_MINE_AFTER.match(span.text, span.end)))
    words = [word.text.lower() for word in content]
    part = share_words(words)
    unit = _UNIT_AFTER.match(span.text[span.end : span.end + 32])
    if part is not None and len(content) == len(span.words) and unit and unit[1].lower() in TOKEN_WORDS:
        return Unusable(f"{span.shown()} {unit[1]} could be a part of one or of all you hold; say which")
    return as_share(part) if part is not None and part <= 1 else Unusable(f"{span.shown()} is not an exact amount")


def _everything(span: Span, intent: str) -> str | Unusable | None:
    words = [word for word in span.lower if word not in _FILLERS]
    if any(word in _UNLIMITED for word in words) or _NO_LIMIT.search(span.surface.lower()):
        extra = set(words) - _UNLIMITED - _ALLOWANCE_WORDS - {"no", "without", "any", "limit", "cap"}
        fits = intent in ("approve", "amend", "again") and not extra
        return "unlimited" if fits else Unusable(f"{span.shown()} is not an amount that can be moved")
    if intent == "approve" and words and words[0] in ("max", "maximum") and set(words[1:]) <= _ALLOWANCE_WORDS:
        return "unlimited"
    if intent == "repay" and _OWED.match(span.text, span.start):
        return "100%"
    if _THE_LOT.search(span.text[: span.end]) or _EVERY_LAST.match(span.surface):
        return "100%"
    if words and set(words) <= _ALL and (set(words) & _ALL_ALONE or {"pay", "off"} <= set(words)):
        return "100%"
    return None


def _numeric(word: Word, share: bool = False) -> str | Unusable:
    """A number of tokens; with `share` ('1/2 my dai') a part of what is held."""
    if word.kind is Kind.NUMBER and not share:
        return finite(read_number(_whole_of_one(word.text)), shown(word.text))
    if word.kind is Kind.MONEY:
        return Unusable(f"{shown(word.text)} is a sum of money, not a number of tokens")
    part = percent_of(word)
    if isinstance(part, Unusable):
        return part
    return as_share(part) if 0 < part <= 1 else Unusable(f"{shown(word.text)} is not a share between 0% and 100%")


def _whole_of_one(text: str) -> str:
    """`1/2 of an` as `1/2`: the digits already say it."""
    return re.sub(r"(?i)\s+of\s+(?:an?|one)$", "", text) if text[:1].isdigit() else text


def percent_of(word: Word) -> Fraction | Unusable:
    """A percent or basis-point word (or `1/3` read as a share) as a fraction of one."""
    match = _PERCENT.fullmatch(word.text)
    if not match:
        return read_number(word.text)
    number = match["number"].lower().strip()
    of_a = re.fullmatch(r"(?:an?\s)?(half|quarter)(?:\s(?:of\s)?an?)?", number)
    value = Fraction(1, 2 if of_a[1] == "half" else 4) if of_a else read_number(number)
    if isinstance(value, Unusable):
        return value
    return value / (10_000 if match["bps"] else 100)


def read_percent(span: Span) -> str | Unusable:
    """`0.5%`; basis points become percent."""
    numeric = [word for word in span.words if word.kind in _NUMERIC]
    if len(numeric) != 1 or numeric[0].kind not in (Kind.PERCENT, Kind.BPS):
        return Unusable(f"{span.shown()} is not one percentage")
    problem = hedged(span.only(numeric))
    if problem:
        return problem
    value = percent_of(numeric[0])
    if isinstance(value, Unusable):
        return value
    return plain(value * 100) + "%" if ends_in_base_ten(value) else as_share(value)


def money_of(word: Word) -> tuple[Fraction, str] | Unusable:
    """A money word as a number and an ISO 4217 code."""
    text = re.sub(r"\s+", " ", word.text.strip().lower())
    cents = _CENTS.fullmatch(text)
    if cents and _MONEY.fullmatch(cents["money"])["unit"]:  # type: ignore[index]
        return _with_cents(cents, word)
    scaled = SCALE_TAIL.search(text)
    if scaled and scaled.end() == len(text) and _MONEY.fullmatch(text[: scaled.start()])["unit"]:  # type: ignore[index]
        money = _money(text[: scaled.start()])
        return (money[0] * SCALES[scaled["scale"]], money[1]) if isinstance(money, tuple) else _no_currency(word)
    return _money(text) or _no_currency(word)


def _no_currency(word: Word) -> Unusable:
    return Unusable(f"{shown(word.text)} names no one currency")


def _money(text: str) -> tuple[Fraction, str] | Unusable | None:
    match = _MONEY.fullmatch(text)
    if match is None:
        return None
    symbol, unit = (match["symbol"] or "").replace(" ", "").replace(".", ""), match["unit"] or ""
    codes = {CURRENCIES[name] for name in (symbol, unit) if name in CURRENCIES}
    value = read_number(match["number"])
    if isinstance(value, Unusable):
        return value
    if unit in MINOR_UNITS:
        value, codes = value / 100, codes | {MINOR_UNITS[unit]}
    return (value, codes.pop()) if len(codes) == 1 else None


def _with_cents(match: re.Match[str], word: Word) -> tuple[Fraction, str] | Unusable:
    """`3 dollars and 50 cents`: less than a hundred of them, of the same money."""
    whole, part = _money(match["money"]), read_number(match["number"])
    if isinstance(whole, Unusable) or isinstance(part, Unusable):
        return whole if isinstance(whole, Unusable) else part  # type: ignore[return-value]
    pence = match["unit"].lower() == "pence"
    fits = whole is not None and whole[0].denominator == 1 and 0 < part < 100 and (whole[1] == "GBP") >= pence
    return (
        (whole[0] + part / 100, whole[1]) if fits and whole else Unusable(f"{shown(word.text)} is not one sum of money")
    )


def read_fiat(span: Span) -> str | Unusable:
    """`50 USD`."""
    content = [word for word in span.words if word.text.lower() not in _FILLERS]
    if len(content) != 1 or content[0].kind is not Kind.MONEY:
        return Unusable(f"{span.shown()} is not one sum of money")
    problem = hedged(span.only(content)) or _two_sums(span, content[0])
    money = problem or money_of(content[0])
    if isinstance(money, Unusable):
        return money
    value = finite(money[0], span.shown())
    return value if isinstance(value, Unusable) else f"{value} {money[1]}"


def _two_sums(span: Span, word: Word) -> Unusable | None:
    """`$100 100 usdc`: a blank may part thousands, or two sums."""
    unit = _UNIT_AFTER.match(span.text[span.end : span.end + 32])
    parted = re.search(r"\d\s\d{3}\b", word.text) is not None
    reads_two_ways = parted and unit is not None and unit[1].lower() in TOKEN_WORDS
    return Unusable(f"{shown(word.text)} reads two ways; write the sum as one number") if reads_two_ways else None


def read_decimal(span: Span) -> str | Unusable:
    """A plain number."""
    numeric = [word for word in span.words if word.kind in _NUMERIC]
    if len(numeric) != 1 or numeric[0].kind is not Kind.NUMBER:
        return Unusable(f"{span.shown()} is not one number")
    return hedged(span.only(numeric)) or finite(read_number(numeric[0].text), span.shown())


def read_threshold(span: Span) -> str | Unusable:
    """A price, balance, gas price in gwei or health factor; a relative move keeps its `%`."""
    numeric = [word for word in span.words if word.kind in _NUMERIC]
    if len(numeric) != 1:
        return Unusable(f"{span.shown()} is not one number")
    word = numeric[0]
    if word.kind in (Kind.PERCENT, Kind.BPS):
        return read_percent(span)
    if word.kind is Kind.MONEY:
        money = hedged(span.only(numeric)) or money_of(word)
        return money if isinstance(money, Unusable) else finite(money[0], span.shown())
    return _gas_price(word) or read_decimal(span)


def _gas_price(word: Word) -> str | Unusable | None:
    match = _GWEI.fullmatch(word.text)
    if not match:
        return None
    value = read_number(match["number"])
    if isinstance(value, Unusable):
        return value
    return finite(value / (10**9 if match["unit"].lower() == "wei" else 1), shown(word.text))


def read_integer(span: Span) -> str | Unusable:
    """`#311`, `number 4`, `ten`, `the latest`, `twice`; of a period its count (`for 30 days`)."""
    lower = span.lower
    numeric = [word for word in span.words if word.kind in (Kind.NUMBER, Kind.PERIOD)]
    if lower[0] in _COUNTED_OUT and len(lower) > 1 and lower[1] == "of":
        return Unusable(f"{span.shown()} names no one of them")
    if not numeric:
        counted = [_COUNTS[word] for word in lower if word in _COUNTS]
        latest = set(lower) & {"latest", "last", "newest", "recent"}
        one = counted or (["1"] if latest else [])
        return one[0] if len(one) == 1 else Unusable(f"{span.shown()} is not a number")
    if len(numeric) > 1 or any(Hint.VAGUE in word.hints for word in span.words if word.text.lower() not in _LATEST):
        return Unusable(f"{span.shown()} is not one number")
    text = numeric[0].text
    if numeric[0].kind is Kind.PERIOD:
        text = re.sub(r"(?i)[\s\-]?[a-z]+$", "", text)
    value = hedged(span.only(numeric)) or read_number(text)
    if isinstance(value, Unusable):
        return value
    return str(value.numerator) if value.denominator == 1 else Unusable(f"{span.shown()} is not a whole number")
