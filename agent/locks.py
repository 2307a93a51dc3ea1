"""One process at a time signs for an account: a lock that the operating system takes back when its holder dies."""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chain.errors import SaysoError
from chain.private_files import ensure_private_directory

PATIENCE_SECONDS = 150.0
POLL_SECONDS = 0.02


@asynccontextmanager
async def holding(directory: Path, name: str, *, within: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Hold the lock of this name for the block. Raises SaysoError where another process holds it for `within` seconds."""
    ensure_private_directory(directory)
    descriptor = os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        await _take(descriptor, time.monotonic() + within)
        yield
    finally:
        os.close(descriptor)


async def _take(descriptor: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise SaysoError(
                    "Another sayso process is signing for this account.",
                    not_done="Nothing was signed.",
                    remedy="Let it end, then try again; the same confirmation never acts twice.",
                ) from None
        await asyncio.sleep(POLL_SECONDS)
