"""What became of a draft, as data and as words: the effects that the receipts show beside those that were promised."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from agent.carried import numbered
from agent.drafts import THROUGH
from agent.effects import compare
from agent.render.agree import assets_of
from agent.render.amounts import amount, amount_data
from chain.values import (
    Address,
    Asset,
    AssetChange,
    Draft,
    DraftStep,
    Outcome,
    StepOutcome,
    StepSimulation,
)
from contracts.registry import Registry

STATUS = {
    "done": "done",
    "partly_done": "partly done",
    "sent": "sent, and not waited for",
    "not_sent": "not sent",
    "reverted": "failed on chain; its fee was paid",
    "unknown": "signed, and not seen on chain yet: it may still happen",
    "included": "included, not final yet",
    "final": "included and final",
}

Assets = Mapping[Address | None, Asset]


def outcome_data(registry: Registry, draft: Draft, outcome: Outcome) -> dict[str, Any]:
    """The outcome as JSON: per step hash, status, block, fee and effects, amounts in raw units as strings."""
    assets = assets_of(registry, draft)
    steps = [_step_data(registry, draft, assets, step) for step in outcome.steps]
    return {"draft": draft.id, "status": outcome.status, "steps": steps}


def outcome_text(registry: Registry, draft: Draft, outcome: Outcome) -> str:
    """The outcome in words, a few lines a step."""
    assets = assets_of(registry, draft)
    lines = [f"draft {draft.id}: {whole_words(outcome)}"]
    for step in outcome.steps:
        lines += ["", *_step_lines(registry, draft, assets, step)]
    return "\n".join(lines)


def whole_words(outcome: Outcome) -> str:
    """The whole in words; where it is only partly through, step by step: 'partly done: step 1 of 2; not sent: step 2'."""
    count, through = len(outcome.steps), [s for s in outcome.steps if s.status in THROUGH]
    if not through or len(through) == count:
        return STATUS[outcome.status]
    rest = [s for s in outcome.steps if s not in through]
    each = dict.fromkeys(s.status for s in rest)
    told = (f"{STATUS[status]}: {numbered([s for s in rest if s.status == status])}" for status in each)
    return "; ".join((f"partly done: {numbered(through)} of {count}", *told))


def still_unsigned(draft: Draft, outcome: Outcome) -> str:
    """How to go on with the steps that were not signed as the ones before were not waited for; '' where there are none."""
    left = [step for step in outcome.steps if step.status == "not_sent" and not step.hash]
    if outcome.status != "sent" or not left:
        return ""
    return (
        f"Not signed yet: {numbered(left)}, until the step before is included. Confirm again to go on, "
        f"before the draft runs out: sayso confirm {draft.id} --digest 0x{draft.digest.hex()}"
    )


def differences(draft: Draft, step: StepOutcome) -> tuple[str, ...]:
    """In words, where what the receipt shows of the own account is not what was promised; nothing for what is not through.

    What the native coin did is left out where it was not seen.
    """
    if step.status not in THROUGH:
        return ()
    promised, changes = draft.steps[step.step_index].step, step.changes
    if not step.native_seen:
        promised = replace(promised, promised=tuple(e for e in promised.promised if e.asset.address is not None))
        changes = tuple(change for change in changes if change.asset is not None)
    seen = StepSimulation(True, step.gas_used or 0, changes)
    return tuple(d.words for d in compare(promised, seen, (draft.account,)) if d.kind == "effects")


def _step_data(registry: Registry, draft: Draft, assets: Assets, step: StepOutcome) -> dict[str, Any]:
    native, item = assets[None], draft.steps[step.step_index]
    return {
        "step": step.step_index,
        "intent": item.step.intent,
        "hash": step.hash or None,
        "status": step.status,
        "block": step.block_number,
        "block_hash": step.block_hash or None,
        "gas_used": step.gas_used,
        "fee": amount_data(step.fee_paid, native) if step.fee_paid is not None else None,
        "effects": [_change_data(registry, draft, assets, change) for change in step.changes],
        "native_seen": step.native_seen,
        "promised": _promised_data(item),
        "differences": list(differences(draft, step)),
    }


def _change_data(registry: Registry, draft: Draft, assets: Assets, change: AssetChange) -> dict[str, Any]:
    asset = _asset(registry, draft, assets, change.asset)
    kind = "in" if change.delta >= 0 else "out"
    return {"kind": kind, "account": change.account, **amount_data(abs(change.delta), asset)}


def _promised_data(item: DraftStep) -> list[dict[str, Any]]:
    return [
        {
            "kind": effect.kind.value,
            "account": effect.account,
            "counterparty": effect.counterparty,
            **amount_data(effect.amount, effect.asset),
        }
        for effect in item.step.promised
    ]


def _step_lines(registry: Registry, draft: Draft, assets: Assets, step: StepOutcome) -> list[str]:
    lines = [f"step {step.step_index + 1}  {STATUS[step.status]}"]
    if step.hash:
        lines.append(f"  hash     {step.hash}")
    if step.block_number is not None:
        lines.append(f"  block    {step.block_number}")
    if step.fee_paid is not None:
        lines.append(f"  fee      {amount(step.fee_paid, assets[None])}")
    promised = draft.steps[step.step_index].step.promised
    concerned = {draft.account, *(effect.account for effect in promised)}
    for change in sorted(step.changes, key=lambda change: change.account != draft.account):
        if change.account in concerned:
            asset = _asset(registry, draft, assets, change.asset)
            who = "you" if change.account == draft.account else change.account
            verb = "got" if change.delta >= 0 else "gave"
            lines.append(f"  {verb:<8} {amount(abs(change.delta), asset)}  {who}")
    for allowed in step.allowances:
        if allowed.owner == draft.account:
            asset = _asset(registry, draft, assets, allowed.token)
            lines.append(f"  allowed  {amount(allowed.amount, asset)}  {allowed.spender}")
    if step.status in THROUGH and not step.native_seen:
        symbol = assets[None].symbol
        lines.append(
            f"  not seen  what {symbol} moved: the block holds other transactions of yours, or cannot be asked"
        )
    return lines + [f"  NOT AS PROMISED: {words}" for words in differences(draft, step)]


def _asset(registry: Registry, draft: Draft, assets: Assets, address: Address | None) -> Asset:
    """The coin as the draft or the registry knows it; else in raw units, by its address."""
    if address in assets:
        return assets[address]
    entry = registry.token_at(draft.chain_id, str(address))
    if entry is not None:
        return Asset(draft.chain_id, address, entry.symbol, entry.decimals)
    return Asset(draft.chain_id, address, "", 0, listed=False)
