"""What reading a value gives: the value, or in words why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.types import Word

Value = str | tuple[str, ...] | Mapping[str, str]
_SHOWN = 48


@dataclass(frozen=True, slots=True)
class Unusable:
    """A value was given and cannot be used; `reason` says why, in words for the person who gave it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """A tagged run of words with the text around it."""

    words: tuple[Word, ...]
    text: str

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @property
    def surface(self) -> str:
        """The user's own characters."""
        return self.text[self.start : self.end]

    @property
    def lower(self) -> tuple[str, ...]:
        """Each word in lower case."""
        return tuple(word.text.lower() for word in self.words)

    def shown(self) -> str:
        """The characters for a message: short, nothing hidden."""
        return shown(self.surface)

    def only(self, words: Sequence[Word]) -> "Span":
        """The same text, fewer words."""
        return Span(tuple(words), self.text)


def shown(text: str) -> str:
    """Quoted for a message: cut short, hidden characters written out."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return '"' + "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in cut) + '"'
