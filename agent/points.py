"""Values over time: every reading for a week, then the last, lowest and highest of each hour for a year, then of each day."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal, cast

from sqlalchemy import ColumnElement, Connection, delete, select, text
from sqlalchemy.dialects.sqlite import insert

from agent.store import Store
from agent.store.tables import points as table
from agent.store.tables import series as series_table

RAW, HOUR, DAY = 0, 3600, 86400
WEEK, YEAR = 7 * DAY, 365 * DAY
FOLDS = ((RAW, HOUR, WEEK), (HOUR, DAY, YEAR))
"""What becomes what, and the age in seconds from which on it does."""
# An hour holds at most 3,600 readings, one a second: a batch always holds at least one whole hour, and a few days.
BATCH = 10_000
MOST_A_CALL = 100_000
EVER = 2**62
# One seek for each step: this is asked hundreds of times for one line of a portfolio's worth.
NEWEST = text(
    " UNION ALL ".join(
        f"SELECT * FROM (SELECT at, step, value, low, high FROM points WHERE series = :series AND step = {step} AND at <= :until"
        " ORDER BY at DESC LIMIT 1)"
        for step in (RAW, HOUR, DAY)
    )
)
Kept = tuple[int, int, str, str | None, str | None]
"""A row: at, step, value, low, high."""
Kind = Literal["price", "balance", "gas"]


@dataclass(frozen=True, slots=True)
class Series:
    """What is measured. `subject` and the unit of the values go by the kind:

    price: a coin's symbol in upper case, in whole `quote`; balance: a token's address or 'native', in raw units;
    gas: '', in wei.
    """

    kind: Kind
    chain_id: int
    subject: str
    account: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A value as it was at Unix second `at`, and the lowest and highest of the time that the point stands for."""

    at: int
    value: Decimal
    low: Decimal
    high: Decimal


