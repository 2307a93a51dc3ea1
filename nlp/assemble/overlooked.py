"""What stands in the words of a write unlabelled and would bind it: an account of one's own, a protocol, a chain."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlp.assemble.places import places_in_doubt
from nlp.assemble.pronouns import unlabelled_there
from nlp.assemble.reading import Reading, Utterance
from nlp.lexicon import CHAIN_IDS, CHAINS
from nlp.schema import INTENTS, LENDING
from nlp.types import Hint, Kind, Word

PLACING = frozenset(
    {"use", "on", "at", "with", "via", "through", "using", "in", "into", "from", "to", "over", "onto", "off"}
)
LEAVING = frozenset({"from", "off", "of", "out"})
PLACES = (
    ("protocol", Hint.PROTOCOL, ("protocol", "spender", "contract"), PLACING),
    ("chain", Hint.CHAIN, ("chain",), PLACING),
    ("from_chain", Hint.CHAIN, ("from_chain",), LEAVING | {"on"}),
)
ABOUT = frozenset({"for", "of", "on", "about", "like"})
NO_CHAINS = frozenset(
    {"the", "this", "that", "my", "our", "same", "any", "each", "whichever", "whatever", "which", "its"}
)
NO_ACCOUNTS = frozenset(
    ("phone", "laptop", "computer", "device", "side", "end", "heart", "desk", "car", "holiday", "work", "office", "home", "hand", "wallet", "account", "balance", "balances", "holdings", "portfolio", "funds", "bag", "bags", "stash", "stack", "bank", "pocket",
     "collateral", "position", "positions", "reserves", "rewards", "earnings", "profits", "winnings", "gains", "salary", "wages", "deposit", "deposits", "supply", "loan", "debt", "stake", "lp", "pool", "tokens", "coins", "assets", "money", "crypto")
)  # fmt: skip
DETERMINERS = frozenset({"the", "my", "our", "a"})
NO_ACCOUNT = "it is not clear whether “{}” is the account that this is to be done from; say it with “from”"
NOT_KNOWN = "it is not clear whether “{}” is one of your accounts; say which account"
NO_PLACE = "“{}” was given and it is not clear what for"


def overlooked(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """What no label took though the write has a free slot for it, each as a sentence for the person."""
    spec = INTENTS[reading.intent]
    given = {*reading.slots, *reading.unusable}
    free = reading.unlabelled
    if "account" in spec.slots and "account" not in given:
        yield from (NO_ACCOUNT.format(name) for name in _own_accounts(utterance, reading, free))
    if reading.intent in ("wrap", "unwrap"):
        yield from _other_coins(utterance, free, str(reading.slots.get("token", "")))
    if "chain" in spec.slots and "chain" not in given:
        yield from _named_chain(utterance, free)
    for slot, hint, alike, placing in PLACES:
        if slot in spec.slots and not given & set(alike):
            yield from (
                NO_PLACE.format(utterance.words[i].text)
                for i in free
                if hint in utterance.words[i].hints
                and _placed(utterance, i, placing)
                and not _is_what_comes_out(utterance, reading, i)
            )


def _other_coins(utterance: Utterance, free: Sequence[int], token: str) -> Iterator[str]:
    """'unwrap 5 weth to usdc'; 'wrap 5 avax to wavax' names the same coin twice."""
    for i in free:
        word, before = utterance.words[i], utterance.words[i - 1].text.lower() if i else ""
        other = Hint.TOKEN in word.hints and Hint.CHAIN not in word.hints and word.text.lower() not in ("weth", "ether")
        same = token != "" and word.text.upper() in (f"W{token}", token.removeprefix("W"))
        if before in ("to", "into", "for") and other and not same:
            yield NO_PLACE.format(word.text)


def _named_chain(utterance: Utterance, free: Sequence[int]) -> Iterator[str]:
    """'on otterlayer chain', which no list knows."""
    for i in free:
        before, behind = (utterance.words[j].text.lower() if j in free else "" for j in (i - 1, i + 1))
        plain = utterance.words[i].kind is Kind.WORD and utterance.words[i].text.lower() not in NO_CHAINS
        if before == "on" and behind in ("chain", "network", "mainnet") and plain:
            yield NO_PLACE.format(utterance.words[i].text)


def places_unread(utterance: Utterance, reading: Reading) -> Reading:
    """A write with each place that it names and no label reads, or that two readings fit, missing."""
    return there_unread(utterance, mine_unread(utterance, places_in_doubt(utterance, reading)))


def there_unread(utterance: Utterance, reading: Reading) -> Reading:
    """'put 300 dai there' where nothing named a place before: the protocol is asked for."""
    at = unlabelled_there(utterance, reading) if reading.intent in LENDING | {"add_liquidity"} else None
    if at is None or {"protocol", "chain", "account"} & {*reading.slots, *reading.unusable}:
        return reading
    if utterance.words[at - 1].text.lower() in ("out", "over", "sitting", "hi", "hey"):
        return reading
    return replace(reading, unusable={**reading.unusable, "protocol": NO_PLACE.format("there")})


def _own_accounts(utterance: Utterance, reading: Reading, free: Sequence[int]) -> Iterator[str]:
    """The user's accounts whose whole name stands there and that no contact is called like."""
    said = [word.text.lower() for word in utterance.words]
    accounts = [name for name in utterance.context.accounts if name not in utterance.context.contacts]
    standing = utterance.naming(accounts, reading.first, reading.last)
    free_of_labels = (own for own in standing if {*range(own.first, own.last + 1)} <= {*free})
    yield from dict.fromkeys(own.name for own in free_of_labels if not _aside(said, own.first))


