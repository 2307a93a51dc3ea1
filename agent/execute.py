"""From a person's yes to what became of it: confirm, look again, and for each step reserve, sign, send and track.

Everything that must survive a crash is a row before it is an effect, so that confirming again goes on from wherever a
process died. Signed bytes are always pursued, and always the same ones; nothing is signed after the draft's expiry.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace

from agent.accounts import Opened
from agent.carried import Carried, problem_of
from agent.drafts import THROUGH, overall, same_digest
from agent.follow import REFUSED_PATIENCE_SECONDS, Follower
from agent.locks import holding
from agent.refusals import refuse_blocked
from agent.session import Session
from chain.client import bad_node_answer
from chain.errors import (
    NotConfirmed,
    SaysoError,
    SetupNeeded,
    WrongDigest,
)
from chain.fees import clamp, covers, quote_fees
from chain.node_view import node_view
from chain.rpc import quantity
from chain.signer import SETTLED, Door, NodeView, sign_step
from chain.track import TIMEOUT_SECONDS
from chain.values import Confirmation, Digest, Draft, NonceSlot, Outcome, SignedAttempt, StepOutcome

Key = str | Opened | Callable[[], str]
Redraft = Callable[[Session, Draft], Awaitable[Draft]]
NOT_SIGNED = "Nothing was signed."


class DraftChanged(NotConfirmed):
    """The steps would no longer do what the card said; `draft` is the new one, stored, that may be confirmed instead."""

    code = "draft_changed"

    def __init__(self, draft: Draft) -> None:
        super().__init__(
            "What would happen has changed since the card was drawn.",
            not_done=NOT_SIGNED,
            remedy=f"A new draft was made: read its card, then: sayso confirm {draft.id} --digest 0x{draft.digest.hex()}",
        )
        self.draft = draft


async def confirm_draft(
    session: Session,
    draft_id: str,
    digest: Digest,
    password: Key,
    *,
    wait: bool = True,
    redraft: Redraft | None = None,
    within: float = TIMEOUT_SECONDS,
) -> Carried:
    """Confirm a draft and carry it out, or go on with it, or report its one outcome; `wait` for inclusion.

    `password` is only used where something is left to sign: a text, a way to ask for it, or what was opened before.
    `redraft` looks at the steps again at the head: it answers the same draft where they still do what was promised
    with no new finding, and else a new stored one. Raises WrongDigest, DraftExpired, NotConfirmed, DraftChanged,
    Locked, SetupNeeded, Refused: then nothing was signed. What happens after the first signature is in the answer.
    """
    draft = session.drafts.load(draft_id)
    if not same_digest(draft.digest, digest):
        raise WrongDigest("This is not the digest of that draft.", not_done=NOT_SIGNED, remedy="Read the card again.")
    _check_chain(session, draft)
    run = _Run(session, draft, Follower(session.ledger, session.client, draft, within), wait)
    if callable(password) and (session.drafts.check(draft_id, digest) is None or run.may_sign()):
        # Asked for before the lock is taken: a person may be slow.
        password = password()
    async with _alone(session, draft):
        standing = session.drafts.check(draft_id, digest)
        await run.check_chain_stands()
        if standing is None or run.may_sign():
            return await _with_key(run, password, redraft or _default_redraft)
        return await run.steps(None)


@asynccontextmanager
async def _alone(session: Session, draft: Draft) -> AsyncIterator[None]:
    """Nobody else signs for this account meanwhile; where a limit spans a time, for none of the person's accounts."""
    spans = any(limit.window for limit in session.policies.current().limits)
    limits = holding(session.home.locks, "limits") if spans else nullcontext()
    async with limits, holding(session.home.locks, f"{draft.chain_id}-{draft.account}"):
        yield


async def pursue(session: Session, draft_id: str, *, wait: bool = False, within: float = TIMEOUT_SECONDS) -> Carried:
    """What became of a confirmed draft, as the chain shows it now; what was signed is sent again where it is not out.

    Signs nothing and needs no password. Raises SayDifferently where there is no such draft, NotConfirmed where nobody
    confirmed it, or it was given up before anything of it was signed, SetupNeeded, Refused.
    """
    draft = session.drafts.load(draft_id)
    _check_was_confirmed(session, draft_id)
    _check_chain(session, draft)
    async with holding(session.home.locks, f"{draft.chain_id}-{draft.account}"):
        run = _Run(session, draft, Follower(session.ledger, session.client, draft, within), wait)
        await run.check_chain_stands()
        return await run.steps(None)


