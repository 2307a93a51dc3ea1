"""`sayso train`: the language model's weights, made anew from nothing but the corpus."""

from pathlib import Path
from typing import Annotated, Any

import typer

from agent.cli.common import PasswordFile, ask_or_setting, settings_with
from agent.cli.envelope import Problem, Result
from agent.cli.options import Json, Plain

EXAMPLES = (
    "sayso train",
    "sayso train --size 2000 --epochs 1 --output trial/sayso.safetensors",
    "sayso train --json > report.json",
    "sayso train --with-feedback",
)
SPLITS = ("validation", "test")
FIGURES = ("exact", "intents", "segment_f1", "slot_f1")

Size = Annotated[int | None, typer.Option(min=100, help="Training examples to draw; 40000 if not given.")]
Epochs = Annotated[int | None, typer.Option(min=1, help="Passes over them, at most: training stops early.")]
Seed = Annotated[int | None, typer.Option(help="The seed of the draw and of the training.")]
Rank = Annotated[int | None, typer.Option(min=1, help="The rank of the adapters.")]
Output = Annotated[Path | None, typer.Option(help="The weights file; the shipped one if not given.")]
Work = Annotated[Path | None, typer.Option(help="Where the checkpoint is kept: an interrupted run is resumed from it.")]
WithFeedback = Annotated[
    bool,
    typer.Option("--with-feedback", help="Go on from the model in use with what you put right; takes your password."),
]
Second = Annotated[
    bool, typer.Option("--second", help="Train the second reader, which only doubts: three layers, another seed.")
]
DEFAULT_SIZE = 40_000
SAY_DIFFERENTLY = 2
ONE_OF_THEM = "What you put right is learnt by the first reader alone: leave --second out."
SECOND_READER = {"layers": 3, "seed": 11}


def command(
    size: Size = None,
    epochs: Epochs = None,
    seed: Seed = None,
    rank: Rank = None,
    output: Output = None,
    work: Work = None,
    second: Second = False,
    with_feedback: WithFeedback = False,
    password_file: PasswordFile = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Trains the adapters and heads on the corpus, fits the confidence, and writes weights, calibration, card and report.

    Uses a GPU where there is one; on two CPU cores the default run takes about an hour. Progress goes to stderr. With
    --with-feedback the model in use learns from 'sayso feedback', for you alone; weights that answer fewer of the held-out
    lines rightly, or more of them unsafely, are refused.
    """
    if with_feedback and second:
        both = Problem("usage", "--second and --with-feedback exclude each other.", "Nothing was trained.", ONE_OF_THEM)
        return Result(problems=(both,), exit_code=SAY_DIFFERENTLY)
    if with_feedback:
        return _with_feedback(password_file, output, epochs=epochs, seed=seed, replayed=size)
    from nlp.benchmarks.calibrate import calibrate
    from nlp.model.config import TrainConfig
    from nlp.model.export import cache_directory
    from nlp.model.train import corpus_examples, train
    from nlp.model.weights import SHIPPED, read_weights

    given = {name: value for name, value in (("epochs", epochs), ("seed", seed), ("rank", rank)) if value is not None}
    config = TrainConfig.from_options({**(SECOND_READER if second else {}), **given})
    examples = corpus_examples(config.seed, size or DEFAULT_SIZE)
    first = output or SHIPPED
    if second:
        read_weights(first)
    target = first.parent / "second" / first.name if second else first
    report = train(config, examples, work or cache_directory() / ("train-second" if second else "train"), target)
    report = {**report, "calibration": calibrate(first)}
    return Result({"weights": str(target), "report": report}, report_text(report, target))


def _with_feedback(
    password_file: str, output: Path | None, *, epochs: int | None, seed: int | None, replayed: int | None
) -> Result:
    """Weights for this person alone, or a refusal that leaves everything as it was."""
    from dataclasses import asdict

    from agent.feedback.learning import learn_from, refusal
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        who = desk.accounts.default()
        password = ask_or_setting(f"Password of {who.name}: ", password_file, desk.settings)
        entries = desk.feedback.list(desk.accounts.open_seal(who.address, password))
        target = output or desk.home.model
    lesson = learn_from(entries, target, epochs=epochs, seed=seed, replayed=replayed)
    if not lesson.share:
        raise refusal(lesson)
    before, after = lesson.before, lesson.after
    text = (
        f"{target}: learnt from {lesson.corrections} of {len(entries)} entries, {after.corrected} of them now read as meant "
        f"(before: {before.corrected}).\nHeld-out lines read rightly: {after.exact} of {after.lines} (before: {before.exact}); "
        f"unsafe: {after.unsafe} (before: {before.unsafe}).\nBack to the shipped model: sayso feedback unlearn."
    )
    return Result({"weights": str(target), "lesson": asdict(lesson)}, text)


def report_text(report: dict[str, Any], target: Path) -> str:
    """The report as lines: splits, then intents."""
    rows = report["rows"]
    lines = [f"{target}: {report['trained_parameters']} parameters, {report['seconds']} s on {report['device']}"]
    lines.append(
        f"{rows['train']} examples to train, {rows['validation']} to validate, {rows['test']} to test; "
        f"{report['distinct_skeletons']} distinct skeletons"
    )
    lines += ["", f"{'':24}" + "".join(f"{name:>12}" for name in FIGURES)]
    lines += [f"{split:24}" + "".join(f"{report[split][name]:12.3f}" for name in FIGURES) for split in SPLITS]
    lines += ["", f"{'intent (test)':24}{'segments':>12}{'found':>12}{'with slots':>12}"]
    for intent, row in report["test"]["by_intent"].items():
        lines.append(f"{intent:24}{row['segments']:12}{row['found']:12.3f}{row['with_slots']:12.3f}")
    return "\n".join(lines)
