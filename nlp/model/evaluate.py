"""Scores answers against gold parses by the definitions of the parse contract's scorer, and names an untrained model.

exact: every action right (intent, every slot and trigger value, order, nothing extra) and, where the gold line names one, the
status. intent: the sequence of intents. slot F1: micro, over (position, slot, value). unsafe: the answer is `understood` and
its writes and confirmations are not a beginning of the gold's.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.errors import BadData
from nlp.model.export import cache_directory, ensure_export
from nlp.model.runtime import Predictor
from nlp.model.weights import random_weights, write_weights
from nlp.schema import INTENTS

GoldLine = Mapping[str, Any]
Answer = Mapping[str, Any]
Canonical = tuple[str, frozenset[tuple[str, str]]]
ANSWER_KEYS = frozenset({"actions", "status", "tags", "note", "source"})
ALL = "all"
READ_ONLY_SETTINGS = frozenset({"contacts"})
STEPS = frozenset(
    name for name, spec in INTENTS.items() if spec.kind in ("write", "setting") and name not in READ_ONLY_SETTINGS
) | {"confirm"}


@dataclass(frozen=True, slots=True)
class LineScore:
    """One answer against its gold line; `right`, `extra` and `missed` count slot triples."""

    exact: bool
    intent: bool
    right: int
    extra: int
    missed: int
    unsafe: bool


@dataclass(frozen=True, slots=True)
class Row:
    """Figures over the lines of one tag."""

    tag: str
    lines: int
    exact: float
    intent: float
    slot_f1: float
    unsafe: int


def read_gold(path: Path) -> tuple[GoldLine, ...]:
    """The lines of a gold file. Raises BadData where a line is not an object with `actions`."""
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return tuple(_gold(line, number, path) for number, line in enumerate(lines, 1))


def question_of(gold: GoldLine) -> dict[str, Any]:
    """A gold line without its answer: what a parser may see."""
    return {key: value for key, value in gold.items() if key not in ANSWER_KEYS}


def evaluate(lines: Sequence[GoldLine], parse: Callable[[dict[str, Any]], Answer]) -> tuple[Row, ...]:
    """Ask `parse` every line (as a `--batch` line) and sum up: all lines first, then each tag."""
    return summary(lines, [parse(question_of(line)) for line in lines])


def summary(lines: Sequence[GoldLine], answers: Sequence[Answer]) -> tuple[Row, ...]:
    """Figures over all lines, then per tag in order of its name."""
    scores: dict[str, list[LineScore]] = defaultdict(list)
    for gold, answer in zip(lines, answers, strict=True):
        score = score_line(gold, answer)
        for tag in (ALL, *gold.get("tags", ())):
            scores[tag].append(score)
    return tuple(_row(tag, scores[tag]) for tag in sorted(scores, key=lambda tag: (tag != ALL, tag)))


def score_line(gold: GoldLine, answer: Answer) -> LineScore:
    """Compare one answer (the contract's object) with its gold line."""
    wanted, got = ([canonical(action) for action in line.get("actions") or ()] for line in (gold, answer))
    wanted_slots, got_slots = (
        {(at, *pair) for at, (_, pairs) in enumerate(actions) for pair in pairs} for actions in (wanted, got)
    )
    return LineScore(
        exact=wanted == got and ("status" not in gold or gold["status"] == answer.get("status")),
        intent=[intent for intent, _ in wanted] == [intent for intent, _ in got],
        right=len(wanted_slots & got_slots),
        extra=len(got_slots - wanted_slots),
        missed=len(wanted_slots - got_slots),
        unsafe=answer.get("status") == "understood" and _steps_differ(wanted, got),
    )


def canonical(action: Mapping[str, Any]) -> Canonical:
    """An action as its intent and its (name, JSON value) pairs, trigger keys prefixed."""
    pairs = [(name, value) for name, value in (action.get("slots") or {}).items()]
    pairs += [(f"trigger.{name}", value) for name, value in (action.get("trigger") or {}).items()]
    return str(action["intent"]), frozenset((name, json.dumps(value, sort_keys=True)) for name, value in pairs)


def table(rows: Iterable[Row]) -> str:
    """The figures as lines of text."""
    head = f"{'':24}{'n':>6}{'exact':>8}{'intent':>8}{'slot F1':>9}{'unsafe':>8}"
    return "\n".join([head, *(_line(row) for row in rows)])


def ablated_predictor(seed: int = 0) -> Predictor:
    """The same code over an untrained model: random adapters, rows and heads. Raises as `ensure_export`."""
    path = cache_directory() / "ablation" / f"{seed}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_weights(path, random_weights(seed))
    return Predictor(ensure_export(path))


def _steps_differ(wanted: Sequence[Canonical], got: Sequence[Canonical]) -> bool:
    own, right = ([action for action in actions if action[0] in STEPS] for actions in (got, wanted))
    return bool(own) and own != right[: len(own)]


def _gold(line: str, number: int, path: Path) -> GoldLine:
    try:
        gold = json.loads(line)
    except ValueError as error:
        raise BadData(f"line {number} of {path} is not JSON.", remedy="Mend the line and run this again.") from error
    if not isinstance(gold, dict) or not isinstance(gold.get("actions"), list):
        raise BadData(f"line {number} of {path} has no list of actions.", remedy="Give a file of gold parses.")
    return gold


def _row(tag: str, scores: Sequence[LineScore]) -> Row:
    right, wrong = sum(s.right for s in scores), sum(s.extra + s.missed for s in scores)
    return Row(
        tag,
        len(scores),
        sum(s.exact for s in scores) / len(scores),
        sum(s.intent for s in scores) / len(scores),
        2 * right / (2 * right + wrong) if right + wrong else 1.0,
        sum(s.unsafe for s in scores),
    )


def _line(row: Row) -> str:
    return f"{row.tag:24}{row.lines:6}{row.exact:8.3f}{row.intent:8.3f}{row.slot_f1:9.3f}{row.unsafe:8}"
