"""Questions of all kinds, answered by the person's larger model: quoted, and never read for anything to do."""

from collections.abc import Iterator
from textwrap import wrap

from agent.answers.types import Answer
from agent.larger.types import LONGEST_PROSE, Larger, LargerFailed
from agent.render.escape import escaped, visible
from nlp.larger.request import LONGEST_ASKED
from nlp.types import Action

QUOTE = "> "
WIDTH = 78
MOST_LINES = 80


async def answer(larger: Larger, action: Action) -> Answer:
    """What the model says, under its name, every line marked as a quotation. Raises LargerFailed."""
    question = str(action.slots["question"])
    if len(question) > LONGEST_ASKED:
        raise LargerFailed(f"is not asked about more than {LONGEST_ASKED} characters")
    says = (await larger.prose(question)).strip()[:LONGEST_PROSE]
    if not says:
        raise LargerFailed("wrote nothing")
    head = f"{escaped(larger.name)} says (not checked, and nothing is done by it):"
    data = {"question": question, "by": larger.name, "says": says, "checked": False}
    return Answer("ask", data, (head, *list(_quoted(says))[:MOST_LINES]))


def _quoted(text: str) -> Iterator[str]:
    """Each line behind a mark, wrapped here, so that no line of it can pass for one of ours."""
    for line in text.splitlines():
        yield from (f"{QUOTE}{piece}" for piece in wrap(visible(line), WIDTH - len(QUOTE)))
