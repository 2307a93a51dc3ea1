"""Bytes to words: what is known is read exactly, and everything else is unknown."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import encode as abi_encode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abi import encode_call
from chain.decode import DecodedCall, decode_call
from chain.protocols import erc20, weth
from chain.protocols.quote import Quote, Route, Side
from chain.protocols.uniswap_v2 import UniswapV2Quote
from chain.protocols.uniswap_v3 import UniswapV3Quote
from chain.units import amount_words, format_units
from chain.values import UNLIMITED, Address, ChainId, TransactionRequest, Wei
from contracts.registry import load_registry

REGISTRY = load_registry()
LOCAL = 31337
ACCOUNT = Address("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
THIEF = Address("0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF")
USDC, DAI = (Address(REGISTRY.token(LOCAL, s).address) for s in ("USDC", "DAI"))
WETH = Address(REGISTRY.chain(LOCAL).wrapped_native)
V2, V3 = (Address(REGISTRY.contract(LOCAL, f"uniswap-{v}.router").address) for v in ("v2", "v3"))
CALLER = Address("0x0000000000000000000000000000000000000001")
ROUTER = Address("0x0000000000000000000000000000000000000002")
DEADLINE = 1_800_000_000


def request(to: Address, data: bytes = b"", value: int = 0) -> TransactionRequest:
    return TransactionRequest(ChainId(LOCAL), ACCOUNT, to, Wei(value), data)


def decoded(to: Address, data: bytes = b"", value: int = 0) -> DecodedCall:
    return decode_call(REGISTRY, request(to, data, value))


def test_a_native_payment() -> None:
    call = decoded(THIEF, value=15 * 10**17)
    assert (call.kind, call.amount, call.recipient, call.faults) == ("native", 15 * 10**17, THIEF, ())
    assert call.words == f"send 1.5 ETH to {THIEF}"


def test_a_native_payment_to_a_known_contract_is_not_understood() -> None:
    assert decoded(V2, value=1).kind == decoded(USDC, value=1).kind == "unknown"


def test_token_calls() -> None:
    paid = decoded(USDC, erc20.transfer(THIEF, 1_500_000))
    assert (paid.kind, paid.token, paid.amount, paid.recipient) == ("transfer", USDC, 1_500_000, THIEF)
    assert (paid.contract, paid.words) == ("USDC", f"send 1.5 USDC to {THIEF}")
    assert [(a.name, a.value) for a in paid.args] == [("to", THIEF), ("value", 1_500_000)]
    allowed = decoded(USDC, erc20.approve(V2, 2_000_000))
    assert (allowed.kind, allowed.spender, allowed.words) == ("approve", V2, f"let {V2} spend 2 USDC")
    assert "an unlimited amount of USDC" in decoded(USDC, erc20.approve(V2, UNLIMITED)).words


def test_an_unlisted_token_is_read_only_where_it_is_named_as_one() -> None:
    asked = request(THIEF, erc20.transfer(ACCOUNT, 7))
    assert decode_call(REGISTRY, asked).kind == "unknown"
    call = decode_call(REGISTRY, asked, tokens=[THIEF])
    assert call.words == f"send 7 raw units of the unlisted token {THIEF} to {ACCOUNT}"


def test_wrapping() -> None:
    assert (decoded(WETH, weth.deposit(), 5).kind, decoded(WETH, weth.deposit(), 5).amount) == ("wrap", 5)
    call = decoded(WETH, weth.withdraw(10**18))
    assert (call.kind, call.amount, call.token) == ("unwrap", 10**18, WETH)
    assert decoded(WETH, erc20.transfer(THIEF, 1)).kind == "transfer"


BAD_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a trailing byte": lambda d: d + b"\0",
    "a trailing word": lambda d: d + bytes(32),
    "a byte short": lambda d: d[:-1],
    "dirty upper bits": lambda d: d[:4] + b"\1" + d[5:],
    "another selector": lambda d: b"\xde\xad\xbe\xef" + d[4:],
    "half a selector": lambda d: d[:3],
    "the selector alone": lambda d: d[:4],
}


@pytest.mark.parametrize("change", BAD_BYTES.values(), ids=BAD_BYTES.keys())
def test_calldata_that_is_not_canonical_is_unknown(change: Callable[[bytes], bytes]) -> None:
    call = decoded(USDC, change(erc20.transfer(THIEF, 5)))
    assert call.kind == "unknown" and call.faults


def test_a_value_to_a_function_that_takes_none_is_unknown() -> None:
    assert decoded(USDC, erc20.transfer(THIEF, 5), value=1).kind == "unknown"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([USDC, WETH, V2, V3, THIEF]))
def test_any_bytes_are_read_without_an_error(data: bytes, to: Address) -> None:
    assert decoded(to, data).kind in ("native", "unknown", "wrap")


Case = tuple[type[Quote], Address | None, Address | None, Side, tuple[Address, ...]]
PATHS: dict[str, tuple[Address | None, Address | None, tuple[Address, ...]]] = {
    "eth to usdc": (None, USDC, (WETH, USDC)),
    "usdc to eth": (USDC, None, (USDC, WETH)),
    "usdc to dai": (USDC, DAI, (USDC, DAI)),
    "usdc to dai by weth": (USDC, DAI, (USDC, WETH, DAI)),
}


def swap(version: str, path: str, exact: Side) -> tuple[TransactionRequest, Quote]:
    """The transaction that the protocol's own builder makes, and its quote."""
    token_in, token_out, tokens = PATHS[path]
    fees = (500, 3000)[: len(tokens) - 1] if version == "v3" else ()
    route = Route(V2 if version == "v2" else V3, token_in, token_out, tokens, exact, fees)
    made = (UniswapV2Quote if version == "v2" else UniswapV3Quote)(f"uniswap-{version}", route, 1000, 900)
    to, value, data = made.calldata(ACCOUNT, 890 if exact == "in" else 1010, DEADLINE)
    return request(to, data, value), made


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("exact", ["in", "out"])
def test_every_swap_that_is_built_is_read_back(version: str, path: str, exact: Side) -> None:
    asked, quote = swap(version, path, exact)
    call = decode_call(REGISTRY, asked)
    assert call.kind == "trade" and call.trade is not None, call.faults
    trade = call.trade
    assert (trade.exact, trade.token_in, trade.token_out) == (exact, quote.route.token_in, quote.route.token_out)
    assert (trade.amount_in, trade.amount_out) == ((1000, 890) if exact == "in" else (1010, 900))
    assert (call.receivers, trade.deadline) == ((ACCOUNT,), DEADLINE)
    assert ("at least" in call.words) is (exact == "in") and ACCOUNT in call.words


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_any_byte_flipped_in_a_swap_changes_what_is_read(version: str) -> None:
    asked, _ = swap(version, "usdc to eth", "in")
    honest = decode_call(REGISTRY, asked)
    for at in range(len(asked.data)):
        data = asked.data[:at] + bytes([asked.data[at] ^ 1]) + asked.data[at + 1 :]
        call = decode_call(REGISTRY, replace(asked, data=data))
        assert call.kind == "unknown" or call != honest
        assert call.kind == "unknown" or (call.trade, call.args) != (honest.trade, honest.args)


