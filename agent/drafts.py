"""Drafts, their confirmations and what became of them, as rows."""

import difflib
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, and_, insert, select, update

from agent.journal import Journal
from agent.ledger import attempts_in, confirmation_in, life_in, release_in, slots_in
from agent.store.codec import from_json, to_json
from agent.store.engine import Store
from agent.store.tables import attempts, confirmations, drafts, journal, outcomes, slots
from chain.digest import draft_digest
from chain.errors import DraftExpired, NotConfirmed, Refused, SayDifferently, WrongDigest
from chain.values import (
    ChainId,
    Confirmation,
    Digest,
    Draft,
    Effect,
    EffectKind,
    NonceSlot,
    Outcome,
    SlotState,
    StepOutcome,
)

NOT_CONFIRMED = "Nothing was confirmed, and nothing was signed."
WRAPPINGS = ("wrap", "unwrap")
ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"

DraftState = Literal["open", "rejected", "replaced", "forgotten", "expired", "confirmed"]
OutcomeStatus = Literal["done", "partly_done", "not_sent", "reverted", "unknown", "sent"]
THROUGH = ("included", "final")
Beside = Callable[[Connection, Draft], None]


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A stored draft and where it stands. `outcome` is None until it was confirmed; `action` is JSON of what was asked."""

    draft: Draft
    state: DraftState
    confirmation: Confirmation | None
    outcome: Outcome | None
    action: str


@dataclass(frozen=True, slots=True)
class Outflow:
    """What left, or may be leaving or taken, by a step that was signed: for limits over a window. `at` in Unix seconds."""

    draft_id: str
    at: int
    effect: Effect


class DraftStore:
    """Drafts in the store. Times are Unix seconds of the clock it was made with."""

    def __init__(self, store: Store, journal: Journal, clock: Callable[[], float]) -> None:
        self._store = store
        self._journal = journal
        self._clock = clock

    def save(self, draft: Draft, action_json: str = "{}", *, replaces: str = "", beside: Beside | None = None) -> None:
        """Store a draft before its card is shown; with `replaces`, that one cannot be confirmed from then on.

        What `beside` writes is kept with the draft or lost with it: where it raises, neither is stored.
        Raises WrongDigest where its digest is not its own.
        """
        if not same_digest(draft_digest(draft), draft.digest):
            raise WrongDigest("The draft is not what its digest says.", not_done="It was not stored.")
        with self._store.write() as connection:
            connection.execute(insert(drafts).values(**_row(draft), action=action_json, state="open"))
            facts = {"draft": draft.id, "digest": draft.digest, "account": draft.account, "chain_id": draft.chain_id}
            facts["action"] = _action_hash(action_json)
            self._journal.append_in(connection, "draft.made", facts)
            if replaces:
                self._replace(connection, replaces, draft.id)
            if beside is not None:
                beside(connection, draft)

    def load(self, draft_id: str) -> Draft:
        """The draft. Raises SayDifferently where there is none, Refused where the row was changed."""
        with self._store.read() as connection:
            return _draft(_find(connection, draft_id))

    def action(self, draft_id: str) -> str:
        """JSON of what was asked for, as the journal bound it. Raises Refused where the row was changed, and as `load`."""
        with self._store.read() as connection:
            row = _find(connection, draft_id)
            if _action_hash(row.action) != _made_facts(connection, draft_id).get("action"):
                raise _tampered(draft_id)
            return str(row.action)

    def record(self, draft_id: str) -> DraftRecord:
        """The draft and where it stands. Raises as `load`."""
        with self._store.read() as connection:
            return self._record(connection, _find(connection, draft_id))

    def recent(self, limit: int = 20) -> tuple[DraftRecord, ...]:
        """The newest drafts, newest first. Raises Refused where a row was changed."""
        with self._store.read() as connection:
            rows = connection.execute(
                select(drafts).order_by(drafts.c.created_at.desc(), drafts.c.id).limit(limit)
            ).all()
            return tuple(self._record(connection, row) for row in rows)

    def check(self, draft_id: str, digest: Digest) -> Confirmation | None:
        """The confirmation that stands, or None where it may be given now. Raises as `confirm`, and records nothing."""
        with self._store.read() as connection:
            return self._standing(connection, draft_id, digest)

    def confirm(self, draft_id: str, digest: Digest) -> Confirmation:
        """Record a person's yes to exactly these bytes; the one that stands already where it is the same again.

        Raises WrongDigest, DraftExpired (in time means before `expires_at`), NotConfirmed where it was rejected or
        replaced, and as `load`.
        """
        with self._store.write() as connection:
            standing = self._standing(connection, draft_id, digest)
            if standing is not None:
                return standing
            now = int(self._clock())
            row = {"draft_id": draft_id, "digest": bytes(digest), "confirmed_at": now}
            connection.execute(insert(confirmations).values(**row))
            self._journal.append_in(connection, "draft.confirmed", {"draft": draft_id, "digest": digest, "at": now})
            return Confirmation(draft_id, digest, now)

    def replace(self, old: str, new: str) -> None:
        """Let a newer draft stand in for one of which nothing was signed. Raises NotConfirmed where something was."""
        with self._store.write() as connection:
            self._replace(connection, old, new)

    def reject(self, draft_id: str) -> None:
        """Let a draft never be signed. Raises NotConfirmed where something of it was signed already, and as `load`."""
        with self._store.write() as connection:
            row = _find(connection, draft_id)
            if row.state == "rejected":
                return
            self._give_up(connection, draft_id)
            connection.execute(update(drafts).where(drafts.c.id == draft_id).values(state="rejected"))
            self._journal.append_in(connection, "draft.rejected", {"draft": draft_id})

    def outcome(self, draft_id: str) -> Outcome:
        """What is known to have become of a draft, from the store alone. Raises as `load`."""
        with self._store.read() as connection:
            return outcome_in(connection, _draft(_find(connection, draft_id)))

    def find_by_hash(self, tx_hash: str) -> str | None:
        """The id of the draft that a transaction belongs to, the newest where a forgotten chain had the same one, or None."""
        with self._store.read() as connection:
            query = select(attempts.c.draft_id).where(attempts.c.hash == tx_hash.lower())
            found = connection.execute(query.order_by(attempts.c.number.desc())).scalar()
        return str(found) if found is not None else None

    def recipients(self, chain_id: ChainId) -> frozenset[str]:
        """Everyone who was ever sent something on this chain by a step of ours that was included (checksummed addresses).

        A test chain's life before it was reset and forgotten does not count.
        """
        found = set()
        for draft, step in self._included(chain_id):
            found |= {e.counterparty for e in draft.steps[step].step.promised if e.kind is EffectKind.OUT}
        return frozenset(str(address) for address in found if address)

    def outflows(self, since: int) -> tuple[Outflow, ...]:
        """What was promised to leave or allowed in steps signed at or after `since` that did not revert, for limits.

        In the order of their signing. Wrapping is left out: it stays the person's own.
        """
        with self._store.read() as connection:
            query = select(attempts.c.draft_id, attempts.c.step, attempts.c.signed_at).where(
                attempts.c.signed_at >= since
            )
            query = query.order_by(attempts.c.number)
            signed = {(r.draft_id, r.step): r.signed_at for r in connection.execute(query)}
            lost = connection.execute(
                select(outcomes.c.draft_id, outcomes.c.step).where(outcomes.c.status == "reverted")
            )
            for row in lost:
                signed.pop((row.draft_id, row.step), None)
            found = {name: _draft(_find(connection, name)) for name in {draft_id for draft_id, _ in signed}}
        return tuple(
            Outflow(name, at, effect)
            for (name, step), at in signed.items()
            for effect in found[name].steps[step].step.promised
            if effect.kind is not EffectKind.IN and found[name].steps[step].step.intent not in WRAPPINGS
        )

    def _included(self, chain_id: ChainId) -> tuple[tuple[Draft, int], ...]:
        with self._store.read() as connection:
            query = select(outcomes.c.draft_id, outcomes.c.step).join(
                slots, and_(slots.c.draft_id == outcomes.c.draft_id, slots.c.step == outcomes.c.step)
            )
            here = and_(slots.c.chain_id == chain_id, slots.c.life == life_in(connection, chain_id))
            rows = connection.execute(query.where(here, outcomes.c.status.in_(THROUGH))).all()
            return tuple((_draft(_find(connection, r.draft_id)), r.step) for r in rows)

    def _standing(self, connection: Connection, draft_id: str, digest: Digest) -> Confirmation | None:
        row = _find(connection, draft_id)
        draft = _draft(row)
        if not same_digest(draft.digest, digest):
            raise WrongDigest(
                "This is not the digest of that draft.", not_done=NOT_CONFIRMED, remedy="Read the card again."
            )
        standing = confirmation_in(connection, draft_id)
        if standing is not None and (row.state == "open" or _is_signed(connection, draft_id)):
            return standing
        _check_open(draft, row.state, int(self._clock()))
        return None

    def _give_up(self, connection: Connection, draft_id: str) -> None:
        """Free the slots of a draft of which nothing was signed. Raises NotConfirmed."""
        if _is_signed(connection, draft_id):
            raise NotConfirmed(
                "This draft was confirmed and signed: it can no longer be rejected.",
                not_done="It was not rejected.",
                remedy=f"See: sayso tx {draft_id}.",
            )
        for slot in slots_in(connection, draft_id):
            release_in(connection, self._journal, slot, "its draft was given up")

    def _replace(self, connection: Connection, old: str, new: str) -> None:
        self._give_up(connection, old)
        connection.execute(update(drafts).where(drafts.c.id == old).values(state="replaced"))
        self._journal.append_in(connection, "draft.replaced", {"draft": old, "by": new})

    def _record(self, connection: Connection, row: Any) -> DraftRecord:
        draft, confirmation = _draft(row), confirmation_in(connection, row.id)
        state: DraftState = row.state
        if state == "open" and confirmation is not None:
            state = "confirmed"
        elif state == "open" and self._clock() >= draft.expires_at:
            state = "expired"
        outcome = outcome_in(connection, draft) if confirmation is not None else None
        return DraftRecord(draft, state, confirmation, outcome, row.action)


def _action_hash(action_json: str) -> str:
    return hashlib.sha256(action_json.encode()).hexdigest()


def _made_facts(connection: Connection, draft_id: str) -> dict[str, object]:
    """What the journal says of the making of a draft; nothing where it does not."""
    kind, named = journal.c.kind == "draft.made", journal.c.facts.contains(f'"draft":"{draft_id}"', autoescape=True)
    text = connection.execute(select(journal.c.facts).where(kind, named)).scalar()
    return json.loads(text) if text is not None else {}


def new_draft_id() -> str:
    """A fresh id: ten characters that are not mistaken for each other, easily typed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def parse_digest(text: str) -> Digest:
    """The digest as a person gives it: all 64 hex digits, 0x before them or not. Raises WrongDigest."""
    digits = text.strip().lower().removeprefix("0x")
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise WrongDigest(
            "A digest is 64 hex digits, given in full.",
            not_done=NOT_CONFIRMED,
            remedy="Copy it whole from the card.",
        )
    return Digest(bytes.fromhex(digits))


