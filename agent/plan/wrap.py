"""The native coin into its wrapped token and back, one to one."""

from agent.plan.asked import Asked, Planned
from agent.plan.sizing import size
from agent.resolve import NOTHING, resolve_asset
from chain.errors import SayDifferently
from chain.protocols.weth import deposit, withdraw
from chain.values import Address, Asset, Step


async def plan_wrap(asked: Asked) -> tuple[Planned, ...]:
    """One step that wraps. Raises SayDifferently, InsufficientFunds, and SetupNeeded where the contract is another."""
    await _check_token(asked)
    return await wrap(asked)


async def plan_unwrap(asked: Asked) -> tuple[Planned, ...]:
    """One step that unwraps. Raises as `plan_wrap`."""
    await _check_token(asked)
    return await unwrap(asked)


async def wrap(asked: Asked, slot: str = "amount") -> tuple[Planned, ...]:
    """The step that wraps what `slot` (or `value`) says. Raises as `plan_wrap`."""
    native, wrapped = asked.scene.native, asked.scene.wrapped
    await _check_contract(asked)
    amount = await size(asked, native, slot)
    return _step(asked, "wrap", native, wrapped, amount)


async def unwrap(asked: Asked, slot: str = "amount") -> tuple[Planned, ...]:
    """The step that unwraps what `slot` (or `value`) says. Raises as `plan_wrap`."""
    native, wrapped = asked.scene.native, asked.scene.wrapped
    await _check_contract(asked)
    amount = await size(asked, wrapped, slot)
    return _step(asked, "unwrap", wrapped, native, amount)


def _step(asked: Asked, intent: str, out: Asset, into: Asset, amount: int) -> tuple[Planned, ...]:
    contract = Address(asked.scene.client.entry.wrapped_native)
    wraps = intent == "wrap"
    request = asked.request(contract, amount if wraps else 0, deposit() if wraps else withdraw(amount))
    promised = (asked.leaves(out, amount, contract), asked.arrives(into, amount, sender=contract))
    step = Step(intent, request, promised)
    asked.book.apply(step)
    return (Planned(step),)


async def _check_contract(asked: Asked) -> None:
    """The contract's code is what the registry pins, where it does."""
    client = asked.scene.client
    entry = client.registry.contract_at(asked.scene.chain_id, client.entry.wrapped_native)
    await client.verify_code([entry] if entry else [])


async def _check_token(asked: Asked) -> None:
    """A token that was named must be the native coin or its wrapped form."""
    said = asked.text("token")
    if not said:
        return
    asset, native, wrapped = await resolve_asset(asked.scene, said), asked.scene.native, asked.scene.wrapped
    if asset.address not in (None, wrapped.address):
        raise SayDifferently(
            f"Only {native.symbol} can be wrapped, into {wrapped.symbol}, and back.",
            not_done=NOTHING,
            remedy=f"Say how much {native.symbol} or {wrapped.symbol}.",
        )
