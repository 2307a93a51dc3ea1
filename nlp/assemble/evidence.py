"""What must stand in the words for a write to be believed: a verb of its kind, a condition's word, whole names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nlp.assemble.pronouns import PLACES
from nlp.assemble.reading import JOINTS, Reading, Utterance
from nlp.assemble.trigger import STABLES, read_trigger
from nlp.lexicon import TICKERS
from nlp.types import Hint, Kind, TaggedSpan, Word
from nlp.values.names import KIN, known_party
from nlp.values.result import Span

UNSHOWN = "nothing in the words says whether this is to {}; say it with that word"
BACK = r"back|off|out|outta|outa|from|down|away"
CUES: Mapping[str, re.Pattern[str]] = {
    intent: re.compile(rf"(?i)(?:\b|_)(?:{cues})")
    for intent, cues in {
        "supply": r"supp?l|deposit|lend|lent|loan(?:ed)?\s+out|put|park|place|plac|add|into|in\b|earn|yield|interest|stash|stick|chuck|drop|throw|toss|slap|dump|lodge|work|wrk|pool|pot|give|hand|invest|coll?ateral|to\b|on\b|onto|with|at\b|move|send|keep|sling|bung|pop|lock|load|shove|sink|commit|entrust|feed|post|tuck|store|sit|rest|hold|have|top",
        "withdraw": rf"with?dr|wtih?dr|pull|redeem|take|tak\b|tke|recall|call|release|retrieve|recover|get|fetch|free|unlock|remove|reclaim|rescue|exit|cash|empty|drain|draw|drag|yank|claw|unwind|liberate|un-?park|un-?supply|un-?lend|return|restor|bring|want|collect|grab|w/d|hom[ei]|com(?:es?|ing)\b|scoop|undeposit|extract|close|leave|need|pay|giv|{BACK}",
        "borrow": r"bor+o|loan|lend\s+(?:me|us)|(?:float|spot|front)\s+(?:me|us)|fund|advanc|credit|against|agianst|debt|leverag|draw|take|tak\b|raise|owe|lever|mortgage|coll?ateral|emprest|line\b|mint|out\b|get\s+me|give\s+me|front|spot\s+me|tap|hit|need",
        "repay": r"re-?pay|pay|paid|clear|settl|debt|det\b|loan|owe|owing|due|off|back|return|close|knock|tab|reduce|retire|square|wipe|down|zero|delever|deleverag|discharg|extinguish|note|balance|borrow|liabilit|reimburs|honou?r|amorti|instal|toward|against|even|satisf|quit",
        "stake": r"stak|lido|rocket|restak|validat|solo|eth2|liquid\s+stak|earn|lock|delegat|into|in\b|put|with|deposit|on\b|to\b|at\b|work|wrk|yield",
        "unstake": r"un-?s?stak|stak|releas|unlock|unbond|withdra|pull|take|out|back|redeem|exit|free|off|undelegat|from|remove|get|unwind|bring|dig|un\w+|want|need",
        "wrap": r"w?rap|wrp|weth|wrapped|pack|dress",
        "add_liquidity": r"add|blend|mix|deepen|provid|liquidity|pool|lp\b|put|deposit|join|pair|into|supply|seed|give|stick|in\b|with|make|market|fund|contribut|enter|park|throw|drop|chuck|commit",
        "unwrap": r"unw?rap|wrapper|unwrp|unroll|un-?wrap|native|back|unpack|plain|from|weth|into|to\b",
        "cancel_tx": r"cancel|cxl|can?cl|overwrit|abort|kill|drop|stop|void|scrap|bust|replac|undo|call\s+(?:it|that|the|off)|revok|nuke|halt|withdraw|take\s+back|pull|don['’]?t|forget|annul|rescind|retract|kil+|nix|reverse|get\s+rid|bin|scratch|quash|drop|block|strike|recall|ditch|axe|zap|out\b|call\s+back|back|hold|brake|shut|quit|rbf|rm\b|intercept|belay",
        "speed_up": r"speed|outbid|fast|bump|boost|hurr|accelerat|gas|fee|quick|push|rush|unstick|stuck|prioriti|expedit|nudge|improv|faster|pump|tip|priority|hasten|move|get\s+.*through|going|along|raise|jack|up\b|slow|pending|waiting|sitting|shift|kick|shove|moving|rbf|fuel|steam|fire|crawl",
        "revoke": r"revok|perms?\b|approv|allow|permis|access|spend|disallow|stop|cut|tak|took|remove|kick|un-?\w+|deauth|withdraw|cancel|end\b|bar\b|bann?|block|no\s+(?:longer|more)|off\b|away|clear|kill|reset|pull|yank|strip|nuke|zero|drop|rescind|lift|shut|close|lock|out\b|back\b|get\s+rid|wipe|rid\b|sever|disconnect|evict|fire|void|terminat|quit|halt|boot|deny|undo|clean|let\s+go|nothing|never|not\b|don['’]?t|can['’]?t|touch|authori|keys?|purge|kil|ap+rov|ends\b|los[et]|business|collect|bin\b|withdrawn|conclud|trust|hands",
        "contact_remove": r"remov|delet|forget|drop|eras|take\s+.*(?:off|out)|scrub|clear|strike|get\s+rid|lose|unsave|bin|rid|cut|chuck|axe|out\b|off\b|wipe|ditch|no\s+longer|scratch|away|purge|dump|discard|kick|expunge|goodbye|bye|rm\b|struck|offboard|outta",
    }.items()
}
VERBS = {
    "supply": "supply", "withdraw": "withdraw", "borrow": "borrow", "repay": "repay", "stake": "stake", "unstake": "unstake", "wrap": "wrap",
    "unwrap": "unwrap", "cancel_tx": "cancel a transaction", "speed_up": "speed one up", "contact_remove": "remove a contact", "add_liquidity": "add to a pool", "revoke": "revoke",
}  # fmt: skip
AGAINST: Mapping[str, re.Pattern[str]] = {
    intent: re.compile(rf"(?i)(?<!n't )(?<!n’t )(?<!not )(?<!dont )\b(?:{words})\b")
    for intent, words in {
        "supply": r"in\s+my\s+hands?|close|exit|redeem|withdraw|unwind|borrow|advance|repay",
        "stake": r"claim|unstake|un-?staking|release|unlock|redeem|dig\s+up|get\s+.{0,16}\bback|back\s+(?:from|out)|out\s+of\s+(?:lido|staking|rocket)|finish(?:ed)?",
        "unstake": r"(?<!un)(?<!un-)restake",
        "withdraw": r"against|of\s+(?:the|my|our)\s+(?:\w+\s+)?(?:loan|debt)|(?:give|hand|pay)\s+back\b.{0,30}\bto|i\s+give\s+back|borrow|repay|pay\s+(?:off|back|down)",
        "borrow": r"repay|pay\s+(?:off|back|down)|withdraw",
        "repay": r"in\s+debt\s+(?:with|to|at)|borrow|withdraw|recall|restored?\s+to\s+(?:us|me)|i\s+lent|we\s+lent",
        "speed_up": r"cancel|kill|abort|get\s+rid\s+of|drop\s+it|stop\s+it|bin\s+it|scrap",
        "cancel_tx": r"speed\s+(?:it\s+)?up|faster|bump|landed|arrived|went\s+through|confirmed\s+yet",
        "revoke": r"(?<!un-)(?<!un )approve|unlend",
        "wrap": r"unwrap|unpack",
        "swap": r"estimate|without\s+engagement|price\s+check|just\s+curious",
        "deploy": r"write\s+me|unit\s+tests?|hardhat|explain",
        "transfer": r"let\s+\w+(?:\s+\w+)?\s+(?:take|grab|pull|spend|draw)|can\s+(?:take|pull|spend|draw)|barclays|monzo|revolut|my\s+bank|bank\s+account|iban|paypal|venmo",
    }.items()
}
CONDITIONAL = re.compile(
    r"(?i)[<>≤≥]|\b(?:if|when|whenever|wen|once|as\s+soon|soon\s+as|after|should|until|till|while|at|tops?|tips?|drops?|falls?|hits?|reach\w*|cross\w*|stop|limit|tp|sl|target|"
    r"above|over|dips?|touch\w*|breaks?|broke\w*|gets?|goes|is|the\s+(?:moment|minute|second|day|instant)|upon|in\s+case|wait\w*|provided|where|moves?|rises?|"
    r"climbs?|slides?|sinks?|jumps?|surpass\w*|event|trades?|profit|loss|soars?|pumps?|exceeds?|past|beyond|under|below|beneath|less\s+than|more\s+than|north\s+of|south\s+of)\b"
)
NO_PRICE = re.compile(r"(?i)\bno\s+\w+\s+(?:below|under|above|over)\b|\b(?:never|not)\s+(?:over|above|more\s+than)\b")
DEPOSITING = re.compile(
    r"(?i)\b(?:stick|put|park|deposit|place|lend|throw|chuck|lodge|supply|drop|stash)\b.*\b(?:in|into|on|onto|at|with)\s*$"
)
TAKING = re.compile(
    r"(?i)(?:n['’]?t|\bnot|\bnever|\bwont|\bno)\b.{0,16}\b(?:accept|take|receive|get|settle\s+for|let\s+it\s+go)\w*\s+(?:\w+\s+){0,2}(?:under|below|less)\b"
    r"|\bno\s+(?:less|worse)\s+than\b"
)
AT_WORDS = frozenset({"at", "is", "as", "to", "with", "=", ":", "for", "address", "addr", "under", "and", "it", "its", "the", "n", "wallet", "account", "please", "pls", "in", "on", "by", "name", "contact", "contacts", "book", "list"})  # fmt: skip
EVERYTHING = re.compile(r"(?i)\beverything\b")
CALLED_SO = frozenset({"account", "accounts", "wallet", "wallets", "pot", "fund", "purse", "address", "chain", "network", "testnet", "mainnet", "protocol", "dex", "l2"})  # fmt: skip
ARRIVING = frozenset({"received", "back", "got", "came", "home", "returned", "arrived"})
GENERIC = frozenset(
    {
        "stake",
        "staking",
        "pool",
        "liquidity",
        "farm",
        "vault",
        "native",
        "mid",
        "market",
        "lending",
        "savings",
        "there",
        "yield",
    }
)
CASES = re.compile(r"(?i)\b(?:tickets?|case|ref|reference|no\.|nr\.?|number)\W*$|#\s*$")
DOING_ON = frozenset({"on", "via", "through", "at", "over"})
LEADING_TO_CHAINS = frozenset({"from", "to", "on", "onto", "into", "over", "off", "of", "in", "at", "via", ">", "->", "→", "=>", "and", "chain", "network", "the", "2", "leaving", "between", "towards"})  # fmt: skip
NO_CHAIN = "it is not clear whether “{}” is a chain; say from or to"
COIN_OR_PLACE = "it is not clear whether “{}” is the coin or the place; say for, or say via"
SPENDING = re.compile(r"(?i)\b(?:spend|spending|blow|drop|put|throw|splash)\b")
OF_A_COLLECTION = frozenset(
    ("number", "no", "nr", "id", "nft", "nfts", "token", "tokens", "piece", "pieces", "one", "picture", "card", "item", "numbered", "tokenid", "to", "the", "of", "with", "and", "my", "collectible", "thing", "artwork", "print", "numero", "num", "bearing", "called")
)  # fmt: skip
LEADING = frozenset(
    ("from", "in", "using", "with", "w", "via", "off", "on", "inside", "under", "out", "outta", "through", "at", "into", "as", "by", "use", "account", "wallet", "over", "between", "for", "have", "let", "get", "empty", "sweep", "rebalance", "bridge",
     "within", "debit", "debiting", "acct", "signer", "src", "charged")
)  # fmt: skip
GOING_ON = frozenset(
    ("to", "should", "could", "can", "will", "would", "must", "ought", "pays", "pay", "owes", "owe", "needs", "need", "wants", "want", "has", "have", "had", "holds", "hold", "signs", "sign", "mix", "and",
     "or", "please", "pls", "now", "then", "on", "at", "in", "into", "via", "with", "by", "but", "back", "account", "wallet", "pot", "fund", "money", "bond", "remain", "still", "all", "only", "instead", "thanks", "accordingly", "end", "if", "when", "once", "every")
)  # fmt: skip
RELATED = frozenset(
    {
        "mum",
        "mom",
        "dad",
        "mother",
        "father",
        "assistant",
        "bank",
        "company",
        "team",
        "accountant",
    }
)
TAKING_BACK = frozenset({"no", "sorry", "mean", "meant", "wait", "rather", "oops"})
PARTIES = ("recipient", "name", "party", "account", "spender")


def unproven(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """Why the words do not bear out a write, each as a sentence for the person."""
    clause = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    cues = CUES.get(reading.intent)
    if cues is not None and not cues.search(_with_what_it_goes_on_from(utterance, reading, clause)):
        yield UNSHOWN.format(VERBS[reading.intent])
    against = AGAINST[reading.intent].search(clause) if reading.intent in AGAINST else None
    if against is not None:
        yield f"“{against[0]}” speaks against reading this as {reading.intent.replace('_', ' ')}; say plainly what is to be done"
    if reading.intent == "swap" and _into_a_protocol(utterance, reading):
        yield "it is not clear whether that is the coin or the place of that name; say buy, or say supply"
    if reading.intent == "revoke" and "token" in reading.slots and EVERYTHING.search(clause):
        yield "it is not clear whether everything is to be revoked or one token; say which"
    yield from _places_unproven(utterance, reading)
    yield from _ends_unproven(utterance, reading)
    yield from _for_what(utterance, reading)
    yield from _condition_unproven(utterance, reading, clause)
    yield from names_cut(utterance, reading)
    yield from _meant_another(utterance, reading)
    yield from _below_nothing(utterance, reading)
    yield from _collections_cut(utterance, reading)
    yield from _somebody_of_theirs(utterance, reading)
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


def _places_unproven(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'back from the hike', 'on the baler', 'out of stake' name no account, chain or protocol."""
    for tag in reading.tags:
        said = utterance.said(tag)
        passing = tag.tag == "account" and reading.intent != "switch_account" and _in_passing(utterance, tag)
        if tag.tag in ("account", "chain", "protocol") and said and (passing or _is_no_place(utterance, tag)):
            yield f"it is not clear whether “{said}” is {'an' if tag.tag == 'account' else 'a'} {tag.tag}; say {said} {tag.tag}, or leave it out"


