"""`sayso audit verify`: whether the journal, the policy and the contacts are as sayso left them."""

from typing import TYPE_CHECKING

from agent.cli.common import PasswordFile, ask_again, settings_with
from agent.cli.envelope import Problem, Result
from agent.cli.options import AccountName, Json, Plain
from chain.errors import Refused

if TYPE_CHECKING:
    from agent.store import Store

EXAMPLES = ("sayso audit verify", "sayso audit verify --account main --password-file FILE")
REFUSED = 5
UNPROVEN = (
    "that nobody wrote the whole journal anew, or cut off its end",
    "that the policy and the contacts are the ones you set",
)
NEVER_PROVEN = "that the whole database was not put back to an older copy of itself"


def verify(
    password_file: PasswordFile = "", account: AccountName = "", json: Json = False, plain: Plain = False
) -> Result:
    """Walks the journal from its first entry. With an account's password it also proves the seal.

    Without, it says what it cannot prove.
    """
    from agent.passwords import prompt_of_terminal
    from agent.session import open_desk

    with open_desk(settings_with(account=account)) as desk:
        chain = desk.journal.verify()
        broken = [f"Journal entry {chain.broken_at}: {chain.why}."] if chain.broken_at is not None else []
        broken += _rows(desk.store) if not broken else []
        through, unproven = 0, [*UNPROVEN, NEVER_PROVEN]
        ask = prompt_of_terminal() if not json else None
        if desk.seals.exists() and (password_file or ask):
            who = desk.accounts.default()
            password = ask_again(f"Password of {who.name}: ", password_file)
            report = desk.seals.report(desk.accounts.open_seal(who.address, password))
            through, unproven = report.through, [NEVER_PROVEN, *_after(report.through, chain.entries)]
            broken += [problem for problem in report.problems if problem not in broken]
    data = {
        "audit": {
            "entries": chain.entries,
            "head": chain.head.hash.hex(),
            "whole": not broken,
            "broken": broken,
            "sealed_through": through,
            "not_proven": unproven,
        }
    }
    return Result(data, _text(chain.entries, through, unproven, broken), REFUSED if broken else 0, _problems(broken))


def _rows(store: "Store") -> list[str]:
    """Where what was signed and seen does not stand as the journal tells it."""
    from agent.rows import check_rows

    try:
        check_rows(store)
    except Refused as error:
        return [error.happened]
    return []


def _after(through: int, entries: int) -> list[str]:
    return (
        [f"that none of the entries after number {through}, or further ones, were cut off"]
        if entries >= through
        else []
    )


def _text(entries: int, through: int, unproven: list[str], broken: list[str]) -> str:
    if broken:
        return "The journal does not hold.\n" + "\n".join(broken)
    lines = [f"{entries} entries, each bound to the one before it: none was changed in place."]
    if through:
        lines.append(
            f"The seal holds: entries up to number {through}, the policy and the contacts are as you left them."
        )
    return "\n".join([*lines, "Not proven:", *(f"  {what}" for what in unproven)])


def _problems(broken: list[str]) -> tuple[Problem, ...]:
    if not broken:
        return ()
    return (
        Problem(
            "tampered",
            "The database was changed behind sayso's back: " + " ".join(broken),
            "Nothing was changed by this command.",
            "Restore the database from a backup, and find out who else uses this computer.",
        ),
    )


COMMANDS = {"verify": verify}
