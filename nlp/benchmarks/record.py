"""Recorded runs of the benchmarks: each with its seed, commit, machine and command, and the bars that they are held to."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

from nlp.benchmarks.datasets import read_dataset
from nlp.benchmarks.frozen import frozen_figures, frozen_logits
from nlp.benchmarks.recipes import SEEDS
from nlp.benchmarks.run import run
from nlp.errors import BadData
from nlp.model.trainer import Log, say

RESULTS = Path(__file__).parent / "results"
NAMES = {"intent": "intent", "slot_f1": "slot F1", "sentence": "sentence", "auroc": "out-of-scope AUROC"}
BARS: Mapping[str, Mapping[str, float]] = {
    "snips": {"intent": 98.3, "slot_f1": 95.5, "sentence": 90.0},
    "banking77": {"intent": 93.8},
    "clinc150": {"intent": 96.5, "auroc": 0.975},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the table: its mean and spread over the seeds (0: nothing was drawn), and the bar, where there is one."""

    benchmark: str
    figure: str
    value: float
    spread: float
    seeds: int
    bar: float | None

    @property
    def passes(self) -> bool:
        """Whether the mean reaches the bar."""
        return self.bar is None or self.value >= self.bar


def read_record(name: str, folder: Path = RESULTS) -> dict[str, Any] | None:
    """The recorded runs of a benchmark; None where there are none. Raises BadData where they cannot be read."""
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadData(f"{path} does not hold recorded runs.", remedy="Restore it from the repository.") from error
    return record


def lines_of(name: str, record: Mapping[str, Any]) -> tuple[Line, ...]:
    """The figures of the test split over all recorded seeds, against the bars."""
    bars = BARS.get(name, {})
    wanted = [key for key in NAMES if key in bars or (not bars and key in ("intent", "slot_f1", "sentence"))]
    trained = [_line(name, key, record["runs"], bars.get(key)) for key in wanted]
    frozen = record.get("frozen", {})
    beside = [Line(name, f"{NAMES[key]}, frozen encoder", frozen[key], 0.0, 0, None) for key in wanted if key in frozen]
    return (*trained, *beside, *_together(name, wanted, record["runs"], bars))


def retrain(name: str, data: Path, work: Path, seeds: Sequence[int] = SEEDS, log: Log = say) -> dict[str, Any]:
    """Train and measure anew with every seed, and what the runs were made with. `work` keeps the checkpoints."""
    dataset = read_dataset(data)
    frozen = None if dataset.has_slots else frozen_logits(dataset)
    runs = [run(dataset, seed, work / f"{name}-{seed}", log, frozen) for seed in seeds]
    beside = {"frozen": frozen_figures(dataset, frozen)} if frozen else {}
    return {"benchmark": name, "data": dataset.version, **origin(name), "runs": runs, **beside}


def origin(name: str) -> dict[str, str]:
    """Commit, machine and command of a run."""
    return {
        "commit": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} threads",
        "command": f"sayso evaluate --benchmark {name} --data DIR --retrain",
    }


def write_record(name: str, record: Mapping[str, Any], folder: Path = RESULTS) -> Path:
    """Keep the runs as the recorded ones; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return path


def _together(
    name: str, wanted: Sequence[str], runs: Sequence[Mapping[str, Any]], bars: Mapping[str, float]
) -> tuple[Line, ...]:
    """The figures of the trained and the frozen encoder at once, over the runs that have them."""
    both = [run["together"] for run in runs if "together" in run]
    found = {key: [float(figures[key]) for figures in both if key in figures] for key in wanted}
    return tuple(
        Line(name, f"{NAMES[key]}, with the frozen one", mean(values), pstdev(values), len(values), bars.get(key))
        for key, values in found.items()
        if values
    )


def _line(name: str, key: str, runs: Sequence[Mapping[str, Any]], bar: float | None) -> Line:
    values = [float(run["outside"]["auroc"] if key == "auroc" else run["test"][key]) for run in runs]
    return Line(name, NAMES[key], mean(values), pstdev(values), len(values), bar)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=RESULTS.parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return named[0] if named else platform.machine()
