"""`sayso reject`: let a draft never be signed."""

from typing import Annotated

import typer

from agent.cli.common import settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

EXAMPLES = ("sayso reject abcdefghjk",)

DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help="The draft's id, from its card.")]


def command(draft: DraftId, json: Json = False, plain: Plain = False) -> Result:
    """Throws a draft away: it can never be signed. One that was signed already cannot be rejected."""
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        desk.drafts.reject(draft)
    return Result({"draft": draft, "state": "rejected"}, f"Draft {draft} is rejected. Nothing of it was signed.")
