"""Reasons for which a write that the model proposes is not believed. They only stop; they never pick an intent."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from nlp.assemble.asides import told_aside
from nlp.assemble.evidence import is_texted_to, unproven
from nlp.assemble.excluded import excluded, taken_though_excluded
from nlp.assemble.hearsay import is_reported
from nlp.assemble.limits import unheld_limits, unless_alerted
from nlp.assemble.openers import opened_for_both, opened_otherwise
from nlp.assemble.overlooked import is_the_chain_s, overlooked, places_unread
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance, binds
from nlp.assemble.tense import told, told_before
from nlp.assemble.text import RUNNING, character_range
from nlp.assemble.unheld_parts import unheld_parts
from nlp.assemble.unread_times import put_off, times_unread
from nlp.assemble.verbs import ordered_too, other_verb
from nlp.schema import INTENTS, INTERNAL_INTENTS
from nlp.types import Hint, Kind, TaggedSpan, Word
from nlp.values.numbers import plain, read_number

BINDING_KINDS = frozenset(
    (Kind.NUMBER, Kind.PERCENT, Kind.BPS, Kind.MONEY, Kind.ADDRESS, Kind.BAD_HEX, Kind.HASH, Kind.ENS, Kind.BAD_NAME, Kind.FUNCTION, Kind.PERIOD, Kind.TIME, Kind.DATE)
)  # fmt: skip
PARTY_SLOTS = ("recipient", "spender", "address", "account", "contract", "party")
CORRECTION = frozenset(
    ("no", "wait", "sorry", "actually", "mean", "scratch", "rather", "not", "instead", "oops", "make", "hmm", "eh", "er", "nah", "kidding", "hold")
)  # fmt: skip
NEGATIVES = r"under\s+no\s+circumstances|(?:do|did|wo|should|must|would|ca)n['’]?t|(?:do|did|should|must)\s+not|never|no\s+longer|not|(?:din|did|can|wull|won|would|should|could|is|was|has|have)nae?|ain['’]?t"
NEGATION = re.compile(
    rf"\b(?:{NEGATIVES})\b(?!\s+(?:mind|wait|forget|worry|hesitate|delay|only|just|(?:less|more|fewer)\s+than)\b)", re.I
)
NUMBERED = re.compile(
    r"(?i)\b(?:invoices?|inv|ref(?:erence)?|order|receipt|ticket|bill|room|flat|apartment|clause|article|section|page|chapter|proposal|round|season|table|forms?|resolution|steps?|erc|eip|bep)"
    r"\W*(?:no|number|nr|#)?\W*$"
)
PAST = re.compile(r"(?i)\b(?:dated|resolution\s+of|letter\s+of|overdue\s+by|late\s+by)\W*$")
CLAUSE = re.compile(r"[,;:.!?—-]|\b(?:so|but|just|instead)\b", re.I)
BOUNDLESS = re.compile(r"\b(?:unlimited|infinite|infinity|limitless|boundless|max|maximum|any amount|no limit)\b", re.I)
RIVAL_AMOUNTS = (("amount_in", "amount_out"), ("amount", "value"), ("amount_in", "value"), ("amount_out", "value"))
BOUND = re.compile(
    r"(?i)\b(?:at\s+(?:least|most)|up\s+to|(?:no|not)\s+(?:more|less)\s+than|(?:a\s+)?(?:maximum|minimum|max|min)\s+(?:of\s+)?)"
    r"\s*[^\s\w]?[\w.,]*(?:\s?(?:dollars?|bucks|euros?|pounds?|usd|eur|gbp))?\W?$"
)
BOUND_BEHIND = re.compile(
    r"(?i)\s+(?:at\s+(?:least|most)|minimum|maximum|or\s+(?:more|less)|(?:\w+\s+)?(?:more|less|fewer)\s+than)\b"
)
OF_WHAT_WAITS = frozenset({"speed_up", "cancel_tx"})
"""What is already sent: how long it has waited limits nothing."""
TIMES_PAST = frozenset({Kind.PERIOD, Kind.TIME, Kind.DATE})
RATE_BEHIND = re.compile(r"(?i)\s+(?:(?:a|per|each)\s+(?:year|annum)|annual|yearly|apr|apy|interest|p\.a\.)\b")
LATER = re.compile(
    r"(?i)\b(?:as\s+soon\s+as|when(?=\s+(?:i|we|she|he|they|the|my)\b(?!\s*(?:said|say)\b))|after(?=\s+(?:lunch|dinner|work|i|we|my|the)\b)|if(?!\s+(?:you|u|possible|(?:that|it)(?!(?:['’]?s|\s+is)\s+(?:cheap|fast|less|better))|i\s+may|at\s+all)\b)|once|unless|provided|only\s+when)\s+\w+.*"
)
NEVER_GRANTED = re.compile(r"(?i)\b(?:under\s+no\s+circumstances|never|do\s?n['’]?t)\s+(?:grant|approve)\b")
UNDOING = frozenset({"revoke", "cancel_tx", "contact_remove", "set_limit"})
QUESTION = re.compile(
    r"^\W{0,10}(?:(?:so|ok|okay|and|but|hey|hi|um|uh|well)\W{1,10})?(?:"
    r"what\s+(?:happens|if|would|will)|what['’]s\s+the\s+(?:difference|risk|best)|how\s+(?:do|does|would|can|could|should|to)\b|"
    r"should\s+(?:i|we)|is\s+it|would\s+it(?!\s+be\s+(?:possible|ok|okay))|why\b|when\s+should|does\b|do\s+i\b|did\b|has\b|have\s+i)",
    re.I,
)
TIMES = frozenset({Kind.DATE, Kind.TIME, Kind.PERIOD, Kind.ADDRESS, Kind.HASH})
CROSSED = frozenset({("amount_out", "token_in"), ("amount_in", "token_out"), ("min_out", "token_in")})
NO_NEED = re.compile(
    r"(?i)\b(?:no\s+need\s+to|need\s?n['’]t|don['’]?t\s+(?:need|bother)\s+to)\s+(?:\w+\s+)?(?:revok|cancel|remov|delet|forget|limit|abort)\w*"
)
TEMPTED = re.compile(
    r"(?i)\b(?:i['’]?m|am|been|we['’]?re)\s+(?:tempted|considering|wondering|toying|thinking\s+(?:of|about))\b|\b(?:wise|smart|sensible|good\s+idea|thoughts|dumb)\s*\?"
)
IF = re.compile(
    r"(?i)\W*(?:and\s+|but\s+|then\s+|also\s+)*(?:if|when|whenever|once|unless|as\s+soon\s+as|the\s+moment)\s+(?!(?:you|i\s+may|possible|that|again\b|it\s+is\s?n['’]?t\s+too|it['’]?s\s+(?:ok|okay|alright|possible|not|there|allowed|done|time|in)|it\s+has|its\s+there|there|done|arrived|convenient|ready|my\s+sums|at\s+all|i|we|more)\b)\w+.{0,24}"
)
OPENERS = frozenset({"if", "when", "once", "whenever", "unless"})
NO_SUBJECT = frozenset(
    ("it", "its", "the", "price", "a", "an", "that", "this", "one", "they", "ever", "again", "is", "are", "goes", "gets", "my", "and", "at", "to", "up", "down", "by", "we", "i", "you", "'s", "’s", "there", "of", "on", "in", "value", "rate", "market", "s", "just", "only", "then", "finally", "prints", "trades", "hits", "can", "be", "had", "please")
)  # fmt: skip
DEDUCTING = re.compile(
    r"(?i)\b(?:deduct|subtract)\w*\b.{0,24}\b(?:gas|fees?|costs?)\b|\b(?:gas|fees?|costs?)\s+(?:to\s+be\s+|come\s+|comes\s+|taken\s+|deducted\s+)*(?:out\s+of|off)\s+(?:it|that|the)\b"
)
LEVERAGE = re.compile(r"(?i)\b[1-9]\d*\s?x\b|\bleveraged?\b")
BEFORE_IT = re.compile(
    r"(?i)^\W*(?:(?:ok|okay|no|nah|actually|oh|um|right)\W+)*(?:scrap|cancel|forget(?:\s+about)?)\s+(?:all\s+)?(?:that|it|this)\s*(?:[,;.:–—-]|(?:and|just)\b)"
)
"""'scrap that, 20 dai to rafael': what is called off is what was said before it."""
CALLED_OFF = re.compile(
    r"\b(?:cancel|abort|call\s+off|scrap|forget\s+about)\b|^\W*(?:forget|drop|skip)\s+(?:the|that)\W*$", re.I
)
SECOND_THOUGHTS = re.compile(
    r"(?i)\bon\s+second\s+thoughts?\b|\b(?:other|opposite)\s+way\b|,\s(?:wait,?\s)?the\s+reverse\b|\bvice\s+versa\b"
)
TAKEN_BACK = re.compile(
    r"\b(?:no\s+wait|wait\s+no|wait|no|actually|hmm)\b\W*(?:no\b\W*)?(?:do\s*n['’]?t|stop|never\s*mind|forget\s+it|cancel)"
    r"|\b(?:never\s*mind|nvm|(?<!always )(?<!never )(?<!i )forget\s+it|scratch\s+that|don['’]?t\s+do\s+(?:it|that))\W*$"
    r"|\b(?:psych|as\s+if\W|just\s+kidding|jk\b)|\bor\s+better\s+not\b|\bno\s+way\W*$",
    re.I,
)
PAYING = re.compile(r"\b(?<!full )(?:send|transfer|wire|pay|gift)\b", re.I)
PAYING_VERBS = frozenset({"send", "wire", "transfer"})
HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\U000e0000-\U000e007f]")
PICTURE = r"[\U0001f000-\U0001faff\u2600-\u27bf]"
JOINED_PICTURES = re.compile(rf"(?<={PICTURE[:-1]}\ufe0f])\u200d(?={PICTURE})")
SHARE_OF_HOLDING = re.compile(
    r"(?i)\b(?:in\s+settlement\s+of|towards?|against|to\s+(?:pay|settle|clear|cover))\b.*\b(?:debt|loan)\b"
)
NEGATION_REACH = 3


def guard(utterance: Utterance, reading: Reading, *, allowing: bool = False) -> Reading:
    """A write with every doubt about it written down as unusable values or limits; others as they are.

    `allowing`: what is pending is a bound by its nature, an allowance or a limit, so that a bound answers it.
    """
    if reading.intent == "alert":
        return replace(reading, limits=(*unless_alerted(utterance, reading), *ordered_too(utterance, reading)))
    if reading.intent == "automation_cancel":
        return replace(reading, limits=tuple(excluded(utterance, reading)))
    if not binds(reading.intent):
        internal = reading.intent in INTERNAL_INTENTS
        return _follow_up(utterance, reading, allowing) if internal else replace(reading, limits=())
    for step in (_bounds_unread, _share_unread, places_unread, _unclaimed_values, _unlimited_unread):
        reading = step(utterance, reading)
    return replace(reading, limits=(*reading.limits, *_doubts(utterance, reading)))


def _bounds_unread(utterance: Utterance, reading: Reading) -> Reading:
    """'at least 100', 'up to 70' is no exact amount to move; an allowance and a limit are bounds by their nature."""
    if reading.intent in ("approve", "set_limit"):
        return reading
    unusable = dict(reading.unusable)
    for tag in reading.tags:
        if tag.tag in AMOUNT_SLOTS and RATE_BEHIND.match(utterance.text, utterance.words[tag.last].end):
            unusable[_filled(reading, tag.tag)] = f"“{utterance.said(tag)}” was given as a rate; say the amount"
        elif tag.tag in AMOUNT_SLOTS - {"min_out"} and _bounded(utterance, reading, tag):
            unusable[_filled(reading, tag.tag)] = f"“{utterance.said(tag)}” was given as a bound; say the exact amount"
    if unusable == reading.unusable:
        return reading
    slots = {slot: value for slot, value in reading.slots.items() if slot not in unusable}
    return replace(reading, slots=slots, unusable=unusable)


def _bounded(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    labelled = {i for other in reading.tags if other != tag for i in range(other.first, other.last + 1)}
    first = next((i for i in range(tag.first, max(-1, tag.first - 5), -1) if i - 1 in labelled), max(0, tag.first - 4))
    start, end = utterance.words[first].start, utterance.words[tag.last].end
    return BOUND.search(utterance.text[start:end]) is not None or BOUND_BEHIND.match(utterance.text[end:]) is not None


def _filled(reading: Reading, tag: str) -> str:
    """The slot that an amount's label filled: money goes to `value`."""
    return tag if tag in reading.slots else next((slot for slot in ("value", "amount") if slot in reading.slots), tag)


