"""What labels mean once the words around them and the turns before them are known: pronouns, ellipsis, changes, bounds."""

import pytest

from nlp.corpus.marked import read_marked
from nlp.corpus.voices import parse_by_labels
from nlp.types import Context, Parse

CONTEXT = Context(contacts=("bob", "mum", "alice"), accounts=("main", "savings", "surf"))


def parsed(said: str) -> Parse:
    return parse_by_labels([read_marked(turn) for turn in said.split(" || ")], CONTEXT)


def short(parse: Parse) -> list[str]:
    """Each action in one line: intent, slots and trigger, in the order of their names."""
    return [
        " ".join([a.intent, *(f"{k}={v}" for k, v in sorted({**a.slots, **(a.trigger or {})}.items()))])
        for a in parse.actions
    ]


REFUSED = [
    ("send up to {amount=5} {token=usdc} to {recipient=bob}", "amount|value"),
    ("send at least {amount=5} {token=usdc} to {recipient=bob}", "amount|value"),
    ("send no more than {value=$5} in {token=usdc} to {recipient=bob}", "amount|value"),
    ("send {amount=5} {token=usdc} to {recipient=bob} || <amend> make it at least {amount=7}", "amount|value"),
    ("send {amount=5} {token=usdc} to {recipient=bob} || <amend> make it {amount=unlimited}", "amount|value"),
    ("send {amount=5} {token=usdc} to {recipient=bob}<transfer> and {recipient=mum}, both on {chain=base}", "amount|value"),
    ("{recipient=bob} draws his wages friday, {amount=5} {token=usdc}", "trigger"),
    ("send {recipient=bob} {amount=5} {token=usdc}, he hauled rock all {t.every=week}", "trigger"),
    ("send {recipient=bob} {amount=5} {token=usdc} every {t.weekday=sunday} till spring", "trigger"),
    ("send {amount=5} or more {token=usdc} to {recipient=bob}", "amount|value"),
    ("send {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=3} to {recipient=mum} in the other coin", "1.token"),
    ("send {amount=10} {token=usdc} to {recipient=bob or alice}", "recipient"),
    ("send {amount=10} {token=usdc} to {recipient=someone I trust}", "recipient"),
    ("{amount=half} my {token=usdc} to {recipient=bob}<transfer> and {amount=the same} to {recipient=mum}", "1.amount|value"),
    ("{amount=5} {token=usdc} to {recipient=bob}<reject>, no don't", "trigger"),
    ("{amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} {t.every=monthly}", "trigger"),
    ("{amount=5} {token=usdc} to {recipient=bob} || <amend> on second thoughts, all of it", "trigger"),
    ("{amount=5} {token=usdc} to {recipient=bob} || <amend> now {t.threshold=0.5}", "trigger"),
    ("{amount=5} {token=usdc} to {recipient=bob} || <amend> yeah, as soon as my wages land", "trigger"),
    ("{amount=5%} a year, {token=usdc} to {recipient=bob}", "amount|value"),
    ("{amount=5} {token=usdc} to {recipient=bob} {t.other=once that's done}", "trigger"),
    ("send {recipient=bob} {amount=5} {token=usdc} over {t.after=4 hours}", "trigger"),
    ("{amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=usdc} to somebody I'll name later", "1.recipient"),
    ("{amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> make {ref=the blue one} {amount=9}", "trigger"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "missing"), REFUSED, ids=[said[:48] for said, _ in REFUSED])
def test_no_exact_amount_is_asked_for(said: str, missing: str) -> None:
    parse = parsed(f"<transfer> {said}")
    assert parse.status == "incomplete"
    assert missing in parse.missing or (missing == "trigger" and parse.errors)


def test_half_of_that_after_a_trade_names_neither_what_was_sold_nor_what_was_bought() -> None:
    parse = parsed(
        "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc} || <confirm> yes"
        " || <transfer> send {amount=half} of that to {recipient=mum}"
    )
    assert parse.status == "incomplete"
    assert "sold or what was bought" in parse.errors[0]


