"""A file of one's own, one JSON document a line; it is turned over at a size, and the one before is kept."""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from agent.notices.channels.types import NotDelivered, document
from agent.notices.store import Notice

LARGEST = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """Appends to a file (0600) that is no link; beyond `largest` bytes the file is renamed to `<name>.1`."""

    path: Path
    largest: int = LARGEST
    name: str = "file"
    outside: bool = False

    async def send(self, notice: Notice) -> None:
        """Append one line, on disk before it returns. Raises NotDelivered."""
        line = json.dumps(document(notice), ensure_ascii=True).encode() + b"\n"
        try:
            self._append(line)
        except OSError as error:
            why = error.strerror or "an error of the file system"
            raise NotDelivered(f"{self.path} cannot be written: {why}.") from None

    async def close(self) -> None:
        """Nothing is held."""

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600
        )
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise NotDelivered(f"{self.path} is no plain file.")
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if found.st_size + len(line) > self.largest:
            os.replace(self.path, self.path.with_name(self.path.name + ".1"))
