"""Labels that the words themselves prove wrong, put right before anything is read from them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from nlp.assemble.beyond import beyond
from nlp.assemble.conditions import conditioned
from nlp.assemble.missed import missed
from nlp.assemble.places import place_answered, place_by_name, unlisted_places
from nlp.assemble.reading import AMOUNT_SLOTS, Utterance
from nlp.assemble.reads import asked_for, tags_of_question
from nlp.assemble.segments import bounded
from nlp.assemble.trades import traded
from nlp.assemble.whole_names import whole_name
from nlp.lexicon import CHAINS, PROTOCOLS
from nlp.schema import is_write
from nlp.types import Hint, Kind, Prediction, Segment, TaggedSpan
from nlp.values.names import known_party
from nlp.values.result import Span

# The contract: these are read by any verb.
VIEWS = frozenset(
    ("balanceof", "totalsupply", "decimals", "symbol", "name", "owner", "allowance", "getreserves", "latestanswer", "latestrounddata")
)  # fmt: skip
SCHEDULES = frozenset({"t.weekday", "t.every", "t.date"})
OWN = frozenset({"mine", "my", "me", "own", "my own", "myself", "connected", "my connected"})
THEN = re.compile(
    r"(?i)(?:once|after|when|as\s+soon\s+as)\s+(?:that|it|this)(?:['’]?s|\s+is|\s+has)?(?:\s+been)?\s+"
    r"(?:done|through|finished|completed?|in|over|confirmed|settled|landed|cleared)\W*$"
)
PIECES = frozenset({"picture", "pic", "piece", "image", "artwork", "collectible", "jpeg", "jpg"})
NEAR_A_NUMBER = 3
NFTS = frozenset({"nft", "nfts"})
NO_NAME = frozenset(
    {"all", "own", "other", "the", "of", "any", "some", "current", "latest", "new", "wallet", "account"}
)
NAME_WORDS = 3
COINS_TOO = frozenset({"arb", "op", "matic", "pol", "avax", "bnb"})
STATE_CHANGING = frozenset(
    ("transfer", "transferfrom", "safetransferfrom", "approve", "mint", "burn", "setapprovalforall", "withdraw", "deposit", "stake", "unstake", "claim", "setowner", "transferownership", "pause", "unpause", "permit")
)  # fmt: skip
IN_PARTS = frozenset({"template", "targets"})
HALVING = re.compile(r"(?i)^\W*(?:\w+\W+)?halve\b")
STAKING = frozenset({"lido", "rocket-pool"})
THANKS = frozenset({"thanks", "thank", "thx", "tysm", "ta", "cheers", "ty", "tx"})
AROUND_THANKS = frozenset(
    {
        "you",
        "very",
        "much",
        "so",
        "a",
        "lot",
        "lots",
        "again",
        "million",
        "bunch",
        "ever",
        "kindly",
        "that",
        "for",
        "all",
        "mate",
    }
)
CONSENTING = re.compile(
    r"(?i)\b(?:looks?\s+(?:good|right|fine)|lgtm|approved|agreed|works|righto|then|done|y|ye|yes|yea|yeah|yep+|yup|aye|sure|go|do|send|confirm\w*|proceed|correct|that(?:['’]?s|\s+is)\s+right|please|sign|approve|both|order|absolutely|exactly|ahead|make|release|execute|nicely)\b"
)
NAMING = AMOUNT_SLOTS | {
    "recipient",
    "account",
    "spender",
    "party",
    "name",
    "token",
    "token_in",
    "token_out",
    "protocol",
    "chain",
    "collection",
}
NO_VALUES = frozenset(
    {"the", "my", "our", "a", "an", "to", "at", "of", "from", "for", "in", "on", "with", "and", ",", "'s", "’s"}
)
UNDIRECTED = frozenset(
    ("is at", "are at", "'s at", "moves", "moves by", "moves more than", "changes by", "changes", "hit", "hits", "reach", "reaches", "reached", "touches", "gets to", "goes to", "go to", "goes", "comes to", "come to", "is back at", "back at", "get to")
)  # fmt: skip
NUMBER_NOUNS = frozenset({"number", "no", "nr", "id", "#", "token", "nft"})
AGREEING = frozenset("👍✅👌🆗💯✔☑")
REFUSING = frozenset("👎❌🛑🚫✖🙅⛔")
SAID_BY_SIGNS = frozenset({"confirm", "reject"})
OWNERS = frozenset({"my", "his", "her", "their", "our", "the"})
LASTING = frozenset(
    {
        "next",
        "rest",
        "first",
        "last",
        "time",
        "duration",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "year",
        "years",
    }
)
GRANTED = frozenset({"granted", "given", "issued", "made", "approved", "set"})
WAY = re.compile(r"(?i)\b(?:gets?|goes|comes?|moves?|climbs|back)\s+(up|down)\b")
HOURS = 24


def relabelled(utterance: Utterance, prediction: Prediction) -> Prediction:
    """The prediction with every label that cannot stand as it is under its right name."""
    spans: list[TaggedSpan] = []
    segments: list[Segment] = []
    for segment in bounded(utterance, prediction):
        tags = [tag for tag in prediction.spans if segment.first <= tag.first <= segment.last]
        tags = [tag for tag in tags if not (segments and _only_then(utterance, tag))]
        segment, tags = place_answered(utterance, segment, tags)
        own = _segment(utterance, segment, tags)
        found = _collected(utterance, segment, _tags(utterance, segment, conditioned(utterance, tags)))
        found = found if is_write(own.intent) else tags_of_question(utterance, own.intent, found)
        own, found = traded(utterance, own, found)
        found = [place_by_name(utterance, own.intent, tag, found) for tag in found]
        found += unlisted_places(utterance, own, found)
        spans += sorted((*found, *missed(utterance, own, found)), key=lambda tag: tag.first)
        segments.append(own)
    return replace(prediction, segments=tuple(segments), spans=tuple(spans))


def _only_then(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'… 0.1 eth to sophie once that's done' says the order of two actions, and no condition."""
    at = utterance.words[tag.first].start
    return tag.tag in ("t.other", "x.limit") and THEN.match(utterance.text, at) is not None


