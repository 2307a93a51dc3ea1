"""The desktop, by `notify-send` where there is one and a session to show it in."""

import asyncio
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from agent.notices.channels.types import NotDelivered
from agent.notices.store import Notice

PROGRAM = "notify-send"
SECONDS = 5.0
LONGEST_BODY = 1000


@dataclass(frozen=True, slots=True)
class Desktop:
    """Shows a bubble. The body is escaped: desktops read markup in it."""

    environ: Mapping[str, str]
    name: str = "desktop"
    outside: bool = False

    async def send(self, notice: Notice) -> None:
        """Start the program and wait for it. Raises NotDelivered, for good where there is no desktop."""
        program = shutil.which(PROGRAM, path=self.environ.get("PATH"))
        if program is None or not (self.environ.get("DISPLAY") or self.environ.get("WAYLAND_DISPLAY")):
            raise NotDelivered(f"There is no desktop here, or no {PROGRAM}.", final=True)
        body = escape(notice.body[:LONGEST_BODY], quote=False)
        try:
            process = await asyncio.create_subprocess_exec(
                program, "--app-name=sayso", "--", notice.title, body, stdout=-3, stderr=-3, env=dict(self.environ)
            )
        except OSError:
            raise NotDelivered(f"{PROGRAM} could not be started.") from None
        await _ended(process)

    async def close(self) -> None:
        """Nothing is held."""


def desktop() -> Desktop:
    """The desktop of this process."""
    return Desktop(os.environ)


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            status = await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise NotDelivered(f"{PROGRAM} did not end within {SECONDS:g} seconds.") from None
    if status != 0:
        raise NotDelivered(f"{PROGRAM} ended with status {status}.")
