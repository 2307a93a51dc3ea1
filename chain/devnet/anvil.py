"""Anvil, from the npm package that carries its binary."""

from collections.abc import Sequence

from chain.devnet.jsonrpc import Node
from chain.devnet.packages import anvil_binary
from chain.devnet.process import HOST, NodeProcess, started

# The states of old blocks would be written to the home for every block, gigabytes in an hour, and left there.
FORGETFUL = ("--max-persisted-states", "0")


def start_anvil(port: int | None, arguments: Sequence[str]) -> NodeProcess:
    """Starts Anvil and waits until it answers. Raises SetupNeeded where the port is taken, SaysoError where it fails."""

    def make(chosen: int) -> NodeProcess:
        place = ["--host", HOST, "--port", str(chosen)]
        return NodeProcess(
            Node(f"http://{HOST}:{chosen}"),
            [str(anvil_binary()), *place, "--quiet", "--no-cors", *FORGETFUL, *arguments],
        )

    return started(port, make)
