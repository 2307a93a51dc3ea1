"""Contacts in words: adding never overwrites, and removing keeps the old address in mind."""

from typing import Any

from agent.answers.looking import text
from agent.answers.types import Answer, Part
from agent.contacts import Contact
from agent.names import check_contact_name
from agent.session import Connect, Desk
from chain.errors import NotConfirmed, SayDifferently
from chain.names import resolve
from nlp.types import Action

NOT_ADDED = "No contact was added."
FIRST = "The first payment to it will be marked as the first."
UNSEALED = "Your password vouches for it the next time you give it."


async def add(desk: Desk, connect: Connect, action: Action) -> Answer:
    """Add a contact at once. Raises SayDifferently, NotConfirmed where the name stands for another address, Refused."""
    own = {info.name for info in desk.accounts.list()}
    name, said = check_contact_name(text(action, "name"), desk.registry, own), text(action, "address")
    address, ens = await _address(desk, connect, said)
    before = desk.contacts.get(name)
    try:
        contact = desk.contacts.add(name, address, ens=ens, accounts=own)
    except NotConfirmed as change:
        raise NotConfirmed(
            change.happened, not_done=change.not_done, remedy=f"To change it: sayso contact add {name} {said} --change."
        ) from None
    return Answer("contact_add", {"contact": contact_data(contact), "new": before is None}, _added(contact, before))


async def remove(desk: Desk, _: Connect, action: Action) -> Answer:
    """Take a contact out. Raises SayDifferently where there is none."""
    gone = desk.contacts.remove(text(action, "name"))
    parts = (
        f"{gone.name} ({gone.address}) is removed.",
        "Giving the name another address later is a change, and takes your password.",
    )
    return Answer("contact_remove", {"contact": contact_data(gone)}, parts)


def contact_data(contact: Contact) -> dict[str, Any]:
    """A contact for JSON."""
    return {
        "name": contact.name,
        "address": contact.address,
        "ens": contact.ens or None,
        "added_at": contact.added_at,
        "sealed": contact.sealed,
    }


async def _address(desk: Desk, connect: Connect, said: str) -> tuple[str, str]:
    """The address that is meant, and the ENS name that it was resolved from. Raises SayDifferently."""
    if said.lower().startswith("0x"):
        return said, ""
    if "." not in said:
        raise SayDifferently(
            f"{said[:80]!a} is neither an address nor a name of ENS.",
            not_done=NOT_ADDED,
            remedy="Give the address: 0x and 40 hex digits.",
        )
    found = await resolve((await connect()).client, said)
    if found is None:
        raise SayDifferently(
            f"{said[:80]!a} resolves to no address.",
            not_done=NOT_ADDED,
            remedy="Check the spelling, or give the address itself: 0x and 40 hex digits.",
        )
    return found, said


def _added(contact: Contact, before: Contact | None) -> tuple[Part, ...]:
    if before is not None:
        return (f"{contact.name} stands for {contact.address} already.",)
    source = f", which is what {contact.ens} is now" if contact.ens else ""
    head = f"{contact.name} is {contact.address}{source}."
    return (head, FIRST) if contact.sealed else (head, FIRST, UNSEALED)
