"""What a person sees of a watch: notices on stdout, and its own state in one line on stderr."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

from agent.automation.schedule import machine_zone
from agent.cli.envelope import Result, document
from agent.notices.channels.types import document as notice_document
from agent.notices.store import Notice
from agent.render.notices import notice_text
from agent.render.terminal import look_of
from agent.session import Session
from agent.watch.tick import Ticked

CLEAR = "\r\x1b[K"


@dataclass(slots=True)
class Face:
    """The face of one watch. The state line is drawn on a terminal alone, over itself."""

    plain: bool
    json: bool
    stream: TextIO
    status: TextIO
    collected: list[Notice] = field(default_factory=list)
    told: str = ""

    def begin(self, opened: Sequence[Session]) -> None:
        """Say what is watched."""
        who = ", ".join(info.name for info in opened[0].accounts.list()) or "no account"
        entries = [session.client.entry for session in opened]
        where = ", ".join(f"{entry.name}{' · TEST CHAIN' if entry.test else ''}" for entry in entries)
        self.say(f"Watching {who} on {where}. Ctrl-C ends it; nothing is signed here.")

    def show(self, notice: Notice) -> None:
        """Print a notice now."""
        self._clear()
        if self.json:
            print(document(Result({"notice": notice_document(notice)})), file=self.stream, flush=True)
            return
        print(self._words(notice), end="\n\n", file=self.stream, flush=True)

    def collect(self, notice: Notice) -> None:
        """Keep a notice for the end."""
        self.collected.append(notice)

    def result(self, ticked: Sequence[Ticked]) -> Result:
        """What one look at each chain came to."""
        data = {"at": ticked[0].at, "notices": [notice_document(notice) for notice in self.collected]} | _counts(ticked)
        text = "\n\n".join(map(self._words, self.collected)) or "Nothing new."
        return Result(data, text, warnings=tuple(str(trouble) for one in ticked for trouble in one.troubles))

    def report(self, ticked: Ticked) -> None:
        """The state line; a trouble once, until it is another."""
        trouble = str(ticked.troubles[0]) if ticked.troubles else ""
        if trouble and trouble != self.told:
            self.say(trouble)
        self.told = trouble
        if self._draws:
            at = datetime.fromtimestamp(ticked.at, machine_zone())
            state = "trouble, trying again" if trouble else "all read"
            print(f"{CLEAR}{at:%H:%M:%S}  {state}", end="", file=self.status, flush=True)

    def say(self, text: str) -> None:
        """A line about the watch itself."""
        self._clear()
        print(text, file=self.status, flush=True)

    @property
    def _draws(self) -> bool:
        return self.status.isatty() and not self.plain

    def _clear(self) -> None:
        if self._draws:
            print(CLEAR, end="", file=self.status, flush=True)

    def _words(self, notice: Notice) -> str:
        return notice_text(notice, machine_zone(), look_of(self.plain))


def _counts(ticked: Sequence[Ticked]) -> dict[str, Any]:
    return {name: sum(getattr(one, name) for one in ticked) for name in ("blocks", "fired", "drafted")}