def same_digest(one: Digest, other: Digest) -> bool:
    """Compared whole, in constant time."""
    return len(one) == 32 and hmac.compare_digest(one, other)


def _check_open(draft: Draft, state: str, now: int) -> None:
    """Raises NotConfirmed, DraftExpired where a draft may no longer be confirmed."""
    if state != "open":
        what = {"rejected": "was rejected", "replaced": "was replaced by a newer one"}.get(
            state, "is of a chain that is gone"
        )
        raise NotConfirmed(f"This draft {what}.", not_done=NOT_CONFIRMED, remedy="Ask again.")
    if now >= draft.expires_at:
        raise DraftExpired("This draft ran out.", not_done=NOT_CONFIRMED, remedy="Ask again for a fresh one.")
    if now < draft.created_at:
        raise NotConfirmed("This computer's clock stands before the draft was made.", not_done=NOT_CONFIRMED)


def _is_signed(connection: Connection, draft_id: str) -> bool:
    """Whether anything of a draft was ever signed."""
    return connection.execute(select(attempts.c.hash).where(attempts.c.draft_id == draft_id)).first() is not None


def outcome_in(connection: Connection, draft: Draft) -> Outcome:
    """What is known to have become of a draft: the receipts that were recorded, and else how its slots stand."""
    held = {slot.step_index: slot for slot in slots_in(connection, draft.id)}
    rows = connection.execute(select(outcomes.c.step, outcomes.c.body).where(outcomes.c.draft_id == draft.id))
    seen = {row.step: from_json(StepOutcome, row.body) for row in rows}
    steps = tuple(
        seen.get(index) or _unseen(connection, draft.id, index, held.get(index)) for index in range(len(draft.steps))
    )
    return Outcome(draft.id, overall(steps), steps)


