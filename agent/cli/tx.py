"""`sayso tx`: the transactions that were signed here, or one of them as the chain shows it now."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.session import Desk
    from agent.settings import Settings

EXAMPLES = ("sayso tx", "sayso tx 0x…", "sayso tx abcdefghjk --json")

Which = Annotated[str, typer.Argument(metavar="[HASH or DRAFT]", help="One transaction's hash, or its draft's id.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many transactions to list, the newest first.")]


async def command(
    which: Which = "", limit: Limit = 50, rpc_url: RpcUrl = "", json: Json = False, plain: Plain = False
) -> Result:
    """Lists your transactions; with a hash or a draft's id, looks for that one on chain and says what became of it.

    What was signed and is not out is sent again, the same bytes: that can have one effect at most. Looking exits 0, whatever
    became of it: also where it failed on chain, which the answer says.
    """
    settings = settings_with(rpc_url)
    if which:
        return await _one(settings, which, json)
    from agent.session import open_desk

    with open_desk(settings) as desk:
        return _list(desk, limit)


async def _one(settings: "Settings", which: str, json: bool) -> Result:
    from agent.cli.confirm import carried_result
    from agent.execute import pursue
    from agent.session import open_desk, session

    with open_desk(settings) as desk:
        draft_id = _draft_of(desk, which)
    async with session(settings) as opened:
        carried = await pursue(opened, draft_id)
        shown = carried_result(opened, draft_id, carried)
    # Looking was done, whatever is seen: all of it is the answer, and nothing of it an error.
    if json:
        return Result(shown.data, warnings=(*shown.warnings, *(p.happened for p in shown.problems)))
    story = [line for p in shown.problems for line in (p.happened, p.not_done, p.remedy) if _is_news(line)]
    return Result(shown.data, "\n".join([shown.text, *([""] if story else []), *story]))


def _is_news(line: str) -> bool:
    return bool(line) and not line.startswith("See: sayso tx")


def _draft_of(desk: "Desk", which: str) -> str:
    """Raises SayDifferently where nothing of this name was signed here."""
    from chain.errors import SayDifferently

    if not which.startswith("0x"):
        return desk.drafts.load(which).id
    found = desk.drafts.find_by_hash(which)
    if found is None:
        raise SayDifferently(
            f"No transaction {which[:80]!a} was signed here.", remedy="See: sayso tx. A hash is given in full."
        )
    return found


def _list(desk: "Desk", limit: int) -> Result:
    from agent.render.outcome import STATUS, outcome_data
    from agent.signed import signed_drafts

    rows: list[dict[str, Any]] = []
    for draft_id in signed_drafts(desk.store):
        if len(rows) >= limit:
            break
        record = desk.drafts.record(draft_id)
        if record.outcome is not None:
            whole = outcome_data(desk.registry, record.draft, record.outcome)
            chain = desk.registry.chain(record.draft.chain_id).slug
            rows += [{"draft": draft_id, "chain": chain, **step} for step in whole["steps"] if step["hash"]]
    del rows[limit:]
    lines = [f"{row['hash']}  {row['intent']}  {STATUS[row['status']]}  (draft {row['draft']})" for row in rows]
    return Result({"transactions": rows}, "\n".join(lines) or "No transaction was signed yet.")
