"""What the person allows, as it stands. Tightening is at once; widening takes the opened seal."""

from sqlalchemy import Connection, delete, insert

from agent.journal import Journal
from agent.policy_rules import fiat, is_no_wider, percent
from agent.sealing import Seals, policy_in
from agent.store.codec import to_json
from agent.store.engine import Store
from agent.store.sealed import SealKey
from agent.store.tables import policy as table
from chain.errors import NotConfirmed, SayDifferently
from chain.values import Limit, Policy

LONGEST_EXPIRY = 3600
NOT_CHANGED = "The policy was not changed."


class Policies:
    """The one policy in the store."""

    def __init__(self, store: Store, journal: Journal, seals: Seals) -> None:
        self._store = store
        self._journal = journal
        self._seals = seals

    def current(self) -> Policy:
        """The policy that stands; the defaults where none was set. Raises Refused where the row was changed."""
        with self._store.read() as connection:
            return policy_in(connection)

    def set(self, new: Policy, key: SealKey | None = None) -> bool:
        """Let `new` stand; whether that was a widening. Raises SayDifferently for values that make no sense,

        NotConfirmed where it allows more than before and the seal was not opened, Refused where the seal does not hold.
        """
        check_policy(new)
        with self._store.write() as connection:
            wider = not is_no_wider(new, policy_in(connection))
            if wider and key is None:
                raise NotConfirmed(
                    "This policy allows more than the one that stands.",
                    not_done=NOT_CHANGED,
                    remedy="Widening takes your password: at a prompt, or by --password-file with this very command.",
                )
            if key is not None:
                self._seals.check_in(connection, key)
            self._write(connection, new, wider)
            if key is not None:
                self._seals.renew_in(connection, key, checked=True)
        return wider

    def tighten(self, new: Policy) -> None:
        """Let a policy stand that allows no more than the one before, at once. Raises as `set`."""
        self.set(new)

    def _write(self, connection: Connection, new: Policy, wider: bool) -> None:
        connection.execute(delete(table))
        connection.execute(insert(table).values(only=1, body=to_json(new)))
        self._journal.append_in(connection, "policy.widened" if wider else "policy.tightened", {"policy": new})


def check_policy(policy: Policy) -> None:
    """Raises SayDifferently where a value of it makes no sense."""
    fiat(policy.unknown_blocks_above)
    percent(policy.slippage)
    if not 1 <= policy.expiry_seconds <= LONGEST_EXPIRY:
        raise SayDifferently(f"A draft lives from 1 to {LONGEST_EXPIRY} seconds.", not_done=NOT_CHANGED)
    for limit in policy.limits:
        _check_limit(limit)


def _check_limit(limit: Limit) -> None:
    if limit.window < 0 or bool(limit.asset) == bool(limit.fiat):
        raise SayDifferently("A limit is of a token or of a currency.", not_done=NOT_CHANGED)
    if limit.fiat:
        fiat(limit.fiat)
    elif not (limit.amount.isascii() and limit.amount.isdigit()):
        raise SayDifferently("A limit's amount is in raw units.", not_done=NOT_CHANGED)
