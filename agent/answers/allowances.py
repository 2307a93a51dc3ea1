"""Who may take what from an account: found by the approvals' logs and for the known contracts, read again as it stands now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.answers.called import (
    asset_at,
    collection_name,
    name_of,
    party_data,
    protocol_contracts,
    thing_name,
    token_address,
    token_name,
    units,
    unlimited,
)
from agent.answers.looking import Holder, check_chain, holder, known_names, listed, native, party_of, text
from agent.answers.past import USD
from agent.answers.searched import searched_data, searched_words
from agent.answers.types import Answer, Part
from agent.render.amounts import amount_data, fiat, plain_number, worth
from agent.session import Session
from chain.allowances import Approval, Standing, find_approvals, standing
from chain.balances import Balances, balances
from chain.contract_abi.proxies import has_code
from chain.logs import Logs
from chain.prices import Price, PriceUnavailable, prices
from chain.values import Address
from nlp.types import Action

UNKNOWN = "unknown"
MOST_SHOWN = 40
DANGER = "Whoever may spend a coin can take it at any time, without asking again."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: None is any token, and any spender."""

    token: Address | None
    spenders: tuple[Address, ...] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands allowed, with what is needed to say what is at risk."""

    stand: tuple[Standing, ...]
    logs: Logs
    held: Balances
    priced: Mapping[str, Price | PriceUnavailable]
    plain: Mapping[Address, str]


async def answer(session: Session, action: Action) -> Answer:
    """All allowances of an account that are not nothing, by token and spender. Raises SayDifferently, SetupNeeded, Refused."""
    check_chain(session, action)
    who = await holder(session, action)
    named = text(action, "token")
    if named and named.upper() == native(session).symbol.upper():
        return _of_native(session, who)
    wanted = Wanted(await token_address(session, named) if named else None, await _spenders(session, action))
    seen = await _seen(session, who, wanted)
    return Answer("allowances", _document(session, who, seen), _parts(session, who, wanted, seen))


def _of_native(session: Session, who: Holder) -> Answer:
    coin = native(session).symbol
    words = f"{coin} itself cannot be allowed to anybody: only its owner's signature moves it. Tokens can, as {coin}'s wrapped form."
    return Answer("allowances", {"account": who.data, "chain": session.client.entry.slug, "allowances": []}, (words,))


async def _spenders(session: Session, action: Action) -> tuple[Address, ...] | None:
    """Whom the action names: a protocol is all its contracts. Raises SayDifferently."""
    named = text(action, "spender")
    if not named:
        return None
    of_protocol = tuple(Address(entry.address) for entry in protocol_contracts(session, named))
    return of_protocol or ((await party_of(session, named)).address,)


async def _seen(session: Session, who: Holder, wanted: Wanted) -> Seen:
    head = await session.client.block("latest")
    logged, logs = await find_approvals(session.client, who.address, head.number, wanted.token)
    asked = [a for a in (*_known(session, wanted), *logged) if _is_wanted(a, wanted)]
    read = await standing(session.client, who.address, _ordered(session, asked))
    # A listed token that was only read to be sure, and did not answer, is no allowance.
    stand = tuple(one for one in read if one.raw is not None or one.approval in logged)
    assets = [asset_at(session, one.approval.token) for one in stand if one.approval.kind == "amount"]
    symbols = list(dict.fromkeys(asset.symbol for asset in assets if asset.listed))
    return Seen(
        stand,
        logs,
        await balances(session.client, [who.address], assets),
        await prices(session.client, symbols, USD) if symbols else {},
        await _plain(session, [one.approval.spender for one in stand[:MOST_SHOWN]]),
    )


def _known(session: Session, wanted: Wanted) -> list[Approval]:
    """What is read whatever the logs say: the listed tokens for the known contracts, or for those that were named."""
    contracts = session.registry.contracts_on(session.client.chain_id)
    spenders = wanted.spenders or tuple(Address(c.address) for c in contracts)
    tokens = [asset.address for asset in listed(session) if asset.address is not None]
    return [Approval("amount", token, spender) for token in tokens for spender in spenders]


def _is_wanted(approval: Approval, wanted: Wanted) -> bool:
    by_token = wanted.token is None or approval.token == wanted.token
    return by_token and (wanted.spenders is None or approval.spender in wanted.spenders)


def _ordered(session: Session, approvals: Sequence[Approval]) -> list[Approval]:
    """What the registry vouches for first.

    Anybody can have worthless tokens log approvals, and a call to one can take the gas of those that come after it.
    """
    return sorted(approvals, key=lambda approval: not _is_listed(session, approval.token))


async def _plain(session: Session, spenders: Sequence[Address]) -> dict[Address, str]:
    """What stands behind the addresses that nobody has a name for."""
    registry, chain_id, known = session.registry, session.client.chain_id, known_names(session)
    nameless = [s for s in dict.fromkeys(spenders) if s not in known and registry.contract_at(chain_id, s) is None]
    return {one: "unknown contract" if await has_code(session.client, one) else "plain account" for one in nameless}


def _parts(session: Session, who: Holder, wanted: Wanted, seen: Seen) -> tuple[Part, ...]:
    where = f"on {session.client.entry.name}"
    searched = searched_words(seen.logs, "approvals")
    if searched:
        searched += (
            "The listed coins were asked about the known contracts all the same, or about those that were named.",
        )
    if not seen.stand:
        what = f"nothing of {thing_name(session, wanted.token)}" if wanted.token else "nothing"
        whom = "Those that were named may" if wanted.spenders else "Others may"
        return (f"{whom} take {what} from {who.name} {where}.", *searched)
    head = f"What others may take from {who.name} {where} ({who.address}):"
    total = f"At risk now, of what has a price: {fiat(_total(session, who, seen), USD)} in all."
    more = len(seen.stand) - MOST_SHOWN
    left = (f"And {more} more, the last of those that were found.",) if more > 0 else ()
    return (head, *_lines(session, who, seen), *left, total, DANGER, *searched)


def _lines(session: Session, who: Holder, seen: Seen) -> Iterable[str]:
    """By whom, and what each may take."""
    shown = seen.stand[:MOST_SHOWN]
    for spender in dict.fromkeys(one.approval.spender for one in shown):
        behind = f" ({seen.plain[spender]})" if spender in seen.plain else ""
        yield f"{name_of(session, spender)}{behind}"
        for one in shown:
            if one.approval.spender == spender:
                yield f"  {_what(session, one)}{_risk_words(who, session, seen, one)}"


def _what(session: Session, one: Standing) -> str:
    approval, raw = one.approval, one.raw
    if approval.kind == "one":
        return f"NFT {approval.number} of {collection_name(session, approval.token)}"
    if approval.kind == "all":
        every = "every NFT of" if raw is not None else "perhaps every NFT, as it did not answer, of"
        return f"{every} {collection_name(session, approval.token)}"
    if raw is None:
        return f"an unknown amount, as it did not answer, of {token_name(session, approval.token)}"
    return (
        f"any amount of {token_name(session, approval.token)}"
        if unlimited(raw)
        else units(session, approval.token, raw)
    )


def _at_risk(who: Holder, seen: Seen, one: Standing) -> int | None:
    """The raw units that could be taken now; None where that is not known, or is no amount of a coin."""
    held = seen.held.get((who.address, one.approval.token))
    return None if one.raw is None or held is None or one.approval.kind != "amount" else min(one.raw, held)


def _worth_at_risk(session: Session, seen: Seen, token: Address, raw: int | None) -> Decimal | None:
    asset = asset_at(session, token)
    price = seen.priced.get(asset.symbol) if asset.listed else None
    if raw is None or not isinstance(price, Price):
        return None
    return worth(raw, asset.decimals, price.value)


def _risk_words(who: Holder, session: Session, seen: Seen, one: Standing) -> str:
    if one.approval.kind != "amount" or one.raw is None:
        return ""
    value = _worth_at_risk(session, seen, one.approval.token, _at_risk(who, seen, one))
    return ": what is at risk now has no known price" if value is None else f": {fiat(value, USD)} at risk now"


def _total(session: Session, who: Holder, seen: Seen) -> Decimal:
    """What could be taken in all, in USD: of each coin no more than is held, whoever takes it."""
    allowed: dict[Address, int] = {}
    for one in seen.stand:
        raw = _at_risk(who, seen, one)
        if raw is not None:
            allowed[one.approval.token] = allowed.get(one.approval.token, 0) + raw
    both = ((token, min(raw, seen.held[who.address, token] or 0)) for token, raw in allowed.items())
    return sum((_worth_at_risk(session, seen, token, raw) or Decimal(0) for token, raw in both), Decimal(0))


def _document(session: Session, who: Holder, seen: Seen) -> dict[str, object]:
    return {
        "account": who.data,
        "chain": session.client.entry.slug,
        "currency": USD,
        "allowances": [_data(session, who, seen, one) for one in seen.stand],
        "worth_at_risk": plain_number(_total(session, who, seen)),
        "searched": searched_data(seen.logs),
    }


def _is_listed(session: Session, token: Address) -> bool:
    registry, chain_id = session.registry, session.client.chain_id
    return bool(registry.token_at(chain_id, token) or registry.collection_at(chain_id, token))


def _data(session: Session, who: Holder, seen: Seen, one: Standing) -> dict[str, object]:
    approval, asset = one.approval, asset_at(session, one.approval.token)
    at_risk = _at_risk(who, seen, one)
    value = _worth_at_risk(session, seen, approval.token, at_risk)
    return {
        "kind": {"amount": "amount", "one": "nft", "all": "collection"}[approval.kind],
        "token": {
            "address": approval.token,
            "name": thing_name(session, approval.token),
            "listed": _is_listed(session, approval.token),
        },
        "token_id": str(approval.number) if approval.kind == "one" else None,
        "spender": {**party_data(session, approval.spender), "kind": seen.plain.get(approval.spender, "known")},
        "allowance": None if one.raw is None or approval.kind != "amount" else amount_data(one.raw, asset),
        "unlimited": one.raw is not None and unlimited(one.raw),
        "status": UNKNOWN if one.raw is None else "known",
        "at_risk": None if at_risk is None else amount_data(at_risk, asset),
        "worth_at_risk": None if value is None else plain_number(value),
    }