def test_a_consent_with_a_condition_is_no_consent() -> None:
    parse = parsed(
        "<bridge> bridge {amount=1} {token=eth} to {to_chain=optimism}"
        " || <amend> ok {x.limit=if it takes under five minutes}"
    )
    assert parse.status == "incomplete"
    assert "trigger" in parse.missing


@pytest.mark.parametrize(
    "said",
    [
        "good, better make it the whole",
        "agreed as long as nobody front-runs it",
        "yes, if gas is low",
        "ok?",
        "still wide. pass",
        "yes… I think",
    ],
)
def test_a_yes_with_anything_else_in_it_is_not_a_yes_whatever_the_model_sees(said: str) -> None:
    parse = parsed(f"<swap> swap {{amount_in=5}} {{token_in=dai}} for {{token_out=usdc}} || <confirm> {said}")
    assert (parse.status, short(parse)) == ("incomplete", ["swap amount_in=5 token_in=DAI token_out=USDC"])


@pytest.mark.parametrize(
    "said", ["yes", "looks good", "go on then", "yes, make it so", "ten four", "legend", "release it"]
)
def test_a_bare_yes_is_one_in_many_wordings(said: str) -> None:
    parse = parsed(f"<swap> swap {{amount_in=5}} {{token_in=dai}} for {{token_out=usdc}} || <confirm> {said}")
    assert short(parse) == ["confirm"]


def test_what_follows_a_revocation_grants_only_by_a_verb_of_its_own() -> None:
    said = "<revoke> revoke {spender=1inch}'s {token=usdt} approval<approve> {} {spender=sushi}'s {token=dai} approval"
    assert parsed(said.replace("{}", "as well as")).status == "incomplete"
    assert parsed(said.replace("{}", "and grant")).status == "understood"


def test_a_place_that_was_not_named_is_no_protocol() -> None:
    assert parsed("<supply> put {amount=5} {token=usdc} {protocol=there}").missing == ("protocol",)


