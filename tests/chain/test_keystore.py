"""Key files: made, imported, exported, opened; and what must be refused."""

import copy
import json
import os
import pickle
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chain.keystore
from chain.bounded_json import loads
from chain.errors import Locked, SayDifferently, SetupNeeded
from chain.keyfile import parse_v3
from chain.keystore import EXTRA, SCRYPT_N, Keystore
from chain.values import Unlocked
from tests.chain.signing_support import PASSWORD, TEST_KEY

# BIP-39's own all-zero vector, published everywhere.
PHRASE = "abandon " * 11 + "about"
PHRASE_ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"


@pytest.fixture(autouse=True)
def cheap_scrypt(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_scrypt" not in request.fixturenames:
        monkeypatch.setattr(chain.keystore, "SCRYPT_N", 2)


@pytest.fixture
def real_scrypt() -> None:
    """Asked for by the test that pays for the real work factor."""


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "keys", clock=lambda: 1_700_000_000.0)


@pytest.fixture
def file(store: Keystore, tmp_path: Path) -> Path:
    """The file of an account called main."""
    store.import_key("main", TEST_KEY, PASSWORD)
    return tmp_path / "keys" / "main.json"


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_new_account_is_the_one_of_its_phrase(store: Keystore, tmp_path: Path) -> None:
    info, phrase = store.create("main", PASSWORD)
    assert len(phrase.split()) == 12
    again = Keystore(tmp_path / "other").import_phrase("again", phrase, PASSWORD)
    assert again.address == info.address
    assert phrase not in (tmp_path / "keys" / "main.json").read_text()


def test_two_new_accounts_differ(store: Keystore) -> None:
    assert store.create("one", PASSWORD)[1] != store.create("two", PASSWORD)[1]


def test_a_phrase_is_derived_at_the_usual_path(store: Keystore) -> None:
    assert store.import_phrase("main", f"  {PHRASE.upper()} ", PASSWORD).address == PHRASE_ADDRESS


def test_the_real_work_factor_and_a_listing_without_password(
    store: Keystore, tmp_path: Path, real_scrypt: None
) -> None:
    info, _ = store.create("main", PASSWORD, demo=True)
    assert SCRYPT_N == 2**18
    found = json.loads((tmp_path / "keys" / "main.json").read_text())
    assert found["crypto"]["kdfparams"]["n"] == 2**18 and found[EXTRA]["demo"] is True
    assert store.list() == (info,)
    assert (info.name, info.created, info.demo) == ("main", 1_700_000_000, True)
    assert store.unlock("main", PASSWORD).account == info.address


