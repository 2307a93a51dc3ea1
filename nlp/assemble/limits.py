"""Limits of a write for which the contract has no slot, and sums that are said by what they change: told to the person, not passed over."""

import re
from collections.abc import Iterator

from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.assemble.verbs import MEANINGS
from nlp.lexicon import CHAINS
from nlp.types import Kind

WAYS = re.compile(
    r"(?i)\b(?:gas-?less(?:ly)?|privately|anonymously|fee[\s-]free"
    r"|(?:in|over|across)\s+(?:two|three|four|five|six|ten|\d{1,2})\s+(?:equal\s+)?(?:parts?|pieces|portions?|goes|payments?|steps?|chunks?|tranches|instal\w+|batches|orders?|trades?|slices?|lots|transactions?))\b"
)
TIMES_OVER = re.compile(
    r"(?i)\s+(?:twice|thrice|(?:two|three|four|five|[2-9])\s+times|again\s+and\s+again|repeatedly)\b(?!\s+(?:that|as|the|this|yes))"
)
TWO_OF = re.compile(r"(?i)\b[2-9]\s?x\s+$")
FEES = re.compile(r"(?i)\b(?:less|minus|net\s+of|plus)\s+(?:the\s+)?(?:fees?|gas|costs?)\b")
SPARING = re.compile(r"(?i)\b(?:except|apart\s+from|other\s+than|but\s+not|all\s+but)\b")
TIER = re.compile(r"(?i)\s+(?:pool|fee|tier|fee\s+tier)\b")
UNLESS = re.compile(
    r"(?i)\bunless\b|\bexcept\s+(?:if|when)\b|\b(?:isn['’]?t|is\s+not|aren['’]?t|not|does\s?n['’]t|does\s+not)\s+(?:above|below|over|under|at|yet|go|goes|rise|fall|drop|get)\b"
    r"|\bno\s+(?:higher|lower)\s+than\b|\bno\s+(?:gas|fees?)\b"
)
BY = re.compile(r"(?i)\b(?:by|another)\s+(?:another\s+)?$|\badd\s+$")
MINE_FOR_YOURS = re.compile(r"(?i)\b(?:give|hand|get|let|take|have)\b.{0,60}\bin\s+(?:exchange|trade|return)\s+for\b")
BANK = re.compile(r"(?i)\b(?:to|into|onto)\s+(?:my|our)\s+(?:\w+\s+)?(?:bank|checking)\b|\bbank\s+account\b|\biban\b")
SLIPPAGE = re.compile(r"(?i)\b(?:no|without|minimal|minimum|low|zero|little|least)\s+(?:any\s+)?slippage\b")
MORE_OR_LESS = re.compile(r"(?i)\b(?:minus|plus)\s+(?:an?|the|what|whatever|his|her|their|some|any|my)\b")
REST = re.compile(r"(?i)\b(?:the\s+(?:rest|remainder)|what(?:['’]?s|\s+is)\s+left|what\s+remains)\b")
KEEPING = re.compile(r"(?i)\b(?:keep|leave|hold(?:\s+on\s+to|\s+back)?)\b|\b(?:put|set)\b.{0,24}\baside\b")
OH = re.compile(
    r"(?i)\b(?:zero|one|two|three|four|five|six|seven|eight|nine|\d+)\s+comma\s+$|\b(?:one|two|three|four|five|six|seven|eight|nine)\s+(?:oh|o)\s+$|\bhundred\s+(?:oh|o)\s+$"
)
LASTING = re.compile(
    r"(?i)\bfor\s+(?:a|an|one|two|three|six|\d{1,3})\s+(?:hours?|days?|weeks?|months?|years?)\b(?!['’])"
)
OFTEN = re.compile(
    r"(?i)\b(?:\d{1,2}|two|three|four|five|six|ten)\s+times\s+(?:a|per|each|every)\s+(?:day|week|month|hour|year)\b"
)
LASTING_INTENTS = frozenset({"approve", "stake", "supply", "borrow", "add_liquidity"})
IF_BEHIND = re.compile(r"(?i)\b(?<!as )(?<!even )(?:if|provided|as\s+long\s+as)\s+\w.*")
WHEN_BEHIND = re.compile(
    r"(?i)\b(?:when(?:ever)?|as\s+soon\s+as|the\s+moment|once)\s+(?:it|you|i|we|my|our|things|the|he|she|they|everything|conditions|there(?=\s+(?:is|are)|['’]s))\b"
    r"(?!(?:['’]?s|['’]ve|\s+is|\s+has|\s+have|\s+are)?(?:\s+been)?\s+(?:done|there|that|in|through|here|can|could|get\s+(?:a|some|round|around|to|going)\b|ready|mined|arriv|lands?|clear|settl|confirm|finish|over|suits?\b|have\s+(?:a|time)))"
    r"(?!\s+(?:was|were|said|did|had|got|bought|sold|sent|put|took|\w+ed)\b)"
    r"['’]?\s*\w.*"
)
COURTEOUS = re.compile(
    r"(?i)\b(?:oblig\w+|grateful|happier|happy|content|easier|safer|calmer|better|glad|nice|asking|ask|see|appreciate\w*|mind|wonder\w*|prefer|know|check|tell)\b.{0,60}\bif\b"
    r"|\bif\s+(?:you|u|possible|i\s+may|i\s+mind|it\s*['’]?s|it\s+(?:is|be)|it\s+is\s?n['’]?t\s+(?:too|any|a)|that\s*['’]?s\s+(?:ok|okay|possible|fine|cool|al+\s?right|convenient)|that\s+(?:is|works)|there\s*['’]?s|need|at\s+all|please|memory|i\s*['’]?m\s+not|my\s+(?:sums|maths?)|convenient|so|any)\b"
)
AND_ALSO = re.compile(
    r"(?i)(?:\b(?:and|then)|,)\s+(send|swap|supply|stake|bridge|borrow|repay|approve|revoke|wrap|unwrap|deposit|lend)(?:\s+(?:it|them|that|the)\b|[.!]?$)"
)
RHYTHM = re.compile(r"(?:hour|dai|week|month|year|night)ly")
STAYING = frozenset({"bridge", "swap", "wrap", "unwrap", "withdraw", "borrow", "unstake", "stake", "supply"})
STAYS = "what comes out of this stays with you; say afterwards whom to send it to"
COMING_OUT = frozenset({"withdraw", "borrow", "swap", "unstake", "remove_liquidity"})
SENDING = frozenset({"transfer", "nft_transfer", "bridge"})
NEVER_SO = "I cannot wait for something not to be so; say the condition the other way round"
KEPT = "I cannot keep “{}”; say it without, or do it in steps"


