"""Whom and what a correction means, and conditions, thanks and limits that labels saw wrongly or not at all."""

import pytest

from nlp.recognise import recognise
from nlp.types import Context
from tests.nlp.test_marked_conversations import parsed, short

PAID = "<transfer> send {amount=5} {token=usdc} to {recipient=bob} || "
PUT_AWAY = "<transfer> put {amount=5} {token=usdc} into {recipient=savings} || "
TRADE = "<swap> swap {amount_in=2} {token_in=eth} for {token_out=usdc} || "
TO_MUM = ["transfer amount=5 recipient=mum token=USDC"]
TO_BOB = ["transfer amount=5 recipient=bob token=USDC"]
UNDERSTOOD = [
    (PAID + "<amend> that's for mum, not bob", TO_MUM),
    (PAID + "<amend> no not bob mum", TO_MUM),
    (PAID + "<amend> mum instead of {recipient=bob}", TO_MUM),
    (PAID + "<amend> {recipient=mum} rather than bob", TO_MUM),
    (PUT_AWAY + "<amend> i mean {account=main}", ["transfer amount=5 recipient=main token=USDC"]),
    (PUT_AWAY + "<amend> from {account=main}", ["transfer account=main amount=5 recipient=savings token=USDC"]),
    (PAID + "<amend> from {account=main}", ["transfer account=main amount=5 recipient=bob token=USDC"]),
    (TRADE + "<amend> use {token_in=dai} as the output", ["swap amount_in=2 token_in=ETH token_out=DAI"]),
    (TRADE + "<amend> the input should be {token_out=weth}", ["swap amount_in=2 token_in=WETH token_out=USDC"]),
    (
        PAID.removesuffix(" || ") + "<transfer> and {amount=7} {token=usdc} to {recipient=mum} || <amend> make {ref=the second one} {amount=ten}",
        ["transfer amount=5 recipient=bob token=USDC", "transfer amount=10 recipient=mum token=USDC"],
    ),
    (
        "<transfer> send {amount=5} {token=usdc} to {recipient=bob}<nft_transfer> and {collection=azuki} {token_id=19} to {recipient=bob} || <amend> make the {token=usdc} {token_id=7}",
        ["transfer amount=7 recipient=bob token=USDC", "nft_transfer collection=azuki recipient=bob token_id=19"],
    ),
    (
        "<balance> how much {token=usdc} is in {account=savings}<transfer>, and send {amount=10} {token=usdc} from it to {recipient=bob}",
        ["balance account=savings token=USDC", "transfer account=savings amount=10 recipient=bob token=USDC"],
    ),
    (
        "<bridge> move {amount=1} {token=eth} from {from_chain=base} to {to_chain=zksync} || <amend> correction: {to_chain=linea}, not zksync",
        ["bridge amount=1 from_chain=base to_chain=linea token=ETH"],
    ),
    ("<transfer> once again, send {amount=5} {token=usdc} to {recipient=bob}", TO_BOB),
    ("<transfer> if it isn't too much bother send {amount=5} {token=usdc} to {recipient=bob}", TO_BOB),
    ("<transfer> my dai just sat there, so send {amount=5} {token=usdc} to {recipient=bob}", TO_BOB),
    (
        "<swap> {t.below=stop-loss}: sell {amount_in=2} {token_in=eth} for {token_out=usdc} at {t.threshold=1900}",
        ["swap amount_in=2 direction=below metric=price threshold=1900 token=ETH token_in=ETH token_out=USDC"],
    ),
    ("<swap> swap {amount_in=every last} {token_in=pepe} for {token_out=eth}", ["swap amount_in=100% token_in=PEPE token_out=ETH"]),
    (
        "<wrap> wrap {amount=1} {token=eth}<transfer> and after that<transfer> send {amount=5} {token=usdc} to {recipient=bob}",
        ["wrap amount=1 token=ETH", *TO_BOB],
    ),
    (
        "<balance> how much {token=usdc} is in {account=savings} on {chain=base}<transfer>, and send {amount=10} {token=usdc} from it to {recipient=bob}",
        ["balance account=savings chain=base token=USDC", "transfer account=savings amount=10 recipient=bob token=USDC"],
    ),
    (
        "<bridge> bridge {amount=50} {token=usdc} to {to_chain=base} || <amend> the origin is right but it goes to {to_chain=linea}",
        ["bridge amount=50 to_chain=linea token=USDC"],
    ),
    (
        "<bridge> bridge {amount=50} {token=usdc} || <amend> to {to_chain=base} || <amend> the source is {to_chain=optimism}",
        ["bridge amount=50 from_chain=optimism to_chain=base token=USDC"],
    ),
    (
        "<swap> do two things on {chain=arbitrum}: sell {amount_in=7} {token_in=usdc} for {token_out=weth}<transfer>, then pay {recipient=bob} {amount=5} {token=usdc}",
        ["swap amount_in=7 chain=arbitrum token_in=USDC token_out=WETH", "transfer amount=5 chain=arbitrum recipient=bob token=USDC"],
    ),
    ('<deploy> deploy the {template=erc20} template with args {args=("Test", "TST", 10}) on {chain=scroll}', ["deploy args=('Test', 'TST', '10') chain=scroll template=erc20"]),
    (PAID + "<confirm> yes || <again> ta very much", ["thanks"]),
    ("<switch_chain> go to {chain=base}<balance> and show my {token=usdc}", ["switch_chain chain=base", "balance token=USDC"]),
    (
    "<switch_chain> switch to {chain=base}<transfer> and send {amount=5} {token=usdc} to {recipient=bob} on {chain=base}",
        ["switch_chain chain=base", "transfer amount=5 chain=base recipient=bob token=USDC"],
    ),
    (PAID + "<confirm> that is right thank you", ["confirm"]),
    ("<transfer> give {recipient=bob} {amount=5} {token=usdc} {t.other=for} her birthday", ["transfer amount=5 recipient=bob token=USDC"]),
    ("<swap> buy {token_out=eth} with {amount_in=20} {token_in=usdc} {x.limit=from} {account=savings}", ["swap account=savings amount_in=20 token_in=USDC token_out=ETH"]),
    ("<approve> let {spender=uniswap} spend {amount=40} {token=dai}, {amount=no} more than that", ["approve amount=40 spender=uniswap token=DAI"]),
    ("<swap> swap {amount_in=2} {token_in=eth} for {token_out=usdc} when you can", ["swap amount_in=2 token_in=ETH token_out=USDC"]),
    ("<unstake> remember when i staked it, {amount=2} {token=eth} back from {protocol=lido}", ["unstake amount=2 protocol=lido token=ETH"]),
    ("<allowances> approvals granted by {spender=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7}", ["allowances account=0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7"]),
    ('<deploy> deploy {template=ERC721} with ("{args=Night Owls", "OWL}")', ["deploy args=('Night Owls', 'OWL') template=ERC721"]),
    ("@tradebot <transfer> send {amount=5} {token=usdc} to {recipient=bob}", ["transfer amount=5 recipient=bob token=USDC"]),
]  # fmt: skip
MOVED = "<transfer> move {amount=5} {token=usdc} from {account=savings} to {recipient=main} || "
SPLIT = "<transfer> split {amount=90} {token=usdc} between {recipient=bob}<transfer> and {recipient=mum} || "
LENT = "<supply> supply {amount=2} {token=eth} to {protocol=aave}<borrow> and borrow {amount=1000} {token=usdc} || "
WEEKLY = "<transfer> send {amount=5} {token=usdc} to {recipient=bob} every {t.weekday=monday} || "
TWO = PAID.removesuffix(" || ") + "<transfer> and {amount=7} {token=dai} to {recipient=mum} || "
ON_BASE = "<balance> how much {token=eth} do i have on {chain=base} || "
UNDERSTOOD += [
    (MOVED + "<amend> into {account=surf} instead", ["transfer account=savings amount=5 recipient=surf token=USDC"]),
    (SPLIT + "<amend> make it {amount=50} each", ["transfer amount=50 recipient=bob token=USDC", "transfer amount=50 recipient=mum token=USDC"]),
    (LENT + "<amend> only {amount=1.5} {token=eth}", ["supply amount=1.5 protocol=aave token=ETH", "borrow amount=1000 token=USDC"]),
    (ON_BASE + "<bridge> bridge {amount=all} of it to {to_chain=optimism}", ["bridge amount=100% from_chain=base to_chain=optimism token=ETH"]),
    ("<transfer> send {value=20 bucks} of {token=eth} to {recipient=bob}<transfer> and {amount=30} to {recipient=mum}", ["transfer recipient=bob token=ETH value=20 USD", "transfer recipient=mum token=ETH value=30 USD"]),
    ("<revoke> revoke the {token=usdc}<revoke> and {token=dai} approvals for {spender=1inch}", ["revoke spender=1inch token=USDC", "revoke spender=1inch token=DAI"]),
    ("<revoke> remove {spender=uniswap}<revoke> and {spender=1inch} access to my {token=usdc}", ["revoke spender=uniswap token=USDC", "revoke spender=1inch token=USDC"]),
    ("<stake> stake {amount=1.5} {token=eth} {protocol=lido}<stake> and {amount=0.5} {token=rocketpool}", ["stake amount=1.5 protocol=lido token=ETH", "stake amount=0.5 protocol=rocket-pool token=ETH"]),
    ("<swap> turn {amount_in=50} {token_in=usdt} into {token_out=usdc}<transfer> and shoot {amount=20} of it to {recipient=bob}", ["swap amount_in=50 token_in=USDT token_out=USDC", "transfer amount=20 recipient=bob token=USDC"]),
    (TWO + "<confirm> yes both", ["confirm"]),
    (
        "<transfer> {t.every=every week} on {t.weekday=monday} send {amount=35} {token=usdc} to {recipient=bob}<transfer> and {amount=15} {token=usdc}"
        " to {recipient=mum} right now",
        ["transfer amount=35 every=P1W recipient=bob token=USDC weekday=monday", "transfer amount=15 recipient=mum token=USDC"],
    ),
    ("<swap> buy {amount_out=2} {token_out=aave} || <amend> with {token_in=usdc} || <amend> make that {amount_in=3} {token_out=aave}", ["swap amount_out=3 token_in=USDC token_out=AAVE"]),
    (TWO + "<amend> can we ditch the dai bit", ["transfer amount=5 recipient=bob token=USDC"]),
    ("<deploy> deploy the {template=escrow template} on {chain=linea}", ["deploy chain=linea template=escrow"]),
    (WEEKLY + "<amend> make it {amount=50} from now on", ["transfer amount=50 every=P1W recipient=bob token=USDC weekday=monday"]),
    (
        "<transfer> {amount=16} {token=dai} to {recipient=bob}<supply> and {amount=90} {token=dai} into {protocol=aave}"
        " || <amend> change the {token=aave} bit to {amount=70}",
        ["transfer amount=16 recipient=bob token=DAI", "supply amount=70 protocol=aave token=DAI"],
    ),
    (
        "<transfer> give {recipient=bob} {amount=700} {token=dai}<history>, then list everything from {account=savings}",
        ["transfer amount=700 recipient=bob token=DAI", "history account=savings"],
    ),
    (
        "<transfer> {amount=20} {token=usdc} to {recipient=bob} and let me know when {t.token=eth} {t.below=falls below} {t.threshold=1500}",
        ["transfer amount=20 recipient=bob token=USDC", "alert direction=below metric=price threshold=1500 token=ETH"],
    ),
    ("<add_liquidity> add {amount_a=0.5} {token_a=eth} and {amount_b=1500} {token_b=usdc} to {protocol=uniswap} || <amend> {amount=1400} {token=usdc}", ["add_liquidity amount_a=0.5 amount_b=1400 protocol=uniswap token_a=ETH token_b=USDC"]),
    (
        "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc}<bridge> then bridge {amount=1000} {token=usdc} to {to_chain=arbitrum}"
        " || <amend> make it {chain=base} instead of arbitrum",
        ["swap amount_in=1 token_in=ETH token_out=USDC", "bridge amount=1000 to_chain=base token=USDC"],
    ),
    ("<portfolio> what's in {account=savings} || <transfer> send {recipient=bob} {amount=30} {token=usdc} from it", ["transfer account=savings amount=30 recipient=bob token=USDC"]),
    ("<transfer> {amount=20} {token=usdc} to {recipient=bob}<transfer> and {amount=half} of my {token=dai} to {recipient=mum}", ["transfer amount=20 recipient=bob token=USDC", "transfer amount=50% recipient=mum token=DAI"]),
    ("<bridge> move {amount=200} {token=usdc} to {to_chain=base} || <amend> from {token=ethereum}", ["bridge amount=200 from_chain=ethereum to_chain=base token=USDC"]),
    (
        "<unstake> unstake {amount=3} {token=steth} from {protocol=lido}<transfer> and send {amount=1} {token=eth} to {recipient=bob}"
        " || <amend> change the unstaking to {amount=2}",
        ["unstake amount=2 protocol=lido token=STETH", "transfer amount=1 recipient=bob token=ETH"],
    ),
    (
        "<supply> lend {amount=9} {token=usdc} on {protocol=aave} || <yields> what does {protocol=morpho} pay on {token=usdc}"
        " || <amend> ok put it {protocol=there} instead",
        ["supply amount=9 protocol=morpho token=USDC"],
    ),
    (WEEKLY + "<amend> {amount=8} {t.every=a week} then", ["transfer amount=8 every=P1W recipient=bob token=USDC weekday=monday"]),
    (PAID + "<confirm> spot on", ["confirm"]),
    ("<approve> let {spender=curve} use my {token=dai} || <amend> no more than {amount=300} of it", ["approve amount=300 spender=curve token=DAI"]),
    (
        "<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc}<supply> and lend {amount=2000} {token=usdc} on {protocol=aave}"
        " || <amend> for the supply make it {amount_in=1500}",
        ["swap amount_in=1 token_in=ETH token_out=USDC", "supply amount=1500 protocol=aave token=USDC"],
    ),
    ("<alert> shout when gwei is {t.below=less than} {t.threshold=8}", ["alert direction=below metric=gas threshold=8"]),
    ("<swap> swap {amount_in=5} {token_in=usdc} for {token_out=eth} and {x.limit=make sure I get at least} {min_out=1}", ["swap amount_in=5 min_out=1 token_in=USDC token_out=ETH"]),
    ("<transfer> bob already sent me 300 usdc, so send {amount=100} {token=usdc} back to {recipient=bob}", ["transfer amount=100 recipient=bob token=USDC"]),
    ("<transfer> send {amount=1500} {token=usdc} (one thousand five hundred) to {recipient=bob}", ["transfer amount=1500 recipient=bob token=USDC"]),
    ("<portfolio> what's in {account=savings} || <transfer> send {amount=all} the {token=eth} there to {recipient=main}", ["transfer account=savings amount=100% recipient=main token=ETH"]),
    ("<supply> deposit {amount=300} {token=usdc} || <amend> in {account=savings}", ["transfer amount=300 recipient=savings token=USDC"]),
    ("<approve> approve {token=dai} for {spender=aave} || <reject> no limit", ["approve amount=unlimited spender=aave token=DAI"]),
    ("<bridge> bridge {amount=1} {token=eth} to {to_chain=base}<alert> only when {t.metric=gas} {t.below=is under} {t.threshold=10}", ["bridge amount=1 direction=below metric=gas threshold=10 to_chain=base token=ETH"]),
    ("<swap> sell {amount_in=5} {token_in=link} for {token_out=usdc} if it {t.below=goes to} {t.threshold=30 dollars}", ["swap amount_in=5 metric=price threshold=30 token=LINK token_in=LINK token_out=USDC"]),
    ("<swap> sell {amount_in=5} {token_in=link} for {token_out=usdc} if it {t.below=gets up to} {t.threshold=30 dollars}", ["swap amount_in=5 direction=above metric=price threshold=30 token=LINK token_in=LINK token_out=USDC"]),
    ("<transfer> send {recipient=bob} {amount=5} {token=usdc} every {t.weekday=sunday} at {t.at=quarter to six pm}", ["transfer amount=5 at=17:45 every=P1W recipient=bob token=USDC weekday=sunday"]),
    ("<sign_message> sign something || <amend> the text is {message=I agree to terms 5}", ["sign_message message=I agree to terms 5"]),
]  # fmt: skip
ASKED = [
    PAID + "<amend> i think alice",
    PAID + "<amend> hang on, alice",
    PAID + "<amend> not bob: mum, or alice",
    PAID + "<amend> no not bob his brother",
    "<swap> sell {amount_in=all} my {token_in=arb} for {token_out=usdc} when it feels right",
    "<swap> buy {token_out=link} with {amount_in=25} {token_in=usdc} whenever you think it's cheap",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob} when i get paid",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob} {t.other=for} the next month",
    '<deploy> deploy {template=ERC721} with {args=Night Owls", "OWL"}',
    MOVED + "<amend> {account=surf} instead",
    SPLIT + "<amend> make it {amount=100}",
    SPLIT + "<amend> and {recipient=alice} too",
    "<bridge> bridge {amount=1} {token=eth} to {to_chain=base}<supply> and supply {amount=5} {token=usdc} to {protocol=aave} on {chain=base}"
    " || <amend> both on {chain=arbitrum}",
    WEEKLY + "<amend> just once",
    WEEKLY + "<amend> not every week, just this {t.weekday=monday}",
    WEEKLY + "<amend> stop after {amount=five}",
    PAID + "<amend> for {recipient=surf}",
    "<transfer> transfer my {token=squiggle} to {recipient=bob} || <amend> it's number {amount=1402}",
    "<swap> buy {amount_out=0.5} {token_out=eth} with {token_in=usdc} if it {t.below=drops to} {t.threshold=2000} || <confirm> just buy it now",
    "<swap> sell {amount_in=1} {token_in=eth} for {token_out=usdc} if it {t.above=hits} {t.threshold=4000} || <amend> sell it now instead",
    "<transfer> send {recipient=bob} {amount=5} {token=usdc}<stake> and stake {amount=1} {token=eth} on {protocol=lido} || <confirm> just do the send",
    PAID + "<confirm> any chain is fine",
    TWO + "<amend> all {amount=three} in {token=dai}",
    TWO + "<amend> take it {amount=all} from {account=surf}",
    TWO + "<amend> ok for bob, mum can wait",
    "<add_liquidity> add {amount_a=0.5} {token_a=eth} and {amount_b=1500} {token_b=usdc} to {protocol=uniswap} || <amend> make it {amount_a=1}",
    "<swap> buy {amount_out=0.5} {token_out=eth} with {token_in=usdc} || <amend> with {token_in=dai} and only {amount_in=0.4}",
    "<swap> swap {amount_in=100} {token_in=usdc} to {token_out=eth}<swap> and {amount_in=50} to {token_out=link} || <amend> {token_in=dai} instead of usdc",
    "<swap> buy {amount_out=1} {token_out=eth}<swap> and {amount_out=20} {token_out=link} with {token_in=usdc} || <amend> only the {token_out=link}",
    LENT + "<amend> make it {amount=300}",
    TRADE + "<amend> {slippage=1%} || <amend> too much, {amount_in=0.5}",
    "<bridge> bridge {amount=1} {token=eth} to {to_chain=base} || <amend> from {from_chain=optimism} || <amend> no, {to_chain=arbitrum}",
    "<swap> swap {amount_in=2} {token_in=eth} to {token_out=usdc} || <amend> {account=bob.eth} should get it",
    PAID + "<amend> she prefers {token=eth}, same value",
    "<bridge> bridge {amount=1} {token=eth} to {to_chain=base} || <amend> as {token=usdc} please",
    "<swap> swap {amount_in=600} {token_in=usdc} half into {token_out=eth}<swap> and {amount_in=half} into {token_out=btc}",
    "<swap> swap {amount_in=1000} {token_in=usdc} into {token_out=eth} in {min_out=4} equal parts",
    "<swap> buy {value=$15} of {token_out=btc} with {token_in=usdc} {t.times=three} times {t.every=a day}",
    "<transfer> give {recipient=bob} {amount=30} {token=usdc} allowance",
    "<transfer> send {recipient=bob} {amount=3} {token=usdc} more than mum",
    "<repay> repay bob's {amount=100} {token=usdc} loan on {protocol=aave}",
    "<swap> swap bob's {amount_in=20} {token_in=usdc} for {token_out=eth}",
    "<transfer> send {recipient=lena.eth} {amount=5} {token=usdc} and save her as lena",
    "<withdraw> withdraw {amount=300} {token=usdc} from {protocol=aave} to {account=my savings account}",
    PAID + "<amend> yeah, {token=arb} though",
    TRADE + "<amend> go ahead, except I'd like dai",
    "<bridge> i'm on polygon and need {amount=40} {token=usdc} on {to_chain=gnosis}",
    "<withdraw> redeem {amount=5} {token=dai} of the spark loan",
    "<revoke> under no circumstances grant {spender=curve} any further allowance",
    "<contact_add> save {address=bob.eth} || <amend> call it {name=test} bench",
    "<contact_add> save {address=bob.eth} as {name=payroll} signer",
    "<revoke> cut off every {token=sushi} approval",
    "<transfer> just send her {amount=100} {token=usdc}<transfer> plus {amount=20} {token=usdc} for {recipient=bob}",
    PAID + "<confirm> I can't confirm that",
    "<tx_status> any pending transactions || <automation_cancel> cancel the last one",
    PAID + "<confirm> I need to confirm with her",
    PAID + "<confirm> say yes to confirm",
    PAID + "<transfer> and another {amount=20} {token=usdc} to {recipient=alice} || <confirm> yes to both",
    TWO + "<confirm> yes to bob's",
    TWO + "<confirm> confirm the first one",
    TWO + "<amend> yeah the {token=usdc} one",
    "<swap> swap {amount_in=2} {token_in=eth} for {token_out=usdc}<transfer> and send {amount=5} {token=dai} to {recipient=bob} || <confirm> confirm the transfer",
    PAID + "<amend> anyone but bob",
    PAID + "<amend> to anyone except {recipient=alice}",
    PAID + "<amend> on any chain but {chain=arbitrum}",
    PAID + "<amend> yes but nothing from {account=savings}",
    PAID + "<amend> {amount=7}, but not on arbitrum",
    PAID + "<amend> {amount=7}, before friday",
    PAID + "<amend> in {token=dai}, if that's cheaper",
    PAID + "<amend> yes, but later",
    PAID + "<amend> remind me {t.after=tomorrow}",
    PAID + "<amend> use {token=eth} for gas",
    PAID + "<amend> i'm keeping {amount=3}",
    TRADE + "<amend> i paid {amount_in=2500} for it",
    TRADE + "<amend> it was {amount_in=3000} yesterday",
    TRADE + "<amend> leave me {amount_in=0.5}",
    "<borrow> borrow {amount=300} {token=dai} from {protocol=aave} || <amend> with {token=eth} as collateral",
    "<repay> repay {amount=300} {token=dai} on {protocol=aave} || <amend> using my {token=usdc}",
    "<stake> stake {amount=2} {token=eth} || <amend> get {token=reth} instead",
    "<transfer> send {recipient=bob} {amount=20} {token=usdc} at {t.at=5pm} || <amend> make it {amount=6}",
    "<transfer> send {recipient=bob} {amount=20} {token=usdc} at {t.at=5pm} || <amend> {t.at=6 o'clock}",
    "<transfer> send {recipient=bob} {amount=20} {token=usdc} in {t.after=2 hours} || <amend> make that {amount=three}",
    "<transfer> send {recipient=bob} {amount=20} {token=usdc} every {t.weekday=monday} {t.times=10} times || <amend> make it {amount=12}",
    "<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc}, at least {min_out=3000} || <amend> make it {amount_in=2900}",
    "<transfer> move {amount=5} {token=usdc} || <amend> savings to {recipient=main}",
    "<gas> how's gas || <alert> ping me under {t.threshold=10}",
    "<swap> keep {amount_in=2} {token_in=eth} and sell the rest for {token_out=dai}",
    "<transfer> forget the {amount=10} {token=usdc} to {recipient=bob}",
    "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc}, or better not",
    "<bridge> bridge {amount=1} {token=eth} from {from_chain=base} to {to_chain=arbitrum}, sorry, other way around",
    "<transfer> let's say I send {amount=5} {token=usdc} to {recipient=bob}",
    "<transfer> simulate sending {amount=5} {token=usdc} to {recipient=bob}",
    "<transfer> translate to spanish: send {amount=5} {token=usdc} to {recipient=bob}",
    "<transfer> tell {recipient=bob} i sent him {amount=5} {token=usdc}",
    "<transfer> send {amount=5} {token=usdc} (fifty) to {recipient=bob}",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob}..eth",
    "<transfer> send {recipient=bob} zero comma {amount=five} {token=eth}",
    "<nft_transfer> send my {collection=cool cats} #-{token_id=3} to {recipient=bob}",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob} {t.every=every month} for a year",
    "<swap> swap {amount_in=2} {token_in=eth} to {token_out=usdc} with no slippage",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob}, latest in {t.after=an hour}",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob} minus what he owes me",
    "<borrow> use {amount=1} {token=wbtc} as collateral on {protocol=aave}<borrow> and borrow {amount=20k} {token=usdc}",
    "<stake> claim {amount=2} {token=steth} from {protocol=lido}",
    PAID + "<amend> only for this trade",
    PAID + "<amend> add {recipient=alice} with {amount=25}",
    "<withdraw> take all my {token=dai} out of {protocol=aave} || <amend> leave {amount=100} in",
    "<bridge> bridge {amount=1} {token=eth} to {to_chain=base} || <amend> as {token=usdc} on the other side",
    "<swap> buy {amount_out=5} {token_out=link} with {token_in=usdc} || <amend> i meant sell",
    "<sign_message> sign something || <amend> {message=Member 88} agrees",
    TRADE + "<risk_report> is {protocol=uniswap} safe? || <confirm> ok use that",
    TRADE + "<gas> gas on {chain=base}? || <confirm> ok do it there",
    "<swap> swap {amount_in=all} my tokens except {token_in=eth} to {token_out=usdc}",
    "<swap> swap {amount_in=5} {token_in=dai} for {token_out=eth} on any dex but {protocol=uniswap}",
    "<swap> do not use uniswap, swap {amount_in=5} {token_in=dai} for {token_out=eth}",
    "<automation_cancel> cancel all alerts but number {id=3}",
    "<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc} before it {t.below=drops below} {t.threshold=3000}",
    "<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc} because it's {t.below=below} {t.threshold=3000}",
    "<swap> {t.token=eth} finally {t.above=went above} {t.threshold=4000}, sell {amount_in=1} {token_in=eth} for {token_out=usdc}",
    "<swap> swap {amount_in=7} {token_in=usdc} for {token_out=link} if it gives me {t.above=over} {t.threshold=4} {t.token=link}",
    "<alert> alert me unless {t.token=eth} stays {t.above=above} {t.threshold=3000}",
    "<repay> in case of liquidation repay {amount=5} {token=usdc} on {protocol=aave}",
    "<transfer> send {recipient=bob} {amount=5} {token=usdc} later",
    "<transfer> send {recipient=bob} {amount=5} {token=usdc} but don't sign it yet",
    "<transfer> keep {recipient=savings} topped up at {amount=200} {token=usdc}",
    "<approve> approve {amount=5} {token=usdc} for {spender=aave}, revoke it {t.after=tomorrow}",
    "<swap> swap {amount_in=all} my {token_in=eth} for {token_out=usdc} leaving a bit for gas",
    "<transfer> send {recipient=bob} {amount=5} {token=usdc}, use whichever chain is cheapest",
    "<transfer> remind me to pay {recipient=bob} {amount=5} {token=usdc} on {t.weekday=friday}",
    "<swap> swap {value=50 bucks} of {token_in=eth} to {token_out=usdc}<swap> and {amount_in=20} of {token_in=link} to {token_out=dai}",
    "<bridge> bridge {amount=5} {token=usdc} to {to_chain=base} and lend it on {protocol=moonwell}",
    "<rebalance> set it to {targets=40% eth 40% wbtc} and the rest usdc",
    "<set_limit> cap spending at {value=$500} a {period=day} on {token=base}",
    "<contract_call> call {function=buy} on {contract=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7} for {amount=0.02} eth twice",
    "<switch_chain> switch to {chain=base}<transfer> and send {amount=5} {token=usdc} to {recipient=bob}",
    "<transfer> my niece is eighteen on {t.weekday=sunday}, so please send {amount=5} {token=usdc} to {recipient=bob}",
    "<bridge> move {amount=5} {token=usdc} over to {to_chain=base} via {protocol=across} {from_chain=fam}",
    "<transfer> send {amount=5} {token=usdc} for the {recipient=mess} bill",
    "<swap> spend {amount_in=5} {token_in=usdt} on {token_out=link}<swap> and {amount_in=8} {token_in=usdt} on {protocol=uni}",
    "<swap> swap {amount_in=5} {token_in=dai} for {token_out=eth} on {account=otterswap}",
    "<bridge> move {amount=5} {token=usdc} from {from_chain=arb} to {to_chain=base} || <amend> to {to_chain=optimism}, {from_chain=base} is full",
    "<transfer> send {token=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7} to {recipient=bob} || <amend> id {amount=9041}",
    "<contact_add> save {address=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7} as {name=venue}<contact_add> and {name=bin oskar} at {address=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7}",
    "<transfer> send {amount=5} {token=usdc} || <amend> {recipient=tae mum}",
    "<transfer> pay {recipient=bob} {amount=5} {token=usdc} for {t.weekday=saturday}'s match",
    "<transfer> dinnae send {amount=5} {token=usdc} to {recipient=bob}",
    "<transfer> send {amount=5} {token=usdc} to {recipient=bob} after the snapshot",
    "<switch_chain> go {chain=arbitrum}<bridge>, then move {amount=5} {token=usdc} to {to_chain=base}",
    "<contract_call> call {function=mint} with {args=3} and {contract=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7} on {contract=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7}",
]


