"""`make demo` and `make demo-stop`: a local chain in the background, a funded demo account, and the chat or one request.

Everything stands in `.demo/` beside the project: the home with its keystore, the random password (0600), the chain's
state, and the file that says where the chain runs. stdout is the answer; progress goes to stderr.
"""

import argparse
import asyncio
import fcntl
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agent.cli.envelope import WAITS_FOR_CONFIRMATION
from agent.cli.main import emit, guarded, tell
from agent.home import Home
from agent.session import open_desk
from agent.settings import Settings, load_settings
from chain.errors import SaysoError, SetupNeeded
from chain.private_files import write_new_private

if TYPE_CHECKING:
    from agent.render.draft import Command

ROOT = Path(__file__).resolve().parents[1]
ACCOUNT = "demo"
START_S, STOP_S, FREE_S = 120.0, 20.0, 5.0
PAUSE_S = 0.05
REMEDY = "For a fresh demo: make demo-stop, remove the folder .demo, and run make demo again."


@dataclass(frozen=True, slots=True)
class Place:
    """The demo's folder and what stands in it."""

    folder: Path

    @property
    def running(self) -> Path:
        """Which process the chain is, and where it answers."""
        return self.folder / "chain.json"

    @property
    def state(self) -> Path:
        """What happened on the chain, kept across its restarts."""
        return self.folder / "chain-state.json"

    @property
    def log(self) -> Path:
        """What the chain's process said."""
        return self.folder / "chain.log"

    @property
    def password(self) -> Path:
        """The demo account's random password, 0600."""
        return self.folder / "password"


@dataclass(frozen=True, slots=True)
class Chain:
    """A local chain in the background."""

    pid: int
    rpc_url: str


def start(place: Place, words: str) -> int:
    """Make ready what is not, then answer one request or open the chat; the exit code."""
    Home(place.folder).ensure()
    with _alone(place):
        chain = find_chain(place) or start_chain(place)
        settings = settings_of(place, chain)
        ready_account(place, chain, settings)
    return asyncio.run(_ask(words, place, settings) if words.strip() else _chat(place, settings))


