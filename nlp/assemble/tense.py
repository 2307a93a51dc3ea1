"""What the words tell of rather than order: what was done, might be done, is asked, or is to come from somebody else."""

import re
from collections.abc import Collection, Iterator, Sequence

from nlp.assemble.reading import Reading, Utterance
from nlp.types import Kind
from nlp.values.names import KIN

DONE = (
    r"(?:sent|swapped|bridged|approved|withdrew|withdrawn|revoked|wrapped|unwrapped|paid|supplied|deposited|added|bought|sold|staked|unstaked|borrowed|repaid|lent|transferred"
    r"|moved|traded|converted|minted|deployed|signed|cancelled|canceled|removed|exchanged)"
)
SOMEBODY = rf"(?:i|we|he|she|they|someone|somebody|(?:my|the|our)\s+(?:{'|'.join(sorted(KIN))}))"
ADVERBS = r"(?:(?:already|just|have|has|had|also|recently|almost|nearly|only|once|never)\s+|['’](?:ve|s|d)\s+)"
TOLD = re.compile(
    rf"(?i)(?:^|[,;.!?]\s{{1,5}}|\b(?:that|after|apparently|yesterday|and|but|because)\s{{1,5}})\W{{0,5}}{SOMEBODY}\s{{0,5}}{ADVERBS}*{DONE}\b"
)
WISHED = re.compile(
    r"(?i)\bi\s+(?:would|should|could)\s*(?:have|['’]ve|of)\s+\w+(?:ed|nt|ld|ught|id|ade)\b|\bi\s+wish\s+(?:i|we|that)\b|\bi\s+was\s+(?:going|about|gonna|planning)\b|\bi\s+might\b|\bi\s+used\s+to\b|\bi\s+(?:tried|was\s+trying)\b"
    r"|['’]ve\s+(?:been\s+trying|set\s+up)\b|\b(?:she|he|they|who)\s+wants?\s+me\s+to\b"
)
STATED = re.compile(
    r"(?i)\b(?:i|we)\s+(?:still\s+|also\s+|just\s+|really\s+)*(?:(?:had\s+|was\s+|were\s+|am\s+)?(?:agreed|hop(?:ed?|ing)|plan(?:ned|ning)?|keep\s+forgetting|intend(?:ed)?|had\s+wanted|may\s+want)\s+(?:to|on)|could\s+(?:send|swap|sell|buy|stake|bridge))\b"
    r"|\bi['’]m\s+(?:planning|hoping)\s+(?:to|on)\b|\blet['’]?s\s+(?:say|assume|suppose|pretend)\s+(?:that\s+)?(?:i|we)\b|\bfor\s+(?:the\s+sake\s+of\s+argument|argument['’]s\s+sake)\b"
    r"|\b(?:simulat\w+|dry[\s-]run|practi[sc]e)\b|^\W*(?:just\s+)?test\s+\w+ing\b|^\W*(?:rephrase)\b"
    r"|\b(?:think|believe)\s+(?:i|we)\s+(?:sent|paid|swapped|bridged|already)\b"
    r"|\b(?:remind(?:er)?|make\s+a\s+note|note\s+to\s+self)\b"
)
TELLING = re.compile(
    r"(?i)\W*(?:please\s+)?(?:translate|write\s+(?:me\s+)?an?|rephrase|proofread)\b|\W*(?:please\s+)?(?:tell|text|message|let)\s+(?!me\b|us\b)\w+(?:\.eth)?\s+(?:know\s+)?(?:that\s+)?(?:i|we)\b"
)
HABIT = re.compile(
    r"(?i)\b(?:i|we)\s+(?:usually|always|often|normally|sometimes|regret|hate|love|enjoy|rarely|regularly|wonder|keep\s+(?:sending|swapping|buying|selling|staking|borrowing|paying))\b"
    r"|\b(?:i|we)\s*['’]?(?:m|am|re|are)\s+(?:happy|glad|already)\b|\b(?:i|we)\s*(?:have|['’]ve)\s+been\s+\w+ing\b|\byou\s+(?:should\s+have|were\s+supposed)\b"
    r"|\b(?:perhaps|maybe)\s+i\s+should\b|^\W*tempted\s+to\b|\bmy\s+(?:loan|dca|debt|position|stake|limit\s+order|standing\s+order)\s+(?:is|swaps|sells|buys|sends)\b"
)
STANDING = re.compile(
    r"(?i)\b(?:i\s+have|i['’]ve\s+got|we\s+have|there['’]s|there\s+is|there\s+are)\b.{0,30}\b(?:staked|supplied|deposited|borrowed|locked|wrapped|lent)\b"
)
WONDERED = re.compile(
    r"(?i)^\W{0,10}(?:(?:so|ok|okay|and|but|hey|hi|um|well)\W{1,5})*(?:can\s+i\s+(?:afford|even)|could\s+i\s+afford|would\s+i\s+be\s+able|is\s+there\s+enough|have\s+you|did\s+you|do\s+(?:i|we)\s+have\s+enough|have\s+i\s+got\s+enough|was\s+(?:\d|my|the|that)|were\s+(?:my|the|those)|would\s+it\s+be(?!\s+(?:possible|ok|okay|alright)))\b"
)
TO_ME = frozenset(
    {"owe", "owes", "pay", "pays", "give", "gives", "send", "sends", "transfer", "transfers", "repay", "repays"}
)
CLAIMING = frozenset({"request", "invoice", "charge", "collect", "receive", "ask"})
PAYING = frozenset({"pays", "owes", "sends", "gives", "transfers"})
HAVING = frozenset(
    {
        "has",
        "got",
        "received",
        "earns",
        "earned",
        "lent",
        "gave",
        "asked",
        "returned",
        "lost",
        "won",
        "spent",
        "expects",
    }
)
JUST_TOLD = re.compile(rf"(?i)^\W*(?:\w+\s+){{1,2}}{ADVERBS}*{DONE}\b[^,;.]*$")
REPORT = "this tells of something rather than orders it; say plainly what is to be done"
INCOMING = "money that is to come from somebody else cannot be moved from here; say what you want to send"
QUOTED = "this stands in quotes; say it yourself if it is to be done"


