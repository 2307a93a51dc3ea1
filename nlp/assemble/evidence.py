"""What must stand in the words for a write to be believed: a verb of its kind, a condition's word, whole names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from nlp.assemble.reading import JOINTS, Reading, Utterance
from nlp.assemble.trigger import STABLES, read_trigger
from nlp.types import Hint, Kind, TaggedSpan, Word
from nlp.values.names import known_party
from nlp.values.result import Span

UNSHOWN = "nothing in the words says whether this is to {}; say it with that word"
BACK = r"back|off|out|outta|outa|from|down|away"
CUES: Mapping[str, re.Pattern[str]] = {
    intent: re.compile(rf"(?i)(?:\b|_)(?:{cues})")
    for intent, cues in {
        "supply": r"supp?l|deposit|lend|lent|loan(?:ed)?\s+out|put|park|place|plac|add|into|in\b|earn|yield|interest|stash|stick|chuck|drop|throw|toss|slap|dump|lodge|work|wrk|pool|pot|give|hand|invest|coll?ateral|to\b|on\b|onto|with|at\b|move|send|keep|sling|bung|pop|lock|load|shove|sink|commit|entrust|feed|post|tuck|store|sit|rest|hold|have|top",
        "withdraw": rf"with?dra|pull|redeem|take|tak\b|tke|recall|call|release|retrieve|recover|get|fetch|free|unlock|remove|reclaim|rescue|exit|cash|empty|drain|draw|drag|yank|claw|unwind|liberate|un-?park|un-?supply|un-?lend|return|restor|bring|want|collect|grab|w/d|hom[ei]|com(?:es?|ing)\b|scoop|undeposit|extract|close|leave|need|pay|giv|{BACK}",
        "borrow": r"bor+o|loan|lend\s+(?:me|us)|(?:float|spot|front)\s+(?:me|us)|fund|advanc|credit|against|agianst|debt|leverag|draw|take|tak\b|raise|owe|lever|mortgage|coll?ateral|emprest|line\b|mint|out\b|get\s+me|give\s+me|front|spot\s+me|tap|hit|need",
        "repay": r"re-?pay|pay|paid|clear|settl|debt|det\b|loan|owe|owing|due|off|back|return|close|knock|tab|reduce|retire|square|wipe|down|zero|delever|deleverag|discharg|extinguish|note|balance|borrow|liabilit|reimburs|honou?r|amorti|instal|toward|against|even|satisf|quit",
        "stake": r"stak|lido|rocket|restak|validat|solo|eth2|liquid\s+stak|earn|lock|delegat|into|in\b|put|with|deposit|on\b|to\b|at\b|work|wrk|yield",
        "unstake": r"un-?s?stak|stak|releas|unlock|unbond|withdra|pull|take|out|back|redeem|exit|free|off|undelegat|from|remove|get|unwind|bring|dig|un\w+|want|need",
        "wrap": r"w?rap|wrp|weth|wrapped|pack|dress",
        "unwrap": r"unw?rap|unwrp|unroll|un-?wrap|native|back|unpack|plain|from|weth|into|to\b",
        "cancel_tx": r"cancel|abort|kill|drop|stop|void|scrap|bust|replac|undo|call\s+(?:it|that|the|off)|revok|nuke|halt|withdraw|take\s+back|pull|don['’]?t|forget|annul|rescind|retract|kil+|nix|reverse|get\s+rid|bin|scratch|quash|drop|block|strike|recall|ditch|axe|zap|out\b|call\s+back|back|hold|brake|shut|quit|rbf|rm\b|intercept|belay",
        "speed_up": r"speed|fast|bump|boost|hurr|accelerat|gas|fee|quick|push|rush|unstick|stuck|prioriti|expedit|nudge|improv|faster|pump|tip|priority|hasten|move|get\s+.*through|going|along|raise|jack|up\b|slow|pending|waiting|sitting|shift|kick|shove|moving|rbf|fuel|steam|fire|crawl",
        "contact_remove": r"remov|delet|forget|drop|eras|take\s+.*(?:off|out)|scrub|clear|strike|get\s+rid|lose|unsave|bin|rid|cut|chuck|axe|out\b|off\b|wipe|ditch|no\s+longer|scratch|away|purge|dump|discard|kick|expunge|goodbye|bye|rm\b|struck|offboard|outta",
    }.items()
}
VERBS = {
    "supply": "supply", "withdraw": "withdraw", "borrow": "borrow", "repay": "repay", "stake": "stake", "unstake": "unstake", "wrap": "wrap",
    "unwrap": "unwrap", "cancel_tx": "cancel a transaction", "speed_up": "speed one up", "contact_remove": "remove a contact",
}  # fmt: skip
CONDITIONAL = re.compile(
    r"(?i)\b(?:if|when|whenever|wen|once|as\s+soon|soon\s+as|after|should|until|till|while|at|tops?|tips?|drops?|falls?|hits?|reach\w*|cross\w*|stop|limit|tp|sl|target|"
    r"above|over|dips?|touch\w*|breaks?|broke\w*|gets?|goes|is|the\s+(?:moment|minute|second|day|instant)|upon|in\s+case|wait\w*|provided|where|moves?|rises?|"
    r"climbs?|slides?|sinks?|trades?|profit|loss|soars?|pumps?|exceeds?|past|beyond|under|below)\b"
)
NO_PRICE = re.compile(r"(?i)\bno\s+\w+\s+(?:below|under|above|over)\b")
DEPOSITING = re.compile(
    r"(?i)\b(?:stick|put|park|deposit|place|lend|throw|chuck|lodge|supply|drop|stash)\b.*\b(?:in|into|on|onto|at|with)\s*$"
)
TAKING = re.compile(
    r"(?i)(?:n['’]?t|\bnot|\bnever|\bwont|\bno)\b.{0,16}\b(?:accept|take|receive|get|settle\s+for|let\s+it\s+go)\w*\s+(?:\w+\s+){0,2}(?:under|below|less)\b"
    r"|\bno\s+(?:less|worse)\s+than\b"
)
AT_WORDS = frozenset({"at", "is", "as", "to", "with", "=", ":", "for", "address", "addr", "under", "and", "it", "its", "the", "n", "wallet", "account", "please", "pls", "in", "on", "by", "name", "contact", "contacts", "book", "list"})  # fmt: skip
CASES = re.compile(r"(?i)\b(?:tickets?|case|ref|reference|no\.|nr\.?|number)\W*$|#\s*$")
PARTIES = ("recipient", "name", "party", "account", "spender")
TWINS = (("token_in", "token_out"), ("token_a", "token_b"), ("from_chain", "to_chain"))


def unproven(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """Why the words do not bear out a write, each as a sentence for the person."""
    clause = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    cues = CUES.get(reading.intent)
    if cues is not None and not cues.search(_with_what_it_goes_on_from(utterance, reading, clause)):
        yield UNSHOWN.format(VERBS[reading.intent])
    for one, other in TWINS:
        if one in reading.slots and reading.slots[one] == reading.slots.get(other):
            yield f"from {reading.slots[one]} to {reading.slots[other]} changes nothing; say which two are meant"
    if reading.intent == "swap" and _into_a_protocol(utterance, reading):
        yield "it is not clear whether that is the coin or the place of that name; say buy, or say supply"
    yield from _condition_unproven(utterance, reading, clause)
    yield from _names_cut(utterance, reading)
    yield from _numbers_that_count_nothing(utterance, reading)


def _with_what_it_goes_on_from(utterance: Utterance, reading: Reading, clause: str) -> str:
    """'supply 2,000 usdc and likewise 1,000 dai': the second clause has the first one's verb."""
    opening = utterance.words[reading.first].text.lower()
    goes_on = reading.first > 0 and (opening in JOINTS or not opening.isalnum() or opening.isdigit())
    return f"{utterance.text[: utterance.words[reading.first].start]}{clause}" if goes_on else clause


