"""What may leave the person's accounts: by payments and trades, and by allowances that others may draw on."""

from collections.abc import Iterable

from chain.values import UNLIMITED, Address, Asset, Effect, EffectKind
from contracts.registry import Registry

ROUTERS = ("uniswap-v2.router", "uniswap-v3.router")

Key = tuple[int, Address | None, Address, Address | None]


def leaving(registry: Registry, effects: Iterable[Effect]) -> tuple[tuple[Asset, int], ...]:
    """The most that may leave by `effects`, in the order in which they take place, in raw units of each asset.

    What is sent through a spender uses up the allowance that it was given among them. What is left of one counts, and
    stays counted when it is replaced: it may have been taken before. Only a known router takes nothing by itself, so
    there the last allowance counts alone. Stricter than counting what was allowed last.
    """
    moved: list[tuple[Asset, int]] = []
    standing: dict[Key, tuple[Asset, int]] = {}
    for effect in effects:
        asset, spender = effect.asset, effect.counterparty
        key = (asset.chain_id, asset.address, effect.account, spender)
        before = standing.get(key, (asset, 0))
        if effect.kind is EffectKind.OUT:
            moved.append((asset, effect.amount))
            standing[key] = (asset, _drawn(before[1], effect.amount))
        elif effect.kind is EffectKind.ALLOWANCE:
            if not is_router(registry, asset.chain_id, spender):
                moved.append(before)
            standing[key] = (asset, effect.amount)
    return tuple((asset, raw) for asset, raw in (*moved, *standing.values()) if raw)


def is_router(registry: Registry, chain_id: int, address: Address | None) -> bool:
    """Whether this is a router that spends tokens for whoever calls it, and for nobody else."""
    entry = registry.contract_at(chain_id, address) if address else None
    return entry is not None and entry.name in ROUTERS


def _drawn(allowed: int, amount: int) -> int:
    """What is left of an allowance; an unlimited one stays as it is in many tokens."""
    return allowed if allowed == UNLIMITED else max(0, allowed - amount)
