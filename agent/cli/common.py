"""What the commands about keys, drafts and settings share: options, passwords, and addresses given by name."""

from pathlib import Path
from typing import Annotated

import typer

from agent.passwords import get_password, prompt_of_terminal
from agent.settings import Settings, load_settings

RpcUrl = Annotated[str, typer.Option("--rpc-url", help="RPC node, before SAYSO_RPC_URL and the settings.")]
PasswordFile = Annotated[
    str, typer.Option("--password-file", metavar="FILE", help="A file (mode 0600) with the password in its first line.")
]


def settings_with(rpc_url: str = "", account: str = "") -> Settings:
    """The settings, with what this command line says before them. Raises SetupNeeded."""
    return load_settings({"rpc_url": rpc_url, "account": account})


def path_of(text: str) -> Path | None:
    """The file an option names; None where it was not given."""
    return Path(text).expanduser() if text else None


def ask_again(prompt: str, password_file: str) -> str:
    """A password for what needs one at a prompt or from --password-file on this very command. Raises SetupNeeded."""
    return get_password(prompt, file=path_of(password_file), ask=prompt_of_terminal())


def ask_or_setting(prompt: str, password_file: str, settings: Settings) -> str:
    """A password for creating, importing and confirming: SAYSO_PASSWORD_FILE serves these, too. Raises SetupNeeded."""
    return get_password(
        prompt, file=path_of(password_file), standing_file=settings.password_file, ask=prompt_of_terminal()
    )
