"""What a label missed or mistook, and the words themselves tell: names cut short, sides of a trade, multiples, places, times misspelt."""

from time import perf_counter

import pytest

from nlp.corpus.marked import read_marked
from nlp.corpus.voices import parse_by_labels
from nlp.types import Context, Parse
from tests.nlp.test_marked_conversations import short

CONTEXT = Context(contacts=("bob", "mum", "alice", "the band", "gas man"), accounts=("main", "savings", "the float"))
SENT = "<transfer> {amount=13} {token=dai} to {recipient=bob} || "
TWO = (
    "<transfer> {amount=9} {token=dai} to {recipient=bob}<transfer> and {amount=12} {token=usdc} to {recipient=mum} || "
)
WAITING = "<transfer> {amount=16} {token=usdc} to {recipient=bob} if {t.token=eth} {t.above=goes above} {t.threshold=4000} || "
TRADE = "<swap> trade {amount_in=3} {token_in=uni} for {token_out=eth} || <confirm> fine || "
BOUGHT = "<swap> buy {token_out=link} with {amount_in=25} {token_in=usdc} || "


def parsed(said: str) -> Parse:
    return parse_by_labels([read_marked(turn) for turn in said.split(" || ")], CONTEXT)


UNDERSTOOD = [
    (
        "<nft_transfer> give the {collection=Cool Cats picture} number {token_id=82} to {recipient=mum}",
        ["nft_transfer collection=Cool Cats recipient=mum token_id=82"],
    ),
    (
        "<repay> repay {amount=600} {token=usdc} to {protocol=aave}<withdraw> and withdraw {amount=0.5} {token=eth} from the same",
        ["repay amount=600 protocol=aave token=USDC", "withdraw amount=0.5 protocol=aave token=ETH"],
    ),
    (SENT + "<amend> {amount=twice that}, they worked a double", ["transfer amount=26 recipient=bob token=DAI"]),
    (SENT + "<transfer> twice {amount=that} to {recipient=mum}", ["transfer amount=26 recipient=mum token=DAI"]),
    (SENT + "<transfer> {amount=three times as much} to {recipient=mum}", ["transfer amount=39 recipient=mum token=DAI"]),
    ("<transfer> {amount=36} {token=dai} to {recipient=bob} || <transfer> now {amount=a third} of that to {recipient=mum}", ["transfer amount=12 recipient=mum token=DAI"]),
    ("<transfer> {amount=1/2} my {token=dai} to {recipient=bob}", ["transfer amount=50% recipient=bob token=DAI"]),
    ("<transfer> {amount=1/2} {token=dai} to {recipient=bob}", ["transfer amount=0.5 recipient=bob token=DAI"]),
    ("<transfer> {amount=8 and a half} {token=dai} to {recipient=bob}", ["transfer amount=8.5 recipient=bob token=DAI"]),
    ("<repay> pay back {amount=every penny} of the {token=usdc} debt", ["repay amount=100% token=USDC"]),
    ("<approve> let {spender=curve} have my {token=dai}, {amount=no cap}", ["approve amount=unlimited spender=curve token=DAI"]),
    ("<gas> gas on {chain=chain id 10}", ["gas chain=optimism"]),
    ("<transfer> push {amount=900} {token=usdc} across || <amend> to {recipient=scroll} || <amend> no wait {chain=linea}", ["bridge amount=900 to_chain=linea token=USDC"]),
    ("<bridge> bridge {amount=900} {token=usdc} to {to_chain=base} || <amend> the funds are on {to_chain=ethereum}", ["bridge amount=900 from_chain=ethereum to_chain=base token=USDC"]),
    ("<swap> in {t.account=savings}, swap {amount_in=2} {token_in=eth} for {token_out=usdc} if {t.token=eth} {t.below=falls below} {t.threshold=2500}", ["swap account=savings amount_in=2 direction=below metric=price threshold=2500 token=ETH token_in=ETH token_out=USDC"]),
    ("<swap> if {t.token=link} {t.above=reaches} {t.threshold=30} sell {amount_in=1} {token_in=link} for {token_out=usdc}", ["swap amount_in=1 metric=price threshold=30 token=LINK token_in=LINK token_out=USDC"]),
    ("<swap> take profit at {t.threshold=2.5}: sell {amount_in=5} {token_in=mkr} for {token_out=eth}", ["swap amount_in=5 direction=above metric=price threshold=2.5 token=MKR token_in=MKR token_out=ETH"]),
    ("<swap> buy {amount_out=1} {token_out=eth} with {token_in=usdc} in {account=savings}<stake> and stake {amount=1} {token=eth} with {protocol=lido} from there", ["swap account=savings amount_out=1 token_in=USDC token_out=ETH", "stake account=savings amount=1 protocol=lido token=ETH"]),
    ("<transfer> send {recipient=bob} {amount=5} {token=dai} if {t.token=eth} {t.above=gains} {t.threshold=5%} today", ["transfer amount=5 direction=above metric=price recipient=bob threshold=5% token=ETH within=P1D"]),
    ("<transfer> {amount=5} {token=dai} to {recipient=bob} {t.every=every friday}", ["transfer amount=5 every=P1W recipient=bob token=DAI weekday=friday"]),
    ("<transfer> {amount=5} {token=dai} to {recipient=bob} || <amend> {t.weekday=thursday} || <amend> {t.at=noon}", ["transfer amount=5 at=12:00 recipient=bob token=DAI weekday=thursday"]),
    ("<transfer> {amount=5} {token=dai} to {recipient=bob}, as agreed at Tuesday's meeting", ["transfer amount=5 recipient=bob token=DAI"]),
    (WAITING + "<amend> drop the condition", ["transfer amount=16 recipient=bob token=USDC"]),
    (TWO + "<amend> take {ref=mum} off", ["transfer amount=9 recipient=bob token=DAI"]),
    (TWO + "<amend> cross {ref=the first} off", ["transfer amount=12 recipient=mum token=USDC"]),
    (TWO + "<amend> drop {ref=number two}", ["transfer amount=9 recipient=bob token=DAI"]),
    (TWO + "<amend> the {token=dai} one should be {amount=10}", ["transfer amount=10 recipient=bob token=DAI", "transfer amount=12 recipient=mum token=USDC"]),
    (SENT + "<transfer> scrap that, {amount=20} {token=usdc} to {recipient=alice} instead", ["transfer amount=20 recipient=alice token=USDC"]),
    (TRADE + "<again> and the same for {token_out=link}", ["swap amount_in=3 token_in=LINK token_out=ETH"]),
    (BOUGHT + "<again> same for {token_in=uni}", ["swap amount_in=25 token_in=USDC token_out=UNI"]),
    (BOUGHT + "<amend> no, the {token_out=uni}, sorry", ["swap amount_in=25 token_in=USDC token_out=UNI"]),
    (BOUGHT + "<amend> i said {token_in=link}? i meant {token_out=uni}", ["swap amount_in=25 token_in=USDC token_out=UNI"]),
    (BOUGHT + "<amend> {token_in=dai} pays", ["swap amount_in=25 token_in=DAI token_out=LINK"]),
    ("<allowances> does {spender=sushi} still have my {token=usdc} || <revoke> cut {spender=them} off then", ["revoke spender=sushiswap"]),
    ("<allowances> what may {spender=1inch} spend<revoke> and revoke its permission over {token=usdt}", ["allowances spender=1inch", "revoke spender=1inch token=USDT"]),
    ("<resolve_name> what's {name=club.eth}'s address || <transfer> good, {amount=30} {token=usdc} {recipient=there}", ["transfer amount=30 recipient=club.eth token=USDC"]),
    ("<balance> how much {token=dai} in {account=savings}? || <transfer> send {recipient=bob} {amount=half} of it", ["transfer account=savings amount=50% recipient=bob token=DAI"]),
    ("<revoke> {spender=uniswap} may not have my {token=link}<revoke> nor my {token=uni}", ["revoke spender=uniswap token=LINK", "revoke spender=uniswap token=UNI"]),
    ("<transfer> {recipient=bob} needs {amount=30} {token=usdc} on {chain=polygon},<bridge> so bring {amount=30} {token=usdc} over to {to_chain=polygon} first", ["bridge amount=30 to_chain=polygon token=USDC", "transfer amount=30 chain=polygon recipient=bob token=USDC"]),
    ("<transfer> {amount=0.1} {token=eth} to {recipient=bob}<transfer> and same amount to {recipient=alice}", ["transfer amount=0.1 recipient=bob token=ETH", "transfer amount=0.1 recipient=alice token=ETH"]),
    ("<transfer> split for paint: {amount=40} {token=usdc} each, {recipient=bob},<transfer> {recipient=alice}", ["transfer amount=40 recipient=bob token=USDC", "transfer amount=40 recipient=alice token=USDC"]),
    ("<approve> allow {spender=aave}<approve> and {spender=compound} {amount=100} {token=usdc} each", ["approve amount=100 spender=aave token=USDC", "approve amount=100 spender=compound token=USDC"]),
    ("<nft_transfer> send {collection=Moonbirds} {token_id=19}<transfer> and {amount=0.05} {token=eth} to {recipient=rhea.eth}", ["nft_transfer collection=Moonbirds recipient=rhea.eth token_id=19", "transfer amount=0.05 recipient=rhea.eth token=ETH"]),
    ("<nft_transfer> number {token_id=7} of my {collection=Art} Blocks Curated to {recipient=bob}", ["nft_transfer collection=Art Blocks Curated recipient=bob token_id=7"]),
    ("<deploy> I need a time locked {template=savings vault} deployed", ["deploy template=time locked savings vault"]),
    ("<transfer> {recipient=wing the band} {amount=420} {token=usdc}", ["transfer amount=420 recipient=the band token=USDC"]),
    ("<transfer> the {recipient=gas} man's been patient, {amount=130} {token=usdc}", ["transfer amount=130 recipient=gas man token=USDC"]),
    ("<transfer> send {amount=1} {token=matic} on {chain=polygon} amoy to {recipient=bob}", ["transfer amount=1 chain=polygon-amoy recipient=bob token=MATIC"]),
    ("<swap> spend {amount_in=40} {token_in=usdc} on {chain=op}", ["swap amount_in=40 token_in=USDC token_out=OP"]),
    ("<supply> put {amount=3} {token=eth} in {protocol=lido}", ["stake amount=3 protocol=lido token=ETH"]),
    ("<contract_call> call {contract=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7}.{function=mint(5)}", ["contract_call args=('5',) contract=0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7 function=mint"]),
    (SENT + "<confirm> ok thanks", ["thanks"]),
    (SENT + "<confirm> yes thanks", ["confirm"]),
    (SENT + "<confirm> that's better yes", ["confirm"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "actions"), UNDERSTOOD, ids=[said[:40] + said[-30:] for said, _ in UNDERSTOOD])
def test_the_words_tell_what_a_label_did_not(said: str, actions: list[str]) -> None:
    assert short(parsed(said)) == actions


REFUSED = [
    "<transfer> slip {recipient=bob} {value=$25} in {token=usdc}, she covered {t.weekday=saturday}",
    "<transfer> {amount=40} {token=dai} to {recipient=bob} for {t.weekday=saturdays} gig",
    "<withdraw> withdraw {amount=0.5} {token=eth} from the same",
    "<transfer> {amount=5} {token=usdc} to {recipient=the same address}",
    "<transfer> {amount=5} {token=usdc} to {recipient=nobody in particular}",
    "<nft_transfer> send the {collection=Doodles} {token_id=one} to {recipient=bob}",
    "<transfer> tomorow send {recipient=mum} {amount=30} {token=dai}",
    "<transfer> send {recipient=mum} {amount=30} {token=dai} on fryday",
    "<transfer> send {amount=40} {token=usdc} to {recipient=bob}, deduct the gas from it",
    "<swap> while I'm away turn {amount_in=30} {token_in=usdc} into {token_out=eth} {t.every=weekly}",
    "<swap> {t.every=every day} buy {value=$15} of {token_out=eth} with {token_in=dai} || <amend> stop after {t.threshold=20} goes",
    "<transfer> {recipient=bob} gets {amount=8} {token=dai} every {t.every=week} || <amend> stop after {amount=20} goes",
    "<transfer> {recipient=bob} gets {amount=8} {token=dai} every {t.every=week} || <amend> {t.after=10 weeks}",
    "<swap> sell {amount_in=1} {token_in=eth} for {token_out=usdc} if {t.token=eth} {t.above=goes over} {t.threshold=3000} || <amend> greedy of me but {amount_in=3300}",
    SENT + "<amend> {amount=10 more than that}",
    SENT + "<confirm> shelve it",
    SENT + "<confirm> sod that then",
    TWO + "<amend> mend {ref=the first}",
    BOUGHT + "<amend> no, the {token_in=uni}, sorry",
    "<bridge> send {amount=90} {token=dai} to {to_chain=polygon} || <confirm> yes || <reverse> bring it all back",
    "<swap> swap {amount_in=5} {token_in=eth} for {token_out=usdc} || <amend> make it from {token_in=usdc}",
    "<supply> main has {amount=5} {token=usdc} idle, lend it at {protocol=aave}",
    "<stake> stake {amount=4} {token=eth} with rocket pool no with lido",
    "<bridge> optimism's no use to me, {amount=all} the {token=dai} on to {to_chain=ethereum}",
    "<transfer> {amount=0.5} {token=eth} to {recipient=wim} — sorry mum",
    "<swap> {amount_in=3} {token_in=link} to {token_out=eth} from {account=bob}",
    "<stake> wrap {amount=1} {token=eth}",
    "<unstake> unstake {amount=all} my {token=steth} at {protocol=lido}<stake> and {amount=all} the {token=reth} at {protocol=rocket pool}",
    "<withdraw> give back {amount=50} {token=dai} to {protocol=spark}",
    "<transfer> let {recipient=pixel} grab {amount=5} {token=degen}",
    "<revoke> no need to revoke {spender=sushi}, i was bluffing",
    "<approve> approve {amount=50} {token=usdc} for {spender=curve}? as if. no",
    "<swap> I'm tempted to swap {amount_in=all} my {token_in=eth} for {token_out=usdc}, wise?",
    "<supply> put {amount=300} {token=dai} there",
    "<transfer> {amount=40} {token=usdc} to {recipient=bob} || <amend> aye, when i'm back from lunch",
    "<bridge> {amount=150} {token=usdc} {t.above=over} {t.threshold=2} {to_chain=polygon}",
]  # fmt: skip


@pytest.mark.parametrize("said", REFUSED)
def test_what_the_words_speak_against_is_asked(said: str) -> None:
    parse = parsed(said)
    assert parse.status == "incomplete"
    assert parse.missing or parse.errors


ASKED = "<balance> how much {token=usdc} in {account=savings}? || "
STABLE_OUT = "<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc} || "
OVER = "<bridge> bridge {amount=900} {token=usdc} to {to_chain=base} || "
BOTH_PAYMENTS = ["transfer amount=9 recipient=bob token=DAI", "transfer amount=12 recipient=mum token=USDC"]
HELD_TO = [
    (
        "<transfer> {amount=40} {token=dai} to {recipient=bob} for {t.weekday=saturday} morning",
        ["transfer amount=40 recipient=bob token=DAI weekday=saturday"],
    ),
    (
        "<transfer> sched {t.weekday=sunday}: {amount=40} {token=dai} to {recipient=bob}",
        ["transfer amount=40 recipient=bob token=DAI weekday=sunday"],
    ),
    (ASKED + "<transfer> send {recipient=bob} {amount=5} {token=eth}, that's for lunch", ["transfer amount=5 recipient=bob token=ETH"]),
    (ASKED + "<supply> ok that's enough, put {amount=5} {token=usdc} in {protocol=aave}", ["supply amount=5 protocol=aave token=USDC"]),
    ("<allowances> who may spend my {token=usdc} || <revoke> that's bad. revoke {spender=aave}", ["revoke spender=aave"]),
    ("<supply> put {amount=5} {token=dai} in {protocol=aave}<revoke> and revoke my {token=usdc} approvals, all of them", ["supply amount=5 protocol=aave token=DAI", "revoke token=USDC"]),
    (STABLE_OUT + "<amend> i want the {token_out=link} instead", ["swap amount_in=1 token_in=ETH token_out=LINK"]),
    (STABLE_OUT + "<amend> i'd rather receive {token_out=dai}", ["swap amount_in=1 token_in=ETH token_out=DAI"]),
    (TRADE + "<again> same again but buy {token_out=link}", ["swap amount_in=3 token_in=UNI token_out=LINK"]),
    (TRADE + "<again> the same from {token_in=dai}", ["swap amount_in=3 token_in=DAI token_out=ETH"]),
    ("<swap> swap {amount_in=1} {token_in=eth} for {token_out=link} || <amend> no i meant {token_in=eth} for {token_out=uni}", ["swap amount_in=1 token_in=ETH token_out=UNI"]),
    ("<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc}<transfer> after swapping, send {amount=5} {token=usdc} to {recipient=bob}", ["swap amount_in=1 token_in=ETH token_out=USDC", "transfer amount=5 recipient=bob token=USDC"]),
    ("<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc}<transfer> once we've done that, send {amount=5} {token=usdc} to {recipient=bob}", ["swap amount_in=1 token_in=ETH token_out=USDC", "transfer amount=5 recipient=bob token=USDC"]),
    ("<transfer> send {amount=5} {token=usdc} to {recipient=bob},<swap> first swap {amount_in=1} {token_in=eth} for {token_out=usdc},<stake> first stake {amount=1} {token=eth}", ["swap amount_in=1 token_in=ETH token_out=USDC", "stake amount=1 token=ETH", "transfer amount=5 recipient=bob token=USDC"]),
    ("<transfer> split {amount=90} {token=usdc} equally between {recipient=bob}<transfer> and {recipient=mum}, each an equal share", ["transfer amount=45 recipient=bob token=USDC", "transfer amount=45 recipient=mum token=USDC"]),
    (SENT + "<transfer> {amount=100} {token=usdc} to {recipient=alice}<transfer> and {amount=twice that} to {recipient=mum}", ["transfer amount=100 recipient=alice token=USDC", "transfer amount=200 recipient=mum token=USDC"]),
    ("<transfer> {amount=$50} of {token=eth} to {recipient=bob} || <transfer> {amount=twice that} to {recipient=mum}", ["transfer recipient=mum token=ETH value=100 USD"]),
    (SENT + "<transfer> {amount=all} that i have in {token=usdc} to {recipient=mum}", ["transfer amount=100% recipient=mum token=USDC"]),
    ("<approve> let {spender=uniswap} spend {amount=100} {token=usdc} on {chain=op}", ["approve amount=100 chain=optimism spender=uniswap token=USDC"]),
    (OVER + "<amend> i'd like to have it on {to_chain=arbitrum} instead", ["bridge amount=900 to_chain=arbitrum token=USDC"]),
    ("<transfer> send {amount=900} {token=usdc} on {chain=polygon} || <amend> to {recipient=scroll}", ["bridge amount=900 from_chain=polygon to_chain=scroll token=USDC"]),
    (TWO + "<amend> no, the {ref=dai} one is right", ["transfer amount=9 recipient=bob token=DAI", "transfer amount=12 recipient=mum token=USDC"]),
    ("<swap> sell {amount_in=1} {token_in=eth} for {token_out=usdc} today if {t.token=eth} {t.below=falls} {t.threshold=5%}", ["swap amount_in=1 direction=below metric=price threshold=5% token=ETH token_in=ETH token_out=USDC"]),
    ("<nft_transfer> Send {token_id=5} Of My {collection=Azuki} To {recipient=Bob}", ["nft_transfer collection=Azuki recipient=bob token_id=5"]),
    ("<deploy> can someone rollout {template=vault} quickly", ["deploy template=vault"]),
    (TWO + "<amend> no i meant {ref=the second}", BOTH_PAYMENTS),
    (TWO + "<amend> don't touch {ref=the second}", BOTH_PAYMENTS),
    (TWO + "<amend> cut {ref=the first} in half", BOTH_PAYMENTS),
    (TWO + "<amend> i worry you'll forget {ref=the second}", BOTH_PAYMENTS),
    (TWO + "<amend> no, not just the first", BOTH_PAYMENTS),
    ("<swap> buy {amount_out=3} {token_out=link} with {token_in=usdc} || <amend> use {amount_in=50} instead", ["swap amount_in=50 token_in=USDC token_out=LINK"]),
    (BOUGHT + "<amend> no, buy {amount_out=3}", ["swap amount_out=3 token_in=USDC token_out=LINK"]),
    (TRADE + "<again> the same but get me {token_out=link}", ["swap amount_in=3 token_in=UNI token_out=LINK"]),
    (BOUGHT + "<amend> use {token_in=dai}, i'd rather not link my account", ["swap amount_in=25 token_in=DAI token_out=LINK"]),
    ("<nft_transfer> Hi there. Send {collection=Azuki} {token_id=4} to {recipient=bob}", ["nft_transfer collection=Azuki recipient=bob token_id=4"]),
    ("<deploy> i'd like to instantiate {template=vesting contract}", ["deploy template=vesting contract"]),
    (SENT + "<confirm> looks good, thanks", ["confirm"]),
    (SENT + "<confirm> lgtm ty", ["confirm"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "actions"), HELD_TO, ids=[said[:40] + said[-30:] for said, _ in HELD_TO])
def test_what_is_rightly_labelled_keeps_its_meaning(said: str, actions: list[str]) -> None:
    assert short(parsed(said)) == actions


NOT_DROPPED = ["don't drop the condition", "no, the condition is fine", "never cancel the schedule", "no, if it dips", "why did you drop the schedule", "should i drop the condition?", "don't you dare drop the condition"]  # fmt: skip


@pytest.mark.parametrize("said", NOT_DROPPED)
def test_a_condition_is_dropped_by_plain_words_alone(said: str) -> None:
    assert "threshold=4000" in short(parsed(WAITING + f"<amend> {said}"))[0]


QUALIFIED = [
    "{amount=one and a half times that}", "{amount=1,5 times that}", "{amount=twenty-five times that}", "{amount=three or four times that}", "{amount=half of twice that}",
    "{amount=less than twice that}", "{amount=nearly twice that}", "not {amount=twice that}", "half {amount=that}", "a third of {amount=that}", "ten times {amount=that}",
    "most of {amount=that}", "two thirds of {amount=that}", "an eighth of {amount=that}", "{amount=that} times two", "{amount=that} doubled",
]  # fmt: skip


@pytest.mark.parametrize("said", QUALIFIED)
def test_what_says_more_of_an_amount_than_its_label_is_asked(said: str) -> None:
    parse = parsed(SENT + f"<transfer> {said} to {{recipient=mum}}")
    assert (parse.status, "amount" in parse.actions[0].slots) == ("incomplete", False)


STILL_ASKED = [
    TWO + "<amend> don't drop {ref=mum}",
    "<transfer> {amount=100} {token=usdc} to {recipient=alice}<transfer> and {recipient=mum} twice as much",
    "<transfer> {amount=8 and a half} grand {token=usdc} to {recipient=bob}",
    "<approve> approve {token=dai}<approve> and {amount=unlimited} {token=usdc} for {spender=aave}",
    "<transfer> {amount=5} {token=usdc} to {recipient=0x665f5f8c57a0d10fe60d40f9a1576ef5ee6419f7}.bnb",
    SENT + "<confirm> thanks, do not send",
    SENT + "<confirm> sure as hell not",
    STABLE_OUT + "<amend> {token_in=usdt} please",
    "<transfer> pay {recipient=bob} {amount=5} {token=dai} if {t.account=savings} {t.below=falls below} {t.threshold=€500}",
]


@pytest.mark.parametrize("said", STILL_ASKED)
def test_what_no_rule_settles_is_asked(said: str) -> None:
    parse = parsed(said)
    assert parse.status == "incomplete" or "amount" not in parse.actions[0].slots


def test_a_word_that_points_back_is_nobody_s_own_account() -> None:
    paid = "<transfer> from {account=main} send {amount=30} {token=usdc} to {recipient=savings} || "
    assert parsed(paid + "<amend> no, {recipient=there}").actions
    assert short(
        parsed(paid.replace("{recipient=savings}", "{recipient=bob}") + "<amend> no, {recipient=savings} gets it")
    ) == ["transfer account=main amount=30 recipient=savings token=USDC"]


@pytest.mark.parametrize("filler", [", " * 2500, ". " * 2500, "ok," + " " * 5000])
def test_hostile_filler_costs_little(filler: str) -> None:
    began = perf_counter()
    parsed(f"<transfer> {filler}send {{amount=5}} {{token=usdc}} to {{recipient=bob}}")
    assert perf_counter() - began < 1.5
