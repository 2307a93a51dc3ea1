"""`sayso notices`: what you were told, and where it was delivered."""

from typing import Annotated

import typer

from agent.cli.common import settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

EXAMPLES = ("sayso notices", "sayso notices --limit 3 --json")
DEFAULT_LIMIT = 10

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many of the newest.")]


def command(limit: Limit = DEFAULT_LIMIT, json: Json = False, plain: Plain = False) -> Result:
    """Lists the newest notices of the watch, the newest first, and how far each channel is with them."""
    from agent.automation.schedule import machine_zone
    from agent.render.notices import notices_data, notices_text
    from agent.render.terminal import look_of
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        found = desk.notices.recent(limit)
    return Result({"notices": notices_data(found)}, notices_text(found, machine_zone(), look_of(plain)))
