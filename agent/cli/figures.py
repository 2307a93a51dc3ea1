"""The figures that the language model is held to, as lines beside their bars."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what, the figure as it is shown, the bar as it is shown ('' where there is none), whether it is reached."""

    what: str
    value: str
    bar: str
    reached: bool
    note: str = ""


def recorded_figures() -> tuple[Figure, ...]:
    """All that is recorded with the program: the benchmarks and the calibration."""
    from nlp.benchmarks import record

    found = [(name, record.read_record(name)) for name in record.BARS]
    lines = [figure for name, runs in found if runs is not None for figure in benchmark_figures(name, runs)]
    return (*lines, *_calibration())


def benchmark_figures(name: str, runs: Mapping[str, Any]) -> tuple[Figure, ...]:
    """A data set's figures over its seeds: mean, spread, bar."""
    from nlp.benchmarks.record import lines_of

    return tuple(
        Figure(
            f"{line.benchmark}: {line.figure}",
            f"{line.value:.3f}" if line.value <= 1 else f"{line.value:.2f} ± {line.spread:.2f}",
            "" if line.bar is None else f"≥ {line.bar}",
            line.passes,
            f"{line.seeds} {'seed' if line.seeds == 1 else 'seeds'}",
        )
        for line in lines_of(name, runs)
    )


def figure_table(figures: Sequence[Figure]) -> list[str]:
    """One text of aligned lines; nothing where there are no figures."""
    if not figures:
        return []
    wide = max(len(figure.what) for figure in figures)
    rows = [
        f"{f.what:{wide}}  {f.value:>14}  {f.bar:>8}  {_judged(f)}{f'  ({f.note})' if f.note else ''}" for f in figures
    ]
    return ["\n".join(row.rstrip() for row in rows)]


def _judged(figure: Figure) -> str:
    if not figure.bar:
        return ""
    return "reached" if figure.reached else "short"


def _calibration() -> tuple[Figure, ...]:
    from nlp.benchmarks.calibrate import RESULT

    if not RESULT.is_file():
        return ()
    row = json.loads(RESULT.read_text(encoding="utf-8"))
    lines = f"{row['lines']} lines of {row['voices']} voices"
    error, rank = row["expected_calibration_error"], row["auroc"]
    return (
        Figure("validation voices: exact", f"{row['exact']:.3f}", "", True, lines),
        Figure("confidence: calibration error", f"{error:.3f}", "≤ 0.02", error <= 0.02, lines),
        Figure("confidence: AUROC against error", f"{rank:.3f}", "≥ 0.85", rank >= 0.85, lines),
    )
