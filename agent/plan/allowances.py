"""The steps that set an allowance: exactly what is needed, and to zero first where the token asks for that."""

from agent.plan.asked import Asked, Planned
from chain.protocols.erc20 import approve
from chain.rpc import RpcError
from chain.values import UNLIMITED, Address, Asset, Effect, EffectKind, RawAmount, Step


async def allowance_for(asked: Asked, asset: Asset, spender: Address, needed: int) -> tuple[Planned, ...]:
    """The steps that let `spender` take `needed` raw units, none where it may already. Applied to the book."""
    token = asset.address
    if token is None or (await asked.book.allowed(token, spender)).low >= needed:
        return ()
    return await set_allowance(asked, asset, token, spender, needed)


async def set_allowance(
    asked: Asked, asset: Asset, token: Address, spender: Address, amount: int
) -> tuple[Planned, ...]:
    """The steps after which `spender` may take exactly `amount` raw units. Applied to the book."""
    amounts = [0, amount] if amount and await _zero_first(asked, token, spender, amount) else [amount]
    steps = tuple(_step(asked, asset, token, spender, a) for a in amounts)
    for step in steps:
        asked.book.apply(step)
    return tuple(Planned(step, unlimited_said=step.promised[0].amount == UNLIMITED) for step in steps)


async def _zero_first(asked: Asked, token: Address, spender: Address, amount: int) -> bool:
    """Whether something may stand allowed that the token will not let be replaced: seen by trying it on the node."""
    stands = await asked.book.allowed(token, spender)
    if stands.high == 0:
        return False
    if stands.touched:
        return True
    try:
        await asked.scene.client.call(token, approve(spender, amount), sender=asked.scene.account)
    except RpcError as error:
        if not error.is_revert:
            raise
        return True
    return False


def _step(asked: Asked, asset: Asset, token: Address, spender: Address, amount: int) -> Step:
    allows = Effect(EffectKind.ALLOWANCE, asset, asked.scene.account, RawAmount(amount), spender)
    return Step("approve", asked.request(token, data=approve(spender, amount)), (allows,))
