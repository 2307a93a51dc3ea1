"""From perfect labels to the contract's actions: what code does with what the model says, turn by turn.

Each row gives turns in the corpus's template format (so the labels are as the model would put them) and what the last
one asks for.
"""

import json
from random import Random

import pytest

from nlp.contract import action_object
from nlp.corpus.people import Cast
from nlp.corpus.render import lay_out, render
from nlp.corpus.template import parse
from nlp.parser import Parser
from nlp.types import Context, DialogueState, Parse, Prediction, Reason, Segment, TaggedSpan, Word

ADDRESS = "0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7"
BAD_ADDRESS = "0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419f7"


class Scripted:
    """Labels the words exactly as the template of the turn says."""

    def __init__(self, section: str, line: str) -> None:
        (template,) = parse(f"[{section}]\n{line}\n", "test")
        self.text, self.segments, self.spans = lay_out(render(template, Random(1), Cast()))

    def predict(self, words: tuple[Word, ...], state: DialogueState) -> Prediction:
        segments = tuple(Segment(name, *_touched(words, a, b)) for a, b, name in self.segments)
        spans = tuple(TaggedSpan(tag, *_touched(words, a, b)) for a, b, tag in self.spans)
        return Prediction(segments, spans)

    def predict_batch(self, asked: object) -> list[Prediction]:
        raise AssertionError("not asked for")

    def reasons(self, words: object, state: DialogueState) -> tuple[Reason, ...]:
        return ()


def _touched(words: tuple[Word, ...], start: int, end: int) -> tuple[int, int]:
    inside = [i for i, word in enumerate(words) if word.start < end and word.end > start]
    return inside[0], inside[-1]


def converse(turns: list[tuple[str, str]], context: Context | None = None) -> Parse:
    """The answer to the last of some (section, template line) turns."""
    state, answer = DialogueState(), Parse("incomplete", ())
    for section, line in turns:
        scripted = Scripted(section, line)
        answer, state = Parser(scripted).step(scripted.text, context or Context(), state)
    return answer


def asked(answer: Parse) -> str:
    """The actions in short: `intent slot=value ...`, a trigger in brackets."""
    rows = []
    for action in answer.actions:
        row = action_object(action)
        slots = [f"{k}={v if isinstance(v, str) else json.dumps(v)}" for k, v in sorted(row["slots"].items())]
        keys = [f"{k}={v}" for k, v in sorted(row.get("trigger", {}).items())]
        rows.append(" ".join([row["intent"], *slots, *([f"[{' '.join(keys)}]"] if keys else [])]))
    return " | ".join(rows)