def _follow_up(utterance: Utterance, reading: Reading, allowing: bool) -> Reading:
    """A change of what is pending: a bound is no amount, and a date or length of time that no label took is not passed over."""
    unread = [utterance.words[i].text for i in _unclaimed(utterance, reading) if utterance.words[i].kind in TIMES]
    limits = tuple(f"“{text}” was given and it is not clear what for" for text in unread)
    waits = any(tag.tag.startswith(("t.", "x.")) for tag in reading.tags)
    words = utterance.words[reading.first : reading.last + 1]
    condition = None if waits else LATER.search(utterance.text[words[0].start : words[-1].end])
    limits = (*limits, condition[0]) if condition else limits
    if reading.intent == "amend":
        limits = (*limits, *put_off(utterance, reading), *taken_though_excluded(utterance, reading))
    reading = reading if allowing else _bounds_unread(utterance, reading)
    return replace(_texted_unread(utterance, reading), limits=(*reading.limits, *limits))


def _texted_unread(utterance: Utterance, reading: Reading) -> Reading:
    """'2 mimi' said to a payment: an amount, or to her?"""
    texted = is_texted_to(utterance, reading.tags)
    if texted is None:
        return reading
    slots = {slot: value for slot, value in reading.slots.items() if slot != texted.tag}
    why = f"it is not clear whether “{utterance.said(texted)}” is an amount; say how much of what"
    return replace(reading, slots=slots, unusable={**reading.unusable, texted.tag: why})


