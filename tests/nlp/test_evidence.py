"""A write that nothing in the words bears out asks: each row is what the model might see, and what the words do not show."""

import pytest

from nlp.corpus.marked import read_marked
from nlp.corpus.voices import parse_by_labels
from nlp.types import Context, Parse

CONTEXT = Context(contacts=("bob", "nadia", "dan", "priya"), accounts=("main", "trading"))
DOUBTED = [
    ("<supply> arrange {amount=600} {token=dai} against our eth, {protocol=spark}", "supply"),
    ("<repay> raise {amount=3k} {token=gho} as credit, {protocol=aave}", "repay"),
    ("<cancel_tx> {tx_hash=0x43adf14badbedf274f0bd8157b217135616651470733640ed324c63a968afc53}, e don land?", "cancel"),
    ("<speed_up> {tx_hash=0x43adf14badbedf274f0bd8157b217135616651470733640ed324c63a968afc53} landed?", "speed"),
    ("<swap> swap {amount_in=10} {token_in=usdc} to {token_out=usdc}", "changes nothing"),
    ("<add_liquidity> join the {token_a=weth} and {token_b=weth} pool with {amount_a=1}", "changes nothing"),
    ("<bridge> move {amount=1} {token=eth} from {from_chain=base} to {to_chain=base}", "changes nothing"),
    ("<swap> i want {token_out=weth} for {amount_in=60} {token_in=usdc}, won't take {t.below=under} {t.threshold=0.015}", "waited for"),
    ("<transfer> pay {recipient=bob} {amount=15} {token=dai} the day he turns {t.threshold=forty}", "waits for"),
    ("<transfer> {amount=12} {token=dai} to {recipient=nadia fr petrol}", "begins and ends"),
    ("<transfer> split {amount=36} {token=dai} for {recipient=dan priya}", "begins and ends"),
    ("<switch_account> select wallet {account=trading}-bot", ""),
    ("<contact_add> save {name=kiosk} guy 0x5ac1e07b93d2f4860e1c7b95a4d8f26037e9bc14", ""),
    ("<transfer> TICKET {amount=4502} // goodwill -> {recipient=bob} in {token=dai}", "is an amount"),
    ("<transfer> snd {token=dai} from {account=main} {amount=2} {recipient=nadia}", "is an amount"),
    ("<supply> close my {token=usdc} deposit, {amount=all} of it, on {protocol=aave}", "speaks against"),
    ("<stake> dig up {amount=2} {token=eth} i set with {protocol=lido}", "speaks against"),
    ("<speed_up> my last transaction is stuck, get rid of it", "speaks against"),
    ("<transfer> cash out {amount=200} {token=usdc} to my {recipient=barclays} account", "speaks against"),
    ("<revoke> revoke everything, i clicked a {token=link}", "everything"),
    ("<withdraw> back from the {account=hike}, {amount=200} {token=usdc} out of {protocol=aave}", "is an account"),
    ("<transfer> pay {recipient=bob} {amount=95} {token=usdc} on the {chain=baler}", "is a chain"),
    ("<unstake> bring {amount=3} {token=steth} out of {protocol=stake}", "is a protocol"),
    ("<transfer> send {amount=10} {token=usdc} to {recipient=bob} within {t.after=five minutes}", "deadline"),
    ("<bridge> move {amount=2000} {token=usdc} to {to_chain=optimism}, no later than {t.at=noon}", "deadline"),
    ("<nft_transfer> my {recipient=son theo} gets {collection=cool cats} {token_id=903}", "begins and ends"),
]  # fmt: skip
BELIEVED = [
    "<supply> put {amount=600} {token=dai} into {protocol=spark}",
    "<supply> supply {amount=600} {token=dai} to {protocol=spark}<supply> and likewise {amount=5} {token=usdc}",
    "<borrow> take a loan of {amount=600} {token=dai} from {protocol=spark}",
    "<repay> clear my {amount=600} {token=dai} at {protocol=spark}",
    "<cancel_tx> kill the pending one",
    "<speed_up> bump the gas on my last one",
    "<transfer> pay {recipient=bob} {amount=15} {token=dai} when {t.token=eth} {t.above=tops} {t.threshold=4000}",
    "<transfer> {amount=2} {token=dai} to {recipient=nadia}",
    "<contact_add> save {name=bob ltd} at {address=0x5ac1e07b93d2f4860e1c7b95a4d8f26037e9bc14}",
    "<transfer> send {recipient=uncle ray} {amount=5} {token=dai}",
    "<speed_up> don't cancel it, bump the gas",
    "<transfer> pay {recipient=bob} {amount=95} {token=usdc} from {account=trading}",
    "<transfer> pay {recipient=bob} {amount=95} {token=usdc} in {t.after=five minutes}",
]


def parsed(marks: str) -> Parse:
    return parse_by_labels([read_marked(marks)], CONTEXT)


@pytest.mark.parametrize(("marks", "why"), DOUBTED, ids=[marks[:50] for marks, _ in DOUBTED])
def test_what_the_words_do_not_show_is_asked_about(marks: str, why: str) -> None:
    parse = parsed(marks)
    assert parse.status == "incomplete"
    assert why in " ".join(parse.errors)


@pytest.mark.parametrize("marks", BELIEVED)
def test_what_the_words_show_is_believed(marks: str) -> None:
    assert parsed(marks).status == "understood"


def test_the_noun_behind_a_template_belongs_to_it_and_behind_a_name_does_not() -> None:
    assert parsed("<deploy> deploy a {template=vesting} contract").actions[0].slots == {"template": "vesting contract"}
    assert parsed("<deploy> deploy the {template=Timelock} contract").actions[0].slots == {"template": "Timelock"}