@dataclass(frozen=True, slots=True)
class _Keyed:
    """What signing needs beside the step."""

    opened: Opened
    confirmation: Confirmation


@dataclass(frozen=True, slots=True)
class _Run:
    """One way through a draft's steps, with the account's lock held."""

    session: Session
    draft: Draft
    follower: Follower
    wait: bool
    done: list[StepOutcome] = field(default_factory=list)

    async def check_chain_stands(self) -> None:
        """Where anything is left to do: the chain is still the one that was signed for. Raises ChainWasReset."""
        session, draft = self.session, self.draft
        slots = [session.ledger.slot(draft.id, index) for index in range(len(draft.steps))]
        if any(slot is None or slot.state not in SETTLED for slot in slots):
            count = await session.client.rpc("eth_getTransactionCount", [draft.account, "pending"])
            session.ledger.check_not_reset(draft.chain_id, draft.account, _nonce(count))

    def may_sign(self) -> bool:
        """Whether a step is left to sign: in time, and none before it has failed."""
        recorded = self.session.drafts.outcome(self.draft.id).steps
        if self.session.drafts.record(self.draft.id).state not in ("open", "confirmed"):
            return False
        unsigned = any(not self.session.ledger.attempts(self.draft.id, s.step_index) for s in recorded)
        failed = any(s.status == "reverted" or (s.status == "not_sent" and s.hash) for s in recorded)
        return unsigned and not failed and self.session.now() < self.draft.expires_at

    def nothing_signed(self) -> bool:
        """Whether nothing of this draft was ever signed."""
        return not any(self.session.ledger.attempts(self.draft.id, i) for i in range(len(self.draft.steps)))

    async def steps(self, keyed: _Keyed | None) -> Carried:
        """Carry the steps out in order. After the first that is not in a block nothing more is signed, waited for or not,
        but what was signed before is pursued: it may happen, or have happened, all the same."""
        trouble: SaysoError | None = None
        goes_on = True
        for index in range(len(self.draft.steps)):
            try:
                outcome = await self._step(index, keyed if goes_on else None)
            except SaysoError as error:
                if self.nothing_signed():
                    raise
                trouble = trouble or self._noted(index, error)
                outcome = self._recorded(index)
            self.done.append(outcome)
            goes_on = goes_on and trouble is None and outcome.status in THROUGH
        return self._carried(trouble)

    async def _step(self, index: int, keyed: _Keyed | None) -> StepOutcome:
        if self.session.ledger.attempts(self.draft.id, index):
            return await self._followed().pursue(index, wait=self.wait)
        if keyed is None:
            return self._recorded(index)
        if index:
            await self._check_still_works(index)
        await self._sign(index, keyed)
        sent = await self.follower.send(index, wait=self.wait)
        more = index + 1 < len(self.draft.steps)
        return await self.follower.look(index) if sent.status == "sent" and more else sent

    def _recorded(self, index: int) -> StepOutcome:
        """What the store knows of a step that was not looked for now: never 'not sent' where it was signed."""
        return self.session.drafts.outcome(self.draft.id).steps[index]

    def _followed(self) -> Follower:
        """What comes after a step that is not seen cannot be in a block before it: it is not waited for as long."""
        if any(outcome.status == "unknown" for outcome in self.done):
            return replace(self.follower, within=min(self.follower.within, REFUSED_PATIENCE_SECONDS))
        return self.follower

    async def _sign(self, index: int, keyed: _Keyed) -> SignedAttempt:
        session, draft = self.session, self.draft
        view, market = await asyncio.gather(node_view(session.client, draft.account), quote_fees(session.client))
        if not covers(draft.steps[index].fees, market):
            raise NotConfirmed(
                f"The network's fee rose above what step {index + 1} may cost at most.",
                not_done=f"Step {index + 1} was not signed.",
                remedy="Confirm again once it has fallen, or ask again.",
            )
        slot = session.ledger.reserve(draft, index, _next_nonce(session, draft, index, view))
        try:
            fees = clamp(market, draft.steps[index].fees)
            return sign_step(draft, index, keyed.confirmation, slot, fees, self._door(keyed, view))
        except SaysoError as error:
            _give_back(session, slot, error)
            raise

    def _door(self, keyed: _Keyed, view: NodeView) -> Door:
        session = self.session
        return Door(
            ledger=session.ledger,
            keystore=session.accounts.keystore,
            unlocked=keyed.opened.unlocked,
            policy=session.policies.current(),
            chain=session.client.entry,
            node=view,
            now=session.now(),
        )

    async def _check_still_works(self, index: int) -> None:
        """After the earlier steps really happened, those that are left are judged once more, at the head as it is now.

        Raises ChecksRefuse where a check forbids now what it let pass, NotConfirmed where one finds more than the card said.
        """
        from agent.drafting import recheck

        looked, not_done = await recheck(self.session, self.draft, start=index), f"Step {index + 1} was not signed."
        refuse_blocked(looked.findings, not_done)
        if looked.changes:
            raise NotConfirmed(
                f"What would happen from step {index + 1} on has changed since the card was drawn: {' '.join(looked.changes)}",
                not_done=not_done,
                remedy="Ask again for what is left.",
            )

    def _noted(self, index: int, error: SaysoError) -> SaysoError:
        """An error between two steps: what was signed before stands, and is told."""
        facts = {"draft": self.draft.id, "step": index, "code": error.code}
        self.session.journal.append("confirm.refused", facts)
        return error

    def _carried(self, error: SaysoError | None) -> Carried:
        steps = tuple(self.done)
        outcome = Outcome(self.draft.id, overall(steps), steps)
        return Carried(outcome, error or problem_of(outcome, may_go_on=self.may_sign()))


