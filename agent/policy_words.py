"""A policy from the words of a command line, and a limit in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

from agent.contacts import checked_address
from agent.policy_rules import fiat
from agent.session import Desk
from chain.errors import SayDifferently
from chain.units import format_units
from chain.values import Address, Limit, Policy
from contracts.registry import Registry

DAY = 86_400
FIAT = "USD"
NOT_CHANGED = "The policy was not changed."
AMOUNT = re.compile(r"(none|\d+(?:\.\d+)?) *([A-Za-z][A-Za-z0-9.]{0,15})\Z", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants changed; what is empty stays as it is. `per_window`: a limit's text and its window in seconds."""

    per_transaction: tuple[str, ...] = ()
    per_day: tuple[str, ...] = ()
    per_window: tuple[tuple[str, int], ...] = ()
    allow: tuple[str, ...] = ()
    disallow: tuple[str, ...] = ()
    allow_anyone: bool = False
    lift: tuple[str, ...] = ()
    unlift: tuple[str, ...] = ()
    unknown_above: str = ""
    slippage: str = ""
    expiry: int = 0


def changed(desk: Desk, old: Policy, wanted: Wanted) -> Policy:
    """The policy as it would be. Raises SayDifferently where nothing would change, or a word of it cannot be used."""
    new = Policy(
        limits=_limits(desk.registry, old.limits, wanted),
        allowed_recipients=_allowed(desk, old, wanted),
        lifted_recipients=_listed(old.lifted_recipients, map(_whole, wanted.lift), map(_whole, wanted.unlift)),
        unknown_blocks_above=_money(wanted.unknown_above) or old.unknown_blocks_above,
        slippage=wanted.slippage or old.slippage,
        expiry_seconds=wanted.expiry or old.expiry_seconds,
    )
    if new == old:
        raise SayDifferently("That is the policy already.", not_done=NOT_CHANGED, remedy="See: sayso policy show.")
    return new


def limit_words(registry: Registry, limit: Limit) -> str:
    """A limit in words."""
    when = {0: "per transaction", DAY: "in any 24 hours"}.get(limit.window, f"in any {_length(limit.window)}")
    if limit.fiat:
        return f"at most {limit.fiat} {when}"
    return f"at most {format_units(int(limit.amount), decimals_of(registry, limit.asset))} {limit.asset} {when}"


def _length(seconds: int) -> str:
    return f"{seconds // DAY} days" if seconds % DAY == 0 else f"{seconds} seconds"


def decimals_of(registry: Registry, symbol: str) -> int:
    """The decimals of a coin, by symbol. Where chains differ, the fewest: then a limit in raw units is tighter there.

    Raises SayDifferently for a symbol that no chain lists.
    """
    found = {t.decimals for t in registry.tokens if t.symbol.upper() == symbol.upper()}
    found |= {c.native_decimals for c in registry.chains if c.native_symbol.upper() == symbol.upper()}
    if not found:
        raise SayDifferently(
            f"No chain here has a coin {symbol!a}.", not_done=NOT_CHANGED, remedy="Use a listed symbol."
        )
    return min(found)


def parse_limit(registry: Registry, text: str, window: int) -> tuple[Limit, bool]:
    """A limit of '100 USDC' or '200 USD', and whether it stands: 'none USD' takes it away. Raises SayDifferently."""
    found = AMOUNT.match(text.strip())
    if found is None:
        raise SayDifferently(
            f"{text[:60]!a} is no limit.", not_done=NOT_CHANGED, remedy="Write it like 100 USDC, 200 USD, or none USD."
        )
    number, unit = found.groups()
    stands = number.lower() != "none"
    if unit.upper() == FIAT:
        return Limit(window, fiat=f"{number} {FIAT}" if stands else FIAT), stands
    decimals = decimals_of(registry, unit)
    amount = _raw(number, decimals, unit) if stands else 0
    return Limit(window, asset=_symbol(registry, unit), amount=str(amount)), stands


def _limits(registry: Registry, old: tuple[Limit, ...], wanted: Wanted) -> tuple[Limit, ...]:
    limits = {_kind(limit): limit for limit in old}
    said = [(text, 0) for text in wanted.per_transaction] + [(text, DAY) for text in wanted.per_day]
    for text, window in (*said, *wanted.per_window):
        limit, stands = parse_limit(registry, text, window)
        limits.pop(_kind(limit), None)
        if stands:
            limits[_kind(limit)] = limit
    return tuple(limits.values())


def _kind(limit: Limit) -> tuple[int, str]:
    return limit.window, limit.asset or limit.fiat.split(" ")[-1]


def _raw(number: str, decimals: int, unit: str) -> int:
    scaled = Decimal(number).scaleb(decimals, context=Context(prec=200))
    if scaled != scaled.to_integral_value() or scaled >= 2**256:
        raise SayDifferently(f"{number[:40]} {unit} has more digits than {unit} has.", not_done=NOT_CHANGED)
    return int(scaled)


def _symbol(registry: Registry, unit: str) -> str:
    """The symbol as it is listed."""
    listed = [t.symbol for t in registry.tokens] + [c.native_symbol for c in registry.chains]
    return next(symbol for symbol in listed if symbol.upper() == unit.upper())


def _money(text: str) -> str:
    if not text:
        return ""
    amount, currency = fiat(text.strip().upper())
    if currency != FIAT:
        raise SayDifferently(f"Sayso knows prices in {FIAT} only.", not_done=NOT_CHANGED)
    return f"{amount:f} {currency}"


def _allowed(desk: Desk, old: Policy, wanted: Wanted) -> tuple[Address, ...]:
    """Raises SayDifferently where taking the last one out would, of all things, allow anyone."""
    if wanted.allow_anyone:
        return ()
    who = _listed(
        old.allowed_recipients,
        (_party(desk, name) for name in wanted.allow),
        (_party(desk, name) for name in wanted.disallow),
    )
    if old.allowed_recipients and not who:
        raise SayDifferently(
            "That is the last one allowed: without any, anyone is.", not_done=NOT_CHANGED, remedy="Use --allow-anyone."
        )
    return who


def _party(desk: Desk, name: str) -> Address:
    """A contact's, an account's, or the address itself. Raises SayDifferently."""
    if name.strip().lower().startswith("0x"):
        return checked_address(name)
    own = {info.name: info.address for info in desk.accounts.list()}
    return own.get(name.strip().lower()) or desk.contacts.find(name).address


def _whole(address: str) -> Address:
    return checked_address(address)


def _listed(old: tuple[Address, ...], more: Iterable[Address], less: Iterable[Address]) -> tuple[Address, ...]:
    gone = set(less)
    return tuple(address for address in dict.fromkeys((*old, *more)) if address not in gone)
