"""What gas costs now, and what that makes of a plain payment."""

from agent.answers.looking import check_chain, native
from agent.answers.types import Answer
from agent.render.amounts import amount, amount_data, fee_fiat, worth
from agent.session import Session
from chain.fees import quote_fees
from chain.prices import PriceUnavailable, price
from chain.units import format_units
from nlp.types import Action

GWEI = 9
PLAIN_PAYMENT = 21_000


async def answer(session: Session, action: Action) -> Answer:
    """The next block's base fee and the usual tip in gwei, and the cost of a plain payment."""
    check_chain(session, action)
    fees = await quote_fees(session.client)
    now = fees.usual
    coin = native(session)
    cost = now * PLAIN_PAYMENT
    try:
        found = await price(session.client, coin.symbol)
        value = f" ≈ {fee_fiat(worth(cost, coin.decimals, found.value))}"
    except PriceUnavailable:
        value = " (its worth is unknown: there is no price)"
    parts = [f"Gas on {session.client.entry.name} costs {_gwei(now)} gwei now{_split(fees.base_fee, now)}."]
    parts.append(f"A plain payment costs {amount(cost, coin)}{value}.")
    data = {
        "chain": session.client.entry.slug,
        "gas_price_wei": str(now),
        "base_fee_wei": None if fees.base_fee is None else str(fees.base_fee),
        "tip_wei": str(fees.max_priority_fee_per_gas),
        "max_fee_wei": str(fees.max_fee_per_gas),
        "plain_payment": amount_data(cost, coin),
    }
    return Answer("gas", data, tuple(parts))


def _split(base: int | None, now: int) -> str:
    return "" if base is None else f": {_gwei(base)} base fee and {_gwei(now - base)} tip"


def _gwei(wei: int) -> str:
    return format_units(wei, GWEI)
