"""The entry point: finds the command, imports only what it needs, and is the edge where every error becomes words."""

import contextlib
import difflib
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from inspect import iscoroutine
from types import ModuleType
from typing import Any

from agent.cli.envelope import Problem, Result, document
from agent.cli.table import SECTIONS, Entry, entries

EXAMPLES = (
    'sayso ask "what is my usdc balance?"',
    'sayso ask "swap 1 eth for usdc"',
    "sayso confirm DRAFT --digest D",
    "sayso chat",
)
USAGE = 2
INTERRUPTED = 130
STOPPED = Problem(
    "interrupted",
    "Interrupted.",
    "What was not signed by then is not done.",
    "What was signed, if anything, goes on by itself: see 'sayso tx'.",
)
HELP_FLAGS = ("--help", "-h")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. The console script exits with it."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    wants_json = "--json" in args
    return guarded(lambda: run(args, wants_json), wants_json)


def guarded(work: Callable[[], int], wants_json: bool = False) -> int:
    """The edge: what `work` returns, or the exit code of what it raises, told in words."""
    try:
        return work()
    except KeyboardInterrupt:
        emit(Result(problems=(STOPPED,), exit_code=INTERRUPTED), wants_json)
        return INTERRUPTED
    except BrokenPipeError:
        _close_quietly()
        return 0
    except Exception as error:  # noqa: BLE001 (the one edge: whatever happens is told in words, never as a traceback)
        from agent.cli.edge import explained

        problem, code = explained(error)
        emit(Result(problems=(problem,), exit_code=code), wants_json)
        return code


def run(args: list[str], wants_json: bool) -> int:
    """Dispatch, run and print. Raises whatever the command raises."""
    if not args or args[0] in HELP_FLAGS:
        print(top_help(), end="")
        return 0 if args else USAGE
    if args[0] == "--version":
        from importlib.metadata import version

        print(f"sayso {version('sayso')}")
        return 0
    entry = entries().get(args[0])
    if entry is None:
        return usage(f"There is no command {args[0]!a}.", _nearest(args[0], list(entries())), wants_json)
    return _run_entry(entry, args[1:], wants_json)


def _run_entry(entry: Entry, rest: list[str], wants_json: bool) -> int:
    module = entry.load()
    if not entry.subcommands:
        return invoke(module, f"sayso {entry.name}", module.command, rest, wants_json)
    from agent.cli.usage import group_help

    if rest and rest[0] in HELP_FLAGS:
        print(group_help(entry, module), end="")
        return 0
    if not rest or rest[0] not in module.COMMANDS:
        named = f"{entry.name} has no command {rest[0]!a}." if rest else f"{entry.name} needs a command."
        return usage(named, f"It has: {', '.join(module.COMMANDS)}.", wants_json)
    return invoke(module, f"sayso {entry.name} {rest[0]}", module.COMMANDS[rest[0]], rest[1:], wants_json)


def invoke(module: ModuleType, path: str, function: Any, args: list[str], wants_json: bool) -> int:
    """Read the arguments, run the function and print its result; the exit code."""
    from typer import Abort, TyperException

    from agent.cli.usage import build

    try:
        answer = build(module, path, function).main(args, prog_name=path, standalone_mode=False)
    except Abort:
        raise KeyboardInterrupt from None
    except TyperException as error:
        return usage(error.format_message(), f"See '{path} --help'.", wants_json)
    if answer == INTERRUPTED:
        # What the library makes of Ctrl-C in a function that is no coroutine.
        raise KeyboardInterrupt
    if iscoroutine(answer):
        answer = _run_async(answer)
    if isinstance(answer, Result):
        emit(answer, wants_json)
        return answer.exit_code
    return int(answer or 0)


def _run_async(coroutine: Coroutine[Any, Any, Any]) -> Any:
    import asyncio

    return asyncio.run(coroutine)


def emit(result: Result, wants_json: bool) -> None:
    """Print a result: the answer on stdout, everything else on stderr."""
    if wants_json:
        print(document(result), flush=True)
        return
    if result.text:
        print(result.text, flush=True)
    for warning in dict.fromkeys(result.warnings):
        tell(warning)
    for problem in result.problems:
        tell(*(line for line in (problem.happened, problem.not_done, problem.remedy) if line))


def tell(*lines: str) -> None:
    """Lines for the person, on stderr."""
    with contextlib.suppress(BrokenPipeError):
        print(*lines, sep="\n", file=sys.stderr, flush=True)


def usage(what: str, remedy: str, wants_json: bool) -> int:
    """A command line that cannot be read; exit code 2."""
    emit(Result(problems=(Problem("usage", what, "Nothing was done.", remedy),), exit_code=USAGE), wants_json)
    return USAGE


def top_help() -> str:
    """The page of `sayso --help`."""
    width = max(len(name) for name in entries())
    lines = ["Examples:", *(f"  {example}" for example in EXAMPLES)]
    lines += ["", "  You say what you want, see exactly what would happen, and nothing moves without your yes."]
    lines += ["", "Usage: sayso COMMAND [OPTIONS]"]
    for title, section in SECTIONS:
        lines += ["", f"{title}:", *(f"  {entry.name:<{width}}  {entry.summary}" for entry in section)]
    lines += ["", "Exit codes: 0 done, 1 failure, 2 say it differently, 3 waits for confirmation, 4 set-up needed,"]
    lines += [
        "5 refused, 6 reverted on chain, 7 outcome unknown, 130 interrupted. 'sayso COMMAND --help' says more.",
        "",
    ]
    return "\n".join(lines)


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else "See 'sayso --help'."


def _close_quietly() -> None:
    """The reader went away: let nothing more be written, or Python complains at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
