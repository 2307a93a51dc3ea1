"""What every swap protocol offers alike: candidates to be asked in one Multicall3 call, and the quotes they answer with."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from chain.abi import BadAnswer
from chain.client import ChainClient
from chain.errors import Refused
from chain.multicall import Call
from chain.values import Address

Side = Literal["in", "out"]
SwapCall = tuple[Address, int, bytes]


@dataclass(frozen=True, slots=True)
class Route:
    """From where to where. `token_in` and `token_out` are None for the native coin; `path` has it as its wrapped token.

    `exact` says which amount is fixed; `fees` are the pools' fee tiers in hundredths of a basis point, where they matter.
    """

    router: Address
    token_in: Address | None
    token_out: Address | None
    path: tuple[Address, ...]
    exact: Side
    fees: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """What a route gives or takes at the block that was asked, in raw units. `protocol` is the parse contract's slug."""

    protocol: str
    route: Route
    amount_in: int
    amount_out: int

    @property
    def router(self) -> Address:
        """The contract to call, which is also the spender to approve."""
        return self.route.router

    @property
    def exact(self) -> Side:
        """Which of the two amounts is fixed."""
        return self.route.exact

    def calldata(self, account: Address, amount_limit: int, deadline: int) -> SwapCall:
        """`(to, value, data)` of the swap; what it gives goes to `account` and nowhere else.

        `amount_limit` in raw units is the least to get where the input is exact, the most to give where the output is.
        `deadline` in Unix seconds. Raises Refused for a limit of nothing, or one that is worse than no limit.
        """
        if amount_limit <= 0 or deadline <= 0:
            raise Refused("A swap needs a limit and a deadline.", not_done="No transaction was made.")
        return self._swap_call(account, amount_limit, deadline)

    @abstractmethod
    def _swap_call(self, account: Address, amount_limit: int, deadline: int) -> SwapCall: ...

    def _amounts(self, amount_limit: int) -> tuple[int, int]:
        """The input (or its most) and the output (or its least) under a limit."""
        if self.exact == "in":
            return self.amount_in, amount_limit
        return amount_limit, self.amount_out

    def _value(self, amount_limit: int) -> int:
        return 0 if self.route.token_in is not None else self._amounts(amount_limit)[0]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that asks for a quote, and how to read its answer. `read` may raise BadAnswer."""

    call: Call
    read: Callable[[bytes], Quote]


async def ask(client: ChainClient, candidates: Sequence[Candidate]) -> list[Quote]:
    """The quotes of all candidates that answer with one, best first, in one request. Raises as `ChainClient.aggregate`."""
    if not candidates:
        return []
    answers = await client.aggregate([candidate.call for candidate in candidates])
    quotes = [_read(c, data) for c, (ok, data) in zip(candidates, answers, strict=True) if ok]
    return sorted((q for q in quotes if q is not None), key=lambda q: (q.amount_in, -q.amount_out))


def _read(candidate: Candidate, data: bytes) -> Quote | None:
    try:
        quote = candidate.read(data)
    except BadAnswer:
        return None
    return quote if quote.amount_in > 0 and quote.amount_out > 0 else None


def paths(token_in: Address | None, token_out: Address | None, wrapped: Address) -> tuple[tuple[Address, ...], ...]:
    """The direct path and the one through the wrapped native coin; none where there is nothing to swap."""
    start, end = token_in or wrapped, token_out or wrapped
    if start == end:
        return ()
    return ((start, end),) if wrapped in (start, end) else ((start, end), (start, wrapped, end))