class Points:
    """The points of all series. `..._in` run in the caller's write transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def id_in(self, connection: Connection, series: Series) -> int:
        """The series' number, made where it is new."""
        found = _id(connection, series)
        if found is not None:
            return found
        made = insert(series_table).values(_columns(series)).returning(series_table.c.id)
        return int(connection.execute(made).scalar_one())

    def record_in(self, connection: Connection, series_id: int, at: int, value: Decimal) -> None:
        """Keep a reading; of two in the same second the last stands. Raises ValueError where it is no finite number."""
        row = insert(table).values(series=series_id, step=RAW, at=at, value=_text(value), low=None, high=None)
        connection.execute(
            row.on_conflict_do_update(index_elements=["series", "step", "at"], set_={"value": row.excluded.value})
        )

    def extremes_in(
        self, connection: Connection, series_id: int, start: int, end: int
    ) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest from `start` to `end`, both included; None where there is no point.

        Of an hour or a day that began before `start` only the last value counts: when it was lowest is not known.
        """
        found = [_within(row, start) for row in _rows(connection, series_id, start, end)]
        return (min(p.low for p in found), max(p.high for p in found)) if found else None

    def between(self, series: Series, start: int, end: int) -> tuple[Point, ...]:
        """The points from `start` to `end`, both included, the oldest first; no time is told in two resolutions."""
        with self._store.read() as connection:
            number = _id(connection, series)
            return () if number is None else _told_once(_rows(connection, number, start, end), start)

    def last(self, series: Series, until: int | None = None) -> Point | None:
        """The newest point; with `until` none that is later, as a clock that was set forward leaves behind."""
        with self._store.read() as connection:
            number = _id(connection, series)
            return None if number is None else _newest(connection, number, until)

    def sampled(self, series: Series, times: Sequence[int]) -> tuple[Point | None, ...]:
        """For each time the newest point that is not later."""
        with self._store.read() as connection:
            number = _id(connection, series)
            return tuple(None if number is None else _newest(connection, number, at) for at in times)

    def series_of(self, kind: Kind, chain_id: int, account: str = "") -> tuple[Series, ...]:
        """All series of a kind on a chain, of one account where the kind has accounts."""
        c = series_table.c
        wanted = select(series_table).where(c.kind == kind, c.chain_id == chain_id, c.account == account)
        with self._store.read() as connection:
            rows = connection.execute(wanted.order_by(c.id)).all()
        return tuple(Series(row.kind, row.chain_id, row.subject, row.account, row.quote) for row in rows)

    def thin(self, now: int) -> int:
        """Fold whole hours older than a week and whole days older than a year; how many finer rows were folded away.

        A batch is one transaction: what kills it leaves all as it was. Call again where much has gathered: a call stops
        after some 100,000 rows. A point later than `now` is left alone.
        """
        removed = 0
        for fine, coarse, age in FOLDS:
            before = (now - age) // coarse * coarse
            for number in self._due(fine, before):
                for folded in self._folding(number, fine, coarse, before):
                    removed += folded
                    if removed >= MOST_A_CALL:
                        return removed
        return removed

    def _due(self, step: int, before: int) -> list[int]:
        """The series that hold something of this step from before then."""
        c = table.c
        holds = select(c.at).where(c.series == series_table.c.id, c.step == step, c.at < before).exists()
        with self._store.read() as connection:
            return list(
                connection.execute(select(series_table.c.id).where(holds).order_by(series_table.c.id)).scalars()
            )

    def _folding(self, number: int, fine: int, coarse: int, before: int) -> Iterator[int]:
        """Fold batch by batch; the rows that each took away."""
        while True:
            with self._store.write() as connection:
                folded = _fold(connection, number, fine, coarse, before)
            yield folded
            if folded == 0:
                return


def _fold(connection: Connection, number: int, fine: int, coarse: int, before: int) -> int:
    """Fold one batch of whole hours or days of a series into what stands of them already; how many finer rows went."""
    c = table.c
    batch = select(table).where(c.series == number, c.step == fine, c.at < before).order_by(c.at).limit(BATCH)
    rows = list(connection.execute(batch).all())
    if len(rows) == BATCH:
        rows = [row for row in rows if row.at // coarse < rows[-1].at // coarse]
    if not rows:
        return 0
    first, after = rows[0].at // coarse * coarse, rows[-1].at // coarse * coarse + coarse
    span = (c.series == number, c.step.in_((fine, coarse)), c.at >= first, c.at < after)
    both = _kept(connection, *span)
    folded = [_stored(number, coarse, point) for point in _grouped(both, lambda at: at // coarse)]
    connection.execute(delete(table).where(*span))
    connection.execute(insert(table), folded)
    return len(rows)


def _id(connection: Connection, series: Series) -> int | None:
    c = series_table.c
    own = [c[name] == value for name, value in _columns(series).items()]
    found = connection.execute(select(c.id).where(*own)).scalar()
    return None if found is None else int(found)


def _columns(series: Series) -> dict[str, int | str]:
    return {
        "kind": series.kind,
        "chain_id": series.chain_id,
        "subject": series.subject,
        "account": series.account,
        "quote": series.quote,
    }


def _rows(connection: Connection, number: int, start: int, end: int) -> Sequence[Kept]:
    c = table.c
    return _kept(connection, c.series == number, c.step.in_((RAW, HOUR, DAY)), c.at >= start, c.at <= end)


def _kept(connection: Connection, *where: ColumnElement[bool]) -> Sequence[Kept]:
    """By time; of two in the same second the finer stands after the coarser: it came later."""
    c = table.c
    wanted = select(c.at, c.step, c.value, c.low, c.high).where(*where).order_by(c.at, c.step.desc())
    return cast("Sequence[Kept]", connection.execute(wanted).all())


def _newest(connection: Connection, number: int, until: int | None) -> Point | None:
    found = connection.execute(NEWEST, {"series": number, "until": EVER if until is None else until}).all()
    return _point(*max(found, key=lambda kept: (kept.at, -kept.step))) if found else None


def _told_once(rows: Sequence[Kept], start: int) -> tuple[Point, ...]:
    """A reading that came late to an hour or a day that was folded already is told as part of it."""
    days = {at // DAY for at, step, *_ in rows if step == DAY}
    hours = {at // HOUR for at, step, *_ in rows if step == HOUR}

    def span(at: int) -> int:
        if at // DAY in days:
            return at // DAY * DAY
        return at // HOUR * HOUR if at // HOUR in hours else at

    return tuple(_grouped(rows, span, start))


def _grouped(rows: Iterable[Kept], span: Callable[[int], int], start: int = -EVER) -> Iterator[Point]:
    """One point for all rows of a span; `rows` come in the order of time."""
    for _, together in groupby(rows, lambda kept: span(kept[0])):
        yield _joined([_within(kept, start) for kept in together])


def _joined(found: list[Point]) -> Point:
    if len(found) == 1:
        return found[0]
    return Point(found[-1].at, found[-1].value, min(p.low for p in found), max(p.high for p in found))


def _within(kept: Kept, start: int) -> Point:
    """The row as a point; of an hour or a day that began before `start` the last value alone."""
    at, step, value, low, high = kept
    whole = step == RAW or at - at % step >= start
    return _point(at, step, value, low if whole else None, high if whole else None)


def _point(at: int, step: int, value: str, low: str | None, high: str | None) -> Point:
    found = Decimal(value)
    return Point(at, found, found if low is None else Decimal(low), found if high is None else Decimal(high))


def _stored(number: int, step: int, point: Point) -> dict[str, int | str | None]:
    low, high = (None if edge == point.value else _text(edge) for edge in (point.low, point.high))
    return {"series": number, "step": step, "at": point.at, "value": _text(point.value), "low": low, "high": high}


def _text(value: Decimal) -> str:
    """All digits and no more. Raises ValueError."""
    if not value.is_finite():
        raise ValueError("a point's value is a finite number")
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