def single(
    recipient: Address, token_in: Address = USDC, token_out: Address = WETH, amount_in: int = 1000, price_limit: int = 0
) -> bytes:
    signature = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
    return encode_call(signature, (token_in, token_out, 500, recipient, amount_in, 890, price_limit))


def single_out(recipient: Address, token_in: Address = WETH, token_out: Address = USDC, price_limit: int = 0) -> bytes:
    signature = "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))"
    return encode_call(signature, (token_in, token_out, 500, recipient, 890, 1000, price_limit))


def multicall(*calls: bytes) -> bytes:
    return encode_call("multicall(uint256,bytes[])", DEADLINE, list(calls))


UNWRAP = encode_call("unwrapWETH9(uint256,address)", 890, ACCOUNT)
UNWRAP_TO_CALLER = encode_call("unwrapWETH9(uint256)", 890)
REFUND = encode_call("refundETH()")


def test_a_router_may_hold_funds_when_the_end_pays_the_user_the_whole() -> None:
    for calls in ((single(ROUTER), UNWRAP), (single(V3), UNWRAP_TO_CALLER)):
        call = decoded(V3, multicall(*calls))
        assert call.trade is not None and (call.trade.token_out, call.receivers) == (None, (ACCOUNT,))
        assert [name.split("(")[0] for name, _ in call.inner] == ["exactInputSingle", "unwrapWETH9"]
    sweep = encode_call("sweepToken(address,uint256,address)", WETH, 900, ACCOUNT)
    call = decoded(V3, multicall(single(ROUTER), sweep))
    assert call.trade is not None and (call.trade.token_out, call.trade.amount_out) == (WETH, 900)


def test_the_caller_as_recipient_is_the_sender() -> None:
    assert decoded(V3, multicall(single(CALLER))).receivers == (ACCOUNT,)
    assert decoded(V3, single(CALLER)).receivers == (ACCOUNT,)


