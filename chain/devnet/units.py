"""Decimal text of a recipe to raw token units."""

from decimal import Decimal

from chain.errors import SaysoError

ETHER = 18


def raw_units(text: str, decimals: int) -> int:
    """The amount in raw units, exactly. Raises SaysoError where the text has more decimals than the token."""
    sign, digits, exponent = Decimal(text).as_tuple()
    if not isinstance(exponent, int) or sign or exponent + decimals < 0:
        raise SaysoError(f"{text!r} is no amount with at most {decimals} decimals.")
    whole: int = 10 ** (exponent + decimals)
    return int("".join(map(str, digits))) * whole
