"""Simulations against what then truly happens, with contracts that lie about it."""

import json

import httpx
import pytest
from eth_abi.abi import encode
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.abi import BadAnswer, checksum, encode_call, selector, topic
from chain.client import connect
from chain.errors import InsufficientFunds, SaysoError
from chain.events import Log, read_events, read_log
from chain.protocols import erc20, swap, weth
from chain.revert import revert_reason
from chain.rpc import RpcError
from chain.simulate import NOT_STACKED, simulate
from chain.values import UNLIMITED, AllowanceChange, AssetChange, TransactionRequest
from chain.watch import named_addresses

ALICE = "0x1111111111111111111111111111111111111111"
BOB = "0x2222222222222222222222222222222222222222"
LIAR = checksum("0x00000000000000000000000000000000000011a4")
ETHER = 10**18

# What follows is code for a token; balanceOf(address), and anything else but transfer, is answered out of the slot that
# is the address: `0x5f3560e01c63a9059cbb14601857 600435545f5260205ff3 5b`, and then what transfer(to, amount) does.
TOKEN = "0x5f3560e01c63a9059cbb14601857600435545f5260205ff35b"
DONE = "60015f5260205ff3"
# Takes twice the amount from the sender, gives it once to `to`, logs nothing.
SILENT = TOKEN + "602435" + "8060011b" + "335403" + "3355" + "6004355401" + "60043555" + DONE
# Logs Transfer(sender, to, amount), moves nothing.
TALKER = (
    TOKEN + "6024355f52" + "600435" + "33" + "7f" + topic("Transfer(address,address,uint256)")[2:] + "60205fa3" + DONE
)


# Gives the amount to `to`, and logs twice as much.
EXAGGERATOR = (
    TOKEN + "6024358060011b5f52" + "60043533" + "7f" + topic("Transfer(address,address,uint256)")[2:] + "60205fa3"
    "6004355401" + "60043555" + DONE
)


@pytest.fixture
def alice(local_chain) -> str:
    local_chain.fund(ALICE)
    return ALICE


def step(to: str, data: bytes = b"", value: int = 0, sender: str = ALICE) -> TransactionRequest:
    return TransactionRequest(31337, sender, to, value, data)


def of(account: str, simulated) -> dict[str | None, int]:
    return {change.asset: change.delta for change in simulated.changes if change.account == account}


def do(chain, request: TransactionRequest) -> int:
    """Does it without the key; the gas it cost in wei."""
    chain.rpc("anvil_impersonateAccount", request.sender)
    receipt = chain.node.send(request.sender, request.to, request.data, request.value)
    chain.rpc("anvil_stopImpersonatingAccount", request.sender)
    return int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)


@pytest.mark.anvil
async def test_a_native_transfer_shows_both_sides(client, alice) -> None:
    seen = await simulate(client, alice, [step(BOB, value=5)])
    assert seen.method == "eth_simulateV1"
    (only,) = seen.steps
    assert only.succeeded
    assert only.gas_used == 21_000
    assert only.changes == (AssetChange(None, ALICE, -5), AssetChange(None, BOB, 5))
    head = await client.block()
    assert (seen.block_number, seen.block_hash) == (head.number, head.hash)


