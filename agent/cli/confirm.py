"""`sayso confirm`: sign and send a draft that was seen, or go on with one that was confirmed before."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import PasswordFile, RpcUrl, ask_or_setting, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.carried import Carried
    from agent.execute import DraftChanged
    from agent.session import Session

EXAMPLES = (
    "sayso confirm abcdefghjk --digest 0x…",
    "sayso confirm abcdefghjk --digest 0x… --no-wait --json",
)

DraftId = Annotated[str, typer.Argument(metavar="DRAFT", help="The draft's id, from its card.")]
DigestText = Annotated[
    str, typer.Option("--digest", help="The draft's digest in full, from its card: your yes to exactly that.")
]
NoWait = Annotated[
    bool,
    typer.Option(
        "--no-wait",
        help="Return after sending, without waiting. What comes after a step that is not included yet is left to sign.",
    ),
]


async def command(
    draft: DraftId,
    digest: DigestText,
    no_wait: NoWait = False,
    password_file: PasswordFile = "",
    rpc_url: RpcUrl = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Signs and sends a draft, and waits until it is included. The digest in full is your yes.

    Again with the same digest it never acts twice: it goes on, or reports the one outcome, with that outcome's exit code.
    """
    from agent.drafts import parse_digest
    from agent.execute import DraftChanged, confirm_draft
    from agent.session import session

    settings, wanted = settings_with(rpc_url), parse_digest(digest)
    async with session(settings) as opened:
        name = opened.drafts.load(draft).account
        try:
            carried = await confirm_draft(
                opened,
                draft,
                wanted,
                lambda: ask_or_setting(f"Password of {name}: ", password_file, settings),
                wait=not no_wait,
            )
        except DraftChanged as changed:
            return changed_result(opened, changed, plain)
        return carried_result(opened, draft, carried)


def carried_result(session: "Session", draft_id: str, carried: "Carried") -> Result:
    """The outcome of a draft as a command's answer, with its exit code."""
    from agent.cli.edge import problem_of
    from agent.render.outcome import differences, outcome_data, outcome_text, still_unsigned

    draft, outcome = session.drafts.load(draft_id), carried.outcome
    problems = (problem_of(carried.problem),) if carried.problem else ()
    found = [words for step in outcome.steps for words in differences(draft, step)]
    left = "" if carried.problem else still_unsigned(draft, outcome)
    return Result(
        data={"outcome": outcome_data(session.registry, draft, outcome)},
        text=outcome_text(session.registry, draft, outcome),
        exit_code=carried.exit_code,
        problems=problems,
        warnings=(
            *(f"What happened is not what was promised: {words}" for words in found),
            *([left] if left else []),
        ),
    )


def changed_result(session: "Session", changed: "DraftChanged", plain: bool) -> Result:
    """The new draft that stands in for one whose steps would do something else now."""
    from agent.cli.edge import problem_of
    from agent.render.draft import draft_data, draft_text

    return Result(
        data={"draft": draft_data(session, changed.draft)},
        text=draft_text(session, changed.draft, plain=plain),
        exit_code=changed.exit_code,
        problems=(problem_of(changed),),
    )
