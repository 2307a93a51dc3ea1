"""The nonce ledger over the store: every check and its record are one transaction, durable before it returns.

A chain has a `life`: forgetting a test chain that was reset begins the next one, and the slots of the lives before it
stay as history. Within a life, (chain, account, nonce) is unique, and so is (draft, step).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from agent.journal import Journal
from agent.store.codec import from_json, to_json
from agent.store.engine import Store
from agent.store.tables import attempts, chains, confirmations, drafts, outcomes, slots
from chain.errors import ChainWasReset, NotConfirmed, Refused
from chain.signer import SETTLED
from chain.values import (
    Address,
    ChainId,
    Confirmation,
    Digest,
    Draft,
    NonceSlot,
    SignedAttempt,
    SlotState,
    StepOutcome,
    Wei,
)
from contracts.registry import Registry

USED = tuple(sorted(state.value for state in SETTLED))
NOT_SIGNED = "Nothing was signed."


class StoreLedger:
    """Implements `chain.values.Ledger`."""

    def __init__(self, store: Store, journal: Journal, registry: Registry, clock: Callable[[], float]) -> None:
        self._store = store
        self._journal = journal
        self._registry = registry
        self._clock = clock

    def confirmation(self, draft_id: str) -> Confirmation | None:
        """The recorded confirmation of a draft, or None."""
        with self._store.read() as connection:
            return confirmation_in(connection, draft_id)

    def reserve(self, draft: Draft, step_index: int, next_nonce: int) -> NonceSlot:
        """The slot of this step: the one it owns already, or else a new one at `next_nonce`.

        A slot in which nothing was ever signed moves to `next_nonce`: nothing of it can be out. Raises ChainWasReset
        where the chain stands behind our own settled slots, Refused where another live slot holds that nonce,
        NotConfirmed where the draft was rejected or replaced meanwhile.
        """
        with self._store.write() as connection:
            owned = _slot(connection, draft.id, step_index)
            if owned is not None and owned.state is not SlotState.RESERVED:
                return owned
            _check_open(connection, draft.id)
            if owned is not None and owned.nonce == next_nonce:
                return owned
            self._check_chain(connection, draft.chain_id, draft.account, next_nonce)
            if owned is not None:
                release_in(connection, self._journal, owned, "nothing was signed in it, and the next nonce is another")
            self._make_way(connection, draft, next_nonce)
            return self._insert(connection, draft, step_index, next_nonce)

    def slot(self, draft_id: str, step_index: int) -> NonceSlot | None:
        """The slot that a step owns, or None."""
        with self._store.read() as connection:
            return _slot(connection, draft_id, step_index)

    def record_signed(self, slot: NonceSlot, attempt: SignedAttempt) -> None:
        """Store signed bytes and their hash, and move the slot to SIGNED, in one transaction.

        Raises Refused where the slot was released or settled meanwhile, NotConfirmed where the draft was rejected
        before anything was signed in it: then the bytes must be thrown away.
        """
        with self._store.write() as connection:
            if not attempts_in(connection, slot.draft_id, slot.step_index):
                _check_open(connection, slot.draft_id)
            if _slot(connection, slot.draft_id, slot.step_index) != slot or slot.state.value in USED:
                raise Refused("The nonce was given up meanwhile.", not_done="What was signed is not used.")
            connection.execute(insert(attempts).values(**_attempt_row(attempt)))
            self._set(connection, slot, SlotState.SIGNED)
            self._journal.append_in(connection, "step.signed", signed_facts(attempt))

    def attempts(self, draft_id: str, step_index: int) -> Sequence[SignedAttempt]:
        """All signed bytes of a slot, oldest first."""
        with self._store.read() as connection:
            return attempts_in(connection, draft_id, step_index)

    def record_state(self, slot: NonceSlot, state: SlotState, evidence: Mapping[str, str]) -> None:
        """Move a slot on evidence (a hash, a block hash, an error class); journalled. No change is no entry."""
        with self._store.write() as connection:
            self._move(connection, slot, state, evidence)

    def record_outcome(self, outcome: StepOutcome, draft_id: str) -> None:
        """Store what a receipt showed of a step; journalled where it differs from what stands."""
        with self._store.write() as connection:
            self._keep(connection, outcome, draft_id)

    def record_seen(self, slot: NonceSlot, state: SlotState, evidence: Mapping[str, str], outcome: StepOutcome) -> None:
        """As `record_state` and `record_outcome`, in one transaction: a settled slot always has its outcome."""
        with self._store.write() as connection:
            self._move(connection, slot, state, evidence)
            self._keep(connection, outcome, slot.draft_id)

    def outcome(self, draft_id: str, step_index: int) -> StepOutcome | None:
        """What was recorded of a step, or None."""
        with self._store.read() as connection:
            key = and_(outcomes.c.draft_id == draft_id, outcomes.c.step == step_index)
            body = connection.execute(select(outcomes.c.body).where(key)).scalar()
        return from_json(StepOutcome, str(body)) if body is not None else None

    def release(self, slot: NonceSlot, why: str) -> None:
        """Give up a slot in which nothing was signed; nothing where it is gone. Raises Refused where something was."""
        with self._store.write() as connection:
            now = _slot(connection, slot.draft_id, slot.step_index)
            if now is not None:
                release_in(connection, self._journal, now, why)

    def unsettled(self, chain_id: ChainId) -> tuple[NonceSlot, ...]:
        """The slots of a chain in which something was signed and is not settled, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(
                select(slots)
                .where(slots.c.chain_id == chain_id, slots.c.life == life_in(connection, chain_id))
                .where(slots.c.state.not_in((*USED, SlotState.RESERVED.value)))
                .order_by(slots.c.account, slots.c.nonce)
            ).all()
        return tuple(_slot_of(row) for row in rows)

    def check_not_reset(self, chain_id: ChainId, account: Address, next_nonce: int) -> None:
        """Raises ChainWasReset where the account's next nonce stands behind what is settled."""
        with self._store.read() as connection:
            self._check_chain(connection, chain_id, account, next_nonce)

    def forget_chain(self, chain_id: ChainId) -> int:
        """Begin a new life of a test chain that was reset; the number of slots left behind. Raises Refused for a real one."""
        entry = self._registry.chain(chain_id)
        if not entry.test:
            raise Refused(f"{entry.name} is no test chain: what was signed for it is never forgotten.")
        with self._store.write() as connection:
            life = life_in(connection, chain_id)
            here = and_(slots.c.chain_id == chain_id, slots.c.life == life)
            settle = update(slots).where(here, slots.c.state.not_in(USED)).values(state=SlotState.CANCELLED.value)
            connection.execute(settle)
            connection.execute(
                update(drafts).where(drafts.c.chain_id == chain_id, drafts.c.state == "open").values(state="forgotten")
            )
            left = int(connection.execute(select(func.count()).select_from(slots).where(here)).scalar() or 0)
            again = upsert(chains).values(chain_id=chain_id, life=life + 1)
            connection.execute(again.on_conflict_do_update(index_elements=["chain_id"], set_={"life": life + 1}))
            self._journal.append_in(connection, "chain.forgotten", {"chain_id": chain_id, "slots": left})
        return left

    def _check_chain(self, connection: Connection, chain_id: ChainId, account: Address, next_nonce: int) -> None:
        """A nonce is only signed where the chain asks for it, so a chain that asks for an earlier one went back."""
        here = _account(connection, chain_id, account)
        rows = connection.execute(select(slots.c.nonce, slots.c.state).where(here))
        states = {row.nonce: row.state for row in rows}
        used = [nonce for nonce, state in states.items() if state in USED]
        signed = [nonce for nonce, state in states.items() if state != SlotState.RESERVED]
        if used and next_nonce <= max(used):
            raise self._reset(chain_id, next_nonce, max(used))
        if signed and next_nonce < max(signed) and next_nonce not in states:
            raise self._reset(chain_id, next_nonce, max(signed))

    def _reset(self, chain_id: ChainId, next_nonce: int, signed: int) -> ChainWasReset:
        entry = self._registry.chain(chain_id)
        where = f"its next nonce is {next_nonce}, and nonce {signed} was signed for before"
        if entry.test:
            return ChainWasReset(
                f"This local chain was reset: {where}.",
                not_done=NOT_SIGNED,
                remedy=f"If you reset it yourself, run: sayso account forget-chain {entry.slug}.",
            )
        return ChainWasReset(
            f"The node stands behind what was signed for {entry.name} already: {where}.",
            not_done=NOT_SIGNED,
            remedy="It may lag: wait a little, or use another RPC node.",
        )

    def _make_way(self, connection: Connection, draft: Draft, nonce: int) -> None:
        """Release another's slot at this nonce where nothing was signed in it: that draft takes a later one. Raises Refused."""
        here = _account(connection, draft.chain_id, draft.account)
        row = connection.execute(select(slots).where(here, slots.c.nonce == nonce)).first()
        if row is None:
            return
        other = _slot_of(row)
        if other.state is not SlotState.RESERVED:
            raise Refused(
                f"Nonce {nonce} was signed for draft {other.draft_id}, which is not settled yet.",
                not_done=NOT_SIGNED,
                remedy=f"See: sayso tx {other.draft_id}.",
            )
        release_in(connection, self._journal, other, "nothing was signed in it, and another draft needs the nonce")

    def _insert(self, connection: Connection, draft: Draft, step_index: int, nonce: int) -> NonceSlot:
        slot = NonceSlot(draft.chain_id, draft.account, nonce, draft.id, step_index, SlotState.RESERVED)
        try:
            connection.execute(
                insert(slots).values(
                    draft_id=draft.id,
                    step=step_index,
                    chain_id=draft.chain_id,
                    life=life_in(connection, draft.chain_id),
                    account=draft.account,
                    nonce=nonce,
                    state=slot.state.value,
                    updated_at=int(self._clock()),
                )
            )
        except IntegrityError as error:
            raise Refused("The draft is not confirmed, or its nonce is taken.", not_done=NOT_SIGNED) from error
        facts = {"draft": draft.id, "step": step_index, "account": draft.account, "nonce": nonce}
        self._journal.append_in(connection, "nonce.reserved", facts)
        return slot

    def _move(self, connection: Connection, slot: NonceSlot, state: SlotState, evidence: Mapping[str, str]) -> None:
        now = _slot(connection, slot.draft_id, slot.step_index)
        if now is None:
            raise Refused("This nonce slot is not in the ledger.", not_done="Nothing was recorded.")
        if now.state is state:
            return
        self._set(connection, slot, state)
        facts = {"draft": slot.draft_id, "step": slot.step_index, "state": state.value, **evidence}
        self._journal.append_in(connection, "step.state", facts)

    def _keep(self, connection: Connection, outcome: StepOutcome, draft_id: str) -> None:
        key = and_(outcomes.c.draft_id == draft_id, outcomes.c.step == outcome.step_index)
        body = to_json(outcome)
        if connection.execute(select(outcomes.c.body).where(key)).scalar() == body:
            return
        row = {"status": outcome.status, "hash": outcome.hash, "body": body, "updated_at": int(self._clock())}
        statement = upsert(outcomes).values(draft_id=draft_id, step=outcome.step_index, **row)
        connection.execute(statement.on_conflict_do_update(index_elements=["draft_id", "step"], set_=row))
        self._journal.append_in(connection, "step.outcome", {"draft": draft_id, "outcome": outcome})

    def _set(self, connection: Connection, slot: NonceSlot, state: SlotState) -> None:
        key = and_(slots.c.draft_id == slot.draft_id, slots.c.step == slot.step_index)
        connection.execute(update(slots).where(key).values(state=state.value, updated_at=int(self._clock())))


