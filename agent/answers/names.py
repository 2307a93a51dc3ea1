"""An ENS name's address, and an address's own name."""

from agent.answers.looking import known_names, party_of, text
from agent.answers.types import Answer
from agent.session import Session
from chain.errors import SayDifferently
from chain.names import normalise, reverse
from chain.values import Address
from nlp.types import Action


async def answer(session: Session, action: Action) -> Answer:
    """Who a name is, or what an address calls itself (only where that name points back). Raises SayDifferently."""
    party = await party_of(session, text(action, "name"))
    if party.kind == "address":
        return await _of_address(session, party.address)
    name = normalise(party.said) if party.kind == "name" else party.said
    how = {"name": f"by ENS on {session.client.entry.name}", "contact": "your contact", "account": "your account"}
    words = f"{name} is {party.address} ({how[party.kind]})."
    data = {"name": name, "address": party.address, "kind": party.kind}
    return Answer("resolve_name", data, (words,))


async def _of_address(session: Session, address: Address) -> Answer:
    try:
        name = await reverse(session.client, address)
    except SayDifferently:
        name = None
    own = known_names(session).get(address, "")
    words = [f"{address} is {own}."] if own else []
    words.append(f"Its ENS name is {name}." if name else f"{address} has no ENS name here that points back to it.")
    return Answer("resolve_name", {"name": name, "address": address, "kind": "address", "known_as": own}, tuple(words))
