"""Proxies by ERC-1967: the contract whose code runs behind an address."""

from chain.abi import ZERO, decode_address
from chain.client import ChainClient, hex_bytes
from chain.values import Address

# keccak256("eip1967.proxy.implementation") - 1 (https://eips.ethereum.org/EIPS/eip-1967).
IMPLEMENTATION_SLOT = "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc"


async def implementation_of(client: ChainClient, address: Address) -> Address | None:
    """The implementation that a proxy names, None where it is no such proxy. Raises as `ChainClient.rpc`."""
    word = hex_bytes(await client.rpc("eth_getStorageAt", [address, IMPLEMENTATION_SLOT, "latest"]))
    found = decode_address(word)
    return None if found is None or found == ZERO else found


async def has_code(client: ChainClient, address: Address) -> bool:
    """Whether a contract stands there. Raises as `ChainClient.rpc`."""
    return bool(hex_bytes(await client.rpc("eth_getCode", [address, "latest"])))
