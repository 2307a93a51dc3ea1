"""A condition in words' values made exact: which series is watched, which way, and the level in that series' own units."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal

from agent.amounts import parse_percent, parse_units
from agent.answers.looking import asset_of, holder, is_currency
from agent.automation.levels import Direction, Levels, fixed_levels, has_reached, moving_levels
from agent.automation.periods import NOTHING_MADE, read_period, unusable
from agent.automation.rules import Waits
from agent.automation.words import GWEI, least_step
from agent.points import Series
from agent.resolve import shown
from agent.session import Session
from chain.balances import balance
from chain.errors import Refused, SaysoError
from chain.fees import quote_fees
from chain.prices import PriceUnavailable, price
from chain.values import Asset, ChainId
from nlp.types import Action

LONGEST_WINDOW = 366 * 86400
_EXACT = Context(prec=160)


class NotWatched(SaysoError):
    """Understood, and nothing that this version watches."""

    code = "not_built"


@dataclass(frozen=True, slots=True)
class Present:
    """What a condition is about, and its value now. `unit`, `decimals` and `of` are how it is told."""

    series: Series
    value: Decimal
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that can be watched. `holds`: it is so already; `level` None: a move within `within` seconds."""

    present: Present
    trigger: Mapping[str, str]
    direction: Direction
    level: Decimal | None
    levels: Levels
    within: int
    holds: bool

    def waits(self, *, at_once: bool) -> Waits:
        """As the rule's row has it. What holds already fires now (`at_once`), or after it has gone back."""
        armed = at_once or not self.holds
        return Waits(self.present.series, self.direction, self.levels, self.level, self.within, armed)


async def condition_of(session: Session, trigger: Mapping[str, str]) -> Condition:
    """The condition of a trigger with a metric, its value read now.

    Raises SayDifferently where it makes no sense, NotWatched, PriceUnavailable, Refused, and as `ChainClient.rpc`.
    """
    _check(trigger)
    present = await _present(session, trigger)
    threshold = trigger["threshold"]
    told = {**trigger, **present.told}
    if threshold.endswith("%"):
        return _moving(present, told)
    level = _level(told, threshold)
    direction = _direction(told, present, level)
    return _fixed(present, told, direction, level)


def _check(trigger: Mapping[str, str]) -> None:
    if trigger["metric"] == "health_factor":
        raise NotWatched(
            "Understood, and not built yet: health factors come with lending.",
            not_done=NOTHING_MADE,
            remedy="Prices, balances and the gas price can be watched.",
        )
    if "threshold" not in trigger:
        raise unusable("At what level?", "Say it with a number, such as 'below 2000' or 'up 10% in a day'.")
    if "within" in trigger and not trigger["threshold"].endswith("%"):
        raise unusable(
            "A level with a length of time cannot be kept.", "Say a level, or a move such as '10% in a day'."
        )
    if set(trigger) & {"every", "weekday", "at", "after", "date"}:
        raise unusable("A condition and a time at once cannot be kept.", "Say one of them.")


def _fixed(present: Present, told: Mapping[str, str], direction: Direction, level: Decimal) -> Condition:
    levels = fixed_levels(direction, level, least_step(told))
    holds = has_reached(direction, present.value, levels.fires_at)
    return Condition(present, told, direction, level, levels, 0, holds)


def _moving(present: Present, told: Mapping[str, str]) -> Condition:
    """A move by a share: within a time, or, without one, from the value of now, which makes it a level."""
    share = _share(told)
    direction = _named_direction(told)
    if direction is None:
        raise unusable("Up or down?", f"Say 'up {told['threshold']}' or 'down {told['threshold']}'.")
    if direction == "below" and share >= 1:
        raise unusable("Nothing falls by 100% or more and has a value still.", "Say a smaller share.")
    if "within" not in told:
        if not present.value:
            raise unusable("It is 0 now, and a share of nothing is nothing.", "Say a level instead.")
        sign = 1 if direction == "above" else -1
        return _fixed(present, told, direction, _EXACT.multiply(present.value, 1 + sign * share))
    within = read_period(told["within"]).approximate_seconds
    if within > LONGEST_WINDOW:
        raise unusable("A move is watched over a year at most.", "Say a shorter time.")
    return Condition(present, told, direction, None, moving_levels(direction, share), within, False)


