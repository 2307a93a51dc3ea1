"""What an account did and got: its own transactions from the store, and token transfers from logs, the newest first."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from agent.answers.called import thing_name, token_address
from agent.answers.looking import Holder, check_chain, holder, native, text
from agent.answers.moves import Move, SelfNames, find_moves, move_data, move_words, names_of_unlisted, warnings
from agent.answers.searched import searched_data, searched_words
from agent.answers.sent import Sent, sent_by, sent_notes, sent_words
from agent.answers.types import Answer, Part
from agent.automation.schedule import machine_zone
from agent.periods import Period, read_period
from agent.session import Session
from chain.logs import Logs, block_at
from chain.values import Address
from nlp.types import Action

A_MONTH = "P30D"
SHOWN, MOST = 10, 100
# Some transactions hold several transfers, and each is a row of its own in the logs.
ROWS_EACH = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, of which coin, how many entries, and how far back; without a period as far as they reach."""

    who: Holder
    token: Address | None
    native: bool
    limit: int
    period: Period | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One transaction: what was signed here, if it was, and the transfers in it. `block` None is not in a block yet."""

    hash: str
    block: int | None
    place: int
    sent: Sent | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """What was found: the entries to show, how many there were, the searches, and the blocks' times."""

    entries: tuple[Entry, ...]
    count: int
    searches: tuple[Logs, ...]
    times: dict[int, int]
    names: SelfNames


async def answer(session: Session, action: Action) -> Answer:
    """The newest transactions and transfers of an account. Raises SayDifferently, SetupNeeded, Refused, and as `find_logs`."""
    check_chain(session, action)
    asked = await _asked(session, action)
    past = await _past(session, asked)
    return Answer("history", _document(session, asked, past), _parts(session, asked, past))


async def _asked(session: Session, action: Action) -> Asked:
    who, named = await holder(session, action), text(action, "token")
    token = await token_address(session, named) if named else None
    count, length = text(action, "limit"), text(action, "period")
    limit = max(1, min(MOST, int(count))) if count.isascii() and count.isdigit() else SHOWN
    period = read_period(length or A_MONTH) if length or not count else None
    return Asked(who, token, bool(named) and token is None, limit, period)


async def _past(session: Session, asked: Asked) -> Past:
    since = asked.period.start(session.now()) if asked.period else 0
    coin = (asked.token,) if asked.token or asked.native else ()
    sent = sent_by(session, asked.who, since, coin, asked.limit)
    moves: tuple[Move, ...] = ()
    searches: tuple[Logs, ...] = ()
    if not asked.native:
        head = await session.client.block("latest")
        # Some nodes lack the first blocks' headers; without a period they are not needed.
        start = await block_at(session.client, since) if since else 0
        if not since or head.timestamp >= since:
            span = (start, head.number)
            moves, searches = await find_moves(session, asked.who, span, asked.token, asked.limit * ROWS_EACH)
    entries = _merged(sent, moves)
    shown = entries[: asked.limit]
    names = await names_of_unlisted(session, [move for entry in shown for move in entry.moves])
    return Past(shown, len(entries), searches, await _times(session, shown), names)


def _merged(sent: Sequence[Sent], moves: Sequence[Move]) -> tuple[Entry, ...]:
    """By transaction, the newest first; what is in no block yet comes before all."""
    own = {one.outcome.hash: one for one in sent}
    by_hash: dict[str, list[Move]] = {}
    for move in moves:
        by_hash.setdefault(move.row.tx_hash, []).append(move)
    entries = [_entry(tx_hash, own.get(tx_hash), by_hash.get(tx_hash, [])) for tx_hash in {**own, **by_hash}]
    return tuple(sorted(entries, key=lambda e: (e.block is None, e.block or 0, e.place), reverse=True))


def _entry(tx_hash: str, sent: Sent | None, moves: Sequence[Move]) -> Entry:
    block = moves[0].row.block if moves else sent.outcome.block_number if sent else None
    place = moves[0].row.index if moves else sent.at if sent and block is None else 0
    return Entry(tx_hash, block, place, sent, tuple(moves))


