"""'why?' in a chat: the last sentence again, with the words that decided how it was read."""

from dataclasses import dataclass
from typing import Protocol

from agent.render.escape import escaped
from agent.render.explanation import explanation_text
from agent.render.terminal import Look
from nlp.types import Context, DialogueState, Reason

WHY = frozenset(
    {"why", "why?", "why so", "why so?", "why that", "why that?", "explain", "explain that", "how come", "how come?"}
)
NOTHING_SAID = "Nothing was said before that could be explained."


class Explains(Protocol):
    """What is needed of a parser."""

    def reasons(self, text: str, context: Context, state: DialogueState) -> tuple[Reason, ...]:
        """Why a turn is read as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """The last sentence, what the conversation held when it was said, and the larger model that read it, if one did."""

    text: str
    context: Context
    state: DialogueState
    read_by: str = ""


def why_text(parser: Explains, heard: Heard | None, look: Look) -> str:
    """The explanation of what was heard last."""
    if heard is None:
        return NOTHING_SAID
    explained = explanation_text(heard.text, parser.reasons(heard.text, heard.context, heard.state), look)
    if not heard.read_by:
        return explained
    return (
        f"{escaped(heard.read_by)} read this, and gives no reasons. The small model, which was not sure:\n{explained}"
    )
