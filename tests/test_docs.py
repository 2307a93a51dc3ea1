"""What the pages in docs/ say, held against the code: nothing missing, and nothing that is not there."""

import os
import re
from pathlib import Path

import pytest

from agent.cli.main import main
from agent.cli.table import entries
from agent.setting_names import NAMES
from contracts.recipe import load_recipe

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SOURCES = [path for room in ("agent", "chain", "contracts", "nlp") for path in (ROOT / room).rglob("*.py")]
SLUG = re.compile(r"[\"`]((?:form|recipient|value|limits|approval|trade|simulation|policy)\.[a-z_]+)[\"`]")
VARIABLE = re.compile(r"\bSAYSO_[A-Z_]+\b")
WRITE = "SAYSO_WRITE_DOCS"
PAGES = [(), *((name, *rest) for name, entry in entries().items() for rest in [(), *((s,) for s in entry.subcommands)])]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def row_of(text: str, first: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {first} |"))


def test_the_safety_page_names_every_check_and_no_other() -> None:
    judges = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "agent" / "judge").glob("*.py"))
    made = set(SLUG.findall(judges)) - {"limits.spending"}  # One name for both limits, where none is set.
    assert set(SLUG.findall(page("safety.md"))) == made


def test_the_configuration_page_names_every_setting_and_variable() -> None:
    text = page("configuration.md")
    for name in NAMES:
        assert f"`SAYSO_{name.upper()}`" in row_of(text, f"`{name}`")
    read = {found for path in SOURCES for found in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert set(VARIABLE.findall(text)) == read | {f"SAYSO_{name.upper()}" for name in NAMES}


def test_the_local_chain_page_tells_the_recipe() -> None:
    text, recipe = page("local-chain.md"), load_recipe()
    for symbol, amount in recipe.funding:
        assert f"| {amount} |" in row_of(text, symbol)
    for token in recipe.tokens:
        if token.listed:
            assert f"| {token.decimals} |" in row_of(text, token.symbol)
    for collection in recipe.collections:
        assert not collection.listed or f"{collection.name} ({collection.symbol})" in text
    for deed in recipe.past:
        assert deed.to in text or not deed.to.startswith("0x")
    for name in recipe.names:
        if name.forward:
            assert row_of(text, name.name).endswith(f"| {name.address} | {'yes' if name.reverse else 'no'} |")
        else:
            assert name.address in text
    for feed in recipe.feeds:
        assert re.search(rf"\b{feed.base} {re.escape(str(feed.answer))}\b", text)


def test_the_commands_page_is_the_help(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With SAYSO_WRITE_DOCS=1 it is written instead."""
    monkeypatch.setenv("COLUMNS", "80")
    parts = ["# Commands", "", "Every help page, as `--help` prints it. Written by `tests/test_docs.py`."]
    for words in PAGES:
        assert main([*words, "--help"]) == 0
        parts += ["", f"## {' '.join(('sayso', *words))}", "", "```text", capsys.readouterr().out.rstrip("\n"), "```"]
    text = "\n".join(parts) + "\n"
    if os.environ.get(WRITE):
        (DOCS / "commands.md").write_text(text, encoding="utf-8")
    assert page("commands.md") == text, f"docs/commands.md is not the help any more: run this test with {WRITE}=1"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_pages_link_and_point_to_what_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)[^)]*\)", text):
        assert (DOCS / target).exists(), target
    for named in re.findall(r"`((?:agent|chain|contracts|nlp|tests|docs)/[\w./-]+)`", text):
        assert (ROOT / named).exists() or (ROOT / f"{named}.py").exists(), named
