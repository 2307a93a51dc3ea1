"""`sayso account`: create, import, list and export accounts; let a password open the seal; forget a chain that was reset."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.common import PasswordFile, ask_again, path_of, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.accounts import Added
    from agent.session import Desk
    from agent.settings import Settings
    from chain.errors import SayDifferently
    from chain.keystore import AccountInfo, Keystore

EXAMPLES = (
    "sayso account create main",
    "sayso account import old --v3 keystore.json",
    "sayso account list",
    "sayso account export main --out backup.json",
    "sayso account seal second --by main",
    "sayso account forget-chain local",
)
UNSEALED = (
    "This password does not open the seal over your policy and contacts, so the account cannot confirm yet. "
    "Run: sayso account seal NAME --by OTHER."
)
PUBLISHED = (
    "Everybody has this key: it is published for development. It signs on local test chains only and never on a real chain, "
    "where whatever is sent to it is taken at once."
)
IMPORTABLE = {
    "key": "Give 64 hex digits with or without 0x, a recovery phrase, or a V3 file by --v3 FILE.",
    "phrase": "Give the words of a BIP-39 phrase in English, all of them in order.",
    "v3": "Name another wallet's V3 keystore file, in JSON.",
}

Name = Annotated[str, typer.Argument(metavar="NAME", help="The account's name.")]
IsPhrase = Annotated[bool, typer.Option("--phrase", help="A BIP-39 recovery phrase, from a prompt or standard input.")]
IsKey = Annotated[bool, typer.Option("--key", help="A raw private key, from a prompt or standard input.")]
V3File = Annotated[str, typer.Option("--v3", metavar="FILE", help="Another wallet's V3 file; '-' is standard input.")]
FilePassword = Annotated[
    str, typer.Option("--file-password-file", metavar="FILE", help="The V3 file's own password, if it is another.")
]
NewPassword = Annotated[
    str, typer.Option("--new-password-file", metavar="FILE", help="The exported file's password; else the same one.")
]
Out = Annotated[
    str, typer.Option("--out", metavar="FILE", help="Write to a new file (mode 0600), not to standard output.")
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="An account whose password opens the seal already.")]
ByPassword = Annotated[str, typer.Option("--by-password-file", metavar="FILE", help="That account's password.")]
Slug = Annotated[str, typer.Argument(metavar="CHAIN", help="A test chain, as 'sayso config show' names it.")]


def create(name: Name, password_file: PasswordFile = "", json: Json = False, plain: Plain = False) -> Result:
    """Makes an account. Its recovery phrase is shown once, on a terminal only, and kept nowhere.

    The first account is the one that is used where none is named, until another is chosen: sayso config set account NAME.
    """
    from agent.names import check_account_name
    from agent.session import open_desk

    settings = settings_with()
    with open_desk(settings) as desk:
        check_account_name(name, (contact.name for contact in desk.contacts.list()))
        added = desk.accounts.create(name, _new_password(name, password_file, settings))
        shown = not json and _show_phrase(added.phrase)
        unshown = (
            () if shown else ("The recovery phrase was not shown: back the account up by 'sayso account export'.",)
        )
        return _added(desk, added, unshown)


def import_(
    name: Name,
    phrase: IsPhrase = False,
    key: IsKey = False,
    v3: V3File = "",
    file_password_file: FilePassword = "",
    password_file: PasswordFile = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Brings in an account from a recovery phrase, a private key or a V3 file; without an option it is told by its form."""
    from operator import methodcaller

    from agent.names import check_account_name
    from agent.session import open_desk
    from chain.errors import SayDifferently

    settings = settings_with()
    with open_desk(settings) as desk:
        check_account_name(name, (contact.name for contact in desk.contacts.list()))
    secret = _secret(v3)
    kind = "phrase" if phrase else "key" if key else "v3" if v3 else _kind(secret)
    password = _new_password(name, password_file, settings)
    load: Callable[[Keystore], AccountInfo] = methodcaller(f"import_{kind}", name, secret, password)
    if kind == "v3":
        own = ask_again("Password of the V3 file: ", file_password_file) if file_password_file else password
        load = methodcaller("import_v3", name, secret, own, password)
    with open_desk(settings) as desk:
        try:
            added = desk.accounts.add_imported(load, password)
        except SayDifferently as error:
            raise error if error.remedy else _not_imported(error, kind) from None
        return _added(desk, added, _published(added.info))


