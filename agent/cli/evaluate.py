"""`sayso evaluate`: the language model against gold parses, by the parse contract's own definitions."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.envelope import Result
from agent.cli.options import Json, Plain
from chain.errors import SayDifferently, SetupNeeded

if TYPE_CHECKING:
    from nlp.parser import Parser

EXAMPLES = (
    "sayso evaluate --gold gold.jsonl",
    "sayso evaluate --gold gold.jsonl --ablate",
    "SAYSO_SHARED=../shared sayso evaluate --json",
)
DEVELOPMENT_SET = Path("nlu", "dev.jsonl")

Gold = Annotated[
    Path | None, typer.Option(help="Gold parses, one JSON object a line; else nlu/dev.jsonl in SAYSO_SHARED.")
]
Ablate = Annotated[
    bool, typer.Option("--ablate", help="Use an untrained model in the same code: what the rules alone do.")
]


def command(gold: Gold = None, ablate: Ablate = False, json: Json = False, plain: Plain = False) -> Result:
    """Scores parses line by line: exact, intents, slot F1, and unsafe, which is a write that the gold does not have.

    All lines first, then each tag of the gold file.
    """
    import json as codec

    from agent.cli.batch import answer_batch
    from nlp.model.evaluate import question_of, read_gold, summary, table

    path = gold or _development_set()
    if not path.is_file():
        raise SayDifferently(f"There is no file {path}.", remedy="Give a file of gold parses with --gold.")
    lines = read_gold(path)
    asked = [codec.dumps(question_of(line)).encode() for line in lines]
    rows = summary(lines, answer_batch(_parser(ablate), asked))
    data = {"gold": str(path), "ablated": ablate, "rows": [asdict(row) for row in rows]}
    return Result(data, table(rows))


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
