"""Balances of any number of accounts and assets, read at one block."""

from collections.abc import Sequence

from chain.abi import decode_uint
from chain.client import BlockId, ChainClient
from chain.multicall import Call, native_balance_call
from chain.protocols.erc20 import balance_of
from chain.values import Address, Asset

Balances = dict[tuple[Address, Address | None], int | None]


async def balances(
    client: ChainClient, accounts: Sequence[Address], assets: Sequence[Asset], block: BlockId = "latest"
) -> Balances:
    """Raw units by (account, token address; None for the native coin), 500 of them a request.

    None is "unknown": the token did not answer. It is never to be taken for 0. Raises as `ChainClient.aggregate`.
    """
    keys = list(dict.fromkeys((account, asset.address) for account in accounts for asset in assets))
    if not keys:
        return {}
    answers = await client.aggregate([balance_call(client.multicall3, *key) for key in keys], block)
    return {key: decode_uint(data) if ok else None for key, (ok, data) in zip(keys, answers, strict=True)}


async def balance(
    client: ChainClient, account: Address, token: Address | None, block: BlockId = "latest"
) -> int | None:
    """One balance in raw units; None is "unknown". Raises as `ChainClient.aggregate`."""
    ((ok, data),) = await client.aggregate([balance_call(client.multicall3, account, token)], block)
    return decode_uint(data) if ok else None


def balance_call(multicall3: Address, account: Address, token: Address | None) -> Call:
    """The call that reads one balance; `token` None is the native coin."""
    return native_balance_call(multicall3, account) if token is None else (token, balance_of(account))
