"""Turns a draft of marked lines into a voice: `python -m nlp.corpus.write_voice draft.txt [--output voice.jsonl]`.

A draft holds one utterance a line; ` || ` stands between the turns of a conversation. `@contacts a, b`, `@accounts a, b` and
`@tokens 0x…=SYM` set the context of the lines below (with nothing behind them they clear it); `#` begins a comment. A line
`= {"status": …, "actions": […]}` below an utterance is its parse where the labels alone do not give the right one.
Prints what every line comes to; exits 1 where a line cannot be read, is there twice, or is a near copy of a line of
`--away-from` (gold parses that the model is measured on).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.contract import answer_object, read_context
from nlp.corpus.marked import Marked, MarkError, read_marked
from nlp.corpus.near import is_near, mask
from nlp.corpus.voices import parse_by_labels
from nlp.types import Parse

BETWEEN_TURNS = " || "
SHORT = 3
Masked = tuple[tuple[str, ...], frozenset[str]]


@dataclass(slots=True)
class Draft:
    """One utterance of a draft: its line, its marks turn by turn, its context, and a parse given by hand."""

    line: int
    marks: list[str]
    context: dict[str, Any]
    given: dict[str, Any] | None = None


@dataclass(slots=True)
class Written:
    """The rows of a voice, what they come to in words, and what is wrong with the draft."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_draft(text: str) -> Iterator[Draft]:
    """The utterances of a draft, in order."""
    context: dict[str, Any] = {}
    last: Draft | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if line.startswith("@"):
            key, _, values = line[1:].partition(" ")
            context = _with_context(context, key, values)
        elif line.startswith("= ") and last is not None:
            last.given = json.loads(line[2:])
        elif line and not line.startswith("#"):
            if last is not None:
                yield last
            last = Draft(number, line.split(BETWEEN_TURNS), context)
    if last is not None:
        yield last


def write(drafts: Iterator[Draft], voice: str, measured: Sequence[Masked] = ()) -> Written:
    """Every draft as a row of the voice; `measured` are the masked lines that none may come near."""
    written, seen = Written(), set()
    for draft in drafts:
        try:
            turns = [read_marked(marks) for marks in draft.marks]
        except MarkError as error:
            written.faults.append(f"line {draft.line}: {error}")
            continue
        said = BETWEEN_TURNS.join(turn.text for turn in turns)
        if said in seen:
            written.faults.append(f"line {draft.line}: said before: {said}")
        seen.add(said)
        parse = parse_by_labels(turns, read_context(draft.context))
        tokens = mask(" ".join(turn.skeleton for turn in turns))
        intents = tuple(action.intent for action in parse.actions)
        if len(turns) == 1 and any(intents == theirs and is_near(tokens, other) for theirs, other in measured):
            written.faults.append(f"line {draft.line}: too near a line that is measured on; say it otherwise: {said}")
        row = _row(f"{voice}-{len(written.rows) + 1:04}", draft, turns, parse)
        written.rows.append(row)
        written.shown.append(f"{draft.line}: {said!r}\n    {shown(row)}{_reasons(parse, draft)}")
    return written


def shown(row: dict[str, Any]) -> str:
    """A parse on one line: 'understood · swap(amount_in=50% token_in=ETH)'."""
    note = f" [{row['note']}]" if "note" in row else ""
    return f"{row['status']} · " + " + ".join(map(_action_shown, row["actions"])) + note


def _action_shown(action: dict[str, Any]) -> str:
    slots = [f"{name}={value}" for name, value in action["slots"].items()]
    trigger = [f"{name}={value}" for name, value in action.get("trigger", {}).items()]
    return f"{action['intent']}({' '.join(slots)}{' when ' if trigger else ''}{' '.join(trigger)})"


def _reasons(parse: Parse, draft: Draft) -> str:
    if draft.given:
        return "   (given by hand)"
    return "".join(f"\n      {error}" for error in parse.errors)


def _row(identifier: str, draft: Draft, turns: Sequence[Marked], parse: Parse) -> dict[str, Any]:
    texts = [turn.text for turn in turns]
    several = len(texts) > 1
    row: dict[str, Any] = {"id": identifier, "turns" if several else "text": texts if several else texts[0]}
    if draft.context:
        row["context"] = draft.context
    row["marks"] = draft.marks if several else draft.marks[0]
    return {**row, **(draft.given or _gold(parse))}


def _gold(parse: Parse) -> dict[str, Any]:
    """The parse as the contract's checker reads it: what was given and cannot be used is named in a note."""
    answer = answer_object(parse)
    gold = {"status": answer["status"], "actions": answer["actions"]}
    if answer["status"] == "incomplete":
        # A limit that no slot holds has no name of its own: it is noted as the condition it is.
        begun = {f"{i}.trigger" if i else "trigger" for i, action in enumerate(parse.actions) if action.trigger}
        named = [name for name in answer["missing"] if "|" not in name and name not in begun]
        named = named or ["trigger"] * (not answer["missing"])
        gold |= {"note": f"missing: {' '.join(named)}"} if named else {}
    return gold


def _with_context(context: dict[str, Any], key: str, values: str) -> dict[str, Any]:
    items = [item.strip() for item in values.split(",") if item.strip()]
    given: Any = dict(item.split("=", 1) for item in items) if key == "tokens" else items
    kept = {name: value for name, value in context.items() if name != key}
    return {**kept, key: given} if items else kept


def masked_lines(path: Path) -> tuple[Masked, ...]:
    """The single utterances of a gold file as intents and masked words; those of SHORT words or fewer have no other wording."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    masked = [
        (tuple(a["intent"] for a in row["actions"]), mask(row["text"], _parties(row))) for row in rows if "text" in row
    ]
    return tuple((intents, tokens) for intents, tokens in masked if sum(not t.isupper() for t in tokens) > SHORT)


def _parties(row: dict[str, Any]) -> list[str]:
    names = ("recipient", "account", "name", "party", "spender")
    return [value for action in row["actions"] for slot, value in action["slots"].items() if slot in names]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="nlp.corpus.write_voice", description="Turn a draft into a voice.")
    parser.add_argument("draft", type=Path)
    parser.add_argument("--output", type=Path, help="the voice file to write; without it the lines are only shown")
    parser.add_argument("--away-from", type=Path, help="gold parses that no line may come near")
    options = parser.parse_args(arguments)
    measured = masked_lines(options.away_from) if options.away_from else ()
    written = write(read_draft(options.draft.read_text(encoding="utf-8")), options.draft.stem, measured)
    print("\n".join([*written.shown, *written.faults, f"{len(written.rows)} lines, {len(written.faults)} faults"]))
    if options.output and not written.faults:
        lines = [json.dumps(row, ensure_ascii=False) for row in written.rows]
        options.output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return bool(written.faults)


if __name__ == "__main__":
    sys.exit(main())
