"""A trade on Uniswap V2 or V3: the better of the quotes, its limits, and the allowance that it needs."""

from dataclasses import dataclass
from fractions import Fraction

from agent.amounts import amount_text, ceil_more, floor_less, parse_percent, parse_units
from agent.plan.allowances import allowance_for
from agent.plan.asked import Asked, Planned
from agent.plan.sizing import given_units, require, size
from agent.plan.wrap import unwrap, wrap
from agent.resolve import NOTHING, resolve_asset, shown
from chain.errors import Refused, SayDifferently
from chain.protocols.quote import Quote, Side
from chain.protocols.swap import quote_exact_in, quote_exact_out
from chain.values import Asset, Step

PROTOCOLS = {
    "": None,
    "uniswap": frozenset({"uniswap-v2", "uniswap-v3"}),
    "uniswap-v2": frozenset({"uniswap-v2"}),
    "uniswap-v3": frozenset({"uniswap-v3"}),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What is traded on what terms, in raw units; `least` is the person's own bound on what arrives, or 0."""

    token_in: Asset
    token_out: Asset
    exact: Side
    amount: int
    least: int
    slippage: Fraction


async def plan(asked: Asked) -> tuple[Planned, ...]:
    """The trade, after the allowance that it needs. Between the native coin and its wrapped form it is a wrapping.

    Raises SayDifferently, InsufficientFunds, PriceUnavailable, Refused (no quote, or one below the bound).
    """
    token_in = await resolve_asset(asked.scene, asked.needed("token_in", "From which token?"))
    token_out = await resolve_asset(asked.scene, asked.needed("token_out", "Into which token?"))
    if token_in.address == token_out.address:
        raise SayDifferently(f"Both sides are {shown(token_in)}.", not_done=NOTHING, remedy="Name two tokens.")
    _check_amounts(asked)
    if {token_in.address, token_out.address} == {None, asked.scene.wrapped.address}:
        return await _wrapping(asked, token_in)
    terms = await _terms(asked, token_in, token_out)
    quote = await _best(asked, terms)
    return await _trade(asked, terms, quote, _limit(terms, quote))


def _check_amounts(asked: Asked) -> None:
    given = [slot for slot in ("amount_in", "amount_out", "value") if asked.text(slot)]
    if len(given) > 1 or (asked.text("min_out") and asked.text("amount_out")):
        raise SayDifferently(
            "Two amounts were given for one trade.",
            not_done=NOTHING,
            remedy="Say what to give, or what to get exactly.",
        )
    if not given:
        raise SayDifferently("How much?", not_done=NOTHING, remedy="Say what to give, or what to get exactly.")


async def _wrapping(asked: Asked, token_in: Asset) -> tuple[Planned, ...]:
    """The native coin against its wrapped form: one to one, with no market, so with no terms of a market."""
    for slot in ("protocol", "min_out", "slippage"):
        if asked.text(slot):
            raise SayDifferently(
                f"{asked.scene.native.symbol} and {asked.scene.wrapped.symbol} change one to one, without a trade.",
                not_done=NOTHING,
                remedy=f"Leave out the {slot.replace('_', ' ')}.",
            )
    slot = "amount_out" if asked.text("amount_out") else "amount_in"
    return await (wrap if token_in.address is None else unwrap)(asked, slot)


async def _terms(asked: Asked, token_in: Asset, token_out: Asset) -> Terms:
    slippage = parse_percent(asked.text("slippage") or asked.scene.policy.slippage)
    if slippage >= 1:
        raise SayDifferently(
            "That slippage allows for nothing to arrive.", not_done=NOTHING, remedy="Say a smaller one."
        )
    least = asked.text("min_out")
    if asked.text("amount_out"):
        if asked.text("amount_out").endswith("%"):
            raise SayDifferently("A share of what?", not_done=NOTHING, remedy="Say what to get as an amount.")
        return Terms(token_in, token_out, "out", await given_units(asked, token_out, "amount_out"), 0, slippage)
    amount = await size(asked, token_in, "amount_in")
    return Terms(token_in, token_out, "in", amount, parse_units(least, token_out) if least else 0, slippage)


async def _best(asked: Asked, terms: Terms) -> Quote:
    said = asked.text("protocol").lower()
    if said not in PROTOCOLS:
        raise SayDifferently(
            f"Trading on {said!a} is understood, but not built yet.",
            not_done=NOTHING,
            remedy="Say uniswap, uniswap-v2 or uniswap-v3, or leave it out.",
        )
    ask = quote_exact_in if terms.exact == "in" else quote_exact_out
    quotes = await ask(
        asked.scene.client, terms.token_in.address, terms.token_out.address, terms.amount, PROTOCOLS[said]
    )
    if quotes:
        return quotes[0]
    raise Refused(
        f"Nothing quotes {shown(terms.token_in)} against {shown(terms.token_out)} for that amount"
        f" on {said or 'uniswap'}.",
        not_done=NOTHING,
        remedy="Try another amount, another token or another protocol.",
    )


def _limit(terms: Terms, quote: Quote) -> int:
    """The least to get (rounded down, never under the person's own bound) or the most to give (rounded up)."""
    if terms.exact == "out":
        return ceil_more(quote.amount_in, terms.slippage)
    if quote.amount_out < terms.least:
        raise Refused(
            f"The best quote gives {amount_text(quote.amount_out, terms.token_out)},"
            f" less than the {amount_text(terms.least, terms.token_out)} that you want at least.",
            not_done=NOTHING,
            remedy="Ask for less, or wait for a better price.",
        )
    limit = max(floor_less(quote.amount_out, terms.slippage), terms.least)
    if limit == 0:
        raise Refused("So little is traded that nothing may arrive.", not_done=NOTHING, remedy="Trade more.")
    return limit


async def _trade(asked: Asked, terms: Terms, quote: Quote, limit: int) -> tuple[Planned, ...]:
    most = terms.amount if terms.exact == "in" else limit
    least = limit if terms.exact == "in" else terms.amount
    await require(asked, terms.token_in, most)
    approvals = await allowance_for(asked, terms.token_in, quote.router, most)
    to, value, data = quote.calldata(asked.scene.account, limit, asked.deadline)
    promised = (asked.leaves(terms.token_in, most, to), asked.arrives(terms.token_out, least))
    step = Step("swap", asked.request(to, value, data), promised)
    asked.book.apply(step)
    if terms.token_in.address is not None:
        spent_least = most if terms.exact == "in" else 0
        asked.book.spend_allowance(terms.token_in.address, quote.router, most, spent_least)
    return (*approvals, Planned(step))
