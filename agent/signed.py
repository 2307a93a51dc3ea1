"""Which drafts had something signed, the newest signing first."""

from sqlalchemy import func, select

from agent.store.engine import Store
from agent.store.tables import attempts


def signed_drafts(store: Store) -> tuple[str, ...]:
    """The ids of all drafts of which something was signed, those that were signed last first."""
    newest = func.max(attempts.c.signed_at).desc()
    with store.read() as connection:
        rows = connection.execute(select(attempts.c.draft_id).group_by(attempts.c.draft_id).order_by(newest)).all()
    return tuple(str(row.draft_id) for row in rows)
