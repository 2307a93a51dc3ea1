"""Form: the transaction is well made, does what its promise says, and pays nobody else. No policy lifts these."""

from agent.judge.case import Case, CaseStep, blocked, does_not_apply, passed
from chain.errors import Refused
from chain.transaction import UnsignedTransaction, check_form, check_kind, unsigned
from chain.values import Address, Effect, EffectKind, Finding


def check(case: Case) -> tuple[Finding, ...]:
    """All findings of form."""
    found = [_chain_id(case)]
    for index, step in enumerate(case.steps):
        found += [_form(case, index, step), _calldata(index, step), _receivers(case, index, step)]
    found.append(does_not_apply("form.nonce", "The nonce is taken and checked when it is signed."))
    return tuple(found)


def _chain_id(case: Case) -> Finding:
    """One chain id in every step, the configuration, and what the node says now."""
    ids: set[int] = {step.drafted.step.request.chain_id for step in case.steps}
    ids |= {case.scene.chain_id, case.evidence.node_chain_id}
    if len(ids) == 1:
        return passed("form.chain_id", f"Everything names chain {case.scene.chain_id}.")
    return blocked("form.chain_id", "The draft, the configuration and the node name different chains.", refuse=True)


def _form(case: Case, index: int, step: CaseStep) -> Finding:
    """The signer's own gate, with a nonce of 0: type, create, chain id, gas, fees, checksums."""
    base_fee = case.scene.client.entry.base_fee
    request, fees = step.drafted.step.request, step.drafted.fees
    transaction = unsigned(request, 0, fees, base_fee=base_fee)
    try:
        _gate(case, transaction, base_fee)
    except Refused as refused:
        return blocked("form.transaction", refused.happened, index, refuse=True)
    if request.sender != case.scene.account:
        return blocked("form.transaction", "The step is another account's.", index, refuse=True)
    return passed("form.transaction", "The transaction is well formed.", index, {"gas_limit": str(fees.gas_limit)})


def _gate(case: Case, transaction: UnsignedTransaction, base_fee: bool) -> None:
    check_form(transaction, chain_id=case.scene.chain_id, block_gas_limit=case.evidence.head.gas_limit)
    check_kind(transaction, base_fee=base_fee)


def _calldata(index: int, step: CaseStep) -> Finding:
    """The bytes decode, re-encode to themselves, and say what the promise says."""
    decoded = step.decoded
    if decoded.kind == "unknown" or decoded.faults:
        return blocked("form.calldata", " ".join(decoded.faults) or "The call is not understood.", index, refuse=True)
    if not _keeps_promise(step):
        return blocked("form.calldata", "The bytes do something else than what was asked.", index, refuse=True)
    return passed("form.calldata", "The bytes say exactly what was asked.", index, {"call": decoded.words})


def _keeps_promise(step: CaseStep) -> bool:
    by_kind = {effect.kind: effect for effect in step.promised if effect.account == step.drafted.step.request.sender}
    out, into = by_kind.get(EffectKind.OUT), by_kind.get(EffectKind.IN)
    allows = by_kind.get(EffectKind.ALLOWANCE)
    decoded, contract = step.decoded, step.drafted.step.request.to
    if decoded.kind == "approve":
        return _is(allows, decoded.token, decoded.amount, decoded.spender) and not (out or into)
    if decoded.kind in ("native", "transfer"):
        return _is(out, decoded.token, decoded.amount, decoded.recipient) and not (allows or into)
    if decoded.kind == "trade" and decoded.trade:
        trade = decoded.trade
        return _is(out, trade.token_in, trade.amount_in, contract) and _is(
            into, trade.token_out, trade.amount_out, None
        )
    pair = (None, contract) if decoded.kind == "wrap" else (contract, None)
    return _is(out, pair[0], decoded.amount, contract) and _is(into, pair[1], decoded.amount, contract)


def _is(effect: Effect | None, token: Address | None, amount: int | None, other: Address | None) -> bool:
    return effect is not None and (effect.asset.address, effect.amount, effect.counterparty) == (token, amount, other)


def _receivers(case: Case, index: int, step: CaseStep) -> Finding:
    """Everybody whom a protocol call pays is the account itself; another own account is none either."""
    others = [address for address in step.decoded.receivers if address != case.scene.account]
    if others:
        text = f"The call would pay {', '.join(others)}, not your account."
        return blocked("form.receiver", text, index, refuse=True)
    return passed("form.receiver", "Nobody but the one who was named is paid.", index)
