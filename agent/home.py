"""Where all state lives: one directory that only its owner may enter (0700), with files that only they may read (0600)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chain.errors import SetupNeeded
from chain.private_files import ensure_private_directory

DEFAULT = "~/.sayso"


@dataclass(frozen=True, slots=True)
class Home:
    """The paths under SAYSO_HOME."""

    path: Path

    @property
    def database(self) -> Path:
        """Drafts, confirmations, the nonce ledger, the journal, contacts and the policy."""
        return self.path / "sayso.db"

    @property
    def keystore(self) -> Path:
        """One encrypted file an account."""
        return self.path / "keystore"

    @property
    def config(self) -> Path:
        """Settings, as TOML."""
        return self.path / "config.toml"

    @property
    def model(self) -> Path:
        """The language model's weights that learnt from this person, where there are any."""
        return self.path / "model" / "sayso.safetensors"

    @property
    def locks(self) -> Path:
        """One empty file an account and chain, locked while something is signed for it."""
        return self.path / "locks"

    def ensure(self) -> "Home":
        """This, after making its directory or checking that it is the owner's alone. Raises SetupNeeded."""
        try:
            ensure_private_directory(self.path)
        except OSError as error:
            raise SetupNeeded(
                f"{self.path} cannot be made or opened: {error.strerror or 'an error of the file system'}.",
                not_done="Nothing was done.",
                remedy="Set SAYSO_HOME to a directory of your own.",
            ) from error
        return self


def home_from(environ: Mapping[str, str]) -> Home:
    """The home that SAYSO_HOME names, or else ~/.sayso; a relative name is taken from the current directory. Raises nothing."""
    path = Path(environ.get("SAYSO_HOME") or DEFAULT).expanduser()
    return Home(Path(os.path.abspath(path)))
