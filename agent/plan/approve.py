"""An allowance: exactly the amount that was said, unlimited only where the words say so."""

from agent.amounts import parse_units
from agent.plan.allowances import set_allowance
from agent.plan.asked import Asked, Planned
from agent.plan.sizing import given_units
from agent.resolve import NOTHING, Party, resolve_asset, resolve_party, shown
from chain.errors import SayDifferently
from chain.values import UNLIMITED, Address, Asset
from contracts.registry import ContractEntry

SPENDERS = ("uniswap-v2.router", "uniswap-v3.router")


async def plan(asked: Asked) -> tuple[Planned, ...]:
    """The steps that set the allowance. Raises SayDifferently where the amount is missing, or the spender is not one."""
    asset = await resolve_asset(asked.scene, asked.needed("token", "Which token?"))
    if asset.address is None:
        raise SayDifferently(
            f"{asset.symbol} needs no approval: it is sent along.", not_done=NOTHING, remedy="Name a token."
        )
    spender = await _spender(asked, asked.needed("spender", "Who shall be allowed to spend it?"))
    amount = await _amount(asked, asset)
    steps = await set_allowance(asked, asset, asset.address, spender.address, amount)
    return tuple(Planned(planned.step, spender, planned.unlimited_said) for planned in steps)


async def _amount(asked: Asked, asset: Asset) -> int:
    text = asked.text("amount")
    if not text and not asked.text("value"):
        raise SayDifferently(
            f"How much {shown(asset)} may be spent?",
            not_done=NOTHING,
            remedy="Say the amount; 'unlimited' only if you mean it.",
        )
    if text == "unlimited":
        return UNLIMITED
    if text and not text.endswith("%") and parse_units(text, asset) == 0:
        return 0
    return await given_units(asked, asset, "amount")


async def _spender(asked: Asked, said: str) -> Party:
    """A protocol's router, or else somebody by name or address. Raises SayDifferently."""
    slug = said.strip().lower()
    known = asked.scene.client.registry.contracts_on(asked.scene.chain_id)
    routers = [c for c in known if c.name in SPENDERS and slug in (c.protocol, _family(c), c.name)]
    if len(routers) > 1:
        names = " or ".join(c.protocol for c in routers)
        raise SayDifferently(f"{said} has two contracts that spend tokens.", not_done=NOTHING, remedy=f"Say {names}.")
    if routers:
        await asked.scene.client.verify_code(routers)
        return Party(Address(routers[0].address), "address", said)
    if slug in asked.scene.contacts or slug in asked.scene.accounts or "." in slug or slug.startswith("0x"):
        return await resolve_party(asked.scene, said)
    raise SayDifferently(
        f"No spender {said!a} is known on {asked.scene.client.entry.name}.",
        not_done=NOTHING,
        remedy="Name uniswap-v2, uniswap-v3, a contact, or give the address.",
    )


def _family(contract: ContractEntry) -> str:
    return contract.protocol.rsplit("-v", 1)[0]
