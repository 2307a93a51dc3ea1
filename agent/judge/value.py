"""Value and limits: enough to pay with, tokens that are what they are called, and what the person allows."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from agent.amounts import amount_text, price_text
from agent.judge.case import Case, blocked, does_not_apply, passed, warned
from agent.resolve import shown
from chain.values import Asset, Finding, Limit

Moved = Sequence[tuple[Asset, int]]


def check(case: Case) -> tuple[Finding, ...]:
    """All findings about values and limits."""
    return (
        _balance(case),
        _l1_fee(case),
        *_tokens(case),
        *_limits(case),
        _recipients(case),
        does_not_apply("limits.count", "There is no limit on how often yet."),
        does_not_apply("limits.quiet_hours", "There are no quiet hours yet."),
    )


def _balance(case: Case) -> Finding:
    """The native coin pays for every step's value and fee ceiling, whatever order they are paid in."""
    asset, held = case.scene.native, case.evidence.native
    if held is None:
        return blocked("value.balance", "The account's balance cannot be read.", refuse=True)
    needed, left = _native_need(case), held
    if needed > left:
        text = (
            f"Amounts and fees need up to {amount_text(needed, asset)}, but the account has {amount_text(held, asset)}."
        )
        return blocked("value.balance", text, refuse=True)
    return passed("value.balance", "The account can pay for it all.", facts={"held": amount_text(held, asset)})


def _l1_fee(case: Case) -> Finding:
    """What a rollup takes for data on the chain below has no bound in the bytes, so it is held to the card's here."""
    if not case.scene.client.entry.l1_fee_oracle:
        return does_not_apply("value.l1_fee", "This chain takes gas alone.")
    asset, kept = case.scene.native, [step.drafted.fees.l1_fee for step in case.steps]
    now = amount_text(sum(case.evidence.l1_fees), asset)
    facts = {"now": now, "kept": amount_text(sum(kept), asset)}
    if any(fee > most for fee, most in zip(case.evidence.l1_fees, kept, strict=True)):
        text = f"The fee for data on the chain below is {now} now, and more than was kept back for it."
        return blocked("value.l1_fee", text, facts=facts)
    return passed("value.l1_fee", f"The fee for data on the chain below is {now} now.", facts=facts)


def _native_need(case: Case) -> int:
    """The most that is ever out at one moment, in wei: what steps before give at least is counted."""
    spent = most = 0
    for step in case.steps:
        spent += step.drafted.fees.ceiling + step.drafted.step.request.value
        most = max(most, spent)
        spent -= sum(
            effect.amount
            for effect in step.promised
            if (effect.kind, effect.account, effect.asset.address) == ("in", case.scene.account, None)
        )
    return most


def _tokens(case: Case) -> list[Finding]:
    """A token with a known symbol and another address is a forgery; one that nobody vouches for is told."""
    assets = {effect.asset.address: effect.asset for step in case.steps for effect in step.promised}
    unlisted = [asset for asset in assets.values() if not asset.listed]
    if not unlisted:
        return [passed("value.token", "All tokens are listed, with the decimals that they have on chain.")]
    return [_unlisted(case, asset) for asset in unlisted]


def _unlisted(case: Case, asset: Asset) -> Finding:
    known = {_bare(t.symbol) for t in case.scene.client.registry.tokens_on(case.scene.chain_id)}
    known.add(_bare(case.scene.native.symbol))
    if _bare(asset.symbol) in known:
        return blocked(
            "value.token",
            f"The token {asset.address} calls itself {asset.symbol!a}, as a listed one does, and is another.",
        )
    text = f"Nobody vouches for the token {asset.address}; it calls itself {asset.symbol!a}."
    return warned("value.token", text, ack="unlisted")


def _bare(symbol: str) -> str:
    """A symbol as the eye takes it: width, case, spaces and signs set aside."""
    return "".join(c for c in unicodedata.normalize("NFKC", symbol) if c.isalnum()).casefold()


def _limits(case: Case) -> list[Finding]:
    limits = case.scene.policy.limits
    if not limits:
        return [does_not_apply("limits.spending", "No spending limit is set.")]
    return [_limit(case, limit) for limit in limits]