SENTENCES = [
    ("transfer", "send {amount=20} {token=usdc} to {recipient=bob}", "transfer amount=20 recipient=bob token=USDC"),
    (
        "transfer",
        "send {amount=$50} in {token=dai} to {recipient=bob.eth}",
        "transfer recipient=bob.eth token=DAI value=50 USD",
    ),
    (
        "swap",
        "swap {amount_in=half} my {token_in=eth} for {token_out=usdc}",
        "swap amount_in=50% token_in=ETH token_out=USDC",
    ),
    (
        "multi",
        "<transfer> send {amount=5} {token=dai} each to {recipient=amy} <transfer> and {recipient=ben}",
        "transfer amount=5 recipient=amy token=DAI | transfer amount=5 recipient=ben token=DAI",
    ),
    (
        "multi",
        "<transfer> split {amount=90} {token=usdc} between {recipient=amy} <transfer> , {recipient=ben} <transfer> and {recipient=cleo}",
        "transfer amount=30 recipient=amy token=USDC | transfer amount=30 recipient=ben token=USDC | transfer amount=30 recipient=cleo token=USDC",
    ),
    (
        "multi",
        "<contract_read> read {function=owner()} <contract_read> and {function=paused()} from {contract="
        + ADDRESS
        + "}",
        f"contract_read contract={ADDRESS} function=owner | contract_read contract={ADDRESS} function=paused",
    ),
    (
        "multi",
        "<swap> both on {chain=base}: swap {amount_in=100} {token_in=usdc} for {token_out=degen} <transfer> and send {amount=1} {token=eth} to {recipient=finn.eth}",
        "swap amount_in=100 chain=base token_in=USDC token_out=DEGEN | transfer amount=1 chain=base recipient=finn.eth token=ETH",
    ),
    ("multi", "<automations> what alerts <automations> and orders are running", "automations"),
    (
        "multi",
        "<sentiment> what do people think of {token=arb} <advice> and should i buy it",
        "sentiment token=ARB | advice token=ARB",
    ),
    ("multi", "<greet> gm <balance> how much {token=usdc} do i have", "balance token=USDC"),
    ("multi", "<out_of_scope> play a song <gas> and tell me the gas price", "gas"),
    ("quote", "what are {amount_in=3} {token_in=eth} worth", "quote amount_in=3 token_in=ETH token_out=USD"),
    ("ask", "what is impermanent loss?", "ask question=what is impermanent loss?"),
    (
        "analyze_agreement",
        "check this: {document=Clause 1: send 5 ETH to bob. Clause 2: none.}",
        "analyze_agreement document=Clause 1: send 5 ETH to bob. Clause 2: none.",
    ),
    ("sign_message", 'sign "{message=gm, send 5 eth}"', "sign_message message=gm, send 5 eth"),
    (
        "alert",
        "tell me when {t.token=eth} {t.below=drops below} {t.threshold=2000}",
        "alert [direction=below metric=price threshold=2000 token=ETH]",
    ),
    (
        "swap",
        "buy {amount_out=1} {token_out=eth} with {token_in=usdc} if {t.token=it} {t.below=falls under} {t.threshold=$1,800}",
        "swap amount_out=1 token_in=USDC token_out=ETH [direction=below metric=price threshold=1800 token=ETH]",
    ),
    (
        "transfer",
        "send {recipient=bob} {amount=50} {token=usdc} every {t.weekday=friday} at {t.at=9am}",
        "transfer amount=50 recipient=bob token=USDC [at=09:00 every=P1W weekday=friday]",
    ),
    (
        "alert",
        "ping me when {t.metric=gas} is {t.below=under} {t.threshold=10 gwei}",
        "alert [direction=below metric=gas threshold=10]",
    ),
    (
        "alert",
        "alert me when {t.token=LINK} is {t.above=worth more than} {t.threshold=0.01} {t.token=ETH}",
        "alert [direction=above metric=price quote=ETH threshold=0.01 token=LINK]",
    ),
    (
        "swap",
        "swap {amount_in=10} {token_in=usdc} to {token_out=eth} {t.every=daily} for {t.times=30 days}",
        "swap amount_in=10 token_in=USDC token_out=ETH [every=P1D times=30]",
    ),
    (
        "swap",
        "{t.every=every day} at {t.threshold=8} buy {amount_in=5} {token_in=usdc} worth of {token_out=eth}",
        "swap amount_in=5 token_in=USDC token_out=ETH [at=08:00 every=P1D]",
    ),
    (
        "transfer",
        "my wife says rent is due so please send {amount=5} {token=dai} to {recipient=cleo}",
        "transfer amount=5 recipient=cleo token=DAI",
    ),
    ("supply", "compound: deposit {amount=75} {token=aave}", "supply amount=75 token=AAVE"),
    ("rebalance", "rebalance to {targets=60% eth 40% usdc}", 'rebalance targets={"ETH": "60%", "USDC": "40%"}'),
]


@pytest.mark.parametrize(("section", "line", "expected"), SENTENCES, ids=[row[1][:60] for row in SENTENCES])
def test_a_sentence_becomes_its_actions(section: str, line: str, expected: str) -> None:
    answer = converse([(section, line)])
    assert (asked(answer), answer.status) == (expected, "understood")


