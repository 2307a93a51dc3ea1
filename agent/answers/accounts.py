"""The person's accounts, and what each holds of the native coin where a chain is connected."""

from collections.abc import Mapping
from typing import Any

from agent.answers.looking import native
from agent.answers.types import Answer, Grid, Part
from agent.render.amounts import amount, amount_data
from agent.session import Connect, Desk
from chain.balances import balances
from chain.errors import SaysoError
from chain.keystore import AccountInfo
from chain.units import format_units
from chain.values import Address, Asset
from nlp.types import Action

NONE = "You have no account yet. Make one: sayso account create NAME."
UNKNOWN = "unknown"


async def answer(desk: Desk, connect: Connect, _: Action) -> Answer:
    """All accounts, the one that is used marked. Without a chain they are listed without balances, and that is said."""
    known = desk.accounts.list()
    if not known:
        return Answer("accounts", {"accounts": []}, (NONE,))
    chosen, opens = desk.accounts.default().address, desk.seals.opens()
    held, coin, where = await _held(connect, known)
    rows = [
        _data(info, held, coin) | {"default": info.address == chosen, "sealed": info.address in opens} for info in known
    ]
    data = {"accounts": rows, "chain": where.get("slug")}
    return Answer("accounts", data, _parts(rows, known, held, coin, where))


Held = Mapping[Address, int | None]


async def _held(connect: Connect, known: tuple[AccountInfo, ...]) -> tuple[Held, Asset | None, dict[str, str]]:
    """The native balances, or why there are none."""
    try:
        session = await connect()
        coin = native(session)
        found = await balances(session.client, [info.address for info in known], [coin])
    except SaysoError as error:
        return {}, None, {"why": error.happened}
    entry = session.client.entry
    return {account: raw for (account, _), raw in found.items()}, coin, {"slug": entry.slug, "name": entry.name}


def _data(info: AccountInfo, held: Held, coin: Asset | None) -> dict[str, Any]:
    raw = held.get(info.address)
    balance = amount_data(raw, coin) if coin is not None and raw is not None else None
    return {"name": info.name, "address": info.address, "demo": info.demo, "balance": balance}


def _parts(
    rows: list[dict[str, Any]], known: tuple[AccountInfo, ...], held: Held, coin: Asset | None, where: dict[str, str]
) -> tuple[Part, ...]:
    marks = [_marks(row) for row in rows]
    if coin is None:
        listed = tuple((row["name"], row["address"], mark) for row, mark in zip(rows, marks, strict=True))
        return Grid(("account", "address", ""), listed), f"Balances are not shown: {where['why']}"
    shown = [_balance(held.get(info.address), coin) for info in known]
    listed4 = tuple(
        (row["name"], row["address"], text, mark) for row, text, mark in zip(rows, shown, marks, strict=True)
    )
    total = _total(held, coin) if len(known) > 1 else ""
    head = f"Your accounts on {where['name']}:"
    grid = Grid(("account", "address", coin.symbol, ""), listed4, frozenset({2}))
    return (head, grid, total) if total else (head, grid)


def _balance(raw: int | None, coin: Asset) -> str:
    return UNKNOWN if raw is None else format_units(raw, coin.decimals)


def _total(held: Held, coin: Asset) -> str:
    known = [raw for raw in held.values() if raw is not None]
    return f"Together: {amount(sum(known), coin)}." if len(known) == len(held) else ""


def _marks(row: dict[str, Any]) -> str:
    marks = {"used": row["default"], "demo": row["demo"], "its password does not open the seal": not row["sealed"]}
    return ", ".join(word for word, stands in marks.items() if stands)
