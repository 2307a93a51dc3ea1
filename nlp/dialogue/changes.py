"""What a change of something pending says plainly, before any label is believed: another request, a question, a sum more or less."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from nlp.assemble.finish import Drafted
from nlp.assemble.limits import UNLESS
from nlp.assemble.reading import AMOUNT_SLOTS, SPLIT, Reading, Utterance
from nlp.assemble.relabel import COINS_TOO
from nlp.assemble.verbs import MEANINGS
from nlp.lexicon import CHAINS, COIN_NAMES, CURRENCIES, TICKERS
from nlp.types import Action, Hint, SlotValue

ANOTHER = "this asks for something else than what is pending; say no to that first, or say the new request alone"
ASKED = "this is a question; say plainly what is to be changed, or say yes or no"
RELATIVE = "it is not clear how much that comes to; say the whole amount"
COIN_UNREAD = "it is not clear which coin that is of; say the amount and the coin"
RECEIVER = "what comes out of this stays with you; say afterwards whom to send it to"
ORIGIN = "it is not clear whether it is to come from {0} or to go to {0}; say from or to"
A_CHAIN = "it is not clear whether {0} is meant as a chain; say on {0}, or say the coin"
NOT_SO = "I cannot wait for something not to be so; say the condition the other way round"
PURPOSE = "it is not clear whether {0} is to get it; say to {0}"
ONE_MORE = "say the whole payment for the one who comes in, too"
FROM_OR_TO = "it is not clear whether it is to come from {0} or to go to {0}; say from or to"
FROM_WHAT = "it is not clear whether that coin is sent or is to arrive; say the whole again"
WHICH_CHAIN = "it is not clear what that chain is for; say it for each"
REMARKED = "it is not clear whether {} is the new amount; say “make it so much”"
FEES = "the costs of the network are paid in the chain's own coin, from the account that sends"
OTHER_COIN = "it is not clear what {} is for; say the whole again"
NOT_PUT_OFF = "I put nothing off by that: say when it is to be done, or say no"
PARTS = "a sum was split; say what each is to get"
HOW_OFTEN = "it is not clear whether that is how often; say so many times"
BY_SO_MUCH = re.compile(r"(?i)\b(?:by|up|down)\s+$")
NOT_THERE = "it is not clear where it is to be done instead; say the place"
MONEY = "that is money, and no coin; say the coin"
VAGUE = "it is not clear what is to be changed, and to what; say it"
PLACES = frozenset({"account", "chain", "protocol"})
NEGATED = re.compile(
    r"(?i)\b(?:not|without|except|avoid|(?:anything|anywhere)\s+but)\s+(?:from|on|via|with|using|in|at)?\s*$"
)
OTHERS = re.compile(r"(?i)\b(?:different|another|cheaper|faster|lower|higher|not\s+(?:on|from|via|with)|without)\b")
WHICH_ONE = "only one thing is pending; say anew what else is to be done"
WHAT_TURNED = "it is not clear what is to be the other way round; say it whole"
ORDINAL = re.compile(r"(?i)\bthe\s+(?:first|second|third|other)\s+one\b")
TURNED = re.compile(r"(?i)\b(?:other|wrong)\s+way\b|\bswitch(?:ed)?\s+(?:them|round)\b|\bthe\s+other\s+one\b")
VERBS: Mapping[str, frozenset[str]] = {
    **MEANINGS,
    **dict.fromkeys(("swap", "convert", "exchange"), frozenset({"swap", "wrap", "unwrap", "unstake"})),
    **dict.fromkeys(("send", "transfer", "wire"), frozenset({"transfer", "nft_transfer", "bridge"})),
}
MAKING = frozenset(
    ("make", "it", "that", "no", "nah", "wait", "sorry", "ok", "okay", "then", "just", "only", "actually", "hmm", "um", "uh", "er", "fine", "yes", "but", "and", "well", "oh", "lets", "let", "s", "do", "please", "pls",
     "say", "now", "to", "a", "the", "rather", "instead", "so", "maybe", "mind", "change", "go", "with", "for", "be", "should", "i", "meant", "mean", "more", "like", "x", "yeah", "alright", "right")
)  # fmt: skip
"""What stands around a size that is said alone."""
MOST_SLIPPAGE, FAR_FROM = 3, 100
PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
SIZES = ("amount_in", "amount_out", "value")
QUESTION = re.compile(
    r"(?i)^\W*(?:(?:yes|yep|yeah|ok|okay|sure|wait|hmm|but|and|um|so|fine)\W+)*(?:is|are|will|does|should|shall|(?:do|did|have|has)\s+(?:i|we|you|they|he|she)|which|why|who|where|from\s+which|what(?!\s+about)|how(?!\s+about))\b.*\?\W*$"
)
MORE_BEHIND = re.compile(r"(?i)\s+(?:\w+\s+)?(?:more|less|fewer|extra|on\s+top|off|back)\b")
MORE_BEFORE = re.compile(
    r"(?i)\b(?:plus|minus|add|another|extra|subtract|except(?:\s+for)?|keep|apart\s+from|save|spare|leave|leaving|less|deduct|reduce|by|off)\s+(?:me\s+)?$"
)
REMARK = re.compile(
    r"(?i)\b(?:i|we|he|she|they)(?:['’](?:m|ve|s|re))?\s+(?:only\s+|just\s+|already\s+)?(?:paid|have|has|had|was|were|is|got|bought|sold|owes?|keep(?:ing)?)\s+(?:only\s+|about\s+)?$"
)
PRICED = re.compile(r"(?i)\bit(?:\s+was|\s+is|['’]s)\s+(?:only\s+|about\s+)?$")
OF_FEES = re.compile(r"(?i)\b(?:for|as|the|pay)\s+(?:the\s+)?(?:gas|fees?)\b(?!\s+account)")
PLEDGE = re.compile(r"(?i)\bcollateral\b|\bagainst\b")
PAID_WITH = re.compile(r"(?i)\b(?:using|with|from)\s+(?:my\s+|the\s+)?$")
DERIVED = frozenset({"STETH", "WSTETH", "RETH", "CBETH", "WEETH"})
STOPPING = re.compile(r"(?i)\b(?:stop|end|finish|quit|cease)\b.{0,12}\b(?:after|at)\s+$")
OF_THOSE = re.compile(r"(?i)\s+of\s+(?:those|them|these)\b")
OTHER_SIDE = re.compile(r"(?i)\bother\s+(?:side|end)\b|\barriv\w+\b")
FOR = re.compile(r"(?i)(?<!it )(?<!that )(?<!s )(?<!is )(?<!be )\bfor\s+(?:my\s+|the\s+)?$")
CORRECTING = re.compile(r"(?i)\b(?:no|nah|not|instead|meant?|actually|rather|sorry|oops|wait|wrong)\b")
NOT_AGAIN = re.compile(r"(?i)\bnot\s+every\b|\b(?:just|only)\s+(?:this|once|one)\b|\bonce\b")
PUT_OFF = re.compile(r"(?i)\b(?:remind|ask)\s+me\b|\bi['’]?ll\s+do\b")
MAKING_IT = re.compile(r"(?i)\b(?:make|in|instead|not|coins?|tokens?|meant?)\b")
FOR_ALL = re.compile(r"(?i)\b(?:both|all|each)\b")
AS_WELL = re.compile(r"(?i)\b(?:too|also|as\s+well|add)\b")
TOLD_WHERE = re.compile(r"(?i)\b(?:from|to|into|onto|out\s+of|off|using|use|with|via|account)\b")
LEAVING = re.compile(r"(?i)\b(?:from|off|out\s+of|leaving|on|src|origin|start\w*)\s+(?:the\s+)?$")


def speaks_against(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Iterator[str]:
    """Why a turn is not believed to be the change that it was read as, each as a sentence for the person."""
    actions = [item.action for item in pending]
    if reading.intent != "amend":
        return
    text = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    if _another_verb(utterance, reading, actions):
        yield ANOTHER
    if QUESTION.match(text) and any(tag.tag != "ref" for tag in reading.tags):
        yield ASKED
    if len(actions) == 1 and ORDINAL.search(text):
        yield WHICH_ONE
    if UNLESS.search(text) and any(tag.tag.startswith("t.") for tag in reading.tags):
        yield NOT_SO
    if not reading.tags and OTHERS.search(text):
        yield VAGUE
    if not reading.tags and TURNED.search(text):
        yield WHAT_TURNED
    yield from _whom_or_where(utterance, reading, actions, text)
    yield from _another_coin(utterance, reading, actions, text)
    for tag in reading.tags:
        start, end = utterance.words[tag.first].start, utterance.words[tag.last].end
        before = utterance.text[utterance.words[reading.first].start : start]
        if tag.tag in AMOUNT_SLOTS and (MORE_BEHIND.match(utterance.text, end) or MORE_BEFORE.search(before)):
            yield RELATIVE
        priced = any(action.intent == "swap" for action in actions) and PRICED.search(before) is not None
        if tag.tag in AMOUNT_SLOTS and (priced or REMARK.search(before)):
            yield REMARKED.format(utterance.said(tag))
        if tag.tag in AMOUNT_SLOTS and _counts_runs(utterance, before, end, actions):
            yield HOW_OFTEN
        if tag.tag == "slippage" and BY_SO_MUCH.search(before):
            yield RELATIVE
        if tag.tag in PLACES and NEGATED.search(before):
            yield NOT_THERE
        if tag.tag in ("amount", "amount_in") and _of_what(reading, tag.tag, actions):
            yield RELATIVE
        said = utterance.said(tag).lower()
        if tag.tag.startswith("token") and said in CURRENCIES and said not in TICKERS:
            yield MONEY
        if tag.tag.startswith("token") and said in CHAINS and said not in TICKERS and said not in COIN_NAMES:
            yield A_CHAIN.format(said)
        if tag.tag == "token" and said in COINS_TOO and not MAKING_IT.search(text) and _no_chain(actions):
            yield A_CHAIN.format(said)
        if tag.tag in AMOUNT_SLOTS and _coin_behind(utterance, reading, tag.last + 1, actions):
            yield COIN_UNREAD
        if (
            tag.tag in ("account", "recipient")
            and re.search(r"(?i)\bto\s+(?:my\s+|the\s+)?$", before)
            and _keeps(actions)
        ):
            yield RECEIVER
        if (
            tag.tag == "from_chain"
            and any("to_chain" in a.slots and "from_chain" not in a.slots for a in actions)
            and not LEAVING.search(before)
        ):
            yield ORIGIN.format(utterance.said(tag))


def _whom_or_where(utterance: Utterance, reading: Reading, actions: Sequence[Action], text: str) -> Iterator[str]:
    """'for food' beside a receiver, 'omar too', 'spare instead' of what goes from an account to an account, a split sum."""
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
        yield FROM_OR_TO.format(said)
    if any(token.startswith("token") for token in named) and OTHER_SIDE.search(text):
        yield FROM_WHAT
    if "chain" in named and FOR_ALL.search(text) and any("to_chain" in action.slots for action in actions):
        yield WHICH_CHAIN
    if PUT_OFF.search(text):
        yield NOT_PUT_OFF
    if NOT_AGAIN.search(text) and any("every" in (action.trigger or {}) for action in actions):
        yield HOW_OFTEN
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
    if pledged or came_out or ("repay" in intents and PAID_WITH.search(before)):
        yield OTHER_COIN.format(utterance.said(token))


def _counts_runs(utterance: Utterance, before: str, end: int, actions: Sequence[Action]) -> bool:
    """'stop after five', 'do six of those', said to what recurs."""
    recurs = any("every" in (action.trigger or {}) for action in actions)
    return recurs and (STOPPING.search(before) is not None or OF_THOSE.match(utterance.text, end) is not None)


def _another_verb(utterance: Utterance, reading: Reading, actions: Sequence[Action]) -> bool:
    """'scrap that, i'd rather swap 15 usdc for eth' said to a payment: another verb, and no reference to what is pending."""
    said = {utterance.words[i].text.lower() for i in utterance.unlabelled(reading)} & set(VERBS)
    meant = frozenset().union(*(VERBS[verb] for verb in said))
    refers = any(tag.tag == "ref" for tag in reading.tags)
    return bool(said) and not refers and not any(action.intent in meant for action in actions)


