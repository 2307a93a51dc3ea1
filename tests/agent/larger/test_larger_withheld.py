"""What could be a key or a recovery phrase is not sent to a model elsewhere."""

from importlib.resources import files

import pytest

from agent.larger.withheld import ORDINARY, withheld
from chain.heavy import recursion_limit_kept

with recursion_limit_kept():
    WORDS = files("eth_account.hdaccount").joinpath("wordlist/english.txt").read_text().split()


@pytest.mark.parametrize(
    "text",
    [
        f"is this right: {'ab' * 32}",
        f"import 0x{'AB' * 32} please",
        f"my key is {'1' * 64}.",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        " ".join(["abandon"] * 11 + ["about"]),
        "is my phrase ok? " + " ".join(WORDS[40:52]),
        " ".join(f"{number}. {word.title()}" for number, word in enumerate(WORDS[500:524], 1)),
        ",\n".join(WORDS[900:912]),
    ],
)
def test_what_could_be_a_secret_is_withheld(text: str) -> None:
    assert "never sent" in withheld(text)
    assert "abandon" not in withheld(text)


@pytest.mark.parametrize(
    "text",
    [
        "send 5 usdc to 0x665f5F8C57a0d10fe60d40f9A1576Ef5eE6419F7",
        "what is the difference between proof of work and proof of stake?",
        "please swap half of my eth for usdc and then send 20 usdc to bob.eth on base",
        "move every single thing that i hold over to my savings account once gas is cheap again",
        "f" * 63,
        "f" * 65,
    ],
)
def test_ordinary_words_are_not(text: str) -> None:
    assert withheld(text) == ""


def test_every_word_of_a_phrase_counts_as_one() -> None:
    assert not ORDINARY & set(WORDS)
    assert all(3 <= len(word) <= 8 for word in WORDS)
