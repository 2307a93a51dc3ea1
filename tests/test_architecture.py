"""The rooms and arrows of docs/architecture.md, and the shape of the code, walked from the source itself."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ARROWS = {"contracts": set(), "nlp": set(), "chain": {"contracts"}, "agent": {"contracts", "chain", "nlp"}}
SOURCES = sorted(path for room in ARROWS for path in (ROOT / room).rglob("*.py"))


def modules_imported(path: Path) -> Iterator[str]:
    """Every absolute module name that a file imports, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_along_its_arrows(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    rooms = {name.split(".")[0] for name in modules_imported(path)} & set(ARROWS)
    assert rooms - {room} <= ARROWS[room]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_under_four_hundred_lines(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") < 400


def test_httpx_is_imported_in_one_module_only() -> None:
    users = {str(p.relative_to(ROOT)) for p in SOURCES for name in modules_imported(p) if name.split(".")[0] == "httpx"}
    assert users <= {"chain/http.py"}


def test_no_value_out_of_a_sentence_is_a_float() -> None:
    rooms = (ROOT / "nlp" / room for room in ("assemble", "dialogue", "values", "recognise"))
    calls = (node for room in rooms for path in room.rglob("*.py") for node in ast.walk(ast.parse(path.read_text())))
    assert not [n for n in calls if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "float"]


def test_no_module_imports_in_a_circle() -> None:
    graph = {_module(path): set(_own_modules(path)) for path in SOURCES}
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name in done:
            return
        for target in graph.get(name, ()):
            walk(target, (*trail, name))
        done.add(name)

    for name in graph:
        walk(name, ())


def test_functions_are_small() -> None:
    sizes = {
        f"{path.relative_to(ROOT)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES
        for node in _functions(path)
    }
    assert {name: size for name, size in sizes.items() if size > 60} == {}
    assert statistics.median(sizes.values()) < 10


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _own_modules(path: Path) -> Iterator[str]:
    """The project's modules imported at module level (an import inside a function is deferred and cannot be circular)."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ARROWS:
            base = node.module or ""
            for alias in node.names:
                full = ROOT.joinpath(*base.split("."), alias.name)
                yield f"{base}.{alias.name}" if full.with_suffix(".py").exists() or full.is_dir() else base
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in ARROWS)
