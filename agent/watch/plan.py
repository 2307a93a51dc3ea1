"""What is due to be read, by the intervals of the settings and by when each kind was read last."""

from dataclasses import dataclass

from agent.automation.rules import rules_of
from agent.points import Series
from agent.session import Session
from agent.watch.cursors import read_all_in
from chain.prices.coins import has_feed, known_as
from chain.values import Address

KINDS = ("prices", "balances", "gas", "allowances")
POLLED = "polled:"
QUOTE = "USD"
Holding = tuple[Address, Address | None]
"""Account and token, None for the native coin."""
Allowed = tuple[Address, Address, Address]
"""Owner, token, spender."""
ALLOWED = "allowed:"


@dataclass(frozen=True, slots=True)
class Plan:
    """One reading. `prices`: by quote the coins; `kinds`: what is read at all."""

    kinds: frozenset[str]
    prices: tuple[tuple[str, tuple[str, ...]], ...]
    holdings: tuple[Holding, ...]
    allowed: tuple[Allowed, ...]


def plan_at(session: Session, now: int) -> Plan:
    """What to read at `now`: of the own accounts, the listed coins, and whatever a standing rule hangs on."""
    chain_id = session.client.chain_id
    with session.store.read() as connection:
        polled = read_all_in(connection, chain_id, POLLED)
        allowed = read_all_in(connection, chain_id, ALLOWED)
    kinds = frozenset(kind for kind in KINDS if _is_due(session, kind, polled.get(kind), now))
    watched = rules_of(session).watched(chain_id)
    return Plan(
        kinds=kinds,
        prices=_prices(session, watched) if "prices" in kinds else (),
        holdings=_holdings(session, watched) if "balances" in kinds else (),
        allowed=tuple(allowed_of(name) for name in allowed) if "allowances" in kinds else (),
    )


def allowed_of(name: str) -> Allowed:
    """The allowance that a cursor's name stands for."""
    owner, token, spender = name.split(":")
    return Address(owner), Address(token), Address(spender)


def _is_due(session: Session, kind: str, last: str | None, now: int) -> bool:
    """A last time that lies ahead was written by a clock that was ahead."""
    every = session.settings.seconds(f"watch_{kind}_every")
    return last is None or not now - every < int(last) <= now


def _prices(session: Session, watched: tuple[Series, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    client, registry = session.client, session.registry
    listed = [client.entry.native_symbol.upper(), *(t.symbol.upper() for t in registry.tokens_on(client.chain_id))]
    coins = {QUOTE: [symbol for symbol in listed if has_feed(client, known_as(client, symbol))]}
    coins[QUOTE] += [f.base.upper() for f in registry.feeds_on(client.chain_id) if f.quote.upper() == QUOTE]
    for series in watched:
        if series.kind == "price":
            coins.setdefault(series.quote, []).append(series.subject)
    return tuple((quote, tuple(dict.fromkeys(bases))) for quote, bases in coins.items())


def _holdings(session: Session, watched: tuple[Series, ...]) -> tuple[Holding, ...]:
    tokens = [None, *(Address(t.address) for t in session.registry.tokens_on(session.client.chain_id))]
    own = [(info.address, token) for info in session.accounts.list() for token in tokens]
    asked = [(Address(s.account), token_of(s.subject)) for s in watched if s.kind == "balance"]
    return tuple(dict.fromkeys([*own, *asked]))


def token_of(subject: str) -> Address | None:
    """The token of a balance series, None for the native coin."""
    return None if subject == "native" else Address(subject)
