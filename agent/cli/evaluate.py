"""`sayso evaluate`: the language model against gold parses and public benchmarks, beside their bars."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.envelope import Result
from agent.cli.figures import (
    benchmark_figures,
    figure_table,
    gold_figures,
    measured_figures,
    recorded_figures,
)
from agent.cli.options import Json, Plain
from chain.errors import SayDifferently, SetupNeeded

if TYPE_CHECKING:
    from agent.cli.figures import Figure
    from nlp.model.evaluate import Row
    from nlp.parser import Parser

EXAMPLES = (
    "sayso evaluate --gold gold.jsonl",
    "sayso evaluate --gold gold.jsonl --ablate",
    "SAYSO_SHARED=../shared sayso evaluate --json",
    "sayso evaluate --benchmark snips",
    "sayso evaluate --benchmark snips --data ../shared/benchmarks/snips --retrain",
)
DEVELOPMENT_SET = Path("nlu", "dev.jsonl")

Gold = Annotated[
    Path | None, typer.Option(help="Gold parses, one JSON object a line; else nlu/dev.jsonl in SAYSO_SHARED.")
]
Ablate = Annotated[
    bool, typer.Option("--ablate", help="Use an untrained model in the same code: what the rules alone do.")
]


Benchmark = Annotated[
    str | None, typer.Option(help="A public data set: snips, banking77, clinc150, or a name of yours.")
]
Data = Annotated[Path | None, typer.Option(help="Its folder: seq.in/seq.out/label, an intent CSV, or CLINC's JSON.")]
Retrain = Annotated[
    bool, typer.Option("--retrain", help="Train and measure it anew; else the recorded runs are shown.")
]


def command(
    gold: Gold = None,
    ablate: Ablate = False,
    benchmark: Benchmark = None,
    data: Data = None,
    retrain: Retrain = False,
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Scores parses line by line: exact, intents, slot F1, and unsafe, which is a write that the gold does not have.

    All lines first, then each tag of the gold file; then the recorded benchmarks. With --benchmark that data set alone.
    """
    if benchmark is not None:
        return _benchmark(benchmark, data, retrain)
    return _gold(gold, ablate)


def _gold(gold: Path | None, ablate: bool) -> Result:
    """The table of the gold parses, and below it what is recorded."""
    import json as codec

    from agent.cli.batch import answer_batch
    from nlp.model.evaluate import question_of, read_gold, summary, table

    path = gold or _development_set()
    if not path.is_file():
        raise SayDifferently(f"There is no file {path}.", remedy="Give a file of gold parses with --gold.")
    lines = read_gold(path)
    asked = [codec.dumps(question_of(line)).encode() for line in lines]
    rows = summary(lines, answer_batch(_parser(ablate), asked))
    shown = () if gold or ablate else _all_figures(rows[0])
    data = {"gold": str(path), "ablated": ablate, "rows": [asdict(row) for row in rows]}
    figures = [asdict(figure) for figure in shown]
    return Result({**data, "figures": figures}, "\n\n".join([table(rows), *figure_table(shown)]))


def _all_figures(development: "Row") -> "tuple[Figure, ...]":
    """Every row that the language model is held to: measured now, or recorded with the program."""
    import sys

    print("measuring pace and memory (about half a minute) ...", file=sys.stderr, flush=True)
    shared = os.environ.get("SAYSO_SHARED") or "../shared"
    return (*gold_figures(development), *recorded_figures(), *measured_figures(_parser(False), Path(shared)))


def _benchmark(name: str, data: Path | None, retrain: bool) -> Result:
    """One data set: trained now, or as it was recorded."""
    from nlp.benchmarks import record
    from nlp.model.export import cache_directory

    if retrain and data is None:
        raise SayDifferently("Nothing was trained: the data set's folder is missing.", remedy="Give it with --data.")
    if retrain and data is not None:
        found: dict[str, object] | None = record.retrain(name, data, cache_directory() / "benchmarks")
        if name in record.BARS and found is not None:
            record.write_record(name, found)
    else:
        found = record.read_record(name)
    if found is None:
        raise SayDifferently(f"No runs of {name} are recorded.", remedy="Make them with --data DIR --retrain.")
    figures = benchmark_figures(name, found)
    return Result({"record": found, "figures": [asdict(f) for f in figures]}, "\n".join(figure_table(figures)))


def _parser(ablate: bool) -> "Parser":
    if not ablate:
        from agent.understand import load_parser

        return load_parser()
    from nlp.model.evaluate import ablated_predictor
    from nlp.parser import Parser

    return Parser(ablated_predictor())


def _development_set() -> Path:
    path = Path(os.environ.get("SAYSO_SHARED") or "../shared") / DEVELOPMENT_SET
    if not path.is_file():
        raise SetupNeeded(
            "No gold parses were named, and SAYSO_SHARED names no folder that has them.",
            remedy="Give a file with --gold, or set SAYSO_SHARED.",
        )
    return path
