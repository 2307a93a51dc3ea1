"""Orders that no wallet can carry out, whatever the model took them for: with leverage, of a faucet, a developer's work.

Only what is sure: but for a bet and leverage, a write with an amount, a limit or an alert is never passed over for words beside it.
"""

import re
from collections.abc import Sequence

from nlp.assemble.reading import AMOUNT_SLOTS, Utterance
from nlp.types import Segment, TaggedSpan

LEVERAGED = re.compile(
    r"(?i)\b\d+x\s+(?:leveraged?\s+)?(?:long|short)\b|(?<!no\s)\b\d+x\s+leverage\b|\b(?:long|short)\s+\d+x\b|^\W*(?:go\s+|please\s+)?(?:long|short)\s+(?:\$|\d)|^\W*(?:open|close)\s+(?:an?\s+|my\s+)?(?:long|short)\b"
    r"|(?<!\w)(?!(?:my|all|the|for|to|of|with|into|some|more|our|and|buy|sell|swap|from)\b)[a-z]{2,6}[\s-]perps?\b"
)
FREE_COINS = re.compile(
    r"(?i)\b(?:need|request|get|give|claim|want|drip)\s+(?:me\s+)?(?:some\s+|any\s+)?(?:test(?:net)?[\s-]+(?:eth|ether|funds|tokens?|coins?|usdc|matic)\b|\w+\s+from\s+(?:a|the)\s+faucet\b)"
)
NEW_WALLET = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:generate|create|make)\s+(?:me\s+)?(?:an?\s+)(?:(?:new|fresh|another|random|ethereum|eth|evm|crypto|hd)\s+)*"
    r"(?:wallet|key\s?store|key\s?pair|private\s+key|seed\s+phrase|mnemonic)s?\b(?!\s+contract)"
)
OF_A_DEVELOPER = re.compile(
    r"(?i)\babi\b|\bkeccak\w*|\bunit\s+tests?\b|\bhooks?\s+(?:that|which|with|for)\b|\S\.(?:ts|js|json|sol|py)\b|\btest\s+(?:all|every)\b.{0,20}\bfunctions\b"
)
AN_APP = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:make|build|create|write|code)\s+(?:me\s+)?an?\s+(?:[\w/-]+\s+){0,5}(?:d?app|website|script|bot|frontend)\b"
)
OF_OTHERS = re.compile(
    r"(?i)\bcopy\s+(?:every|all|the|each)\s+trades?\b|\b(?:mentions|tweets|followers)\b|\b(?:e-?mail|ip|postal|mailing)\s+address\b"
)
BETS = re.compile(
    r"(?i)^\W*(?:please\s+)?(?:place\s+an?\s+)?(?:bet|wager)\s+(?!(?:you|he|she|they|i|we|that\s+you)\b).*\b(?:that|yes|no|will|on)\b"
)
WAGERED = frozenset({"swap", "alert", "transfer"})
REWARDS = re.compile(
    r"(?i)^\W*(?:(?:please|and|then|i\s+want\s+to|i['’]d\s+like\s+to|can\s+you|could\s+you)\s+)*(?:(?:claim|harvest)\s+(?:all\s+)?(?:of\s+)?(?:(?:my|our|the|any|all|pending|staking)\s+)*|compound\s+(?:all\s+)?(?:of\s+)?(?:my|our)\s+)(?:\w+\s+){0,3}?(?:rewards?|yields?|fees|positions?|airdrops?)\b"
)
PUT_ON_SALE = re.compile(r"(?i)^\W*(?:please\s+)?(?:list|auction)\b.*\bfor\s+(?:sale\b|(?!0x)\d[\d.,]*\s+[a-z]{2,6}\b)")
REGISTERED = re.compile(r"(?i)^\W*(?:please\s+)?(?:register|renew)\b.*\bfor\s+\w+\s+years?\b")
DEPLOYED = re.compile(r"(?i)\b(?:deploy|launch|ship|publish|push|release)")
REWARDED = frozenset({"portfolio", "yields", "stake", "unstake", "withdraw", "allowances", "contract_call", "supply"})
MISTAKEN_FOR = {
    "swap": (LEVERAGED, AN_APP),
    "set_limit": (AN_APP,),
    "wrap": (FREE_COINS,),
    "deploy": (NEW_WALLET, OF_A_DEVELOPER),
    "portfolio": (OF_A_DEVELOPER,),
    "token_info": (OF_A_DEVELOPER,),
    "contract_read": (OF_A_DEVELOPER,),
    "accounts": (NEW_WALLET,),
    "receive_address": (FREE_COINS, NEW_WALLET, OF_OTHERS),
    "switch_account": (OF_OTHERS,),
    "contacts": (OF_OTHERS,),
    "contact_add": (REGISTERED,),
    "nft_holdings": (PUT_ON_SALE,),
}
"""By what the model took it for, the words that tell otherwise."""
OF_A_CONTRACT = frozenset({"contract", "function"})


def beyond(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> bool:
    """Whether what a segment orders is out of scope, by its own words."""
    said = utterance.text[utterance.words[segment.first].start : utterance.words[segment.last].end]
    names = {tag.tag for tag in tags}
    if (segment.intent == "swap" and LEVERAGED.search(said)) or (segment.intent in WAGERED and BETS.match(said)):
        return True
    if segment.intent in REWARDED and REWARDS.search(said) and not any(c.isdigit() for c in said):
        return True
    if names & (AMOUNT_SLOTS | OF_A_CONTRACT) or (segment.intent == "deploy" and DEPLOYED.search(said)):
        return False
    return any(pattern.search(said) for pattern in MISTAKEN_FOR.get(segment.intent, ()))
