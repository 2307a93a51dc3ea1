"""Parts of a write that its slots cannot hold, by its intent: told to the person, not passed over."""

import re
from collections.abc import Iterator

from nlp.assemble.reading import Reading, Utterance
from nlp.lexicon import CHAINS, PROTOCOLS
from nlp.types import Hint, Kind

NAMED_PART = re.compile(r"(?i)(?:symbol|ticker|name|supply)\b")
LENDERS = frozenset(
    {"aave", "compound", "spark", "morpho", "moonwell", "radiant", "venus", "euler", "lido", "rocket-pool"}
)
"""Where coins are lent or staked: no place to trade and no bridge."""
BEHIND_A_MESSAGE = frozenset(
    {
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "thx",
        "for",
        "from",
        "with",
        "as",
        "now",
        "using",
        "and",
        "on",
        "to",
        "then",
        "if",
        "ok",
        "okay",
        "is",
        "would",
        "could",
        "so",
        "by",
    }
)
BEFORE_A_MESSAGE = frozenset(
    {
        "sign",
        "message",
        "text",
        "statement",
        "words",
        "this",
        "that",
        "say",
        "says",
        "saying",
        "please",
        "the",
        "read",
        "reads",
        "it",
    }
)
REMAINDER = re.compile(r"(?i)\b(?:rest|remainder|remaining)\b")
LEAVING = re.compile(
    r"(?i)\b(?:leav(?:e|ing)|(?:keep|hold)(?:ing)?\s+back)\s+(?:a\s+(?:bit|little|few)|some|enough|me(?!\s+with))\b"
)
BEHIND_A_NAME = frozenset(
    ("in", "contact", "contacts", "book", "list", "address", "would", "could", "you", "will", "can", "pls", "plz", "thx", "cheers", "mate", "as", "under", "so", "that", "this", "it", "again", "too", "also", "instead", "he", "she", "they", "we", "i", "me", "us", "but", "if", "when", "who", "which", "by", "up", "s", "down", "has", "had", "hers", "to", "from", "for", "and", "at", "on", "with", "is", "are", "now", "then", "please", "thanks", "the", "my", "a", "an", "or", "of", "into", "his", "her")
)  # fmt: skip
PLEDGED = re.compile(r"(?i)\s+(?:as|for)\s+(?:my\s+|the\s+)?collateral\b")
TO_SPEND = re.compile(
    r"(?i)\ballowance\W*$|\b(?:set|give|grant|hand)\b.*\ballowance\s+(?:at|of|to)\s|\bto\s+spend\W*$|\baccess\s+to\b|\ba\s+limit\s+of\b|\bgrant\b.*\bspending\W*$"
)
SAVED = re.compile(r"(?i)\b(?:save|remember|store)\s+(?:her|him|them|it|the\s+contact)\b")
OF_OTHERS = re.compile(
    r"(?i)\b(?!it|that|there|what|let|he|she)\w+(?:['’]s|s['’])\s+(?:[\d$€£.,k]+\s+)?(?:\w{2,6}\s+)?(?:loan|debt)\b"
    r"|\b(?:with|from|using|out\s+of)\s+(?:my\s+)?(?:collateral|flash\s+loan|supplied)\b"
)
TWICE = re.compile(r"(?i)\b(?:twice|thrice)\W*$")
TOPPED = re.compile(r"(?i)\bkeep\b.{0,40}\btopped\b")
ANY_ROUTE = re.compile(
    r"(?i)\b(?:(?:which|what)ever|(?:the\s+)?(?:cheap|fast|quick)(?:est|er))\s+(?:chain|network|dex|route|l2|exchange|layer|rollup)\b"
)