def _check_open(connection: Connection, draft_id: str) -> None:
    """In the transaction that would take a nonce or keep the first bytes: the person has not thrown the draft away.

    Raises NotConfirmed.
    """
    state = connection.execute(select(drafts.c.state).where(drafts.c.id == draft_id)).scalar()
    if state is not None and state != "open":
        raise NotConfirmed(f"This draft was {state} meanwhile.", not_done=NOT_SIGNED, remedy="Ask again.")


def release_in(connection: Connection, journal: Journal, slot: NonceSlot, why: str) -> None:
    """Free a nonce in which nothing was ever signed. Raises Refused where something was: only a chain's evidence settles that."""
    if slot.state is not SlotState.RESERVED or attempts_in(connection, slot.draft_id, slot.step_index):
        raise Refused("Something was signed for this nonce.", not_done="It was not given up.")
    key = and_(slots.c.draft_id == slot.draft_id, slots.c.step == slot.step_index)
    connection.execute(delete(slots).where(key))
    facts = {"draft": slot.draft_id, "step": slot.step_index, "nonce": slot.nonce, "why": why}
    journal.append_in(connection, "nonce.released", facts)


def life_in(connection: Connection, chain_id: ChainId) -> int:
    """How often a chain was reset and forgotten."""
    return int(connection.execute(select(chains.c.life).where(chains.c.chain_id == chain_id)).scalar() or 0)


