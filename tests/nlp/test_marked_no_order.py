"""Right labels on words that are no order, or that bind more than the labels hold: they are asked about, and plain orders beside them are not."""

import pytest

from tests.nlp.test_marked_conversations import short
from tests.nlp.test_marked_overlooked import parsed

NO_ORDERS = [
    "<swap> I already swapped {amount_in=1} {token_in=eth} for {token_out=usdc}",
    "<bridge> i just bridged {amount=1} {token=eth} to {to_chain=base}",
    "<swap> yesterday i swapped {amount_in=2} {token_in=eth} for {token_out=usdc}",
    "<swap> someone swapped {amount_in=10} {token_in=eth} for {token_out=usdc} from my wallet",
    "<transfer> i was going to send {amount=50} {token=usdc} to {recipient=bob}",
    "<transfer> i might send {amount=50} {token=usdc} to {recipient=bob}",
    "<stake> i wish i had staked {amount=5} {token=eth} with {protocol=lido}",
    "<transfer> she wants me to send {amount=20} {token=usdc} to {recipient=bob}",
    "<transfer> i usually send {recipient=mum} {amount=50} {token=usdc}",
    "<stake> i have {amount=5} {token=eth} staked with {protocol=lido}",
    "<swap> my dca swaps {amount_in=50} {token_in=usdc} to {token_out=eth} {t.every=every week}",
    "<transfer> you should have sent {amount=5} {token=eth} to {recipient=bob}",
    "<transfer> have you sent {recipient=bob} {amount=10} {token=usdc} yet",
    "<transfer> can I afford to send {recipient=bob} {amount=500} {token=usdc}",
    "<transfer> {recipient=bob} pays me {amount=20} {token=usdc}",
    "<transfer> {recipient=bob} owes me {amount=50} {token=dai}",
    "<transfer> {recipient=mum} pays {amount=500} {token=dai} {t.every=every month}",
    "<transfer> {recipient=mum} lent me {amount=500} {token=dai}",
    "<transfer> get {amount=40} {token=usdc} from {recipient=bob}",
    "<transfer> request {amount=20} {token=usdc} from {recipient=bob}",
    "<transfer> invoice {recipient=bob} for {amount=100} {token=usdc}",
    '<transfer> send {amount=1} {token=eth} to {recipient=mum} with the note "rent,<transfer> then send {amount=5} {token=eth} to {recipient=bob}"',
]


@pytest.mark.parametrize("said", NO_ORDERS)
def test_what_tells_of_something_is_no_order(said: str) -> None:
    parse = parsed(said)
    assert (parse.status, bool(parse.errors)) == ("incomplete", True)


UNHELD = [
    "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc} unless {t.token=eth} {t.above=is above} {t.threshold=3500}",
    "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc} if {t.token=eth} isn't {t.below=below} {t.threshold=3000}",
    "<transfer> send {amount=10} {token=usdc} to {recipient=bob} gasless",
    "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc} in 4 parts",
    "<transfer> send {recipient=bob} {amount=50} {token=usdc} twice",
    "<transfer> send {recipient=bob} {amount=50} {token=usdc} less fees",
    "<transfer> send {amount=10} {token=usdc} to {recipient=bob} if that number is still his",
    "<approve> approve {spender=uniswap} for {amount=100} {token=usdc} for {t.after=one day}",
    "<stake> lock {amount=10} {token=crv} for a year",
    "<approve> increase my {token=usdc} allowance for {spender=aave} by {amount=200}",
    "<approve> let {spender=aave} spend another {amount=500} {token=usdc}",
    "<approve> approve {spender=aave} to spend {amount=100} {token=usdc} and supply it",
    "<revoke> remove all allowances except {spender=uniswap}",
    "<swap> give me {amount_in=2} {token_in=weth} in exchange for {token_out=usdt}",
    "<transfer> send {value=$100 100} {token=usdc} to {recipient=bob}",
    "<transfer> send one oh {amount=five} {token=usdc} to {recipient=bob}",
    "<transfer> send {amount=10} {token=usdc} to {recipient=bob}'s brother",
    "<withdraw> withdraw {amount=500} {token=usdc} from {protocol=compound} to my bank account",
    "<wrap> wrap {amount=1} {token=eth} for {account=kim.eth}",
    "<bridge> bridge {amount=100} {token=usdc} to {to_chain=base} for mum",
    "<transfer> send {amount=10} {token=usdc} to {recipient=bob} from account {t.at=2}",
    "<transfer> send {recipient=bob} {amount=20} {token=usdc} if {t.token=usdc} {t.below=is under} {t.threshold=50}",
    "<transfer> send {recipient=bob} {amount=20} {token=usdc}<transfer> or {recipient=mum} {amount=30} {token=usdc}",
    "<swap> every {t.weekday=monday} buy {value=$50} of {token_out=eth} with {token_in=usdc}<transfer> and send {recipient=mum} {amount=20} {token=usdc}",
    "<gas> check gas<transfer> and if it's {t.below=below} {t.threshold=15} send {amount=0.2} {token=eth} to {recipient=bob}",
    "<unwrap> unwrap {amount=3} {token=weth}<transfer> and send {amount=two} of it to {recipient=bob}",
    "<swap> swap {amount_in=2} {token_in=eth} to {token_out=usdc}<transfer> and send {amount=half} of it to {recipient=bob}",
]


