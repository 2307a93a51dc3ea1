"""How far the watch has looked, by chain and name: rows, so that a restart goes on where the last one stopped."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from agent.store.tables import cursors


def read_in(connection: Connection, chain_id: int, name: str) -> str | None:
    """What stands under a name, or None."""
    wanted = select(cursors.c.value).where(cursors.c.chain_id == chain_id, cursors.c.name == name)
    found = connection.execute(wanted).scalar()
    return None if found is None else str(found)


def read_all_in(connection: Connection, chain_id: int, prefix: str) -> dict[str, str]:
    """All names that begin with `prefix`, without it, with what stands there."""
    c = cursors.c
    wanted = select(c.name, c.value).where(c.chain_id == chain_id, c.name.startswith(prefix, autoescape=True))
    return {str(row.name).removeprefix(prefix): str(row.value) for row in connection.execute(wanted.order_by(c.name))}


def write_in(connection: Connection, chain_id: int, name: str, value: str, now: int) -> None:
    """Let `value` stand under a name."""
    row = insert(cursors).values(chain_id=chain_id, name=name, value=value, updated_at=now)
    fresh = {"value": row.excluded.value, "updated_at": row.excluded.updated_at}
    connection.execute(row.on_conflict_do_update(index_elements=["chain_id", "name"], set_=fresh))


def drop_in(connection: Connection, chain_id: int, name: str) -> None:
    """Let nothing stand under a name."""
    connection.execute(delete(cursors).where(cursors.c.chain_id == chain_id, cursors.c.name == name))
