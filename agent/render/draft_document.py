"""A draft as JSON: amounts in raw units as strings, decimals and symbol beside them."""

from typing import Any

from agent.render.agree import assets_of, decoded_steps
from agent.render.amounts import amount_data
from agent.render.card import digest_text
from chain.decode import DecodedCall
from chain.values import Draft, DraftStep, Effect, EffectKind, Finding
from contracts.registry import Registry

BOUNDS = {EffectKind.OUT: "at_most", EffectKind.IN: "at_least", EffectKind.ALLOWANCE: "exactly"}


def draft_document(registry: Registry, draft: Draft) -> dict[str, Any]:
    """Everything that the card shows. Raises BytesDisagree where the bytes are not what the draft promises."""
    calls = decoded_steps(registry, draft)
    native = assets_of(registry, draft)[None]
    ceiling = sum(item.fees.ceiling for item in draft.steps)
    return {
        "id": draft.id,
        "digest": digest_text(draft.digest),
        "account": draft.account,
        "chain_id": draft.chain_id,
        "words": draft.words,
        "steps": [_step(i, item, call) for i, (item, call) in enumerate(zip(draft.steps, calls, strict=True))],
        "effects": [effect_data(e, i) for i, item in enumerate(draft.steps) for e in item.step.promised],
        "findings": [finding_data(finding) for finding in draft.findings],
        "acks": list(draft.acks),
        "fee": amount_data(ceiling, native) | {"bound": "at_most"},
        "prices": [{"symbol": s, "price": text, "age": age, "source": source} for s, text, age, source in draft.prices],
        "block": {"number": draft.block_number, "hash": draft.block_hash},
        "simulation": draft.simulation_method,
        "created_at": draft.created_at,
        "expires_at": draft.expires_at,
    }


def effect_data(effect: Effect, step: int) -> dict[str, Any]:
    """One promised effect."""
    return {
        "step": step,
        "kind": effect.kind.value,
        "bound": BOUNDS[effect.kind],
        **amount_data(effect.amount, effect.asset),
        "account": effect.account,
        "counterparty": effect.counterparty,
    }


def _step(index: int, item: DraftStep, call: DecodedCall) -> dict[str, Any]:
    request, fees = item.step.request, item.fees
    return {
        "index": index,
        "intent": item.step.intent,
        "words": call.words,
        "to": request.to,
        "contract": call.contract,
        "function": call.function,
        "value": str(request.value),
        "data": "0x" + request.data.hex(),
        "gas_limit": fees.gas_limit,
        "max_fee_per_gas": str(fees.max_fee_per_gas),
        "max_priority_fee_per_gas": str(fees.max_priority_fee_per_gas),
        "fee_ceiling": str(fees.ceiling),
        "simulated": {
            "succeeded": item.simulated.succeeded,
            "gas_used": item.simulated.gas_used,
            "revert_reason": item.simulated.revert_reason,
        },
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """The answer of one check."""
    return {
        "check": finding.check,
        "verdict": finding.verdict.value,
        "message": finding.message,
        "step": finding.step,
        "refuse": finding.refuse,
        "ack": finding.ack,
        "facts": dict(finding.facts),
    }
