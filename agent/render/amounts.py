"""Amounts, worths, ages and times in words. Amounts exactly; a worth in fiat is a rounded figure and says so with ≈."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from agent.render.escape import quoted
from chain.units import format_units
from chain.values import UNLIMITED, Asset

CENT = Decimal("0.01")
DIGITS = 60
SHOWN_DIGITS = 6


def amount(raw: int, asset: Asset) -> str:
    """All digits of an amount and its symbol, which is quoted where nobody vouches for the token."""
    if raw == UNLIMITED:
        return f"an unlimited amount of {symbol(asset)}"
    return f"{format_units(raw, asset.decimals)} {symbol(asset)}"


def symbol(asset: Asset) -> str:
    """The symbol of a listed coin as it is; else what the token calls itself, as a quotation with its address."""
    if asset.listed:
        return asset.symbol
    return f"of the unlisted token {asset.address}, {quoted(asset.symbol, 'it')}"


def short_symbol(asset: Asset) -> str:
    """For titles: an unlisted token's own word is left out."""
    return asset.symbol if asset.listed else "(unlisted token)"


def amount_data(raw: int, asset: Asset) -> dict[str, Any]:
    """An amount as JSON: raw units as a string, decimals and symbol beside them."""
    return {
        "amount": str(raw),
        "decimals": asset.decimals,
        "symbol": asset.symbol,
        "address": asset.address,
        "listed": asset.listed,
    }


def worth(raw: int, decimals: int, price: Decimal) -> Decimal:
    """What an amount is worth, exactly as far as 60 digits go."""
    context = Context(prec=DIGITS)
    return context.multiply(Decimal(raw).scaleb(-decimals, context=Context(prec=len(str(abs(raw))) + 1)), price)


def fiat(value: Decimal, currency: str = "USD", *, rounding: str = ROUND_HALF_EVEN) -> str:
    """Money to the cent, with thousands set apart; what is less than a cent and not nothing is told as that."""
    if 0 < value < CENT:
        return f"less than 0.01 {currency}"
    return f"{value.quantize(CENT, rounding, Context(prec=DIGITS)):,f} {currency}"


def fee_fiat(value: Decimal, currency: str = "USD") -> str:
    """As `fiat`, rounded up: what a fee may cost is never shown as less."""
    return fiat(value, currency, rounding=ROUND_CEILING)


def rate(value: Decimal) -> str:
    """A price: to the cent from 1 on, else to six significant digits."""
    if value >= 1:
        return f"{value.quantize(CENT, ROUND_HALF_EVEN, Context(prec=DIGITS)):,f}"
    return f"{Context(prec=SHOWN_DIGITS).plus(value).normalize():f}"


def duration(seconds: int) -> str:
    """A length of time in its two largest units."""
    units: Mapping[str, int] = {"d": 86400, "h": 3600, "min": 60, "s": 1}
    parts, rest = [], max(0, seconds)
    for name, size in units.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2]) or "0 s"


def clock(timestamp: int) -> str:
    """A moment in UTC."""
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M:%S} UTC"


def percent(part: Decimal) -> str:
    """A share of one as percent, to two digits."""
    return f"{Context(prec=DIGITS).multiply(part, Decimal(100)).quantize(CENT):f}".rstrip("0").rstrip(".") + "%"


def signed_percent(part: Decimal) -> str:
    """A change as percent, its sign always told: '+1.5%'."""
    shown = percent(part)
    return "0%" if shown == "-0%" else shown if part <= 0 or shown == "0%" else f"+{shown}"


def plain_number(value: Decimal) -> str:
    """A decimal number for JSON, without an exponent."""
    return f"{value.normalize():f}" if value else "0"
