"""A sampled piece of text and which of its characters carry the tag."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surface:
    """Words as a person writes them; `start:end` are the characters that are tagged."""

    text: str
    start: int
    end: int

    @classmethod
    def whole(cls, text: str) -> "Surface":
        """A surface that is tagged from its first to its last character."""
        return cls(text, 0, len(text))

    @property
    def tagged(self) -> str:
        """The tagged characters."""
        return self.text[self.start : self.end]
