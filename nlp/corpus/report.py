"""What the corpus covers: intents, slots and forms by where they come from, and how far it is from lines that are measured on.

`python -m nlp.corpus.report [--away-from gold.jsonl] [--json]`.
"""

import argparse
import json
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nlp.corpus import build, voices
from nlp.corpus.near import mask, skeleton_tokens
from nlp.corpus.template import Hole
from nlp.corpus.write_voice import Masked, masked_lines
from nlp.schema import INTENTS, SLOT_TAGS, WHOLE_SEGMENT_SLOTS

FORMS = ("alone", "with_others", "conversation", "triggered", "incomplete")
NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Coverage:
    """One intent: how many written lines end in it, by form, how many voices say it, how many templates; and slots unsaid."""

    intent: str
    lines: int
    voices: int
    templates: int
    forms: dict[str, int]
    unsaid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distance:
    """The nearest line of the corpus to each measured line with the same intents, as Jaccard similarity of masked words."""

    measured: int
    median: float
    highest: float
    near: int


def coverage() -> tuple[Coverage, ...]:
    """Every intent of the schema, in its order."""
    lines = [line for said in voices.voices().values() for line in said]
    ends: dict[str, list[voices.Said]] = defaultdict(list)
    for line in lines:
        for intent in {action["intent"] for action in line.gold["actions"]}:
            ends[intent].append(line)
    templates = Counter(intent for template in build.templates() for intent in set(template.intents))
    slots = _slots_said(lines)
    return tuple(
        Coverage(
            intent,
            len(ends[intent]),
            len({line.voice for line in ends[intent]}),
            templates[intent],
            _forms(intent, ends[intent]),
            tuple(slot for slot in INTENTS[intent].slots if slot in SLOT_TAGS and slot not in slots[intent]),
        )
        for intent in INTENTS
    )


def distance(measured: Sequence[Masked]) -> Distance:
    """How near the corpus comes to lines that are measured on."""
    own: dict[tuple[str, ...], list[frozenset[str]]] = defaultdict(list)
    for intents, tokens in _corpus_tokens():
        own[intents].append(tokens)
    nearest = [max((_jaccard(tokens, other) for other in own[intents]), default=0.0) for intents, tokens in measured]
    return Distance(
        len(nearest), statistics.median(nearest or [0.0]), max(nearest, default=0.0), sum(n >= NEAR for n in nearest)
    )


def text(found: Iterable[Coverage], far: Distance | None) -> str:
    """The report as a table."""
    head = (
        f"{'intent':19}{'lines':>7}{'voices':>8}{'templates':>11}"
        + "".join(f"{form:>14}" for form in FORMS)
        + "  unsaid"
    )
    rows = [
        f"{c.intent:19}{c.lines:7}{c.voices:8}{c.templates:11}"
        + "".join(f"{c.forms[form]:14}" for form in FORMS)
        + f"  {', '.join(c.unsaid)}".rstrip()
        for c in found
    ]
    lines = [line for said in voices.voices().values() for line in said]
    skeletons = len({tuple(turn.skeleton for turn in line.turns) for line in lines})
    sizes = Counter(voices.split_of(line.voice) for line in lines)
    total = (
        f"{len(lines)} written lines of {len(voices.voices())} voices, {skeletons} skeletons; "
        f"{sizes['train']} to train, {sizes['validation']} to validate, {sizes['test']} to test"
    )
    return "\n".join([head, *rows, "", total, *_distance_line(far)])


def _distance_line(far: Distance | None) -> list[str]:
    if far is None:
        return []
    return [
        f"{far.measured} measured lines: the nearest line of the corpus has a similarity of {far.median:.2f} in the median and "
        f"{far.highest:.2f} at most; {far.near} at {NEAR} or more"
    ]


def _slots_said(lines: Iterable[voices.Said]) -> dict[str, set[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        for action in line.gold["actions"]:
            said[action["intent"]] |= {*action["slots"], WHOLE_SEGMENT_SLOTS.get(action["intent"], "")}
    for template in build.templates():
        tags = {piece.name for piece in template.pieces if isinstance(piece, Hole) and piece.tagged}
        for intent in template.intents:
            said[intent] |= tags
    return said


def _forms(intent: str, lines: Sequence[voices.Said]) -> dict[str, int]:
    count: Counter[str] = Counter()
    for line in lines:
        own = [action for action in line.gold["actions"] if action["intent"] == intent]
        single = len(line.turns) == 1
        count["alone"] += single and len(line.gold["actions"]) == 1
        count["with_others"] += len(line.gold["actions"]) > 1
        count["conversation"] += not single
        count["triggered"] += any("trigger" in action for action in own)
        count["incomplete"] += line.gold["status"] == "incomplete"
    return {form: count[form] for form in FORMS}


def _corpus_tokens() -> Iterator[Masked]:
    for template in build.templates():
        yield tuple(template.intents), skeleton_tokens(template)
    for said in voices.voices().values():
        for line in said:
            if len(line.turns) == 1:
                yield tuple(intent for *_, intent in line.turns[0].segments), mask(line.turns[0].skeleton)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="nlp.corpus.report", description="What the corpus covers.")
    parser.add_argument("--away-from", type=Path, help="gold parses whose distance is told")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = coverage()
    far = distance(masked_lines(options.away_from)) if options.away_from else None
    if options.json:
        print(json.dumps({"coverage": [asdict(c) for c in found], "distance": asdict(far) if far else None}))
    else:
        print(text(found, far))
    return 0


if __name__ == "__main__":
    sys.exit(main())
