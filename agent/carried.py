"""What became of a confirmed draft, and why it is not all done: told so that the exit code says it, too."""

from dataclasses import dataclass

from agent.drafts import THROUGH
from chain.errors import DraftExpired, NotConfirmed, OutcomeUnknown, Reverted, SaysoError
from chain.values import Outcome, StepOutcome


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of a confirmed draft. `problem` says why it is not all done; None where it is, or was sent unwaited."""

    outcome: Outcome
    problem: SaysoError | None = None

    @property
    def exit_code(self) -> int:
        """The outcome's exit code, the same each time it is reported."""
        return self.problem.exit_code if self.problem else 0


def problem_of(outcome: Outcome, *, may_go_on: bool = False) -> SaysoError | None:
    """Why an outcome is not all done; None where it is done, or sent and not waited for.

    `may_go_on`: what is not signed yet can still be signed, by confirming again in time.
    """
    if outcome.status in ("done", "sent"):
        return None
    if outcome.status in ("unknown", "reverted"):
        step = next(s for s in outcome.steps if s.status == outcome.status)
        return _unknown(outcome, step) if outcome.status == "unknown" else _reverted(outcome, step)
    step = next(s for s in outcome.steps if s.status == "not_sent")
    number, others = step.step_index + 1, _others(outcome, step)
    if step.hash:
        return NotConfirmed(
            f"Step {number} did not happen: another transaction took its place.", not_done=others, remedy="Ask again."
        )
    if may_go_on:
        return NotConfirmed(
            f"Step {number} is confirmed, and not signed yet.",
            not_done=f"It was not sent. {others}".strip(),
            remedy=f"Confirm the same draft again to go on, before it runs out: sayso confirm {outcome.draft_id}.",
        )
    return DraftExpired(
        f"Step {number} was confirmed, and the draft ran out before it was signed.",
        not_done=f"It was not sent. {others}".strip(),
        remedy="Ask again.",
    )


def _unknown(outcome: Outcome, step: StepOutcome) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Step {step.step_index + 1} is signed, and the chain does not show it yet: it may still happen.",
        not_done=_others(outcome, step),
        remedy=f"Confirm the same draft again to pursue it, or see: sayso tx {outcome.draft_id}. Do not ask for the same anew.",
    )


def _reverted(outcome: Outcome, step: StepOutcome) -> Reverted:
    return Reverted(
        f"Step {step.step_index + 1} was included and failed on chain; its fee was paid.",
        not_done=_others(outcome, step),
        remedy=f"See: sayso tx {step.hash}.",
    )


def _others(outcome: Outcome, told: StepOutcome) -> str:
    """What is told of the other steps: what happened, what is out, and what was not sent."""
    groups = (
        ("Included", [s for s in outcome.steps if s.status in THROUGH]),
        ("Sent", [s for s in outcome.steps if s.status == "sent"]),
        ("Failed", [s for s in outcome.steps if s.status == "reverted"]),
        ("Not sent", [s for s in outcome.steps if s.status == "not_sent"]),
    )
    return " ".join(f"{name}: {numbered(rest)}." for name, steps in groups if (rest := [s for s in steps if s != told]))


def numbered(steps: list[StepOutcome]) -> str:
    """'step 1' or 'steps 1, 3'."""
    return f"step{'s' if len(steps) > 1 else ''} {', '.join(str(s.step_index + 1) for s in steps)}"
