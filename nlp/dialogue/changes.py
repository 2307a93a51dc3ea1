"""What a change of something pending says plainly, before any label is believed: another request, a question, a sum more or less."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from nlp.assemble.finish import Drafted
from nlp.assemble.limits import UNLESS
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.assemble.relabel import COINS_TOO
from nlp.assemble.verbs import MEANINGS
from nlp.lexicon import CHAINS, COIN_NAMES, CURRENCIES, TICKERS
from nlp.types import Action, Hint, Kind, SlotValue, TaggedSpan

ANOTHER = "this asks for something else than what is pending; say no to that first, or say the new request alone"
ASKED = "this is a question; say plainly what is to be changed, or say yes or no"
RELATIVE = "it is not clear how much that comes to; say the whole amount"
COIN_UNREAD = "it is not clear which coin that is of; say the amount and the coin"
RECEIVER = "what comes out of this stays with you; say afterwards whom to send it to"
ORIGIN = "it is not clear whether it is to come from {0} or to go to {0}; say from or to"
A_CHAIN = "it is not clear whether {0} is meant as a chain; say on {0}, or say the coin"
NOT_SO = "I cannot wait for something not to be so; say the condition the other way round"
BY_SO_MUCH = re.compile(r"(?i)\b(?:by|up|down)\s+$")
ORIGIN_SAID = re.compile(r"(?i)\b(?:source|origin|com(?:es|ing)\s+from)\b")
NUMBER_OF = re.compile(r"(?i)(?:\bid|\bnumber|#)\W*$")
NO_AMOUNT = "it is not clear whether that is an amount or the number of a collectible; say it whole"
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
GETTING = re.compile(r"(?i)\b(?:gets?|receives?|should\s+have|have\s+it)\b")
TOWARDS = re.compile(r"(?i)\b(?:to|onto|into|towards?|on|instead|make\s+it|dest\w*)\s+$")
MAKING_IT = re.compile(r"(?i)\b(?:make|in|instead|not|coins?|tokens?|meant?)\b")
LEAVING = re.compile(
    r"(?i)\b(?:(?:from|off|out\s+of|leaving|on|src|origin|start\w*)\s+(?:the\s+)?|(?:source|origin)\s+is\s+(?:the\s+)?)$"
)


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
    for tag in reading.tags:
        start, end = utterance.words[tag.first].start, utterance.words[tag.last].end
        before = utterance.text[utterance.words[reading.first].start : start]
        if tag.tag in AMOUNT_SLOTS and (MORE_BEHIND.match(utterance.text, end) or MORE_BEFORE.search(before)):
            yield RELATIVE
        if tag.tag in AMOUNT_SLOTS and NUMBER_OF.search(before):
            yield NO_AMOUNT
        if tag.tag == "slippage" and BY_SO_MUCH.search(before):
            yield RELATIVE
        if tag.tag in PLACES and NEGATED.search(before):
            yield NOT_THERE
        if reading.slots.get(tag.tag) == "100%" and _all_of_it_from(reading, actions):
            yield RELATIVE
        if tag.tag in ("account", "recipient") and _keeps(actions) and _is_somebody_else(utterance, reading, tag):
            yield RECEIVER
        if tag.tag in ("to_chain", "chain") and _either_end(actions, before) and not _instead_of_an_end(text, actions):
            yield ORIGIN.format(utterance.said(tag))
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
            and any(_no_origin_yet(a, reading.slots.get("from_chain")) for a in actions)
            and not LEAVING.search(before)
        ):
            yield ORIGIN.format(utterance.said(tag))


def _no_origin_yet(action: Action, said: SlotValue | None) -> bool:
    """Whether an origin that is said now could as well be the destination: none was said before, or it is the old destination."""
    return "to_chain" in action.slots and ("from_chain" not in action.slots or action.slots["to_chain"] == said)


def _another_verb(utterance: Utterance, reading: Reading, actions: Sequence[Action]) -> bool:
    """'scrap that, i'd rather swap 15 usdc for eth' said to a payment: another verb, and no reference to what is pending."""
    said = {utterance.words[i].text.lower() for i in reading.unlabelled} & set(VERBS)
    meant = frozenset().union(*(VERBS[verb] for verb in said))
    refers = any(tag.tag == "ref" for tag in reading.tags)
    return bool(said) and not refers and not any(action.intent in meant for action in actions)


