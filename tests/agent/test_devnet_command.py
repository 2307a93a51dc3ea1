"""`sayso devnet` as a process: what it prints, whom it funds, and that it takes its chain along when it ends."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent.cli.main import main
from chain.devnet import Node
from tests.agent.store_support import RECIPIENT

pytestmark = pytest.mark.anvil


@contextmanager
def running(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """The command with `--json`, once it has said where its chain answers."""
    command = [sys.executable, "-m", "agent.cli.main", "devnet", "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.terminate()


def test_it_names_everything_funds_and_ends_with_ctrl_c() -> None:
    with running("--fund", RECIPIENT) as (process, document):
        data = document["data"]
        assert list(document) == ["schema_version", "success", "data", "errors", "warnings"]
        assert (data["chain_id"], data["tokens"]["USDC"]["decimals"]) == (31337, 6)
        assert {"multicall3", "uniswap-v2.router", "uniswap-v3.quoter", "ens.registry"} <= set(data["contracts"])
        node = Node(data["rpc_url"])
        assert int(node.rpc("eth_getBalance", RECIPIENT, "latest"), 16) == 100 * 10**18
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        with pytest.raises(OSError):
            node.rpc("eth_chainId")


def test_a_plain_kill_takes_the_chain_along() -> None:
    with running() as (process, document):
        node = Node(document["data"]["rpc_url"])
        process.terminate()
        assert process.wait(20) == 130
        with pytest.raises(OSError):
            node.rpc("eth_chainId")


def test_a_port_in_use_and_a_bad_address_are_told(capsys: pytest.CaptureFixture[str], devnet: Any) -> None:
    port = devnet.rpc_url.rsplit(":", 1)[1]
    assert main(["devnet", "--port", port]) == 4
    assert main(["devnet", "--fund", "0x1234"]) == 2
    assert main(["devnet", "--port", "70000"]) == 2
    assert capsys.readouterr().out == ""
