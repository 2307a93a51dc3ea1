"""Run in a process of its own: confirm a draft, and be killed at a named moment. Usage: home rpc_url draft digest moment."""

import asyncio
import functools
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import agent.follow
import agent.store.sealed
import chain.keystore
from agent.drafts import DraftStore, parse_digest
from agent.execute import confirm_draft
from agent.journal import Journal
from agent.ledger import StoreLedger
from agent.session import session
from agent.settings import load_settings
from chain.client import ChainClient
from tests.agent.store_support import CHEAP, PASSWORD, unchanged

Function = Callable[..., Any]


def die() -> None:
    """As the power going off."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(function: Function) -> Function:
    """Die instead of it."""

    @functools.wraps(function)
    def dying(*args: Any, **kwargs: Any) -> Any:
        die()
        return function(*args, **kwargs)

    return dying


def after(function: Function) -> Function:
    """Do it, then die."""

    @functools.wraps(function)
    def dying(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        die()

    return dying


def after_waiting(function: Callable[..., Awaitable[Any]]) -> Function:
    """Do it to its end, then die before anybody hears of it."""

    @functools.wraps(function)
    async def dying(*args: Any, **kwargs: Any) -> Any:
        await function(*args, **kwargs)
        die()

    return dying


def before_the_outcome_is_committed(function: Function) -> Function:
    """Die within the transaction that stores a receipt."""

    @functools.wraps(function)
    def dying(self: Journal, connection: Any, kind: Any, facts: Any) -> Any:
        head = function(self, connection, kind, facts)
        if kind == "step.outcome":
            die()
        return head

    return dying


MOMENTS: dict[str, tuple[Any, str, Callable[[Function], Function]]] = {
    "after_confirm": (DraftStore, "confirm", after),
    "after_nonce": (StoreLedger, "reserve", after),
    "after_signing": (StoreLedger, "record_signed", before),
    "after_storing": (StoreLedger, "record_signed", after),
    "before_sending": (ChainClient, "send_raw", before),
    "after_acceptance": (ChainClient, "send_raw", after_waiting),
    "before_receipt": (agent.follow, "wait_included", before),
    "in_receipt_handling": (StoreLedger, "record_seen", before),
    "before_commit": (Journal, "append_in", before_the_outcome_is_committed),
    "never": (StoreLedger, "never", lambda function: function),
}


async def main(home: str, rpc_url: str, draft_id: str, digest: str, moment: str) -> int:
    """The exit code of confirming."""
    chain.keystore.SCRYPT_N = agent.store.sealed.SCRYPT_N = CHEAP
    owner, name, how = MOMENTS[moment]
    setattr(owner, name, how(getattr(owner, name, lambda: None)))
    settings = load_settings({"rpc_url": rpc_url}, {"SAYSO_HOME": str(Path(home))})
    async with session(settings) as opened:
        carried = await confirm_draft(opened, draft_id, parse_digest(digest), PASSWORD, redraft=unchanged)
    return carried.exit_code


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