def stop(place: Place) -> int:
    """Stop the chain in the background, if it runs; what happened on it is kept."""
    chain = find_chain(place)
    if chain is None:
        tell("the demo's local chain is not running")
        return 0
    os.kill(chain.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while _is_ours(chain.pid, place) and time.monotonic() < deadline:
        time.sleep(PAUSE_S)
    if _is_ours(chain.pid, place):
        raise SaysoError(f"The local chain (process {chain.pid}) does not end.", remedy=f"End it: kill {chain.pid}.")
    tell("the demo's local chain is stopped; 'make demo' goes on where it was")
    return 0


def find_chain(place: Place) -> Chain | None:
    """The chain that was started before, if that very process still runs."""
    chain = _last(place)
    return chain if chain is not None and _is_ours(chain.pid, place) else None


def _last(place: Place) -> Chain | None:
    """The chain that ran last, whether it still does or not."""
    try:
        kept = json.loads(place.running.read_text(encoding="utf-8"))
        return Chain(int(kept["pid"]), str(kept["rpc_url"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _port(place: Place) -> list[str]:
    """The port of the last time where it is free, so that commands printed then still reach the chain.

    Where the last chain was killed, its Anvil writes its state and ends a moment later: that is waited for.
    """
    last = _last(place)
    port = urlsplit(last.rpc_url).port if last else None
    deadline = time.monotonic() + FREE_S
    while port is not None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return ["--port", str(port)]
        time.sleep(PAUSE_S)
    return []


def start_chain(place: Place) -> Chain:
    """Start the chain as a process of its own, on its kept state. Raises SetupNeeded where it does not start."""
    tell("starting the local chain (the first time it is built, which takes a little) ...")
    answer = place.folder / "chain.out"
    command = [sys.executable, "-m", "agent.cli.main", "devnet", "--json", "--state", str(place.state)]
    command += _port(place)
    with answer.open("wb") as out, place.log.open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=log, start_new_session=True
        )
    chain = Chain(process.pid, _wait_for(process, answer, place))
    # It outlives this process by intent: nobody waits for it here, and Popen is not to warn of that.
    process.returncode = 0
    place.running.write_text(json.dumps({"pid": chain.pid, "rpc_url": chain.rpc_url}), encoding="utf-8")
    return chain


def settings_of(place: Place, chain: Chain) -> Settings:
    """The demo's own settings: nothing of the person's environment reaches it."""
    flags = {"rpc_url": chain.rpc_url, "account": ACCOUNT, "password_file": str(place.password)}
    return load_settings(flags, {"SAYSO_HOME": str(place.folder)})


def ready_account(place: Place, chain: Chain, settings: Settings) -> None:
    """Make the demo account where there is none, and fund it where it holds nothing."""
    from chain.devnet import Node, fund

    with open_desk(settings) as desk:
        known = [info for info in desk.accounts.list() if info.name == ACCOUNT]
        if not known:
            tell("making a demo account ...")
            if not place.password.exists():
                write_new_private(place.password, secrets.token_urlsafe(24) + "\n")
            password = place.password.read_text(encoding="utf-8").strip()
            known = [desk.accounts.create(ACCOUNT, password, demo=True).info]
        address = known[0].address
    if int(Node(chain.rpc_url).rpc("eth_getBalance", address, "latest"), 16) == 0:
        tell("funding it ...")
        fund(chain.rpc_url, address)


async def _ask(words: str, place: Place, settings: Settings) -> int:
    from agent.cli.ask import ask

    result = await ask(words, settings, around=_around(place, settings))
    emit(result, wants_json=False)
    return 0 if result.exit_code == WAITS_FOR_CONFIRMATION and not result.problems else result.exit_code


async def _chat(place: Place, settings: Settings) -> int:
    from agent.chat import open_chat

    await open_chat(settings, command=_around(place, settings))
    return 0


def _around(place: Place, settings: Settings) -> "Command":
    """So that the printed command can be pasted into any shell of this machine."""
    from agent.render.draft import Command

    environment = {"SAYSO_HOME": str(place.folder), "SAYSO_RPC_URL": settings.rpc_urls[0]}
    before = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    program = shlex.quote(str(Path(sys.executable).with_name("sayso")))
    return Command(before, program, f"--password-file {shlex.quote(str(place.password))}")


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """Two demos that start at once make one chain."""
    with (place.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wait_for(process: "subprocess.Popen[bytes]", answer: Path, place: Place) -> str:
    """The URL that the chain's process names. Raises SetupNeeded where it ends, or takes too long; then it is ended."""
    deadline = time.monotonic() + START_S
    try:
        while time.monotonic() < deadline and process.poll() is None:
            data = _document(answer).get("data")
            if isinstance(data, dict):
                return str(data["rpc_url"])
            time.sleep(PAUSE_S)
    except BaseException:
        _end(process)
        raise
    _end(process)
    raise SetupNeeded("The local chain did not start.", not_done=_why(answer, place), remedy=REMEDY)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait()


def _why(answer: Path, place: Place) -> str:
    """What its process said: an error document on stdout, or something on stderr."""
    errors = _document(answer).get("errors")
    if errors:
        return " ".join(errors[0][part] for part in ("happened", "not_done") if errors[0][part])
    return place.log.read_text(encoding="utf-8", errors="replace")[-500:].strip()


def _document(answer: Path) -> dict[str, Any]:
    """The whole document, or nothing while it is being written."""
    try:
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found


def _is_ours(pid: int, place: Place) -> bool:
    """Whether this process is the chain of this demo, and not another that got its number since."""
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "devnet" in shown.stdout and str(place.state) in shown.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="agent.demo", description=__doc__)
    parser.add_argument("what", choices=("start", "stop"))
    parser.add_argument("--ask", default="", help="one request; without it the chat opens")
    parser.add_argument("--folder", type=Path, default=ROOT / ".demo", help="where the demo lives")
    options = parser.parse_args(arguments)
    place = Place(options.folder.resolve())
    return guarded(lambda: stop(place) if options.what == "stop" else start(place, options.ask))


if __name__ == "__main__":
    sys.exit(main())
