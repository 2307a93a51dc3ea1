"""What a sentence meant is turned into labels only where its own words say it."""

from typing import Any

import pytest

from nlp.corpus.taught import taught
from nlp.corpus.voices import voices
from nlp.types import Context

FRIENDS = Context(contacts=("bob", "amy"), accounts=("savings",))


def means(intent: str, trigger: dict[str, str] | None = None, **slots: Any) -> dict[str, Any]:
    return {"intent": intent, "slots": slots, **({"trigger": trigger} if trigger else {})}


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("chuck bob 10 dai", [means("transfer", amount="5", token="DAI", recipient="bob")]),
        ("chuck bob 10 dai", [means("transfer", amount="10", token="DAI", recipient="amy")]),
        ("chuck bob 10 dai", [means("transfer", amount="10", token="DAI", recipient="bob", chain="base")]),
        ("do not chuck bob 10 dai", [means("transfer", amount="10", token="DAI", recipient="bob")]),
        ("chuck bob 5 or 6 dai", [means("transfer", amount="5", token="DAI", recipient="bob")]),
        ("what happens if i send bob 10 dai?", [means("transfer", amount="10", token="DAI", recipient="bob")]),
        ("", [means("greet")]),
    ],
)
def test_what_the_words_do_not_say_is_not_learnt(words: str, meant: list[dict[str, Any]]) -> None:
    assert taught(words, FRIENDS, meant) is None


@pytest.mark.parametrize(
    ("words", "meant", "labels"),
    [
        (
            "chuck bob 10 dai",
            [means("transfer", amount="10", token="DAI", recipient="bob")],
            {("bob", "recipient"), ("10", "amount"), ("dai", "token")},
        ),
        (
            "flip half me eth to usdc then how much dai is there",
            [means("swap", amount_in="50%", token_in="ETH", token_out="USDC"), means("balance", token="DAI")],
            None,
        ),
        (
            "5 dai for bob if gas gets under 9",
            [
                means(
                    "transfer",
                    {"metric": "gas", "direction": "below", "threshold": "9"},
                    amount="5",
                    token="DAI",
                    recipient="bob",
                )
            ],
            {("5", "amount"), ("dai", "token"), ("bob", "recipient"), ("gas", "t.metric"), ("9", "t.threshold")},
        ),
    ],
)
def test_the_values_are_found_where_they_stand(
    words: str, meant: list[dict[str, Any]], labels: set[tuple[str, str]] | None
) -> None:
    example = taught(words, FRIENDS, meant)
    assert example is not None
    found = {(example.text[start:end], tag) for start, end, tag in example.spans}
    assert labels is None or labels <= found


def test_nearly_every_sentence_that_people_wrote_could_be_taught_by_its_meaning_alone() -> None:
    lines = [line for line in voices()["plain"] if len(line.turns) == 1 and line.gold["status"] == "understood"]
    known = [taught(line.turns[0].text, line.context, line.gold["actions"]) for line in lines]
    assert sum(example is not None for example in known) >= 0.95 * len(lines)


def test_a_correction_is_a_training_example_of_one_sentence() -> None:
    meant = [means("approve", token="USDC", spender="uniswap", amount="20")]
    example = taught("uniswap may have 20 usdc", FRIENDS, meant)
    assert example is not None
    assert (example.split, example.state.pending, [i for *_, i in example.segments]) == ("train", (), ["approve"])
