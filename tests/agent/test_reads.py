"""Contracts, accounts and the network: from the sentence, by the shipped model, to the words of the answer."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from agent.answers import READS
from agent.answers.types import Answer
from agent.assistant import respond
from agent.render.answers import answer_text
from agent.session import Session
from agent.understand import load_parser
from chain.errors import Refused, SayDifferently, SaysoError, SetupNeeded
from contracts.registry import load_abi
from nlp.types import Action
from tests.agent.drafting_support import drafter, me
from tests.agent.reads_support import PLAIN, say, told
from tests.agent.store_support import OTHER, RECIPIENT
from tests.conftest import LocalChain


@pytest.fixture
async def session(tmp_path: Path, local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    async with drafter(tmp_path, local_chain, monkeypatch) as opened:
        yield opened


async def read(session: Session, contract: str, function: str, *args: str) -> Answer:
    slots: dict[str, Any] = {"contract": contract, "function": function} | ({"args": args} if args else {})
    found = await READS["contract_read"](session, Action("contract_read", slots))
    json.dumps(dict(found.data))
    return found


async def test_what_a_function_of_a_token_returns(session: Session, snapshot: SnapshotAssertion) -> None:
    assert await told(session, "what does totalSupply return on LINK") == snapshot


async def test_a_read_with_an_argument(session: Session, local_chain: LocalChain) -> None:
    answer = await read(session, "USDC", "balanceOf", me(session))
    assert answer.data["results"] == [{"name": None, "type": "uint256", "value": "10000000000"}]
    assert answer.data["contract"] == {"name": "USDC", "address": local_chain.token("USDC")}
    assert "10000000000 (10000 USDC)" in answer_text(answer, PLAIN)


async def test_an_argument_by_name_is_looked_up(session: Session) -> None:
    answer = await read(session, "USDC", "balanceOf", "bob.eth")
    assert answer.data["args"][0]["value"] == "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"


async def test_a_protocol_s_contract_is_the_one_that_has_the_function(
    session: Session, local_chain: LocalChain
) -> None:
    answer = await read(session, "uniswap-v2", "allPairsLength")
    assert answer.data["contract"]["address"] == local_chain.contract("uniswap-v2.factory")


async def test_a_function_that_several_contracts_have_is_asked_about(session: Session) -> None:
    with pytest.raises(SayDifferently, match=r"Several contracts of uniswap.*have factory.*Give the address"):
        await read(session, "uniswap", "factory")


async def test_a_transaction_is_never_called(session: Session) -> None:
    with pytest.raises(SayDifferently, match="is a transaction, not a read"):
        await read(session, "USDC", "transfer", RECIPIENT, "5")


@pytest.mark.parametrize(
    ("function", "args", "said"),
    [
        ("nonsense", (), "No function"),
        ("balanceOf", (), r"0 arguments were given, and it is balanceOf\(address\)"),
        ("balanceOf", ("0x1234",), "it must be an address"),
        ("balanceOf", ("0x00000000000000000000000000000000deadbeeF",), "checksum"),
        ("allowance", (OTHER, "nobody-known"), "Nobody is known"),
    ],
)
async def test_what_cannot_be_called_says_why(
    session: Session, function: str, args: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SayDifferently, match=f"(?i){said}"):
        await read(session, "USDC", function, *args)


async def test_an_account_is_no_contract(session: Session) -> None:
    with pytest.raises(SayDifferently, match="There is no contract at"):
        await read(session, RECIPIENT, "name")


async def test_the_native_coin_is_no_contract(session: Session) -> None:
    with pytest.raises(SayDifferently, match="own coin"):
        await read(session, "ETH", "name")


async def test_a_revert_is_told_with_its_reason(session: Session, local_chain: LocalChain) -> None:
    with pytest.raises(SaysoError, match="reverts"):
        await read(session, local_chain.contract("uniswap-v3.positions"), "ownerOf", "999999")


async def test_what_a_contract_calls_itself_is_escaped(session: Session, local_chain: LocalChain) -> None:
    text = answer_text(await read(session, local_chain.contract("test.painted"), "symbol"), PLAIN)
    assert "\\u{202e}" in text and "\x1b" not in text


async def test_a_contract_that_nobody_knows_has_the_standard_functions(
    session: Session, local_chain: LocalChain
) -> None:
    registry = session.registry
    place = "0x" + "ab" * 20
    local_chain.rpc("anvil_setCode", place, local_chain.rpc("eth_getCode", local_chain.token("LINK"), "latest"))
    assert registry.contract_at(session.client.chain_id, place) is None
    answer = await read(session, place, "decimals")
    assert "the standards" in answer_text(answer, PLAIN)


@contextmanager
def service(answers: dict[str, tuple[int, bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A service that answers by how its path begins, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            found = [answer for start, answer in answers.items() if self.path.startswith(start)]
            status, body = found[0] if found else (404, b'{"customCode": "not_found"}')
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def unknown(local_chain: LocalChain) -> str:
    """A feed's code where no registry knows it."""
    place = "0x" + "cd" * 20
    feed = next(f for f in local_chain.registry.feeds_on(local_chain.chain_id) if f.base == "ETH")
    local_chain.rpc("anvil_setCode", place, local_chain.rpc("eth_getCode", feed.address, "latest"))
    return place