def _doubts(utterance: Utterance, reading: Reading) -> list[str]:
    """Sentences that say why this write may not be what was asked."""
    start, end = character_range(utterance.words[reading.first : reading.last + 1])
    clause = utterance.text[start:end]
    found = []
    if reading.intent not in UNDOING and NEGATION.search(CLAUSE.split(_head(utterance, reading))[-1]):
        found.append("this is said in the negative; say plainly what is to be done")
    if reading.intent == "revoke" and NEVER_GRANTED.search(clause):
        found.append("this is said in the negative; say plainly what is to be done")
    found += _conditions_unread(utterance, reading, clause)
    if NO_NEED.search(clause):
        found.append("this says that it is not needed; say plainly what is to be done")
    if TEMPTED.search(clause):
        found.append("this is a thought or a question; say plainly what is to be done")
    if is_reported(utterance, reading):
        found.append("this reads as somebody else's words; say yourself what is to be done")
    if reading.intent not in (*UNDOING, "speed_up") and CALLED_OFF.search(BEFORE_IT.sub("", _head(utterance, reading))):
        found.append("this reads as calling it off; say plainly what is to be done")
    taken_back = TAKEN_BACK.search(_tail(utterance, reading)) or SECOND_THOUGHTS.search(_tail(utterance, reading))
    if reading.intent != "cancel_tx" and taken_back:
        found.append("this is taken back at its end; say plainly what is to be done")
    if reading.intent == "swap" and _pays(_head(utterance, reading)):
        found.append("to send is not to trade; say swap, or name who is to be paid")
    if any(set(pair) <= set(reading.slots) for pair in RIVAL_AMOUNTS):
        found.append("two amounts that cannot both hold were given; say one")
    if reading.intent != "speed_up" and QUESTION.search(clause):
        found.append("this is asked as a question; say plainly what is to be done")
    if reading.intent not in OF_WHAT_WAITS:
        found += times_unread(utterance, reading)
    if reading.intent in ("approve", "revoke") and _names_unlabelled_spender(utterance, reading):
        found.append("a protocol is named and it is not clear what for")
    if any((one.tag, other.tag) in CROSSED for one, other in _neighbours(reading)):
        found.append("it is not clear which amount belongs to which token")
    if DEDUCTING.search(clause):
        found.append("the costs of the network are paid beside the amount; I cannot take them out of it")
    if reading.intent == "swap" and LEVERAGE.search(clause):
        found.append("I do not trade with leverage")
    if HIDDEN.search(JOINED_PICTURES.sub("", clause)) and reading.intent not in ("sign_message",):
        found.append("the words hold hidden characters")
    return [
        *found,
        *unproven(utterance, reading),
        *overlooked(utterance, reading),
        *other_verb(utterance, reading),
        *told(utterance, reading),
        *unheld_limits(utterance, reading),
        *unheld_parts(utterance, reading),
        *excluded(utterance, reading),
        *opened_otherwise(utterance, reading),
        *opened_for_both(utterance, reading),
        *told_aside(utterance, reading),
    ]