def unheld_limits(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """What binds a write and no slot holds, each as a sentence for the person."""
    start, end = utterance.words[reading.first].start, utterance.words[reading.last].end
    clause = utterance.text[start:end]
    way = WAYS.search(clause)
    if way and not any(tag.tag == "t.times" for tag in reading.tags):
        yield KEPT.format(way[0])
    waits = any(tag.tag.startswith(("t.", "x.")) for tag in reading.tags)
    if OFTEN.search(clause):
        yield "I cannot keep so many times in so long; say every how many hours or days"
    lasting = LASTING.search(clause) if reading.intent in LASTING_INTENTS and not waits else None
    if lasting:
        yield KEPT.format(lasting[0])
    free = " ".join(utterance.words[i].text for i in reading.unlabelled)
    bounded = waits or "min_out" in reading.slots or COURTEOUS.search(free) is not None
    condition = None if bounded else IF_BEHIND.search(free)
    condition = condition or (None if waits or reading.intent == "approve" else WHEN_BEHIND.search(free))
    if condition:
        yield f"I cannot keep the condition “{condition[0][:60]}”"
    if not waits and _over_and_over(utterance, reading):
        yield "I do that once; say how often, or say it again afterwards"
    if "slippage" not in reading.slots and SLIPPAGE.search(clause):
        yield "it is not clear how much slippage is to be borne; say it in percent"
    if MORE_OR_LESS.search(free):
        yield "it is not clear how much that comes to; say the whole amount"
    if REST.search(clause) and KEEPING.search(clause) and reading.intent != "rebalance":
        yield "how much the rest is was not said; say how much is to go"
    if FEES.search(free):
        yield "the costs of the network are paid beside the amount; I cannot take them out of it or add them"
    if reading.intent == "revoke" and SPARING.search(clause):
        yield "I cannot revoke all but some; say which are to go"
    also = AND_ALSO.search(clause) if reading.last == len(utterance.words) - 1 else AND_ALSO.search(f"{clause},")
    meant = {**MEANINGS, "send": SENDING}.get(also[1].lower(), {reading.intent}) if also else ()
    if also and (reading.intent not in meant or _sent_on(utterance, reading, also)):
        yield f"“{also[0]}” was said, too, and it is not clear with what; say it in a sentence of its own"
    if UNLESS.search(clause) and waits:
        yield NEVER_SO
    if reading.intent in ("withdraw", "borrow", "swap", "unstake", "transfer") and BANK.search(clause):
        yield "I cannot send anything to a bank"
    if reading.intent == "swap" and _of_what_i_get(utterance, reading, clause):
        yield "it is not clear which side the amount is of; say sell, or say buy"
    yield from _sums(utterance, reading)
    yield from _places(utterance, reading)


def unless_alerted(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'alert me unless eth is above 3000': what is watched for is told the other way round."""
    clause = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    if re.search(r"(?i)\bunless\b", clause):
        yield NEVER_SO


def _sent_on(utterance: Utterance, reading: Reading, also: re.Match[str]) -> bool:
    """'move 30 usdc to zksync and send the payment': behind where a bridge leads to, another is asked for."""
    led = next((tag for tag in reading.tags if tag.tag == "to_chain"), None)
    begin = utterance.words[reading.first].start
    joined = also[1].lower() == "send" and not also[0].startswith(",")
    return (
        joined
        and reading.intent == "bridge"
        and led is not None
        and utterance.words[led.last].end <= begin + also.start()
    )


def _of_what_i_get(utterance: Utterance, reading: Reading, clause: str) -> bool:
    """'give me 2 weth in exchange for usdt': a sum before 'in exchange' is of what is wanted."""
    tag = next((tag for tag in reading.tags if tag.tag == "amount_in"), None)
    match = MINE_FOR_YOURS.search(clause)
    return (
        tag is not None
        and match is not None
        and utterance.words[tag.first].start < utterance.words[reading.first].start + match.end()
    )


def _over_and_over(utterance: Utterance, reading: Reading) -> bool:
    """'send nora 50 usdc twice', 'send nora 2x 50 usdc'."""
    ends = (utterance.words[tag.last].end for tag in reading.tags)
    starts = (utterance.words[tag.first].start for tag in reading.tags if tag.tag in AMOUNT_SLOTS)
    before = (utterance.text[max(0, start - 6) : start] for start in starts)
    return any(TIMES_OVER.match(utterance.text, end) for end in ends) or any(map(TWO_OF.search, before))


def _sums(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'raise the allowance by 200', 'one oh five', the sum that is to arrive on another chain."""
    for tag in reading.tags:
        if tag.tag not in AMOUNT_SLOTS:
            continue
        before = utterance.text[utterance.words[reading.first].start : utterance.words[tag.first].start]
        if (reading.intent == "approve" and BY.search(before)) or OH.search(before):
            yield f"it is not clear what “{utterance.said(tag)}” comes to; say the whole amount"
        if utterance.words[tag.last].kind is Kind.PERCENT and TIER.match(utterance.text, utterance.words[tag.last].end):
            yield f"“{utterance.said(tag)}” names a pool and no amount; say how much"
        arriving = any(other.tag == "token_out" and other.first == tag.last + 1 for other in reading.tags)
        if reading.intent == "bridge" and arriving:
            yield "it is not clear whether that is sent or is to arrive; say how much is sent"


def _goes_to(utterance: Utterance, reading: Reading, first: int) -> bool:
    """'… from aave to my trading account': where it is to go, and not where it is done from."""
    words = [word.text.lower() for word in utterance.words[max(reading.first, first - 3) : first]]
    while words and words[-1] in ("my", "the"):
        words.pop()
    return words[-1:] in (["to"], ["into"], ["onto"]) and words[-2:-1] not in (["charged"], ["billed"])


def _places(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """A chain read as an account, a receiver read as one, somebody else's coins."""
    own = utterance.context.accounts
    free = reading.unlabelled if reading.intent in STAYING else []
    for i in free:
        word, before = utterance.words[i].text.lower(), utterance.words[i - 1].text.lower() if i else ""
        if word in utterance.context.contacts and word not in own and before in ("for", "to"):
            yield STAYS
    for tag in reading.tags:
        said = utterance.said(tag).lower()
        before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
        named = any(word.kind in (Kind.ENS, Kind.ADDRESS) for word in utterance.words_of(tag))
        if (
            tag.tag == "account"
            and reading.intent != "switch_account"
            and RHYTHM.fullmatch(said)
            and before not in ("from", "of", "in", "using", "with")
        ):
            yield f"it is not clear whether “{said}” is how often or an account"
        mine = tag.tag == "account" and reading.slots.get("account") in own
        if mine and reading.intent in COMING_OUT and _goes_to(utterance, reading, tag.first):
            yield STAYS
        if tag.tag != "account" or said in own:
            continue
        if said in CHAINS:
            yield f"it is not clear whether “{said}” is a chain or an account"
        elif (
            reading.intent != "switch_account"
            and before in ("to", "for", "into")
            and (named or said in utterance.context.contacts)
        ):
            yield STAYS
        elif named and utterance.text[utterance.words[tag.last].end :][:2] in ("'s", "’s"):
            yield f"“{said}” is no account of yours"
