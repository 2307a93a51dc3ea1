"""`sayso parse`: what a sentence means, by the parse contract. Needs no chain and no key; no network but for a larger model elsewhere."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.envelope import Problem, Result
from agent.cli.options import Json, Plain
from agent.cli.words import given
from agent.render.terminal import look_of

if TYPE_CHECKING:
    from agent.larger.consult import Understood
    from nlp.parser import Parser

EXAMPLES = (
    'sayso parse "swap half my eth for usdc then send 20 usdc to bob.eth"',
    'sayso parse --json "what is eth worth?"',
    'sayso parse --explain "send 20 usdc to bob.eth"',
    "sayso parse --batch < in.jsonl > out.jsonl",
)
SAY_DIFFERENTLY = 2
BATCH_REMEDY = "With --batch, put each text into a line of standard input; without, give one TEXT."

Text = Annotated[str, typer.Argument(metavar="TEXT", help="The sentence; '-' reads it from standard input.")]
Explain = Annotated[
    bool, typer.Option("--explain", help="Show which words decided, and what the next best reading was.")
]
Batch = Annotated[bool, typer.Option("--batch", help="One JSON object a line from standard input, one answer a line.")]


def command(
    text: Text = "", batch: Batch = False, explain: Explain = False, json: Json = False, plain: Plain = False
) -> Result | int:
    """Says what a sentence asks for: intents, slots, triggers, and what is missing.

    Exits 0 where the sentence is understood, else 2; with --batch 0 for any lines.
    """
    if batch:
        if text or explain:
            what = "TEXT" if text else "--explain"
            both = Problem("usage", f"{what} and --batch exclude each other.", "Nothing was read.", BATCH_REMEDY)
            return Result(problems=(both,), exit_code=SAY_DIFFERENTLY)
        from agent.cli.batch import answer_lines

        answer_lines()
        return 0
    words = given(text)
    from agent.understand import load_parser

    parser = load_parser()
    read = _read(parser, words)
    result = _result(read)
    if not explain:
        return result
    from agent.render.explanation import explanation_data, explanation_text

    reasons = parser.reasons(words)
    data = {**result.data, "explanation": explanation_data(words, reasons)}
    return replace(result, data=data, text=f"{result.text}\n\n{explanation_text(words, reasons, look_of(plain))}")


def _read(parser: "Parser", words: str) -> "Understood":
    """The words as they are understood; without readable settings by the small model alone, for a parse needs no set-up."""
    from agent.larger.configured import larger_of
    from agent.larger.consult import Understood, understood
    from agent.settings import load_settings
    from chain.errors import SetupNeeded
    from nlp.types import Context, DialogueState

    try:
        settings = load_settings()
    except SetupNeeded as error:
        why = f"No larger model was asked: {error.happened}"
        return Understood(parser.parse(words), DialogueState(), (why,))
    larger = larger_of(settings)
    if larger is None:
        return Understood(parser.parse(words), DialogueState())
    from asyncio import run

    return run(understood(parser, larger, words, Context(), DialogueState()))


def _result(read: "Understood") -> Result:
    from agent.render.parse import parse_text
    from nlp.contract import answer_object

    data: dict[str, Any] = answer_object(read.parse)
    if read.read_by:
        data["read_by"] = read.read_by
    code = 0 if read.parse.status == "understood" else SAY_DIFFERENTLY
    return Result(data, parse_text(read.parse), code, warnings=read.notes, bare=True)
