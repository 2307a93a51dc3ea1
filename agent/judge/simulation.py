"""Simulation: it runs, does what was asked, and allows nothing else. No policy lifts these."""

from agent.effects import compare
from agent.judge.case import Case, CaseStep, blocked, passed, unknown
from chain.simulate import FULL, NOT_STACKED
from chain.values import Finding


def check(case: Case) -> tuple[Finding, ...]:
    """All findings about the simulation."""
    number = case.simulation.block_number
    found = [passed("simulation.age", f"Simulated at block {number}, and again before it is signed.")]
    for index, step in enumerate(case.steps):
        found.append(_runs(index, step))
        if step.drafted.simulated.succeeded:
            found += _does_what_was_asked(case, index, step)
    return tuple(found)


def _runs(index: int, step: CaseStep) -> Finding:
    simulated = step.drafted.simulated
    if simulated.succeeded:
        return passed("simulation.runs", "It runs.", index, {"gas_used": str(simulated.gas_used)})
    if simulated.revert_reason == NOT_STACKED:
        text = "This node cannot simulate one step on another: ask for one thing at a time."
        return blocked("simulation.runs", text, index, refuse=True)
    return blocked("simulation.runs", f"It would fail: {simulated.revert_reason[:300]!a}.", index, refuse=True)


def _does_what_was_asked(case: Case, index: int, step: CaseStep) -> list[Finding]:
    if case.simulation.method != FULL:
        text = "This node cannot show what would move."
        return [unknown(f"simulation.{kind}", text, index) for kind in ("effects", "approvals")]
    differences = compare(step.drafted.step, step.drafted.simulated, case.scene.held)
    moved = [d.words for d in differences if d.kind == "effects"]
    bound = [d.words for d in differences if d.kind != "effects"]
    return [
        blocked("simulation.effects", " ".join(moved), index, refuse=True)
        if moved
        else passed("simulation.effects", "It moves what was asked, and nothing else.", index),
        blocked("simulation.approvals", " ".join(bound), index, refuse=True)
        if bound
        else passed("simulation.approvals", "It allows nothing that was not asked for.", index),
    ]
