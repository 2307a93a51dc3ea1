"""Approvals: who may take what, by the decoded bytes."""

from agent.amounts import amount_text
from agent.judge.case import Case, CaseStep, blocked, does_not_apply, passed, unknown, warned
from agent.judge.leaving import is_router
from chain.values import UNLIMITED, Address, Finding

NEVER_COUNTED_DOWN = 2**96 - 1
UNLIMITED_ACK = "unlimited"
SPENDER_ACK = "spender"
NO_APPROVAL = "Nothing is approved."


def check(case: Case) -> tuple[Finding, ...]:
    """All findings about approvals."""
    found = []
    for index, step in enumerate(case.steps):
        if step.decoded.kind == "approve" and step.decoded.spender:
            found += _approval(case, index, step, step.decoded.spender)
    slugs = ("approval.spender", "approval.amount")
    return (
        *(found or [does_not_apply(slug, NO_APPROVAL) for slug in slugs]),
        does_not_apply("approval.for_all", "Nothing here approves all of a collection."),
        does_not_apply("approval.permit", "Nothing here is a signed permit."),
    )


def _approval(case: Case, index: int, step: CaseStep, spender: Address) -> list[Finding]:
    return [_spender(case, index, step, spender), _amount(case, index, step, spender)]


def _spender(case: Case, index: int, step: CaseStep, spender: Address) -> Finding:
    """An account or a token is no spender; a contract that is not known takes an acknowledgement.

    An account that delegates to a contract (EIP-7702) is one still: its key takes what its code may. Taking an allowance back (to zero) is fine whoever had it.
    """
    if step.decoded.amount == 0:
        return passed("approval.spender", f"{spender} may spend nothing after this.", index)
    entry = case.scene.client.registry.contract_at(case.scene.chain_id, spender)
    if entry is not None and is_router(case.scene.client.registry, case.scene.chain_id, spender):
        return passed("approval.spender", f"{spender} is {entry.name}.", index, {"contract": entry.name})
    if entry is not None:
        return blocked("approval.spender", f"{spender} is {entry.name}, which spends nothing for you.", index)
    if case.evidence.delegates(spender):
        text = f"{spender} is an account, though it runs a contract's code: no account may be allowed to take tokens."
        return blocked("approval.spender", text, index)
    if not case.evidence.code(spender):
        return blocked("approval.spender", f"{spender} has no code: no account may be allowed to take tokens.", index)
    if case.scene.client.registry.token_at(case.scene.chain_id, spender):
        return blocked("approval.spender", f"{spender} is a token's contract, and spends nothing.", index)
    text = f"{spender} is no protocol that is known: it could take the tokens at any time."
    return warned("approval.spender", text, index, ack=SPENDER_ACK)


def _amount(case: Case, index: int, step: CaseStep, spender: Address) -> Finding:
    """Unlimited only where the words said so, and then with an acknowledgement.

    As unlimited counts what is all there is of the token, or 2^96 - 1 and more, which some tokens never count down.
    """
    amount = amount_text(step.promised[0].amount, step.promised[0].asset)
    raw, token = step.decoded.amount or 0, step.decoded.token
    supply = case.evidence.supplies.get(token) if token else None
    if raw == UNLIMITED and not step.unlimited_said:
        return blocked("approval.amount", "An unlimited allowance was not asked for.", index, refuse=True)
    if raw >= NEVER_COUNTED_DOWN or (raw and supply is not None and raw >= supply):
        text = f"{spender} may spend all of this token that you ever have."
        return warned("approval.amount", text, index, ack=UNLIMITED_ACK)
    if raw and supply is None:
        return unknown("approval.amount", f"Whether {amount} is all there is of this token cannot be read.", index)
    return passed("approval.amount", f"{spender} may spend exactly {amount}.", index)
