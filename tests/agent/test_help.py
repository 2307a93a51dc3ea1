"""Every help page, whole."""

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.cli.main import main
from agent.cli.table import entries

PAGES = [
    [],
    *([name] for name in entries()),
    *([name, sub] for name, entry in entries().items() for sub in entry.subcommands),
]


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_the_help_page(
    page: list[str], snapshot: SnapshotAssertion, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*page, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith("Examples:\n  ")
    assert out == snapshot


@pytest.mark.parametrize("page", PAGES[1:], ids=" ".join)
def test_its_examples_are_of_that_very_command(page: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*page, "--help"])
    first = capsys.readouterr().out.split("\n")[1]
    assert f"sayso {' '.join(page)}" in first
