"""Settings: flag over environment over file over default; what cannot be used is refused before anything is done."""

from pathlib import Path

import pytest

from agent.home import Home, home_from
from agent.services import other_nodes
from agent.setting_names import CHAINS
from agent.settings import load_settings, read_config, set_config, shown, unset_config
from chain.errors import SayDifferently, SetupNeeded
from contracts.registry import load_registry

FILE_URL, ENV_URL, FLAG_URL = (f"http://127.0.0.1:{port}" for port in (1, 2, 3))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()


def load(home: Home, flags: dict[str, str | None] | None = None, **environ: str):  # type: ignore[no-untyped-def]
    return load_settings(flags, {"SAYSO_HOME": str(home.path), **environ})


def write(home: Home, text: str, mode: int = 0o600) -> None:
    home.config.write_text(text)
    home.config.chmod(mode)


def test_flag_over_environment_over_file_over_default(home: Home) -> None:
    assert load(home).rpc_urls == ()
    set_config(home, "rpc_url", FILE_URL)
    assert (load(home).rpc_urls, load(home).source("rpc_url")) == ((FILE_URL,), "file")
    both = load(home, SAYSO_RPC_URL=ENV_URL)
    assert (both.rpc_urls, both.source("rpc_url")) == ((ENV_URL,), "environment")
    all_three = load(home, {"rpc_url": FLAG_URL}, SAYSO_RPC_URL=ENV_URL)
    assert (all_three.rpc_urls, all_three.source("rpc_url")) == ((FLAG_URL,), "flag")
    unset_config(home, "rpc_url")
    assert load(home).source("rpc_url") == "default"


def test_several_urls_stand_in_one_setting(home: Home) -> None:
    assert load(home, SAYSO_RPC_URL=f"{ENV_URL}, {FLAG_URL},{ENV_URL}").rpc_urls == (ENV_URL, FLAG_URL)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host",
        "host:8545",
        "http://",
        "http://user@host",
        "http://user:secret@host",
        "http://:secret@host",
        "http://host:0",
        "http://host:99999",
        "http://[::1",
        "http://169.254.169.254/latest",
        "http://0.0.0.0:8545",
        "http://224.0.0.1",
        "file:///etc/passwd",
        "http://ho st",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_and_never_shown(home: Home, url: str) -> None:
    with pytest.raises(SetupNeeded) as caught:
        load(home, SAYSO_RPC_URL=url)
    assert "secret" not in str(caught.value)
    with pytest.raises(SayDifferently):
        set_config(home, "rpc_url", url)
    assert read_config(home) == {}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8545", "https://host.example/v2/key", "http://[::1]:8545", "http://192.168.1.5"]
)
def test_urls_that_can_be_used(home: Home, url: str) -> None:
    assert load(home, SAYSO_RPC_URL=url).rpc_urls == (url,)


def test_a_key_in_a_url_is_not_shown(home: Home) -> None:
    settings = load(home, SAYSO_RPC_URL="https://host.example:8/v2/secret?key=secret")
    assert shown(settings, "rpc_url") == "https://host.example:8"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('rpc_ulr = "http://x"', "rpc_url"),
        ("account = 5", "not a text"),
        ("account = ", "not TOML"),
        ('account = "a"\naccount = "b"', "not TOML"),
        ('[section]\nrpc_url = "http://x"', "unknown key"),
    ],
)
def test_a_file_with_a_mistake_is_refused(home: Home, text: str, named: str) -> None:
    write(home, text)
    with pytest.raises(SetupNeeded, match=named):
        load(home)


def test_a_file_open_to_others_is_refused(home: Home) -> None:
    write(home, 'account = "main"', 0o644)
    with pytest.raises(SetupNeeded, match="open to other users"):
        load(home)


def test_what_is_set_is_read_back_whatever_it_holds(home: Home) -> None:
    set_config(home, "password_file", 'a "quoted" \\ path')
    set_config(home, "account", "main")
    assert read_config(home) == {"password_file": 'a "quoted" \\ path', "account": "main"}
    assert home.config.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in home.path.iterdir()] == ["config.toml"]


def test_an_unknown_setting_offers_the_nearest(home: Home) -> None:
    with pytest.raises(SayDifferently, match="Did you mean account"):
        set_config(home, "acount", "x")
    with pytest.raises(SayDifferently):
        unset_config(home, "nothing")
    with pytest.raises(SayDifferently, match="control"):
        set_config(home, "account", "a\nb")


def test_the_home_is_the_owners_alone(tmp_path: Path) -> None:
    path = home_from({"SAYSO_HOME": str(tmp_path / "a" / "b")}).ensure().path
    assert path.stat().st_mode & 0o777 == 0o700
    path.chmod(0o755)
    with pytest.raises(SetupNeeded, match="chmod 700"):
        Home(path).ensure()
    (tmp_path / "file").touch()
    with pytest.raises(SetupNeeded):
        Home(tmp_path / "file").ensure()
    with pytest.raises(SetupNeeded):
        Home(tmp_path / "file" / "below").ensure()


def test_a_node_can_be_named_for_every_chain_of_the_registry() -> None:
    assert set(CHAINS) == {chain.slug for chain in load_registry().chains}


def test_a_node_that_is_named_for_a_chain_is_listed_among_the_connections(home: Home) -> None:
    set_config(home, "rpc_url", FILE_URL)
    set_config(home, "rpc_url_local", FILE_URL)
    set_config(home, "rpc_url_base", f"{ENV_URL}/v3/visibly-a-test-key,{FLAG_URL}")
    rows = other_nodes(load(home))
    assert [(row["to"], row["what"]) for row in rows] == [(ENV_URL, "RPC node of base"), (FLAG_URL, "RPC node of base")]
