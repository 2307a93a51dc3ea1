"""`sayso feedback`: what you rejected or put right, kept encrypted here; 'sayso train --with-feedback' learns from it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.common import PasswordFile, ask_or_setting, settings_with
from agent.cli.envelope import Result
from agent.cli.options import AccountName, Json, Plain

if TYPE_CHECKING:
    from agent.feedback.store import Entry
    from agent.session import Desk
    from agent.store.sealed import SealKey

EXAMPLES = (
    "sayso feedback list",
    'sayso feedback meant 3 "swap 5 usdc for eth"',
    "sayso feedback delete 3 4",
    "sayso feedback delete --all",
    "sayso train --with-feedback",
    "sayso feedback unlearn",
    "sayso config set feedback off",
)
NONE_KEPT = "Nothing is kept. What you reject, and what you then say in its place, is kept here, encrypted."
NOT_LEARNT = "Nothing was changed."

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="The number that the list shows.")]
Meaning = Annotated[str, typer.Argument(metavar="TEXT", help="The same in words that are understood rightly.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="NUMBER...", help="The numbers that the list shows.")]
Everything = Annotated[bool, typer.Option("--all", help="All entries.")]


def list_(
    password_file: PasswordFile = "", account: AccountName = "", json: Json = False, plain: Plain = False
) -> Result:
    """Lists what is kept: your words, how they were read, and what they meant where that is known. Takes your password."""
    from agent.session import open_desk

    with open_desk(settings_with(account=account)) as desk:
        entries = desk.feedback.list(_opened(desk, password_file)) if desk.feedback.count() else ()
    return Result({"feedback": [_data(entry) for entry in entries]}, _table(entries, plain) if entries else NONE_KEPT)


def meant(
    number: Number,
    text: Meaning,
    password_file: PasswordFile = "",
    account: AccountName = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Tells what an entry meant. Its values must stand in the entry's own words: only then there is something to learn."""
    from dataclasses import replace

    from agent.feedback.listening import objects
    from agent.session import open_desk
    from agent.understand import load_parser
    from chain.errors import SayDifferently
    from nlp.corpus.taught import taught

    with open_desk(settings_with(account=account)) as desk:
        kept = desk.feedback.find(number, _opened(desk, password_file)).kept
        right = objects(load_parser().parse(text, kept.context))
        if taught(kept.words, kept.context, right) is None:
            raise SayDifferently(
                f"The words of entry {number} do not say what {text!a} was read as.",
                not_done=NOT_LEARNT,
                remedy="Say it with the same amounts, coins and names that stand in the entry's words.",
            )
        changed = replace(kept, meant=right)
        desk.feedback.put_right(number, changed)
    return Result(
        {"number": number, "meant": right}, f"Entry {number} meant {_actions(right)}. 'sayso train' can learn it."
    )


def delete(numbers: Numbers = None, all_: Everything = False, json: Json = False, plain: Plain = False) -> Result:
    """Deletes entries for good. Takes no password."""
    from agent.session import open_desk
    from chain.errors import SayDifferently

    if bool(numbers) == all_:
        raise SayDifferently("Say which entries.", not_done="Nothing was deleted.", remedy="Give numbers, or --all.")
    with open_desk(settings_with()) as desk:
        if numbers:
            desk.feedback.delete(numbers)
        count = len(set(numbers)) if numbers else desk.feedback.delete_all()
    return Result({"deleted": count}, f"{count} {'entry is' if count == 1 else 'entries are'} deleted.")


def unlearn(json: Json = False, plain: Plain = False) -> Result:
    """Goes back to the shipped model; what is kept stays, and can be learnt again."""
    import os
    from shutil import rmtree

    from agent.home import home_from

    own = home_from(os.environ).model
    there = own.is_file()
    if there:
        rmtree(own.parent)
    said = "The model that learnt from you is removed." if there else "No model of your own was there."
    return Result({"unlearnt": there}, f"{said} The shipped one is used.")


def _opened(desk: "Desk", password_file: str) -> "SealKey":
    who = desk.accounts.default()
    password = ask_or_setting(f"Password of {who.name}: ", password_file, desk.settings)
    return desk.accounts.open_seal(who.address, password)


def _data(entry: "Entry") -> dict[str, Any]:
    kept = entry.kept
    return {
        "number": entry.id,
        "at": entry.at,
        "why": kept.why,
        "words": kept.words,
        "understood": list(kept.understood),
        "meant": None if kept.meant is None else list(kept.meant),
    }


def _table(entries: "tuple[Entry, ...]", plain: bool) -> str:
    from agent.answers.types import Answer, Grid
    from agent.render.answers import answer_text
    from agent.render.escape import escaped
    from agent.render.terminal import look_of

    rows = tuple(
        (
            str(entry.id),
            escaped(entry.kept.words),
            _actions(entry.kept.understood),
            _actions(entry.kept.meant) if entry.kept.meant is not None else "not told yet",
        )
        for entry in entries
    )
    grid = Grid(("number", "you said", "was read as", "meant"), rows, frozenset({0}))
    return answer_text(Answer("feedback", {}, (grid,)), look_of(plain))


def _actions(objects: "Any") -> str:
    import json as codec

    from agent.actions import actions_from_json
    from agent.render.parse import action_words

    return ", then ".join(map(action_words, actions_from_json(codec.dumps(list(objects))))) or "nothing"


COMMANDS = {"list": list_, "meant": meant, "delete": delete, "unlearn": unlearn}