def overall(steps: tuple[StepOutcome, ...]) -> OutcomeStatus:
    """The whole in one word: what may still happen, else what failed, else what the first step not through came to.

    'partly_done': a step was not sent, and another was sent or has happened.
    """
    statuses = [step.status for step in steps]
    for grave in ("unknown", "reverted"):
        if grave in statuses:
            return grave
    left = next((status for status in statuses if status not in THROUGH), "done")
    if left == "not_sent" and any(status != "not_sent" for status in statuses):
        return "partly_done"
    return "not_sent" if left == "not_sent" else "sent" if left == "sent" else "done"


def _unseen(connection: Connection, draft_id: str, index: int, slot: NonceSlot | None) -> StepOutcome:
    signed = attempts_in(connection, draft_id, index)
    if slot is None or not signed or slot.state is SlotState.CANCELLED:
        return StepOutcome(index, "not_sent", signed[-1].hash if signed else "")
    return StepOutcome(index, "sent" if slot.state is SlotState.SENT else "unknown", signed[-1].hash)


def _row(draft: Draft) -> dict[str, object]:
    return {
        "id": draft.id,
        "account": draft.account,
        "chain_id": draft.chain_id,
        "created_at": draft.created_at,
        "expires_at": draft.expires_at,
        "digest": bytes(draft.digest),
        "words": draft.words,
        "body": to_json(draft),
    }


