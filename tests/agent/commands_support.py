"""Running commands as a person or a script would: in this process, or in one of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from tests.agent.store_support import PASSWORD
from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered. `data` is the document's, `errors` its first error's code, or ''."""

    code: int
    document: dict[str, Any]
    text: str = ""

    @property
    def data(self) -> Any:
        return self.document["data"]

    @property
    def error(self) -> str:
        errors = self.document["errors"]
        return str(errors[0]["code"]) if errors else ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a home of their own, and a password in a file."""

    home: Path
    password_file: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *args: str) -> Said:
        """One command with --json: exactly one document on stdout."""
        self.capture.readouterr()
        code = main([*args, "--json"])
        out = self.capture.readouterr().out
        assert out.count("\n") == 1 and out.isascii()
        document = json.loads(out)
        assert set(document) == {"schema_version", "success", "data", "errors", "warnings"}
        assert document["success"] == (not document["errors"])
        return Said(code, document, out)

    def read(self, *args: str) -> tuple[int, str, str]:
        """One command without --json: exit code, stdout and stderr."""
        self.capture.readouterr()
        code = main(list(args))
        out, err = self.capture.readouterr()
        return code, out, err

    def with_password(self) -> tuple[str, str]:
        """The option that names the password file."""
        return "--password-file", str(self.password_file)


def make_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Person:
    """A fresh home, no settings from outside."""
    for name in ("SAYSO_RPC_URL", "SAYSO_PASSWORD_FILE", "SAYSO_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("SAYSO_HOME", str(home))
    return Person(home, secret_file(tmp_path / "password", PASSWORD), capture)


def secret_file(path: Path, text: str) -> Path:
    """A 0600 file."""
    path.touch(0o600)
    path.write_text(text + "\n")
    return path


def process(*args: str, env: dict[str, str], stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, without a terminal."""
    command = [sys.executable, "-m", "agent.cli.main", *args]
    return subprocess.run(command, cwd=ROOT, env=env, input=stdin, capture_output=True, text=True, check=False)