def _conditions_unread(utterance: Utterance, reading: Reading, clause: str) -> list[str]:
    """'if pepe doubles sell half' of which no label took the condition, 'when corn hits 6' of which none took what is watched."""
    waits = [tag for tag in reading.tags if tag.tag.startswith(("t.", "x."))]
    if not waits:
        match = IF.match(clause)
        return [f"“{match[0].strip()}” was given and it is not clear what is to be waited for"] if match else []
    first = min(tag.first for tag in waits)
    if any(tag.tag in ("t.token", "t.metric", "t.account", "t.other") for tag in waits):
        return []
    words = [utterance.words[i] for i in reading.unlabelled if i < first]
    opened = next((at for at, word in enumerate(words) if word.text.lower() in OPENERS), None)
    subjects = words[opened + 1 :] if opened is not None else []
    said = [w.text for w in subjects if w.kind is Kind.WORD and w.text.lower() not in NO_SUBJECT]
    return [f"it is not clear whether “{said[0]}” is what this waits for; say which coin's price"] if said else []


def _share_unread(utterance: Utterance, reading: Reading) -> Reading:
    """'half of my usdc towards the debt': a share of what is held is no share of the debt."""
    amount = str(reading.slots.get("amount", ""))
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    if reading.intent != "repay" or not amount.endswith("%") or amount == "100%" or not SHARE_OF_HOLDING.search(said):
        return reading
    why = "it is not clear whether the share is of the debt or of what you hold; say the amount"
    slots = {slot: value for slot, value in reading.slots.items() if slot != "amount"}
    return replace(reading, slots=slots, unusable={**reading.unusable, "amount": why})


