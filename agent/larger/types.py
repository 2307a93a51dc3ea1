"""What a larger model is to the rest of the assistant."""

from typing import Protocol

from chain.errors import SaysoError
from nlp.larger.request import Request

LONGEST_PROSE = 4_000
MOST_LABEL_TOKENS = 600
MOST_PROSE_TOKENS = 400


class LargerFailed(SaysoError):
    """A larger model gave nothing that can be used. `why` goes on after 'it', and holds no word of that model's."""

    code = "larger_model_failed"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"Your larger model gave no answer: it {why}.",
            not_done="Nothing of it was used.",
            remedy="Ask again, or see 'A larger model' in docs/understanding.md.",
        )


class Larger(Protocol):
    """A model that can be asked. `name` is the person's own word for it."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    async def labels(self, request: Request) -> str:
        """Its answer to a sentence, in the form of `nlp.larger`, unread. Raises LargerFailed."""
        ...

    async def prose(self, question: str) -> str:
        """Its answer to a question in plain text, which nobody checked. Raises LargerFailed."""
        ...