def list_(json: Json = False, plain: Plain = False) -> Result:
    """Lists the accounts: names and addresses, which one is used where none is named, and which are for demonstration."""
    from agent.session import open_desk
    from chain.errors import SetupNeeded

    with open_desk(settings_with()) as desk:
        known, opens = desk.accounts.list(), desk.seals.opens()
        try:
            chosen = desk.accounts.default().address
        except SetupNeeded:
            chosen = None
    rows = [{**_data(info), "default": info.address == chosen, "sealed": info.address in opens} for info in known]
    return Result(
        {"accounts": rows}, "\n".join(map(_line, rows)) or "There is no account yet: sayso account create NAME."
    )


def export(
    name: Name,
    out: Out = "",
    new_password_file: NewPassword = "",
    password_file: PasswordFile = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Writes an account as a V3 file, encrypted anew. It asks for the password, whatever the settings say."""
    from json import loads

    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        info = desk.accounts.find(name)
        password = ask_again(f"Password of {info.name}: ", password_file)
        new = _exported_password(new_password_file) or password
        text = desk.accounts.export(info.name, password, new)
    if out:
        _write(out, text)
        return Result({"account": _data(info), "file": out}, f"{info.name} is written to {out}, under its password.")
    return Result({"account": _data(info), "keystore": loads(text)}, text)


def seal(
    name: Name,
    by: By = "",
    by_password_file: ByPassword = "",
    password_file: PasswordFile = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Lets an account's password open the seal over policy, contacts and journal, which confirming checks.

    Where there is no seal yet, it begins one over what stands now: look at 'policy show' and 'contact list' first.
    """
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        info = desk.accounts.find(name)
        password = ask_again(f"Password of {info.name}: ", password_file)
        other = (by, ask_again(f"Password of {by}: ", by_password_file)) if by else None
        desk.accounts.seal(info.name, password, other)
    return Result({"account": {**_data(info), "sealed": True}}, f"The password of {info.name} opens the seal.")


def forget_chain(chain: Slug, json: Json = False, plain: Plain = False) -> Result:
    """Begins anew on a test chain that was reset. What happened on the old one stays in the journal; real chains never."""
    from agent.session import open_desk
    from chain.errors import SayDifferently
    from chain.values import ChainId
    from contracts.registry import UnknownEntry

    with open_desk(settings_with()) as desk:
        try:
            entry = desk.registry.chain_by_slug(chain)
        except UnknownEntry as error:
            near = f"Did you mean {', '.join(error.nearest)}?" if error.nearest else "See: sayso config show."
            raise SayDifferently(
                f"There is no chain {chain!a}.", not_done="Nothing was forgotten.", remedy=near
            ) from None
        left = desk.ledger.forget_chain(ChainId(entry.chain_id))
    data = {"chain": entry.slug, "chain_id": entry.chain_id, "slots": left}
    return Result(data, f"{entry.name} begins anew: {left} nonces of the old one are history.")


def _new_password(name: str, password_file: str, settings: "Settings") -> str:
    from agent.passwords import get_new_password, prompt_of_terminal

    return get_new_password(
        f"New password for {name}: ",
        file=path_of(password_file),
        standing_file=settings.password_file,
        ask=prompt_of_terminal(),
    )


def _exported_password(file: str) -> str:
    """The one that the file names, '' where none is named. Raises SayDifferently where it is too short, SetupNeeded."""
    from agent.passwords import check_new_password

    if not file:
        return ""
    password = ask_again("Password of the exported file: ", file)
    check_new_password(password)
    return password


def _secret(v3: str) -> str:
    """A phrase, key or V3 text: from the named file, a prompt without echo, or standard input. Raises SayDifferently."""
    from agent.cli.words import from_stdin
    from agent.passwords import prompt_of_terminal
    from chain.errors import SayDifferently

    if v3 and v3 != "-":
        return _read(v3)
    ask = prompt_of_terminal()
    secret = ask("Recovery phrase or private key (not shown): ") if ask and not v3 else from_stdin()
    if not secret.strip():
        raise SayDifferently("There is nothing to import.", not_done="Nothing was imported.", remedy=IMPORTABLE["key"])
    return secret.strip()


def _read(path: str) -> str:
    """Another wallet's file: its mode is that wallet's affair, its size is not. Raises SayDifferently."""
    from chain.errors import SayDifferently
    from chain.keyfile import MAX_BYTES

    try:
        with open(path, "rb") as file:
            return file.read(MAX_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise SayDifferently(
            f"{path!a} cannot be read as text.", not_done="Nothing was imported.", remedy="Name a V3 keystore file."
        ) from None


def _write(path: str, text: str) -> None:
    from pathlib import Path

    from chain.errors import SayDifferently
    from chain.private_files import write_new_private

    try:
        write_new_private(Path(path).expanduser(), text)
    except FileExistsError:
        raise SayDifferently(
            f"{path!a} is there already.", not_done="It was not overwritten.", remedy="Name a new file."
        ) from None
    except OSError as error:
        raise SayDifferently(
            f"{path!a} cannot be written: {error.strerror}.",
            not_done="Nothing was exported.",
            remedy="Name a new file in a folder of yours.",
        ) from None


def _kind(secret: str) -> str:
    if secret.startswith("{"):
        return "v3"
    return "phrase" if len(secret.split()) > 1 else "key"


def _show_phrase(phrase: str) -> bool:
    """Whether there is a terminal on which it was shown."""
    if not sys.stderr.isatty():
        return False
    print(
        "Your recovery phrase. Write it down on paper: it is shown once, and whoever has it has the account.\n",
        f"  {phrase}\n",
        sep="\n",
        file=sys.stderr,
        flush=True,
    )
    return True


def _added(desk: "Desk", added: "Added", warnings: tuple[str, ...]) -> Result:
    data = {"account": {**_data(added.info), "sealed": added.sealed}}
    unsealed = () if added.sealed else (UNSEALED,)
    told = (*warnings, *unsealed, *_standing(desk, added.info))
    return Result(data, f"{added.info.name}  {added.info.address}", warnings=told)


def _not_imported(error: "SayDifferently", kind: str) -> "SayDifferently":
    """The keystore's error with what to do next: it does not know where the secret came from."""
    from chain.errors import SayDifferently

    return SayDifferently(error.happened, not_done="Nothing was imported.", remedy=IMPORTABLE[kind])


def _published(info: "AccountInfo") -> tuple[str, ...]:
    from chain.known_keys import WELL_KNOWN

    return (PUBLISHED,) if info.address in WELL_KNOWN else ()


def _standing(desk: "Desk", info: "AccountInfo") -> tuple[str, ...]:
    """That another account stays the one that is used where none is named."""
    from chain.errors import SetupNeeded

    try:
        standing = desk.accounts.default()
    except SetupNeeded:
        return ()
    if standing.address == info.address:
        return ()
    return (
        f"{standing.name} stays the account that is used. To use {info.name}: sayso config set account {info.name}.",
    )


def _data(info: "AccountInfo") -> dict[str, Any]:
    return {"name": info.name, "address": info.address, "created": info.created, "demo": info.demo}


def _line(row: dict[str, Any]) -> str:
    marks = [mark for mark, holds in (("default", row["default"]), ("demo", row["demo"])) if holds]
    return f"{row['name']:<16} {row['address']}  {', '.join(marks)}".rstrip()


COMMANDS = {
    "create": create,
    "import": import_,
    "list": list_,
    "export": export,
    "seal": seal,
    "forget-chain": forget_chain,
}
