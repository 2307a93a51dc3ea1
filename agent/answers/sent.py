"""The transactions that were signed here, as far as they are an account's own: what they did, and where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.answers.called import asset_at, name_of, units, unlimited
from agent.answers.looking import Holder
from agent.drafts import THROUGH
from agent.render.amounts import amount
from agent.render.outcome import STATUS, differences
from agent.session import Session
from agent.signed import signed_drafts
from chain.values import Address, Draft, Effect, EffectKind, StepOutcome


@dataclass(frozen=True, slots=True)
class Sent:
    """One step that was signed. `at` is when, in Unix seconds."""

    draft: Draft
    outcome: StepOutcome
    at: int

    @property
    def intent(self) -> str:
        """What it was for."""
        return self.draft.steps[self.outcome.step_index].step.intent

    @property
    def promised(self) -> tuple[Effect, ...]:
        """What it was to do to the account."""
        effects = self.draft.steps[self.outcome.step_index].step.promised
        return tuple(effect for effect in effects if effect.account == self.draft.account)


def sent_by(session: Session, who: Holder, since: int, coins: Sequence[Address | None], most: int) -> tuple[Sent, ...]:
    """The steps of an account that were signed since a time on this chain, the newest first; of some coins where they are named.

    Those drafts that were signed last are read first, until there are more than `most` steps.
    """
    found: list[Sent] = []
    for draft_id in signed_drafts(session.store):
        if len(found) > most:
            break
        found += [one for one in _of_draft(session, who, draft_id) if one.at >= since and _concerns(one, coins)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _of_draft(session: Session, who: Holder, draft_id: str) -> Iterable[Sent]:
    record = session.drafts.record(draft_id)
    draft, outcome = record.draft, record.outcome
    if outcome is None or draft.account != who.address or draft.chain_id != session.client.chain_id:
        return ()
    return [Sent(draft, step, _signed_at(session, draft_id, step)) for step in reversed(outcome.steps) if step.hash]


def sent_words(session: Session, sent: Sent) -> str:
    """'swap: gave 1 ETH, got 2490 USDC; included and final'."""
    did = list(_seen(session, sent) if sent.outcome.status in THROUGH else _asked(session, sent))
    what = f"{sent.intent.replace('_', ' ')}: {', '.join(did)}" if did else sent.intent.replace("_", " ")
    return f"{what}; {STATUS[sent.outcome.status]}"


def sent_notes(sent: Sent) -> tuple[str, ...]:
    """Where it did other than was promised, and which draft it was."""
    lines = tuple(f"NOT AS PROMISED: {words}" for words in differences(sent.draft, sent.outcome))
    return (*lines, f"draft {sent.draft.id}")


def _signed_at(session: Session, draft_id: str, step: StepOutcome) -> int:
    times = [a.signed_at for a in session.ledger.attempts(draft_id, step.step_index) if a.hash == step.hash]
    return max(times, default=0)


def _concerns(sent: Sent, coins: Sequence[Address | None]) -> bool:
    assets = {effect.asset.address for effect in sent.promised} | {c.asset for c in sent.outcome.changes}
    return not coins or any(coin in assets for coin in coins)


def _seen(session: Session, sent: Sent) -> Iterable[str]:
    """What its receipt shows of the account."""
    own = sent.draft.account
    to = {e.asset.address: e.counterparty for e in sent.promised if e.kind is EffectKind.OUT and e.counterparty}
    for change in sorted(sent.outcome.changes, key=lambda change: change.delta):
        if change.account == own and change.delta:
            verb = "got" if change.delta > 0 else "gave"
            whom = f" to {name_of(session, to[change.asset])}" if change.delta < 0 and change.asset in to else ""
            yield f"{verb} {units(session, change.asset, abs(change.delta))}{whom}"
    for allowed in sent.outcome.allowances:
        if allowed.owner == own:
            yield _allowed(session, allowed.token, allowed.spender, allowed.amount)


def _asked(session: Session, sent: Sent) -> Iterable[str]:
    """What it was to do, where nothing is seen of it."""
    for effect in sent.promised:
        if effect.kind is EffectKind.ALLOWANCE and effect.counterparty and effect.asset.address:
            yield "to " + _allowed(session, effect.asset.address, effect.counterparty, effect.amount)
        elif effect.kind is EffectKind.OUT:
            whom = f" to {name_of(session, effect.counterparty)}" if effect.counterparty else ""
            yield f"was to give {amount(effect.amount, effect.asset)}{whom}"
        elif effect.kind is EffectKind.IN:
            yield f"was to get at least {amount(effect.amount, effect.asset)}"


def _allowed(session: Session, token: Address, spender: Address, raw: int) -> str:
    asset = asset_at(session, token)
    coin = asset.symbol if asset.listed else f"the unlisted token {token}"
    much = f"any amount of {coin}" if unlimited(raw) else units(session, token, raw)
    whom = name_of(session, spender)
    return f"let {whom} spend {much}" if raw else f"let {whom} spend no more {coin}"
