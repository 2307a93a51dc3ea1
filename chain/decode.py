"""Transaction bytes to words: what a call does, read from the bytes alone, by the registry's ABIs.

Only a closed list of functions is known, each on the contracts of its protocol. A call is known only where its bytes
are the canonical ABI encoding of its arguments: with dirty bits, odd offsets or trailing bytes it is unknown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chain.abi import checksum, decode_answer, selector
from chain.decode_trade import MULTICALLS, RouterCall, Trade, settle, v2_trade
from chain.units import amount_words
from chain.values import Address, TransactionRequest
from contracts.registry import ContractEntry, Registry, load_abi

ERC20_FUNCTIONS = frozenset({"transfer(address,uint256)", "approve(address,uint256)"})
WETH_FUNCTIONS = ERC20_FUNCTIONS | {"deposit()", "withdraw(uint256)"}
V2_FUNCTIONS = frozenset(
    {
        "swapExactETHForTokens(uint256,address[],address,uint256)",
        "swapETHForExactTokens(uint256,address[],address,uint256)",
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
        "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)",
        "swapExactTokensForETH(uint256,uint256,address[],address,uint256)",
        "swapTokensForExactETH(uint256,uint256,address[],address,uint256)",
    }
)
V3_FUNCTIONS = frozenset(
    {
        "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))",
        "exactInput((bytes,address,uint256,uint256))",
        "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))",
        "exactOutput((bytes,address,uint256,uint256))",
        "unwrapWETH9(uint256)",
        "unwrapWETH9(uint256,address)",
        "sweepToken(address,uint256)",
        "sweepToken(address,uint256,address)",
        "refundETH()",
        *MULTICALLS,
    }
)
FUNCTIONS: Mapping[str, frozenset[str]] = {
    "erc20": ERC20_FUNCTIONS,
    "weth": WETH_FUNCTIONS,
    "uniswap_v2_router": V2_FUNCTIONS,
    "uniswap_v3_router": V3_FUNCTIONS,
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A decoded argument: ints, bytes, bools, checksummed addresses, tuples of such; a struct's value is its Arguments."""

    name: str
    type: str
    value: Any


@dataclass(frozen=True, slots=True)
class DecodedCall:
    """What a transaction's bytes say that it does.

    `recipient` gets a payment, `spender` an allowance, `receivers` are all who get something out of a protocol call
    (the router itself is never among them). `faults` are reasons to refuse. `kind` 'unknown' has one fault at least.
    """

    kind: Literal["native", "transfer", "approve", "wrap", "unwrap", "trade", "unknown"]
    contract: str
    function: str
    args: tuple[Argument, ...]
    words: str
    token: Address | None = None
    amount: int | None = None
    recipient: Address | None = None
    spender: Address | None = None
    receivers: tuple[Address, ...] = ()
    trade: Trade | None = None
    inner: tuple[tuple[str, tuple[Argument, ...]], ...] = ()
    faults: tuple[str, ...] = ()


def decode_call(registry: Registry, request: TransactionRequest, *, tokens: Collection[Address] = ()) -> DecodedCall:
    """Decode one transaction. `tokens` are addresses to read as ERC-20s beside the registry's. Raises nothing."""
    if not request.data:
        return _native(registry, request)
    found = _abi_of(registry, request, tokens)
    if found is None:
        return _unknown("", "it calls a contract that is not known")
    contract, abi = found
    call = _canonical_call(abi, request.data)
    if isinstance(call, str):
        return _unknown(contract, call)
    row, args = call
    if request.value and row["stateMutability"] != "payable":
        return _unknown(contract, "it sends a value to a function that takes none")
    reader = _READERS.get(abi, _token)
    return reader(registry, request, contract, signature_of(row), args)


def signature_of(row: Mapping[str, Any]) -> str:
    """`name(type,...)` of an ABI row, structs spelt out."""
    return f"{row['name']}({','.join(_type(i) for i in row['inputs'])})"


def _native(registry: Registry, request: TransactionRequest) -> DecodedCall:
    if registry.contract_at(request.chain_id, request.to) or registry.token_at(request.chain_id, request.to):
        return _unknown("", "it pays the native coin to a known contract")
    words = f"send {amount_words(registry, request.chain_id, None, request.value)} to {request.to}"
    return DecodedCall("native", "", "", (), words, amount=request.value, recipient=request.to)


def _abi_of(registry: Registry, request: TransactionRequest, tokens: Collection[Address]) -> tuple[str, str] | None:
    """The name and the ABI under which the target is known."""
    entry: ContractEntry | None = registry.contract_at(request.chain_id, request.to)
    if entry is not None and entry.abi in FUNCTIONS:
        return entry.name, entry.abi
    token = registry.token_at(request.chain_id, request.to)
    if token is not None:
        return token.symbol, "erc20"
    return (request.to, "erc20") if entry is None and request.to in tokens else None


Call = tuple[Mapping[str, Any], tuple[Argument, ...]]


def _canonical_call(abi: str, data: bytes) -> Call | str:
    """The function and its arguments, or why they cannot be read."""
    for row in load_abi(abi):
        if row["type"] != "function" or signature_of(row) not in FUNCTIONS[abi]:
            continue
        if selector(signature_of(row)) == data[:4]:
            args = _arguments(row["inputs"], data[4:])
            return (row, args) if args is not None else "its calldata is not canonical"
    return "it calls a function that is not known"


