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
        if record.state != "rejected":
            _keep(desk, record.draft.words, record.action)
    return Result({"draft": draft, "state": "rejected"}, f"Draft {draft} is rejected. Nothing of it was signed.")


def _keep(desk: "Desk", words: str, actions: str) -> None:
    """For 'sayso feedback', where it is kept at all: what was rejected may have been misread."""
    from json import loads

    from agent.feedback.listening import kept_of

    contacts = [contact.name for contact in desk.contacts.list()]
    accounts = [info.name.lower() for info in desk.accounts.list()]
    desk.feedback.keep(kept_of(words, contacts, accounts, loads(actions)))
