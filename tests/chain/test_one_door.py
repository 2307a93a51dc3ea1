"""No code but the one door reaches a key: walked from the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for room in ("agent", "chain", "contracts", "nlp") for path in (ROOT / room).rglob("*.py"))

KEYSTORE, SIGNER, DECODER = "chain/keystore.py", "chain/signer.py", "chain/signed.py"
# Names by which the libraries and our keystore make, open, hold or use a private key, and who may say them.
GUARDED = {
    "sign_behind_the_door": {KEYSTORE, SIGNER},
    "sign_step": {SIGNER, "agent/"},
    "Door": {SIGNER, "agent/"},
    "_reveal": {KEYSTORE},
    "_Key": {KEYSTORE},
    "_keys_in_memory": {KEYSTORE},
    "_decrypt": {KEYSTORE},
    "_key_of_phrase": {KEYSTORE},
    "LocalAccount": set(),
    "PrivateKey": {KEYSTORE},
    "sign_transaction": {KEYSTORE},
    "sign_message": set(),
    "sign_typed_data": set(),
    "unsafe_sign_hash": set(),
    "signHash": set(),
    "sign_msg": set(),
    "sign_msg_hash": set(),
    "sign_msg_non_recoverable": set(),
    "from_key": set(),
    "from_mnemonic": set(),
    "seed_from_mnemonic": {KEYSTORE},
    "key_from_seed": {KEYSTORE},
    "decode_keyfile_json": {KEYSTORE},
    "extract_key_from_keyfile": set(),
    "create_keyfile_json": {KEYSTORE},
    "SignAndSendRawMiddlewareBuilder": set(),
    "construct_sign_and_send_raw_middleware": set(),
}
LIBRARIES = {"eth_account": {KEYSTORE}, "eth_keyfile": {KEYSTORE}, "eth_keys": {KEYSTORE, DECODER}, "coincurve": set()}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names(tree: ast.AST) -> Iterator[str]:
    """Every name, attribute, imported name and whole string of a file: getattr by a literal counts too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.alias):
            yield node.name.split(".")[-1]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def offences(source: str, where: str) -> list[str]:
    """What a file at `where` says and may not."""
    tree = ast.parse(source)
    said = [name for name in names(tree) if name in GUARDED and not _allowed(where, GUARDED[name])]
    # A library named in a string counts too: importlib would take it.
    roots = [name.split(".")[0] for name in (*modules(tree), *names(tree))]
    return said + [root for root in roots if root in LIBRARIES and where not in LIBRARIES[root]]


def _allowed(where: str, who: set[str]) -> bool:
    return any(where == one or (one.endswith("/") and where.startswith(one)) for one in who)


@pytest.mark.parametrize("path", SOURCES, ids=place)
def test_no_other_code_names_what_opens_a_key(path: Path) -> None:
    where = place(path)
    # nlp's intents and the agent's verbs may be called sign_message; there it is a word, not a function of a library.
    found = [
        o for o in offences(path.read_text(encoding="utf-8"), where) if not (o == "sign_message" and where[:3] != "cha")
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from eth_account import Account",
        "importlib.import_module('eth_account.account')",
        "import eth_account.account",
        "from eth_keys.datatypes import PrivateKey",
        "import eth_keyfile as quiet",
        "def f(k, u, t): return k.sign_behind_the_door(u, t)",
        "getattr(k, 'sign_behind_the_door')(u, t)",
        "from chain.keystore import _decrypt",
        "w3.eth.account.sign_transaction(t, private_key=k)",
        "import chain.keystore as k; k._decrypt(a, b)",
        "store._keys_in_memory[1][1]._reveal()",
    ],
)
def test_the_walk_itself_notices(source: str) -> None:
    assert offences(source, "agent/execute.py")
    assert offences(source, "chain/send.py")


def test_one_function_signs() -> None:
    calls = [
        (place(path), function.name)
        for path in SOURCES
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sign_behind_the_door"
    ]
    assert calls == [(SIGNER, "_sign")]
    callers = [
        (place(path), function.name)
        for path in SOURCES
        if place(path) == SIGNER
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_sign"
    ]
    assert callers == [(SIGNER, "sign_step")]


def test_the_curve_is_libsecp256k1_and_not_the_slow_one_of_pure_python() -> None:
    """eth_keys falls back without a word: that one is 25 times slower and takes a time that hangs on the key."""
    import eth_keys

    assert type(eth_keys.keys.backend).__name__ == "CoinCurveECCBackend"
