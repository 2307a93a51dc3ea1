"""Names of several words of which a label took only some: chains, contracts to deploy, collections, people."""

from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.reading import Utterance
from nlp.types import Kind, TaggedSpan, Word
from nlp.values.names import known_party, own_names
from nlp.values.result import Span

OTHER_NETWORKS = frozenset(
    {"amoy", "mumbai", "sepolia", "goerli", "fuji", "chiado", "cardona", "holesky", "hoodi", "nova", "zkevm", "testnet"}
)
TEMPLATES = frozenset(
    {"contract", "token", "collection", "pool", "vault", "distributor", "wallet", "splitter", "factory", "registry"}
)
BEFORE_TEMPLATE = frozenset(
    ("a", "an", "the", "my", "our", "new", "one", "own", "that", "this", "deploy", "deploying", "push", "ship", "test", "fresh", "launch", "as", "make", "making", "create", "contract",
     "nft", "up", "out", "of", "me", "us", "and", "put", "get", "with", "want", "need", "spin", "publish", "release", "called", "named", "template", "another", "some", "is", "be", "it", "to", "for")
)  # fmt: skip
NOUNS = TEMPLATES | frozenset(
    ("rewards", "lock", "locker", "airdrop", "escrow", "sale", "presale", "dao", "treasury", "multisig", "marketplace", "auction", "governor", "timelock", "oracle", "farm", "staking", "faucet", "proxy", "drop", "safe")
)  # fmt: skip
OWNERS = frozenset({"my", "the", "a", "an", "our", "your", "his", "her", "of", "from", "nft"})
SMALL_WORDS = frozenset(
    {
        "today",
        "tomorrow",
        "tonight",
        "asap",
        "thanks",
        "to",
        "please",
        "from",
        "for",
        "of",
        "on",
        "at",
        "and",
        "the",
        "in",
        "with",
        "my",
        "no",
        "number",
        "is",
        "goes",
        "into",
        "over",
        "or",
        "then",
        "now",
        "a",
        "an",
    }
)
PARTIES = frozenset({"recipient", "spender", "party", "account", "name"})
ARTICLES = frozenset({"the", "my", "our"})
QUOTES = frozenset("\"'“”‘’")
MOST = 3


def whole_name(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """The label over all words of the name that it begins or ends."""
    if tag.tag.endswith("chain"):
        return _whole_chain(utterance, tag, tags)
    if tag.tag == "template":
        return _whole_template(utterance, tag, tags)
    if tag.tag == "collection":
        return _whole_collection(utterance, tag, tags)
    if tag.tag == "args":
        return _whole_arguments(utterance, tag, tags)
    if (
        tag.tag == "name"
        and utterance.words[tag.last].text.istitle()
        and _goes_on_in_capitals(utterance, tag.last + 1, tags)
    ):
        return replace(tag, last=tag.last + 1)
    return _own_name(utterance, tag, tags) if tag.tag in PARTIES else tag


def _whole_arguments(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'named Tin Whistle, TINW' from the first capitalised word behind 'named' on, and quotes whole."""
    opened, closed = (_is_quote(_free(utterance, at, tags)) for at in (tag.first - 1, tag.last + 1))
    if opened or closed:
        return replace(tag, first=tag.first - opened, last=tag.last + closed)
    first = tag.first
    while (word := _free(utterance, first - 1, tags)) is not None and word.text.istitle():
        first -= 1
    before = _free(utterance, first - 1, tags)
    return replace(tag, first=first) if before and before.text.lower() in ("named", "called") else tag


def _is_quote(word: Word | None) -> bool:
    return word is not None and word.text in QUOTES


def _free(utterance: Utterance, index: int, tags: Sequence[TaggedSpan]) -> Word | None:
    """The word at a place where no label stands."""
    taken = any(tag.first <= index <= tag.last for tag in tags)
    return None if taken or not 0 <= index < len(utterance.words) else utterance.words[index]


def _whole_chain(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'polygon amoy' is another chain than polygon."""
    behind = _free(utterance, tag.last + 1, tags)
    return replace(tag, last=tag.last + 1) if behind and behind.text.lower() in OTHER_NETWORKS else tag


def _whole_template(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'a time locked savings vault' from its article on, 'a vesting contract' with its noun."""
    said = utterance.said(tag).split()
    if not all(word.islower() or word.startswith("ERC") for word in said):
        return tag
    first, last = tag.first, _with_its_number(utterance, tag, tags)
    while first - 1 >= 0 and tag.first - first < MOST and _goes_with(utterance, first - 1, tags):
        first -= 1
    while (noun := _free(utterance, last + 1, tags)) is not None and noun.text.lower() in NOUNS:
        last += 1
    before = utterance.words[first - 1].text.lower() if first else ""
    bounded = first == tag.first or before in OWNERS | {"new"}
    return replace(tag, first=first if bounded else tag.first, last=last)


def _with_its_number(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> int:
    """Where 'ERC-20' ends of which 'ERC' or 'ERC-' was labelled."""
    last = tag.last
    while (
        (word := _free(utterance, last + 1, tags)) is not None
        and word.start == utterance.words[last].end
        and (word.text == "-" or word.text.isdigit())
    ):
        last += 1
    return last


def _goes_with(utterance: Utterance, index: int, tags: Sequence[TaggedSpan]) -> bool:
    word = _free(utterance, index, tags)
    plain = word is not None and word.kind is Kind.WORD and word.text.isalpha() and word.text.islower()
    return word is not None and plain and not word.hints and word.text.lower() not in BEFORE_TEMPLATE


def _whole_collection(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'Genesis Pass 0', 'Art Blocks Curated', 'my Based Ghouls': capitalised words beside a collection's label belong to its name."""
    first, last = tag.first, tag.last
    if utterance.words[last].text[:1].isupper():
        while _goes_on_in_capitals(utterance, last + 1, tags):
            last += 1
    if utterance.words[first].text[:1].isupper():
        while first > 1 and _goes_on_in_capitals(utterance, first - 1, tags):
            first -= 1
        before = utterance.words[first - 1].text.lower() if first else ""
        first = first if before in OWNERS else tag.first
    return replace(tag, first=first, last=last)


def _goes_on_in_capitals(utterance: Utterance, index: int, tags: Sequence[TaggedSpan]) -> bool:
    word = _free(utterance, index, tags)
    return word is not None and word.text.istitle() and word.text.lower() not in SMALL_WORDS and not word.hints


def _own_name(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'gas' of the contact 'gas man', 'wing the band' of the contact 'the band': the name that the user knows."""
    span = Span(utterance.words_of(tag), utterance.text)
    if (
        tag.tag == "name"
        or any(w.kind is not Kind.WORD for w in span.words)
        or known_party(span, utterance.context) is not None
    ):
        return tag
    others = [other for other in tags if other != tag]
    known = own_names(utterance.context.contacts, utterance.context.accounts)
    for first in range(max(0, tag.first - MOST), tag.last + 1):
        for last in range(min(len(utterance.words) - 1, tag.last + MOST), max(first, tag.first) - 1, -1):
            free = all(_free(utterance, i, others) is not None for i in range(first, last + 1))
            words = utterance.words[first : last + 1]
            text = " ".join(utterance.text[words[0].start : words[-1].end].split()).lower()
            cut = {word.text.lower() for word in utterance.words[tag.first : first]}
            whole = last >= tag.last and (
                not cut or (len(cut) == 1 and not cut & known and words[0].text.lower() in ARTICLES)
            )
            if free and whole and text in known:
                return replace(tag, first=first, last=last)
    return tag
