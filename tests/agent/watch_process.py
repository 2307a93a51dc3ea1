"""A real `sayso watch` in a process of its own, that is killed at a named moment. Usage: moment clock. Settings by the environment."""

import os
import signal
import sys

import agent.notices.deliver
import agent.session
import agent.store.sealed
import agent.watch.record
import agent.watch.tick
import chain.keystore
from agent.cli.main import main
from tests.agent.store_support import CHEAP


def die(*_: object, **__: object) -> None:
    """As the power going off."""
    os.kill(os.getpid(), signal.SIGKILL)


def run(moment: str, at: str) -> int:
    """The exit code, where it lives to have one."""
    chain.keystore.SCRYPT_N = agent.store.sealed.SCRYPT_N = CHEAP
    opened = agent.session._desk
    agent.session._desk = lambda settings, _: opened(settings, lambda: float(at))  # type: ignore[assignment]
    if moment == "before_commit":
        agent.watch.record._lacking = die  # type: ignore[assignment]
    elif moment == "before_notice":
        agent.watch.tick.carry_orders = die  # type: ignore[assignment]
    elif moment == "before_mark":
        agent.notices.deliver.Notices.settle = die  # type: ignore[method-assign]
    return main(["watch", "--plain"] if moment == "foreground" else ["watch", "--once", "--json"])


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
