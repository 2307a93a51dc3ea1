"""The demo, with real processes: a chain in the background that is found again, restarted with what happened, and stopped."""

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.demo import ACCOUNT, Place, find_chain, main
from chain.devnet import Node
from tests.agent.face_support import ScriptedParser, act, understood

pytestmark = pytest.mark.anvil
SCRIPT = {
    "what is my usdc balance?": understood(act("balance", token="USDC")),
    "swap 1 eth for usdc": understood(act("swap", amount_in="1", token_in="ETH", token_out="USDC")),
    "stake": understood(act("stake", amount="1", token="ETH")),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr("agent.understand.load_parser", lambda: ScriptedParser(SCRIPT))
    # What the person has set elsewhere must not reach the demo.
    monkeypatch.setenv("SAYSO_RPC_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "elsewhere"))
    place = Place(tmp_path / "demo")
    yield place
    main(["stop", "--folder", str(place.folder)])


def demo(place: Place, words: str) -> int:
    return main(["start", "--folder", str(place.folder), "--ask", words])


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        # A child of ours stays as a zombie until it is waited for.
        done, _ = os.waitpid(pid, os.WNOHANG)
        if done:
            return True
        time.sleep(0.05)
    return False


def test_it_asks_confirms_is_found_again_and_survives_a_restart(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo(place, "what is my usdc balance?") == 0
    said, progress = capsys.readouterr()
    assert said == "demo holds 10000 USDC on Local chain.\n"
    assert "starting the local chain" in progress
    first = find_chain(place)
    assert first is not None

    began = time.monotonic()
    assert demo(place, "swap 1 eth for usdc") == 0
    assert time.monotonic() - began < 5
    said, progress = capsys.readouterr()
    assert progress == ""
    assert "DEMO ACCOUNT" in said
    assert find_chain(place) == first

    command = said.strip().split("\n")[-1].strip()
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "done" in done.stdout

    os.kill(first.pid, signal.SIGKILL)
    assert gone(first.pid)
    assert demo(place, "what is my usdc balance?") == 0
    assert "demo holds 12498.708375 USDC" in capsys.readouterr().out
    second = find_chain(place)
    assert second is not None
    assert (second.pid != first.pid, second.rpc_url) == (True, first.rpc_url)
    assert int(Node(second.rpc_url).rpc("eth_chainId"), 16) == 31337


def test_its_folder_is_private_and_its_account_a_demo_under_a_random_password(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo(place, "stake") == 1
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.password.stat().st_mode) == 0o600
    password = place.password.read_text().strip()
    assert len(password) >= 32
    (kept,) = (place.folder / "keystore").iterdir()
    assert (
        json.loads(kept.read_text())["x-sayso"]["demo"] is True
        if "x-sayso" in kept.read_text()
        else ACCOUNT in kept.name
    )
    out, err = capsys.readouterr()
    assert password not in out + err


def test_stop_ends_the_very_process_and_is_content_where_there_is_none(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["stop", "--folder", str(place.folder)]) == 0
    demo(place, "what is my usdc balance?")
    chain = find_chain(place)
    assert chain is not None
    assert main(["stop", "--folder", str(place.folder)]) == 0
    assert find_chain(place) is None
    with pytest.raises(OSError):
        Node(chain.rpc_url).rpc("eth_chainId")


def test_another_process_with_the_old_number_is_left_alone(place: Place) -> None:
    place.folder.mkdir()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    place.running.write_text(json.dumps({"pid": other.pid, "rpc_url": "http://127.0.0.1:1"}))
    try:
        assert find_chain(place) is None
        assert main(["stop", "--folder", str(place.folder)]) == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_damaged_note_of_the_chain_is_no_chain(text: str, place: Place) -> None:
    place.folder.mkdir()
    place.running.write_text(text)
    assert find_chain(place) is None


def test_a_chain_that_does_not_start_says_why(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.folder.mkdir(mode=0o700)
    place.state.write_text("this is no state")
    assert demo(place, "what is my usdc balance?") == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert "did not start" in err
    assert "make demo-stop" in err


def test_the_command_can_be_pasted(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    demo(place, "swap 1 eth for usdc")
    words = shlex.split(capsys.readouterr().out.strip().split("\n")[-1])
    assert words[0] == f"SAYSO_HOME={place.folder}"
    assert Path(words[2]).is_file()
    assert words[-2:] == ["--password-file", str(place.password)]
