"""Amount text to raw units, exactly. What arrives is never rounded up, what leaves never down; shares are rounded down."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from agent.resolve import NOTHING, shown
from chain.errors import SayDifferently
from chain.prices import Price
from chain.units import format_units
from chain.values import UNLIMITED, Asset

MAX_TEXT = 400
_SHORT = Context(prec=8)
_NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Fiat:
    """A sum of money: `amount` of the currency `code` (ISO 4217)."""

    amount: Fraction
    code: str


def parse_units(text: str, asset: Asset) -> int:
    """A plain decimal number of whole tokens in raw units.

    Raises SayDifferently where it is none, has more decimals than the token, or does not fit 256 bits.
    """
    match = _NUMBER.fullmatch(text) if len(text) <= MAX_TEXT else None
    if match is None:
        raise _unusable(f"{text[:60]!a} is not an exact amount.", "Give the amount in digits, such as 1.5.")
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > asset.decimals:
        raise _unusable(
            f"{text[:60]} has {len(fraction)} decimals, but {shown(asset)} has only {asset.decimals}.",
            f"Give at most {asset.decimals} decimals.",
        )
    raw = int(whole + fraction.ljust(asset.decimals, "0"))
    if raw > UNLIMITED:
        raise _unusable("The amount is larger than any token can hold.", "Give a smaller amount.")
    return raw


def parse_share(text: str) -> Fraction | None:
    """`25%` as a fraction of one; None where the text is no share. Raises SayDifferently over 100% or at 0%."""
    if not text.endswith("%"):
        return None
    share = parse_percent(text)
    if not 0 < share <= 1:
        raise _unusable(f"{text[:60]!a} is not a share between 0% and 100%.", "Give a share of at most 100%.")
    return share


def parse_percent(text: str) -> Fraction:
    """`0.5%` as a fraction of one. Raises SayDifferently."""
    if len(text) > MAX_TEXT or not text.endswith("%") or not _NUMBER.fullmatch(text[:-1]):
        raise _unusable(f"{text[:60]!a} is not a percentage.", "Give it in digits, such as 0.5%.")
    return Fraction(text[:-1]) / 100


def share_of(share: Fraction, held: int) -> int:
    """A share of a holding in raw units, rounded down."""
    return held * share.numerator // share.denominator


def parse_fiat(text: str) -> Fiat:
    """`50 USD`. Raises SayDifferently."""
    number, _, code = text.partition(" ")
    if len(text) > MAX_TEXT or not _NUMBER.fullmatch(number) or not re.fullmatch(r"[A-Z]{3}", code):
        raise _unusable(f"{text[:60]!a} is not a sum of money.", "Give it in digits, such as 50 USD.")
    return Fiat(Fraction(number), code)


def fiat_to_units(fiat: Fiat, price: Price, asset: Asset) -> int:
    """What a sum buys at a price, in raw units, rounded down. Raises SayDifferently where that is nothing."""
    raw = int(fiat.amount * 10**asset.decimals // Fraction(price.value))
    if not 0 < raw <= UNLIMITED:
        raise _unusable(f"That sum is no amount of {shown(asset)}.", "Give another sum, or an amount in tokens.")
    return raw


def floor_less(amount: int, share: Fraction) -> int:
    """`amount` less a share of it, rounded down: the least that may arrive."""
    kept = max(Fraction(0), 1 - share)
    return amount * kept.numerator // kept.denominator


def ceil_more(amount: int, share: Fraction) -> int:
    """`amount` and a share of it more, rounded up: the most that may leave."""
    grown = 1 + share
    return -(-amount * grown.numerator // grown.denominator)


def amount_text(raw: int, asset: Asset) -> str:
    """A raw amount in whole tokens with its name, exactly."""
    if raw == UNLIMITED:
        return f"an unlimited amount of {shown(asset)}"
    return f"{format_units(raw, asset.decimals)} {shown(asset)}"


def price_text(value: Decimal | Fraction, code: str) -> str:
    """A price or a sum in words, to 8 significant digits: for eyes only, never reckoned with."""
    exact = value if isinstance(value, Decimal) else _SHORT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{_SHORT.plus(exact).normalize():f} {code}"


def percent_text(share: Fraction) -> str:
    """A share in percent with two decimals, rounded up."""
    hundredths = -(-share.numerator * 10_000 // share.denominator)
    return f"{format_units(hundredths, 2)}%"


def _unusable(happened: str, remedy: str) -> SayDifferently:
    return SayDifferently(happened, not_done=NOTHING, remedy=remedy)