UNUSABLE = [
    ("transfer", "send {token=usdc} to {recipient=bob}", ("amount|value",)),
    ("transfer", "send {amount=a few} {token=usdc} to {recipient=bob}", ("amount|value",)),
    ("transfer", "send {amount=3} {token=link} to {recipient=" + BAD_ADDRESS + "}", ("recipient",)),
    ("revoke", "revoke {token=usdc} for {spender=" + BAD_ADDRESS + "}", ("spender",)),
    ("revoke", "revoke {token=usdc} for " + BAD_ADDRESS, ("spender",)),
    ("transfer", "send 5 {token=usdc} to {recipient=bob}", ("amount|value",)),
    ("transfer", "send {amount=5} {token=usdc} to {recipient=bob} {t.other=every weekday}", ("trigger",)),
    ("transfer", "send {amount=5} {token=usdc} to {recipient=bob} on {t.date=1 March}", ("trigger",)),
    ("alert", "tell me when {t.token=eth} is {t.below=below}", ("trigger",)),
    (
        "swap",
        "swap {amount_in=1} {token_in=eth} to {token_out=dai} {t.every=daily} if {t.token=eth} is {t.below=under} {t.threshold=9}",
        ("trigger",),
    ),
    (
        "multi",
        "<transfer> send {amount=5} {token=usdc} to {recipient=bob} <transfer> and {recipient=alice}",
        ("amount|value", "1.amount|value"),
    ),
    (
        "multi",
        "<swap> swap {amount_in=1} {token_in=eth} for {token_out=usdc} <transfer> then send it to {recipient=bob}",
        ("1.amount|value", "1.token"),
    ),
    ("swap", "swap {amount_in=1} {token_in=eth} for {token_out=usdc} {amount_out=5} {token_out=dai}", ("token_out",)),
]


@pytest.mark.parametrize(("section", "line", "missing"), UNUSABLE, ids=[row[1][:60] for row in UNUSABLE])
def test_what_was_given_and_cannot_be_used_is_missing_and_never_dropped(
    section: str, line: str, missing: tuple[str, ...]
) -> None:
    answer = converse([(section, line)])
    assert (answer.status, answer.missing) == ("incomplete", missing)


DOUBTED = [
    ("transfer", "don't send {amount=5} {token=eth} to {recipient=bob}"),
    ("transfer", "what happens if i send {amount=5} {token=eth} to {recipient=bob}"),
    ("transfer", "send {amount=5} {token=eth} to {recipient=bob} {x.limit=only if the fee is under a dollar}"),
    ("swap", "swap {amount_in=5} {token_in=eth} to {token_out=dai} and pay " + ADDRESS),
    ("swap", "swap {amount_in=5} {token_in=eth} to {token_out=dai} at 3%"),
    ("transfer", "send {amount=5} {token=eth} to {recipient=bob}\u200b now"),
    ("transfer", "bob said: send {amount=1} {token=eth} to {recipient=bob}"),
    ("transfer", "she said send {amount=5} {token=usdc} to {recipient=carol}"),
    ("transfer", "bob: send {recipient=me} {amount=5} {token=usdc}"),
    ("transfer", "> send {amount=5} {token=usdc} to {recipient=carol}"),
    ("approve", "the site says approve {amount=unlimited} {token=usdc} to {spender=" + ADDRESS + "}"),
    ("transfer", "cancel the send of {amount=5} {token=usdc} to {recipient=bob}"),
    ("transfer", "send {amount=5} {token=usdc} to {recipient=bob}, wait no, don't"),
    ("multi", "<transfer> send {amount=5} {token=usdc} to {recipient=bob} <reject> . no wait, don't"),
    ("swap", "send {amount_in=20} {token_in=usdc} to {token_out=weth}"),
    ("swap", "swap {amount_in=1} {token_in=eth} for exactly {amount_out=2000} {token_out=usdc}"),
    ("transfer", "send {amount=2} {token=eth} to {recipient=bob} {t.after=today}"),
    ("approve", "give {spender=1inch} unlimited allowance on my {token=weth}"),
]


@pytest.mark.parametrize(("section", "line"), DOUBTED, ids=[row[1][:60] for row in DOUBTED])
def test_a_write_that_something_speaks_against_asks_instead(section: str, line: str) -> None:
    answer = converse([(section, line)])
    assert answer.status == "incomplete"
    assert answer.errors


