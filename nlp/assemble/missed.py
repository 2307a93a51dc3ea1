"""Values that the model passed over though their form or place tells what they are."""

import re
from collections.abc import Iterator, Sequence

from nlp.assemble.reading import Utterance
from nlp.assemble.trades import TRADING
from nlp.schema import LENDING
from nlp.types import Hint, Kind, Segment, TaggedSpan

IN_ONE_WORD = re.compile(r"[A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+|[A-Z]{2,}[a-z]+[A-Z][A-Za-z]+")
SAYS_SO = re.compile(r"(?i)nft|collection")
OF_IT = frozenset({"from", "in", "of", "my", "the"})
COLLECTIONS = frozenset({"collection", "nft", "nfts"})
FOR_WHAT = frozenset({"for", "to", "into"})
SOLD = frozenset({"token_in", "amount_in", "amount_out", "value"})
LENT_OR_STAKED = LENDING | {"stake", "unstake"}
NO_COINS = frozenset(
    "NOW ASAP MORE LESS LOAN LOANS DEBT FUNDS MAX ALL SOME IT THIS THAT THEM HALF EVERYTHING MONEY CASH COINS TOKENS REWARDS PLEASE PLS TODAY MINE BACK".split()  # noqa: SIM905
)
NO_FUNCTIONS = frozenset(
    "same above below following that this right correct other another first second last next previous whole only wrong usual contract view write read public external payable default main".split()  # noqa: SIM905
)
SIZED = frozenset({Kind.NUMBER, Kind.PERCENT})
MIXED = re.compile(r"(?=.*[a-z])[a-z0-9]*[A-Z]{2,}[A-Za-z0-9]*")
"""A coin's letters, small and capital: rcUSD."""
NFT_INTENTS = frozenset({"nft_transfer", "nft_holdings"})


def missed(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> Iterator[TaggedSpan]:
    """Further labels of a segment, over words that have none."""
    names = frozenset(tag.tag for tag in tags)
    for i in range(segment.first, segment.last + 1):
        name = _name_of(utterance, segment, i, names)
        if name and name not in names and not any(tag.first <= i <= tag.last for tag in tags):
            yield TaggedSpan(name, i, i)


def _name_of(utterance: Utterance, segment: Segment, i: int, names: frozenset[str]) -> str:
    inside = range(segment.first, segment.last + 1)
    before, said, behind = (utterance.words[j].text if j in inside else "" for j in (i - 1, i, i + 1))
    if segment.intent in NFT_INTENTS and _is_a_collection(utterance, before, said, behind):
        return "collection"
    if segment.intent.startswith("contract_") and (before.lower(), behind.lower()) == ("the", "function"):
        return "function" if said.isidentifier() and said.lower() not in NO_FUNCTIONS else ""
    if segment.intent == "price" and not names - {"quote"}:
        named = said.isalpha() and said.isupper() and not utterance.text.isupper() and said not in NO_COINS
        return "token" if named and (before.lower() in ("of", "for") or behind.lower() == "price") else ""
    if segment.intent in LENT_OR_STAKED:
        return "token" if _is_the_coin(utterance, segment, i, names) else ""
    return _side_of_a_trade(utterance, segment, i, names)


def _is_the_coin(utterance: Utterance, segment: Segment, i: int, names: frozenset[str]) -> bool:
    """'stake ROBIN', 'unstake msol,', 'unstake 5 aprMON', 'my rcUSD position'."""
    word, before = utterance.words[i], utterance.words[i - 1].text.lower() if i > segment.first else ""
    if word.kind is not Kind.WORD or word.text in NO_COINS or utterance.text.isupper():
        return False
    alone = i == segment.first + 1 and all(w.kind is Kind.PUNCT for w in utterance.words[i + 1 : segment.last + 1])
    if not names and alone:
        return Hint.TOKEN in word.hints or (word.text.isalpha() and word.text.isupper())
    sized = names == {"amount"} and (before in ("my", "of") or utterance.words[i - 1].kind in SIZED)
    return sized and bool(MIXED.fullmatch(word.text))


def _side_of_a_trade(utterance: Utterance, segment: Segment, i: int, names: frozenset[str]) -> str:
    """'swap ETH for usdc' of which a label took only usdc, 'swap to usdc' of which none took anything."""
    words, said = utterance.words, utterance.words[i].text
    before = words[i - 1].text.lower() if i > segment.first else ""
    behind = words[i + 1].text.lower() if i < segment.last else ""
    if segment.intent != "swap":
        return ""
    if not names and i > segment.first + 1 and before in FOR_WHAT and words[i - 2].text.lower() in TRADING:
        return "token_out" if Hint.TOKEN in words[i].hints else ""
    capital = said.isalpha() and said.isupper() and said not in NO_COINS and not utterance.text.isupper()
    sold = capital and "token_out" in names and not names & SOLD
    return "token_in" if sold and before in TRADING and behind in FOR_WHAT else ""


def _is_a_collection(utterance: Utterance, before: str, said: str, behind: str) -> bool:
    """'from MyNFTCollection', 'the MyApes collection', and nobody who is known."""
    known = {*utterance.context.accounts, *utterance.context.contacts}
    if not IN_ONE_WORD.fullmatch(said) or said.lower() in known:
        return False
    return behind.lower() in COLLECTIONS or (before.lower() in OF_IT and SAYS_SO.search(said) is not None)
