"""What a value said in a change is for, where that is not what is pending: a purpose, the fee, a pledge, how often, a remark."""

import re
from collections.abc import Iterator, Mapping, Sequence

from nlp.assemble.finish import Drafted
from nlp.assemble.reading import AMOUNT_SLOTS, SPLIT, Reading, Utterance
from nlp.dialogue.changes import ORIGIN
from nlp.dialogue.consent import NOW
from nlp.dialogue.unsettled import WHICH
from nlp.types import Action, TaggedSpan

PURPOSE = "it is not clear whether {0} is to get it; say to {0}"
ONE_MORE = "say the whole payment for the one who comes in, too"
FROM_WHAT = "it is not clear whether that coin is sent or is to arrive; say the whole again"
WHICH_CHAIN = "it is not clear what that chain is for; say it for each"
NOT_WAITED = "it is not clear whether it is to wait no more; say “drop the condition”, or say it whole"
SAME_WORTH = "it is not clear how much of that coin it is to be; say the amount"
COUNTED = "it is not clear whether “{}” is an amount or how many are meant; say the amount and the coin"
ONLY_THE = re.compile(r"(?i)\W*(?:(?:ok|yes|no|actually)\W+)?(?:only|just)\s+the\b")
REPLACED = re.compile(r"(?i)\b(?:instead\s+of|rather\s+than|not)\s+(?:the\s+)?(\w+)")
WHICH_SIZE = "it is not clear which amount that is; say it with its coin"
REMARKED = "it is not clear whether {} is the new amount; say “make it so much”"
FEES = "the costs of the network are paid in the chain's own coin, from the account that sends"
OTHER_COIN = "it is not clear what {} is for; say the whole again"
NOT_PUT_OFF = "I put nothing off by that: say when it is to be done, or say no"
PARTS = "a sum was split; say what each is to get"
HOW_OFTEN = "it is not clear whether that is how often; say so many times"
REMARK = re.compile(
    r"(?i)\b(?:i|we|he|she|they)(?:['’](?:m|ve|s|re))?\s+(?:only\s+|just\s+|already\s+)?(?:paid|have|has|had|was|were|is|got|bought|sold|owes?|keep(?:ing)?)\s+(?:only\s+|about\s+)?$"
)
PRICED = re.compile(r"(?i)\bit(?:\s+was|\s+is|['’]s)\s+(?:only\s+|about\s+)?$")
OF_FEES = re.compile(r"(?i)\b(?:for|as|the|pay)\s+(?:the\s+)?(?:gas|fees?)\b(?!\s+account)")
PLEDGE = re.compile(r"(?i)\bcollateral\b|\bagainst\b")
PAID_WITH = re.compile(r"(?i)\b(?:using|with|from)\s+(?:my\s+|the\s+)?$")
AS = re.compile(r"(?i)\b(?:as|into)\s+$")
DERIVED = frozenset({"STETH", "WSTETH", "RETH", "CBETH", "WEETH"})
SPENDING = re.compile(r"(?i)\b(?:use|spend|pay|for|at\s+least)\s+(?:only\s+|just\s+)?$")
NUMBERED = re.compile(r"(?i)(?:\b(?:number|no\.?|nr\.?)\s+|#\s?)$")
COUNTING = re.compile(r"(?i)\b(?:all|these|those|the|first|last|number|no)\s+(?:first\s+|last\s+)?$")
WORTH = re.compile(r"(?i)\b(?:same\s+(?:value|worth)|equivalent|worth|equal\s+value)\b")
STOPPING = re.compile(r"(?i)\b(?:stop|end|finish|quit|cease)\b.{0,12}\b(?:after|at)\s+$")
OF_THOSE = re.compile(r"(?i)\s+of\s+(?:those|them|these)\b")
OTHER_SIDE = re.compile(r"(?i)\bother\s+(?:side|end)\b|\barriv\w+\b")
FOR = re.compile(r"(?i)(?<!it )(?<!that )(?<!s )(?<!is )(?<!be )\bfor\s+(?:my\s+|the\s+)?$")
CORRECTING = re.compile(r"(?i)\b(?:no|nah|not|instead|meant?|actually|rather|sorry|oops|wait|wrong)\b")
NOT_AGAIN = re.compile(r"(?i)\bnot\s+every\b|\b(?:just|only)\s+(?:this|once|one)\b|\bonce\b")
PUT_OFF = re.compile(r"(?i)\b(?:remind|ask)\s+me\b|\bi['’]?ll\s+do\b")
FOR_ALL = re.compile(r"(?i)\b(?:both|all|each)\b")
AS_WELL = re.compile(r"(?i)\b(?:too|also|as\s+well|add)\b")
TOLD_WHERE = re.compile(r"(?i)\b(?:from|to|into|onto|out\s+of|off|using|use|with|via|account)\b")


