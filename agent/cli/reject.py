"""`sayso reject`: let a draft never be signed."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.session import Desk

EXAMPLES = ("sayso reject abcdefghjk",)

DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help="The draft's id, from its card.")]


def command(draft: DraftId, json: Json = False, plain: Plain = False) -> Result:
    """Throws a draft away: it can never be signed. One that was signed already cannot be rejected."""
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        record = desk.drafts.record(draft)
        desk.drafts.reject(draft)
        untold = _keep(desk, record.draft.words, record.action) if record.state != "rejected" else ()
    return Result(
        {"draft": draft, "state": "rejected"}, f"Draft {draft} is rejected. Nothing of it was signed.", warnings=untold
    )


def _keep(desk: "Desk", words: str, actions: str) -> tuple[str, ...]:
    """For 'sayso feedback', where it is kept at all: what was rejected may have been misread. Why not, where it could not be."""
    from json import loads

    from agent.feedback.listening import kept_of
    from chain.errors import SaysoError

    contacts = [contact.name for contact in desk.contacts.list()]
    accounts = [info.name.lower() for info in desk.accounts.list()]
    try:
        desk.feedback.keep(kept_of(words, contacts, accounts, loads(actions)))
    except SaysoError as error:
        return (f"It was not kept to learn from: {error.happened}",)
    return ()