def _condition_unproven(utterance: Utterance, reading: Reading, clause: str) -> Iterator[str]:
    """A price to wait for, where nothing says that anything is waited for, or where the coin is none whose price moves."""
    keys = read_trigger(utterance, reading).keys
    if "threshold" not in keys:
        return
    if TAKING.search(clause) or NO_PRICE.search(clause) or not CONDITIONAL.search(clause):
        yield "it is not clear whether that number is to be waited for or is the least to be taken; say which"
    named = any(tag.tag == "t.token" for tag in reading.tags)
    if keys.get("metric") == "price" and not named and reading.intent == "transfer" and keys.get("token") in STABLES:
        yield "it is not clear what this waits for; say which coin's price, or which day"


def _into_a_protocol(utterance: Utterance, reading: Reading) -> bool:
    """'stick it in aave' is a deposit, and no purchase of the coin."""
    tag = next((tag for tag in reading.tags if tag.tag == "token_out"), None)
    if tag is None or not any(Hint.PROTOCOL in word.hints for word in utterance.words_of(tag)):
        return False
    start = utterance.words[reading.first].start
    return DEPOSITING.search(utterance.text[start : utterance.words[tag.first].start]) is not None


def _names_cut(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'trading-bot' read as 'trading', 'nadia fr petrol' as one name, 'kiosk guy 0x…' as 'kiosk'."""
    for tag in reading.tags:
        if tag.tag not in PARTIES or any(word.kind is not Kind.WORD for word in utterance.words_of(tag)):
            continue
        unknown = known_party(Span(utterance.words_of(tag), utterance.text), utterance.context) is None
        longer = _known_and_more(utterance, tag) or _goes_on(utterance, reading, tag)
        if _joined_on(utterance, tag) or (unknown and longer):
            yield f"it is not clear where the name “{utterance.said(tag)}” begins and ends; say it alone"


def _joined_on(utterance: Utterance, tag: TaggedSpan) -> bool:
    """Whether a hyphen joins further words to the name."""
    end = utterance.words[tag.last].end
    return re.match(r"[-_][\w]", utterance.text[end : end + 2]) is not None


def _known_and_more(utterance: Utterance, tag: TaggedSpan) -> bool:
    """Whether the name is one that is known, with other words on it; a new contact may be called so."""
    if tag.tag == "name":
        return False
    names = (*utterance.context.contacts, *utterance.context.accounts)
    said = [word.text.lower() for word in utterance.words_of(tag)]
    return any(" ".join(said[:length]) in names for length in range(1, len(said)))


def _goes_on(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    """Whether a new contact's name is followed by a word that could be more of it, and then by the address."""
    behind: Sequence[Word] = utterance.words[tag.last + 1 : tag.last + 3]
    fits = len(behind) == 2 and behind[0].kind is Kind.WORD and behind[1].kind in (Kind.ADDRESS, Kind.ENS)
    return reading.intent == "contact_add" and tag.tag == "name" and fits and behind[0].text.lower() not in AT_WORDS


def _numbers_that_count_nothing(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'TICKET 4502 …' is no amount; '40 usdc … 2 nadia' is to her."""
    tags = sorted(reading.tags, key=lambda tag: tag.first)
    for tag, after in zip_longest(tags, tags[1:]):
        if tag.tag not in ("amount", "amount_in", "amount_out") or utterance.words[tag.first].kind is not Kind.NUMBER:
            continue
        counted = after is not None and after.tag.startswith("token") and after.first == tag.last + 1
        before = utterance.text[max(0, utterance.words[tag.first].start - 16) : utterance.words[tag.first].start]
        texted = utterance.said(tag) in ("2", "4") and after is not None and after.tag in ("recipient", "to_chain")
        if not counted and (CASES.search(before) or (texted and after is not None and after.first == tag.last + 1)):
            yield f"it is not clear whether “{utterance.said(tag)}” is an amount; say how much of what"
