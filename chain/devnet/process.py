"""A node as a child process: started on loopback, ended with its owner."""

import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic, sleep

from chain.devnet.jsonrpc import Node
from chain.errors import SaysoError, SetupNeeded

HOST = "127.0.0.1"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
# Ends the node ($0 is its process id) when our end of the pipe closes, however this process ends.
_WATCH = 'cat >/dev/null; kill "$0" 2>/dev/null'


class NodeProcess:
    """A running node. `stop` lets it write its state and reaps it; so does the end of this process."""

    def __init__(self, node: Node, command: Sequence[str]) -> None:
        self.node = node
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (`stop` closes it)
        # Its own session: an interrupt typed at the terminal reaches the owner alone, who then stops it in order.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            start_new_session=True,
        )
        self._watch = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id of the node itself."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Returns once the node answers. Raises SaysoError where it ends before that or takes too long."""
        deadline = monotonic() + START_TIMEOUT_S
        while monotonic() < deadline:
            with suppress(OSError):
                self.node.rpc("eth_chainId")
                if self.running:
                    return
            if not self.running:
                raise SaysoError(
                    f"The local chain did not start: {self._last_words()!r}.",
                    remedy="Where a --state file is damaged, name another one or remove it.",
                )
            sleep(0.01)
        raise SaysoError(f"The local chain did not answer within {START_TIMEOUT_S:.0f} seconds.")

    def wait(self, timeout_s: float) -> int | None:
        """Waits for the node to end by itself: its exit status, or None where it still runs after that time."""
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """Ends the node and the process that watches over it. Calling it again does nothing."""
        self._watch.kill()
        self._watch.wait()
        if self._watch.stdin:
            self._watch.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read(2000).decode(errors="replace").strip()


def started(port: int | None, make: Callable[[int], NodeProcess]) -> NodeProcess:
    """Starts what `make` makes on a port, a free one where none is named, and waits until it answers.

    Raises SetupNeeded where the port is taken, SaysoError where the node fails.
    """
    if port is not None and _in_use(port):
        raise SetupNeeded(f"Port {port} is in use already.", remedy="Name another one with --port.")
    process = make(port or _free_port())
    try:
        process.wait_until_ready()
    except BaseException:
        process.stop()
        raise
    return process


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