SENT = "<transfer> send {amount=5} {token=usdc} to {recipient=bob} || "
BRIDGED = "<bridge> bridge {amount=5} {token=usdc} to {to_chain=base} || "
LATER = "<transfer> send {amount=5} {token=usdc} to {recipient=bob} every {t.weekday=monday} || "
UNDERSTOOD = [
    (SENT + "<amend> from {account=surf}", ["transfer account=surf amount=5 recipient=bob token=USDC"]),
    (BRIDGED + "<amend> from {from_chain=polygon}", ["bridge amount=5 from_chain=polygon to_chain=base token=USDC"]),
    (
        "<swap> swap {amount_in=500} {token_in=usdc} into {token_out=eth} || <amend> i want at least {min_out=0.2}",
        ["swap amount_in=500 min_out=0.2 token_in=USDC token_out=ETH"],
    ),
    (
        "<add_liquidity> pool {amount_a=0.2} {token_a=eth} with {token_b=usdc} || <amend> {amount_b=500}",
        ["add_liquidity amount_a=0.2 amount_b=500 token_a=ETH token_b=USDC"],
    ),
    ("<revoke> revoke {scope=all} of them || <amend> just the {token=usdc} ones", ["revoke token=USDC"]),
    (LATER + "<amend> {t.every=monthly}, not mondays", ["transfer amount=5 every=P1M recipient=bob token=USDC"]),
    (LATER + "<amend> make it {t.weekday=sunday}", ["transfer amount=5 every=P1W recipient=bob token=USDC weekday=sunday"]),
    (
        "<transfer> send {amount=5} {token=usdc} to {recipient=bob} {t.after=in 3 hours} || <amend> at {t.at=19:00} instead",
        ["transfer amount=5 at=19:00 recipient=bob token=USDC"],
    ),
    (
        "<alert> tell me when {t.metric=gas} {t.below=is under} {t.threshold=10} || <amend> {t.threshold=8}",
        ["alert direction=below metric=gas threshold=8"],
    ),
    (
        "<swap> sell {amount_in=5} {token_in=link} for {token_out=usdc} if {t.token=link} {t.below=drops} {t.threshold=6%}"
        " in {t.within=a day} || <amend> {t.threshold=9%}",
        ["swap amount_in=5 direction=below metric=price threshold=9% token=LINK token_in=LINK token_out=USDC within=P1D"],
    ),
    (
        "<alert> warn me if {t.account=savings} has {t.below=fewer than} {t.threshold=1,000} {t.token=usdc}",
        ["alert account=savings direction=below metric=balance threshold=1000 token=USDC"],
    ),
    (
        "<price> {token=eth}? || <alert> tell me when {t.token=it} {t.below=is under} {t.threshold=2000}",
        ["alert direction=below metric=price threshold=2000 token=ETH"],
    ),
    (
        "<alert> tell me when {t.metric=gas} {t.below=is under} {t.threshold=9}<alert> or {t.above=climbs over} {t.threshold=90}",
        ["alert direction=below metric=gas threshold=9", "alert direction=above metric=gas threshold=90"],
    ),
    (
        "<swap> as soon as {t.token=arb} {t.below=sinks to} {t.threshold=31 cents}, put {amount_in=120} {token_in=usdc} into {token_out=it}",
        ["swap amount_in=120 direction=below metric=price threshold=0.31 token=ARB token_in=USDC token_out=ARB"],
    ),
    (
        "<borrow> borrow {amount=100} {token=dai}<transfer>, pay {recipient=bob} {amount=99} of {token=it}",
        ["borrow amount=100 token=DAI", "transfer amount=99 recipient=bob token=DAI"],
    ),
    (
        "<contact_add> add {name=kira} as {address=kira.eth}<transfer>, then send {recipient=her} {amount=5} {token=usdc}",
        ["contact_add address=kira.eth name=kira", "transfer amount=5 recipient=kira token=USDC"],
    ),
    (
        "<transfer> pay {recipient=bob}<transfer> and {recipient=mum} {amount=75} {token=usdt}, each",
        ["transfer amount=75 recipient=bob token=USDT", "transfer amount=75 recipient=mum token=USDT"],
    ),
    (
        "<transfer> {amount=15} {token=usdc} to {recipient=bob}<transfer> and {amount=10} to {recipient=mum}, pizza money",
        ["transfer amount=15 recipient=bob token=USDC", "transfer amount=10 recipient=mum token=USDC"],
    ),
    (
        "<balance> how much {token=usdc} is in {account=main}<balance> and how much in {account=savings}",
        ["balance account=main token=USDC", "balance account=savings token=USDC"],
    ),
    (
        "<contract_call> call {function=balanceOf(0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7)} on {contract=usdc}",
        ["contract_read args=('0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7',) contract=USDC function=balanceOf"],
    ),
    (
        "<transfer> send {recipient=bob} {amount=50} {token=usdc} every {t.weekday=friday} at {amount=9}",
        ["transfer amount=50 at=09:00 every=P1W recipient=bob token=USDC weekday=friday"],
    ),
    ("<nft_transfer> move {collection=Genesis} Pass {token_id=0} to {recipient=bob}", ["nft_transfer collection=Genesis Pass recipient=bob token_id=0"]),
    ("<allowances> what can {spender=uniswap} spend of {account=mine}", ["allowances spender=uniswap"]),
    ("<nft_holdings> show my otters nfts", ["nft_holdings collection=otters"]),
    ("<revoke> withdraw {scope=every permission} of {spender=sushi}", ["revoke spender=sushiswap"]),
    ("<borrow> borrow {amount=400} {token=gho} || <amend> {token=aave} on {chain=mainnet}", ["borrow amount=400 chain=ethereum protocol=aave token=GHO"]),
    (
        "<swap> a limit order: sell {amount_in=1} {token_in=eth} for {token_out=usdc} at {t.threshold=3,400}",
        ["swap amount_in=1 direction=above metric=price threshold=3400 token=ETH token_in=ETH token_out=USDC"],
    ),
    (
        "<transfer> send {recipient=bob} {amount=5} {token=usdc} and tell me when {t.token=eth} {t.below=drops under} {t.threshold=2000}",
        ["transfer amount=5 recipient=bob token=USDC", "alert direction=below metric=price threshold=2000 token=ETH"],
    ),
    (
        "<revoke> take {spender=sushiswap} off me {token=dai}<revoke> and {spender=uniswap} an' all",
        ["revoke spender=sushiswap token=DAI", "revoke spender=uniswap token=DAI"],
    ),
    (
        "<revoke> revoke {token=usdc}<revoke> and {token=dai} for {spender=uniswap}",
        ["revoke spender=uniswap token=USDC", "revoke spender=uniswap token=DAI"],
    ),
    (
        "<revoke> revoke {token=usdc}<revoke> and then revoke {spender=uniswap}",
        ["revoke token=USDC", "revoke spender=uniswap"],
    ),
    (
        "<supply> supply {amount=1} {token=weth}<borrow> and borrow {amount=800} {token=usdc}, both on {protocol=aave}",
        ["supply amount=1 protocol=aave token=WETH", "borrow amount=800 protocol=aave token=USDC"],
    ),
    (
        "<transfer> {amount=10} {token=usdc} to {recipient=bob}<again> and the same to {recipient=mum}",
        ["transfer amount=10 recipient=bob token=USDC", "transfer amount=10 recipient=mum token=USDC"],
    ),
    (
        "<transfer> {amount=10} {token=usdc} for {recipient=bob}<transfer> and {amount=as much} for {recipient=mum}",
        ["transfer amount=10 recipient=bob token=USDC", "transfer amount=10 recipient=mum token=USDC"],
    ),
    (
        "<transfer> {recipient=bob} {amount=6}<transfer>, {recipient=mum} {amount=7}<transfer>, {recipient=alice} {amount=2}, all {token=usdc}",
        [
            "transfer amount=6 recipient=bob token=USDC",
            "transfer amount=7 recipient=mum token=USDC",
            "transfer amount=2 recipient=alice token=USDC",
        ],
    ),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<reject>, don't pay mum", ["transfer amount=5 recipient=bob token=USDC"]),
    ("<transfer> send {amount=5} {token=usdc} to {recipient=bob}<amend>, make it {amount=10}", ["transfer amount=10 recipient=bob token=USDC"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> {recipient=bob} gets {amount=9}", ["transfer amount=9 recipient=bob token=USDC", "transfer amount=6 recipient=mum token=DAI"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> make {ref=the first} {amount=9}", ["transfer amount=9 recipient=bob token=USDC", "transfer amount=6 recipient=mum token=DAI"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> make {ref=the usdc} {amount=9}", ["transfer amount=9 recipient=bob token=USDC", "transfer amount=6 recipient=mum token=DAI"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> bob's {t.weekday=friday}", ["transfer amount=5 recipient=bob token=USDC weekday=friday", "transfer amount=6 recipient=mum token=DAI"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> both in {token=usdt}", ["transfer amount=5 recipient=bob token=USDT", "transfer amount=6 recipient=mum token=USDT"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob}<transfer> and {amount=6} {token=dai} to {recipient=mum} || <amend> leave {ref=mum} out of it", ["transfer amount=5 recipient=bob token=USDC"]),
    ("<repay> repay {amount=5} {token=usdc}<transfer> and send {amount=6} {token=dai} to {recipient=mum} || <amend> make {ref=the repayment} {amount=9}", ["repay amount=9 token=USDC", "transfer amount=6 recipient=mum token=DAI"]),
    ("<supply> supply {amount=5} {token=usdc} to {protocol=aave}<stake> and stake {amount=1} {token=eth} on {protocol=lido} || <amend> {protocol=morpho} rather than aave", ["supply amount=5 protocol=morpho token=USDC", "stake amount=1 protocol=lido token=ETH"]),
    ("<transfer> send {recipient=bob} {amount=forty} {token=usdc}<swap> and swap {amount_in=five} {token_in=usdc} to {token_out=eth}, both from {account=savings}", ["transfer account=savings amount=40 recipient=bob token=USDC", "swap account=savings amount_in=5 token_in=USDC token_out=ETH"]),
    ("<withdraw> take {amount=60} {token=dai} out of {protocol=aave}<transfer> and send {recipient=mum} {amount=half of that}", ["withdraw amount=60 protocol=aave token=DAI", "transfer amount=30 recipient=mum token=DAI"]),
    ("<transfer> send {recipient=bob} {amount=5} {token=dai} evry {t.weekday=monday}", ["transfer amount=5 every=P1W recipient=bob token=DAI weekday=monday"]),
    ("<swap> swap {amount_in=point one} {token_in=eth} to {token_out=usdc} with {slippage=point three percent}", ["swap amount_in=0.1 slippage=0.3% token_in=ETH token_out=USDC"]),
    ("<transfer> at this point {amount=three} {token=dai} to {recipient=bob}", ["transfer amount=3 recipient=bob token=DAI"]),
    ("<speed_up> my payment has been stuck for ten minutes, can you push it through faster", ["speed_up"]),
    ("<cancel_tx> oh no, cancel that transaction before it lands", ["cancel_tx"]),
    ("<repay> pay off {amount=what} I owe in {token=usdc} on {protocol=compound}", ["repay amount=100% protocol=compound token=USDC"]),
    ("<unstake> pull {amount=a quarter} of my {token=steth} out of {protocol=lido}<transfer>, {amount=0.1} {token=eth} to {recipient=bob} {t.other=once that's done}", ["unstake amount=25% protocol=lido token=STETH", "transfer amount=0.1 recipient=bob token=ETH"]),
    ("<balance> {token=usdc} balance? || <balance> and on {chain=base}?", ["balance chain=base token=USDC"]),
    ("<balance> {token=usdc} balance? || <balance> and {token=eth}?", ["balance token=ETH"]),
    ("<repay> repay {amount=all} my {token=usdc} debt on {protocol=aave}<withdraw> and take out {amount=all} my {token=eth} from there as well", ["repay amount=100% protocol=aave token=USDC", "withdraw amount=100% protocol=aave token=ETH"]),
    ("<bridge> bring {amount=2} {token=eth} to {to_chain=scroll}<swap>, then over there swap {amount_in=1} {token_in=eth} for {token_out=usdc}", ["bridge amount=2 to_chain=scroll token=ETH", "swap amount_in=1 chain=scroll token_in=ETH token_out=USDC"]),
    ("<transfer> {amount=5} {token=usdc} to {recipient=bob} || <amend> from my {account=savings} account || <amend> no wait, {recipient=main}", ["transfer account=main amount=5 recipient=bob token=USDC"]),
    ("<transfer> pay {recipient=bob} {amount=60} {token=usdc} {t.other=every other friday}", ["transfer amount=60 every=P2W recipient=bob token=USDC weekday=friday"]),
    ("<nft_transfer> can my {recipient=son bob} have my {collection=cool cats} {token_id=903}", ["nft_transfer collection=cool cats recipient=bob token_id=903"]),
    ("<recommend> what would you do with {value=2000 dollars}, nothing too {risk=risky}", ["recommend risk=low value=2000 USD"]),
    ("<transfer> every {t.weekday=saturday} send {amount=5} {token=usdc} each to {recipient=mum}<transfer> and {recipient=bob}", ["transfer amount=5 every=P1W recipient=mum token=USDC weekday=saturday", "transfer amount=5 every=P1W recipient=bob token=USDC weekday=saturday"]),
    ("<transfer> every {t.weekday=friday} send {amount=5} {token=usdc} to {recipient=mum}<transfer> and {amount=10} to {recipient=bob}", ["transfer amount=5 every=P1W recipient=mum token=USDC weekday=friday", "transfer amount=10 every=P1W recipient=bob token=USDC weekday=friday"]),
    ("<transfer> send {amount=5} {token=usdc} to {recipient=mum}<transfer> and {amount=10} to {recipient=bob} {t.every=monthly}", ["transfer amount=5 every=P1M recipient=mum token=USDC", "transfer amount=10 every=P1M recipient=bob token=USDC"]),
    ("<transfer> send {amount=5} {token=usdc} to {recipient=mum} now<transfer> and {amount=10} to {recipient=bob} on {t.weekday=friday}", ["transfer amount=5 recipient=mum token=USDC", "transfer amount=10 recipient=bob token=USDC weekday=friday"]),
    ("<bridge> bridge {amount=0.5} {token=eth}<bridge> and {amount=200} {token=usdc} from {from_chain=scroll} to {to_chain=optimism}", ["bridge amount=0.5 from_chain=scroll to_chain=optimism token=ETH", "bridge amount=200 from_chain=scroll to_chain=optimism token=USDC"]),
    ("<supply> put {amount=100} {token=usdc}<supply> and {amount=50} {token=dai} into {protocol=aave} on {chain=base}", ["supply amount=100 chain=base protocol=aave token=USDC", "supply amount=50 chain=base protocol=aave token=DAI"]),
    ("<transfer> send {amount=80} {token=dai} to {recipient=bob}<swap> but first swap {amount_in=80} {token_in=usdc} for {token_out=dai}", ["swap amount_in=80 token_in=USDC token_out=DAI", "transfer amount=80 recipient=bob token=DAI"]),
    ("<transfer> {recipient=bob} {amount=64}<transfer>, {recipient=mum} {amount=72}<transfer>, {amount=all} {token=usdc}", ["transfer amount=64 recipient=bob token=USDC", "transfer amount=72 recipient=mum token=USDC"]),
    ("<yields> what's {protocol=spark} paying on {token=dai} || <supply> decent. put {amount=300} {token=dai} in there", ["supply amount=300 protocol=spark token=DAI"]),
    ("<balance> {token=eth} in {account=savings}? || <swap> ok sell {amount_in=0.25} {token_in=eth} from there for {token_out=usdc}", ["swap account=savings amount_in=0.25 token_in=ETH token_out=USDC"]),
    ("<price> {token=eth} price || <swap> ok buy {value=$20} of it with {token_in=usdc}", ["swap token_in=USDC token_out=ETH value=20 USD"]),
    ("<repay> repay {amount=all} my {token=dai} on {protocol=aave}<withdraw> & withdraw {amount=all} my {token=eth} from {protocol=aave}", ["repay amount=100% protocol=aave token=DAI", "withdraw amount=100% protocol=aave token=ETH"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "actions"), UNDERSTOOD, ids=[said[:40] + said[-30:] for said, _ in UNDERSTOOD])
def test_what_was_said_before_completes_what_is_said_now(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert short(parse) == actions
    assert parse.status == "understood"


SIGNS = [("👍", "confirm"), ("✅", "confirm"), ("👎", "reject"), ("🛑🛑", "reject"), ("yes 👎", "reject"), ("🐸", "out_of_scope"), ("...", "out_of_scope")]  # fmt: skip


@pytest.mark.parametrize(("said", "intent"), SIGNS)
@pytest.mark.parametrize("label", ["confirm", "reject"])
def test_a_sign_says_what_it_says_whatever_the_model_sees_in_it(said: str, intent: str, label: str) -> None:
    parse = parsed(f"{SENT}<{label}> {said}")
    if label == "confirm":
        assert parse.actions[0].intent == intent
    else:
        assert parse.actions[0].intent in (intent, "reject")
