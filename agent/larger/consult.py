"""Where the small model is unsure of a sentence, the larger one reads it, if there is one; what fails leaves the small one's answer."""

from dataclasses import dataclass
from typing import Protocol

from agent.larger.types import Larger, LargerFailed
from agent.render.escape import escaped
from nlp.errors import ReadingRefused
from nlp.larger.reading import read_answer
from nlp.larger.request import LONGEST_ASKED, Request
from nlp.recognise import recognise
from nlp.types import Context, DialogueState, Parse, Prediction


class Reads(Protocol):
    """What is needed of a parser."""

    def step(self, text: str, context: Context, state: DialogueState) -> tuple[Parse, DialogueState]:
        """One turn: its parse, and what the conversation holds afterwards."""
        ...

    def unsure_of(self, parse: Parse) -> bool:
        """Whether somebody else had better be asked."""
        ...

    def read_by_labels(
        self, text: str, context: Context, state: DialogueState, prediction: Prediction
    ) -> tuple[Parse, DialogueState]:
        """One turn by labels that came from elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Understood:
    """A turn as it was read. `read_by` is the larger model's name where it was its reading; `notes` say so, or why not."""

    parse: Parse
    state: DialogueState
    notes: tuple[str, ...] = ()
    read_by: str = ""


async def understood(
    parser: Reads, larger: Larger | None, text: str, context: Context, state: DialogueState
) -> Understood:
    """One turn. While something is pending no larger model is asked: it would not know what the words change."""
    small = Understood(*parser.step(text, context, state))
    if larger is None or state.pending or not parser.unsure_of(small.parse):
        return small
    request = Request(text, recognise(text, context))
    if not request.words:
        return small
    try:
        prediction = read_answer(await _answer(larger, request), request)
    except (LargerFailed, ReadingRefused) as failure:
        why = failure.why if isinstance(failure, LargerFailed) else failure.happened
        note = f"Your larger model gave no usable reading: it {why}. This is what the small one made of it."
        return Understood(small.parse, small.state, (note,))
    note = f"Read by your larger model ({escaped(larger.name)}), for the small one was not sure."
    return Understood(*parser.read_by_labels(text, context, state, prediction), (note,), larger.name)


async def _answer(larger: Larger, request: Request) -> str:
    if len(request.text) > LONGEST_ASKED:
        raise LargerFailed(f"is not asked about more than {LONGEST_ASKED} characters")
    return await larger.labels(request)
