"""The one door to the key: `sign_step` is the only code that has anything signed.

It trusts nobody who calls it: it derives the digest of the draft itself, compares it with the person's confirmation as
given and as recorded, checks policy, chain, form, fees and the nonce slot, and decodes what was signed before handing
it out. What it does not know, it refuses. Signed bytes are in the ledger before they are returned.
"""

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from chain.digest import draft_digest, policy_hash
from chain.errors import DraftExpired, NotConfirmed, Refused, WrongDigest
from chain.fees import FeeQuote, bumped
from chain.keystore import Keystore
from chain.known_keys import check_key_may_sign
from chain.signed import SignedTransaction, decode_signed
from chain.transaction import UnsignedTransaction, check_form, check_kind, is_checksummed, unsigned
from chain.values import (
    Confirmation,
    Digest,
    Draft,
    DraftStep,
    FeeLimits,
    Ledger,
    NonceSlot,
    Policy,
    SignedAttempt,
    SlotState,
    Unlocked,
    Verdict,
    Wei,
)
from contracts.registry import ChainEntry

SETTLED = frozenset({SlotState.FINAL, SlotState.REVERTED, SlotState.CANCELLED})
NOT_SIGNED = "Nothing was signed."


@dataclass(frozen=True, slots=True)
class NodeView:
    """What the node says at this moment. `rpc_urls` are all that are configured for the chain.

    `latest_nonce` and `pending_nonce` are the account's transaction counts at those tags.
    """

    chain_id: int
    rpc_urls: tuple[str, ...]
    latest_nonce: int
    pending_nonce: int
    block_gas_limit: int


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that stands around a signature but the draft. `now` in Unix seconds."""

    ledger: Ledger
    keystore: Keystore
    unlocked: Unlocked
    policy: Policy
    chain: ChainEntry
    node: NodeView
    now: int


def sign_step(
    draft: Draft,
    step_index: int,
    confirmation: Confirmation,
    slot: NonceSlot,
    fees: FeeQuote,
    door: Door,
    *,
    replace: bool = False,
) -> SignedAttempt:
    """Sign one step of a confirmed draft, in its nonce slot, and record it before returning it.

    A slot that holds signed bytes already gives those back, whatever `fees` says: a retry is the same bytes. Only with
    `replace` is a new attempt signed beside them: same recipient, value and data, each fee field up by at least 12.5%
    within the confirmed ceiling. Raises NotConfirmed, WrongDigest, DraftExpired, Refused, Locked, or the ledger's errors.
    """
    _check_confirmed(draft, confirmation, door.ledger)
    step = _step(draft, step_index)
    _check_identities(draft, step, slot, door)
    _check_slot(draft, step_index, slot, door.ledger)
    attempts = door.ledger.attempts(draft.id, step_index)
    if attempts and not replace:
        return _same_again(attempts[-1], step, slot)
    _check_findings(draft, door.policy)
    if attempts:
        _check_replacement(attempts, slot, fees)
    else:
        _check_first(draft, step_index, slot, door, replace=replace)
    transaction = _transaction(step, slot, fees, door)
    signed = _sign(transaction, door)
    attempt = _attempt(draft, step_index, signed, door.now)
    door.ledger.record_signed(slot, attempt)
    return attempt


def _check_confirmed(draft: Draft, confirmation: Confirmation, ledger: Ledger) -> None:
    """The digest derived here is the draft's, the given confirmation's and the recorded one's."""
    derived = draft_digest(draft)
    if not _same(derived, draft.digest):
        raise WrongDigest("The draft is not what its digest says.", not_done=NOT_SIGNED, remedy="Ask again.")
    if confirmation.draft_id != draft.id or not _same(derived, confirmation.digest):
        raise WrongDigest("The confirmation is for something else.", not_done=NOT_SIGNED, remedy="Read the card again.")
    recorded = ledger.confirmation(draft.id)
    if recorded is None:
        raise NotConfirmed("This draft has not been confirmed.", not_done=NOT_SIGNED)
    if recorded.draft_id != draft.id or not _same(derived, recorded.digest):
        raise WrongDigest("Another confirmation is recorded for this draft.", not_done=NOT_SIGNED)
    if not draft.created_at <= recorded.confirmed_at < draft.expires_at:
        raise DraftExpired("It was not confirmed within the draft's time.", not_done=NOT_SIGNED, remedy="Ask again.")


