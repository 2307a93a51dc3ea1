"""`sayso portfolio`: everything that an account holds, with its worth."""

from typing import Annotated

import typer

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import Result
from agent.cli.options import AccountName, Json, Plain

EXAMPLES = (
    "sayso portfolio",
    "sayso portfolio bob.eth",
    "sayso portfolio --account savings --json",
    "sayso portfolio --plot worth.svg --period P1M",
)

Whose = Annotated[str, typer.Argument(metavar="[ACCOUNT]", help="An account, contact, name or address.")]
PlotFile = Annotated[str, typer.Option("--plot", metavar="FILE", help="Draw the worth over the period, as PNG or SVG.")]
HowLong = Annotated[
    str, typer.Option("--period", metavar="P", help="How far back, as in P7D, PT24H, 30d. A week without.")
]


async def command(
    whose: Whose = "",
    account: AccountName = "",
    plot: PlotFile = "",
    period: HowLong = "",
    rpc_url: RpcUrl = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Lists all balances with price, worth, share and changes. What has no price is listed apart and counted in nothing.

    What it was worth over the period is told from the balances and prices that 'sayso watch' kept. --plot writes over a
    picture of that name, and over nothing else.

    Without ACCOUNT it is the account that --account or the settings name, or else your first.
    """
    from agent.answers.portfolio import answer, worth_chart
    from agent.asides import lagging
    from agent.render.answers import answer_text
    from agent.render.escape import visible
    from agent.render.plot import plot as draw
    from agent.render.plot import plot_file
    from agent.render.terminal import look_of
    from agent.session import session
    from nlp.types import Action

    settings = settings_with(rpc_url, account)
    file = plot_file(plot) if plot else None
    async with session(settings) as opened:
        if settings.account:
            opened.accounts.find(settings.account)
        asked = Action("portfolio", {"account": whose, "period": period})
        found = await answer(opened, asked)
        if file:
            draw(await worth_chart(opened, asked), file)
        late = await lagging(opened)
    text, data = answer_text(found, look_of(plain)), dict(found.data)
    if file:
        text, data = f"{text}\nThe picture is in {visible(str(file))}.", data | {"plot": str(file)}
    return Result(data, text, warnings=(late,) if late else ())