def mine_unread(utterance: Utterance, reading: Reading) -> Reading:
    """'swap 2 eth for usdc from my port', of which no list and no label knows the last word: the account is asked for."""
    if "account" not in INTENTS[reading.intent].slots or "account" in {*reading.slots, *reading.unusable}:
        return reading
    words, free = utterance.words, reading.unlabelled
    for i in free:
        opened = i - 2 in free and i - 1 in free and [w.text.lower() for w in words[i - 2 : i]] == ["from", "my"]
        ends = i == reading.last or words[i + 1].kind is Kind.PUNCT
        plain = words[i].kind is Kind.WORD and not words[i].hints and words[i].text.lower() not in NO_ACCOUNTS
        if opened and ends and plain:
            return replace(reading, unusable={**reading.unusable, "account": NOT_KNOWN.format(words[i].text)})
    return reading


def _aside(said: Sequence[str], at: int) -> bool:
    """'400 usdc out of aave for the holiday' tells what for."""
    before = [word for word in said[max(0, at - 2) : at] if word not in DETERMINERS]
    return bool(before) and before[-1] in ABOUT


def _placed(utterance: Utterance, index: int, placing: frozenset[str]) -> bool:
    word, before = utterance.words[index], utterance.words[index - 1].text.lower() if index else ""
    behind = utterance.words[index + 1].text if index + 1 < len(utterance.words) else ""
    if behind in ("'s", "’s") and Hint.CHAIN in word.hints and Hint.TOKEN not in word.hints:
        return True
    return before in placing and (word.text.lower() not in CHAINS or before != "in")


def _is_what_comes_out(utterance: Utterance, reading: Reading, index: int) -> bool:
    """'unwrap 0.5 weth to eth'."""
    before = utterance.words[index - 1].text.lower()
    plain = str(reading.slots.get("token", "WETH")).removeprefix("W").lower()
    return reading.intent == "unwrap" and utterance.words[index].text.lower() == plain and before in ("to", "into")


def is_the_chain_s(words: Sequence[Word], index: int, reading: Reading) -> bool:
    """'switch to polygon (chain id 137)': the number that the chain has."""
    before = [word.text.lower() for word in words[max(0, index - 2) : index]]
    named = CHAIN_IDS.get(words[index].text)
    return before == ["chain", "id"] and named is not None and named == reading.slots.get("chain")
