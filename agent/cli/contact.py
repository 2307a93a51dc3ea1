"""`sayso contact`: names for addresses."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import PasswordFile, RpcUrl, ask_again, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.contacts import Contact
    from agent.session import Desk

EXAMPLES = (
    "sayso contact add bob 0x…",
    "sayso contact add alice alice.eth",
    "sayso contact add bob 0x… --change",
    "sayso contact list",
    "sayso contact remove bob",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="What you call them.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="Their address, or an ENS name that is resolved once.")]
Change = Annotated[
    bool, typer.Option("--change", help="Let the name stand for another address than before; takes your password.")
]


async def add(
    name: Name,
    address: Address,
    change: Change = False,
    password_file: PasswordFile = "",
    rpc_url: RpcUrl = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Adds a contact, and never overwrites one. An ENS name is resolved now; the contact keeps that address."""
    from agent.changes.contacts import contact_data
    from agent.session import open_desk

    settings = settings_with(rpc_url)
    is_name = "." in address
    target = await _resolved(address, rpc_url) if is_name else address
    with open_desk(settings) as desk:
        own = {info.name for info in desk.accounts.list()}
        ens = address.strip() if is_name else ""
        if change and desk.contacts.known_address(name) is not None:
            return _changed(desk, name, target, ens, password_file, quiet=json)
        contact = desk.contacts.add(name, target, ens=ens, accounts=own)
    return Result({"contact": contact_data(contact)}, _line(contact))


def list_(json: Json = False, plain: Plain = False) -> Result:
    """Lists all contacts, with their addresses in full."""
    from agent.changes.contacts import contact_data
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        known = desk.contacts.list()
    return Result(
        {"contacts": [contact_data(c) for c in known]}, "\n".join(map(_line, known)) or "There are no contacts yet."
    )


def remove(name: Name, json: Json = False, plain: Plain = False) -> Result:
    """Takes a contact out. Giving its name another address later is still a change, and takes your password."""
    from agent.changes.contacts import contact_data
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        gone = desk.contacts.remove(name)
    return Result({"contact": contact_data(gone)}, f"{gone.name} ({gone.address}) is removed.")


def _changed(desk: "Desk", name: str, target: str, ens: str, password_file: str, *, quiet: bool) -> Result:
    """Shows both addresses, then takes the password."""
    from agent.changes.contacts import contact_data
    from agent.cli.main import tell

    old, new = desk.contacts.known_address(name), desk.contacts.check_address(target)
    if not quiet:
        tell(f"{name} was  {old}", f"{name} will be  {new}")
    account = desk.accounts.default()
    password = ask_again(f"Password of {account.name}, to change it: ", password_file)
    contact = desk.contacts.change(name, new, desk.accounts.open_seal(account.address, password), ens=ens)
    return Result({"contact": contact_data(contact), "was": old}, f"{_line(contact)}\nIt was {old}.")


async def _resolved(name: str, rpc_url: str) -> str:
    """The address of an ENS name now. Raises SayDifferently where it has none."""
    from agent.session import session
    from chain.errors import SayDifferently
    from chain.names import resolve

    async with session(settings_with(rpc_url)) as opened:
        found = await resolve(opened.client, name)
    if found is None:
        raise SayDifferently(
            f"{name[:80]!a} resolves to no address.",
            not_done="No contact was added.",
            remedy="Check the spelling, or give the address itself: 0x and 40 hex digits.",
        )
    return found


def _line(contact: "Contact") -> str:
    source = f"  (was {contact.ens} when added)" if contact.ens else ""
    return f"{contact.name:<16} {contact.address}{source}"


COMMANDS = {"add": add, "list": list_, "remove": remove}