def _all_of_it_from(reading: Reading, actions: Sequence[Action]) -> bool:
    """'take it all from vault' said to sums that were named: all of them, and from there."""
    placed = any(tag.tag in PLACES for tag in reading.tags)
    sized = any(PLAIN.fullmatch(str(a.slots.get(s, ""))) for a in actions for s in ("amount", "amount_in"))
    return placed and sized


def _is_somebody_else(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    """'bob.eth should get it' read as the account that it is done from."""
    named = any(word.kind in (Kind.ENS, Kind.ADDRESS) for word in utterance.words_of(tag))
    said = utterance.said(tag).lower()
    known = said in utterance.context.contacts and said not in utterance.context.accounts
    text = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    return (named or known) and GETTING.search(text) is not None


def _either_end(actions: Sequence[Action], before: str) -> bool:
    """'no, arbitrum' said to a bridge whose both ends were named: which of them?"""
    both = any(a.intent == "bridge" and {"from_chain", "to_chain"} <= set(a.slots) for a in actions)
    return both and not TOWARDS.search(before)


def _instead_of_an_end(text: str, actions: Sequence[Action]) -> bool:
    """'linea, not zksync' where that was the destination."""
    ends = {str(action.slots.get("to_chain", "")) for action in actions} - {""}
    return any(re.search(rf"(?i)\b(?:not|instead\s+of|rather\s+than)\s+{re.escape(end)}\b", text) for end in ends)


def _no_chain(actions: Sequence[Action]) -> bool:
    return all(a.intent == "transfer" and "token" in a.slots and "chain" not in a.slots for a in actions)


def _coin_behind(utterance: Utterance, reading: Reading, index: int, actions: Sequence[Action]) -> bool:
    """Whether a coin that nothing pending holds stands right behind an amount, and no label on it."""
    if index not in reading.unlabelled or Hint.TOKEN not in utterance.words[index].hints:
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
    free = {utterance.words[i].text.lower() for i in reading.unlabelled if utterance.words[i].text.isalpha()}
    if free - MAKING:
        return reading
    if not said or coins or len(measure) != 1 or said not in reading.slots or said in (measure[0], "min_out"):
        return reading
    value = reading.slots[said]
    if said == "value" or (action.intent not in ("swap", "set_limit", "quote") and measure[0] != "value"):
        return reading
    return _renamed(reading, said, measure[0], _in_money(value, action) if measure[0] == "value" else value)


def coin_counted(reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'5 usdc and azuki 19 to kiki' · 'make the usdc 7': of a coin there is an amount, of a collectible a number."""
    coin = reading.slots.get("token")
    held = any(coin in (item.action.slots.get("token"), item.action.slots.get("token_in")) for item in pending)
    named = set(reading.slots) == {"token", "token_id"} and held
    return _renamed(reading, "token_id", "amount", reading.slots["token_id"]) if named else reading


def origin_said(utterance: Utterance, reading: Reading, pending: Sequence[Drafted]) -> Reading:
    """'the source is optimism' said to a bridge is where it comes from, whatever end a label put it to."""
    text = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    label = next((slot for slot in ("to_chain", "chain") if set(reading.slots) == {slot}), None)
    bridged = any(item.action.intent == "bridge" for item in pending)
    tag = next((tag for tag in reading.tags if tag.tag == label), None)
    if tag is None or label is None or not bridged or not ORIGIN_SAID.search(text):
        return reading
    if tag.first > reading.first and utterance.words[tag.first - 1].text.lower() in ("to", "onto", "into", "towards"):
        return reading
    return _renamed(reading, label, "from_chain", reading.slots[label])


def _in_money(value: SlotValue, action: Action) -> SlotValue:
    """A bare number in the money of the sum before it."""
    currency = str(action.slots["value"]).partition(" ")[2]
    return f"{value} {currency}" if re.fullmatch(r"[0-9.]+", str(value)) else value


def _renamed(reading: Reading, slot: str, name: str, value: SlotValue) -> Reading:
    slots = {name if key == slot else key: value if key == slot else kept for key, kept in reading.slots.items()}
    spans = {name if key == slot else key: span for key, span in reading.spans.items()}
    tags = tuple(replace(tag, tag=name) if tag.tag == slot else tag for tag in reading.tags)
    return replace(reading, slots=slots, spans=spans, tags=tags)
