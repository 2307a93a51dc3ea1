"""`sayso portfolio`: everything that an account holds, with its worth."""

from typing import Annotated

import typer

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

EXAMPLES = ("sayso portfolio", "sayso portfolio savings", "sayso portfolio --json")

Account = Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="An account, contact, name or address.")]


async def command(account: Account = "", rpc_url: RpcUrl = "", json: Json = False, plain: Plain = False) -> Result:
    """Lists all balances with price, worth and share. What has no price is listed apart and counted in nothing."""
    from agent.answers.portfolio import answer
    from agent.render.answers import answer_text
    from agent.render.terminal import look_of
    from agent.session import session
    from nlp.types import Action

    async with session(settings_with(rpc_url)) as opened:
        found = await answer(opened, Action("portfolio", {"account": account} if account else {}))
    return Result(dict(found.data), answer_text(found, look_of(plain)))
