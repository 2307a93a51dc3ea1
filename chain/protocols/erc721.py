"""ERC-721 tokens (EIP-721): calldata, and who a collection says holds what."""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.abi import decode_address, encode_call
from chain.client import BlockId, ChainClient
from chain.protocols.erc20 import decode_text
from chain.values import Address


@dataclass(frozen=True, slots=True)
class CollectionMetadata:
    """What a collection says of itself: untrusted text, cut to 64 characters, '' where there is none."""

    address: Address
    symbol: str
    name: str


def owner_of(number: int) -> bytes:
    """Calldata: read who holds a token."""
    return encode_call("ownerOf(uint256)", number)


def approved_for(number: int) -> bytes:
    """Calldata: read who else may move a token."""
    return encode_call("getApproved(uint256)", number)


def approved_for_all(owner: Address, operator: Address) -> bytes:
    """Calldata: read whether `operator` may move all of `owner`'s tokens."""
    return encode_call("isApprovedForAll(address,address)", owner, operator)


async def owners(
    client: ChainClient, tokens: Sequence[tuple[Address, int]], block: BlockId = "latest"
) -> dict[tuple[Address, int], Address | None]:
    """Who holds each (collection, number); None where the collection names nobody. Raises as `ChainClient.aggregate`."""
    calls = [(collection, owner_of(number)) for collection, number in tokens]
    answers = await client.aggregate(calls, block) if calls else []
    return {token: decode_address(data) if ok else None for token, (ok, data) in zip(tokens, answers, strict=True)}


async def collections_metadata(client: ChainClient, addresses: Sequence[Address]) -> dict[Address, CollectionMetadata]:
    """Symbol and name that collections give themselves. Raises as `ChainClient.aggregate`."""
    calls = [(address, encode_call(read)) for address in addresses for read in ("symbol()", "name()")]
    answers = await client.aggregate(calls) if calls else []
    texts = [decode_text(data) if ok else "" for ok, data in answers]
    pairs = zip(addresses, texts[::2], texts[1::2], strict=True)
    return {address: CollectionMetadata(address, symbol, name) for address, symbol, name in pairs}