def _same(one: Digest, other: Digest) -> bool:
    return len(one) == 32 and hmac.compare_digest(one, other)


def _check_findings(draft: Draft, policy: Policy) -> None:
    if not hmac.compare_digest(policy_hash(policy), draft.policy_hash):
        raise Refused("Your policy has changed since this was drafted.", not_done=NOT_SIGNED, remedy="Ask again.")
    for finding in draft.findings:
        if finding.verdict is Verdict.BLOCK:
            raise Refused(finding.message, not_done=NOT_SIGNED)
    if not all(step.simulated.succeeded for step in draft.steps):
        raise Refused("A step of this draft failed in the simulation.", not_done=NOT_SIGNED)


def _step(draft: Draft, index: int) -> DraftStep:
    if not 0 <= index < len(draft.steps):
        raise Refused("The draft has no such step.", not_done=NOT_SIGNED)
    return draft.steps[index]


def _check_identities(draft: Draft, step: DraftStep, slot: NonceSlot, door: Door) -> None:
    """One chain and one account, wherever they are named."""
    request = step.step.request
    chains = {request.chain_id, draft.chain_id, slot.chain_id, door.chain.chain_id, door.node.chain_id}
    if len(chains) != 1:
        raise Refused("The draft, the configuration and the node name different chains.", not_done=NOT_SIGNED)
    accounts = {request.sender, draft.account, slot.account, door.unlocked.account}
    if len(accounts) != 1 or not is_checksummed(draft.account):
        raise Refused("The draft is another account's than the one unlocked.", not_done=NOT_SIGNED)
    info = door.keystore.unlocked_info(door.unlocked)
    loopback = bool(door.node.rpc_urls) and all(is_loopback(url) for url in door.node.rpc_urls)
    check_key_may_sign(info.address, info.demo, door.chain, loopback=loopback)


def _check_slot(draft: Draft, step_index: int, slot: NonceSlot, ledger: Ledger) -> None:
    if (slot.draft_id, slot.step_index) != (draft.id, step_index) or ledger.slot(draft.id, step_index) != slot:
        raise Refused("This nonce does not belong to this step.", not_done=NOT_SIGNED)
    if slot.state in SETTLED:
        raise Refused("This step is settled already.", not_done=NOT_SIGNED, remedy="See: sayso tx.")


def _check_first(draft: Draft, step_index: int, slot: NonceSlot, door: Door, *, replace: bool) -> None:
    """The first signature of a slot: in time, in order, at a nonce that is neither used nor leaves a gap."""
    if replace or slot.state is not SlotState.RESERVED:
        raise Refused("The ledger lacks the bytes that this step was signed with.", not_done=NOT_SIGNED)
    if door.now >= draft.expires_at:
        raise DraftExpired("The draft ran out before this step was signed.", not_done=NOT_SIGNED, remedy="Ask again.")
    if door.now < draft.created_at:
        raise Refused("This computer's clock stands before the draft was made.", not_done=NOT_SIGNED)
    if not all(door.ledger.attempts(draft.id, earlier) for earlier in range(step_index)):
        raise Refused("An earlier step of this draft is not signed yet.", not_done=NOT_SIGNED)
    if slot.nonce < door.node.latest_nonce or slot.nonce != _next_nonce(draft, step_index, door):
        raise Refused(
            "The nonce is used already, or would leave a gap.",
            not_done=NOT_SIGNED,
            remedy="Another wallet may use this account, or the node lags: wait a little, then ask again.",
        )


