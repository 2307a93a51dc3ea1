"""Utterances that people wrote, one by one, each voice in a file of its own: `utterances/<voice>.jsonl`.

A line is a gold parse of the contract with `marks`: its text (or its turns) with the labels written in (see `marked`).
A voice is in one split only, so that validation and test hear people whom training never heard.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from nlp.assemble.finish import answer
from nlp.assemble.reading import Utterance
from nlp.contract import read_context
from nlp.corpus.align import evened, snapped, touched
from nlp.corpus.marked import Marked, MarkError, read_marked
from nlp.corpus.revoice import revoiced
from nlp.corpus.types import Example, Split
from nlp.parser import assembled, following
from nlp.recognise import recognise
from nlp.types import Context, DialogueState, Parse, Prediction, Segment, TaggedSpan, Word

FOLDER = Path(__file__).parent / "utterances"
VALIDATION = frozenset(
    {
        "secretary",
        "demos",
        "treasurer",
        "sneaky",
        "nomad",
        "chains",
        "talks",
        "builder",
        "farmer",
    }
)
TEST = frozenset(
    {
        "student",
        "lawyer",
        "teen",
        "clerk",
        "juror",
        "surveyor",
        "ombudsman",
        "inspector",
        "panel",
        "arbiter",
        "assessor",
        "parlour",
        "gatekeeper",
        "watchtower",
        "tradedesk",
        "nightshift",
        "daoroom",
        "truckstop",
        "countinghouse",
        "lecturehall",
        "grandparent",
        "taproom",
        "bandstand",
        "courier",
        "seafront",
        "learner",
        "guildhall",
        "tradesyard",
        "examroom",
        "surgery",
        "letting",
        "holidaymaker",
        "merchant",
        "payrollroom",
        "acceptance",
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """One line: what was said turn by turn, with labels, and the `gold` parse of the last turn as the contract writes it."""

    id: str
    voice: str
    turns: tuple[Marked, ...]
    context: Context
    gold: Mapping[str, Any]


def read_voice(path: Path) -> tuple[Said, ...]:
    """Every line of a voice. Raises MarkError with file and line."""
    lines = enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
    return tuple(_said(line, path, number) for number, line in lines if line.strip())


@lru_cache(maxsize=1)
def voices() -> Mapping[str, tuple[Said, ...]]:
    """All voices of the package, by name."""
    return {path.stem: read_voice(path) for path in sorted(FOLDER.glob("*.jsonl"))}


def split_of(voice: str) -> Split:
    """The split that a voice belongs to."""
    return "validation" if voice in VALIDATION else "test" if voice in TEST else "train"


def examples(split: Split, every: int = 1) -> Iterator[Example]:
    """Every turn of every (so-many-th) line of the split's voices as the model learns it."""
    for voice, lines in voices().items():
        if split_of(voice) == split:
            for line in lines[::every]:
                yield from _examples(line, split)


def revoiced_examples(seed: int, times: int) -> Iterator[Example]:
    """Every turn of the training voices as it was written, and `times - 1` times with other values in it."""
    rng = Random(f"voices:{seed}")
    for example in examples("train"):
        yield example
        for _ in range(times - 1):
            yield revoiced(example, rng)


def parse_by_labels(turns: Sequence[Marked], context: Context) -> Parse:
    """What the code makes of a conversation when the model labels every word as it is marked."""
    parse, state = Parse("incomplete", ()), DialogueState()
    for turn in turns:
        parse, state = step_by_labels(turn, context, state)
    return parse


def step_by_labels(turn: Marked, context: Context, state: DialogueState) -> tuple[Parse, DialogueState]:
    """One turn by its labels: the answer, and what the conversation holds afterwards."""
    words = recognise(turn.text, context)
    parse = answer(assembled(Utterance(turn.text, words, context), prediction_of(turn, words), state), 1.0)
    return parse, following(state, parse)


def prediction_of(turn: Marked, words: Sequence[Word]) -> Prediction:
    """The labels of marked text as the model would have to predict them."""
    spans = [(touched(words, start, end), tag) for start, end, tag in snapped(turn.spans, words)]
    inside = [(touched(words, start, end), intent) for start, end, intent in turn.segments]
    firsts = [0, *(indices[0] for indices, _ in inside[1:])]
    lasts = [*(first - 1 for first in firsts[1:]), len(words) - 1]
    segments = tuple(
        Segment(intent, first, last) for (_, intent), first, last in zip(inside, firsts, lasts, strict=True)
    )
    return Prediction(segments, tuple(TaggedSpan(tag, at[0], at[-1]) for at, tag in spans if at))


def _examples(line: Said, split: Split) -> Iterator[Example]:
    state = DialogueState()
    for number, turn in enumerate(line.turns):
        spans = snapped(evened(turn.spans, turn.text), recognise(turn.text, line.context))
        yield Example(turn.text, line.context, state, turn.segments, spans, f"{line.voice}/{line.id}.{number}", split)
        _, state = step_by_labels(turn, line.context, state)


def _said(line: str, path: Path, number: int) -> Said:
    row = json.loads(line)
    marks = row["marks"] if "turns" in row else [row["marks"]]
    try:
        turns = tuple(read_marked(mark) for mark in marks)
    except MarkError as error:
        raise MarkError(f"{path.name}:{number}: {error}") from error
    if [turn.text for turn in turns] != (row["turns"] if "turns" in row else [row["text"]]):
        raise MarkError(f"{path.name}:{number}: the marks hold other words than the text")
    gold = {key: row[key] for key in ("actions", "status", "note") if key in row}
    return Said(row["id"], path.stem, turns, read_context(row.get("context")), gold)
