"""`sayso account`: secrets stay off arguments, documents and logs; keys come in by file, prompt or standard input."""

import io
import json
import os
import stat
from pathlib import Path

import pytest

from chain.keystore import Keystore
from tests.agent.commands_support import Person, make_person, process, secret_file
from tests.agent.store_support import PASSWORD, RECIPIENT, Clock, desk_at, make_scrypt_cheap
from tests.chain.signing_support import TEST_KEY
from tests.conftest import LocalChain

PHRASE = "test test test test test test test test test test test junk"
PHRASE_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Person:
    make_scrypt_cheap(monkeypatch)
    return make_person(tmp_path, monkeypatch, capsys)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Standard input that is no terminal."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def everything_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_create_gives_name_and_address_and_never_the_phrase(person: Person) -> None:
    said = person.run("account", "create", "main", *person.with_password())
    assert said.code == 0
    assert {"name": "main", "demo": False, "sealed": True}.items() <= said.data["account"].items()
    assert said.data["account"]["address"].startswith("0x")
    assert "phrase was not shown" in said.document["warnings"][0]
    assert len(set(said.text.split()) & set(words_of_bip39())) < 6


def words_of_bip39() -> list[str]:
    from eth_account.hdaccount.mnemonic import Mnemonic

    return list(Mnemonic().wordlist)


def test_files_are_the_owners_alone(person: Person) -> None:
    person.run("account", "create", "main", *person.with_password())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [person.home, *person.home.rglob("*")]}
    assert {mode for name, mode in modes.items() if name in ("home", "keystore", "locks")} == {0o700}
    assert {mode for name, mode in modes.items() if name not in ("home", "keystore", "locks")} == {0o600}


def test_no_password_or_key_is_found_in_what_is_stored(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, TEST_KEY)
    assert person.run("account", "import", "old", "--key", *person.with_password()).code == 0
    stored = everything_under(person.home)
    key = bytes.fromhex(TEST_KEY[2:])
    for secret in (PASSWORD.encode(), key, key.hex().encode()):
        assert secret not in stored


@pytest.mark.parametrize("flag", [["--phrase"], []])
def test_a_phrase_comes_in_by_standard_input(person: Person, monkeypatch: pytest.MonkeyPatch, flag: list[str]) -> None:
    typed(monkeypatch, f"  {PHRASE}\n")
    said = person.run("account", "import", "old", *flag, *person.with_password())
    assert said.data["account"]["address"] == PHRASE_ADDRESS
    assert "junk" not in said.text


def test_a_wrong_phrase_is_not_repeated(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, PHRASE.replace("junk", "zebra"))
    said = person.run("account", "import", "old", *person.with_password())
    assert (said.code, said.error) == (2, "say_differently")
    assert "zebra" not in said.text