def _no_chain(actions: Sequence[Action]) -> bool:
    return all(a.intent == "transfer" and "token" in a.slots and "chain" not in a.slots for a in actions)


def _coin_behind(utterance: Utterance, reading: Reading, index: int, actions: Sequence[Action]) -> bool:
    """Whether a coin that nothing pending holds stands right behind an amount, and no label on it."""
    if index not in utterance.unlabelled(reading) or Hint.TOKEN not in utterance.words[index].hints:
        return False
    held = {str(value) for action in actions for value in action.slots.values()}
    return utterance.words[index].text.upper() not in held


def _of_what(reading: Reading, slot: str, actions: Sequence[Action]) -> bool:
    """'only half' said to a fixed sum, '0.5' said to 400 after a word of slippage: of what, or of which measure?"""
    value = str(reading.slots.get(slot, ""))
    held = next((str(a.slots[s]) for a in actions for s in ("amount", "amount_in", "amount_out") if s in a.slots), "")
    refers = any(tag.tag == "ref" for tag in reading.tags)
    if not PLAIN.fullmatch(held) or refers:
        return False
    if value.endswith("%"):
        return value != "100%"
    swaps = any(action.intent == "swap" for action in actions)
    number = Decimal(value) if PLAIN.fullmatch(value) else Decimal(0)
    return swaps and 0 < number <= MOST_SLIPPAGE and Decimal(held) >= FAR_FROM * number


