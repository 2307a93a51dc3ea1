"""The tables as they stand after the last migration, for queries. Their making is in `migrations`; a test compares both."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint

metadata = MetaData()

drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text),
    Column("chain_id", BigInteger),
    Column("created_at", BigInteger),
    Column("expires_at", BigInteger),
    Column("digest", LargeBinary),
    Column("words", Text),
    Column("body", Text),
    Column("action", Text),
    Column("state", Text),
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("digest", LargeBinary),
    Column("confirmed_at", BigInteger),
)

chains = Table(
    "chains",
    metadata,
    Column("chain_id", BigInteger, primary_key=True),
    Column("life", Integer),
)

slots = Table(
    "slots",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("chain_id", BigInteger),
    Column("life", Integer),
    Column("account", Text),
    Column("nonce", BigInteger),
    Column("state", Text),
    Column("updated_at", BigInteger),
)

attempts = Table(
    "attempts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("hash", Text),
    Column("draft_id", Text),
    Column("step", Integer),
    Column("nonce", BigInteger),
    Column("raw", LargeBinary),
    Column("max_fee_per_gas", Text),
    Column("max_priority_fee_per_gas", Text),
    Column("signed_at", BigInteger),
    UniqueConstraint("hash", "draft_id"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("draft_id", Text, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("status", Text),
    Column("hash", Text),
    Column("body", Text),
    Column("updated_at", BigInteger),
)

journal = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger),
    Column("kind", Text),
    Column("facts", Text),
    Column("previous", LargeBinary),
    Column("hash", LargeBinary),
)

contacts = Table(
    "contacts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("address", Text),
    Column("ens", Text),
    Column("added_at", BigInteger),
    Column("removed_at", BigInteger, nullable=True),
    Column("sealed", Integer),
)

policy = Table(
    "policy",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("body", Text),
)

seal_keys = Table(
    "seal_keys",
    metadata,
    Column("account", Text, primary_key=True),
    Column("wrapped", Text),
)

seals = Table(
    "seals",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("body", Text),
    Column("mac", LargeBinary),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text),
    Column("chain_id", BigInteger),
    Column("subject", Text),
    Column("account", Text),
    Column("quote", Text),
    UniqueConstraint("kind", "chain_id", "subject", "account", "quote"),
)

points = Table(
    "points",
    metadata,
    Column("series", Integer, primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("value", Text),
    Column("low", Text, nullable=True),
    Column("high", Text, nullable=True),
)

rules = Table(
    "rules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text),
    Column("words", Text),
    Column("actions", Text),
    Column("trigger", Text),
    Column("account", Text),
    Column("chain_id", BigInteger),
    Column("state", Text),
    Column("created_at", BigInteger),
    Column("ended_at", BigInteger, nullable=True),
    Column("series", Integer, nullable=True),
    Column("direction", Text, nullable=True),
    Column("within", BigInteger),
    Column("level", Text, nullable=True),
    Column("fires_at", Text, nullable=True),
    Column("rearms_at", Text, nullable=True),
    Column("armed", Integer),
    Column("crossings", Integer),
    Column("next_due", BigInteger, nullable=True),
    Column("runs_left", Integer, nullable=True),
)

runs = Table(
    "runs",
    metadata,
    Column("rule", Integer, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("due_at", BigInteger),
    Column("state", Text),
    Column("draft_id", Text, nullable=True),
    Column("claimed_until", BigInteger),
    Column("updated_at", BigInteger),
    UniqueConstraint("draft_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text),
    Column("kind", Text),
    Column("at", BigInteger),
    Column("title", Text),
    Column("body", Text),
    UniqueConstraint("key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice", Integer, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("state", Text),
    Column("tries", Integer),
    Column("next_at", BigInteger),
    Column("updated_at", BigInteger),
)

cursors = Table(
    "cursors",
    metadata,
    Column("chain_id", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text),
    Column("updated_at", BigInteger),
)

feedback_key = Table(
    "feedback_key",
    metadata,
    Column("only", Integer, primary_key=True),
    Column("public", LargeBinary),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger),
    Column("letter", LargeBinary),
)
