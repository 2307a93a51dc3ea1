"""The schema's history, one numbered step each. A step and its number are one transaction: killed in it, it runs again."""

from sqlalchemy import Connection, Engine

from chain.errors import SetupNeeded

FIRST = (
    """CREATE TABLE drafts (
        id TEXT PRIMARY KEY NOT NULL,
        account TEXT NOT NULL,
        chain_id INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        words TEXT NOT NULL,
        body TEXT NOT NULL,
        action TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'rejected', 'replaced', 'forgotten'))
    ) STRICT""",
    "CREATE INDEX drafts_by_time ON drafts (created_at)",
    """CREATE TABLE confirmations (
        draft_id TEXT PRIMARY KEY NOT NULL REFERENCES drafts (id),
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        confirmed_at INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE chains (
        chain_id INTEGER PRIMARY KEY NOT NULL,
        life INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE slots (
        draft_id TEXT NOT NULL REFERENCES confirmations (draft_id),
        step INTEGER NOT NULL CHECK (step >= 0),
        chain_id INTEGER NOT NULL,
        life INTEGER NOT NULL,
        account TEXT NOT NULL,
        nonce INTEGER NOT NULL CHECK (nonce >= 0),
        state TEXT NOT NULL
            CHECK (state IN ('reserved', 'signed', 'sent', 'included', 'final', 'reverted', 'cancelled', 'unknown')),
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (draft_id, step)
    ) STRICT""",
    "CREATE UNIQUE INDEX one_step_a_nonce ON slots (chain_id, life, account, nonce)",
    """CREATE TABLE attempts (
        number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        hash TEXT NOT NULL UNIQUE,
        draft_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        nonce INTEGER NOT NULL,
        raw BLOB NOT NULL,
        max_fee_per_gas TEXT NOT NULL,
        max_priority_fee_per_gas TEXT NOT NULL,
        signed_at INTEGER NOT NULL,
        FOREIGN KEY (draft_id, step) REFERENCES slots (draft_id, step)
    ) STRICT""",
    "CREATE INDEX attempts_by_step ON attempts (draft_id, step)",
    """CREATE TABLE outcomes (
        draft_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('not_sent', 'sent', 'included', 'final', 'reverted', 'unknown')),
        hash TEXT NOT NULL,
        body TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (draft_id, step),
        FOREIGN KEY (draft_id) REFERENCES drafts (id)
    ) STRICT""",
    """CREATE TABLE journal (
        number INTEGER PRIMARY KEY NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        facts TEXT NOT NULL,
        previous BLOB NOT NULL,
        hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32)
    ) STRICT""",
    """CREATE TABLE contacts (
        name TEXT PRIMARY KEY NOT NULL,
        address TEXT NOT NULL,
        ens TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        removed_at INTEGER,
        sealed INTEGER NOT NULL CHECK (sealed IN (0, 1))
    ) STRICT""",
    "CREATE TABLE policy (only INTEGER PRIMARY KEY NOT NULL CHECK (only = 1), body TEXT NOT NULL) STRICT",
    "CREATE TABLE seal_keys (account TEXT PRIMARY KEY NOT NULL, wrapped TEXT NOT NULL) STRICT",
    """CREATE TABLE seals (
        only INTEGER PRIMARY KEY NOT NULL CHECK (only = 1),
        body TEXT NOT NULL,
        mac BLOB NOT NULL CHECK (length(mac) = 32)
    ) STRICT""",
)

# The same payment on a test chain that was reset has the same hash again: it is one hash a draft, not one hash at all.
ONE_HASH_A_DRAFT = (
    """CREATE TABLE attempts_anew (
        number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        hash TEXT NOT NULL,
        draft_id TEXT NOT NULL,
        step INTEGER NOT NULL,
        nonce INTEGER NOT NULL,
        raw BLOB NOT NULL,
        max_fee_per_gas TEXT NOT NULL,
        max_priority_fee_per_gas TEXT NOT NULL,
        signed_at INTEGER NOT NULL,
        FOREIGN KEY (draft_id, step) REFERENCES slots (draft_id, step),
        UNIQUE (hash, draft_id)
    ) STRICT""",
    "INSERT INTO attempts_anew SELECT * FROM attempts",
    "DROP TABLE attempts",
    "ALTER TABLE attempts_anew RENAME TO attempts",
    "CREATE INDEX attempts_by_step ON attempts (draft_id, step)",
)

