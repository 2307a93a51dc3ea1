"""What an amount of one coin brings, or costs, in another: the best of Uniswap V2 and V3, with both shown."""

from decimal import Decimal
from fractions import Fraction

from agent.amounts import fiat_to_units, parse_fiat, parse_share, parse_units, share_of
from agent.answers.looking import NOTHING_ASKED, asset_of, check_chain, holder, is_currency, text
from agent.answers.price import comparison, price_data, price_sentence, priced_symbol
from agent.answers.types import Answer, Grid
from agent.render.amounts import amount, amount_data, fiat, worth
from agent.session import Session
from chain.balances import balance
from chain.errors import Refused, SayDifferently, SaysoError
from chain.prices import price
from chain.protocols.quote import Quote, Side
from chain.protocols.swap import quote_exact_in, quote_exact_out
from chain.units import format_units
from chain.values import Asset
from nlp.types import Action

PROTOCOLS = {
    "": None,
    "uniswap": frozenset({"uniswap-v2", "uniswap-v3"}),
    "uniswap-v2": frozenset({"uniswap-v2"}),
    "uniswap-v3": frozenset({"uniswap-v3"}),
}


async def answer(session: Session, action: Action) -> Answer:
    """A quote at the newest block; nothing is traded. Raises SayDifferently, Refused where nothing quotes."""
    check_chain(session, action)
    sold = await asset_of(session, text(action, "token_in"))
    named = text(action, "token_out")
    if is_currency(named):
        return await _in_money(session, action, sold, named.upper())
    bought = await asset_of(session, named)
    if sold.address == bought.address:
        raise SayDifferently("Both sides are the same coin.", not_done=NOTHING_ASKED, remedy="Name two coins.")
    if {sold.address, bought.address} == {None, session.client.entry.wrapped_native}:
        return await _wrapping(session, action, sold, bought)
    side: Side = "out" if text(action, "amount_out") else "in"
    raw = await _asked(session, action, bought if side == "out" else sold, f"amount_{side}")
    quotes = await _quotes(session, text(action, "protocol").lower(), sold, bought, raw, side)
    return _answer(sold, bought, side, quotes)


async def _quotes(session: Session, protocol: str, sold: Asset, bought: Asset, raw: int, side: Side) -> list[Quote]:
    """The best quote of each protocol, the best first."""
    if protocol not in PROTOCOLS:
        raise SayDifferently(
            f"Quotes of {protocol!a} are understood, but not built yet.",
            not_done=NOTHING_ASKED,
            remedy="Say uniswap, uniswap-v2 or uniswap-v3, or leave it out.",
        )
    ask = quote_exact_in if side == "in" else quote_exact_out
    best: dict[str, Quote] = {}
    for quote in await ask(session.client, sold.address, bought.address, raw, PROTOCOLS[protocol]):
        best.setdefault(quote.protocol, quote)
    if not best:
        raise Refused(
            f"Nothing quotes {sold.symbol!a} against {bought.symbol!a} for that amount.",
            not_done="Nothing was traded.",
            remedy="Try another amount or another coin.",
        )
    return list(best.values())


def _answer(sold: Asset, bought: Asset, side: Side, quotes: list[Quote]) -> Answer:
    best = quotes[0]
    give, get = amount(best.amount_in, sold), amount(best.amount_out, bought)
    words = f"For {give} you get {get}" if side == "in" else f"To get {get} you pay {give}"
    head = f"{words} on {best.protocol}, before the fee for gas. Nothing was traded."
    rows = tuple(_row(q, sold, bought, q is best) for q in quotes)
    grid = Grid(("protocol", "give", "get", ""), rows, frozenset({1, 2}))
    data = {
        "exact": side,
        "best": best.protocol,
        "quotes": [
            {
                "protocol": q.protocol,
                "router": q.router,
                "path": list(q.route.path),
                "fees": list(q.route.fees),
                "in": amount_data(q.amount_in, sold),
                "out": amount_data(q.amount_out, bought),
            }
            for q in quotes
        ],
    }
    return Answer("quote", data, (head, grid))


def _row(quote: Quote, sold: Asset, bought: Asset, best: bool) -> tuple[str, ...]:
    give = f"{format_units(quote.amount_in, sold.decimals)} {sold.symbol}"
    get = f"{format_units(quote.amount_out, bought.decimals)} {bought.symbol}"
    return (quote.protocol, give, get, "best" if best else "")


async def _asked(session: Session, action: Action, asset: Asset, slot: str) -> int:
    """The amount in raw units: as given, a share of what the account holds, a sum of money's worth, or one whole coin."""
    given, value = text(action, slot), text(action, "value")
    if value:
        fiat_sum = parse_fiat(value)
        return fiat_to_units(fiat_sum, await price(session.client, priced_symbol(asset), fiat_sum.code), asset)
    share = parse_share(given) if given else None
    raw = await _share(session, action, asset, share) if share else parse_units(given or "1", asset)
    if not raw:
        raise SayDifferently("An amount of 0 has no quote.", not_done=NOTHING_ASKED, remedy="Say an amount above 0.")
    return raw


async def _share(session: Session, action: Action, asset: Asset, share: Fraction) -> int:
    who = await holder(session, action)
    held = await balance(session.client, who.address, asset.address)
    if held is None:
        raise SaysoError(f"The balance of {asset.symbol!a} is unknown: the token did not answer.")
    return share_of(share, held)


async def _in_money(session: Session, action: Action, sold: Asset, currency: str) -> Answer:
    raw = await _asked(session, action, sold, "amount_in")
    found = await price(session.client, priced_symbol(sold), currency)
    value: Decimal = worth(raw, sold.decimals, found.value)
    words = f"{amount(raw, sold)} is worth {fiat(value, currency)}."
    data = {"in": amount_data(raw, sold), "worth": f"{value.normalize():f}", "price": price_data(found)}
    return Answer("quote", data, (words, price_sentence(found), *comparison(found)))


async def _wrapping(session: Session, action: Action, sold: Asset, bought: Asset) -> Answer:
    slot = "amount_out" if text(action, "amount_out") else "amount_in"
    raw = await _asked(session, action, sold, slot)
    words = f"{amount(raw, sold)} is {amount(raw, bought)}: they change one to one, by wrapping and unwrapping."
    return Answer("quote", {"in": amount_data(raw, sold), "out": amount_data(raw, bought), "quotes": []}, (words,))