def _pays(head: str) -> bool:
    """Whether the order's verb is one of paying, be it with two letters changed over ('sned')."""
    words = {word.lower() for word in head.split()} - PAYING_VERBS
    swapped = any(sorted(word) == sorted(verb) for word in words for verb in PAYING_VERBS)
    return swapped or PAYING.search(head) is not None


def _names_unlabelled_spender(utterance: Utterance, reading: Reading) -> bool:
    claimed = {i for tag in reading.tags for i in range(tag.first, tag.last + 1)}
    words = enumerate(utterance.words[reading.first : reading.last + 1], reading.first)
    named = any(Hint.PROTOCOL in word.hints and i not in claimed for i, word in words)
    return named and "spender" not in reading.slots and "spender" not in reading.unusable


def _neighbours(reading: Reading) -> list[tuple[TaggedSpan, TaggedSpan]]:
    """Labels that touch: '3' and 'ETH' of '3 ETH'."""
    tags = sorted(reading.tags, key=lambda tag: tag.first)
    return [pair for pair in pairwise(tags) if pair[0].last + 1 == pair[1].first]


def _tail(utterance: Utterance, reading: Reading) -> str:
    """What stands behind the last label of a segment."""
    labelled = max((tag.last for tag in reading.tags), default=reading.first)
    words = utterance.words[labelled : reading.last + 1]
    return utterance.text[words[0].end : words[-1].end] if words else ""


def _head(utterance: Utterance, reading: Reading) -> str:
    """The words of a segment before its first label, where a negation turns the whole of it."""
    labelled = min((t.first for t in reading.tags), default=reading.last + 1)
    words = utterance.words[reading.first : labelled]
    return " ".join(word.text for word in words)


def _unlimited_unread(utterance: Utterance, reading: Reading) -> Reading:
    """An approval in which a boundless amount was said and not read asks for it."""
    if reading.intent != "approve" or "amount" in reading.slots:
        return reading
    start, end = character_range(utterance.words[reading.first : reading.last + 1])
    if not BOUNDLESS.search(utterance.text[start:end]):
        return reading
    return replace(reading, unusable={"amount": "say how much may be spent", **reading.unusable})


def _unclaimed_values(utterance: Utterance, reading: Reading) -> Reading:
    """A value in a write that no label claims would be lost silently: it makes its slot unusable instead."""
    if any(slot in RUNNING for slot in reading.spans):
        return reading
    unusable = dict(reading.unusable)
    limits = list(reading.limits)
    for index in _unclaimed(utterance, reading):
        word = utterance.words[index]
        if _binds_nothing(utterance, index, reading) or (word.kind in TIMES_PAST and reading.intent in OF_WHAT_WAITS):
            continue
        slot = _slot_it_could_fill(reading.intent, word.kind)
        reason = f"“{word.text}” was given and it is not clear what for"
        if slot and slot not in reading.slots:
            unusable.setdefault(slot, reason)
        else:
            limits.append(reason)
    return replace(reading, unusable=unusable, limits=tuple(limits))


