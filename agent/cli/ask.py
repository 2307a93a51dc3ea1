"""`sayso ask`: one request. Questions are answered; transactions are drafted and wait for `sayso confirm`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import WAITS_FOR_CONFIRMATION, Problem, Result
from agent.cli.options import AccountName, Json, Plain
from agent.cli.words import given

if TYPE_CHECKING:
    from agent.assistant import Reply
    from agent.larger.consult import Understood
    from agent.render.draft import Command
    from agent.session import Desk
    from agent.settings import Settings

EXAMPLES = (
    'sayso ask "what is my usdc balance?"',
    'sayso ask "swap 1 eth for usdc"',
    'sayso ask --json "send 5 usdc to bob" | jq .data.draft',
    'echo "show my portfolio" | sayso ask -',
)
HOW_TO_CONFIRM = "To confirm a draft that you have seen: sayso confirm DRAFT --digest D. The newest: sayso drafts."
HOW_TO_REJECT = "To throw a draft away: sayso reject DRAFT. The newest: sayso drafts."

Text = Annotated[str, typer.Argument(metavar="TEXT", help="The request; '-' reads it from standard input.")]


async def command(
    text: Text, rpc_url: RpcUrl = "", account: AccountName = "", json: Json = False, plain: Plain = False
) -> Result:
    """Answers a question, or drafts a transaction and prints its card with the command that confirms it.

    Nothing is ever signed here. Exits 0 where a question was answered, 3 where a draft waits, 2 where something is
    missing or not understood, 1 where it is understood and not built yet. Beside a transaction that is refused the questions
    are answered all the same, and the exit code is the refusal's.
    """
    return await ask(given(text), settings_with(rpc_url, account), plain=plain)


async def ask(words: str, settings: "Settings", *, plain: bool = False, around: "Command | None" = None) -> Result:
    """One request against the settings' chain. `around` completes the command that confirms.

    Raises SetupNeeded where the settings name an account that is not there, and as `open_session`.
    """
    from agent.assistant import context_of, respond
    from agent.larger.configured import larger_of
    from agent.larger.consult import understood
    from agent.session import Session, open_desk, open_session
    from agent.understand import load_parser
    from nlp.types import DialogueState

    larger = larger_of(settings)
    with open_desk(settings) as desk:
        if settings.account:
            desk.accounts.find(settings.account)
        read = await understood(load_parser(), larger, words, context_of(desk), DialogueState())
        opened: list[Session] = []

        async def connect() -> Session:
            if not opened:
                opened.append(await open_session(settings))
            return opened[0]

        try:
            reply = await respond(desk, connect, read.parse, words, larger)
            return _noted(_result(desk, reply, words, plain, around), read)
        finally:
            for session in opened:
                await session.close()


def _noted(result: Result, read: "Understood") -> Result:
    """The result with who read the words, where that was not the small model alone."""
    data = result.data | ({"read_by": read.read_by} if read.read_by else {})
    return replace(result, data=data, warnings=(*read.notes, *result.warnings))


def _result(desk: "Desk", reply: "Reply", words: str, plain: bool, around: "Command | None") -> Result:
    from agent.render.answers import answer_text
    from agent.render.draft import draft_data, draft_text
    from agent.render.terminal import look_of
    from nlp.contract import action_object

    texts = [answer_text(answer, look_of(plain)) for answer in reply.answers]
    data: dict[str, Any] = {
        "actions": [action_object(action) for action in reply.parse.actions],
        "missing": list(reply.parse.missing),
        "answers": [{"intent": answer.intent, **answer.data} for answer in reply.answers],
    }
    if reply.draft is not None:
        data["draft"] = draft_data(desk, reply.draft)
        texts.append(draft_text(desk, reply.draft, plain=plain, command=around))
    data |= _findings(reply)
    problems, code = _problems(reply, words)
    return Result(data, "\n\n".join(texts), code, problems, reply.notes)


def _findings(reply: "Reply") -> dict[str, Any]:
    """Of a draft that the checks forbid: what they found, what passed included."""
    from agent.refusals import ChecksRefuse
    from agent.render.draft_document import finding_data

    if not isinstance(reply.trouble, ChecksRefuse):
        return {}
    return {"findings": [finding_data(finding) for finding in reply.trouble.findings]}


def _problems(reply: "Reply", words: str) -> tuple[tuple[Problem, ...], int]:
    from agent.assent import UNDERSTOOD_NO, judged
    from agent.cli.edge import problem_of

    if reply.dialogue == "reject" and judged(words) != "no":
        return (Problem("declined", UNDERSTOOD_NO, "Nothing was signed.", HOW_TO_REJECT),), WAITS_FOR_CONFIRMATION
    if reply.dialogue:
        how = HOW_TO_CONFIRM if reply.dialogue == "confirm" else HOW_TO_REJECT
        said = Problem("not_confirmed", "A bare yes or no settles nothing here.", "Nothing was confirmed.", how)
        return (said,), WAITS_FOR_CONFIRMATION
    if reply.trouble is not None:
        code = WAITS_FOR_CONFIRMATION if reply.draft is not None else reply.trouble.exit_code
        return (problem_of(reply.trouble),), code
    return (), WAITS_FOR_CONFIRMATION if reply.draft is not None else 0