def _keeps(actions: Sequence[Action]) -> bool:
    """Whether nothing pending has anybody to receive it."""
    return all(
        action.intent not in ("transfer", "nft_transfer", "contact_add", "draft_agreement") for action in actions
    )


def sized_alike(utterance: Utterance, reading: Reading, action: Action) -> Reading:
    """'buy 3 link with usdc' · 'make it 5' is five link: a size said alone is in the measure that the trade has."""
    tags = [tag for tag in reading.tags if tag.tag in AMOUNT_SLOTS]
    coins = any(tag.tag.startswith("token") for tag in reading.tags)
    measure = [slot for slot in SIZES if slot in action.slots]
    said = tags[0].tag if len(tags) == 1 else ""
    free = {utterance.words[i].text.lower() for i in utterance.unlabelled(reading) if utterance.words[i].text.isalpha()}
    if free - MAKING:
        return reading
    if not said or coins or len(measure) != 1 or said not in reading.slots or said in (measure[0], "min_out"):
        return reading
    value = reading.slots[said]
    if said == "value" or (action.intent not in ("swap", "set_limit", "quote") and measure[0] != "value"):
        return reading
    return _renamed(reading, said, measure[0], _in_money(value, action) if measure[0] == "value" else value)


def _in_money(value: SlotValue, action: Action) -> SlotValue:
    """A bare number in the money of the sum before it."""
    currency = str(action.slots["value"]).partition(" ")[2]
    return f"{value} {currency}" if re.fullmatch(r"[0-9.]+", str(value)) else value


def _renamed(reading: Reading, slot: str, name: str, value: SlotValue) -> Reading:
    slots = {name if key == slot else key: value if key == slot else kept for key, kept in reading.slots.items()}
    spans = {name if key == slot else key: span for key, span in reading.spans.items()}
    tags = tuple(replace(tag, tag=name) if tag.tag == slot else tag for tag in reading.tags)
    return replace(reading, slots=slots, spans=spans, tags=tags)
