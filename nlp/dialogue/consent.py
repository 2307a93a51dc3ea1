"""A yes with anything else in it is not a yes: the words that make one, and those that make it a change, a doubt or a question."""

import re
from collections.abc import Sequence
from fractions import Fraction

from nlp.assemble.reading import Reading, Utterance
from nlp.types import Action, Hint, Kind, Word
from nlp.values.numbers import ends_in_base_ten, plain, read_number

CODES = re.compile(r"(?i)\b(?:10-4|ten\s+four|one|100\s?%|hundred\s+percent)\b")
NOT_ALONE = "this is more than a yes; say yes alone, or say what is to be changed"
CONTRARY = re.compile(
    r"(?i)\b(?:pass|but|unless|if|(?:as|so)\s+long\s+as|provid(?:ed|ing)|(?<!that['’]s )(?<!thats )(?<!much )better|rather|instead|make\s+(?:it|that)(?!\s+(?:so|happen)\b)|whole|half"
    r"|(?:use|via|through)\s+(?:that|this|it|there)|with\s+(?:that|this)\s+one|(?:do|send|swap|put|buy)\s+(?:it|that)\s+(?:(?:on|via|through|with)\s+)?there|(?:then|do|take|pick)\s+that\s+one"
    r"|can\s?not|ca\s?n['’]?t(?!\s+wait)|could\s?n['’]?t|unable|(?:need|have|got|waiting|want)\s+to\s+(?:confirm|check|ask)|(?:type|say|press|click|tap|reply|answer|enter)\s+\w+\s+to|eventually|any|either|whichever|(?:some\s+other|another)\s+time"
    r"|until|till|except|wait|hold\s+on|stop|later|tomorrow|maybe|perhaps|think|not\s+(?:yet|sure|so)|once|when|after|no\s+more\s+than|at\s+most"
    r"|only|change|minus|plus|less|more|cheaper|lower|higher"
    r"|never|(?<!why )not(?!\s+bad)|do\s?n['’]?t|no(?!\s+(?:changes?|rush|hurry|dramas|worries|problem|probs|wahala|doubt|further|objection))|never\s*mind|sod|shelve|scrap|bin|abort|i\s+already|already\s+(?:sent|did|done|paid)|slowly|(?<!that's )(?<!thats )everything(?!\s+(?:is|looks)|['’]s)|(?<!that['’]s )(?<!thats )all(?!\s+(?:good|right|fine|ok|okay|set|clear|means|correct|yours)))\b|\?"
)
NOW = re.compile(r"(?i)\b(?:now(?!\s+on)|immediately|(?:right|straight)\s+away|at\s+once)\b")
BOTH = re.compile(r"(?i)\bboth\b")
ONE_OF = re.compile(r"(?i)\b(?:first|second|third|last|latter|former)\b(?!\s+(?:time|thing))|\bthe\s+\w+\s+one\b")
NOUNS = {
    "swap": "swap|trade|buy|sell|sale|purchase",
    "transfer": "transfer|payment|send",
    "bridge": "bridge|bridging",
    "supply": "deposit|supply",
    "stake": "stake|staking",
    "borrow": "loan|borrowing",
    "approve": "approval",
}
AGREEING = re.compile(
    r"(?i)\b(?:y|ye|yes|yea|yeah|yeh|yah|ya|yh|yep+|yeppers|yup|yus|yee|aye|oui|oya|onya|bewdy|buy|sell|ok|oki|okie|okay|okey|orright|alright|righte?o|k|kk|sure|bet|go|do|does|send|confirm\w*"
    r"|agree\w*|approv\w*|fine|good|great|nice|lovely|perfect|right|correct|(?:yes|do|go|and|ahead)\s+please|please\s+(?:do|proceed|go|send|sign|carry|continue|confirm|release)|sign\w*|proceed|lgtm|lfg|absolutely|definitely|certainly|of\s+course|indeed"
    r"|exactly|affirm\w*|accept\w*|execut\w*|run|ship|fire|let['’]?s|cool|sound|works|done|happy|by\s+all\s+means|roger|copy|10-4|ten\s+four|deal|submit|continue"
    r"|carr(?:y|ied)|ahead|hit\s+it|pull\s+the|bang|make|book|release|post|roll|broadcast|advance|lock(?:ed)?|green\s+light|order(?:ed)?\s+up|so\s+ordered|in\s+order|amen|so\s+be\s+it"
    r"|sweet|mint|legend|sorted|rip|beaut|ripper|fab|mhm|sick|mine|final\s+answer|have\s+at\s+it|get\s+on|crack\s+on|in\s+it\s+goes|o(?:ff|ut)\s+it\s+goes|we['’]re\s+off"
    r"|i['’]?ll\s+take\s+it|that['’]?s\s+(?:it|the)|th[a]?ts\s+it|what\s+i\s+meant|spot\s+on|no\s+(?:dramas|worries|problem)|too\s+easy|quick\s+smart|set\s+it|you\s+heard|pair|both)\b"
    r"|^\W*please(?:\s+and\s+thank\s+you)?\W*$|[👍✅👌🆗💯✔☑]"
)


def is_more_than_yes(utterance: Utterance, reading: Reading, pending: Sequence[Action]) -> bool:
    """Whether what the model takes for a confirmation says something else as well, a new value among it, or no yes at all."""
    if reading.intent != "confirm":
        return False
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    values = {str(value).lower() for action in pending for value in action.slots.values()} | {str(len(pending))}
    new = any(
        _is_value(word) and not _given(word, values) for word in utterance.words[reading.first : reading.last + 1]
    )
    if NOW.search(said) and any(action.trigger and action.intent != "alert" for action in pending):
        return True
    if CONTRARY.search(said) or AGREEING.search(said) is None or _is_for_some(said, pending):
        return True
    return new and CODES.search(said) is None


def _is_for_some(said: str, pending: Sequence[Action]) -> bool:
    """'yes to bob's', 'confirm the first', 'do the swap' of several, 'both' of one: not all that is pending, or not what is."""
    if len(pending) == 1:
        return BOTH.search(said) is not None
    named = [names(said, action) for action in pending]
    return ONE_OF.search(said) is not None or (any(named) and not all(named))


def names(said: str, action: Action) -> bool:
    """Whether the receiver or, by its noun, the kind of an action is named."""
    whom = str(action.slots.get("recipient", "")).lower()
    noun = NOUNS.get(action.intent)
    return bool(whom and re.search(rf"(?i)(?<![\w.]){re.escape(whom)}(?:['’]?s)?(?![\w.])", said)) or bool(
        noun and re.search(rf"(?i)\bthe\s+(?:{noun})\b", said)
    )


def says_no_yes(utterance: Utterance, reading: Reading) -> bool:
    """'fingers crossed' read as a confirmation."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    return reading.intent == "confirm" and AGREEING.search(said) is None


def _is_value(word: Word) -> bool:
    return word.kind not in (Kind.WORD, Kind.PUNCT) or bool(word.hints & {Hint.TOKEN, Hint.CHAIN, Hint.PROTOCOL})


def _given(word: Word, values: set[str]) -> bool:
    """Whether the value stands in what is pending already: 'yes, sixty five, do it'."""
    number = read_number(word.text) if word.kind is Kind.NUMBER else word.text.lower()
    text = plain(number) if isinstance(number, Fraction) and ends_in_base_ten(number) else str(number)
    return any(text == value or text in value.split() for value in values)
