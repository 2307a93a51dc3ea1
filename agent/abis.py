"""The functions of a contract: by the registry, by a file of the person's own, by the services, or by the standards."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.services import abi_services
from agent.session import Session
from chain.bounded_json import loads
from chain.contract_abi.functions import STANDARD, Function, functions_of
from chain.contract_abi.proxies import implementation_of
from chain.contract_abi.services import DEEPEST_ABI, LARGEST_ABI
from chain.errors import SayDifferently, SetupNeeded
from chain.http import ServiceFailure
from chain.private_files import read_own
from chain.values import Address
from contracts.registry import load_abi

FOLDER = "abis"
TOKEN_ABI = "erc20"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a contract's functions, and who says so. `implementation`: whose functions they are, if a proxy's.

    `notes` tell of services that gave no usable answer.
    """

    functions: tuple[Function, ...]
    source: str
    implementation: Address | None = None
    notes: tuple[str, ...] = ()


async def functions_at(session: Session, address: Address) -> Known:
    """The functions of the contract at an address; of a proxy those of its implementation. Raises SetupNeeded, and as `ChainClient.rpc`."""
    if own := _at_home(session, address):
        return own
    behind = await implementation_of(session.client, address)
    if behind is not None and (own := _at_home(session, behind)):
        return Known(own.functions, own.source, behind)
    wanted = [address] if behind is None else [behind, address]
    notes: list[str] = []
    for place in wanted:
        found, troubles = await _asked(session, place)
        notes += troubles
        if found is not None:
            functions, name = found
            return Known(functions, name, behind if place == behind else None, tuple(notes))
    return Known(tuple(STANDARD), "the standards (ERC-20, ERC-721, Uniswap pairs, Chainlink feeds)", None, tuple(notes))


def _at_home(session: Session, address: Address) -> Known | None:
    """By the registry, then by a file of the person's own."""
    chain_id, registry = session.client.chain_id, session.registry
    entry = registry.contract_at(chain_id, address)
    name = entry.abi if entry is not None else TOKEN_ABI if registry.token_at(chain_id, address) else ""
    if name:
        return Known(functions_of(load_abi(name)), "the registry")
    path = session.home.path / FOLDER / f"{address}.json"
    functions = _in_file(path)
    return None if functions is None else Known(functions, f"your file {path.name}")


def _in_file(path: Path) -> tuple[Function, ...] | None:
    """Raises SetupNeeded for a file that is no ABI."""
    try:
        text = read_own(path, max_bytes=LARGEST_ABI)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        abi = loads(text, max_bytes=LARGEST_ABI, max_depth=DEEPEST_ABI)
        return functions_of(abi.get("abi") if isinstance(abi, dict) else abi)
    except (SayDifferently, ValueError):
        raise SetupNeeded(
            f"{path} holds no ABI.",
            not_done="Nothing was asked of the contract.",
            remedy="Put the ABI's JSON into it, or move it away.",
        ) from None


async def _asked(session: Session, address: Address) -> tuple[tuple[tuple[Function, ...], str] | None, Sequence[str]]:
    """What the first service that knows the contract says; beside it, which services failed."""
    services = abi_services(session.settings)
    notes: list[str] = []
    try:
        for service in services:
            try:
                found = await service.functions(session.client.chain_id, address)
            except ServiceFailure as failure:
                notes.append(failure.happened)
                continue
            if found is not None:
                return (found, service.name), notes
        return None, notes
    finally:
        await asyncio.gather(*(service.close() for service in services))