async def _times(session: Session, entries: Iterable[Entry]) -> dict[int, int]:
    numbers = sorted({entry.block for entry in entries if entry.block is not None})
    heads = await asyncio.gather(*(session.client.block(number) for number in numbers))
    return {head.number: head.timestamp for head in heads}


def _parts(session: Session, asked: Asked, past: Past) -> tuple[Part, ...]:
    zone = machine_zone()
    head = f"{asked.who.name} on {session.client.entry.name} ({asked.who.address}), the newest first:"
    lines = [line for entry in past.entries for line in _lines(session, entry, past, zone)]
    body = (head, *lines) if past.entries else (_nothing(session, asked),)
    return (*body, *_more(asked, past), *_missing(session, asked, past))


def _nothing(session: Session, asked: Asked) -> str:
    coin = native(session).symbol if asked.native else thing_name(session, asked.token) if asked.token else ""
    what = f"No transaction of {coin}" if coin else "No transaction"
    when = f"in the last {asked.period.words}" if asked.period else "so far"
    return f"{what} of {asked.who.name} on {session.client.entry.name} was found {when}."


def _lines(session: Session, entry: Entry, past: Past, zone: tzinfo) -> Iterable[str]:
    told = [sent_words(session, entry.sent)] if entry.sent else [move_words(session, move) for move in entry.moves]
    at = _at(entry, past)
    yield f"{_clock(at, zone)}  {told[0]}"
    yield from (f"  and {words}" for words in told[1:])
    yield f"  {'in no block yet' if entry.block is None else f'block {entry.block}'}, {entry.hash}"
    marks = [mark for move in entry.moves for mark in warnings(session, move, past.names)]
    yield from (f"  ! {mark}" for mark in dict.fromkeys(marks))
    if entry.sent:
        yield from (f"  {note}" for note in sent_notes(entry.sent))


def _at(entry: Entry, past: Past) -> int:
    """When it was included, or else signed."""
    included = past.times.get(entry.block) if entry.block is not None else None
    return included if included is not None else entry.sent.at if entry.sent else 0


def _clock(at: int, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _more(asked: Asked, past: Past) -> tuple[str, ...]:
    """How to see more, where there is more or may be."""
    cut = any(not logs.complete for logs in past.searches)
    if len(past.entries) < asked.limit or not (cut or past.count > len(past.entries)):
        return ()
    return (f"There may be more. Ask for them, such as: my last {min(MOST, 2 * asked.limit)} transactions.",)


def _missing(session: Session, asked: Asked, past: Past) -> Iterable[str]:
    """What cannot be known from here."""
    if len(past.entries) < asked.limit:
        short = [logs for logs in past.searches if not logs.complete]
        yield from searched_words(max(short, key=lambda logs: logs.from_block), "transfers") if short else ()
    coin = native(session).symbol
    if asked.token is None:
        yield f"{coin} that came in is not here: it leaves no logs. What was signed elsewhere shows only by its token transfers."


def _document(session: Session, asked: Asked, past: Past) -> dict[str, object]:
    return {
        "account": asked.who.data,
        "chain": session.client.entry.slug,
        "period": asked.period.iso if asked.period else None,
        "limit": asked.limit,
        "entries": [_data(session, entry, past) for entry in past.entries],
        "searched": searched_data(*past.searches) if past.searches else None,
        "notes": list(_missing(session, asked, past)),
    }


def _data(session: Session, entry: Entry, past: Past) -> dict[str, object]:
    at, sent = _at(entry, past), entry.sent
    return {
        "hash": entry.hash,
        "block": entry.block,
        "time": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
        "at": at,
        "draft": sent.draft.id if sent else None,
        "intent": sent.intent if sent else None,
        "status": sent.outcome.status if sent else "included",
        "words": [sent_words(session, sent)] if sent else [move_words(session, move) for move in entry.moves],
        "transfers": [move_data(session, move, past.names) for move in entry.moves],
    }