def _binds_nothing(utterance: Utterance, index: int, reading: Reading) -> bool:
    """A value taken back, ruled out, said twice, counting a list, or the collateral of a loan limits nothing."""
    words = utterance.words
    behind_one = any(tag.last < index for tag in reading.tags)
    if behind_one and words[index - 1].text == "(" and words[index].kind is Kind.NUMBER:
        return _is_the_amount(words[index], reading)
    if _corrected(words, index, reading.tags) or _repeats(words[index], reading) or _counts(words, index):
        return True
    said_before = utterance.text[words[reading.first].start : words[index].start]
    if NUMBERED.search(said_before) or PAST.search(said_before) or _spelt_as_texted(words, index, reading.tags):
        return True
    if told_before(utterance, reading, index) or is_the_chain_s(words, index, reading):
        return True
    before = [word.text.lower() for word in words[max(reading.first, index - NEGATION_REACH) : index]]
    if words[index].kind is Kind.HASH:
        return False
    collateral = reading.intent == "borrow" and "against" in before
    return collateral or bool(NEGATION.search(" ".join(before)))


def _is_the_amount(word: Word, reading: Reading) -> bool:
    """'1,500 usdc (one thousand five hundred)' says it twice; '5 usdc (fifty)' says two things."""
    number = read_number(word.text)
    said = [str(reading.slots[slot]) for slot in AMOUNT_SLOTS if slot in reading.slots]
    return isinstance(number, Fraction) and any(re.match(rf"{re.escape(plain(number))}(?![\d.])", one) for one in said)


def _spelt_as_texted(words: Sequence[Word], index: int, tags: Sequence[TaggedSpan]) -> bool:
    """'30 usdc 2 mimi', '20 dai 4 eth': a 2 or 4 right before whom, where or what for is a preposition."""
    meant = {"2": ("recipient", "to_chain", "token_out"), "4": ("recipient", "token_out")}.get(words[index].text, ())
    return any(tag.first == index + 1 and tag.tag in meant for tag in tags)


def _counts(words: Sequence[Word], index: int) -> bool:
    """A list's number ("1.", "2)") or a small number spelled out ("step two", "into three")."""
    text, behind = words[index].text, words[index + 1 : index + 2]
    after = behind[0].text if behind and behind[0].start == words[index].end else ""
    bracketed = after == ")" and any(word.text == "(" for word in words[max(0, index - 3) : index - 1])
    return text.isalpha() or (text.isdigit() and len(text) < 3 and after in (".", ")", ":") and not bracketed)


def _unclaimed(utterance: Utterance, reading: Reading) -> list[int]:
    claimed = {i for tag in reading.tags for i in range(tag.first, tag.last + 1)}
    return [
        i
        for i in range(reading.first, reading.last + 1)
        if i not in claimed and utterance.words[i].kind in BINDING_KINDS
    ]


def _corrected(words: Sequence[Word], index: int, tags: Sequence[TaggedSpan]) -> bool:
    """'send 5 no wait 10': the first value is taken back where a correcting word and a labelled value follow it."""
    following = next((t for t in tags if t.first > index and words[t.first].kind is words[index].kind), None)
    if following is None:
        return False
    between = {word.text.lower() for word in words[index + 1 : following.first]}
    return bool(between & CORRECTION)


def _repeats(word: Word, reading: Reading) -> bool:
    """The same address or number said twice binds nothing new."""
    return any(isinstance(value, str) and value.lower() == word.text.lower() for value in reading.slots.values())


def _slot_it_could_fill(intent: str, kind: Kind) -> str | None:
    spec = INTENTS[intent]
    if kind in (Kind.ADDRESS, Kind.BAD_HEX, Kind.ENS, Kind.BAD_NAME):
        return next((slot for slot in PARTY_SLOTS if slot in spec.slots), None)
    if kind in (Kind.NUMBER, Kind.MONEY, Kind.PERCENT):
        return next((s for s in ("amount", "amount_in", "amount_a") if s in spec.slots and s in AMOUNT_SLOTS), None)
    if kind is Kind.HASH:
        return "tx_hash" if "tx_hash" in spec.slots else None
    return None