def _share(told: Mapping[str, str]) -> Decimal:
    share = parse_percent(told["threshold"])
    if share == 0:
        raise unusable("A move by 0% is none.", "Say how far, such as 5%.")
    return _EXACT.divide(Decimal(share.numerator), Decimal(share.denominator))


def _level(told: Mapping[str, str], threshold: str) -> Decimal:
    """The threshold in the series' own units, exactly. Raises SayDifferently."""
    if told["metric"] != "price":
        return Decimal(parse_units(threshold, Asset(ChainId(0), None, told["unit"], int(told["decimals"]))))
    try:
        level = Decimal(threshold)
    except ArithmeticError:
        level = Decimal(0)
    if not level.is_finite() or not Decimal("1e-60") <= level < Decimal("1e60"):
        raise unusable(f"{threshold[:60]!a} is no price that a coin can have.", "Say one above 0.")
    return level


def _direction(told: Mapping[str, str], present: Present, level: Decimal) -> Direction:
    """As it was said; else from where the value stands now. Raises SayDifferently where it stands just there."""
    said = _named_direction(told)
    if said is not None:
        return said
    if present.value == level:
        raise unusable("It is exactly there now.", "Say 'above' or 'below'.")
    return "above" if level > present.value else "below"


def _named_direction(told: Mapping[str, str]) -> Direction | None:
    said = told.get("direction")
    if said is None:
        return None
    return "above" if said == "above" else "below"


async def _present(session: Session, trigger: Mapping[str, str]) -> Present:
    if trigger["metric"] == "price":
        return await _price(session, trigger)
    if trigger["metric"] == "balance":
        return await _balance(session, trigger)
    return await _gas(session)


async def _gas(session: Session) -> Present:
    """What a unit of gas costs now: the base fee and the usual tip."""
    fees = await quote_fees(session.client)
    tip = fees.max_priority_fee_per_gas
    wei = fees.max_fee_per_gas if fees.base_fee is None else fees.base_fee + tip
    told = {"unit": "gwei", "decimals": str(GWEI)}
    return Present(Series("gas", session.client.chain_id, ""), Decimal(wei), told)


async def _price(session: Session, trigger: Mapping[str, str]) -> Present:
    coin = await _coin(session, trigger)
    quote = trigger.get("quote", "USD").upper()
    try:
        found = await price(session.client, coin, quote)
    except PriceUnavailable as error:
        await _check_known(session, coin)
        error.remedy = "Try again when there is a price."
        raise
    series = Series("price", session.client.chain_id, coin, "", quote)
    return Present(series, found.value, {"coin": coin, "unit": quote})


async def _coin(session: Session, trigger: Mapping[str, str]) -> str:
    named = trigger.get("token", "")
    if not named:
        raise unusable("The price of which coin?", "Name it, such as 'when eth drops below 2000'.")
    if not named.startswith("0x"):
        return named.upper()
    asset = await asset_of(session, named)
    if not asset.listed:
        raise unusable(f"There is no price of {shown(asset)}.", "Name a listed coin.")
    return asset.symbol.upper()


async def _check_known(session: Session, coin: str) -> None:
    """Raise SayDifferently, with the nearest symbols, where nothing on this chain is called so."""
    feeds = session.registry.feeds_on(session.client.chain_id)
    if not is_currency(coin) and not any(coin in (feed.base, feed.quote) for feed in feeds):
        await asset_of(session, coin)


async def _balance(session: Session, trigger: Mapping[str, str]) -> Present:
    named = trigger.get("token", "")
    if not named:
        raise unusable("The balance of which coin?", "Name it, such as 'my usdc balance'.")
    slots = {"account": trigger["account"]} if "account" in trigger else {}
    who = await holder(session, Action("balance", slots))
    asset = await asset_of(session, named)
    held = await balance(session.client, who.address, asset.address)
    if held is None:
        raise Refused(f"The balance of {shown(asset)} cannot be read.", not_done=NOTHING_MADE)
    series = Series("balance", session.client.chain_id, asset.address or "native", who.address)
    unit = asset.symbol if asset.listed else f"{asset.address}"
    return Present(series, Decimal(held), {"unit": unit, "decimals": str(asset.decimals), "of": who.name})
