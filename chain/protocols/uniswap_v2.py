"""Uniswap V2: quotes of UniswapV2Router02 and the calldata of its swaps (github.com/Uniswap/v2-periphery)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chain.abi import BadAnswer, decode_answer, encode_call
from chain.client import ChainClient
from chain.protocols.quote import Candidate, Quote, Route, Side, SwapCall, ask, paths
from chain.values import Address
from contracts.registry import ContractEntry

PROTOCOL = "uniswap-v2"


@dataclass(frozen=True, slots=True)
class UniswapV2Quote(Quote):
    """A quote of the V2 router."""

    def _swap_call(self, account: Address, amount_limit: int, deadline: int) -> SwapCall:
        amount_in, amount_out = self._amounts(amount_limit)
        if self.route.token_in is None:
            data = _from_native(self.route, amount_out, account, deadline)
        else:
            data = _from_token(self.route, amount_in, amount_out, account, deadline)
        return self.router, self._value(amount_limit), data


def candidates(
    client: ChainClient, token_in: Address | None, token_out: Address | None, amount: int, exact: Side
) -> tuple[Candidate, ...]:
    """What to ask: the direct path and the one through the wrapped native coin. None where the chain lacks the protocol."""
    router = _router(client)
    if router is None:
        return ()
    name = "getAmountsOut" if exact == "in" else "getAmountsIn"
    routes = (
        Route(router, token_in, token_out, path, exact)
        for path in paths(token_in, token_out, Address(client.entry.wrapped_native))
    )
    return tuple(
        Candidate((router, encode_call(f"{name}(uint256,address[])", amount, route.path)), _reader(route))
        for route in routes
    )


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


def _router(client: ChainClient) -> Address | None:
    return next((Address(c.address) for c in contracts(client) if c.name == "uniswap-v2.router"), None)


def _reader(route: Route) -> Callable[[bytes], Quote]:
    def read(data: bytes) -> Quote:
        (amounts,) = decode_answer(["uint256[]"], data)
        if len(amounts) != len(route.path):
            raise BadAnswer("amounts and path differ in length")
        return UniswapV2Quote(PROTOCOL, route, amounts[0], amounts[-1])

    return read


def _from_native(route: Route, amount_out: int, to: Address, deadline: int) -> bytes:
    name = "swapExactETHForTokens" if route.exact == "in" else "swapETHForExactTokens"
    return encode_call(f"{name}(uint256,address[],address,uint256)", amount_out, route.path, to, deadline)


def _from_token(route: Route, amount_in: int, amount_out: int, to: Address, deadline: int) -> bytes:
    end = "ETH" if route.token_out is None else "Tokens"
    name = f"swapExactTokensFor{end}" if route.exact == "in" else f"swapTokensForExact{end}"
    amounts: Sequence[int] = (amount_in, amount_out) if route.exact == "in" else (amount_out, amount_in)
    return encode_call(f"{name}(uint256,uint256,address[],address,uint256)", *amounts, route.path, to, deadline)
