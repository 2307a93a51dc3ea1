"""Where the chat's lines come from: a terminal, where things can be confirmed, or a pipe, where nothing can."""

import asyncio
import sys
from typing import Protocol


class Reader(Protocol):
    """Lines from a person. `confirms`: whether it is a person at a terminal, who saw the card."""

    @property
    def confirms(self) -> bool:
        """Whether a yes from here counts."""
        ...

    async def line(self, prompt: str) -> str | None:
        """The next line, None at the end. Raises KeyboardInterrupt for Ctrl-C."""
        ...

    async def secret(self, prompt: str) -> str:
        """A line that is not shown and not kept. Raises KeyboardInterrupt, EOFError."""
        ...

    def discard(self) -> None:
        """Throw away what was typed and not read yet."""
        ...


class TerminalReader:
    """Lines typed at a terminal, with editing and a history in memory only."""

    confirms = True

    def __init__(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import InMemoryHistory

        self._lines: PromptSession[str] = PromptSession(history=InMemoryHistory())

    async def line(self, prompt: str) -> str | None:
        """The next line, None for Ctrl-D. Raises KeyboardInterrupt for Ctrl-C."""
        try:
            return await self._lines.prompt_async(prompt)
        except EOFError:
            return None

    async def secret(self, prompt: str) -> str:
        """A password: its own prompt, so that it is in no history. Raises KeyboardInterrupt, EOFError."""
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import DummyHistory

        self.discard()
        session: PromptSession[str] = PromptSession(history=DummyHistory())
        return await session.prompt_async(prompt, is_password=True)

    def discard(self) -> None:
        """Empty the terminal's queue and prompt_toolkit's own store of keys typed ahead."""
        import termios

        from prompt_toolkit.input.typeahead import clear_typeahead

        clear_typeahead(self._lines.app.input)
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


class PipeReader:
    """Lines from standard input that is no terminal."""

    confirms = False

    async def line(self, prompt: str) -> str | None:
        """The next line, None at the end. There is no prompt to show."""
        line = await asyncio.to_thread(sys.stdin.readline)
        return line.removesuffix("\n") if line else None

    async def secret(self, prompt: str) -> str:
        """Never asked for: nothing is confirmed here."""
        raise EOFError

    def discard(self) -> None:
        """Nothing is typed ahead in a pipe."""


def reader() -> Reader:
    """The one that fits standard input and output."""
    return TerminalReader() if sys.stdin.isatty() and sys.stdout.isatty() else PipeReader()
