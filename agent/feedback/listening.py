"""Hears what was put right: a card that is rejected, and what is said in its place and confirmed.

A rejection alone says that something was wrong, not what. Where a later sentence is confirmed and its values all stand in the
earlier words, too, the earlier words meant that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from agent.feedback.store import Actions, Feedback, Kept
from agent.why import Heard
from nlp.contract import action_object
from nlp.corpus.taught import taught
from nlp.schema import is_write
from nlp.types import Parse

MOST_WAITING = 5


@dataclass(slots=True)
class Listening:
    """One conversation's ear. `waiting`: what may have been misread, with its number where it is kept already."""

    feedback: Feedback
    newest: tuple[Heard, Parse] | None = None
    waiting: list[tuple[int | None, Kept]] = field(default_factory=list)

    def heard(self, heard: Heard, parse: Parse) -> None:
        """A sentence that is asked about or drafted: what came before it was not right, or not all."""
        if parse.status == "incomplete" or any(is_write(action.intent) for action in parse.actions):
            self._wait(rejected=False)
            self.newest = (heard, parse)

    def rejected(self) -> None:
        """The newest card was rejected: its sentence is kept."""
        self._wait(rejected=True)

    def confirmed(self) -> None:
        """The newest card was confirmed: that is what the earlier words meant, where they say it."""
        newest, self.newest = self.newest, None
        waiting, self.waiting = self.waiting, []
        meant = objects(newest[1]) if newest else []
        for number, kept in waiting:
            if meant and kept.understood != meant and taught(kept.words, kept.context, meant) is not None:
                self._put_right(number, replace(kept, why="said_anew", meant=meant))

    def _wait(self, *, rejected: bool) -> None:
        newest, self.newest = self.newest, None
        if newest is None or newest[0].state.pending:
            return
        said, parse = newest
        kept = kept_of(said.text, said.context.contacts, said.context.accounts, objects(parse))
        number = self.feedback.keep(kept) if rejected else None
        self.waiting = [*self.waiting, (number, kept)][-MOST_WAITING:]

    def _put_right(self, number: int | None, kept: Kept) -> None:
        if number is None:
            self.feedback.keep(kept)
        else:
            self.feedback.put_right(number, kept)


def kept_of(words: str, contacts: Iterable[str], accounts: Iterable[str], understood: Actions) -> Kept:
    """A rejected sentence with just those of the person's names that stand in it."""
    said = words.lower()
    own = tuple(name for name in contacts if name in said)
    return Kept("rejected", words, own, tuple(name for name in accounts if name in said), understood)


def objects(parse: Parse) -> Actions:
    """The actions of a parse as the contract writes them."""
    return [action_object(action) for action in parse.actions]
