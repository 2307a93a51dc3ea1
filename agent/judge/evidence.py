"""What the checks need from the chain, read together at the simulated block."""

import asyncio
from collections.abc import Iterable, Sequence

from agent.amounts import parse_fiat
from agent.judge.case import USD, CaseStep, Evidence
from agent.scene import Scene
from chain.balances import balance
from chain.client import hex_bytes
from chain.errors import SayDifferently
from chain.l1_fee import l1_fee
from chain.names import resolve
from chain.prices import prices
from chain.protocols.erc20 import total_supplies
from chain.rpc import quantity
from chain.values import Address


async def gather_evidence(scene: Scene, steps: Sequence[CaseStep], block_number: int) -> Evidence:
    """Codes, names, prices, the payer's coins and the node's chain id. Raises as `ChainClient.rpc`."""
    client = scene.client
    addresses = sorted({a for step in steps for a in (step.recipient, step.decoded.spender) if a})
    names = sorted({step.party.ens for step in steps if step.party and step.party.ens})
    approved = sorted({s.decoded.token for s in steps if s.decoded.spender and s.decoded.token})
    chain_id, head, native, codes, resolved, found, l1_fees, supplies = await asyncio.gather(
        client.rpc("eth_chainId", []),
        client.block(block_number),
        balance(client, scene.account, None, block_number),
        asyncio.gather(*(_code(scene, address, block_number) for address in addresses)),
        asyncio.gather(*(_resolved(scene, name, block_number) for name in names)),
        prices(client, _priced(scene, steps), USD, block_number),
        asyncio.gather(*(l1_fee(client, s.drafted.step.request, s.drafted.fees, block_number) for s in steps)),
        total_supplies(client, approved, block_number),
    )
    return Evidence(
        node_chain_id=quantity(chain_id),
        head=head,
        native=native,
        codes=dict(zip(addresses, codes, strict=True)),
        names={name: address for found_names in resolved for name, address in found_names.items()},
        prices=found,
        l1_fees=tuple(l1_fees),
        supplies=supplies,
    )


async def _resolved(scene: Scene, name: str, block: int) -> dict[str, Address | None]:
    """The address of a name, None where it has none; nothing where this chain has no ENS to ask."""
    try:
        return {name: await resolve(scene.client, name, block)}
    except SayDifferently:
        return {}


async def _code(scene: Scene, address: Address, block: int) -> bytes:
    return hex_bytes(await scene.client.rpc("eth_getCode", [address, hex(block)]))


def _priced(scene: Scene, steps: Sequence[CaseStep]) -> list[str]:
    """The listed assets that move, the native coin, and what limits name: by symbol or currency."""
    policy = scene.policy
    assets = [effect.asset for step in steps for effect in step.promised]
    sums = [policy.unknown_blocks_above, *(limit.fiat for limit in policy.limits if limit.fiat)]
    spent = [s.effect.asset for s in scene.spent] if any(limit.fiat for limit in policy.limits) else []
    return list(
        dict.fromkeys(
            [
                scene.native.symbol.upper(),
                *(asset.symbol.upper() for asset in [*assets, *spent] if asset.listed),
                *_currencies(sums),
            ]
        )
    )


def _currencies(sums: Iterable[str]) -> list[str]:
    return [code for code in (parse_fiat(text).code for text in sums) if code != USD]