# What the watch keeps: points of series, rules with their runs, notices with their deliveries, and how far it has looked.
# Levels are compared as texts in the numbers' order (agent/automation/levels.py), so that an index finds what can fire.
THE_WATCH = (
    """CREATE TABLE series (
        id INTEGER PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('price', 'balance', 'gas')),
        chain_id INTEGER NOT NULL,
        subject TEXT NOT NULL,
        account TEXT NOT NULL,
        quote TEXT NOT NULL,
        UNIQUE (kind, chain_id, subject, account, quote)
    ) STRICT""",
    """CREATE TABLE points (
        series INTEGER NOT NULL REFERENCES series (id),
        step INTEGER NOT NULL CHECK (step IN (0, 3600, 86400)),
        at INTEGER NOT NULL,
        value TEXT NOT NULL,
        low TEXT,
        high TEXT,
        PRIMARY KEY (series, step, at)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE rules (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('alert', 'order')),
        words TEXT NOT NULL,
        actions TEXT NOT NULL,
        trigger TEXT NOT NULL,
        account TEXT NOT NULL,
        chain_id INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('active', 'done', 'cancelled')),
        created_at INTEGER NOT NULL,
        ended_at INTEGER,
        series INTEGER REFERENCES series (id),
        direction TEXT CHECK (direction IN ('above', 'below')),
        within INTEGER NOT NULL,
        level TEXT,
        fires_at TEXT,
        rearms_at TEXT,
        armed INTEGER NOT NULL CHECK (armed IN (0, 1)),
        crossings INTEGER NOT NULL,
        next_due INTEGER,
        runs_left INTEGER
    ) STRICT""",
    "CREATE INDEX rules_to_fire ON rules (series, direction, within, armed, fires_at) WHERE state = 'active'",
    "CREATE INDEX rules_to_rearm ON rules (series, direction, within, armed, rearms_at) WHERE state = 'active'",
    "CREATE INDEX rules_by_time ON rules (next_due) WHERE state = 'active' AND next_due IS NOT NULL",
    """CREATE TABLE runs (
        rule INTEGER NOT NULL REFERENCES rules (id),
        period TEXT NOT NULL,
        due_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('due', 'drafted', 'missed', 'failed', 'cancelled')),
        draft_id TEXT UNIQUE REFERENCES drafts (id),
        claimed_until INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        CHECK ((state = 'drafted') = (draft_id IS NOT NULL)),
        PRIMARY KEY (rule, period)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX runs_due ON runs (due_at) WHERE state = 'due'",
    """CREATE TABLE notices (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        key TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        at INTEGER NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE deliveries (
        notice INTEGER NOT NULL REFERENCES notices (id),
        channel TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up')),
        tries INTEGER NOT NULL,
        next_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (notice, channel)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX deliveries_waiting ON deliveries (next_at) WHERE state = 'waiting'",
    """CREATE TABLE cursors (
        chain_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (chain_id, name)
    ) STRICT, WITHOUT ROWID""",
)

# What the person put right, each entry encrypted for the key that the password opens.
FEEDBACK = (
    """CREATE TABLE feedback_key (
        only INTEGER PRIMARY KEY NOT NULL CHECK (only = 1),
        public BLOB NOT NULL CHECK (length(public) = 32)
    ) STRICT""",
    """CREATE TABLE feedback (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        at INTEGER NOT NULL,
        letter BLOB NOT NULL
    ) STRICT""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, ONE_HASH_A_DRAFT, THE_WATCH, FEEDBACK)
LATEST = len(MIGRATIONS)


def migrate(engine: Engine, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
    """Bring the schema to the latest number, step by step. Raises SetupNeeded where it is newer than this program."""
    while (version := _version(engine)) != len(migrations):
        if version > len(migrations):
            raise _newer(version, len(migrations))
        with engine.connect().execution_options(how="BEGIN IMMEDIATE") as connection, connection.begin():
            _apply_next(connection, migrations)


def _version(engine: Engine) -> int:
    with engine.connect() as connection:
        return schema_version(connection)


def schema_version(connection: Connection) -> int:
    """The number of the last migration that was applied."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar() or 0)


def _apply_next(connection: Connection, migrations: tuple[tuple[str, ...], ...]) -> None:
    """The next step, if another process has not taken it meanwhile."""
    version = schema_version(connection)
    if version >= len(migrations):
        return
    for statement in migrations[version]:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA user_version = {version + 1}")


def _newer(version: int, latest: int) -> SetupNeeded:
    return SetupNeeded(
        f"The database has schema {version}, and this sayso knows up to {latest}.",
        not_done="It was not opened, and nothing was changed.",
        remedy="Use the newer sayso that made it.",
    )