KEEPS: dict[str, tuple[bytes, int]] = {
    "the router gets it, alone": (single(ROUTER), 0),
    "the router gets it under its own address": (multicall(single(V3)), 0),
    "the router gets it and pays another token": (
        multicall(single(ROUTER), encode_call("sweepToken(address,uint256,address)", DAI, 1, ACCOUNT)),
        0,
    ),
    "it pays out what it never got": (multicall(single(ACCOUNT), UNWRAP), 0),
    "it pays out twice": (multicall(single(ROUTER), UNWRAP, UNWRAP), 0),
    "the rest of the value stays": (multicall(single_out(ACCOUNT)), 1000),
    "too much value for an exact input": (multicall(single(ACCOUNT, WETH, USDC)), 1001),
    "too little value": (multicall(single(ACCOUNT, WETH, USDC)), 999),
    "a value for a trade of tokens": (multicall(single(ACCOUNT)), 1000),
    "the router's whole balance": (multicall(single(ACCOUNT, amount_in=0)), 0),
    "a price limit at which it stops half way": (single(ACCOUNT, price_limit=2**96), 0),
    "a price limit, and the whole paid out": (multicall(single(ROUTER, price_limit=2**96), UNWRAP), 0),
    "a price limit for an exact output": (multicall(single_out(ACCOUNT, price_limit=1), REFUND), 1000),
    "two trades": (multicall(single(ACCOUNT), single(ACCOUNT)), 0),
    "no trade": (multicall(UNWRAP), 0),
    "nothing": (multicall(), 0),
    "the trade at the end": (multicall(UNWRAP, single(ROUTER)), 0),
    "a multicall in a multicall": (multicall(multicall(single(ACCOUNT))), 0),
    "a call that is not known": (multicall(single(ACCOUNT), b"\xde\xad\xbe\xef"), 0),
    "a permit": (
        multicall(
            encode_call(
                "selfPermit(address,uint256,uint256,uint8,bytes32,bytes32)", USDC, 1, 1, 1, b"\0" * 32, b"\0" * 32
            )
        ),
        0,
    ),
    "an empty call": (multicall(b""), 0),
    "dirty bits inside": (multicall(single(ACCOUNT)[:4] + b"\1" + single(ACCOUNT)[5:]), 0),
    "a trailing byte inside": (multicall(single(ACCOUNT) + b"\0"), 0),
    "an approval": (encode_call("approveMax(address)", USDC), 0),
}


@pytest.mark.parametrize(("data", "value"), KEEPS.values(), ids=KEEPS.keys())
def test_a_router_call_that_is_not_one_clean_trade_is_unknown(data: bytes, value: int) -> None:
    call = decoded(V3, data, value)
    assert (call.kind, call.trade) == ("unknown", None) and call.faults


def test_a_refund_makes_a_value_with_a_rest_clean() -> None:
    call = decoded(V3, multicall(single_out(ACCOUNT), REFUND), 1000)
    assert call.trade is not None and call.trade.token_in is None and call.receivers == (ACCOUNT,)


@pytest.mark.parametrize(
    "data",
    [
        multicall(single(THIEF)),
        multicall(single(ROUTER), encode_call("unwrapWETH9(uint256,address)", 890, THIEF)),
        multicall(single(ROUTER), encode_call("sweepToken(address,uint256,address)", WETH, 890, THIEF)),
        # Only swaps read 1 as the caller: elsewhere it is an address that nobody has.
        multicall(single(ROUTER), encode_call("unwrapWETH9(uint256,address)", 890, CALLER)),
    ],
)
def test_another_receiver_is_always_seen(data: bytes) -> None:
    call = decoded(V3, data)
    assert call.kind == "trade" and call.receivers != (ACCOUNT,) and ACCOUNT not in call.receivers


def test_another_receiver_of_a_v2_swap_is_seen() -> None:
    data = encode_call(
        "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", 5, 4, [USDC, DAI], THIEF, DEADLINE
    )
    assert decoded(V2, data).receivers == (THIEF,)


@pytest.mark.parametrize("path", [b"", USDC.encode(), bytes(20), bytes(42), bytes(44)])
def test_a_malformed_path_is_unknown(path: bytes) -> None:
    data = multicall(encode_call("exactInput((bytes,address,uint256,uint256))", (path, ACCOUNT, 5, 4)))
    assert decoded(V3, data).kind == "unknown"


def test_a_v2_path_of_one_token_is_unknown() -> None:
    data = encode_call("swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", 5, 4, [USDC], ACCOUNT, 1)
    assert decoded(V2, data).kind == "unknown"


def test_odd_offsets_are_not_canonical() -> None:
    honest = encode_call("multicall(bytes[])", [single(ACCOUNT)])
    assert decoded(V3, honest).kind == "trade"
    shifted = honest[:4] + abi_encode(["uint256"], [64]) + bytes(32) + honest[36:]
    assert decoded(V3, shifted).kind == "unknown"


@given(st.integers(0, 2**256), st.integers(0, 77))
def test_amounts_in_words_are_exact(raw: int, decimals: int) -> None:
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 200
        assert int(Decimal(format_units(raw, decimals)).scaleb(decimals)) == raw


def test_amounts_are_shown_in_their_units() -> None:
    shown: list[Any] = [amount_words(REGISTRY, LOCAL, None, 1), amount_words(REGISTRY, LOCAL, USDC, 10)]
    assert shown == ["0.000000000000000001 ETH", "0.00001 USDC"]
    assert [format_units(100, 2), format_units(105, 2), format_units(0, 18), format_units(7, 0)] == [
        "1",
        "1.05",
        "0",
        "7",
    ]