def test_a_v3_file_comes_in_with_its_own_password(person: Person, tmp_path: Path) -> None:
    other = Keystore(tmp_path / "other")
    other.import_key("theirs", TEST_KEY, "their password")
    text = other.export("theirs", "their password", "their password")
    file = tmp_path / "theirs.json"
    file.write_text(text)
    wrong = person.run("account", "import", "old", "--v3", str(file), *person.with_password())
    assert (wrong.code, wrong.error) == (4, "locked")
    own = secret_file(tmp_path / "own", "their password")
    said = person.run(
        "account", "import", "old", "--v3", str(file), "--file-password-file", str(own), *person.with_password()
    )
    assert said.code == 0 and said.data["account"]["address"] == other.find("theirs").address


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 60_000, b"\xff\xfe", b"x" * 100_000])
def test_a_file_that_is_no_keystore_is_refused(person: Person, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    assert person.run("account", "import", "old", "--v3", str(file), *person.with_password()).code == 2
    assert person.run("account", "list").data["accounts"] == []


def test_the_setting_serves_creating_and_not_exporting(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_PASSWORD_FILE", str(person.password_file))
    assert person.run("account", "create", "main").code == 0
    refused = person.run("account", "export", "main")
    assert (refused.code, refused.data) == (4, None)
    exported = person.run("account", "export", "main", *person.with_password())
    assert exported.data["keystore"]["version"] == 3


def test_an_export_comes_in_again_as_the_same_account(person: Person, tmp_path: Path) -> None:
    made = person.run("account", "create", "main", *person.with_password()).data["account"]["address"]
    out, new = tmp_path / "out.json", secret_file(tmp_path / "new", "another password")
    said = person.run(
        "account", "export", "main", "--out", str(out), "--new-password-file", str(new), *person.with_password()
    )
    assert said.data["file"] == str(out) and stat.S_IMODE(out.stat().st_mode) == 0o600
    assert person.run("account", "export", "main", "--out", str(out), *person.with_password()).code == 2
    elsewhere = Keystore(tmp_path / "elsewhere")
    assert elsewhere.import_v3("again", out.read_text(), "another password", "x").address == made


@pytest.mark.parametrize("name", ["", "Main", "a b", "../x", "a" * 40])
def test_a_name_that_cannot_be_used_makes_nothing(person: Person, name: str) -> None:
    assert person.run("account", "create", name, *person.with_password()).code == 2
    assert person.run("account", "list").data["accounts"] == []


def test_without_a_password_nothing_is_made(person: Person) -> None:
    said = person.run("account", "create", "main")
    assert (said.code, said.error) == (4, "setup_needed")
    assert "--password-file" in said.document["errors"][0]["remedy"]


def test_a_password_file_open_to_others_is_refused(person: Person) -> None:
    person.password_file.chmod(0o644)
    assert person.run("account", "create", "main", *person.with_password()).code == 4
    person.password_file.unlink()
    assert person.run("account", "create", "main", *person.with_password()).code == 4
    secret_file(person.password_file, "")
    assert person.run("account", "create", "main", *person.with_password()).code == 4


def test_a_second_account_of_another_password_is_told_and_sealed_later(person: Person, tmp_path: Path) -> None:
    other = secret_file(tmp_path / "other", "another password")
    person.run("account", "create", "main", *person.with_password())
    said = person.run("account", "create", "second", "--password-file", str(other))
    assert (said.code, said.data["account"]["sealed"]) == (0, False)
    assert any("account seal" in warning for warning in said.document["warnings"])
    assert any("main stays the account that is used" in warning for warning in said.document["warnings"])
    assert person.run("account", "seal", "second", "--password-file", str(other)).code == 4
    by = ("--by", "main", "--by-password-file", str(person.password_file))
    assert person.run("account", "seal", "second", "--password-file", str(other), *by).code == 0
    rows = person.run("account", "list").data["accounts"]
    assert {row["name"]: row["sealed"] for row in rows} == {"main": True, "second": True}
    assert [row["default"] for row in rows] == [True, False]
    person.run("config", "set", "account", "second")
    assert [row["default"] for row in person.run("account", "list").data["accounts"]] == [False, True]


def test_the_account_that_was_first_stays_the_one_that_is_used(person: Person, local_chain: LocalChain) -> None:
    with desk_at(person.home, Clock(1_700_000_000)) as desk:
        first = desk.accounts.create("zoe", PASSWORD).info.address
    second = person.run("account", "create", "adam", *person.with_password()).data["account"]["address"]
    rpc = ("--rpc-url", local_chain.rpc_url)
    assert person.run("portfolio", *rpc).data["account"]["address"] == first
    assert person.run("portfolio", "--account", "adam", *rpc).data["account"]["address"] == second
    assert person.run("portfolio", "--account", "nosuch", *rpc).code == 4
    assert person.run("audit", "verify", *person.with_password()).data["audit"]["sealed_through"] > 0
    for_second = person.run("audit", "verify", "--account", "adam", *person.with_password())
    assert for_second.data["audit"]["sealed_through"] > 0
    assert person.run("audit", "verify", "--account", "nosuch", *person.with_password()).code == 4


def test_a_contact_s_name_is_not_given_to_an_account(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.run("contact", "add", "bob smith", RECIPIENT)
    typed(monkeypatch, TEST_KEY)
    for command in (("create", "bob-smith"), ("import", "bob_smith")):
        said = person.run("account", *command, *person.with_password())
        assert (said.code, said.error) == (2, "say_differently")
        assert "contact remove" in said.document["errors"][0]["remedy"]
    assert person.run("account", "list").data["accounts"] == []


@pytest.mark.parametrize("password", ["x", "seven77"])
def test_a_new_password_that_could_be_guessed_is_refused(
    person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, password: str
) -> None:
    short = str(secret_file(tmp_path / "short", password))
    typed(monkeypatch, TEST_KEY)
    for command in (("create", "main"), ("import", "main")):
        said = person.run("account", *command, "--password-file", short)
        assert (said.code, said.error) == (2, "say_differently")
        assert "fewer than 8" in said.document["errors"][0]["happened"] and said.document["errors"][0]["remedy"]
    person.run("account", "create", "main", *person.with_password())
    said = person.run("account", "export", "main", "--new-password-file", short, *person.with_password())
    assert (said.code, said.data) == (2, None)


def test_a_published_key_comes_in_with_a_warning(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, PHRASE)
    code, out, err = person.read("account", "import", "dev", *person.with_password())
    assert (code, PHRASE_ADDRESS in out) == (0, True)
    assert "published" in err and "never on a real chain" in err


@pytest.mark.parametrize("junk", ["0x1234", "junk", "junk junk", "{}"])
def test_what_cannot_be_imported_says_what_was_not_done_and_what_can_be(
    person: Person, monkeypatch: pytest.MonkeyPatch, junk: str
) -> None:
    typed(monkeypatch, junk)
    said = person.run("account", "import", "old", *person.with_password())
    (problem,) = said.document["errors"]
    assert (said.code, problem["not_done"], bool(problem["remedy"])) == (2, "Nothing was imported.", True)


def test_forgetting_names_test_chains_only(person: Person) -> None:
    assert person.run("account", "forget-chain", "local").data == {"chain": "local", "chain_id": 31337, "slots": 0}
    assert (person.run("account", "forget-chain", "ethereum").error) == "refused"
    assert "local" in person.run("account", "forget-chain", "locl").document["errors"][0]["remedy"]


def test_the_phrase_is_shown_on_a_terminal_once(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    _, out, err = person.read("account", "create", "main", *person.with_password())
    (line,) = [
        line for line in err.splitlines() if len(line.split()) == 12 and set(line.split()) <= set(words_of_bip39())
    ]
    assert line.strip() not in out
    phrase = line.strip().encode()
    assert phrase not in everything_under(person.home)


def test_at_full_cost_in_a_process_of_its_own(tmp_path: Path) -> None:
    """The one test here that derives keys at the real cost, and looks at the arguments as others could."""
    file = secret_file(tmp_path / "password", PASSWORD)
    env = {**os.environ, "SAYSO_HOME": str(tmp_path / "home"), "SAYSO_PASSWORD_FILE": str(file)}
    done = process("account", "create", "main", "--json", env=env)
    assert done.returncode == 0 and json.loads(done.stdout)["data"]["account"]["name"] == "main"
    stored = json.loads((tmp_path / "home" / "keystore" / "main.json").read_text())
    assert stored["crypto"]["kdfparams"]["n"] == 2**18
    assert PASSWORD not in done.stdout + done.stderr
