"""The terminal in which the watch runs."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.notices.store import Notice

Show = Callable[[Notice], None]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Shows each notice by the function that the face gave."""

    show: Show
    name: str = "terminal"
    outside: bool = False

    async def send(self, notice: Notice) -> None:
        """Show it."""
        self.show(notice)

    async def close(self) -> None:
        """Nothing is held."""
