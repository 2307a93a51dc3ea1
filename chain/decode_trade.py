"""What a trade through a Uniswap router comes to: who pays what, who gets what, and that the router keeps nothing.

SwapRouter02 reads recipient 1 as the caller and 2 as itself, and an input amount of 0 as its whole balance
(swap-router-contracts, Constants.sol); it pays with its own coins where it holds enough of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chain.abi import checksum
from chain.values import Address, TransactionRequest

CALLER = Address("0x0000000000000000000000000000000000000001")
ROUTER = Address("0x0000000000000000000000000000000000000002")
MULTICALLS = ("multicall(uint256,bytes[])", "multicall(bytes[])")
ADDRESS_BYTES, FEE_BYTES = 20, 3


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade in raw units; a token of None is the native coin.

    exact 'in': exactly `amount_in` leaves, at least `amount_out` arrives. exact 'out': at most, exactly. `deadline` is in
    Unix seconds, None where the call has none.
    """

    exact: Literal["in", "out"]
    token_in: Address | None
    token_out: Address | None
    amount_in: int
    amount_out: int
    receivers: tuple[Address, ...]
    deadline: int | None


@dataclass(frozen=True, slots=True)
class RouterCall:
    """One call of SwapRouter02: its signature and its arguments by name."""

    function: str
    args: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The function's name without its types."""
        return self.function.split("(")[0]


def v2_trade(function: str, args: Mapping[str, Any], value: int) -> Trade | str:
    """The trade of a UniswapV2Router02 function, or why it is none."""
    path = args["path"]
    if len(path) < 2:
        return "its path is too short"
    exact: Literal["in", "out"] = "out" if "ForExact" in function else "in"
    from_native, to_native = "ETHFor" in function, function.endswith("ETH")
    amount_in = value if from_native else args["amountIn" if exact == "in" else "amountInMax"]
    amount_out = args["amountOutMin" if exact == "in" else "amountOut"]
    return Trade(
        exact,
        None if from_native else path[0],
        None if to_native else path[-1],
        amount_in,
        amount_out,
        (args["to"],),
        args["deadline"],
    )


def settle(
    calls: Sequence[RouterCall], request: TransactionRequest, wrapped: Address, deadline: int | None
) -> Trade | str:
    """The one trade that the calls make together, or why they make none.

    The router may hold funds between the calls, when the last of them pay the whole of it to somebody: what it holds of
    a token is followed through the calls, and something left over is a fault.
    """
    if not calls or "exact" not in calls[0].name:
        return "it does not begin with a trade"
    swap = _swap(calls[0])
    if isinstance(swap, str):
        return swap
    payouts = [_payout(call, request.sender, wrapped) for call in calls[1:]]
    if None in payouts:
        return "it does more than one trade"
    native_in = bool(request.value)
    if native_in and swap.token_in != wrapped:
        return "it sends a value that the trade does not take"
    if native_in and request.value < swap.amount_in:
        return "its value is not the trade's amount"
    return _settled(swap, [p for p in payouts if p is not None], request, wrapped, deadline)


@dataclass(frozen=True, slots=True)
class _Swap:
    exact: Literal["in", "out"]
    token_in: Address
    token_out: Address
    amount_in: int
    amount_out: int
    recipient: Address


@dataclass(frozen=True, slots=True)
class _Payout:
    """Pays all that the router holds: of `token`, as the native coin where `native`, to `receiver`; `least` at least."""

    token: Address | None
    native: bool
    receiver: Address
    least: int


def _settled(
    swap: _Swap, payouts: Sequence[_Payout], request: TransactionRequest, wrapped: Address, deadline: int | None
) -> Trade | str:
    held = swap.recipient in (ROUTER, request.to)
    receivers = [] if held else [request.sender if swap.recipient == CALLER else swap.recipient]
    pays_out = [p for p in payouts if p.token == swap.token_out]
    refunds = [p for p in payouts if p.token is None]
    if len(pays_out) + len(refunds) != len(payouts) or len(refunds) > 1 or len(pays_out) != int(held):
        return "the router would keep funds, or pay out what the trade does not bring"
    leftover = request.value and (swap.exact == "out" or request.value != swap.amount_in)
    if leftover and not refunds:
        return "the router would keep what is left of the value"
    least = pays_out[0].least if pays_out else swap.amount_out
    to_native = bool(pays_out and pays_out[0].native)
    return Trade(
        swap.exact,
        None if request.value else swap.token_in,
        None if to_native else swap.token_out,
        swap.amount_in,
        swap.amount_out if swap.exact == "out" else max(swap.amount_out, least),
        tuple(dict.fromkeys([*receivers, *(p.receiver for p in payouts)])),
        deadline,
    )


def _swap(call: RouterCall) -> _Swap | str:
    args, exact = call.args, _exact(call.name)
    path = _path(args["path"]) if "path" in args else (args["tokenIn"], args["tokenOut"])
    if path is None:
        return "its path is malformed"
    if exact == "out" and "path" in args:
        path = path[::-1]
    amount_in = args["amountIn" if exact == "in" else "amountInMaximum"]
    amount_out = args["amountOutMinimum" if exact == "in" else "amountOut"]
    if args.get("sqrtPriceLimitX96"):
        return "it may stop half way, at a price limit of its own"
    if not amount_in:
        return "an input of 0 is the router's whole balance"
    return _Swap(exact, path[0], path[-1], amount_in, amount_out, args["recipient"])


def _exact(name: str) -> Literal["in", "out"]:
    return "in" if name.startswith("exactInput") else "out"


def _path(packed: bytes) -> tuple[Address, ...] | None:
    """The tokens of a V3 path: 20 bytes of token, then 3 of fee and 20 of token for each hop."""
    hop = FEE_BYTES + ADDRESS_BYTES
    if len(packed) < ADDRESS_BYTES + hop or (len(packed) - ADDRESS_BYTES) % hop:
        return None
    return tuple(checksum(packed[at : at + ADDRESS_BYTES]) for at in range(0, len(packed), hop))


def _payout(call: RouterCall, sender: Address, wrapped: Address) -> _Payout | None:
    """What an ending call pays out. Without a recipient argument it pays the caller."""
    receiver = call.args.get("recipient", sender)
    least = call.args.get("amountMinimum", 0)
    if call.name == "refundETH":
        return _Payout(None, True, sender, 0)
    if call.name == "unwrapWETH9":
        return _Payout(wrapped, True, receiver, least)
    if call.name == "sweepToken":
        return _Payout(call.args["token"], False, receiver, least)
    return None
