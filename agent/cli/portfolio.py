"""`sayso portfolio`: everything that an account holds, with its worth."""

from typing import Annotated

import typer

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import Result
from agent.cli.options import AccountName, Json, Plain

EXAMPLES = ("sayso portfolio", "sayso portfolio bob.eth", "sayso portfolio --account savings --json")

Whose = Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="An account, contact, name or address.")]


async def command(
    whose: Whose = "", account: AccountName = "", rpc_url: RpcUrl = "", json: Json = False, plain: Plain = False
) -> Result:
    """Lists all balances with price, worth and share. What has no price is listed apart and counted in nothing.

    Without ACCOUNT it is the account that --account or the settings name, or else your first.
    """
    from agent.answers.portfolio import answer
    from agent.asides import lagging
    from agent.render.answers import answer_text
    from agent.render.terminal import look_of
    from agent.session import session
    from nlp.types import Action

    settings = settings_with(rpc_url, account)
    async with session(settings) as opened:
        if settings.account:
            opened.accounts.find(settings.account)
        found = await answer(opened, Action("portfolio", {"account": whose} if whose else {}))
        late = await lagging(opened)
    return Result(dict(found.data), answer_text(found, look_of(plain)), warnings=(late,) if late else ())
