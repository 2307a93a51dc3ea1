"""Changes that settle nothing: neither a yes nor a new value, a trade turned round, an amount that no label took."""

import re
from collections.abc import Sequence

from nlp.assemble.finish import Drafted
from nlp.assemble.reading import Reading, Utterance
from nlp.dialogue.consent import AGREEING, ONE_OF, names
from nlp.dialogue.contrast import refuses_a_value
from nlp.dialogue.named import mentions_dropping, unlabelled

WHAT = "it is not clear what this changes; say the amount and the coin"
WHICH = "it is not clear which of these is to be changed; say it by its amount and name"
TURNED = "the other way round the amount is of another coin; say how much of what"
OTHER_SIDE = re.compile(r"(?i)\bmeant?\s+(?:to\s+)?(?:buy|sell)\b")
HESITATING = re.compile(r"(?i)\?|\b(?:maybe|suppose|perhaps|guess|think)\b")
INSTEAD = re.compile(r"\b(?:instead\s+of|rather\s+than)\b")
DELAYING = re.compile(r"(?i)\b(?:later|eventually|(?:some\s+other|another)\s+time|not\s+now|tomorrow|remind)\b")
WHEN = "nothing is put off by that: say when it is to be done, or say no"
SIZED = re.compile(r"\b(?:all|everything|half|double|twice|max)\b|\d")


def unsettled(utterance: Utterance, reading: Reading, changed: Sequence[Drafted], pending: Sequence[Drafted]) -> str:
    """Why what came of a change is not believed, for the person; '' where it is."""
    if _both_ways(changed, pending):
        return TURNED
    if list(map(_held, changed)) != list(map(_held, pending)):
        return ""
    if len(changed) > 1 and mentions_dropping(utterance, reading):
        return WHICH
    if len(changed) > 1 and any(names(_said(utterance, reading), item.action) for item in changed):
        return WHICH
    if len(changed) > 1 and ONE_OF.search(_said(utterance, reading)):
        return WHICH
    if DELAYING.search(_said(utterance, reading)):
        return WHEN
    rest = " ".join(unlabelled(utterance, reading))
    another = (
        reading.intent == "amend" and not reading.tags_but_references and _says_another_thing(_said(utterance, reading))
    )
    return WHAT if another or INSTEAD.search(rest) or refuses_a_value(rest, pending) else ""


def _held(item: Drafted) -> tuple[object, ...]:
    """What an action holds and lacks, wherever it was said."""
    action = item.action
    return action.intent, dict(action.slots), dict(action.trigger or {}), item.missing, item.doubts


def _said(utterance: Utterance, reading: Reading) -> str:
    return utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]


def _says_another_thing(said: str) -> bool:
    """Whether a change that changed nothing is neither a yes nor a hesitation."""
    return OTHER_SIDE.search(said) is not None or (AGREEING.search(said) is None and HESITATING.search(said) is None)


def _both_ways(result: Sequence[Drafted], pending: Sequence[Drafted]) -> bool:
    """'swap 500 usdc to eth' · 'i meant eth to usdc': 500 of which?"""
    pairs = [(own.action.slots, old.action.slots) for own, old in zip(result, pending, strict=False)]
    return any(
        own.get("token_in") == old.get("token_out") != own.get("token_out") == old.get("token_in")
        and own.get("token_in") is not None
        and own.get("amount_in") == old.get("amount_in") is not None
        for own, old in pairs
    )


def says_an_amount_only(utterance: Utterance, reading: Reading) -> bool:
    """'on second thoughts, all of it' in which no label took anything: the change was not understood."""
    nothing = not reading.tags and not reading.slots and not reading.unusable
    return nothing and SIZED.search(" ".join(unlabelled(utterance, reading))) is not None