@pytest.mark.anvil
async def test_wrapping_and_unwrapping_show_though_weth_logs_no_transfer(client, local_chain, alice) -> None:
    token = local_chain.token("WETH")
    seen = await simulate(client, alice, [step(token, weth.deposit(), ETHER), step(token, weth.withdraw(ETHER // 2))])
    assert of(alice, seen.steps[0]) == {None: -ETHER, token: ETHER}
    assert of(alice, seen.steps[1]) == {None: ETHER // 2, token: -ETHER // 2}


@pytest.mark.anvil
@pytest.mark.parametrize("sold", ["USDC", "USDT", "LINK"])
async def test_an_approval_and_a_swap_run_on_one_another_as_they_then_do(client, local_chain, alice, sold) -> None:
    token, weth_token = local_chain.token(sold), local_chain.token("WETH")
    amount = 10 * 10 ** local_chain.registry.token(31337, sold).decimals
    quote, *_ = await swap.quote_exact_in(client, token, None, amount)
    to, value, data = quote.calldata(alice, quote.amount_out, 2**40)
    requests = [step(token, erc20.approve(to, amount)), step(to, data, value)]
    before = client.request_count
    seen = await simulate(client, alice, requests)
    assert client.request_count == before + 2, "a block and one simulation"
    approval, trade = seen.steps
    assert approval.allowances == (AllowanceChange(token, alice, to, amount, previous=0),)
    assert approval.changes == ()
    assert of(alice, trade) == {token: -amount, None: quote.amount_out}
    assert trade.allowances == (), "what was spent of it is no new allowance"
    assert weth_token not in of(alice, trade)
    held = local_chain.balance(alice), local_chain.erc20_balance(sold, alice)
    gas = sum(do(local_chain, request) for request in requests)
    assert local_chain.balance(alice) == held[0] + quote.amount_out - gas
    assert local_chain.erc20_balance(sold, alice) == held[1] - amount
    assert local_chain.allowance(sold, alice, to) == 0


@pytest.mark.anvil
async def test_a_token_that_takes_more_or_gives_less_is_seen(client, local_chain, alice) -> None:
    greedy, fee, falsy = (local_chain.token(s) for s in ("GREEDY", "FOT", "FALSY"))
    seen = await simulate(client, alice, [step(token, erc20.transfer(BOB, 1000)) for token in (greedy, fee, falsy)])
    assert (of(alice, seen.steps[0]), of(BOB, seen.steps[0])) == ({greedy: -1100}, {greedy: 1000})
    assert (of(alice, seen.steps[1]), of(BOB, seen.steps[1])) == ({fee: -1000}, {fee: 990})
    assert seen.steps[2].succeeded
    assert seen.steps[2].changes == ()


@pytest.mark.anvil
async def test_balances_count_where_the_logs_say_nothing(client, local_chain, alice) -> None:
    local_chain.rpc("anvil_setCode", LIAR, SILENT)
    local_chain.rpc("anvil_setStorageAt", LIAR, "0x" + ALICE[2:].rjust(64, "0"), "0x" + (1000).to_bytes(32).hex())
    seen = await simulate(client, alice, [step(LIAR, erc20.transfer(BOB, 100)), step(LIAR, erc20.transfer(BOB, 1))])
    assert seen.steps[0].changes == (AssetChange(LIAR, ALICE, -200), AssetChange(LIAR, BOB, 100))
    assert seen.steps[1].changes == (AssetChange(LIAR, ALICE, -2), AssetChange(LIAR, BOB, 1))
    do(local_chain, step(LIAR, erc20.transfer(BOB, 100)))
    assert local_chain.erc20_balance(LIAR, ALICE) == 800


@pytest.mark.anvil
async def test_balances_count_where_the_logs_lie(client, local_chain, alice) -> None:
    local_chain.rpc("anvil_setCode", LIAR, TALKER)
    seen = await simulate(client, alice, [step(LIAR, erc20.transfer(BOB, 100))])
    assert seen.steps[0].succeeded
    assert seen.steps[0].changes == ()


@pytest.mark.anvil
async def test_an_unlisted_token_that_arrives_is_looked_at_again(client, local_chain, alice) -> None:
    # Code that calls transfer(alice, 7) of a token: neither Alice nor the token stands in our calldata.
    caller = checksum("0x0000000000000000000000000000000000ca11e4")
    words = erc20.transfer(ALICE, 7)
    store = (
        "7f"
        + words[:32].hex()
        + "5f52"
        + "7f"
        + words[32:64].hex()
        + "602052"
        + "63"
        + words[64:].hex()
        + "60e01b604052"
    )
    local_chain.rpc("anvil_setCode", LIAR, EXAGGERATOR)
    local_chain.rpc("anvil_setCode", caller, "0x" + store + "5f5f60445f5f73" + LIAR[2:] + "5af100")
    before = client.request_count
    seen = await simulate(client, alice, [step(caller)])
    assert client.request_count == before + 3, "a block, a simulation, and another one with what the logs named"
    assert of(alice, seen.steps[0]) == {LIAR: 7}
    assert seen.method == "eth_simulateV1"


@pytest.mark.anvil
async def test_a_revert_says_why_and_moves_nothing(client, local_chain, alice) -> None:
    usdc, tether = local_chain.token("USDC"), local_chain.token("USDT")
    quote, *_ = await swap.quote_exact_in(client, None, usdc, ETHER, protocols=frozenset({"uniswap-v2"}))
    head = await client.block()
    late = quote.calldata(alice, quote.amount_out, head.timestamp)
    dear = quote.calldata(alice, quote.amount_out + 1, 2**40)
    seen = await simulate(
        client,
        alice,
        [
            step(usdc, erc20.transfer(BOB, 10**30)),
            step(tether, erc20.transfer(BOB, 10**30)),
            step(late[0], late[2], late[1]),
            step(dear[0], dear[2], dear[1]),
            step(BOB, value=1),
        ],
    )
    reasons = [s.revert_reason for s in seen.steps]
    assert reasons == [
        "the token balance is too small",
        "insufficient balance",
        "UniswapV2Router: EXPIRED",
        "UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT",
        "",
    ]
    assert [s.succeeded for s in seen.steps] == [False, False, False, False, True]
    assert all(s.changes == () for s in seen.steps[:4])
    assert of(alice, seen.steps[4]) == {None: -1}


@pytest.mark.anvil
async def test_a_gas_limit_that_is_too_small_fails_its_step(client, local_chain, alice) -> None:
    request = step(local_chain.token("USDC"), erc20.transfer(BOB, 1))
    (free,) = (await simulate(client, alice, [request])).steps
    (bound,) = (await simulate(client, alice, [request], gas_limits=[free.gas_used + 5000])).steps
    assert bound.succeeded
    (short,) = (await simulate(client, alice, [request], gas_limits=[free.gas_used - 5000])).steps
    assert not short.succeeded
    assert short.revert_reason


@pytest.mark.anvil
async def test_more_than_the_account_holds_is_insufficient_funds(client, local_chain, alice) -> None:
    with pytest.raises(InsufficientFunds, match="ETH"):
        await simulate(client, alice, [step(BOB, value=60 * ETHER), step(BOB, value=60 * ETHER)])


@pytest.mark.anvil
async def test_it_runs_on_the_state_of_the_block_that_is_named(client, local_chain, alice) -> None:
    then = (await client.block()).number
    usdc = local_chain.token("USDC")
    do(local_chain, step(usdc, erc20.transfer(BOB, 10_000 * 10**6)))
    now = await simulate(client, alice, [step(usdc, erc20.transfer(BOB, 1))])
    assert not now.steps[0].succeeded
    earlier = await simulate(client, alice, [step(usdc, erc20.transfer(BOB, 1))], block=then)
    assert earlier.steps[0].succeeded
    assert earlier.block_number == then
    assert (await simulate(client, alice, [])).steps == ()


class Without(httpx.AsyncBaseTransport):
    """The real node, but for one method."""

    def __init__(self, method: str, body: dict[str, object]) -> None:
        self.method, self.body = method, body
        self.inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        if asked["method"] == self.method:
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": asked["id"], **self.body})
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


@pytest.mark.anvil
@pytest.mark.parametrize(
    "missing",
    [
        (-32601, "Method not found"),
        (-32601, "the method eth_simulateV1 does not exist/is not available"),
        (-32700, "Method eth_simulateV1 not supported."),
    ],
)
async def test_without_simulate_v1_it_says_what_it_could_not_see(local_chain, alice, missing) -> None:
    transport = Without("eth_simulateV1", {"error": {"code": missing[0], "message": missing[1]}})
    client = await connect([local_chain.rpc_url], local_chain.registry, transport=transport)
    usdc = local_chain.token("USDC")
    good, bad = step(usdc, erc20.transfer(BOB, 1)), step(usdc, erc20.transfer(BOB, 10**30))
    seen = await simulate(client, alice, [good])
    assert (seen.method, seen.steps[0].succeeded, seen.steps[0].changes) == ("eth_call", True, ())
    assert seen.steps[0].gas_used > 21_000
    seen = await simulate(client, alice, [bad])
    assert (seen.steps[0].succeeded, seen.steps[0].revert_reason) == (False, "the token balance is too small")
    seen = await simulate(client, alice, [good, good])
    assert [(s.succeeded, s.revert_reason) for s in seen.steps] == [(True, ""), (False, NOT_STACKED)]
    with pytest.raises(InsufficientFunds):
        await simulate(client, alice, [step(BOB, value=1000 * ETHER)])
    await client.close()


@pytest.mark.anvil
@pytest.mark.parametrize(
    "body",
    [{"result": None}, {"result": []}, {"result": [{"calls": []}]}, {"result": [{"calls": [1, 2, 3]}]},
     {"result": [{"calls": [{"status": "0x1", "gasUsed": "0x1", "logs": [], "returnData": "0x"}] * 3}]},
     {"result": [{"calls": [{"status": "0x0", "gasUsed": "0x1", "logs": []}] * 3}]},
     {"result": [{"calls": [{"status": "0x1", "gasUsed": "0x1", "logs": [{"address": "0x"}]}] * 3}]},
     {"result": [{"calls": [{"status": "0x1", "gasUsed": "many", "logs": [None]}] * 3}]},
     {"error": {"code": -32000, "message": "header not found"}}],
)  # fmt: skip
async def test_an_answer_that_cannot_be_true_is_never_a_simulation(local_chain, alice, body) -> None:
    client = await connect([local_chain.rpc_url], local_chain.registry, transport=Without("eth_simulateV1", body))
    with pytest.raises(SaysoError) as failure:
        await simulate(client, alice, [step(BOB, value=1)])
    assert isinstance(failure.value, RpcError) == ("error" in body)
    await client.close()


WETH9 = checksum("0x" + "99" * 20)
NFT = checksum("0x" + "77" * 20)


def log(address: str, event: str, indexed: list[object], types: list[str], values: list[object]) -> Log:
    topics = [topic(event)] + [
        "0x" + (encode(["address"], [i]) if isinstance(i, str) else encode(["uint256"], [i])).hex() for i in indexed
    ]
    return read_log({"address": address, "topics": topics, "data": "0x" + encode(types, values).hex()})


@pytest.mark.parametrize(
    ("event", "indexed", "types", "values", "moved"),
    [
        ("Transfer(address,address,uint256)", [ALICE, BOB], ["uint256"], [5], 5),
        ("Transfer(address,address,uint256)", [ALICE, BOB, 4242], [], [], 1),
        ("TransferSingle(address,address,address,uint256,uint256)", [LIAR, ALICE, BOB], ["uint256"] * 2, [9, 5], 5),
        ("TransferBatch(address,address,address,uint256[],uint256[])", [LIAR, ALICE, BOB], ["uint256[]"] * 2, [[1, 2], [3, 4]], 7),
    ],
)  # fmt: skip
def test_every_kind_of_transfer_is_counted(event, indexed, types, values, moved) -> None:
    events = read_events([log(NFT, event, indexed, types, values)] * 2, WETH9)
    assert events.changes == (AssetChange(NFT, ALICE, -2 * moved), AssetChange(NFT, BOB, 2 * moved))


def test_wrapping_is_counted_once_where_it_logs_a_transfer_too() -> None:
    deposit = log(WETH9, "Deposit(address,uint256)", [ALICE], ["uint256"], [5])
    mint = log(WETH9, "Transfer(address,address,uint256)", ["0x" + "00" * 20, ALICE], ["uint256"], [5])
    assert read_events([deposit], WETH9).deltas[ALICE, WETH9] == 5
    assert read_events([deposit, mint], WETH9).deltas[ALICE, WETH9] == 5
    assert read_events([log(NFT, "Deposit(address,uint256)", [ALICE], ["uint256"], [5])], WETH9).deltas == {}


def test_allowances_and_owners_are_read() -> None:
    events = read_events(
        [
            log(NFT, "Approval(address,address,uint256)", [ALICE, BOB], ["uint256"], [5]),
            log(NFT, "Approval(address,address,uint256)", [ALICE, BOB], ["uint256"], [6]),
            log(NFT, "ApprovalForAll(address,address,bool)", [ALICE, BOB], ["bool"], [True]),
            log(NFT, "OwnershipTransferred(address,address)", [ALICE, BOB], [], []),
        ],
        WETH9,
    )
    assert events.allowances == (
        AllowanceChange(NFT, ALICE, BOB, 6),
        AllowanceChange(NFT, ALICE, BOB, UNLIMITED, everything=True),
    )
    assert events.ownership_changes == (NFT,)
    (nft,) = read_events([log(NFT, "Approval(address,address,uint256)", [ALICE, BOB, 42], [], [])], WETH9).allowances
    assert nft.amount == 1


@settings(max_examples=100)
@given(
    st.lists(st.binary(min_size=32, max_size=32), max_size=4),
    st.binary(max_size=100),
    st.sampled_from(
        ["Transfer(address,address,uint256)", "Approval(address,address,uint256)", "Deposit(address,uint256)"]
    ),
)
def test_logs_of_any_form_never_fail(topics, data, event) -> None:
    made = Log(WETH9, (topic(event), *("0x" + t.hex() for t in topics)), data)
    assert sum(read_events([made], NFT).deltas.values()) == 0
    read_events([made], WETH9)


@pytest.mark.parametrize(
    "bad",
    [{}, {"address": NFT, "topics": [], "data": None}, {"address": "0x1", "topics": [], "data": "0x"},
     {"address": NFT, "topics": ["0x12"], "data": "0x"}, {"address": NFT, "topics": None, "data": "0x"}],
)  # fmt: skip
def test_what_is_no_log_is_refused(bad) -> None:
    with pytest.raises(BadAnswer):
        read_log(bad)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", ""),
        (encode_call("Error(string)", "no \x1b[31mway"), "no \x1b[31mway"),
        (encode_call("Panic(uint256)", 0x11), "panic 0x11: arithmetic overflow"),
        (encode_call("Panic(uint256)", 0x99), "panic 0x99: unknown"),
        (
            encode_call("ERC20InsufficientBalance(address,uint256,uint256)", ALICE, 1, 2),
            "the token balance is too small",
        ),
        (selector("Nope()"), "custom error 0x" + selector("Nope()").hex()),
        (bytes.fromhex("08c379a0") + b"\xff" * 40, "custom error 0x08c379a0" + "ff" * 40),
    ],
)
def test_reverts_are_read(data: bytes, reason: str) -> None:
    assert revert_reason(data) == reason


@settings(max_examples=100)
@given(st.binary(max_size=120))
def test_no_revert_data_fails(data: bytes) -> None:
    assert isinstance(revert_reason(data), str)


def test_addresses_are_found_in_calldata_and_amounts_are_not() -> None:
    assert named_addresses(erc20.transfer(BOB, 10**30)) == (BOB,)
    assert named_addresses(erc20.transfer(BOB, UNLIMITED)) == (BOB,)
    assert named_addresses(b"") == named_addresses(b"\x01") == ()