def _find(connection: Connection, draft_id: str) -> Any:
    row = connection.execute(select(drafts).where(drafts.c.id == draft_id)).first()
    if row is not None:
        return row
    known = [r.id for r in connection.execute(select(drafts.c.id).order_by(drafts.c.created_at.desc()).limit(200))]
    near = difflib.get_close_matches(draft_id, known, n=3)
    raise SayDifferently(
        f"There is no draft {draft_id!r}.",
        not_done=NOT_CONFIRMED,
        remedy=f"Did you mean {', '.join(near)}?" if near else "See: sayso drafts.",
    )


def _draft(row: Any) -> Draft:
    """The draft of a row, its digest derived again. Raises Refused where any of it was changed."""
    return _verified(row.id, row.body, row.digest)


@lru_cache(maxsize=64)
def _verified(draft_id: str, body: str, digest: bytes) -> Draft:
    """Pure, and costly for large drafts: the same bytes are read and hashed once."""
    try:
        draft = from_json(Draft, body)
    except (ValueError, KeyError, TypeError):
        raise _tampered(draft_id) from None
    derived = draft_digest(draft)
    if draft.id != draft_id or not (same_digest(derived, draft.digest) and same_digest(derived, Digest(digest))):
        raise _tampered(draft_id)
    return draft


def _tampered(draft_id: str) -> Refused:
    return Refused(
        f"The stored draft {draft_id} is not what was drafted: somebody changed it.",
        not_done="Nothing was signed.",
        remedy="Ask again for a fresh one, and run: sayso audit verify.",
    )