def _arguments(inputs: Sequence[Mapping[str, Any]], data: bytes) -> tuple[Argument, ...] | None:
    """The arguments, or None where re-encoding them does not give back the same bytes."""
    from eth_abi.abi import encode
    from eth_abi.exceptions import EncodingError

    types = [_type(i) for i in inputs]
    try:
        values = decode_answer(types, data)
        if encode(types, values) != data:
            return None
    except (ValueError, EncodingError):
        return None
    return tuple(_named(i, v) for i, v in zip(inputs, values, strict=True))


def _type(argument: Mapping[str, Any]) -> str:
    if not argument["type"].startswith("tuple"):
        return str(argument["type"])
    return f"({','.join(_type(c) for c in argument['components'])}){argument['type'][5:]}"


def _named(argument: Mapping[str, Any], value: Any) -> Argument:
    if argument["type"] == "tuple":
        value = tuple(_named(c, v) for c, v in zip(argument["components"], value, strict=True))
    elif argument["type"] == "address":
        value = checksum(value)
    elif argument["type"] == "address[]":
        value = tuple(checksum(v) for v in value)
    return Argument(str(argument["name"]), _type(argument), value)


def _token(
    registry: Registry, request: TransactionRequest, contract: str, function: str, args: tuple[Argument, ...]
) -> DecodedCall:
    """A call of an ERC-20 or of the wrapped native coin."""

    def words(token: Address | None, amount: int) -> str:
        return amount_words(registry, request.chain_id, token, amount)

    token, name = request.to, function.split("(")[0]
    if name == "deposit":
        text = f"wrap {words(None, request.value)}"
        return DecodedCall("wrap", contract, function, args, text, token, request.value)
    amount = int(args[-1].value)
    if name == "withdraw":
        return DecodedCall("unwrap", contract, function, args, f"unwrap {words(token, amount)}", token, amount)
    other = args[0].value
    if name == "transfer":
        text = f"send {words(token, amount)} to {other}"
        return DecodedCall("transfer", contract, function, args, text, token, amount, recipient=other)
    text = f"let {other} spend {words(token, amount)}"
    return DecodedCall("approve", contract, function, args, text, token, amount, spender=other)


def _v2(
    registry: Registry, request: TransactionRequest, contract: str, function: str, args: tuple[Argument, ...]
) -> DecodedCall:
    trade = v2_trade(function.split("(")[0], {a.name: a.value for a in args}, request.value)
    return _traded(registry, request, contract, function, args, trade)


def _v3(
    registry: Registry, request: TransactionRequest, contract: str, function: str, args: tuple[Argument, ...]
) -> DecodedCall:
    """A call of SwapRouter02, alone or as one multicall; the calls inside are decoded like calls."""
    calls, deadline = [RouterCall(function, _flat(args))], None
    inner: list[tuple[str, tuple[Argument, ...]]] = []
    if function in MULTICALLS:
        deadline = next((int(a.value) for a in args if a.name == "deadline"), None)
        for data in args[-1].value:
            found = _canonical_call("uniswap_v3_router", data)
            if isinstance(found, str):
                return _unknown(contract, f"inside its multicall, {found}")
            inner.append((signature_of(found[0]), found[1]))
        calls = [RouterCall(name, _flat(values)) for name, values in inner]
    wrapped = Address(registry.chain(request.chain_id).wrapped_native)
    trade = settle(calls, request, wrapped, deadline)
    return _traded(registry, request, contract, function, args, trade, tuple(inner))


def _flat(args: Sequence[Argument]) -> dict[str, Any]:
    """Arguments by name, the members of a struct among them."""
    flat: dict[str, Any] = {}
    for argument in args:
        if argument.type.startswith("(") and isinstance(argument.value, tuple):
            flat |= _flat(argument.value)
        else:
            flat[argument.name] = argument.value
    return flat


def _traded(
    registry: Registry,
    request: TransactionRequest,
    contract: str,
    function: str,
    args: tuple[Argument, ...],
    trade: Trade | str,
    inner: tuple[tuple[str, tuple[Argument, ...]], ...] = (),
) -> DecodedCall:
    if isinstance(trade, str):
        return _unknown(contract, trade)
    paid = amount_words(registry, request.chain_id, trade.token_in, trade.amount_in)
    got = amount_words(registry, request.chain_id, trade.token_out, trade.amount_out)
    bounds = (f"exactly {paid}", f"at least {got}") if trade.exact == "in" else (f"at most {paid}", f"exactly {got}")
    words = f"trade {bounds[0]} for {bounds[1]} on {contract}, to {', '.join(trade.receivers)}"
    return DecodedCall("trade", contract, function, args, words, receivers=trade.receivers, trade=trade, inner=inner)


def _unknown(contract: str, fault: str) -> DecodedCall:
    return DecodedCall(
        "unknown", contract, "", (), "an unknown call", faults=(f"The call is not understood: {fault}.",)
    )


_Reader = Callable[[Registry, TransactionRequest, str, str, tuple[Argument, ...]], DecodedCall]
_READERS: Mapping[str, _Reader] = {"uniswap_v2_router": _v2, "uniswap_v3_router": _v3}
