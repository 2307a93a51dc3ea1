"""A payment of the native coin or of an ERC-20 token."""

from agent.plan.asked import Asked, Planned
from agent.plan.sizing import size
from agent.resolve import NOTHING, resolve_asset, resolve_party
from chain.errors import SayDifferently
from chain.protocols.erc20 import transfer
from chain.values import Step


async def plan(asked: Asked) -> tuple[Planned, ...]:
    """One step that pays the recipient in full. Raises SayDifferently, InsufficientFunds, PriceUnavailable, Refused."""
    asset = await resolve_asset(asked.scene, asked.needed("token", "Which token?"))
    party = await resolve_party(asked.scene, asked.needed("recipient", "To whom?"))
    if party.address == asked.scene.account:
        raise SayDifferently("That is the account that would pay.", not_done=NOTHING, remedy="Name another recipient.")
    amount = await size(asked, asset)
    if asset.address is None:
        request = asked.request(party.address, value=amount)
    else:
        request = asked.request(asset.address, data=transfer(party.address, amount))
    promised = (
        asked.leaves(asset, amount, party.address),
        asked.arrives(asset, amount, party.address, asked.scene.account),
    )
    step = Step("transfer", request, promised)
    asked.book.apply(step)
    return (Planned(step, party),)