def meant_otherwise(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Iterator[str]:
    """Why a label's value may not be the pending action's, each as a sentence for the person."""
    if reading.intent != "amend":
        return
    actions = [item.action for item in pending]
    text = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    yield from _whom_or_where(utterance, reading, actions, text)
    yield from _how_often(reading, actions, text)
    yield from _another_coin(utterance, reading, actions, text)
    for tag in reading.tags:
        if tag.tag in AMOUNT_SLOTS:
            before = utterance.text[utterance.words[reading.first].start : utterance.words[tag.first].start]
            priced = any(action.intent == "swap" for action in actions) and PRICED.search(before) is not None
            if priced or REMARK.search(before):
                yield REMARKED.format(utterance.said(tag))
            if NUMBERED.search(before) and "amount" not in {slot for a in actions for slot in a.slots}:
                yield REMARKED.format(utterance.said(tag))
            if len(actions) > 1 and utterance.said(tag).isalpha() and COUNTING.search(before):
                yield COUNTED.format(utterance.said(tag))
            spent = tag.tag in ("amount_in", "min_out") and not SPENDING.search(before)
            if spent and _buys(actions) and not _beside_a_coin(reading, tag.last + 1):
                yield WHICH_SIZE
            if _counts_runs(utterance, before, utterance.words[tag.last].end, actions):
                yield HOW_OFTEN


def _whom_or_where(utterance: Utterance, reading: Reading, actions: Sequence[Action], text: str) -> Iterator[str]:
    """'for food' beside a receiver, 'omar too', 'spare instead' of what goes from an account to an account."""
    named = {tag.tag: tag for tag in reading.tags}
    paid = [action for action in actions if "recipient" in action.slots]
    recipient = named.get("recipient")
    if recipient and paid:
        before = utterance.text[utterance.words[reading.first].start : utterance.words[recipient.first].start]
        if FOR.search(before) and not CORRECTING.search(text):
            yield PURPOSE.format(utterance.said(recipient))
    sized = bool(AMOUNT_SLOTS & set(named))
    if AS_WELL.search(text) and ((recipient and paid) or (sized and any(name.startswith("token") for name in named))):
        yield ONE_MORE
    own = utterance.context.accounts
    moved = [a for a in paid if a.slots["recipient"] in own and a.slots.get("account") in own]
    said = next((utterance.said(named[tag]).lower() for tag in ("account", "recipient") if tag in named), "")
    if moved and said in own and not TOLD_WHERE.search(text):
        yield ORIGIN.format(said)
    if any(token.startswith("token") for token in named) and OTHER_SIDE.search(text):
        yield FROM_WHAT
    if len(actions) > 1 and _one_coin_of_several(named, actions, text):
        yield WHICH
    if "chain" in named and FOR_ALL.search(text) and any("to_chain" in action.slots for action in actions):
        yield WHICH_CHAIN


def _one_coin_of_several(named: Mapping[str, TaggedSpan], actions: Sequence[Action], text: str) -> bool:
    """'only the link' of two, 'dai instead of usdc' where several hold usdc: which of them?"""
    if not any(name.startswith("token") for name in named) or AMOUNT_SLOTS & set(named):
        return False
    match = REPLACED.search(text)
    old = match[1].upper() if match else ""
    holding = [a for a in actions if old and old in (a.slots.get("token"), a.slots.get("token_in"))]
    return ONLY_THE.match(text) is not None or len(holding) > 1


def _how_often(reading: Reading, actions: Sequence[Action], text: str) -> Iterator[str]:
    """'just once' said to what recurs, 'remind me tomorrow', 'make it 100' said to a sum that was split."""
    waits = any(action.trigger and action.intent != "alert" for action in actions)
    if waits and NOW.search(text) and not any(tag.tag.startswith("t.") for tag in reading.tags):
        yield NOT_WAITED
    if PUT_OFF.search(text):
        yield NOT_PUT_OFF
    if NOT_AGAIN.search(text) and any("every" in (action.trigger or {}) for action in actions):
        yield HOW_OFTEN
    sized = any(tag.tag in AMOUNT_SLOTS for tag in reading.tags)
    split = any(SPLIT in action.spans for action in actions)
    if split and sized and not re.search(r"(?i)\b(?:each|apiece|both)\b", text):
        yield PARTS


def _another_coin(utterance: Utterance, reading: Reading, actions: Sequence[Action], text: str) -> Iterator[str]:
    """A coin that is named for something else than what is moved: the fee, what is pledged, what comes out, what pays a debt."""
    token = next((tag for tag in reading.tags if tag.tag.startswith("token")), None)
    account = any(tag.tag == "account" for tag in reading.tags)
    if (token or account) and OF_FEES.search(text):
        yield FEES
    if token is None:
        return
    intents = {action.intent for action in actions if "token" in action.slots}
    before = utterance.text[utterance.words[reading.first].start : utterance.words[token.first].start]
    pledged = "borrow" in intents and (PLEDGE.search(text) or PAID_WITH.search(before))
    came_out = "stake" in intents and utterance.said(token).upper() in DERIVED
    if WORTH.search(text) and not any(tag.tag in AMOUNT_SLOTS for tag in reading.tags):
        yield SAME_WORTH
    bridged = any(action.intent == "bridge" and "token" in action.slots for action in actions)
    if bridged and token.tag == "token" and AS.search(before):
        yield FROM_WHAT
    if pledged or came_out or ("repay" in intents and PAID_WITH.search(before)):
        yield OTHER_COIN.format(utterance.said(token))


def _buys(actions: Sequence[Action]) -> bool:
    """Whether what is pending is sized by what is bought."""
    return any(a.intent == "swap" and "amount_out" in a.slots and "amount_in" not in a.slots for a in actions)


def _beside_a_coin(reading: Reading, index: int) -> bool:
    return any(tag.tag.startswith("token") and tag.first == index for tag in reading.tags)


def _counts_runs(utterance: Utterance, before: str, end: int, actions: Sequence[Action]) -> bool:
    """'stop after five', 'do six of those', said to what recurs."""
    recurs = any("every" in (action.trigger or {}) for action in actions)
    return recurs and (STOPPING.search(before) is not None or OF_THOSE.match(utterance.text, end) is not None)
