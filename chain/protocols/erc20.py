"""ERC-20 tokens (EIP-20): calldata, and what a token says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from chain.abi import BadAnswer, address_word, decode_answer, decode_uint, encode_call, selector
from chain.client import BlockId, ChainClient
from chain.errors import Refused
from chain.values import Address, Asset

MAX_TEXT = 64


@dataclass(frozen=True, slots=True)
class TokenMetadata:
    """What a token says of itself. `symbol` and `name` are untrusted text, cut to 64 characters, '' where there is none."""

    address: Address
    symbol: str
    name: str
    decimals: int


def transfer(to: Address, amount: int) -> bytes:
    """Calldata: send `amount` raw units from the sender to `to`."""
    return encode_call("transfer(address,uint256)", to, amount)


def approve(spender: Address, amount: int) -> bytes:
    """Calldata: let `spender` take up to `amount` raw units of the sender's."""
    return encode_call("approve(address,uint256)", spender, amount)


def balance_of(account: Address) -> bytes:
    """Calldata: read an account's balance."""
    return selector("balanceOf(address)") + address_word(account)


def allowance_of(owner: Address, spender: Address) -> bytes:
    """Calldata: read how much `spender` may take of `owner`'s."""
    return encode_call("allowance(address,address)", owner, spender)


async def allowance(client: ChainClient, token: Address, owner: Address, spender: Address) -> int | None:
    """How many raw units `spender` may take of `owner`'s; None is "unknown". Raises as `ChainClient.aggregate`."""
    ((ok, data),) = await client.aggregate([(token, allowance_of(owner, spender))])
    return decode_uint(data) if ok else None


async def total_supplies(
    client: ChainClient, tokens: Sequence[Address], block: BlockId = "latest"
) -> dict[Address, int | None]:
    """How many raw units of each token there are; None where it does not say. Raises as `ChainClient.aggregate`."""
    answers = await client.aggregate([(t, encode_call("totalSupply()")) for t in tokens], block) if tokens else []
    return {token: decode_uint(data) if ok else None for token, (ok, data) in zip(tokens, answers, strict=True)}


async def metadata(client: ChainClient, address: Address) -> TokenMetadata:
    """Symbol (string or bytes32), name and decimals, read from the token itself. Raises Refused where it has no decimals."""
    signatures = ("symbol()", "name()", "decimals()")
    answers = await client.aggregate([(address, encode_call(s)) for s in signatures])
    symbol, name = (decode_text(data) if ok else "" for ok, data in answers[:2])
    return TokenMetadata(address, symbol, name, _decimals(address, *answers[2]))


async def verify_decimals(client: ChainClient, assets: Sequence[Asset]) -> None:
    """Check that tokens have on chain the decimals that we reckon with. Raises Refused where one has not, or has none."""
    tokens = {a.address: a for a in assets if a.address is not None}
    answers = await client.aggregate([(address, encode_call("decimals()")) for address in tokens]) if tokens else []
    for (address, asset), answer in zip(tokens.items(), answers, strict=True):
        found = _decimals(address, *answer)
        if found != asset.decimals:
            raise Refused(
                f"The token at {address} has {found} decimals on chain, but {asset.decimals} in our list.",
                not_done="No amount of it was reckoned.",
                remedy="Do not use this token until the list is corrected.",
            )


def decode_text(data: bytes) -> str:
    """A token's string, or the bytes32 that some old tokens return instead; untrusted, '' where it is neither."""
    try:
        (text,) = decode_answer(["string"], data)
    except BadAnswer:
        text = data.rstrip(b"\0").decode("utf-8", errors="replace") if len(data) == 32 else ""
    return str(text)[:MAX_TEXT]


def _decimals(address: Address, succeeded: bool, data: bytes) -> int:
    decimals = decode_uint(data) if succeeded else None
    if decimals is None or decimals > 255:
        raise Refused(
            f"The contract at {address} does not say its decimals as an ERC-20 token does.",
            not_done="No amount of it was reckoned.",
            remedy="Check the address: it may not be a token.",
        )
    return decimals
