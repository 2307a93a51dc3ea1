"""Files that only their owner may read: directories 0700, files 0600, written whole or not at all."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from chain.errors import SetupNeeded

MAX_BYTES = 64 * 1024


def ensure_private_directory(directory: Path) -> None:
    """Make the directory (0700) or check that it is ours alone. Raises SetupNeeded with the remedy."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise _unsafe(directory, "is not a plain directory", "Replace it by a directory of your own.")
    _check_owner(directory, found, "chmod 700")


def write_new_private(path: Path, text: str) -> None:
    """Write a new file (0600), durably and atomically; what exists is never overwritten. Raises FileExistsError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_directory(path.parent)


def read_private(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file that is regular, ours, closed to others and not too long. Raises SetupNeeded, FileNotFoundError."""
    return _read(path, max_bytes, _check_owner)


def read_own(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """As `read_private`, of a file that holds no secret: others may read it, and may not write it."""
    return _read(path, max_bytes, _check_writer)


def _read(path: Path, max_bytes: int, check: Callable[[Path, os.stat_result, str], None]) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unsafe(path, "is a link or cannot be opened", "Replace it by the file itself.") from error
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise _unsafe(path, "is not a regular file", "Replace it by the file itself.")
        check(path, found, "chmod 600")
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _unsafe(path, f"is longer than {max_bytes} bytes", "Restore it from your backup.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise _unsafe(path, "is not text", "Restore it from your backup.") from None


def _check_owner(path: Path, found: os.stat_result, remedy: str) -> None:
    if found.st_uid != os.geteuid():
        raise _unsafe(path, "belongs to another user", "Make it your own.")
    if found.st_mode & 0o077:
        raise _unsafe(path, f"is open to other users (mode {found.st_mode & 0o777:04o})", f"Run: {remedy} {path}")


def _check_writer(path: Path, found: os.stat_result, remedy: str) -> None:
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise _unsafe(path, "can be written by others", f"Make it your own, and run: {remedy} {path}")


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unsafe(path: Path, why: str, remedy: str) -> SetupNeeded:
    return SetupNeeded(f"{path} {why}.", not_done="It was not used.", remedy=remedy)
