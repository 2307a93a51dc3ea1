"""Pursuing what was signed: send the same bytes, look for them on chain, and record only what there is evidence for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.ledger import StoreLedger
from chain.client import ChainClient
from chain.errors import SaysoError
from chain.send import SendResult, SendStatus, broadcast
from chain.signer import SETTLED
from chain.track import Finality, check_final, look_once, nonce_taken, wait_included
from chain.values import Draft, NonceSlot, SignedAttempt, SlotState, StepOutcome

OUT = (SendStatus.ACCEPTED, SendStatus.ALREADY_KNOWN, SendStatus.INCLUDED)
HOPEFUL = (*OUT, SendStatus.UNKNOWN)
# A node that says no and does not know the bytes is asked a little longer, in case another node has them.
REFUSED_PATIENCE_SECONDS = 2.0
# A node that includes at once may still answer a receipt a moment after it took the bytes.
A_MOMENT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows the signed steps of one draft. `within`: seconds to wait for inclusion, on the monotonic clock."""

    ledger: StoreLedger
    client: ChainClient
    draft: Draft
    within: float

    async def pursue(self, index: int, *, wait: bool) -> StepOutcome:
        """Send a signed step if it is not out yet, and say what is known of it. Raises Refused for bytes that were changed."""
        slot, attempts = self._signed(index)
        recorded = self.ledger.outcome(self.draft.id, index)
        if slot.state in SETTLED:
            return recorded or StepOutcome(index, "not_sent", attempts[-1].hash)
        seen = await look_once(self.client, attempts)
        if seen.status != "unknown":
            return await self._record(slot, seen)
        return await self.send(index, wait=wait)

    async def look(self, index: int) -> StepOutcome:
        """Whether what was sent is in a block at once or a moment later; 'sent' where it is not. Nothing is sent again."""
        slot, attempts = self._signed(index)
        seen = await wait_included(self.client, attempts, within=A_MOMENT_SECONDS)
        if seen.status == "unknown":
            return StepOutcome(index, "sent", attempts[-1].hash)
        return await self._record(slot, seen)

    async def send(self, index: int, *, wait: bool) -> StepOutcome:
        """As `pursue`, for bytes that no node can have seen in a block: they are sent without looking first."""
        slot, attempts = self._signed(index)
        result = await broadcast(self.client, attempts[-1])
        self._record_sent(slot, result)
        if result.status is SendStatus.NONCE_TAKEN and await self._lost(slot, attempts):
            return StepOutcome(index, "not_sent", attempts[-1].hash)
        if not wait and result.status in OUT:
            return StepOutcome(index, "sent", attempts[-1].hash)
        return await self._wait(slot, attempts, result)

    def _signed(self, index: int) -> tuple[NonceSlot, Sequence[SignedAttempt]]:
        slot, attempts = self.ledger.slot(self.draft.id, index), self.ledger.attempts(self.draft.id, index)
        if slot is None or not attempts:
            raise SaysoError(f"Step {index + 1} was never signed.", not_done="Nothing was sent.")
        return slot, attempts

    async def _wait(self, slot: NonceSlot, attempts: Sequence[SignedAttempt], result: SendResult) -> StepOutcome:
        patience = self.within if result.status in HOPEFUL else min(self.within, REFUSED_PATIENCE_SECONDS)
        outcome = await wait_included(self.client, attempts, within=patience)
        if outcome.status == "unknown" and await self._lost(slot, attempts):
            return StepOutcome(slot.step_index, "not_sent", attempts[-1].hash)
        return await self._record(slot, outcome)

    async def _lost(self, slot: NonceSlot, attempts: Sequence[SignedAttempt]) -> bool:
        """Whether another transaction took the nonce for good: only then is the slot settled as ours no more."""
        try:
            taken = await nonce_taken(self.client, attempts)
        except (SaysoError, ValueError):
            return False
        if taken:
            lost = StepOutcome(slot.step_index, "not_sent", attempts[-1].hash)
            why = {"why": "another transaction used the nonce"}
            self.ledger.record_seen(slot, SlotState.CANCELLED, why, lost)
        return taken

    async def _is_final(self, outcome: StepOutcome) -> bool:
        try:
            return await check_final(self.client, outcome) is Finality.FINAL
        except (SaysoError, ValueError):
            return False

    def _record_sent(self, slot: NonceSlot, result: SendResult) -> None:
        state = SlotState.SENT if result.status in OUT else SlotState.UNKNOWN
        evidence = {"hash": result.hash, "status": result.status.value, "error": str(result.error_class)}
        if self.ledger.outcome(slot.draft_id, slot.step_index) is None:
            self.ledger.record_state(slot, state, evidence)
        else:  # A reorg took back what was seen: that is told no more.
            told = StepOutcome(slot.step_index, "sent" if state is SlotState.SENT else "unknown", result.hash)
            self.ledger.record_seen(slot, state, evidence, told)

    async def _record(self, slot: NonceSlot, outcome: StepOutcome) -> StepOutcome:
        """Record what was seen: settled only where its block is final, as a reorg opens everything else again."""
        final = outcome.status != "unknown" and await self._is_final(outcome)
        if final and outcome.status == "included":
            outcome = replace(outcome, status="final")
        self.ledger.record_seen(slot, _state(outcome, final), _evidence(outcome), outcome)
        return outcome


def _state(outcome: StepOutcome, final: bool) -> SlotState:
    if outcome.status == "unknown":
        return SlotState.UNKNOWN
    if not final:
        return SlotState.INCLUDED
    return SlotState.REVERTED if outcome.status == "reverted" else SlotState.FINAL


def _evidence(outcome: StepOutcome) -> dict[str, str]:
    return {"hash": outcome.hash, "block": outcome.block_hash, "seen": outcome.status}
