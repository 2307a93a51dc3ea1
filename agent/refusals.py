"""The errors of a draft that its checks forbid: with every finding, for whoever wants to show more than the words."""

from collections.abc import Sequence

from chain.errors import InsufficientFunds, Refused, SimulationReverts
from chain.values import Finding, Verdict

NOT_DRAFTED = "Nothing was drafted."


class ChecksRefuse(Refused):
    """At least one check forbids. `findings` are all of them, what passed included."""

    def __init__(self, findings: Sequence[Finding], not_done: str = NOT_DRAFTED) -> None:
        self.findings = tuple(findings)
        blocks = [finding.message for finding in _causes(findings)]
        super().__init__(" ".join(dict.fromkeys(blocks)), not_done=not_done, remedy=_remedy(findings))


class SimulationRefuses(ChecksRefuse, SimulationReverts):
    """Only the simulation forbids: it reverts, or does other than was asked."""


class FundsRefuse(ChecksRefuse, InsufficientFunds):
    """The account cannot pay for it all."""


def refuse_blocked(findings: Sequence[Finding], not_done: str = NOT_DRAFTED) -> None:
    """Raise the error that the blocking findings call for; nothing where none blocks."""
    blocks = [finding.check for finding in _causes(findings)]
    if not blocks:
        return
    if "value.balance" in blocks:
        raise FundsRefuse(findings, not_done)
    if all(check.startswith("simulation.") for check in blocks):
        raise SimulationRefuses(findings, not_done)
    raise ChecksRefuse(findings, not_done)


def _causes(findings: Sequence[Finding]) -> list[Finding]:
    """The blocks that are told: where the simulation goes wrong, what a trade would come to only follows from it."""
    blocks = [finding for finding in findings if finding.verdict is Verdict.BLOCK]
    if not any(finding.check.startswith("simulation.") for finding in blocks):
        return blocks
    return [f for f in blocks if not f.check.startswith("trade.") and f.check != "policy.unknown"]


def _remedy(findings: Sequence[Finding]) -> str:
    blocks = {finding.check for finding in _causes(findings)}
    if "recipient.lookalike" in blocks:
        return "If it is right, lift it for this one address, typed whole: sayso policy set --lift ADDRESS."
    if any(check.startswith("limits.") or check == "policy.unknown" for check in blocks):
        return "Ask for less, or see 'sayso policy show'."
    return "Check what you asked for."
