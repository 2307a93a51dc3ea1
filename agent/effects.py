"""What the simulation did, held against what was asked for. Anything else that leaves or is allowed is a difference."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from agent.amounts import amount_text
from chain.values import Address, AllowanceChange, Asset, AssetChange, Effect, EffectKind, Step, StepSimulation

Holding = tuple[Address, Address | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that a step would do and was not asked for, or was asked for and would not do."""

    kind: Literal["effects", "approvals", "ownership"]
    words: str


def compare(step: Step, simulated: StepSimulation, own: Collection[Address]) -> tuple[Difference, ...]:
    """All differences between a step's promise and its simulation; none means that it does what was asked.

    Stricter than a tolerance: at most the promised OUT leaves, at least the promised IN arrives, by one raw unit; no
    other asset of an own account gets less, and no allowance or owner changes that was not promised.
    """
    return (
        *_moved(step.promised, simulated.changes, own),
        *_allowed(step, simulated.allowances, own),
        *(Difference("ownership", f"The contract {a} gets a new owner.") for a in simulated.ownership_changes),
    )


def least_change(promised: Iterable[Effect], account: Address, asset: Address | None) -> int:
    """The least that a holding may change by, in raw units: what must arrive less what may leave."""
    change = 0
    for effect in promised:
        if (effect.account, effect.asset.address) == (account, asset):
            change += {EffectKind.IN: effect.amount, EffectKind.OUT: -effect.amount}.get(effect.kind, 0)
    return change


def _moved(
    promised: tuple[Effect, ...], changes: tuple[AssetChange, ...], own: Collection[Address]
) -> Iterable[Difference]:
    deltas: dict[Holding, int] = {(c.account, c.asset): 0 for c in changes}
    for change in changes:
        deltas[change.account, change.asset] += change.delta
    named = {(e.account, e.asset.address) for e in promised if e.kind is not EffectKind.ALLOWANCE}
    watched = dict.fromkeys([*sorted(named, key=str), *(key for key in deltas if key[0] in own)])
    assets = {e.asset.address: e.asset for e in promised}
    for account, asset in watched:
        least, found = least_change(promised, account, asset), deltas.get((account, asset), 0)
        if found < least:
            yield Difference("effects", _words(account, asset, assets.get(asset), least, found, own))


def _words(
    account: Address, address: Address | None, asset: Asset | None, least: int, found: int, own: Collection[Address]
) -> str:
    whose = "your account" if account in own else account
    if asset is None:
        what = "the native coin" if address is None else f"the token {address}"
        return f"{-found} raw units of {what} would leave {whose}, which was not asked for."
    if least > 0:
        got = f"{amount_text(found, asset)} would arrive" if found >= 0 else f"{amount_text(-found, asset)} would leave"
        return f"At least {amount_text(least, asset)} should arrive at {whose}, but {got}."
    return f"At most {amount_text(-least, asset)} should leave {whose}, but {amount_text(-found, asset)} would."


def _allowed(step: Step, changes: tuple[AllowanceChange, ...], own: Collection[Address]) -> Iterable[Difference]:
    promised = {
        (e.asset.address, e.account, e.counterparty): e.amount for e in step.promised if e.kind is EffectKind.ALLOWANCE
    }
    seen = set()
    for change in changes:
        key = (change.token, change.owner, change.spender)
        seen.add(key)
        if change.owner not in own or (not change.everything and promised.get(key) == change.amount):
            continue
        if key in promised or not _is_spending(change):
            yield Difference("approvals", _allowance_words(change))
    for effect in step.promised:
        if (
            effect.kind is EffectKind.ALLOWANCE
            and (effect.asset.address, effect.account, effect.counterparty) not in seen
        ):
            words = f"{effect.counterparty} should be allowed {amount_text(effect.amount, effect.asset)}, but is not."
            yield Difference("approvals", words)


def _is_spending(change: AllowanceChange) -> bool:
    """Whether an allowance only went down, as it does when it is used; some tokens log that."""
    return not change.everything and change.previous is not None and change.amount <= change.previous


def _allowance_words(change: AllowanceChange) -> str:
    if change.everything:
        return f"{change.spender} would be allowed everything of the token {change.token}."
    return f"{change.spender} would be allowed {change.amount} raw units of the token {change.token}."
