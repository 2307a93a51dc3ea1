"""`sayso devnet`: a local chain with real protocols on it, in the foreground."""

import signal
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from agent.cli.envelope import Result
from agent.cli.main import emit, tell
from agent.cli.options import Json, Plain

EXAMPLES = (
    "sayso devnet",
    "sayso devnet --port 8545 --fund 0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
    "sayso devnet --json --state chain.json",
)
INTERRUPTED = 130
MOST_PORT = 65535

Port = Annotated[int | None, typer.Option(help="The port on loopback; a free one if not given.", min=1, max=MOST_PORT)]
Fund = Annotated[list[str] | None, typer.Option(help="An address that gets coins and tokens; may be repeated.")]
State = Annotated[Path | None, typer.Option(help="A file in which what happens is kept across starts.")]


def command(port: Port = None, fund: Fund = None, state: State = None, json: Json = False, plain: Plain = False) -> int:
    """Runs a local chain until Ctrl-C: Anvil with tokens, Uniswap V2 and V3, price feeds and ENS, on loopback.

    Prints where it answers; with --json also all tokens and contracts. What it holds has no worth.
    """
    from agent.contacts import checked_address
    from chain.devnet import devnet_summary, start_devnet

    to_fund = [checked_address(address) for address in fund or ()]
    # A plain kill must stop Anvil in order, too.
    signal.signal(signal.SIGTERM, _interrupt)
    if not json:
        tell("starting the local chain ...")
    with start_devnet(port, state, to_fund) as devnet:
        emit(Result(devnet_summary(devnet.rpc_url), _text(devnet.rpc_url, devnet.chain_id)), json)
        with suppress(KeyboardInterrupt):
            return 1 if devnet.wait() else 0
    return INTERRUPTED


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _text(rpc_url: str, chain_id: int) -> str:
    return (
        f"The local chain ({chain_id}) answers at {rpc_url}. Ctrl-C stops it.\n"
        f"In another terminal: export SAYSO_RPC_URL={rpc_url}"
    )
