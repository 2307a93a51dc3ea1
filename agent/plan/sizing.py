"""How much: from the amount or value slot to raw units, held against what the account has by then."""

from fractions import Fraction

from agent.amounts import Fiat, amount_text, fiat_to_units, parse_fiat, parse_share, parse_units, share_of
from agent.plan.asked import Asked
from agent.resolve import NOTHING, shown
from chain.errors import InsufficientFunds, SayDifferently
from chain.prices import Price, PriceUnavailable, prices
from chain.values import Asset

USD = "USD"


async def size(asked: Asked, asset: Asset, slot: str = "amount") -> int:
    """The raw units that a slot (or `value`) asks to move; more than the account has by then is refused.

    Raises SayDifferently for an unusable amount or none, InsufficientFunds, PriceUnavailable.
    """
    amount = await given_units(asked, asset, slot)
    await require(asked, asset, amount)
    return amount


async def given_units(asked: Asked, asset: Asset, slot: str) -> int:
    """The raw units of a slot or of `value`, not held against anything but what shares are taken of. Raises as `size`."""
    text, value = asked.text(slot), asked.text("value")
    if text and value:
        raise SayDifferently("Both an amount and a value were given.", not_done=NOTHING, remedy="Say one of them.")
    if value:
        return await _from_value(asked, value, asset)
    if not text:
        raise SayDifferently(f"How much {shown(asset)}?", not_done=NOTHING, remedy="Say the amount.")
    share = parse_share(text)
    if share is None:
        amount = parse_units(text, asset)
    else:
        held = await asked.book.held(asset)
        if share == 1 and asset.address is None:
            asked.book.takes_all_native = True
            held = max(0, held - asked.book.reserve)
        amount = share_of(share, held)
        if amount == 0:
            raise _nothing_held(asset, text)
    if amount == 0:
        raise SayDifferently(f"0 {shown(asset)} is nothing to move.", not_done=NOTHING, remedy="Say an amount above 0.")
    return amount


async def require(asked: Asked, asset: Asset, amount: int) -> None:
    """Raise InsufficientFunds, with the numbers, where the account has less than `amount` by then."""
    held = await asked.book.held(asset)
    if amount > held:
        raise InsufficientFunds(
            f"This needs {amount_text(amount, asset)}, but the account has {amount_text(held, asset)} by then.",
            not_done=NOTHING,
            remedy="Ask for less, or fund the account.",
        )


async def _from_value(asked: Asked, value: str, asset: Asset) -> int:
    fiat = parse_fiat(value)
    if not asset.listed:
        raise SayDifferently(
            "A token that is not listed has no price to size it by.", not_done=NOTHING, remedy="Say how many tokens."
        )
    found, currency = await _in_usd(asked, asset.symbol, fiat.code)
    asked.book.prices.append(found if fiat.code == USD else found.over(currency, fiat.code))
    return fiat_to_units(Fiat(fiat.amount * Fraction(currency.value), USD), found, asset)


async def _in_usd(asked: Asked, symbol: str, code: str) -> tuple[Price, Price]:
    """The token and the currency, each in USD: their quotient would have been rounded already. Raises PriceUnavailable."""
    read = await prices(asked.scene.client, [symbol, code], USD)
    found = [read[symbol], read[code]]
    for price in found:
        if isinstance(price, PriceUnavailable):
            raise price
    first, second = (price for price in found if isinstance(price, Price))
    return first, second


def _nothing_held(asset: Asset, text: str) -> InsufficientFunds:
    return InsufficientFunds(
        f"{text} of the account's {shown(asset)}, after what the steps before and all fees take, is nothing.",
        not_done=NOTHING,
        remedy="Fund the account first.",
    )