async def _with_key(run: _Run, password: Key, redraft: Redraft) -> Carried:
    session, draft = run.session, run.draft
    opened = await _opened(session, draft, password)
    try:
        session.seals.check(opened.seal)
        if run.nothing_signed():
            await _look_again(session, draft, redraft)
        confirmation = session.drafts.confirm(draft.id, draft.digest)
        carried = await run.steps(_Keyed(opened, confirmation))
        # What was sent is told in any case; a seal that no longer holds is met before the next signature.
        with suppress(SaysoError):
            session.seals.renew(opened.seal)
        return carried
    finally:
        if not isinstance(password, Opened):
            session.accounts.lock(opened)


async def _opened(session: Session, draft: Draft, password: Key) -> Opened:
    """The account's key and the seal. Raises Locked, SetupNeeded."""
    if isinstance(password, Opened):
        return password
    text = password if isinstance(password, str) else password()
    return await session.accounts.open_beside(draft.account, text)


async def _look_again(session: Session, draft: Draft, redraft: Redraft) -> None:
    """Raises DraftChanged where the steps would do something else now, and what `redraft` raises."""
    fresh = await redraft(session, draft)
    if fresh.id != draft.id:
        session.drafts.replace(draft.id, fresh.id)
        raise DraftChanged(fresh)


async def _default_redraft(session: Session, draft: Draft) -> Draft:
    from agent.drafting import redraft

    return await redraft(session, draft)


def _next_nonce(session: Session, draft: Draft, index: int, view: NodeView) -> int:
    """The nonce after what the node has seen and after our earlier steps that it has not."""
    slots = (session.ledger.slot(draft.id, earlier) for earlier in range(index))
    return view.pending_nonce + sum(slot is not None and slot.nonce >= view.pending_nonce for slot in slots)


def _nonce(count: object) -> int:
    """Raises SaysoError where a node's answer is no number."""
    try:
        return quantity(count)
    except ValueError:
        raise bad_node_answer("a nonce that is no number") from None


def _give_back(session: Session, slot: NonceSlot, error: SaysoError) -> None:
    """A nonce for which nothing was signed is free again at once."""
    if not session.ledger.attempts(slot.draft_id, slot.step_index):
        session.ledger.release(slot, f"it was not signed: {error.code}")


def _check_was_confirmed(session: Session, draft_id: str) -> None:
    record = session.drafts.record(draft_id)
    signed = record.outcome is not None and any(step.hash for step in record.outcome.steps)
    if record.confirmation is None or not (signed or record.state == "confirmed"):
        what = "never confirmed" if record.confirmation is None else f"{record.state} before anything of it was signed"
        can = record.state == "open"
        raise NotConfirmed(
            f"This draft was {what}.",
            not_done="Nothing of it was signed or sent.",
            remedy="Read its card, and confirm it with: sayso confirm." if can else "Ask again.",
        )


def _check_chain(session: Session, draft: Draft) -> None:
    if session.client.chain_id != draft.chain_id:
        wanted = session.registry.chain(draft.chain_id).name
        raise SetupNeeded(
            f"This draft is for {wanted}, and the node serves {session.client.entry.name}.",
            not_done=NOT_SIGNED,
            remedy="Set SAYSO_RPC_URL to a node of that chain.",
        )
