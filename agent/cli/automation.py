"""`sayso automation`: alerts and standing orders that stand, and their cancelling."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.answers.types import Answer

EXAMPLES = (
    "sayso automation list",
    "sayso automation list --all --json",
    "sayso automation cancel 2",
    'sayso ask "tell me when eth drops below 2000"',
)

All = Annotated[bool, typer.Option("--all", help="Also those that are done or cancelled.")]
Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The number that the list shows.")]


def list_(all_: All = False, json: Json = False, plain: Plain = False) -> Result:
    """Lists alerts and standing orders: what each waits for, when it is due next, and how often it has fired."""
    from agent.automation.listing import listed
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        return _result(listed(desk, ended=all_), plain)


def cancel(number: Number, json: Json = False, plain: Plain = False) -> Result:
    """Cancels an alert or a standing order for good. A draft that it has made already stands on its own."""
    from agent.automation import listing
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        return _result(listing.cancel(desk, number), plain)


def _result(answer: "Answer", plain: bool) -> Result:
    from agent.render.answers import answer_text
    from agent.render.terminal import look_of

    return Result(answer.data, answer_text(answer, look_of(plain)))


COMMANDS = {"list": list_, "cancel": cancel}