def _limit(case: Case, limit: Limit) -> Finding:
    """One limit. 'Per transaction' counts the whole draft: stricter than each step alone, which could be split."""
    moved = case.outgoing(case.scene.now - limit.window if limit.window else None)
    return _fiat_limit(case, limit, moved) if limit.fiat else _token_limit(case, limit, moved)


def _token_limit(case: Case, limit: Limit, moved: Moved) -> Finding:
    """The native coin and its wrapped form count as one: wrapping is free, and would be a way around."""
    same = [(asset, raw) for asset, raw in moved if _is_limited(case, limit, asset)]
    total, most = sum(raw for _, raw in same), int(limit.amount)
    slug, when = _named(limit)
    if not same:
        return passed(slug, f"No {limit.asset} would leave.")
    named = [asset for asset, _ in same if asset.symbol.upper() == limit.asset.upper()]
    asset = (named or [replace(same[0][0], symbol=limit.asset.upper())])[0]
    facts = {"would_be": amount_text(total, asset), "limit": amount_text(most, asset)}
    native, wrapped = case.scene.native.symbol, case.scene.wrapped.symbol
    both = "" if len(named) == len(same) else f" {native} and {wrapped} count as one."
    if total > most:
        text = f"{facts['would_be']} {when} is more than your limit of {facts['limit']}.{both}"
        return blocked(slug, text, facts=facts)
    return passed(slug, f"{facts['would_be']} {when} is within your limit of {facts['limit']}.{both}", facts=facts)


def _is_limited(case: Case, limit: Limit, asset: Asset) -> bool:
    """Whether a limit's symbol means this asset. Known by address where it is the native coin or its wrapped form."""
    symbol, native, wrapped = limit.asset.upper(), case.scene.native, case.scene.wrapped
    if asset.chain_id != case.scene.chain_id:
        return False
    if asset.address in (None, wrapped.address):
        return symbol in (native.symbol.upper(), wrapped.symbol.upper())
    return asset.listed and asset.symbol.upper() == symbol


def _fiat_limit(case: Case, limit: Limit, moved: Moved) -> Finding:
    """Worth by feeds alone, at today's prices for what was spent before, too. Without a price it is not passed."""
    slug, when = _named(limit)
    most = case.fiat_in_usd(limit.fiat)
    if most is None:
        return blocked(slug, f"Your limit of {limit.fiat} cannot be checked: that currency has no price.")
    total, unpriced = _worth(case, moved)
    if unpriced is not None:
        return blocked(
            slug, f"Your limit of {limit.fiat} {when} cannot be checked: {shown(unpriced)} has no price feed."
        )
    facts = {"would_be": price_text(total, "USD"), "limit": limit.fiat}
    if total > most:
        return blocked(slug, f"{facts['would_be']} {when} is more than your limit of {limit.fiat}.", facts=facts)
    return passed(slug, f"{facts['would_be']} {when} is within your limit of {limit.fiat}.", facts=facts)


def _worth(case: Case, moved: Moved) -> tuple[Fraction, Asset | None]:
    """The sum in USD, and the first asset that has no price."""
    total = Fraction(0)
    for asset, raw in moved:
        worth = case.usd(asset, raw)
        if worth is None:
            return total, asset
        total += worth
    return total, None


def _named(limit: Limit) -> tuple[str, str]:
    if not limit.window:
        return "limits.transaction", "in one transaction"
    hours, rest = divmod(limit.window, 3600)
    return "limits.window", f"within {limit.window} seconds" if rest else f"within {hours} hours"


def _recipients(case: Case) -> Finding:
    """Where the policy names who may be paid, nobody else is; nor may a stranger be allowed to take."""
    allowed = case.scene.policy.allowed_recipients
    if not allowed:
        return does_not_apply("limits.recipients", "Your policy lets you pay anyone.")
    registry, chain_id = case.scene.client.registry, case.scene.chain_id
    for index, step in enumerate(case.steps):
        spender = step.decoded.spender
        stranger = spender if spender and not registry.contract_at(chain_id, spender) else None
        for party in (step.recipient, stranger):
            if party and party not in allowed and party not in case.scene.own:
                return blocked("limits.recipients", f"{party} is not among those whom your policy allows.", index)
    return passed("limits.recipients", "Your policy allows everyone who is named.")
