"""`sayso watch`: reads balances, prices and gas, fires alerts, drafts standing orders, and tells what happens to your accounts."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.cli.watch_face import Face
    from agent.session import Session

EXAMPLES = (
    "sayso watch",
    "sayso watch --once --json",
    "sayso watch --plain > watch.log",
    'sayso ask "tell me when eth drops below 2000"',
)

Once = Annotated[bool, typer.Option("--once", help="One look, then end: for a timer of your own.")]


async def command(rpc_url: RpcUrl = "", once: Once = False, json: Json = False, plain: Plain = False) -> Result | None:
    """Watches the connected chain, and others that nodes are named for, until you stop it with Ctrl-C.

    It signs nothing: an order that is due is drafted, and asks. Notices go to stdout and to the channels that the settings
    name; with --json each is one document a line. Several watches at once tell nothing twice.
    """
    from agent.cli.watch_face import Face
    from agent.watch.sessions import watched_sessions

    face = Face(plain=plain, json=json, stream=sys.stdout, status=sys.stderr)
    async with watched_sessions(settings_with(rpc_url), face.say) as opened:
        return await _watch(opened, face, once)


async def _watch(opened: "Sequence[Session]", face: "Face", once: bool) -> Result | None:
    from agent.automation.schedule import machine_zone
    from agent.notices.configured import channels_from
    from agent.watch.loop import Watch

    first = opened[0]
    channels = channels_from(first.settings, face.collect if once else face.show, first.clock)
    watches = [Watch(session, channels, machine_zone, face.report, face.say) for session in opened]
    try:
        if once:
            return face.result([await watch.once() for watch in watches])
        face.begin(opened)
        await asyncio.gather(*(watch.run() for watch in watches))
    finally:
        for channel in channels:
            await channel.close()
    return None