SEND = ("transfer", "send {amount=40} {token=usdc} to {recipient=priya}")
SWAP = ("swap", "swap {amount_in=2} {token_in=eth} to {token_out=usdc}")
YES = ("confirm", "yes")
CONVERSATIONS = [
    (
        [("transfer", "send {amount=5} {token=usdc}"), ("amend", "to {recipient=bob}")],
        "transfer amount=5 recipient=bob token=USDC",
    ),
    ([SEND, ("amend", "make it {amount=45}")], "transfer amount=45 recipient=priya token=USDC"),
    ([SEND, ("amend", "yes but only {amount=5}")], "transfer amount=5 recipient=priya token=USDC"),
    ([SEND, ("amend", "actually {amount=$30}")], "transfer recipient=priya token=USDC value=30 USD"),
    ([SEND, ("amend", "yes i think")], "transfer amount=40 recipient=priya token=USDC"),
    (
        [SEND, ("amend", "yes, once {t.metric=gas} is {t.below=under} {t.threshold=10 gwei}")],
        "transfer amount=40 recipient=priya token=USDC [direction=below metric=gas threshold=10]",
    ),
    ([SEND, ("amend", "on {chain=polygon} please")], "transfer amount=40 chain=polygon recipient=priya token=USDC"),
    (
        [
            (
                "multi",
                "<swap> swap {amount_in=1} {token_in=eth} to {token_out=usdc} <transfer> and send {amount=100} {token=usdc} to {recipient=bob}",
            ),
            ("amend", "make the {ref=transfer} {amount=150}"),
        ],
        "swap amount_in=1 token_in=ETH token_out=USDC | transfer amount=150 recipient=bob token=USDC",
    ),
    (
        [
            ("transfer", "send {recipient=bob} {amount=10} {token=usdc} every {t.weekday=friday}"),
            ("amend", "{t.weekday=mondays} instead"),
        ],
        "transfer amount=10 recipient=bob token=USDC [every=P1W weekday=monday]",
    ),
    (
        [
            ("draft_agreement", "draft a loan to {party=marta} of {principal=1500} {token=dai}"),
            ("amend", "{rate=6%} a year, {t.every=18 months}"),
        ],
        "draft_agreement party=marta principal=1500 rate=6% term=P18M token=DAI",
    ),
    ([SWAP, YES, ("reverse", "swap it all back")], "swap amount_in=100% token_in=USDC token_out=ETH"),
    (
        [SEND, YES, ("transfer", "send {recipient=leo} {amount=half of that}")],
        "transfer amount=20 recipient=leo token=USDC",
    ),
    (
        [SEND, YES, ("transfer", "send {recipient=leo} {amount=half} of that")],
        "transfer amount=20 recipient=leo token=USDC",
    ),
    ([SEND, YES, ("again", "and the same for {token=dai}")], "transfer amount=40 recipient=priya token=DAI"),
    (
        [("balance", "{token=usdc} balance on {chain=base}"), ("again", "and on {chain=arbitrum}?")],
        "balance chain=arbitrum token=USDC",
    ),
    (
        [("balance", "how much {token=link} do i have"), ("swap", "sell {amount_in=half of it} for {token_out=usdc}")],
        "swap amount_in=50% token_in=LINK token_out=USDC",
    ),
    ([SEND, ("balance", "what's my {token=eth} balance first")], "balance token=ETH"),
    (
        [SEND, ("balance", "what's my {token=eth} balance first"), ("amend", "make it {amount=7}")],
        "transfer amount=7 recipient=priya token=USDC",
    ),
    (
        [SEND, ("reject", "no"), ("transfer", "send {amount=10} to {recipient=alice}")],
        "transfer amount=10 recipient=alice",
    ),
    ([SEND, YES], "confirm"),
    ([SEND, SWAP], "swap amount_in=2 token_in=ETH token_out=USDC"),
]


@pytest.mark.parametrize(
    ("turns", "expected"), CONVERSATIONS, ids=[" / ".join(t[1][:24] for t in row[0]) for row in CONVERSATIONS]
)
def test_a_follow_up_changes_what_is_pending(turns: list[tuple[str, str]], expected: str) -> None:
    assert asked(converse(turns)) == expected


OWN_NAMES = [
    ("switch_chain", "switch to {chain=base}", "switch_account account=base"),
    ("bridge", "send {amount=5} {token=usdc} to {to_chain=base}", "transfer amount=5 recipient=base token=USDC"),
]


