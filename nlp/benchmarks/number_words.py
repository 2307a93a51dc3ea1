"""The English Number, Percent and Currency specs of Microsoft's Recognizers-Text against the product's own readers.

A case matches where every number of it is one stretch of the recogniser's words, reads as the spec says, and nothing else in
the text reads as one. What must not be read as the spec says is listed in `must_refuse.json`, with the reason.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlp.errors import BadData
from nlp.recognise import recognise
from nlp.types import Context, Kind, Word
from nlp.values import Unusable, read_value
from nlp.values.amounts import money_of
from nlp.values.numbers import read_expression

SPECS: Mapping[str, tuple[str, frozenset[Kind]]] = {
    "NumberModel": ("Number", frozenset({Kind.NUMBER})),
    "PercentModel": ("Number", frozenset({Kind.PERCENT, Kind.BPS})),
    "CurrencyModel": ("NumberWithUnit", frozenset({Kind.MONEY})),
}
REFUSED_FILE = Path(__file__).parent / "must_refuse.json"
# The spec names some currencies by a word alone; here a word alone means what it means to a wallet.
UNDERSTOOD = {"Dollar": "USD", "Pound": "GBP", "Euro": "EUR", "Franc": "CHF", "Rupee": "INR"}
HUNDREDTHS = {"Cent": "USD", "Pence": "GBP"}
NEARLY = Fraction(1, 10**6)
NOTHING = Context()
Read = tuple[Fraction, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a spec, what was made of it, and whether the list says that it must be refused."""

    spec: str
    number: int
    text: str
    matched: bool
    wrong: bool
    reason: str


def cases(directory: Path) -> tuple[Case, ...]:
    """Every case of the three specs in a folder with Number/ and NumberWithUnit/. Raises BadData where one is missing."""
    return tuple(
        _judged(name, number, case)
        for name, (folder, _) in SPECS.items()
        for number, case in enumerate(_spec(directory / folder / f"{name}.json"), 1)
    )


@lru_cache(maxsize=1)
def must_refuse() -> Mapping[str, Mapping[str, str]]:
    """Per spec the numbers of the cases (from 1) that must not be read as the spec says, with the reason."""
    found: dict[str, dict[str, str]] = json.loads(REFUSED_FILE.read_text(encoding="utf-8"))
    return found


def _spec(path: Path) -> list[dict[str, Any]]:
    try:
        read: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadData(f"{path} could not be read.", remedy="Give the folder with Number and NumberWithUnit.") from error
    return read


def _judged(spec: str, number: int, case: dict[str, Any]) -> Case:
    text = case["Input"]
    words = recognise(text, NOTHING)
    used: set[Word] = set()
    matched, wrong = True, False
    for result in case["Results"]:
        wanted = _wanted(spec, result)
        if wanted is None:
            continue
        own = _words_under(words, text, result)
        used |= set(own)
        read = _read(spec, own, text) if own else None
        matched &= read is not None and _same(read, wanted) and _covers(own, text, result)
        wrong |= read is not None and not _same(read, wanted)
    extra = any(w not in used and w.kind in SPECS[spec][1] and _read(spec, [w], text) is not None for w in words)
    return Case(spec, number, text, matched and not extra, wrong, must_refuse().get(spec, {}).get(str(number), ""))


def _wanted(spec: str, result: dict[str, Any]) -> Read | None:
    """The spec's value and currency; None where it names a unit without a number."""
    resolution = result["Resolution"]
    try:
        value = Fraction(Decimal(str(resolution["value"]).rstrip("%").replace(",", "")))
    except (KeyError, ArithmeticError):
        return None
    if spec != "CurrencyModel":
        return value, ""
    unit = resolution.get("unit", "")
    if unit in HUNDREDTHS and "isoCurrency" not in resolution:
        return value / 100, HUNDREDTHS[unit]
    return value, resolution.get("isoCurrency") or UNDERSTOOD.get(unit, unit)


def _words_under(words: Sequence[Word], text: str, result: dict[str, Any]) -> list[Word]:
    start, end = _range(text, result)
    return [word for word in words if word.start < end and word.end > start]


def _range(text: str, result: dict[str, Any]) -> tuple[int, int]:
    start = result.get("Start")
    start = text.lower().find(result["Text"].lower()) if start is None else start
    return start, start + len(result["Text"])


def _covers(own: Sequence[Word], text: str, result: dict[str, Any]) -> bool:
    """Whether the words are the number alone, or the one word that holds it with its unit ("$20", "3 years")."""
    start, end = _range(text, result)
    return (start <= own[0].start and own[-1].end <= end) or (
        len(own) == 1 and own[0].kind in (Kind.MONEY, Kind.PERIOD)
    )


def _same(read: Read, wanted: Read) -> bool:
    return abs(read[0] - wanted[0]) <= abs(wanted[0]) * NEARLY and read[1] == wanted[1]


def _read(spec: str, own: Sequence[Word], text: str) -> Read | None:
    said = text[own[0].start : own[-1].end]
    if spec == "NumberModel":
        return _number(own, said)
    read = read_value(("fiat" if spec == "CurrencyModel" else "percent",), own, text, NOTHING)
    if not isinstance(read, str):
        return None
    value, _, currency = read.rstrip("%").partition(" ")
    return Fraction(value), currency


def _number(own: Sequence[Word], said: str) -> Read | None:
    if len(own) == 1 and own[0].kind is Kind.MONEY:
        money = money_of(own[0])
        return None if isinstance(money, Unusable) else (money[0], "")
    value = read_expression(said.split()[0] if own[0].kind is Kind.PERIOD else said)
    return None if value is None else (value, "")
