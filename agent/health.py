"""The checks of `sayso doctor`: each looks at one thing, changes nothing, and says what to do."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from agent.settings import Settings, shown_url
from chain.errors import SaysoError, SetupNeeded

if TYPE_CHECKING:
    from chain.client import ChainClient

Status = Literal["ok", "warn", "fail"]
CLOCK_SLACK_SECONDS = 120
NODE_MAJOR = 18
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `remedy` is '' where there is nothing to do."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


async def examine(settings: Settings) -> tuple[Check, ...]:
    """All checks, in the order in which they depend on each other. Raises nothing of ours."""
    local = [python(), node(), devnet(), model(), home(settings), database(settings), accounts(settings)]
    return (*local, *larger_model(settings), *await chain(settings))


def python() -> Check:
    """Python 3.11 or newer."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return Check("python", "fail", f"Python {version} is too old.", "Install Python 3.11 or newer.")
    return Check("python", "ok", f"Python {version}")


def node() -> Check:
    """Node 18 or newer, which only the local chain needs."""
    path, remedy = shutil.which("node"), "Install Node 18 or newer: the local chain needs it, nothing else does."
    if path is None:
        return Check("node", "warn", "Node is not installed.", remedy)
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout.strip()
        major = int(said.removeprefix("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return Check("node", "warn", "Node does not tell its version.", remedy)
    return (
        Check("node", "ok", f"Node {said}")
        if major >= NODE_MAJOR
        else Check("node", "warn", f"Node {said} is too old.", remedy)
    )


def devnet() -> Check:
    """Whether the local chain's packages are there."""
    from chain.devnet.packages import anvil_binary

    return _tried("local chain", lambda: f"Anvil at {anvil_binary()}", "warn")


def model() -> Check:
    """Whether the language model's export was made."""
    from nlp.errors import NlpError
    from nlp.model.export import MODEL_FILE, export_directory

    try:
        directory = export_directory()
    except NlpError:
        return Check("model", "fail", "The language model's weights are missing.", "Run: make install.")
    if not (directory / MODEL_FILE).is_file():
        return Check(
            "model", "warn", "The model's export is not made yet.", "The first parse makes it, or: make install."
        )
    return Check("model", "ok", f"exported to {directory}")


def larger_model(settings: Settings) -> tuple[Check, ...]:
    """Where a larger model is named: whether its settings fit together. It is not asked, and nothing is loaded."""
    from agent.larger.configured import larger_of

    if not settings.text("larger_model") and not settings.text("larger_model_url"):
        return ()

    def look() -> str:
        larger, url = larger_of(settings), settings.text("larger_model_url")
        where = f"at {shown_url(url)}, which is told what you say when the small one is unsure" if url else "runs here"
        return f"{larger.name if larger else ''} {where}"

    return (_tried("larger model", look),)


def home(settings: Settings) -> Check:
    """Whether the home, if it is there, is the owner's alone."""
    if not settings.home.path.exists():
        return Check(
            "home", "warn", f"{settings.home.path} is not there yet.", "Make an account: sayso account create NAME."
        )
    return _tried("home", lambda: str(settings.home.ensure().path))


def database(settings: Settings) -> Check:
    """Whether the database is whole, of a schema that is known, and its journal unbroken."""
    if not settings.home.database.exists():
        return Check("database", "ok", "none yet; it is made when it is needed")

    def look() -> str:
        from agent.session import open_desk

        with open_desk(settings) as desk:
            chain = desk.journal.verify()
        if chain.broken_at is not None:
            raise SaysoError(f"Journal entry {chain.broken_at}: {chain.why}.", remedy="Run: sayso audit verify.")
        return f"whole; {chain.entries} journal entries hold together"

    return _tried("database", look)


def accounts(settings: Settings) -> Check:
    """Whether the account files are readable, the owner's alone, and which account is used."""
    if not settings.home.keystore.exists():
        return Check("accounts", "warn", "There is no account yet.", "Make one: sayso account create NAME.")

    def look() -> str:
        from chain.keystore import Keystore

        known = Keystore(settings.home.keystore).list()
        return f"{len(known)}: {', '.join(info.name for info in known)}" if known else "none yet"

    return _tried("accounts", look)


async def chain(settings: Settings) -> tuple[Check, ...]:
    """Whether a node answers, which chain it serves, what stands on it, and whether this computer's clock agrees with it."""
    from chain.client import connect
    from contracts.registry import load_registry

    if not settings.rpc_urls:
        return (Check("rpc", "warn", "No RPC node is configured.", "Set SAYSO_RPC_URL, or start 'sayso devnet'."),)
    try:
        client = await connect(settings.rpc_urls, load_registry())
    except SaysoError as error:
        return (Check("rpc", "fail", error.happened, error.remedy),)
    try:
        entry, head = client.entry, await client.block()
        answers = Check("rpc", "ok", f"{', '.join(client.nodes)} answers, at block {head.number}")
        known = Check("chain", "ok", f"{entry.name}, chain id {entry.chain_id}{', a test chain' if entry.test else ''}")
        return (answers, known, await _contracts(client), await _history(settings), _clock(head.timestamp, entry.test))
    except SaysoError as error:
        return (Check("rpc", "fail", error.happened, error.remedy),)
    finally:
        await client.close()


async def _contracts(client: "ChainClient") -> Check:
    """Whether Multicall3, which every read goes through, and all contracts with a pinned code hash are there."""
    pinned = [contract for contract in client.registry.contracts_on(client.chain_id) if contract.code_hash]
    try:
        if await client.rpc("eth_getCode", [client.multicall3, "latest"]) in ("0x", None):
            raise SetupNeeded(f"There is no Multicall3 at {client.multicall3}.", remedy=_other_chain(client))
        await client.verify_code(pinned)
    except SaysoError as error:
        return Check("contracts", "fail", error.happened, error.remedy)
    return Check("contracts", "ok", f"Multicall3 is there, and {len(pinned)} contracts hold the code that is expected")


def _other_chain(client: "ChainClient") -> str:
    if client.entry.test:
        return "Start the local chain with 'sayso devnet', and connect to that one."
    return f"Use another RPC node for {client.entry.name}."


async def _history(settings: Settings) -> Check:
    """Whether the chain is the one on which the person's accounts have signed."""
    from agent.session import session
    from agent.standing import check_stands

    if not settings.home.database.exists():
        return Check("history", "ok", "nothing was signed here yet")
    try:
        async with session(settings) as opened:
            for info in opened.accounts.list():
                await check_stands(opened, info.address)
    except SaysoError as error:
        return Check("history", "fail", error.happened, error.remedy)
    return Check("history", "ok", "the chain knows of all that was settled")


def _clock(block_time: int, test: bool) -> Check:
    """A test chain makes blocks only when something happens, so an old one says nothing of the clock."""
    behind = int(time.time()) - block_time
    if behind > CLOCK_SLACK_SECONDS and test:
        return Check("clock", "ok", f"not compared: this test chain's newest block is {behind} seconds old")
    if abs(behind) > CLOCK_SLACK_SECONDS:
        side = "behind" if behind < 0 else "ahead of"
        return Check(
            "clock",
            "warn",
            f"This computer is {abs(behind)} seconds {side} the newest block.",
            "Set the clock, or use another node.",
        )
    return Check("clock", "ok", "agrees with the newest block")


def _tried(name: str, look: Callable[[], str | Path], status: Status = "fail") -> Check:
    try:
        return Check(name, "ok", str(look()))
    except SaysoError as error:
        return Check(name, status, error.happened, error.remedy)
