"""Help pages, which begin with examples, and the building of a command from its function."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import typer
from typer.core import TyperCommand

from agent.cli.table import Entry


class ExampleFirst(TyperCommand):
    """A command whose help begins with examples (its `epilog`, a line each)."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Examples, then what it does, then how it is called."""
        formatter.write(examples_text((self.epilog or "").splitlines()))
        self.format_help_text(ctx, formatter)
        formatter.write_paragraph()
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)


def examples_text(examples: Sequence[str]) -> str:
    """The examples as they stand at the head of a help page."""
    return "Examples:\n" + "".join(f"  {line}\n" for line in examples)


def build(module: ModuleType, path: str, function: Callable[..., object]) -> Any:
    """The function as a command. `path` is how it is called ('sayso account create')."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    examples = [line for line in module.EXAMPLES if f"{line} ".startswith(f"{path} ") or f"| {path}" in line]
    context = {"help_option_names": ["--help", "-h"]}
    app.command(cls=ExampleFirst, epilog="\n".join(examples), context_settings=context)(function)
    return typer.main.get_command(app)


def group_help(entry: Entry, module: ModuleType) -> str:
    """The help page of a command that has subcommands."""
    commands: dict[str, Callable[..., object]] = module.COMMANDS
    width = max(map(len, commands))
    lines = (f"  {name:<{width}}  {_summary(function)}" for name, function in commands.items())
    head = f"{examples_text(module.EXAMPLES)}\n  {entry.summary}\n\nUsage: sayso {entry.name} COMMAND [OPTIONS]\n"
    return head + "\nCommands:\n" + "\n".join(lines) + "\n"


def _summary(function: Callable[..., object]) -> str:
    return (function.__doc__ or "").strip().split("\n")[0]
