"""The address to be paid at, in words and as a QR code (EIP-681: the chain is in it)."""

from agent.answers.looking import check_chain
from agent.answers.types import Answer, Code, Part
from agent.session import Session
from nlp.types import Action


async def answer(session: Session, action: Action) -> Answer:
    """The default account's address. Raises SetupNeeded where there is none."""
    check_chain(session, action)
    info, entry = session.accounts.default(), session.client.entry
    uri = f"ethereum:{info.address}@{entry.chain_id}"
    parts: list[Part] = [f"{info.name} on {entry.name}:", info.address, Code(uri)]
    if entry.test:
        parts.append(
            "This is a test chain: what is sent here has no worth, and what is sent elsewhere does not arrive."
        )
    data = {"name": info.name, "address": info.address, "chain": entry.slug, "chain_id": entry.chain_id, "uri": uri}
    return Answer("receive_address", data, tuple(parts))