@pytest.mark.parametrize(("section", "line", "expected"), OWN_NAMES)
def test_the_users_own_names_win_over_chains(section: str, line: str, expected: str) -> None:
    assert asked(converse([(section, line)], Context(accounts=("base", "main")))) == expected
    assert asked(converse([(section, line)])).startswith(section)


def test_a_condition_behind_a_write_is_the_writes_own() -> None:
    turn = "<unstake> unstake {amount=5} {token=steth} <alert> once {t.token=eth} is {t.above=above} {t.threshold=6000}"
    expected = "unstake amount=5 token=STETH [direction=above metric=price threshold=6000 token=ETH]"
    assert asked(converse([("multi", turn)])) == expected


def test_a_correction_that_cannot_be_used_takes_the_old_value_away() -> None:
    answer = converse([SEND, ("amend", "actually to {recipient=" + BAD_ADDRESS + "}")])
    assert (answer.status, answer.missing) == ("incomplete", ("recipient",))
    assert asked(answer) == "transfer amount=40 token=USDC"


LIMITED = ("transfer", "send {amount=5} {token=eth} to {recipient=bob} {x.limit=only if the fee is under a dollar}")
BAD_SPENDER = ("revoke", "revoke {token=usdc} for {spender=" + BAD_ADDRESS + "}")
STILL_DOUBTED = [
    [LIMITED, ("amend", "make it {amount=6}")],
    [LIMITED, ("again", "and the same for {recipient=ann}")],
    [LIMITED, ("amend", "actually to {recipient=" + BAD_ADDRESS + "}"), ("amend", "to {recipient=ann}")],
    [LIMITED, ("balance", "what's my {token=eth} balance"), ("amend", "make it {amount=6}")],
    [BAD_SPENDER, ("again", "and the same for {token=dai}")],
    [BAD_SPENDER, ("amend", "every {t.weekday=friday}")],
    [("revoke", "revoke the approval of {spender=" + BAD_ADDRESS + "}"), ("amend", "{token=usdc}")],
    [("transfer", "don't send {amount=5} {token=eth} to {recipient=bob}"), ("amend", "on {chain=base}")],
    [SEND, ("amend", "with {slippage=1%} slippage"), ("amend", "make it {amount=7}")],
]


@pytest.mark.parametrize("turns", STILL_DOUBTED, ids=[" / ".join(t[1][:24] for t in turns) for turns in STILL_DOUBTED])
def test_no_follow_up_makes_forget_what_speaks_against_a_write(turns: list[tuple[str, str]]) -> None:
    answer = converse(turns)
    assert answer.status == "incomplete"
    assert answer.errors or answer.missing


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([BAD_SPENDER, ("amend", "for {spender=" + ADDRESS + "}")], f"revoke spender={ADDRESS} token=USDC"),
        (
            [("transfer", "send {amount=a few} {token=dai} to {recipient=bob}"), ("amend", "{amount=$20}")],
            "transfer recipient=bob token=DAI value=20 USD",
        ),
        ([LIMITED, SEND], "transfer amount=40 recipient=priya token=USDC"),
    ],
)
def test_a_doubt_goes_when_its_slot_is_answered_or_it_is_said_anew(turns: list[tuple[str, str]], expected: str) -> None:
    answer = converse(turns)
    assert (asked(answer), answer.status, answer.errors) == (expected, "understood", ())


def test_a_trigger_that_cannot_be_read_holds_only_what_was_said() -> None:
    turn = "buy {amount_out=1} {token_out=eth} with {token_in=usdc} if {t.token=it} {t.below=falls under} {t.threshold=a few}"
    assert converse([("swap", turn)]).actions[0].trigger == {"direction": "below"}


def test_every_slot_tells_the_turn_and_the_characters_it_came_from() -> None:
    answer = converse([("transfer", "send {amount=5} {token=usdc}"), ("amend", "to {recipient=bob}")])
    assert answer.actions[0].spans == {"amount": (0, 5, 6), "token": (0, 7, 11), "recipient": (1, 3, 6)}
