"""Parsing one sentence, beside the bare encoder of the model on the same sentence."""

from agent.understand import load_parser
from nlp.benchmarks.speed import SENTENCES, Pace, pace, parsing_memory
from tests.bench.figures import Figure, Rounds

RATIO, P50, P95, BATCH, MEMORY = 0.4, 2.5, 5.0, 1200.0, 350.0


def figures(rounds: Rounds) -> list[Figure]:
    """Parsing alone, against the encoder, many at once, and what a process of it holds."""
    found = pace(load_parser(), rounds.parses)
    over = f"{len(SENTENCES)} sentences, {found.rounds} times each"
    return [
        Figure("parse one sentence, p50", found.p50, "ms", P50, note=over),
        Figure("parse one sentence, p95", found.p95, "ms", P95, note=over),
        _ratio("parse against the bare encoder, p50", found.p50, found.bare_p50),
        _ratio("parse against the bare encoder, p95", found.p95, found.bare_p95),
        Figure("parse against the bare encoder, fastest runs", found.quiet, "ratio", RATIO, note=over),
        *_at_large(found),
    ]


def _at_large(found: Pace) -> list[Figure]:
    return [
        Figure("parse many at once", found.batch_per_second, "a second", BATCH, side="at least"),
        Figure("memory of a parsing process", parsing_memory(), "MB", MEMORY),
    ]


def _ratio(name: str, ours: float, bare: float) -> Figure:
    return Figure(name, ours / bare, "ratio", RATIO, note=f"{ours:.1f} ms against {bare:.1f} ms")
