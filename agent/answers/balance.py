"""One balance, or all of one account's that are not nothing."""

from agent.answers.looking import Holder, asset_of, check_chain, holder, listed, text
from agent.answers.types import Answer, Grid
from agent.render.amounts import amount, amount_data, symbol
from agent.session import Session
from chain.balances import balances
from chain.units import format_units
from chain.values import Asset
from nlp.types import Action

UNKNOWN = "unknown"


async def answer(session: Session, action: Action) -> Answer:
    """What an account holds of one coin, or of all listed ones. A token that does not answer is told as unknown."""
    check_chain(session, action)
    who = await holder(session, action)
    named = text(action, "token")
    assets = (await asset_of(session, named),) if named else listed(session)
    found = await balances(session.client, [who.address], assets)
    held = [(asset, found[who.address, asset.address]) for asset in assets]
    data = {
        "account": who.data,
        "chain": session.client.entry.slug,
        "balances": [_data(asset, raw) for asset, raw in held if raw != 0 or named],
    }
    return Answer("balance", data, (_one(session, who, *held[0]),) if named else _all(session, who, held))


def _data(asset: Asset, raw: int | None) -> dict[str, object]:
    if raw is None:
        return amount_data(0, asset) | {"amount": None, "status": UNKNOWN}
    return amount_data(raw, asset) | {"status": "known"}


def _one(session: Session, who: Holder, asset: Asset, raw: int | None) -> str:
    where = f"on {session.client.entry.name}"
    if raw is None:
        return f"The balance of {symbol(asset)} of {who.name} {where} is unknown: the token did not answer."
    return f"{who.name} holds {amount(raw, asset)} {where}."


def _all(session: Session, who: Holder, held: list[tuple[Asset, int | None]]) -> tuple[str | Grid, ...]:
    rows = [
        (asset.symbol, UNKNOWN if raw is None else format_units(raw, asset.decimals)) for asset, raw in held if raw != 0
    ]
    head = f"{who.name} on {session.client.entry.name} ({who.address})"
    if not rows:
        return (head, "Nothing of any listed coin.")
    return (head, Grid(("coin", "balance"), tuple(rows), frozenset({1})))