def confirmation_in(connection: Connection, draft_id: str) -> Confirmation | None:
    """The recorded confirmation of a draft, as a transaction sees it."""
    row = connection.execute(select(confirmations).where(confirmations.c.draft_id == draft_id)).first()
    return Confirmation(row.draft_id, Digest(row.digest), row.confirmed_at) if row else None


def slots_in(connection: Connection, draft_id: str) -> tuple[NonceSlot, ...]:
    """The slots of a draft's steps, in order."""
    rows = connection.execute(select(slots).where(slots.c.draft_id == draft_id).order_by(slots.c.step))
    return tuple(_slot_of(row) for row in rows)


def attempts_in(connection: Connection, draft_id: str, step_index: int) -> tuple[SignedAttempt, ...]:
    """All signed bytes of a step, oldest first, as a transaction sees them."""
    here = and_(attempts.c.draft_id == draft_id, attempts.c.step == step_index)
    rows = connection.execute(select(attempts).where(here).order_by(attempts.c.number))
    return tuple(_attempt_of(row) for row in rows)


def _slot(connection: Connection, draft_id: str, step_index: int) -> NonceSlot | None:
    key = and_(slots.c.draft_id == draft_id, slots.c.step == step_index)
    row = connection.execute(select(slots).where(key)).first()
    return _slot_of(row) if row else None


