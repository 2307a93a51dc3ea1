"""Whom and what a correction means, and conditions, thanks and limits that labels saw wrongly or not at all."""

import pytest

from tests.nlp.test_marked_conversations import parsed, short

PAID = "<transfer> send {amount=5} {token=usdc} to {recipient=bob} || "
PUT_AWAY = "<transfer> put {amount=5} {token=usdc} into {recipient=savings} || "
TRADE = "<swap> swap {amount_in=2} {token_in=eth} for {token_out=usdc} || "
TO_MUM = ["transfer amount=5 recipient=mum token=USDC"]
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
    (PAID + "<confirm> yes || <again> ta very much", ["thanks"]),
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
]


@pytest.mark.parametrize(("said", "actions"), UNDERSTOOD, ids=[said[:40] + said[-30:] for said, _ in UNDERSTOOD])
def test_the_words_beside_a_label_tell_what_it_means(said: str, actions: list[str]) -> None:
    parse = parsed(said)
    assert (parse.status, short(parse)) == ("understood", actions)


@pytest.mark.parametrize("said", ASKED)
def test_what_no_label_took_is_asked_for(said: str) -> None:
    assert parsed(said).status == "incomplete"
