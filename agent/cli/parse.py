"""`sayso parse`: what a sentence means, by the parse contract. Needs no chain, key or network."""

from typing import Annotated

import typer

from agent.cli.envelope import Problem, Result
from agent.cli.options import Json, Plain
from agent.cli.words import given
from agent.render.terminal import look_of

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
    from nlp.contract import answer_object

    parser = load_parser()
    parse = parser.parse(words)
    from agent.render.parse import parse_text

    code = 0 if parse.status == "understood" else SAY_DIFFERENTLY
    if not explain:
        return Result(answer_object(parse), parse_text(parse), code, bare=True)
    from agent.render.explanation import explanation_data, explanation_text

    reasons = parser.reasons(words)
    data = {**answer_object(parse), "explanation": explanation_data(words, reasons)}
    return Result(data, f"{parse_text(parse)}\n\n{explanation_text(words, reasons, look_of(plain))}", code, bare=True)