def _next_nonce(draft: Draft, step_index: int, door: Door) -> int:
    """The one nonce that follows what the node has seen and the earlier steps that it has not seen yet."""
    slots = (door.ledger.slot(draft.id, earlier) for earlier in range(step_index))
    unseen = [slot for slot in slots if slot is not None and slot.nonce >= door.node.pending_nonce]
    return door.node.pending_nonce + len(unseen)


def _check_replacement(attempts: Sequence[SignedAttempt], slot: NonceSlot, fees: FeeQuote) -> None:
    """Each fee field at least 12.5% above the highest attempt so far (the ceiling is checked with the transaction)."""
    if slot.state is SlotState.INCLUDED:
        raise Refused("This step is in a block already.", not_done="It was not replaced.")
    fee = max(attempt.max_fee_per_gas for attempt in attempts)
    tip = max(attempt.max_priority_fee_per_gas for attempt in attempts)
    if fees.max_fee_per_gas < bumped(fee) or fees.max_priority_fee_per_gas < bumped(tip):
        raise Refused("A replacement must raise each fee by at least 12.5%.", not_done="It was not replaced.")


def _same_again(attempt: SignedAttempt, step: DraftStep, slot: NonceSlot) -> SignedAttempt:
    """The stored bytes, once more, after checking that they are this step's in this slot."""
    found = decode_signed(attempt.raw, chain_id=slot.chain_id)
    request, fields = step.step.request, found.unsigned
    stored = (found.hash, found.sender, fields.nonce, fields.to, fields.value, fields.data)
    if stored != (attempt.hash, slot.account, slot.nonce, request.to, request.value, request.data):
        raise Refused("The stored bytes are not this step's.", not_done="They were not used.")
    return attempt


def _transaction(step: DraftStep, slot: NonceSlot, fees: FeeQuote, door: Door) -> UnsignedTransaction:
    """The transaction of this step at these fees, through the gate."""
    ceiling, chosen = step.fees, fees
    over = chosen.max_fee_per_gas > ceiling.max_fee_per_gas
    if over or chosen.max_priority_fee_per_gas > ceiling.max_priority_fee_per_gas:
        raise Refused("The fee is above the ceiling that was confirmed.", not_done=NOT_SIGNED, remedy="Ask again.")
    limits = FeeLimits(ceiling.gas_limit, chosen.max_fee_per_gas, chosen.max_priority_fee_per_gas)
    transaction = unsigned(step.step.request, slot.nonce, limits, base_fee=door.chain.base_fee)
    check_form(transaction, chain_id=door.chain.chain_id, block_gas_limit=door.node.block_gas_limit)
    check_kind(transaction, base_fee=door.chain.base_fee)
    return transaction


def _sign(transaction: UnsignedTransaction, door: Door) -> SignedTransaction:
    """Signed, and decoded again: every field and the sender are compared with what was to be signed."""
    raw = door.keystore.sign_behind_the_door(door.unlocked, transaction)
    signed = decode_signed(raw, chain_id=door.chain.chain_id)
    if signed.unsigned != transaction or signed.sender != door.unlocked.account:
        raise Refused("The signed bytes are not what was to be signed.", not_done="They were thrown away.")
    return signed


def _attempt(draft: Draft, step_index: int, signed: SignedTransaction, now: int) -> SignedAttempt:
    fields = signed.unsigned
    return SignedAttempt(
        draft_id=draft.id,
        step_index=step_index,
        nonce=fields.nonce,
        hash=signed.hash,
        raw=signed.raw,
        max_fee_per_gas=Wei(fields.max_fee_per_gas),
        max_priority_fee_per_gas=Wei(fields.max_priority_fee_per_gas),
        signed_at=now,
    )


def is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine: localhost or a loopback address, written as such."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
