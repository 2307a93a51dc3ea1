"""Which of several pending actions a change is about: the one that its words name, or none that can be told."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from nlp.assemble.finish import Drafted
from nlp.assemble.reading import AMOUNT_SLOTS, Reading, Utterance
from nlp.types import Action

Unclear = Literal["unclear"]
UNCLEAR: Unclear = "unclear"
VERBS = (
    ("transfer", r"transfer(?:s|ring)?|sen[dt]|sending|payments?|pay(?:ing)?|paid|wire|wiring"),
    ("swap", r"swap(?:s|ping)?|trad(?:e|ing)|exchange|conversion|convert|buy(?:ing)?|sell(?:ing)?|sale|purchase|order"),
    ("bridge", r"bridg(?:e|ing)"),
    ("supply", r"suppl(?:y|ying)|deposit(?:ing)?|lend(?:ing)?"),
    ("withdraw", r"withdraw(?:al|ing)?"),
    ("borrow", r"borrow(?:ing)?|loan"),
    ("repay", r"repay(?:ing|ment)?"),
    ("stake", r"stak(?:e|ing)"),
    ("unstake", r"unstak(?:e|ing)"),
    ("approve", r"approv(?:e|al|ing)|allowance|permission"),
    ("revoke", r"revok(?:e|ing)|revocation"),
    ("wrap", r"wrap(?:ping)?"),
    ("unwrap", r"unwrap(?:ping)?"),
    ("add_liquidity", r"liquidity|pool"),
    ("nft_transfer", r"nft|collectible"),
    ("contract_call", r"call"),
    ("alert", r"alert|notif\w*"),
)
ORDINALS = tuple(
    rf"{names}|(?:number|no\.?|nr\.?|#)\s?(?:{count})"
    for names, count in (
        ("first|1st|former", "one|1"),
        ("second|2nd", "two|2"),
        ("third|3rd", "three|3"),
        ("fourth|4th", "four|4"),
        ("fifth|5th", "five|5"),
    )
)
LAST = re.compile(r"\b(?:last|final|latter)\b")
NAMING_SLOTS = ("recipient", "account", "spender", "protocol", "token", "token_in", "token_out", "chain", "to_chain", "collection", "amount", "amount_in", "value")  # fmt: skip
READ_OTHERWISE = ("token", "token_in", "token_out")
"""Labels that 'the other bit' may get; where they name no token they give nothing."""
FOR_ALL = re.compile(r"(?i)\b(?:both|all|each|every\s+one|them)\b")
_DROP = (
    r"(?:forget|drop|skip|cancel|scrap|remove|lose|without|nix|ditch|cut|kill|bin|axe|chuck|toss|junk|minus|strike|never\s*mind"
    r"|(?:take|cross|leave)\s+(?:\w+\s+){0,3}(?:out|off))"
)
DROPPING = re.compile(rf"(?i)\b{_DROP}\b")
REFUSING = re.compile(
    r"(?i)(?:\b(?:no|not)|n['’]t)\s+(?:(?:pay|send|do)\s+)?(?:money\s+for\s+)?(?:(?:the|for|to|my)\s+){0,2}$"
)
"""Right before what is refused: 'not gym', 'but not the second'."""
KEEPING = re.compile(
    rf"(?i)(?:n['’]t|\b(?:not|never|why|did|without|should|worry|worried|afraid|hope))\s+(?:\w+['’]?\w*\s+){{0,4}}{_DROP}\b|\b(?:is|are|['’]s)\s+(?:right|fine|good|ok|okay|correct)\b|\bas\s+it\s+is\b"
)
ONLY = re.compile(r"(?i)\b(?:only|just)\s+(?:do\s+)?(?:the\s+)?(.{3,40})$|\b(?:the\s+)?(.{3,30})\s+only\W*$")
NOT_THE = re.compile(r"(?i)\bnot\s+the\s+(.{3,30})$")
CONDITIONS = r"(?:conditions?|trigger|schedule|price\W+(?:condition|limit|trigger)|timer)"
CONDITION_DROPPED = re.compile(
    rf"(?i)\b{_DROP}\W+(?:(?:the|that|any|all)\W+)*{CONDITIONS}\b|^\W*no\s+(?:more\s+)?{CONDITIONS}\W*$"
)


def named(utterance: Utterance, reading: Reading, drafted: Sequence[Drafted]) -> int | Unclear | None:
    """The index of the action that is named; UNCLEAR where one is pointed at that cannot be told; None where none is."""
    pointed = " ".join(utterance.said(tag) for tag in reading.tags if tag.tag == "ref").lower()
    actions = [item.action for item in drafted]
    if len(actions) == 1:
        return None
    ordinal = re.search(r"\b(?:first|second|third|last)\s+one\b", _text(utterance, reading).lower())
    if not pointed and ordinal:
        return _pointed_at(ordinal[0], "", actions)
    if pointed:
        return _pointed_at(pointed, " ".join(unlabelled(utterance, reading)), actions)
    described = _the_one(utterance, reading, actions)
    if described is None:
        described = _by_kind(utterance, reading, actions)
    if described is None:
        described = _by_coin(utterance, reading, actions)
    return described if described is not None else _by_party(utterance, reading, drafted)


def _the_one(utterance: Utterance, reading: Reading, actions: Sequence[Action]) -> int | None:
    """'the dai one should be 10': the one action that holds what stands between 'the' and 'one'."""
    words = [word.text.lower() for word in utterance.words[reading.first : reading.last + 1]]
    match = re.search(r"\bthe (.{1,40}?) (?:one|bit|part)\b", " ".join(words))
    if match is None:
        return None
    return _only(
        i for i, action in enumerate(actions) if any(_says(match[1], action.slots.get(slot)) for slot in NAMING_SLOTS)
    )


def _by_kind(utterance: Utterance, reading: Reading, actions: Sequence[Action]) -> int | None:
    """'for the supply make it 1500', 'change the unstaking to 2': the one action of that kind."""
    rest = " ".join(unlabelled(utterance, reading))
    kinds = {intent for intent, pattern in VERBS if re.search(rf"\bthe (?:{pattern})\b", rest)}
    return _only(i for i, action in enumerate(actions) if action.intent in kinds)


def _by_coin(utterance: Utterance, reading: Reading, actions: Sequence[Action]) -> int | None:
    """'supply 2 eth and borrow 1000 usdc' · 'only 1.5 eth': the one action that is sized in the coin of the new amount."""
    sized = [slot for slot in AMOUNT_SLOTS & set(reading.slots) if slot != "min_out"]
    coins = [reading.slots[slot] for slot in READ_OTHERWISE if slot in reading.slots]
    if len(sized) != 1 or len(coins) != 1 or len(reading.slots) != 2 or is_for_all(utterance, reading):
        return None
    held = [action.slots.get("token", action.slots.get("token_in")) for action in actions]
    return _only(i for i, coin in enumerate(held) if coin == coins[0])


def is_for_all(utterance: Utterance, reading: Reading) -> bool:
    """'both in dai', 'make them all 10'."""
    return FOR_ALL.search(" ".join(unlabelled(utterance, reading))) is not None


def drops(utterance: Utterance, reading: Reading) -> bool:
    """'forget the swap', 'leave ben out of it', 'not the gym': nothing is given, and one action is refused."""
    given = reading.slots or any(tag.tag not in ("ref", *READ_OTHERWISE) for tag in reading.tags)
    said = _text(utterance, reading)
    if given or KEEPING.search(said) or "?" in said or re.search(r"(?i)\b(?:half|halves|often|worry)\b", said):
        return False
    return mentions_dropping(utterance, reading) or any(
        REFUSING.search(utterance.text[utterance.words[reading.first].start : utterance.words[tag.first].start])
        for tag in reading.tags
    )


def only_one(utterance: Utterance, reading: Reading, actions: Sequence[Action]) -> int | Unclear | None:
    """'yes but only the first', 'just the swap', 'not the send': the one of several that stays; None where nothing is said so."""
    said = _text(utterance, reading)
    kept, refused = ONLY.search(said), NOT_THE.search(said)
    plain = not reading.tags and not mentions_dropping(utterance, reading)
    denied = re.search(r"(?i)(?:n['’]t|\b(?:not|no|why))\b[^.;]{0,24}\b(?:only|just)\b", said) is not None
    several = len(re.findall(r"(?i)\b(?:first|second|third|fourth|last)\b", said)) > 1
    if len(actions) < 2 or not plain or not (kept or refused) or denied or "?" in said:
        return None
    pointed = next(group for match in (kept, refused) if match for group in match.groups() if group)
    found = UNCLEAR if several else _pointed_at(pointed.lower(), "", actions)
    if kept or not isinstance(found, int):
        return found
    return 1 - found if len(actions) == 2 else UNCLEAR


def mentions_dropping(utterance: Utterance, reading: Reading) -> bool:
    """Whether something is told to be left out, whatever it is."""
    return DROPPING.search(" ".join(unlabelled(utterance, reading))) is not None


def _text(utterance: Utterance, reading: Reading) -> str:
    return utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]


def drops_condition(utterance: Utterance, reading: Reading) -> bool:
    """'drop the condition', 'forget the schedule': what was to wait is to wait no more."""
    said = _text(utterance, reading)
    given = reading.slots or any(tag.tag != "ref" for tag in reading.tags)
    return not given and CONDITION_DROPPED.search(said) is not None and not KEEPING.search(said) and "?" not in said


def unlabelled(utterance: Utterance, reading: Reading) -> list[str]:
    """The words that no label but a reference took, lower case."""
    labelled = {i for tag in reading.tags if tag.tag != "ref" for i in range(tag.first, tag.last + 1)}
    words = enumerate(utterance.words[reading.first : reading.last + 1], reading.first)
    return [word.text.lower() for i, word in words if i not in labelled]


def replaced(utterance: Utterance, reading: Reading, slot: str, actions: Sequence[Action]) -> int | None:
    """'morpho rather than aave': the one action whose own value of this slot stands beside the new one."""
    rest = " ".join(unlabelled(utterance, reading))
    return _only(i for i, action in enumerate(actions) if slot in action.slots and _says(rest, action.slots[slot]))


def _pointed_at(pointed: str, rest: str, actions: Sequence[Action]) -> int | Unclear:
    """By an ordinal, by its verb, and where that leaves several ('that first bridge') or none, by what it holds."""
    kinds = {intent for intent, pattern in VERBS if re.search(rf"\b(?:{pattern})s?\b", pointed)}
    of_kind = [i for i, action in enumerate(actions) if action.intent in kinds]
    if len(of_kind) == 1:
        return of_kind[0]
    among = of_kind or list(range(len(actions)))
    place = _by_place(f"{rest} {pointed}" if of_kind else pointed, len(among))
    if place is not None:
        return among[place]
    found = _only(i for i in among if any(_says(pointed, actions[i].slots.get(slot)) for slot in NAMING_SLOTS))
    return found if found is not None else UNCLEAR


def _by_place(pointed: str, count: int) -> int | None:
    if LAST.search(pointed):
        return count - 1
    return next((i for i, names in enumerate(ORDINALS[:count]) if re.search(rf"(?<!\w)(?:{names})\b", pointed)), None)


def _by_party(utterance: Utterance, reading: Reading, drafted: Sequence[Drafted]) -> int | Unclear | None:
    """'make kev's 20', 'lena instead of otto', 'amy gets 9': the one action whose recipient is named beside the change."""
    rest = " ".join(unlabelled(utterance, reading))
    beside = [i for i, item in enumerate(drafted) if _says(rest, item.action.slots.get("recipient"))]
    if len(beside) > 1 and reading.slots and not is_for_all(utterance, reading):
        return UNCLEAR
    found = _only(beside)
    lacking = any("recipient" in item.missing for item in drafted)
    if found is not None or lacking or len(reading.slots) + any(t.tag.startswith("t.") for t in reading.tags) < 2:
        return found
    said = reading.slots.get("recipient")
    return _only(i for i, item in enumerate(drafted) if said and item.action.slots.get("recipient") == said)


def _says(text: str, value: object) -> bool:
    """Whether a value stands in the text as words of its own, a genitive's s behind it or not."""
    return (
        isinstance(value, str) and re.search(rf"(?<![\w.]){re.escape(value.lower())}s?(?![\w.]*\w)", text) is not None
    )


def _only(found: Iterable[int]) -> int | None:
    """The one, where there is exactly one."""
    several = list(found)
    return several[0] if len(several) == 1 else None
