"""The figures that the language model is held to, as lines beside their bars."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nlp.benchmarks.record import Line
    from nlp.model.evaluate import Row
    from nlp.parser import Parser


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what, the figure as it is shown, the bar as it is shown ('' where there is none), whether it is reached."""

    what: str
    value: str
    bar: str
    reached: bool
    note: str = ""


def gold_figures(row: "Row") -> tuple[Figure, ...]:
    """The development set's two bars."""
    lines = f"{row.lines} lines"
    return (
        Figure("development set: exact", f"{row.exact:.3f}", "≥ 0.97", row.exact >= 0.97, lines),
        Figure("development set: unsafe", str(row.unsafe), "0", row.unsafe == 0, lines),
    )


def recorded_figures() -> tuple[Figure, ...]:
    """All that is recorded with the program: the benchmarks and the calibration."""
    from nlp.benchmarks import record

    found = [(name, record.read_record(name)) for name in record.BARS]
    lines = [figure for name, runs in found if runs is not None for figure in benchmark_figures(name, runs)]
    return (*lines, *_calibration())


def measured_figures(parser: "Parser", shared: Path | None) -> tuple[Figure, ...]:
    """All that is measured now, on this machine: number words (where the specs are there), pace, memory, a whole process."""
    from nlp.benchmarks.speed import pace, parsing_memory

    found, memory, whole = pace(parser), parsing_memory(), _whole_process()
    ratio = found.p50 / found.bare_p50
    return (
        *_voices(parser, "validation"),
        *_voices(parser, "test"),
        *_number_words(shared),
        _at_most("one sentence, p50", found.p50, 2.5, "ms"),
        _at_most("one sentence, p95", found.p95, 5, "ms"),
        _at_most("one sentence, to the bare fp32 encoder", ratio, 0.4, "", f"{found.bare_p50:.1f} ms"),
        Figure("batch", f"{found.batch_per_second:,.0f} /s", "≥ 1200", found.batch_per_second >= 1200, "two processes"),
        _at_most("sayso parse, the whole process", whole, 0.6, "s"),
        _at_most("memory of a parsing process", memory, 350, "MiB"),
        *_gpu(),
    )


def _voices(parser: "Parser", split: Literal["validation", "test"]) -> tuple[Figure, ...]:
    """People whom training never heard."""
    from nlp.benchmarks.calibrate import as_answered

    lines, exact, unsafe = as_answered(parser, split)
    return (
        Figure(f"{split} voices: exact", f"{exact / lines:.3f}", "", True, f"{lines} lines"),
        Figure(f"{split} voices: unsafe", str(unsafe), "", True, f"{100 * unsafe / lines:.2f} %"),
    )


def _at_most(what: str, value: float, bar: float, unit: str, note: str = "") -> Figure:
    return Figure(what, f"{value:.2f} {unit}".rstrip(), f"≤ {bar}", value <= bar, note)


def _number_words(shared: Path | None) -> tuple[Figure, ...]:
    from nlp.benchmarks.number_words import cases

    specs = shared / "benchmarks" / "recognizers" if shared else None
    if specs is None or not specs.is_dir():
        return (Figure("number words", "not here", "≥ 85 %", False, "needs SAYSO_SHARED"),)
    found = cases(specs)
    matched, refused = sum(case.matched for case in found), sum(bool(case.reason) for case in found)
    share = 100 * matched / len(found)
    note = f"{matched} of {len(found)}; {refused} must be refused, with reasons"
    return (Figure("number words", f"{share:.1f} %", "≥ 85 %", share >= 85, note),)


def _whole_process() -> float:
    """Seconds of `sayso parse` from start to end, the median of five."""
    program = (sys.executable, "-m", "agent.cli.main", "parse", "swap 1 eth for usdc")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(program, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _gpu() -> tuple[Figure, ...]:
    """Only where there is a GPU; else the row says so."""
    import torch

    if not torch.cuda.is_available():
        return (Figure("GPU: sentences a second at batch 512", "not measured", "≥ 20000", False, "no GPU here"),)
    from nlp.benchmarks.gpu import sentences_per_second

    pace = sentences_per_second()
    return (Figure("GPU: sentences a second at batch 512", f"{pace:,.0f} /s", "≥ 20000", pace >= 20_000, "bf16"),)


def benchmark_figures(name: str, runs: Mapping[str, Any]) -> tuple[Figure, ...]:
    """A data set's figures over its seeds: mean, spread, bar."""
    from nlp.benchmarks.record import lines_of

    return tuple(
        Figure(
            f"{line.benchmark}: {line.figure}",
            _value(line),
            "" if line.bar is None else f"≥ {line.bar}",
            line.passes,
            f"{line.seeds} {'seed' if line.seeds == 1 else 'seeds'}" if line.seeds else "beside it, no bar",
        )
        for line in lines_of(name, runs)
    )


def _value(line: "Line") -> str:
    spread = f" ± {line.spread:.2f}" if line.seeds else ""
    return f"{line.value:.3f}" if line.value <= 1 else f"{line.value:.2f}{spread}"


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
    if not figure.bar or figure.value.startswith("not "):
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
        Figure("confidence: calibration error", f"{error:.3f}", "≤ 0.02", error <= 0.02, lines),
        Figure("confidence: AUROC against error", f"{rank:.3f}", "≥ 0.85", rank >= 0.85, lines),
    )