def told(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """Why a write is a report, a wish, a question or a claim, each as a sentence for the person."""
    start, end = utterance.words[reading.first].start, utterance.words[reading.last].end
    clause = utterance.text[start:end]
    if (
        WONDERED.search(clause)
        or any(_governs(utterance, reading, pattern) for pattern in (TOLD, WISHED, HABIT, STATED))
        or STANDING.match(clause.lstrip())
    ):
        yield REPORT
    if TELLING.match(clause):
        yield REPORT
    if reading.intent == "transfer" and _comes_in(utterance, reading):
        yield INCOMING
    if reading.intent != "sign_message" and utterance.text[:start].count('"') % 2 and '"' in utterance.text[start:]:
        yield QUOTED


def told_before(utterance: Utterance, reading: Reading, index: int) -> bool:
    """'idris sent me 300 usdc, so send …': a number in a clause that tells, before the one that orders."""
    word = utterance.words[index]
    if word.kind not in (Kind.NUMBER, Kind.MONEY):
        return False
    first = min((utterance.words[t.first].start for t in reading.tags if t.first > index), default=0)
    before = utterance.text[utterance.words[reading.first].start : word.start]
    return (
        JUST_TOLD.search(before) is not None
        and re.search(r"[,;.]|\bso\b", utterance.text[word.end : first]) is not None
    )


def _governs(utterance: Utterance, reading: Reading, pattern: re.Pattern[str]) -> bool:
    """Whether the pattern stands before the first label, with no mark between them: 'i never paid him, so send …' orders."""
    first = min((utterance.words[tag.first].start for tag in reading.tags), default=utterance.words[reading.last].end)
    before = utterance.text[utterance.words[reading.first].start : first]
    match = pattern.search(before)
    return match is not None and not re.search(r"[,;:.!?]|\b(?:so|then|please)\b", before[match.end() :])


def _comes_in(utterance: Utterance, reading: Reading) -> bool:
    """'dave pays me 20 usdc', 'get 40 usdc from bob', 'request 20 usdc from kim', 'tenant pays 500 dai every month'."""
    words = [word.text.lower() for word in utterance.words]
    firsts = {tag.first for tag in reading.tags}
    whom = {tag.first for tag in reading.tags if tag.tag == "recipient" or (tag.tag == "amount" and "from" in words)}
    for at in range(reading.first, reading.last):
        asked = words[at] in TO_ME and words[at + 1] == "me" and {at + 2, at + 3} & firsts and at + 1 not in firsts
        claimed = words[at] in CLAIMING and words[at - 1 : at] not in (
            ["should"],
            ["must"],
            ["will"],
            ["shall"],
            ["to"],
        )
        if asked or (claimed and at <= reading.first + 3 and at + 1 in whom):
            return True
    named = [tag for tag in reading.tags if tag.tag == "recipient"]
    return any(
        _is_subject(words, tag.last + 1, firsts) or words[max(0, tag.first - 1) : tag.first] == ["from"]
        for tag in named
    )


def _is_subject(words: Sequence[str], at: int, firsts: Collection[int]) -> bool:
    """'tenant pays …', 'rosa lent me 30 dai': whoever is named does it."""
    verb = words[at] if at < len(words) else ""
    behind = next(
        (i for i in range(at + 1, min(at + 4, len(words))) if words[i] not in ("me", "back", "us", "him")), at
    )
    return verb in PAYING or (verb in HAVING and behind in firsts)
