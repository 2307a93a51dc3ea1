"""One process at a time signs for an account: a lock that the operating system takes back when its holder dies.

A lock can be shared, too: to be seen by others as long as one lives, as the watches are.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from chain.errors import SaysoError
from chain.private_files import ensure_private_directory

PATIENCE_SECONDS = 150.0
POLL_SECONDS = 0.02


@asynccontextmanager
async def holding(directory: Path, name: str, *, within: float = PATIENCE_SECONDS) -> AsyncIterator[None]:
    """Hold the lock of this name for the block. Raises SaysoError where another process holds it for `within` seconds."""
    descriptor = _opened(directory, name)
    try:
        await _take(descriptor, time.monotonic() + within)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def sharing(directory: Path, name: str) -> Iterator[None]:
    """Share the lock of this name for the block, with as many processes as want to. Waits for nobody but `is_held`'s glance."""
    descriptor = _opened(directory, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_held(directory: Path, name: str) -> bool:
    """Whether any living process holds or shares the lock of this name."""
    descriptor = _opened(directory, name)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _opened(directory: Path, name: str) -> int:
    ensure_private_directory(directory)
    return os.open(directory / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


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