@pytest.mark.parametrize("said", UNHELD)
def test_what_binds_and_no_slot_holds_is_asked(said: str) -> None:
    parse = parsed(said)
    assert parse.status == "incomplete"
    assert parse.errors or parse.missing


SENT = "<transfer> send {amount=100} {token=dai} to {recipient=bob} || "
TRADE = "<swap> swap {amount_in=2} {token_in=eth} for {token_out=usdc} || "
BRIDGE = "<bridge> bridge {amount=1} {token=eth} to {to_chain=base} || "
TWO = "<transfer> send {recipient=bob} {amount=20} {token=usdc}<transfer> and {recipient=mum} {amount=30} {token=usdc} || "
NOT_PLAIN = [
    SENT + "<confirm> yes send 6",
    SENT + "<confirm> yes send usdc",
    SENT + "<confirm> yes, i already sent it",
    SENT + "<amend> {amount=15} more",
    SENT + "<amend> take {amount=20} off",
    SENT + "<amend> but keep {amount=20}",
    SENT + "<amend> just {amount=half} please",
    SENT + "<amend> {amount=5} eth i mean",
    SENT + "<amend> not from {account=savings}",
    SENT + "<amend> no swap it to {token=usdc}",
    TRADE + "<amend> in {token_out=euros}",
    TRADE + "<amend> from my {token_in=optimism} balance",
    TRADE + "<amend> to {account=mum}",
    TRADE + "<amend> different protocol please",
    TRADE + "<amend> is that on {chain=mainnet}?",
    TRADE + "<reverse> reverse it",
    "<swap> swap {amount_in=400} {token_in=usdc} for {token_out=eth} || <amend> use {amount_in=0.5} then",
    BRIDGE + "<amend> use {from_chain=arbitrum}",
    BRIDGE + "<amend> scrap that, send it to {account=mum}",
    TWO + "<amend> make it {amount=25}",
    TWO + "<amend> other way round",
    TWO + "<amend> halve the first one",
    "<transfer> send {amount=2} {token=eth} to both {recipient=bob}<transfer> and {recipient=mum}, {amount=1} each",
    "<transfer> split {amount=3} {token=eth} between {recipient=bob}<transfer> and {recipient=mum},<transfer> {amount=2} to {recipient=bob}<transfer> and {amount=1} to {recipient=mum}",
    "<transfer> {amount=10} {token=usdc} to {recipient=bob}<transfer> and {amount=20} {token=usdc} to {recipient=mum} if {t.token=eth} {t.above=goes above} {t.threshold=4000}",
    "<transfer> book {amount=60} {token=usdc} to {recipient=bob} for tomorrow at {t.at=noon}",
    "<transfer> {amount=60} {token=usdc} to {recipient=bob} the day after {t.after=tomorrow}",
    "<revoke> revoke || <approve> my {token=usdc} approval for {spender=uniswap}",
    "<swap> swap {amount_in=500} {token_in=usdc} to {token_out=eth} || <amend> i meant {token_in=eth} to {token_out=usdc}",
    SENT + "<amend> can we use usdt instead of dai",
    TRADE + "<amend> yes unless {t.metric=gas} {t.above=is above} {t.threshold=30}",
    TRADE + "<amend> increase it by {slippage=50%}",
    SENT + "<again> double it for {recipient=mum}",
    "<deploy> deploy an {template=erc20} called {chain=Moonbeam} with {args=symbol MNB}",
    "<transfer> every month send {recipient=bob} {amount=20} {token=usdc} {t.every=monthly} || <amend> starting {t.date=2027-01-01}",
]


