"""The store: one SQLite database, the truth of what was drafted, confirmed, signed, sent and seen."""

from agent.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
