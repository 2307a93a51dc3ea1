"""Whether what stands on a local chain is what the registry says."""

from eth_utils.crypto import keccak

from chain.devnet.build import Built
from chain.devnet.jsonrpc import Node
from chain.errors import SaysoError, SetupNeeded
from contracts.registry import Registry


def code_hash(node: Node, address: str) -> str:
    """keccak256 of the runtime code, hex with 0x."""
    return "0x" + keccak(hexstr=node.rpc("eth_getCode", address, "latest")).hex()


def check_kept_chain(node: Node, registry: Registry, chain_id: int) -> None:
    """Raises SetupNeeded where a kept chain lacks a contract or holds another one in its place."""
    for contract in registry.contracts_on(chain_id):
        if code_hash(node, contract.address) != contract.code_hash:
            raise SetupNeeded(
                f"The kept chain was not made by this version of Sayso: {contract.name} is not at {contract.address}.",
                remedy="Name another file with --state, or remove that one.",
            )


def check_built(built: Built, registry: Registry, chain_id: int) -> None:
    """Raises SaysoError where the recipe and the registry differ: the recipe was changed and the registry was not."""
    parts = (built.contracts, built.tokens, built.feeds, built.collections)
    stands = {address.lower() for part in parts for address in part.values()}
    said = [token.address for token in registry.tokens_on(chain_id)]
    said += [contract.address for contract in registry.contracts_on(chain_id)]
    said += [feed.address for feed in registry.feeds_on(chain_id)]
    said += [collection.address for collection in registry.collections_on(chain_id)]
    if any(address.lower() not in stands for address in said):
        raise SaysoError(
            "The local chain's recipe and its rows in the registry differ.",
            remedy="Run `python -m chain.devnet.pin` in Sayso's folder.",
        )