ABI = json.dumps(load_abi("price_feed")).encode()


def configure(session: Session, **values: str) -> None:
    session.settings.values.update(values)  # type: ignore[attr-defined]


async def test_sourcify_is_asked_where_it_is_configured(session: Session, unknown: str) -> None:
    with service({"/v2/contract/31337/": (200, b'{"abi": ' + ABI + b', "match": "exact_match"}')}) as (url, asked):
        configure(session, sourcify_url=url)
        answer = await read(session, unknown, "decimals")
    assert answer.data["abi"]["source"] == url and answer.data["results"][0]["value"] == "8"
    assert asked == [f"/v2/contract/31337/{answer.data['contract']['address']}?fields=abi"]


async def test_etherscan_is_asked_with_the_key_and_never_tells_it(
    session: Session, unknown: str, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("visibly-a-test-key")
    key.chmod(0o600)
    body = json.dumps({"status": "1", "message": "OK", "result": ABI.decode()}).encode()
    with service({"/api?chainid=31337&module=contract&action=getabi&address=": (200, body)}) as (url, asked):
        configure(session, etherscan_url=url + "/api", etherscan_key_file=str(key))
        answer = await read(session, unknown, "decimals")
    assert answer.data["abi"]["source"] == url and asked[0].endswith("&apikey=visibly-a-test-key")
    assert "visibly" not in answer_text(answer, PLAIN) + json.dumps(answer.data)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b'{"status":"0","message":"NOTOK","result":"Max rate limit reached"}', "asks for fewer requests"),
        (200, b'{"status":"0","message":"NOTOK","result":"Invalid API Key"}', "does not take the key"),
        (200, b'{"status":"1","message":"OK","result":"[{]"}', "something that is no ABI"),
        (200, b"<html>", "not JSON"),
        (500, b"{}", "HTTP status 500"),
        (429, b"{}", "asks for fewer requests"),
    ],
)
async def test_a_service_that_fails_is_named_and_the_standards_serve(
    session: Session, unknown: str, status: int, body: bytes, said: str
) -> None:
    with service({"/": (status, body)}) as (url, _):
        configure(session, etherscan_url=url)
        answer = await read(session, unknown, "decimals")
    text = answer_text(answer, PLAIN)
    assert said in text and "the standards" in text


async def test_a_contract_that_is_not_verified_is_no_failure(session: Session, unknown: str) -> None:
    body = b'{"status":"0","message":"NOTOK","result":"Contract source code not verified"}'
    with service({"/api": (200, body)}) as (url, asked):
        configure(session, sourcify_url=url, etherscan_url=url + "/api")
        text = answer_text(await read(session, unknown, "decimals"), PLAIN)
    assert len(asked) == 2 and "The service" not in text


