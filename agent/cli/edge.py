"""Errors as a person meets them: the trees of chain and nlp by their exit codes, and anything else as a fault of ours."""

import os
import time
import traceback
from contextlib import suppress
from pathlib import Path

from agent.cli.envelope import Problem
from agent.home import home_from
from chain.errors import SaysoError
from chain.private_files import ensure_private_directory, write_new_private
from nlp.errors import NlpError

UNFORESEEN = "failed_unforeseen"


def explained(error: Exception) -> tuple[Problem, int]:
    """An error as a problem and its exit code."""
    if isinstance(error, SaysoError):
        return problem_of(error), error.exit_code
    if isinstance(error, NlpError):
        return Problem(error.code, error.happened, "", error.remedy), error.exit_code
    return _unforeseen(error), 1


def problem_of(error: SaysoError) -> Problem:
    """One of our own errors, in its three sentences."""
    return Problem(error.code, error.happened, error.not_done, error.remedy)


def _unforeseen(error: Exception) -> Problem:
    """The error's own text stays out of sight and out of the log: it may hold a URL or a secret. Its places are kept."""
    path = _write_trace(error)
    kept = f"Where it happened is written in {path}." if path else "'sayso doctor' may say more."
    return Problem(
        UNFORESEEN,
        f"Sayso failed in a way it does not know ({type(error).__name__}).",
        "What was signed and sent before, if anything, is in 'sayso drafts'.",
        kept,
    )


def _write_trace(error: Exception) -> Path | None:
    with suppress(OSError, SaysoError):
        folder = home_from(os.environ).ensure().path / "log"
        ensure_private_directory(folder)
        path = folder / f"failure-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.txt"
        write_new_private(path, _places(error))
        return path
    return None


def _places(error: BaseException) -> str:
    """File, line and function of every frame, innermost last, with the kinds of the errors and without their texts."""
    lines = []
    current: BaseException | None = error
    while current is not None:
        lines.append(type(current).__qualname__)
        frames = traceback.extract_tb(current.__traceback__)
        lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(lines) + "\n"
