"""Raw units to words, exactly: integers and strings, never a float."""

from chain.values import UNLIMITED, Address
from contracts.registry import Registry


def format_units(raw: int, decimals: int) -> str:
    """A raw amount as a plain decimal number, all its digits and no trailing zeros."""
    sign, digits = ("-" if raw < 0 else ""), str(abs(raw)).rjust(decimals + 1, "0")
    whole, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def amount_words(registry: Registry, chain_id: int, token: Address | None, raw: int) -> str:
    """An amount with its symbol; of an unlisted token in raw units with its address. Raises UnknownEntry for the chain."""
    if token is None:
        chain = registry.chain(chain_id)
        return f"{format_units(raw, chain.native_decimals)} {chain.native_symbol}"
    entry = registry.token_at(chain_id, token)
    if raw == UNLIMITED:
        return f"an unlimited amount of {entry.symbol if entry else token}"
    if entry is None:
        return f"{raw} raw units of the unlisted token {token}"
    return f"{format_units(raw, entry.decimals)} {entry.symbol}"