def _ends_unproven(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'over to base via across fam': a chain that no list holds and that nothing joins to the request; 'spend 80 usdt on uni'."""
    for tag in reading.tags:
        words = utterance.words_of(tag)
        before = utterance.words[tag.first - 1].text.lower() if tag.first > reading.first else ""
        unlisted = not any(Hint.CHAIN in word.hints for word in words) and words[-1].text.lower() not in CALLED_SO
        if tag.tag in ("from_chain", "to_chain") and unlisted and before not in LEADING_TO_CHAINS:
            yield NO_CHAIN.format(utterance.said(tag))
        coin = tag.tag == "protocol" and utterance.said(tag).lower() in TICKERS and before == "on"
        coin = coin and reading.intent == "swap" and all(other.tag != "token_out" for other in reading.tags)
        if coin and SPENDING.search(utterance.text[: words[0].start]):
            yield COIN_OR_PLACE.format(utterance.said(tag))


def _for_what(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'25 usdt for the mess bill': who is known by no name, behind 'for', is rather what it is for."""
    for tag in reading.tags:
        words = utterance.words_of(tag)
        before = [word.text.lower() for word in utterance.words[max(reading.first, tag.first - 2) : tag.first]]
        purpose = len(before) == 2 and before[0] == "for" and before[1] in ("the", "our", "a", "this")
        named = any(word.kind is not Kind.WORD for word in words)
        if (
            tag.tag == "recipient"
            and purpose
            and not named
            and known_party(Span(words, utterance.text), utterance.context) is None
        ):
            yield f"it is not clear whether “{utterance.said(tag)}” is to get it or what it is for; say to whom"


def _is_no_place(utterance: Utterance, tag: TaggedSpan) -> bool:
    words = utterance.words_of(tag)
    behind = utterance.words[tag.last + 1].text.lower() if tag.last + 1 < len(utterance.words) else ""
    before = utterance.words[tag.first - 1].text.lower() if tag.first else ""
    if (
        utterance.said(tag).lower() in PLACES
        or any(word.kind is not Kind.WORD for word in words)
        or behind in CALLED_SO
        or words[-1].text.lower() in CALLED_SO
    ):
        return False
    span = Span(words, utterance.text)
    if tag.tag == "account":
        said = utterance.said(tag).lower()
        context = utterance.context
        if said not in context.accounts and (
            said in context.contacts or any(Hint.TOKEN in word.hints for word in words)
        ):
            return True
        got = utterance.words[tag.first - 2].text.lower() if tag.first > 1 else ""
        if before == "from" and got not in ARRIVING:
            return False
        return (bool(utterance.context.accounts) or before in DOING_ON) and known_party(span, utterance.context) is None
    hint = Hint.CHAIN if tag.tag == "chain" else Hint.PROTOCOL
    unlisted = not any(hint in word.hints for word in words)
    generic = tag.tag == "protocol" and {word.text.lower() for word in words} <= GENERIC
    return _joined_on(utterance, tag) or (unlisted and (generic or (tag.tag == "chain" and before in ("the", "a"))))


def _in_passing(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'my client wishes …', 'vesting cliff hit', 'top up float: buy …': an account's name that is said of something else."""
    before = [word.text.lower() for word in utterance.words[max(0, tag.first - 3) : tag.first]]
    while before and before[-1] in ("the", "my", "our", "this", "that"):
        before.pop()
    behind = utterance.words[tag.last + 1] if tag.last + 1 < len(utterance.words) else None
    led = bool(before) and (before[-1] in LEADING or before[-2:] == ["out", "of"])
    if led or behind is None:
        return False
    if behind.text == ":":
        return bool(before) and before[-1].isalpha()
    return (
        behind.kind is Kind.WORD and not behind.hints and behind.text.isalpha() and behind.text.lower() not in GOING_ON
    )


def names_cut(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'trading-bot' read as 'trading', 'nadia fr petrol' as one name, 'kiosk guy 0x…' as 'kiosk'."""
    for tag in reading.tags:
        if tag.tag not in PARTIES or any(word.kind is not Kind.WORD for word in utterance.words_of(tag)):
            continue
        unknown = known_party(Span(utterance.words_of(tag), utterance.text), utterance.context) is None
        longer = _known_and_more(utterance, tag) or _goes_on(utterance, reading, tag)
        if _joined_on(utterance, tag) or (unknown and longer):
            yield f"it is not clear where the name “{utterance.said(tag)}” begins and ends; say it alone"


def _somebody_of_theirs(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'to bob.eth's brother' is not to bob.eth."""
    free = reading.unlabelled
    for tag in reading.tags:
        behind = [utterance.words[i] for i in (tag.last + 1, tag.last + 2) if i in free]
        theirs = len(behind) == 2 and behind[0].text in ("'s", "’s") and behind[1].text.lower() in KIN | RELATED
        if tag.tag == "recipient" and theirs:
            yield f"it is not clear who “{utterance.said(tag)}{behind[0].text} {behind[1].text}” is; say a name, or an address"


def _collections_cut(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'my nomad pass 300' read as 'nomad': a word between a collection's name and its number that could be more of the name."""
    free = set(reading.unlabelled)
    for tag in reading.tags:
        number = next((other for other in reading.tags if other.tag == "token_id" and other.first > tag.last), None)
        if tag.tag == "collection" and number is not None:
            between = [utterance.words[i] for i in range(tag.last + 1, number.first) if i in free]
            joined = len(between) <= 2 and all(word.kind is Kind.WORD for word in between)
            if joined and any(word.text.lower() not in OF_A_COLLECTION for word in between):
                yield f"it is not clear where the name “{utterance.said(tag)}” ends; write the collection's whole name"


def _meant_another(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'0.5 eth to wim — sorry kemal': somebody who is known, behind a word that takes back, and no label on the name."""
    known = {*utterance.context.contacts, *utterance.context.accounts} - set(map(str, reading.slots.values()))
    for i in reading.unlabelled:
        before = {word.text.lower() for word in utterance.words[max(reading.first, i - 2) : i]}
        if utterance.words[i].text.lower() in known and before & TAKING_BACK:
            yield f"it is not clear whether “{utterance.words[i].text}” is meant instead; say it with one name"


def _below_nothing(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'#-3' is no number of a collectible."""
    for tag in reading.tags:
        start = utterance.words[tag.first].start
        if tag.tag in ("token_id", "id") and utterance.text[max(0, start - 1) : start] in ("-", "−"):
            yield f"“-{utterance.said(tag)}” is no number that it can have"


def _joined_on(utterance: Utterance, tag: TaggedSpan) -> bool:
    """Whether a hyphen joins further words to the name."""
    end = utterance.words[tag.last].end
    return (
        re.match(r"[-_.:;]+\w|[/,]eth\b|\s&\s[A-Z]" if tag.tag in PARTIES else r"[-_]\w", utterance.text[end : end + 4])
        is not None
    )


def _known_and_more(utterance: Utterance, tag: TaggedSpan) -> bool:
    """Whether the name is one that is known, with other words on it; a new contact may be called so."""
    if tag.tag == "name":
        return False
    names = (*utterance.context.contacts, *utterance.context.accounts)
    said = [word.text.lower() for word in utterance.words_of(tag) if word.text.lower() not in ("my", "our", "the")]
    if len(said) > 1 and said[0] in KIN:
        return True
    parts = (part for length in range(1, len(said)) for part in (said[:length], said[-length:]))
    return any(" ".join(part) in names for part in parts)


def _goes_on(utterance: Utterance, reading: Reading, tag: TaggedSpan) -> bool:
    """Whether a new contact's name is followed by a word that could be more of it, and then by the address."""
    behind: Sequence[Word] = utterance.words[tag.last + 1 : tag.last + 3]
    fits = len(behind) == 2 and behind[0].kind is Kind.WORD and behind[1].kind in (Kind.ADDRESS, Kind.ENS)
    return reading.intent == "contact_add" and tag.tag == "name" and fits and behind[0].text.lower() not in AT_WORDS


def is_texted_to(utterance: Utterance, tags: Sequence[TaggedSpan]) -> TaggedSpan | None:
    """A 2 or 4 labelled as an amount right before whom or where: as texted it may be a preposition."""
    ordered = sorted(tags, key=lambda tag: tag.first)
    for tag, after in pairwise(ordered):
        touching = after.first == tag.last + 1 and after.tag in ("recipient", "to_chain")
        if tag.tag in ("amount", "amount_in", "t.threshold") and touching and utterance.said(tag) in ("2", "4"):
            return tag
    return None


def _numbers_that_count_nothing(utterance: Utterance, reading: Reading) -> Iterator[str]:
    """'TICKET 4502 …' is no amount; '40 usdc … 2 nadia' is to her."""
    texted = is_texted_to(utterance, reading.tags)
    if texted is not None:
        yield f"it is not clear whether “{utterance.said(texted)}” is an amount; say how much of what"
    tokens = {tag.first for tag in reading.tags if tag.tag.startswith("token")}
    for tag in reading.tags:
        if tag.tag not in ("amount", "amount_in", "amount_out") or utterance.words[tag.first].kind is not Kind.NUMBER:
            continue
        before = utterance.text[max(0, utterance.words[tag.first].start - 16) : utterance.words[tag.first].start]
        if tag.last + 1 not in tokens and CASES.search(before):
            yield f"it is not clear whether “{utterance.said(tag)}” is an amount; say how much of what"