def _segment(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> Segment:
    """A call of a standard view function is a read, whatever the verb; and signs say yes or no whatever the model sees in them."""
    if segment.intent == "confirm" and _only_thanks(utterance, segment):
        return replace(segment, intent="thanks")
    if segment.intent in ("again", "amend") and not tags and _is_thanks(utterance, segment):
        return replace(segment, intent="thanks")
    if segment.intent == "reject" and HALVING.search(
        utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    ):
        return replace(segment, intent="amend")
    if segment.intent in SAID_BY_SIGNS:
        return replace(segment, intent=_by_sign(utterance, segment))
    if segment.intent == "contract_read" and _changes_state(utterance, tags):
        return replace(segment, intent="contract_call")
    if segment.intent == "supply" and _names_staking(utterance, tags):
        return replace(segment, intent="stake")
    if beyond(utterance, segment, tags):
        return replace(segment, intent="out_of_scope")
    segment = replace(segment, intent=asked_for(utterance, segment, tags))
    if segment.intent != "contract_call":
        return segment
    names = {utterance.said(tag).partition("(")[0].strip("`\"' ").lower() for tag in tags if tag.tag == "function"}
    return replace(segment, intent="contract_read") if names & VIEWS else segment


def _changes_state(utterance: Utterance, tags: Sequence[TaggedSpan]) -> bool:
    """'execute transfer(…)' is a call, whatever the model saw in it."""
    names = {utterance.said(tag).partition("(")[0].strip("`\"' ").lower() for tag in tags if tag.tag == "function"}
    return bool(names & STATE_CHANGING)


def _names_staking(utterance: Utterance, tags: Sequence[TaggedSpan]) -> bool:
    """'put 3 eth in lido': what these take is staked, whatever the verb."""
    return any(tag.tag == "protocol" and PROTOCOLS.get(utterance.said(tag).lower()) in STAKING for tag in tags)


def _only_thanks(utterance: Utterance, segment: Segment) -> bool:
    """'ok thanks', 'perfect, thanks' thank; 'yes thanks' and 'thank you, please proceed' consent."""
    words = utterance.words[segment.first : segment.last + 1]
    said = utterance.text[words[0].start : words[-1].end]
    return any(word.text.lower() in THANKS for word in words) and CONSENTING.search(said) is None


def _is_thanks(utterance: Utterance, segment: Segment) -> bool:
    """'ta very much', said to what was done."""
    words = {w.text.lower() for w in utterance.words[segment.first : segment.last + 1] if w.kind is not Kind.PUNCT}
    return bool(words & THANKS) and words <= THANKS | AROUND_THANKS


def _by_sign(utterance: Utterance, segment: Segment) -> str:
    """The model's word pieces know no emoji: a thumb up and a thumb down are the same to it."""
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    signs, words = set(said), any(c.isalnum() for c in said)
    if signs & REFUSING and segment.intent == "confirm":
        return "reject"
    if words or not signs & (REFUSING | AGREEING):
        return segment.intent if words or segment.intent != "confirm" else "out_of_scope"
    return "reject" if signs & REFUSING else "confirm"


def _tags(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    kept = [tag for tag in tags if not (_means_the_user(utterance, tag) or _says_nothing(utterance, tag))]
    kept = [tag for tag in kept if not (_only_joins(utterance, tag, kept) or _says_least(tag, kept))]
    kept = _in_one([tag for tag in kept if not _named_by_its_address(utterance, tag, kept)])
    kept = [_turned_over(utterance, _account_of_the_write(tag, kept)) for tag in kept]
    named = [_chain_of_condition(utterance, tag, kept) for tag in kept]
    named = [_coin_not_chain(utterance, segment, tag, named) for tag in named]
    named = [_place(utterance, _clock(utterance, tag, kept)) for tag in named]
    named = [_arriving_as(utterance, _whose(utterance, segment, tag), named) for tag in named]
    named = [_collection_alone(utterance, tag, named) for tag in named]
    return [whole_name(utterance, tag, named) for tag in named]


def _chain_of_condition(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'on base, tell me when eth drops below 2000': where to look, and no part of what is waited for."""
    said = utterance.said(tag).lower()
    behind_on = tag.first > 0 and utterance.words[tag.first - 1].text.lower() == "on"
    coin = tag.tag == "t.token" and not any(other.tag == "t.token" and other != tag for other in tags)
    fits = tag.tag.startswith("t.") and not coin and behind_on and said in CHAINS
    return replace(tag, tag="chain") if fits else tag


def _coin_not_chain(utterance: Utterance, segment: Segment, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'spend 60 usdc on arb': where a trade names no other coin to buy, what the money goes on is one."""
    spent = [word.text.lower() for word in utterance.words[segment.first : tag.first]]
    fits = tag.tag == "chain" and utterance.said(tag).lower() in COINS_TOO and spent[-1:] == ["on"]
    bought = _has(tags, "token_out") or _has(tags, "amount_out")
    opened = segment.intent == "swap" and bool({"spend", "blow", "splash"} & set(spent))
    return replace(tag, tag="token_out") if fits and opened and not bought else tag


def _collected(utterance: Utterance, segment: Segment, tags: list[TaggedSpan]) -> list[TaggedSpan]:
    """Whose NFTs 'my otters nfts' and 'my nfts from 0x…' are is said by 'my'; the rest names the collection."""
    words = [word.text.lower() for word in utterance.words[: segment.last + 1]]
    if segment.intent != "nft_holdings" or "my" not in words[segment.first :] or _has(tags, "collection"):
        return tags
    address = next((t for t in tags if t.tag == "account" and utterance.words[t.first].kind is Kind.ADDRESS), None)
    if address is not None and {"wallet", "account", "address"} & set(words[max(0, address.first - 2) : address.first]):
        return tags
    if address is not None:
        return [replace(tag, tag="collection") if tag is address else tag for tag in tags]
    first = words.index("my", segment.first) + 1
    last = next((i - 1 for i in range(first, len(words)) if words[i] in NFTS), first - 1)
    free = not any(tag.first <= last and first <= tag.last for tag in tags)
    fits = 0 < last + 1 - first <= NAME_WORDS and free and not set(words[first : last + 1]) & NO_NAME
    return [*tags, TaggedSpan("collection", first, last)] if fits else tags


def _has(tags: Sequence[TaggedSpan], name: str) -> bool:
    return any(tag.tag == name for tag in tags)


def _means_the_user(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'mine' is no account's name, unless one is called so."""
    said = utterance.said(tag).lower()
    return tag.tag == "account" and said in OWN and said not in utterance.context.accounts


def _says_nothing(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'hits 4000' has no direction (the contract), 'the doodles one' no number, and 'the' alone names nobody."""
    said = utterance.said(tag).lower()
    if tag.tag == "recipient" and said == "@" and tag.last + 1 < len(utterance.words):
        return utterance.words[tag.last + 1].text.lower() in utterance.context.contacts
    if tag.tag in NAMING and all(word.text.lower() in NO_VALUES for word in utterance.words_of(tag)):
        return True
    if tag.tag in AMOUNT_SLOTS and (said in ("no", "exactly") or _counts_a_list(utterance, tag)):
        return True
    before = utterance.words[tag.first - 1].text.lower() if tag.first else ""
    at = said == "at" and before in ("is", "are", "'s", "’s")
    undirected = tag.tag in ("t.above", "t.below") and (at or said in UNDIRECTED)
    return undirected or (tag.tag == "token_id" and said == "one" and before not in NUMBER_NOUNS)


def _counts_a_list(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'1) swap eth to usdc, 2) supply usdc': the number of a step is no amount."""
    word = utterance.words[tag.first]
    behind = utterance.text[word.end : word.end + 2]
    opened = word.start == 0 or utterance.text[word.start - 1].isspace()
    return tag.first == tag.last and word.text.isdigit() and len(word.text) == 1 and opened and behind == ") "


def _turned_over(utterance: Utterance, tag: TaggedSpan) -> TaggedSpan:
    """'gets up to' read as below, 'comes down to' read as above."""
    way = WAY.search(utterance.said(tag))
    turned = {"up": "t.above", "down": "t.below"}.get(way[1].lower()) if way else None
    return replace(tag, tag=turned) if turned and tag.tag in ("t.above", "t.below") else tag


def _in_one(tags: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """'a simple' and 'ERC20 token', labelled one after the other, are one template; so are '50% eth' and 'and 50% usdc' targets."""
    joined: list[TaggedSpan] = []
    for tag in tags:
        goes_on = joined and tag.tag == joined[-1].tag and tag.tag in IN_PARTS and tag.first == joined[-1].last + 1
        if goes_on:
            joined[-1] = replace(joined[-1], last=tag.last)
        else:
            joined.append(tag)
    return joined


def _named_by_its_address(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> bool:
    """'to my cold wallet 0x…': words before an address that name nobody who is known only tell whose it is."""
    behind = next((other for other in tags if other.tag == tag.tag and other.first == tag.last + 1), None)
    if tag.tag != "recipient" or behind is None or utterance.words[behind.first].kind is not Kind.ADDRESS:
        return False
    known = known_party(Span(utterance.words_of(tag), utterance.text), utterance.context)
    return known is None and utterance.words[tag.last].text.lower() in ("wallet", "address", "account")


def _only_joins(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> bool:
    """'on the 1st of june 2027', 'from my savings', 'for her birthday': a word before what is labelled, or before a reason, is no
    condition of its own."""
    words = [word.text.lower() for word in utterance.words_of(tag)]
    if tag.tag not in ("t.other", "x.limit") or not set(words) <= NO_VALUES:
        return False
    behind = utterance.words[tag.last + 1 : tag.last + 3]
    lasting = any(word.kind not in (Kind.WORD, Kind.PUNCT) or word.text.lower() in LASTING for word in behind)
    reason = words == ["for"] and len(behind) == 2 and behind[0].text.lower() in OWNERS and not lasting
    return reason or any(other.first == tag.last + 1 for other in tags)


def _says_least(tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> bool:
    """'and make sure I get at least 0.19': what opens a minimum is no limit beside it."""
    opens = any(other.tag == "min_out" and other.first == tag.last + 1 for other in tags)
    return tag.tag == "x.limit" and opens


def _account_of_the_write(tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'in trading, swap 2 eth if eth falls below 2500': what a slot's label parts from the condition is no part of it."""
    others = [other for other in tags if other.tag.startswith("t.") and other != tag]
    if tag.tag != "t.account" or not others:
        return tag
    nearest = min(others, key=lambda other: abs(other.first - tag.first))
    low, high = sorted((tag.first, nearest.first))
    parted = any(low < other.first < high and not other.tag.startswith("t.") for other in tags)
    return replace(tag, tag="account") if parted else tag


def _clock(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'50 usdc every friday at 9': beside a schedule and another amount, a bare hour behind 'at' is the time of day."""
    bare = tag.first == tag.last and utterance.words[tag.first].kind is Kind.NUMBER and tag.first > 0
    sizes = AMOUNT_SLOTS | {"t.threshold"}
    if tag.tag not in sizes or not bare or utterance.words[tag.first - 1].text.lower() != "at":
        return tag
    scheduled = any(other.tag in SCHEDULES for other in tags)
    sized = tag.tag == "t.threshold" or any(other.tag in AMOUNT_SLOTS and other != tag for other in tags)
    hour = utterance.words[tag.first].text
    fits = hour.isdecimal() and int(hour) <= HOURS
    return replace(tag, tag="t.at") if scheduled and sized and fits else tag


def _place(utterance: Utterance, tag: TaggedSpan) -> TaggedSpan:
    """'on base' is the chain, 'Morpho' the protocol, where nothing of the user's is called so."""
    said = utterance.said(tag).lower()
    named = said in utterance.context.accounts or said in utterance.context.contacts
    if not _is_account(tag) or named:
        return tag
    if tag.tag == "account" and said in PROTOCOLS:
        return replace(tag, tag="protocol")
    placed = tag.first > 0 and utterance.words[tag.first - 1].text.lower() in ("on", "from", "in", "via")
    return replace(tag, tag="chain") if placed and said in CHAINS else tag


def _whose(utterance: Utterance, segment: Segment, tag: TaggedSpan) -> TaggedSpan:
    """'approvals granted by 0x…' are those of an account, 'collection 0x…' is a collection."""
    before = [word.text.lower() for word in utterance.words[max(segment.first, tag.first - 2) : tag.first]]
    if segment.intent == "allowances" and tag.tag == "spender" and before[-1:] == ["by"] and before[0] in GRANTED:
        return replace(tag, tag="account")
    if segment.intent == "nft_holdings" and tag.tag == "account" and before[-1:] == ["collection"]:
        return replace(tag, tag="collection")
    return tag


def _collection_alone(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'the Cool Cats picture number 82': what one of a collection is called is no part of its name."""
    numbered = any(other.tag == "token_id" and 0 < other.first - tag.last <= NEAR_A_NUMBER for other in tags)
    called = utterance.words[tag.last].text.lower() in PIECES and tag.last > tag.first
    return replace(tag, last=tag.last - 1) if tag.tag == "collection" and numbered and called else tag


def _arriving_as(utterance: Utterance, tag: TaggedSpan, tags: Sequence[TaggedSpan]) -> TaggedSpan:
    """'from ethereum to usdc on base': of two labels for where it goes the coin is what it is to become."""
    place = any(other.tag == "to_chain" and other.first == tag.last + 2 for other in tags)
    behind = utterance.words[tag.last + 1].text.lower() if tag.last + 1 < len(utterance.words) else ""
    coin = any(Hint.TOKEN in word.hints for word in utterance.words_of(tag))
    fits = tag.tag == "to_chain" and place and behind == "on" and coin and not _has(tags, "token_out")
    return replace(tag, tag="token_out") if fits else tag


def _is_account(tag: TaggedSpan) -> bool:
    return tag.tag in ("account", "t.account")