@pytest.mark.parametrize(
    "abi",
    [
        b'{"abi": 5}',
        b'{"abi": [{"type":"function"}]}',
        b'{"abi": [{"type":"function","name":"a\\u001b[31m"}]}',
        b'{"abi": [{"type":"function","name":"a","inputs":[{"type":"uint7"}]}]}',
        b'{"abi": [{"type":"function","name":"a","inputs":"xx"}]}',
    ],
)
async def test_a_hostile_abi_is_not_used(session: Session, unknown: str, abi: bytes) -> None:
    with service({"/v2": (200, abi)}) as (url, _):
        configure(session, sourcify_url=url)
        assert "something that is no ABI" in answer_text(await read(session, unknown, "decimals"), PLAIN)


async def test_a_file_of_one_s_own_serves(session: Session, unknown: str) -> None:
    folder = session.home.path / "abis"
    folder.mkdir()
    address = (await read(session, unknown, "decimals")).data["contract"]["address"]
    (folder / f"{address}.json").write_bytes(b'[{"type":"function","name":"broken"')
    with pytest.raises(SetupNeeded, match="holds no ABI"):
        await read(session, unknown, "decimals")
    (folder / f"{address}.json").write_bytes(ABI)
    assert (await read(session, unknown, "version")).data["abi"]["source"] == f"your file {address}.json"


async def test_a_proxy_has_the_functions_of_its_implementation(session: Session, local_chain: LocalChain) -> None:
    from chain.contract_abi.proxies import IMPLEMENTATION_SLOT

    place, behind = "0x" + "ef" * 20, local_chain.token("USDC")
    local_chain.rpc("anvil_setCode", place, local_chain.rpc("eth_getCode", behind, "latest"))
    local_chain.rpc("anvil_setStorageAt", place, IMPLEMENTATION_SLOT, "0x" + "00" * 12 + behind[2:])
    answer = await read(session, place, "totalSupply")
    assert answer.data["abi"] == {"source": "the registry", "implementation": behind}


async def test_accounts_with_their_balances(session: Session, snapshot: SnapshotAssertion) -> None:
    session.accounts.create("savings", "a test password")
    text = await told(session, "list my accounts")
    savings = session.accounts.find("savings").address
    assert text.replace(savings, "<savings>") == snapshot


async def test_accounts_without_a_chain_are_listed_all_the_same(session: Session) -> None:
    async def unreachable() -> Session:
        raise SetupNeeded("No RPC URL is configured.")

    reply = await respond(session, unreachable, load_parser().parse("list my accounts"), "list my accounts")
    assert reply.trouble is None
    text = answer_text(reply.answers[0], PLAIN)
    assert me(session) in text and "Balances are not shown: No RPC URL is configured." in text


async def test_the_network(session: Session, local_chain: LocalChain) -> None:
    reply = await say(session, "which network am i on")
    data = reply.answers[0].data
    assert (data["chain_id"], data["test"], data["simulates_steps"], data["syncing"]) == (31337, True, True, False)
    assert data["head"]["number"] == int(local_chain.rpc("eth_blockNumber"), 16)
    text = answer_text(reply.answers[0], PLAIN)
    assert "Local chain (local), id 31337, TEST CHAIN" in text and "(the node says)" in text


@pytest.mark.parametrize("sentence", ["what's my position on aave", "best yield for usdc"])
async def test_lending_says_what_it_covers(session: Session, sentence: str, snapshot: SnapshotAssertion) -> None:
    assert await told(session, sentence) == snapshot


@pytest.mark.parametrize("intent", ["contract_read", "network_info", "lending_position", "yields"])
async def test_another_chain_is_refused(session: Session, intent: str) -> None:
    with pytest.raises(Refused, match="You asked about base"):
        await READS[intent](session, Action(intent, {"chain": "base", "contract": "USDC", "function": "name"}))
