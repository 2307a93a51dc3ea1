"""Run in a process of its own: work on the orders that are due, and be killed at a named moment.

Usage: home rpc_url now moment. Prints how many drafts it made.
"""

import asyncio
import sys
from datetime import UTC

import agent.automation.orders as orders
import agent.store.sealed
import chain.keystore
from agent.automation.orders import Due, Run, carry_out, due_in
from agent.automation.rules import rules_of
from agent.automation.schedule import period_of
from agent.drafts import DraftStore
from agent.session import Session, session
from agent.settings import load_settings
from tests.agent.automation_support import noted
from tests.agent.killed_support import after, die
from tests.agent.store_support import CHEAP


def claimed(opened: Session, moment: str) -> Due:
    """What is due; 'unclaimed' takes the order's first run without asking, as no process should."""
    now = opened.now()
    if moment == "unclaimed":
        with opened.store.write() as connection:
            due_in(connection, now, UTC)
        (rule,) = rules_of(opened).list()
        return Due((Run(rule, period_of(rule.trigger, now, UTC), now),))
    with opened.store.write() as connection:
        due = due_in(connection, now, UTC)
        if moment == "in_claim":
            die()
    return due


async def main(home: str, rpc_url: str, now: str, moment: str) -> int:
    """The exit code."""
    chain.keystore.SCRYPT_N = agent.store.sealed.SCRYPT_N = CHEAP
    settings = load_settings({"rpc_url": rpc_url}, {"SAYSO_HOME": home})
    async with session(settings, clock=lambda: int(now)) as opened:
        due = claimed(opened, moment)
        if moment == "after_claim":
            die()
        if moment == "in_draft":
            orders.told_drafted = lambda *_: die()  # type: ignore[assignment]
        if moment == "after_draft":
            DraftStore.save = after(DraftStore.save)  # type: ignore[method-assign]
        done = [await carry_out(opened, run, noted) for run in due.runs]
    print(sum(one.outcome == "drafted" for one in done))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