def _account(connection: Connection, chain_id: ChainId, account: Address) -> Any:
    life = life_in(connection, chain_id)
    return and_(slots.c.chain_id == chain_id, slots.c.life == life, slots.c.account == account)


def _slot_of(row: Any) -> NonceSlot:
    return NonceSlot(
        ChainId(row.chain_id), Address(row.account), row.nonce, row.draft_id, row.step, SlotState(row.state)
    )


def signed_facts(attempt: SignedAttempt) -> dict[str, object]:
    """What the journal says of signed bytes: everything that limits and resuming rest on."""
    return {
        "draft": attempt.draft_id,
        "step": attempt.step_index,
        "nonce": attempt.nonce,
        "hash": attempt.hash,
        "at": attempt.signed_at,
    }


def _attempt_row(attempt: SignedAttempt) -> dict[str, object]:
    return {
        "hash": attempt.hash,
        "draft_id": attempt.draft_id,
        "step": attempt.step_index,
        "nonce": attempt.nonce,
        "raw": attempt.raw,
        "max_fee_per_gas": str(attempt.max_fee_per_gas),
        "max_priority_fee_per_gas": str(attempt.max_priority_fee_per_gas),
        "signed_at": attempt.signed_at,
    }


def _attempt_of(row: Any) -> SignedAttempt:
    return SignedAttempt(
        draft_id=row.draft_id,
        step_index=row.step,
        nonce=row.nonce,
        hash=row.hash,
        raw=row.raw,
        max_fee_per_gas=Wei(int(row.max_fee_per_gas)),
        max_priority_fee_per_gas=Wei(int(row.max_priority_fee_per_gas)),
        signed_at=row.signed_at,
    )