def unheld_parts(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """What stands there and would be lost, each as a sentence for the person."""
    clause = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    free = " ".join(utterance.words[i].text for i in reading.unlabelled)
    if LEAVING.search(free):
        yield "it is not clear how much is to stay; say how much is to go"
    if TOPPED.search(free):
        yield "I do not keep a balance up by myself; say what is to be sent, and when"
    route = ANY_ROUTE.search(free)
    if route and not (reading.intent == "bridge" and "to_chain" not in reading.slots):
        yield f"I do not choose by “{route[0]}”; say which"
    if reading.intent in ("swap", "bridge") and reading.slots.get("protocol") in LENDERS:
        yield f"{reading.slots['protocol']} lends or stakes; say in a sentence of its own what is to be done there"
    if reading.intent == "rebalance" and REMAINDER.search(free):
        yield "it is not clear what the rest is to be; say a share for each coin"
    if reading.intent == "transfer" and (TO_SPEND.search(clause) or SAVED.search(free)):
        yield "it is not clear what is to be done beside or instead of the payment; say it in a sentence of its own"
    if reading.intent == "repay" and OF_OTHERS.search(clause):
        yield "I repay your own debt, from what you hold; say what is owed, and pay others by sending"
    if reading.intent in ("swap", "transfer") and _somebodys(utterance, reading):
        yield "it is not clear whose coins those are; I move your own"
    if reading.intent == "borrow" and _pledged(utterance, reading):
        yield "it is not clear what is pledged and what is borrowed; say supply so much, then borrow so much"
    if reading.intent == "revoke" and _coin_or_spender(utterance, reading):
        yield "it is not clear whether that is the coin or who may spend it; say “the token …”, or “… as spender”"
    if reading.intent == "set_limit":
        yield from _limited_parts(utterance, reading)
    if reading.intent == "sign_message":
        yield from cut_message(utterance, reading)
    if reading.intent == "contact_add":
        yield from cut_name(utterance, reading)
    if reading.intent == "deploy":
        yield from _named_parts(utterance, reading)
    if reading.intent == "contract_call" and TWICE.search(free):
        yield "I do that once; say it again afterwards"
    if reading.intent == "contract_call" and len([tag for tag in reading.tags if tag.tag == "contract"]) > 1:
        yield "it is not clear which address is the contract and which an argument; write name(argument, argument)"


def _somebodys(utterance: Utterance, reading: Reading) -> bool:
    """'swap bob's 20 usdc': what stands before the sum is no label's, and somebody's."""
    sized = next((tag for tag in reading.tags if tag.tag in ("amount", "amount_in", "value")), None)
    if sized is None or sized.first < reading.first + 2:
        return False
    owner, mark = utterance.words[sized.first - 2 : sized.first]
    free = {sized.first - 2, sized.first - 1} <= set(reading.unlabelled)
    known = owner.text.lower() in utterance.context.contacts and owner.text.lower() not in map(
        str, reading.slots.values()
    )
    return free and mark.text in ("'s", "’s") and known


def _coin_or_spender(utterance: Utterance, reading: Reading) -> bool:
    """'every sushi approval': a name of both kinds, alone."""
    tag = next((tag for tag in reading.tags if tag.tag == "token"), None)
    alone = "spender" not in {*reading.slots, *reading.unusable}
    return tag is not None and alone and utterance.said(tag).lower() in PROTOCOLS


def _pledged(utterance: Utterance, reading: Reading) -> bool:
    """'use 1 wbtc as collateral' read as a loan of it."""
    sized = max((utterance.words[tag.last].end for tag in reading.tags if tag.tag in ("amount", "token")), default=0)
    return PLEDGED.match(utterance.text, sized) is not None


def cut_message(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'Member 88 agrees' of which a label took only 'Member 88': a message is signed whole or not at all."""
    tag = next((tag for tag in reading.tags if tag.tag == "message"), None)
    if tag is None or "message" not in reading.spans or reading.spans["message"] != utterance.characters(tag):
        return
    behind = utterance.words[tag.last + 1 : reading.last + 1]
    before = utterance.words[tag.first - 1] if tag.first > reading.first else None
    goes_on = bool(behind) and behind[0].kind is Kind.WORD and behind[0].text.lower() not in BEHIND_A_MESSAGE
    begun = before is not None and before.text.istitle() and before.text.lower() not in BEFORE_A_MESSAGE
    if goes_on or begun:
        yield "it is not clear where the message begins and ends; put it in quotation marks"


def cut_name(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'call it test bench' of which a label took only 'test': whoever is saved under half a name is found under another."""
    tag = next((tag for tag in reading.tags if tag.tag == "name"), None)
    behind = utterance.words[tag.last + 1] if tag and tag.last < reading.last else None
    labelled = behind is not None and tag is not None and any(t.first == tag.last + 1 for t in reading.tags)
    plain = behind is not None and behind.kind is Kind.WORD and behind.text.isalpha() and not labelled
    if tag and behind and plain and behind.text.lower() not in BEHIND_A_NAME:
        yield f"it is not clear whether “{behind.text}” is part of the name; say the name alone, or in quotation marks"


def _limited_parts(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'500 a day on base': a limit is for all that is moved, wherever it lies."""
    for i in range(reading.first, reading.last + 1):
        word, before = utterance.words[i].text.lower(), utterance.words[i - 1].text.lower() if i else ""
        if word in CHAINS and word != "eth" and Hint.CHAIN in utterance.words[i].hints and before == "on":
            yield f"a limit holds on every chain; leave “on {word}” out, or use sayso policy"


def _named_parts(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'an erc20 called Moonbeam with symbol MNB': a name is no chain, and 'symbol' no part of a value."""
    for tag in reading.tags:
        before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
        if tag.tag == "chain" and before in ("called", "named"):
            yield f"it is not clear whether “{utterance.said(tag)}” is a chain or a name; say on which chain"
    args = reading.slots.get("args")
    if isinstance(args, tuple | list) and any(NAMED_PART.match(str(part)) for part in args):
        yield "it is not clear what the constructor is to be given; write the values alone, parted by commas"
