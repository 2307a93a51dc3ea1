"""Where a password comes from: a file named on this very command, SAYSO_PASSWORD_FILE, or a prompt. Never an argument."""

import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from chain.errors import SayDifferently, SetupNeeded
from chain.private_files import read_private

MAX_BYTES = 4096
SHORTEST = 8
Ask = Callable[[str], str]


def read_password_file(path: Path) -> str:
    """The first line of a 0600 file of ours. Raises SetupNeeded where it is open to others, missing or empty."""
    try:
        text = read_private(path.expanduser(), max_bytes=MAX_BYTES)
    except FileNotFoundError:
        raise SetupNeeded(
            f"There is no password file {path}.", not_done="Nothing was unlocked.", remedy="Name one that is there."
        ) from None
    password = text.split("\n", 1)[0].removesuffix("\r")
    if not password:
        raise SetupNeeded(f"The password file {path} is empty.", not_done="Nothing was unlocked.")
    return password


def prompt_of_terminal() -> Ask | None:
    """Asking without echo on the terminal; None where there is none."""
    return getpass if sys.stdin.isatty() and sys.stderr.isatty() else None


def get_password(
    prompt: str, *, file: Path | None = None, standing_file: Path | None = None, ask: Ask | None = None
) -> str:
    """The password from `file` (named on this command), else `standing_file` (the setting), else asked for.

    A caller that must not use the setting leaves `standing_file` out. Raises SetupNeeded where there is no source.
    """
    if file is not None or standing_file is not None:
        return read_password_file(file or standing_file or Path())
    if ask is None:
        raise SetupNeeded(
            "A password is needed, and there is no terminal to ask for it.",
            not_done="Nothing was unlocked.",
            remedy="Use --password-file FILE (mode 0600).",
        )
    return ask(prompt)


def get_new_password(
    prompt: str, *, file: Path | None = None, standing_file: Path | None = None, ask: Ask | None = None
) -> str:
    """As `get_password`, asked for twice. Raises SayDifferently where the two differ or it is too short."""
    password = get_password(prompt, file=file, standing_file=standing_file, ask=ask)
    check_new_password(password)
    if file is None and standing_file is None and ask is not None and ask("The same again: ") != password:
        raise SayDifferently("The two passwords differ.", not_done="Nothing was made.", remedy="Try again.")
    return password


def check_new_password(password: str) -> None:
    """Raises SayDifferently for one that could be guessed by trying: whoever copies the file may try as often as they like."""
    if len(password) < SHORTEST:
        raise SayDifferently(
            f"The password has fewer than {SHORTEST} characters.",
            not_done="Nothing was made.",
            remedy="Choose a longer one: several words in a row are easy to keep and hard to guess.",
        )
