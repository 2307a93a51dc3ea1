"""`sayso drafts`: the newest drafts and where they stand."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.common import settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.drafts import DraftRecord
    from contracts.registry import Registry

EXAMPLES = ("sayso drafts", "sayso drafts --limit 5 --json")

Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, the newest first.")]


def command(limit: Limit = 20, json: Json = False, plain: Plain = False) -> Result:
    """Lists the newest drafts: what was asked, and whether it waits, ran out, was rejected, or what came of it."""
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        records = desk.drafts.recent(limit)
        data = [_data(desk.registry, record) for record in records]
    return Result({"drafts": data}, "\n".join(map(_line, records)) or "There are no drafts yet.")


def _data(registry: "Registry", record: "DraftRecord") -> dict[str, Any]:
    draft = record.draft
    return {
        "id": draft.id,
        "digest": "0x" + draft.digest.hex(),
        "state": record.state,
        "outcome": record.outcome.status if record.outcome else None,
        "step_outcomes": [step.status for step in record.outcome.steps] if record.outcome else None,
        "words": draft.words,
        "account": draft.account,
        "chain": registry.chain(draft.chain_id).slug,
        "steps": [step.step.intent for step in draft.steps],
        "created_at": draft.created_at,
        "expires_at": draft.expires_at,
        "confirmed_at": record.confirmation.confirmed_at if record.confirmation else None,
    }


def _line(record: "DraftRecord") -> str:
    from agent.render.amounts import clock
    from agent.render.escape import escaped
    from agent.render.outcome import whole_words

    where = whole_words(record.outcome) if record.outcome else WAITS.get(record.state, record.state)
    return f'{record.draft.id}  {clock(record.draft.created_at)}  {where}\n  "{escaped(record.draft.words, 200)}"'


WAITS = {"open": "waits for your confirmation", "expired": "ran out", "forgotten": "of a chain that was reset"}