@pytest.mark.parametrize(("said", "actions"), UNDERSTOOD, ids=[said[:40] + said[-30:] for said, _ in UNDERSTOOD])
def test_the_words_beside_a_label_tell_what_it_means(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("understood", actions)


def test_whom_a_sentence_is_said_to_is_never_an_account_or_contact_of_ones_own() -> None:
    context = Context(contacts=("payrobot",), accounts=("tradebot",))
    said = "@tradebot swap 5 dai for eth"
    assert [word.text for word in recognise(said, context)][:2] == ["tradebot", "swap"]
    assert recognise(said, Context())[0].text == "swap"


def test_a_transaction_or_an_address_in_a_report_is_not_passed_over() -> None:
    told = "<transfer> i paid 0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7, so send {amount=5} {token=usdc} to {recipient=bob}"
    assert parsed(told).status == "incomplete"


@pytest.mark.parametrize("label", ["spender", "protocol", "contract"])
def test_a_repaired_name_of_a_protocol_is_never_somebody(label: str) -> None:
    """'conver' is repaired to convex where a protocol is meant, and `make provenance` found it as an account once."""
    parse = parsed(f"<switch_account> switch my account || <amend> {{{label}=conver}}")
    assert (parse.status, short(parse)) == ("incomplete", ["switch_account"])


@pytest.mark.parametrize("said", ASKED)
def test_what_no_label_took_is_asked_for(said: str) -> None:
    assert parsed(said).status == "incomplete"