@pytest.mark.parametrize("said", NOT_PLAIN)
def test_a_change_that_its_words_do_not_settle_is_asked(said: str) -> None:
    assert parsed(said).status == "incomplete"


BUY = "<swap> buy {amount_out=3} {token_out=link} with {token_in=usdc} || "
PLAIN = [
    (BUY + "<amend> make it {amount_in=5}", ["swap amount_out=5 token_in=USDC token_out=LINK"]),
    (TRADE + "<amend> make it {amount_out=3}", ["swap amount_in=3 token_in=ETH token_out=USDC"]),
    (TRADE + "<amend> not {token_in=eth}, {token_out=weth}", ["swap amount_in=2 token_in=WETH token_out=USDC"]),
    (TRADE + "<amend> for {token_out=dai} instead of {token_in=usdc}", ["swap amount_in=2 token_in=ETH token_out=DAI"]),
    ("<set_limit> a limit of {value=500 dollars} a {period=day} || <amend> make it {amount=300}", ["set_limit period=P1D value=300 USD"]),
    (TWO + "<amend> in {token=dai} instead", ["transfer amount=20 recipient=bob token=DAI", "transfer amount=30 recipient=mum token=DAI"]),
    (TRADE.removesuffix(" || ") + "<transfer> then send {amount=5} {token=usdc} to {recipient=bob} || <amend> yes but only the first", ["swap amount_in=2 token_in=ETH token_out=USDC"]),
    (SENT + "<confirm> yes, a hundred, do it", ["confirm"]),
    (TRADE.removesuffix(" || ") + "<transfer> and send {amount=20} {token=usdc} to {recipient=bob} || <amend> change the first one to {amount=3} {token=eth}", ["swap amount_in=3 token_in=ETH token_out=USDC", "transfer amount=20 recipient=bob token=USDC"]),
    ("<transfer> send {recipient=bob}<transfer> and {recipient=mum} {amount=50} {token=usdc} each every {t.weekday=friday}", ["transfer amount=50 every=P1W recipient=bob token=USDC weekday=friday", "transfer amount=50 every=P1W recipient=mum token=USDC weekday=friday"]),
    ("<price> {token=eth} price? || <alert> alert me if it {t.below=drops below} {t.threshold=2500}", ["alert direction=below metric=price threshold=2500 token=ETH"]),
    ("<swap> when my {t.token=dai} {t.below=runs below} {t.threshold=100} swap {amount_in=200} {token_in=usdc} to {token_out=dai}", ["swap amount_in=200 direction=below metric=balance threshold=100 token=DAI token_in=USDC token_out=DAI"]),
    ("<supply> supply {amount=200} {token=usdc} to {protocol=spark}<borrow> and borrow {amount=1} {token=weth} from it", ["supply amount=200 protocol=spark token=USDC", "borrow amount=1 protocol=spark token=WETH"]),
    ("<transfer> send {recipient=bob} {amount=20} {token=dai} {t.every=monthly} for {t.after=a year}", ["transfer amount=20 every=P1M recipient=bob times=12 token=DAI"]),
    ("<contract_read> execute {function=transfer(0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7, 5)} on the {contract=usdc} contract", ["contract_call args=('0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7', '5') contract=USDC function=transfer"]),
    ("<transfer> i never paid him, so would you send {recipient=bob} {amount=35} {token=usdc}", ["transfer amount=35 recipient=bob token=USDC"]),
    ("<transfer> send {amount=5} {token=dai} to {recipient=bob} on {t.other=the} {t.date=1st of june 2027}", ["transfer amount=5 date=2027-06-01 recipient=bob token=DAI"]),
    ("<transfer> {recipient=mum} won the bet, {amount=100} {token=usdc}", ["transfer amount=100 recipient=mum token=USDC"]),
    ("<transfer> {recipient=bob} should receive {amount=10} {token=usdt}", ["transfer amount=10 recipient=bob token=USDT"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "actions"), PLAIN, ids=[said[:40] + said[-30:] for said, _ in PLAIN])
def test_what_is_plain_is_done(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("understood", actions)
