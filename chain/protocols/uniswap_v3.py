"""Uniswap V3: quotes of QuoterV2 and calldata of SwapRouter02 (github.com/Uniswap/v3-periphery, swap-router-contracts)."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from chain.abi import decode_answer, encode_call
from chain.client import ChainClient
from chain.protocols.quote import Candidate, Quote, Route, Side, SwapCall, ask, paths
from chain.values import Address
from contracts.registry import ContractEntry

PROTOCOL = "uniswap-v3"
FEE_TIERS = (500, 3000, 10000)
HOP_TIERS = (500, 3000)
# SwapRouter02 reads this recipient as itself (Constants.ADDRESS_THIS); the next call of the multicall pays it out.
ROUTER_ITSELF = Address("0x0000000000000000000000000000000000000002")

_SINGLE_IN = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
_SINGLE_OUT = "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))"
_PATH_IN = "exactInput((bytes,address,uint256,uint256))"
_PATH_OUT = "exactOutput((bytes,address,uint256,uint256))"
_QUOTE_SINGLE_IN = "quoteExactInputSingle((address,address,uint256,uint24,uint160))"
_QUOTE_SINGLE_OUT = "quoteExactOutputSingle((address,address,uint256,uint24,uint160))"
_QUOTE_PATH_IN = "quoteExactInput(bytes,uint256)"
_QUOTE_PATH_OUT = "quoteExactOutput(bytes,uint256)"


@dataclass(frozen=True, slots=True)
class UniswapV3Quote(Quote):
    """A quote of the V3 quoter, to be carried out by SwapRouter02."""

    def _swap_call(self, account: Address, amount_limit: int, deadline: int) -> SwapCall:
        amount_in, amount_out = self._amounts(amount_limit)
        native_out = self.route.token_out is None
        calls = [_swap(self.route, ROUTER_ITSELF if native_out else account, amount_in, amount_out)]
        if native_out:
            calls.append(encode_call("unwrapWETH9(uint256,address)", amount_out, account))
        if self.route.token_in is None:
            calls.append(encode_call("refundETH()"))
        data = encode_call("multicall(uint256,bytes[])", deadline, calls)
        return self.router, self._value(amount_limit), data


def candidates(
    client: ChainClient, token_in: Address | None, token_out: Address | None, amount: int, exact: Side
) -> tuple[Candidate, ...]:
    """What to ask: each fee tier directly, and pairs of tiers through the wrapped native coin."""
    router, quoter = (_contract(client, name) for name in ("uniswap-v3.router", "uniswap-v3.quoter"))
    if router is None or quoter is None:
        return ()
    routes = (
        Route(router, token_in, token_out, path, exact, fees)
        for path in paths(token_in, token_out, Address(client.entry.wrapped_native))
        for fees in _fee_choices(len(path) - 1)
    )
    return tuple(Candidate((quoter, _quote_call(route, amount)), _reader(route, amount)) for route in routes)


async def quote_exact_in(
    client: ChainClient, token_in: Address | None, token_out: Address | None, amount_in: int
) -> list[Quote]:
    """What `amount_in` raw units give, best first. Raises as `ChainClient.aggregate`."""
    return await ask(client, candidates(client, token_in, token_out, amount_in, "in"))


async def quote_exact_out(
    client: ChainClient, token_in: Address | None, token_out: Address | None, amount_out: int
) -> list[Quote]:
    """What `amount_out` raw units cost, best first. Raises as `ChainClient.aggregate`."""
    return await ask(client, candidates(client, token_in, token_out, amount_out, "out"))


def contracts(client: ChainClient) -> tuple[ContractEntry, ...]:
    """The contracts that a swap depends on here."""
    return tuple(c for c in client.registry.contracts_on(client.chain_id) if c.protocol == PROTOCOL)


def _contract(client: ChainClient, name: str) -> Address | None:
    return next((Address(c.address) for c in contracts(client) if c.name == name), None)


def _fee_choices(hops: int) -> tuple[tuple[int, ...], ...]:
    return tuple((fee,) for fee in FEE_TIERS) if hops == 1 else tuple(product(HOP_TIERS, repeat=hops))


def _packed_path(route: Route) -> bytes:
    """Tokens and fees packed in the order of the swap; for an exact output in reverse, as the router walks it."""
    tokens, fees = route.path, route.fees
    if route.exact == "out":
        tokens, fees = tokens[::-1], fees[::-1]
    packed = bytes.fromhex(tokens[0][2:])
    for fee, token in zip(fees, tokens[1:], strict=True):
        packed += fee.to_bytes(3, "big") + bytes.fromhex(token[2:])
    return packed


def _quote_call(route: Route, amount: int) -> bytes:
    if len(route.path) == 2:
        signature = _QUOTE_SINGLE_IN if route.exact == "in" else _QUOTE_SINGLE_OUT
        return encode_call(signature, (*route.path, amount, route.fees[0], 0))
    return encode_call(_QUOTE_PATH_IN if route.exact == "in" else _QUOTE_PATH_OUT, _packed_path(route), amount)


def _reader(route: Route, amount: int) -> Callable[[bytes], Quote]:
    def read(data: bytes) -> Quote:
        (other,) = decode_answer(["uint256"], data)
        amounts = (amount, other) if route.exact == "in" else (other, amount)
        return UniswapV3Quote(PROTOCOL, route, *amounts)

    return read


def _swap(route: Route, recipient: Address, amount_in: int, amount_out: int) -> bytes:
    amounts = (amount_in, amount_out) if route.exact == "in" else (amount_out, amount_in)
    if len(route.path) == 2:
        signature = _SINGLE_IN if route.exact == "in" else _SINGLE_OUT
        return encode_call(signature, (*route.path, route.fees[0], recipient, *amounts, 0))
    signature = _PATH_IN if route.exact == "in" else _PATH_OUT
    return encode_call(signature, (_packed_path(route), recipient, *amounts))
