"""The answers of the risk checks as lines of a card. Not checked is not safe: unknown stands with the warnings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chain.values import Finding, Verdict

Tone = Literal["plain", "out", "in", "good", "warn", "bad", "unknown", "dim"]
WORDS: dict[Verdict, tuple[str, Tone]] = {
    Verdict.BLOCK: ("BLOCK", "bad"),
    Verdict.UNKNOWN: ("UNKNOWN", "unknown"),
    Verdict.WARN: ("WARN", "warn"),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding that must be read. `word` is its verdict."""

    word: str
    text: str
    tone: Tone


def finding_lines(findings: Sequence[Finding], *, many: bool) -> tuple[tuple[FindingLine, ...], str]:
    """The findings to be read, the gravest first, and one sentence on the others. `many`: steps are numbered."""
    alike: dict[Finding, list[int]] = {}
    for finding in (finding for verdict in WORDS for finding in findings if finding.verdict is verdict):
        steps = alike.setdefault(replace(finding, check="", step=None, facts=()), [])
        steps += [finding.step + 1] if finding.step is not None else []
    return tuple(_line(finding, steps if many else []) for finding, steps in alike.items()), _rest(findings)


def _line(finding: Finding, steps: Sequence[int]) -> FindingLine:
    """What is found alike at several steps is told once."""
    word, tone = WORDS[finding.verdict]
    numbers = ", ".join(map(str, dict.fromkeys(steps)))
    where = f"step{'s' if ',' in numbers else ''} {numbers}: " if numbers else ""
    no_lift = " No policy lifts this." if finding.refuse and finding.verdict is Verdict.BLOCK else ""
    ack = f' Acknowledge with the word "{finding.ack}".' if finding.ack else ""
    return FindingLine(word, f"{where}{finding.message}{no_lift}{ack}", tone)


def _rest(findings: Sequence[Finding]) -> str:
    counts = {v: sum(finding.verdict is v for finding in findings) for v in Verdict}
    parts = [(Verdict.PASS, "passed"), (Verdict.NOT_APPLICABLE, "not applicable")]
    unknown = counts[Verdict.UNKNOWN]
    words = [f"{counts[verdict]} {word}" for verdict, word in parts if counts[verdict]]
    words += [f"{unknown} could not be made"] if unknown else []
    return ", ".join(words) or "none was made"
