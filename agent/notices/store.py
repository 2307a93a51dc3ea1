"""Notices and their deliveries as rows. A notice has a key: the same thing is stored once, whoever comes upon it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from agent.render.escape import visible
from agent.store.engine import Store
from agent.store.tables import deliveries, notices

LEASE = 60
"""Seconds that a process has for one send; after that another may take the delivery over."""
MOST_WAIT = 3600
"""No delivery waits longer than this: what waits longer by the row was written by a clock that was ahead."""
LONGEST_TITLE = 200
LONGEST_BODY = 8000


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. `key` is its identity for receivers, too; `at` in Unix seconds."""

    id: int
    key: str
    kind: str
    at: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one channel is with one notice. `tries` counts what was begun, `next_at` is when it is tried (again)."""

    channel: str
    state: str
    tries: int
    next_at: int


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with its deliveries."""

    notice: Notice
    deliveries: tuple[Delivery, ...]


class Notices:
    """The notices in the store. `channels` are the names of those that a new notice shall go to."""

    def __init__(self, store: Store, channels: tuple[str, ...], clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self.channels = channels

    def now(self) -> int:
        """The time in Unix seconds."""
        return int(self._clock())

    def add_in(self, connection: Connection, key: str, kind: str, title: str, body: str, at: int) -> bool:
        """Store a notice and its deliveries in the caller's write transaction; False where its key stands already.

        Whatever does not plainly show is spelt out here once more, so that no text from a chain can steer a terminal.
        """
        return self._add_in(connection, Notice(0, key, kind, at, title, body), self.channels)

    def recent(self, limit: int) -> tuple[Told, ...]:
        """The newest notices, the newest first."""
        with self._store.read() as connection:
            rows = connection.execute(select(notices).order_by(notices.c.id.desc()).limit(limit)).all()
            made = [Notice(*row) for row in rows]
            of = select(deliveries).where(deliveries.c.notice.in_([notice.id for notice in made]))
            found = connection.execute(of.order_by(deliveries.c.channel)).all()
        return tuple(
            Told(
                notice, tuple(Delivery(d.channel, d.state, d.tries, d.next_at) for d in found if d.notice == notice.id)
            )
            for notice in made
        )

    def due(self, channel: str, limit: int) -> tuple[Notice, ...]:
        """What waits for a channel and is due, the oldest first."""
        joined = notices.join(deliveries, notices.c.id == deliveries.c.notice)
        wanted = (
            select(notices).select_from(joined).where(_due(channel, self.now())).order_by(notices.c.id).limit(limit)
        )
        with self._store.read() as connection:
            return tuple(Notice(*row) for row in connection.execute(wanted).all())

    def claim(self, notice: Notice, channel: str) -> int:
        """Take a delivery for one send: which try it is, or 0 where another process has it or it is not due."""
        now = self.now()
        taken = (
            update(deliveries)
            .where(deliveries.c.notice == notice.id, _due(channel, now))
            .values(tries=deliveries.c.tries + 1, next_at=now + LEASE, updated_at=now)
            .returning(deliveries.c.tries)
        )
        with self._store.write() as connection:
            return int(connection.execute(taken).scalar() or 0)

    def settle(self, notice: Notice, channel: str, state: str, wait: int = 0) -> None:
        """Say how a send ended: 'sent', 'given_up', or 'waiting' for `wait` seconds more. What was sent stays sent."""
        now = self.now()
        row = (deliveries.c.notice == notice.id, deliveries.c.channel == channel, deliveries.c.state == "waiting")
        with self._store.write() as connection:
            connection.execute(update(deliveries).where(*row).values(state=state, next_at=now + wait, updated_at=now))

    def fold(self, channel: str, most: int) -> int:
        """Where more than `most` wait for a channel, give up the newer ones for it and tell their number in one notice."""
        row = (deliveries.c.channel == channel, deliveries.c.state == "waiting")
        with self._store.write() as connection:
            count = int(connection.execute(select(func.count()).where(*row)).scalar_one())
            if count <= most:
                return 0
            waiting = select(deliveries.c.notice).where(*row).order_by(deliveries.c.notice)
            late = list(connection.execute(waiting.offset(most - 1)).scalars())
            given_up = update(deliveries).where(*row, deliveries.c.notice.in_(late))
            connection.execute(given_up.values(state="given_up", updated_at=self.now()))
            title = f"{len(late)} more notices came at once"
            body = "They were not sent here one by one. 'sayso notices' lists them."
            summary = Notice(0, f"summary:{channel}:{late[-1]}", "summary", self.now(), title, body)
            self._add_in(connection, summary, (channel,))
        return len(late)

    def _add_in(self, connection: Connection, notice: Notice, channels: Sequence[str]) -> bool:
        row = insert(notices).values(
            key=notice.key,
            kind=notice.kind,
            at=notice.at,
            title=_shown(notice.title, LONGEST_TITLE),
            body=_shown(notice.body, LONGEST_BODY),
        )
        number = connection.execute(row.on_conflict_do_nothing().returning(notices.c.id)).scalar()
        if number is None:
            return False
        fresh = {"notice": number, "state": "waiting", "tries": 0, "next_at": notice.at, "updated_at": notice.at}
        if channels:
            connection.execute(insert(deliveries), [fresh | {"channel": channel} for channel in channels])
        return True


def _due(channel: str, now: int) -> ColumnElement[bool]:
    c = deliveries.c
    return and_(c.channel == channel, c.state == "waiting", or_(c.next_at <= now, c.next_at > now + MOST_WAIT))


def _shown(text: str, longest: int) -> str:
    """The text line by line with what does not show spelt out, and cut."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines if len(lines) <= longest else lines[: longest - 1] + "…"
