"""The risk checks: each answers pass, warn, block, unknown or n/a, by the decoded bytes and the simulation."""

from fractions import Fraction

from agent.amounts import price_text
from agent.judge import approvals, form, recipient, simulation, trade, value
from agent.judge.case import Case, CaseStep, Evidence, blocked, passed
from agent.judge.evidence import gather_evidence
from chain.values import Finding, Verdict

__all__ = ["Case", "CaseStep", "Evidence", "gather_evidence", "judge"]

ROOMS = (form, recipient, value, approvals, trade, simulation)


def judge(case: Case) -> tuple[Finding, ...]:
    """All findings on a draft, in a fixed order. Reckons only; everything was read before. Raises SayDifferently for a
    policy whose sums cannot be read."""
    found = tuple(finding for room in ROOMS for finding in room.check(case))
    return (*found, _unknown_rule(case, found))


def _unknown_rule(case: Case, found: tuple[Finding, ...]) -> Finding:
    """What could not be checked blocks above a value that the policy sets; so it does where the value is not known."""
    open_checks = [finding.check for finding in found if finding.verdict is Verdict.UNKNOWN]
    if not open_checks:
        return passed("policy.unknown", "Every check that applies was made.")
    most, worth = case.fiat_in_usd(case.scene.policy.unknown_blocks_above), _worth(case)
    names = ", ".join(dict.fromkeys(open_checks))
    if most is None or worth is None or worth > most:
        size = "of unknown worth" if worth is None else f"worth {price_text(worth, 'USD')}"
        text = f"Not everything could be checked ({names}), and this is {size}: more than {case.scene.policy.unknown_blocks_above}."
        return blocked("policy.unknown", text)
    return passed(
        "policy.unknown", f"Not checked, but small enough for your policy: {names}.", facts={"unchecked": names}
    )


def _worth(case: Case) -> Fraction | None:
    total = Fraction(0)
    for asset, raw in case.outgoing():
        worth = case.usd(asset, raw)
        if worth is None:
            return None
        total += worth
    return total
