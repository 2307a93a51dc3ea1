"""Orders that no wallet can carry out, whatever the model took them for: with leverage, of a faucet, a developer's or a reporter's work."""

import re
from collections.abc import Sequence

from nlp.assemble.reading import Utterance
from nlp.types import Segment, TaggedSpan

LEVERAGED = re.compile(
    r"(?i)(?<!no )(?<!not )(?<!without )(?<!non-)(?:\bperps?\b|\bperpetuals?\b|\bleveraged?\b|\b\d+x\s+(?:long|short)\b|\b(?:long|short)\s+\d+x\b"
    r"|^\W*(?:go\s+|please\s+)?(?:long|short)\s+(?:\$|\d)|\b(?:open|close)\s+(?:a\s+|my\s+|all\s+(?:my\s+)?)?(?:long|short)\b)"
)
FREE_COINS = re.compile(
    r"(?i)\b(?:need|request|get|give|claim|want|drip|fund|send\s+me)\b.{0,24}(?:\bfaucet\b|\btest(?:net)?[\s-]+(?:eth|ether|funds|tokens?|coins?|usdc|matic)\b)"
)
NEW_WALLET = re.compile(
    r"(?i)\b(?:generate|create|make)\s+(?:me\s+)?(?:an?\s+|my\s+)?(?:(?:new|fresh|another|random|ethereum|eth|evm|crypto|hd)\s+)*"
    r"(?:wallet|key\s?store|key\s?pair|private\s+key|seed\s+phrase|mnemonic)s?\b(?!\s+contract)"
)
OF_A_DEVELOPER = re.compile(
    r"(?i)\babi\b|\bkeccak\w*|\bunit\s+tests?\b|\bhooks?\s+(?:that|which|with|for)\b|\S\.(?:ts|js|json|sol|py)\b|\btest\s+(?:all|every)\b.{0,20}\bfunctions\b"
)
AN_APP = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:make|build|create|write|code)\s+(?:me\s+)?an?\s+(?:[\w/-]+\s+){0,5}(?:d?app|website|script|bot|frontend)\b"
)
OF_OTHERS = re.compile(
    r"(?i)\bcopy\s+(?:every|all|the|each)\s+trades?\b|\b(?:posts|mentions|tweets|followers)\b|\b(?:e-?mail|ip|postal|mailing)\s+address\b"
)
DEPLOYED = re.compile(r"(?i)\b(?:deploy|launch|ship|publish|push|release)")
TRADED = frozenset({"swap", "alert"})
MISTAKEN = frozenset({"deploy", "wrap", "portfolio", "token_info", "accounts", "contract_read", "receive_address", "swap", "transfer", "set_limit", "switch_account", "history", "contacts"})  # fmt: skip
ASKED_OF_A_CONTRACT = frozenset({"contract", "function", "recipient", "token_in"})


def beyond(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> bool:
    """Whether what a segment orders is out of scope, by its own words."""
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    if (segment.intent in TRADED and LEVERAGED.search(said)) or (segment.intent in MISTAKEN and AN_APP.match(said)):
        return True
    if segment.intent not in MISTAKEN or {tag.tag for tag in tags} & ASKED_OF_A_CONTRACT:
        return False
    if segment.intent == "deploy" and DEPLOYED.search(said):
        return False
    return any(pattern.search(said) for pattern in (FREE_COINS, NEW_WALLET, OF_A_DEVELOPER, OF_OTHERS))
