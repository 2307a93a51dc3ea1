"""Whether a draft's bytes say what it promises. A card is drawn only where they do."""

from collections.abc import Mapping

from chain.decode import DecodedCall, decode_call
from chain.errors import Refused
from chain.values import Address, Asset, Draft, Effect, EffectKind, Step
from contracts.registry import Registry

EffectKey = tuple[EffectKind, Address | None, int, Address | None]


class BytesDisagree(Refused):
    """The transaction bytes of a draft do not decode to what it promises."""

    code = "bytes_disagree"


def decoded_steps(registry: Registry, draft: Draft) -> tuple[DecodedCall, ...]:
    """What each step's bytes say. Raises BytesDisagree where that is not exactly what the step promises."""
    return tuple(_decoded(registry, draft, index, item.step) for index, item in enumerate(draft.steps))


def assets_of(registry: Registry, draft: Draft) -> Mapping[Address | None, Asset]:
    """The coins that the draft names, by address; what the registry says of one counts before what the draft says."""
    chain = registry.chain(draft.chain_id)
    native = Asset(draft.chain_id, None, chain.native_symbol, chain.native_decimals)
    found: dict[Address | None, Asset] = {None: native}
    for effect in (effect for item in draft.steps for effect in item.step.promised):
        address = effect.asset.address
        if address is None:
            continue
        entry = registry.token_at(draft.chain_id, address)
        found[address] = (
            Asset(draft.chain_id, address, entry.symbol, entry.decimals)
            if entry
            else Asset(draft.chain_id, address, effect.asset.symbol, effect.asset.decimals, listed=False)
        )
    return found


def _decoded(registry: Registry, draft: Draft, index: int, step: Step) -> DecodedCall:
    tokens = [effect.asset.address for effect in step.promised if effect.asset.address]
    call = decode_call(registry, step.request, tokens=tokens)
    own = step.request.sender == draft.account and step.request.chain_id == draft.chain_id
    same_decimals = all(_known_decimals(registry, draft, effect.asset) for effect in step.promised)
    if call.kind == "unknown" or not own or not same_decimals or stated(call, draft.account) != _promised(call, step):
        raise BytesDisagree(
            f"The bytes of step {index + 1} do not say what the draft promises ({call.words}).",
            not_done="No card was drawn, and nothing can be confirmed.",
            remedy="Draft it anew; if it happens again, do not confirm and run 'sayso doctor'.",
        )
    return call


def _known_decimals(registry: Registry, draft: Draft, asset: Asset) -> bool:
    if asset.address is None:
        return asset.decimals == registry.chain(draft.chain_id).native_decimals
    entry = registry.token_at(draft.chain_id, asset.address)
    return entry is None or entry.decimals == asset.decimals


def stated(call: DecodedCall, account: Address) -> frozenset[EffectKey] | None:
    """The effects that a decoded call has on `account`, or None where somebody else would get what it brings."""
    out, into, allowance = EffectKind.OUT, EffectKind.IN, EffectKind.ALLOWANCE
    amount = call.amount or 0
    if call.kind in ("native", "transfer"):
        return frozenset({(out, call.token, amount, call.recipient)})
    if call.kind == "approve":
        return frozenset({(allowance, call.token, amount, call.spender)})
    if call.kind == "wrap":
        return frozenset({(out, None, amount, None), (into, call.token, amount, None)})
    if call.kind == "unwrap":
        return frozenset({(out, call.token, amount, None), (into, None, amount, None)})
    trade = call.trade
    if trade is None or trade.receivers != (account,):
        return None
    return frozenset({(out, trade.token_in, trade.amount_in, None), (into, trade.token_out, trade.amount_out, None)})


def _promised(call: DecodedCall, step: Step) -> frozenset[EffectKey] | None:
    """The step's promises in the same form. Who is on the other side counts where the bytes name somebody."""
    names_other = call.kind in ("native", "transfer", "approve")
    own = [effect for effect in step.promised if effect.account == step.request.sender]
    others = [effect for effect in step.promised if effect.account != step.request.sender]
    if not all(_is_arrival(effect, call) for effect in others) or len(others) > 1:
        return None
    keys = [_key(effect, names_other) for effect in own]
    return frozenset(keys) if len(keys) == len(set(keys)) else None


def _is_arrival(effect: Effect, call: DecodedCall) -> bool:
    """Whether this is the whole of a payment arriving at the one whom the bytes name."""
    paid = call.kind in ("native", "transfer") and effect.kind is EffectKind.IN
    whole = effect.asset.address == call.token and effect.amount == call.amount
    return paid and whole and effect.account == call.recipient


def _key(effect: Effect, names_other: bool) -> EffectKey:
    return (effect.kind, effect.asset.address, effect.amount, effect.counterparty if names_other else None)
