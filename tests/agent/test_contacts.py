"""The address book: names that cannot be mistaken, addresses that never change unasked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.contacts import checked_address
from agent.session import Desk
from chain.errors import NotConfirmed, Refused, SayDifferently
from tests.agent.store_support import OTHER, PASSWORD, RECIPIENT, desk_at, make_scrypt_cheap
from tests.chain.test_digest import ACCOUNT


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    make_scrypt_cheap(monkeypatch)
    with desk_at(tmp_path / "home") as opened:
        yield opened


def test_a_contact_is_found_by_its_name_in_any_case(desk: Desk) -> None:
    added = desk.contacts.add("Bob", RECIPIENT)
    assert (added.name, added.address, added.sealed) == ("bob", RECIPIENT, False)
    assert desk.contacts.get("BOB") == added == desk.contacts.find(" bob ")
    assert desk.contacts.at(RECIPIENT.upper().replace("0X", "0x")) == (added,)


@pytest.mark.parametrize(
    "name",
    [
        "1",
        "100",
        "0x12",
        "1e18",
        "ten",
        "half",
        "all",
        "max",
        "yes",
        "no",
        "y",
        "n",
        "ok",
        "confirm",
        "cancel",
        "eth",
        "ETH",
        "usdc",
        "weth",
        "wbtc",
        "link",
        "dai",
        "ethereum",
        "base",
        "arbitrum",
        "local",
        "polygon",
        "uniswap",
        "aave",
        "uniswap-v2",
        "usd",
        "eur",
        "everything",
        "nothing",
        "me",
        "my",
        "wallet",
        "bob.eth",
        "alice.ETH",
        "vitalik.eth",
        "-bob",
        "bob-",
        "_x",
        "b*b",
        "bоb",
        "böb",
        "ｂｏｂ",
    ],
)
def test_a_name_that_means_something_else_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(SayDifferently, match="cannot name a contact"):
        desk.contacts.add(name, RECIPIENT)
    assert desk.contacts.list() == ()


@pytest.mark.parametrize("name", ["", " ", "a" * 33, "b\nob", "b\u200bob", "usd coin", "op mainnet", "b\x1b[31mob"])
def test_a_name_with_strange_characters_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(SayDifferently):
        desk.contacts.add(name, RECIPIENT)


@pytest.mark.parametrize("name", ["bob", "mum", "cold-wallet2", "aunt may", "j_r"])
def test_plain_names_are_taken(desk: Desk, name: str) -> None:
    assert desk.contacts.add(name, RECIPIENT).name == name


def test_an_own_accounts_name_is_taken_already(desk: Desk) -> None:
    with pytest.raises(SayDifferently, match="your accounts"):
        desk.contacts.add("savings", RECIPIENT, accounts={"savings"})


def test_adding_never_overwrites_and_shows_both(desk: Desk) -> None:
    desk.contacts.add("bob", RECIPIENT)
    with pytest.raises(NotConfirmed) as caught:
        desk.contacts.add("bob", OTHER)
    assert RECIPIENT in str(caught.value) and OTHER in str(caught.value)
    assert desk.contacts.find("bob").address == RECIPIENT


def test_adding_the_same_again_changes_nothing(desk: Desk) -> None:
    first = desk.contacts.add("bob", RECIPIENT)
    before = desk.journal.head()
    assert desk.contacts.add("bob", RECIPIENT.lower()) == first
    assert desk.journal.head() == before


def test_a_removed_name_keeps_its_address_in_mind(desk: Desk) -> None:
    desk.contacts.add("bob", RECIPIENT)
    desk.contacts.remove("bob")
    assert desk.contacts.list() == () and desk.contacts.get("bob") is None
    with pytest.raises(NotConfirmed, match="bob was"):
        desk.contacts.add("bob", OTHER)
    assert desk.contacts.add("bob", RECIPIENT).address == RECIPIENT


def test_a_change_takes_the_seal_and_is_written_down(desk: Desk) -> None:
    key = desk.seals.begin(ACCOUNT, PASSWORD)
    desk.contacts.add("bob", RECIPIENT)
    changed = desk.contacts.change("bob", OTHER, key)
    assert (changed.address, changed.sealed) == (OTHER, True)
    desk.seals.check(key)
    (entry,) = [e for e in desk.journal.entries() if e.kind == "contact.changed"]
    assert (entry.facts["from"], entry.facts["to"]) == (RECIPIENT, OTHER)


def test_a_change_by_another_key_is_refused(desk: Desk) -> None:
    from agent.store.sealed import new_seal_key

    desk.seals.begin(ACCOUNT, PASSWORD)
    desk.contacts.add("bob", RECIPIENT)
    with pytest.raises(Refused):
        desk.contacts.change("bob", OTHER, new_seal_key())
    assert desk.contacts.find("bob").address == RECIPIENT


def test_an_unknown_contact_offers_the_nearest(desk: Desk) -> None:
    desk.contacts.add("bobby", RECIPIENT)
    with pytest.raises(SayDifferently, match="bobby"):
        desk.contacts.find("boby")
    with pytest.raises(SayDifferently):
        desk.contacts.remove("alice")


@pytest.mark.parametrize(
    "address",
    [
        "0x" + "0" * 40,
        "0x000000000000000000000000000000000000dEaD",
        "0xdead" + "0" * 36,
        "0xdEAD000000000000000042069420694206942069",
        "0x" + "0" * 39 + "1",
        "0x" + "f" * 40,
        "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
    ],
)
def test_nobodys_addresses_and_tokens_are_no_contacts(desk: Desk, address: str) -> None:
    with pytest.raises(Refused):
        desk.contacts.add("bob", address)


@pytest.mark.parametrize(
    "text",
    ["", "0x", "1" * 40, "0x" + "1" * 39, "0x" + "1" * 41, "0x" + "１" * 40, "0x" + "а" * 40, "0x1\u200b" + "1" * 39],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently, match="is no address"):
        checked_address(text)


def test_a_wrong_checksum_is_refused_and_none_is_taken() -> None:
    right = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
    assert checked_address(right.lower()) == checked_address("0x" + right[2:].upper()) == right
    with pytest.raises(SayDifferently, match="checksum"):
        checked_address(right.replace("B", "b", 1))