def test_directory_and_file_are_closed_to_others(file: Path) -> None:
    old = os.umask(0)
    try:
        Keystore(file.parent.parent / "wide").create("a", PASSWORD)
    finally:
        os.umask(old)
    for path in (file, file.parent.parent / "wide" / "a.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [p.name for p in file.parent.iterdir()] == ["main.json"]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_open_to_others_is_refused_with_the_remedy(store: Keystore, file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SetupNeeded, match="chmod 600"):
        store.unlock("main", PASSWORD)
    file.chmod(0o600)
    store.unlock("main", PASSWORD)


def test_a_directory_open_to_others_is_refused(store: Keystore, file: Path) -> None:
    file.parent.chmod(0o755)
    with pytest.raises(SetupNeeded, match="chmod 700"):
        store.list()


def test_a_link_is_refused(store: Keystore, file: Path, tmp_path: Path) -> None:
    moved = file.rename(tmp_path / "moved.json")
    file.symlink_to(moved)
    with pytest.raises(SetupNeeded, match="link"):
        store.list()


def test_a_linked_directory_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(file.parent)
    with pytest.raises(SetupNeeded, match="plain directory"):
        Keystore(tmp_path / "linked").list()


def test_a_pipe_in_place_of_a_file_does_not_hang(store: Keystore, file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)
    with pytest.raises(SetupNeeded, match="regular"):
        store.list()


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 65_000, b"x" * 70_000, b"\xff\xfe", b"{}", b"null"])
def test_a_broken_file_is_told_and_nothing_is_lost(store: Keystore, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(SetupNeeded):
        store.list()
    assert file.read_bytes() == content


def test_a_wrong_password_many_times_loses_nothing(store: Keystore, file: Path) -> None:
    before = file.read_bytes()
    for guess in ("", "wrong", PASSWORD + " ", PASSWORD.upper()) * 5:
        with pytest.raises(Locked):
            store.unlock("main", guess)
    assert file.read_bytes() == before
    store.unlock("main", PASSWORD)


def test_a_swapped_key_is_noticed(store: Keystore, file: Path) -> None:
    other = json.loads(store.export("main", PASSWORD, PASSWORD))
    info, _ = store.create("victim", PASSWORD)
    edit(file.parent / "victim.json", crypto=other["crypto"])
    with pytest.raises(SetupNeeded, match="not the key"):
        store.unlock("victim", PASSWORD)
    assert info.address in {account.address for account in store.list()}


def test_nothing_is_overwritten(store: Keystore, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(SayDifferently, match="already"):
        store.create("main", PASSWORD)
    with pytest.raises(SayDifferently, match="already"):
        store.import_key("twin", TEST_KEY, PASSWORD)
    assert file.read_bytes() == before and len(store.list()) == 1


def test_an_interrupted_write_leaves_no_half_file(store: Keystore, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        store.create("second", PASSWORD)
    assert [p.name for p in file.parent.iterdir()] == ["main.json"]


@pytest.mark.parametrize("name", ["", "Main", "a b", "../a", "a/b", ".a", "-a", "a.", "ä", "a" * 33, "a\n", "a\0"])
def test_names_are_plain(store: Keystore, name: str) -> None:
    with pytest.raises(SayDifferently):
        store.create(name, PASSWORD)


def test_an_empty_password_is_refused(store: Keystore) -> None:
    with pytest.raises(SayDifferently, match="empty"):
        store.create("main", "")


@pytest.mark.parametrize("key", ["", "0x", "7e57", "00" * 32, "ff" * 32, "g" * 64, TEST_KEY + "00", "７" * 64])
def test_what_is_no_key_is_refused_without_showing_it(store: Keystore, key: str) -> None:
    with pytest.raises(SayDifferently) as caught:
        store.import_key("main", key, PASSWORD)
    assert len(key) < 32 or key not in str(caught.value)


@pytest.mark.parametrize("phrase", ["", "abandon", "abandon " * 12, "abandon " * 11 + "planted", PHRASE + " " + PHRASE])
def test_what_is_no_phrase_is_refused_without_showing_it(store: Keystore, phrase: str) -> None:
    with pytest.raises(SayDifferently) as caught:
        store.import_phrase("main", phrase, PASSWORD)
    assert "abandon" not in str(caught.value) and "planted" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_an_unknown_name_offers_the_nearest(store: Keystore, file: Path) -> None:
    with pytest.raises(SetupNeeded, match="Did you mean main"):
        store.find("mian")
    assert store.find(store.list()[0].address.lower()).name == "main"


def test_an_export_opens_with_the_new_password_only(store: Keystore, file: Path, tmp_path: Path) -> None:
    text = store.export("main", PASSWORD, "another password")
    assert json.loads(text)["crypto"]["ciphertext"] != json.loads(file.read_text())["crypto"]["ciphertext"]
    other = Keystore(tmp_path / "other")
    with pytest.raises(Locked):
        other.import_v3("main", text, PASSWORD, PASSWORD)
    assert other.import_v3("main", text, "another password", PASSWORD).address == store.find("main").address
    with pytest.raises(Locked):
        store.export("main", "wrong", PASSWORD)


def vectors(shared: Path) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    for path in ("basic_tests.json", "geth/v3_test_vector.json"):
        for name, case in json.loads((shared / "vectors/keystore-v3" / path).read_text()).items():
            yield name, case["json"], case["password"], case["priv"]


@pytest.mark.shared
def test_the_public_vectors_open_and_are_written_anew(shared: Path, tmp_path: Path, store: Keystore) -> None:
    for number, (name, found, password, key) in enumerate(vectors(shared)):
        one = Keystore(tmp_path / f"v{number}").import_v3("vector", json.dumps(found), password, PASSWORD)
        other = Keystore(tmp_path / f"k{number}").import_key("vector", key.rjust(64, "0"), PASSWORD)
        assert one.address == other.address, name
        kdf = json.loads((tmp_path / f"v{number}" / "vector.json").read_text())["crypto"]["kdfparams"]
        assert (kdf["n"], kdf["r"], kdf["p"]) == (chain.keystore.SCRYPT_N, 8, 1)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["keystore_garbage", "keystore_empty", "v1_test_vector.json", "keystore_README"])
def test_hostile_files_are_refused(shared: Path, store: Keystore, name: str) -> None:
    text = (shared / "vectors/keystore-v3/geth" / name).read_text(encoding="utf-8", errors="surrogateescape")
    with pytest.raises(SayDifferently):
        store.import_v3("main", text, "foobar", PASSWORD)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["keystore_aaa", "keystore_zzz", "very-light-scrypt.json", "keystore_no-address"])
def test_files_of_other_wallets_are_taken_in(shared: Path, store: Keystore, name: str) -> None:
    text = (shared / "vectors/keystore-v3/geth" / name).read_text()
    if name == "keystore_no-address":
        with pytest.raises((SayDifferently, Locked)):
            store.import_v3("main", text, "wrong password", PASSWORD)
        return
    info = store.import_v3("main", text, "foobar" if name.startswith("keystore") else "", PASSWORD)
    assert info.address.lower().endswith(json.loads(text)["address"])


@pytest.mark.parametrize(
    "params",
    [
        {"n": 1},
        {"n": 3},
        {"n": 2**21},
        {"n": 2**40},
        {"n": -2},
        {"n": 2.0},
        {"n": True},
        {"n": "262144"},
        {"r": 2**20},
        {"p": 2**20},
        {"n": 2**20, "r": 9},
        {"dklen": 31},
        {"dklen": 2**31},
        {"salt": "zz"},
        {"salt": "ab" * 2000},
        {"salt": None},
    ],
)
def test_the_cost_of_an_imported_file_is_capped(store: Keystore, file: Path, params: dict[str, Any]) -> None:
    found = json.loads(store.export("main", PASSWORD, PASSWORD))
    found["crypto"]["kdfparams"] |= params
    with pytest.raises(SayDifferently):
        store.import_v3("other", json.dumps(found), PASSWORD, PASSWORD)


@pytest.mark.parametrize(
    "change", [{"version": 1}, {"version": "3"}, {"version": 3.0}, {"crypto": None}, {"crypto": []}, {"Version": 3}]
)
def test_a_file_of_another_shape_is_refused(store: Keystore, file: Path, change: dict[str, Any]) -> None:
    found = json.loads(store.export("main", PASSWORD, PASSWORD)) | change
    with pytest.raises(SayDifferently):
        store.import_v3("other", json.dumps(found), PASSWORD, PASSWORD)


def test_a_wrong_mac_is_a_wrong_password(store: Keystore, file: Path) -> None:
    found = json.loads(file.read_text())
    found["crypto"]["mac"] = "00" * 32
    edit(file, crypto=found["crypto"])
    with pytest.raises(Locked):
        store.unlock("main", PASSWORD)


def test_pbkdf2_is_capped_too(shared: Path) -> None:
    found = json.loads((shared / "vectors/keystore-v3/basic_tests.json").read_text())["test1"]["json"]
    parse_v3(json.dumps(found))
    found["crypto"]["kdfparams"]["c"] = 10**9
    with pytest.raises(SayDifferently):
        parse_v3(json.dumps(found))


def test_the_address_of_an_imported_file_must_be_its_keys(store: Keystore, file: Path) -> None:
    found = json.loads(store.export("main", PASSWORD, PASSWORD)) | {"address": "00" * 20}
    with pytest.raises(SayDifferently, match="address"):
        store.import_v3("other", json.dumps(found), PASSWORD, PASSWORD)


def test_an_unlocked_key_is_not_shown_pickled_or_copied(store: Keystore, file: Path) -> None:
    unlocked = store.unlock("main", PASSWORD)
    digits = TEST_KEY[2:]
    for held in (store, unlocked, vars(store)):
        assert digits not in repr(held)
    for serialise in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            serialise(store)
    assert bytes.fromhex(digits) not in pickle.dumps(unlocked)
    with pytest.raises(TypeError):
        pickle.dumps(vars(store)["_keys_in_memory"])


def test_a_forged_or_spent_proof_opens_nothing(store: Keystore, file: Path) -> None:
    unlocked = store.unlock("main", PASSWORD)
    assert store.unlocked_info(unlocked).name == "main"
    with pytest.raises(Locked):
        store.unlocked_info(Unlocked(unlocked.account, unlocked.handle ^ 1))
    store.lock(unlocked)
    store.lock(unlocked)
    with pytest.raises(Locked):
        store.unlocked_info(unlocked)


def test_the_recursion_limit_stays(store: Keystore) -> None:
    before = sys.getrecursionlimit()
    store.create("main", PASSWORD)
    store.unlock("main", PASSWORD)
    assert sys.getrecursionlimit() == before < 10_000


@pytest.mark.parametrize(
    "text", ["[" * 9 + "]" * 9, '{"a":1,"a":2}', "NaN", "[1e999, Infinity]", '["]]]]"' * 3, '"' + "x" * 2000 + '"']
)
def test_json_from_outside_is_bounded(text: str) -> None:
    with pytest.raises(SayDifferently):
        loads(text, max_bytes=1000, max_depth=8)


@given(st.recursive(st.text(alphabet='[]{}"\\ab', max_size=5), lambda x: st.lists(x, max_size=3), max_leaves=8))
def test_brackets_inside_strings_do_not_count(value: Any) -> None:
    assert loads(json.dumps(value), max_bytes=10_000, max_depth=12) == value
