"""Tokens, chains, protocols, parties, currencies and hashes: copied from the user's words, then normalised; nothing is repaired
but the names of the closed lists."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from nlp.lexicon import CHAIN_IDS, CHAINS, COIN_NAMES, CURRENCIES, PROTOCOLS, TICKERS, correct
from nlp.recognise.hexes import checksum
from nlp.types import Context, Hint, Kind, Word
from nlp.values.amounts import money_of
from nlp.values.result import Span, Unusable, shown

_ARTICLES = frozenset(
    ("the", "a", "an", "my", "our", "your", "of", "some", "any", "that", "this", "'s", "’s", "'", '"', "`", "“", "”", ",", ":")
)  # fmt: skip
_TOKEN_FILLERS = _ARTICLES | frozenset(
    ("token", "tokens", "coin", "coins", "contract", "worth", "in", "into", "to", "for", "balance")
)  # fmt: skip
_CHAIN_FILLERS = _ARTICLES | frozenset(
    ("on", "chain", "network", "blockchain", "to", "from", "over", "l2", "in", "at", "side", "rollup")
)  # fmt: skip
_PROTOCOL_FILLERS = _ARTICLES | frozenset(
    ("on", "via", "with", "protocol", "using", "through", "dex", "contract", "router", "app", "at", "in", "from", "to")
)  # fmt: skip
_PARTY_FILLERS = _ARTICLES | frozenset(
    ("to", "account", "wallet", "address", "contact", "from", "at", "contract", "called", "named")
)  # fmt: skip
_NOT_A_TOKEN = frozenset(
    ("stables", "stable", "stablecoins", "stablecoin", "cash", "dollars", "dollar", "usd", "money", "crypto", "fiat", "something", "anything",
     "whatever", "it", "them", "everything", "all", "tokens", "coins", "that", "this", "one", "bucks", "euros", "altcoins", "memecoins",
     "memes", "shitcoins", "same", "bit", "rest", "other", "thing", "lot")
)  # fmt: skip
_NOT_A_PARTY = frozenset(
    ("me", "myself", "i", "us", "we", "you", "her", "him", "them", "they", "it", "someone", "somebody", "anyone", "anybody", "everyone",
     "everybody", "nobody", "there", "here", "both", "whoever", "whatever", "her's", "his", "its", "hers", "their", "mine", "yours", "self")
)  # fmt: skip
KIN = frozenset(
    ("son", "daughter", "brother", "sister", "friend", "mate", "cousin", "wife", "husband", "partner", "boss", "landlord", "neighbour",
     "neighbor", "colleague", "flatmate", "roommate", "buddy", "pal", "nephew", "niece", "girlfriend", "boyfriend", "sis", "bro", "kid", "contact",
     "mr", "mrs", "ms", "miss", "dr", "vendor", "client", "supplier", "customer")
)  # fmt: skip
_INDEFINITE = frozenset(
    (
        "someone",
        "somebody",
        "anyone",
        "anybody",
        "everyone",
        "everybody",
        "whoever",
        "whomever",
        "whichever",
        "either",
        "nobody",
        "noone",
        "none",
        "same",
    )
)
_SEVERAL = frozenset(("or", "and", "&", "/", "nor"))
_NOT_A_PLACE = frozenset(
    ("there", "here", "same", "it", "its", "em", "that", "them", "one", "somewhere", "anywhere", "wherever", "whatever", "best", "cheapest", "both", "each", "other", "another")
)  # fmt: skip
_ID_WORDS = frozenset(("id", "chainid", "number", "#", "="))
_ID_BEFORE = re.compile(r"(?i)\b(?:chain|network|chain\W?id)\W*(?:id|number)?\W*$")
_SYMBOL = re.compile(r"\$?(?P<symbol>[A-Za-z0-9][A-Za-z0-9._₮]{0,31})")
_BROKEN_HEX = re.compile(r"0x[0-9]")
_SLUG = re.compile(r"[a-z0-9][a-z0-9.]*")
_VERSION = re.compile(r"(?P<name>.+?)[\s\-]*(?:v\s?|version\s)(?P<version>[0-9]|one|two|three|four)")
_SPOKEN_VERSIONS = {"one": "1", "two": "2", "three": "3", "four": "4"}
_ENS = re.compile(r"[^\s.]{1,255}(?:\.[^\s.]{1,255}){1,8}")
_BAD = {
    Kind.BAD_HEX: "is neither an address with a right checksum nor a 32-byte hash",
    Kind.BAD_NAME: "holds hidden or look-alike characters",
}


def bad_word(words: Iterable[Word]) -> Unusable | None:
    """Why one of the words can be no value at all: a wrong checksum, a hidden or look-alike character."""
    for word in words:
        if word.kind in _BAD:
            return Unusable(f"{shown(word.text)} {_BAD[word.kind]}")
    return None


def _bare(span: Span, fillers: frozenset[str]) -> list[Word]:
    return [word for word in span.words if word.text.lower() not in fillers]


def _phrase(words: list[Word], text: str) -> str:
    """The words' own characters, lower case, white space made single."""
    return " ".join(text[words[0].start : words[-1].end].split()).lower() if words else ""


def _address(words: list[Word]) -> str | None:
    found = [word for word in words if word.kind is Kind.ADDRESS]
    return checksum(found[0].text) if len(found) == 1 == len(words) else None


def read_token(span: Span) -> str | Unusable:
    """A symbol in upper case, or a checksummed address. Full coin names become tickers; an unknown ticker stays itself."""
    words = _bare(span, _TOKEN_FILLERS)
    whole = _phrase(list(span.words), span.text)
    phrase = whole if whole in COIN_NAMES else _phrase(words, span.text)
    if not phrase or phrase in _NOT_A_TOKEN:
        return Unusable(f"{span.shown()} names no one token")
    address = _address(words)
    if address:
        return address
    name = _coin_name(phrase, as_a_ticker=_in_capitals(words, span.text))
    if name:
        return name
    match = _SYMBOL.fullmatch(phrase)
    plain = len(words) == 1 and words[0].kind in (Kind.WORD, Kind.FUNCTION)
    return (
        match["symbol"].upper() if match and plain else Unusable(f"{span.shown()} is not one token symbol or address")
    )


def _in_capitals(words: list[Word], text: str) -> bool:
    """BOTCOIN is a ticker of its own, and no bitcoin written wrong."""
    return all(word.text.isupper() for word in words) and not text.isupper()


def _coin_name(phrase: str, *, as_a_ticker: bool) -> str | None:
    if phrase in TICKERS:
        return phrase.upper()
    if as_a_ticker:
        return COIN_NAMES.get(phrase)
    fixed = " ".join(correct(part) for part in phrase.split(" "))
    return COIN_NAMES.get(phrase) or COIN_NAMES.get(fixed)


def read_chain(span: Span) -> str | Unusable:
    """A chain's slug; a chain outside the list is its name as a slug."""
    return _listed(span, CHAINS, _CHAIN_FILLERS) or _by_id(span) or _slug(span, _CHAIN_FILLERS, "chain")


def _by_id(span: Span) -> str | None:
    """The slug of a chain that is named by its EIP-155 id (`chain id 8453`)."""
    words = [word for word in _bare(span, _CHAIN_FILLERS) if word.text.lower() not in _ID_WORDS]
    told = len(words) == 1 and _ID_BEFORE.search(span.text[: words[0].start])
    return CHAIN_IDS.get(words[0].text) if told else None


def read_protocol(span: Span) -> str | Unusable:
    """A protocol's slug, its version behind it (`uniswap-v3`)."""
    return known_protocol(span) or _slug(span, _PROTOCOL_FILLERS, "protocol")


def known_protocol(span: Span) -> str | None:
    """The slug where the words are a protocol of the closed list, or a version of one."""
    listed = _listed(span, PROTOCOLS, _PROTOCOL_FILLERS)
    if listed:
        return listed
    match = _VERSION.fullmatch(_phrase(_bare(span, _PROTOCOL_FILLERS), span.text))
    if not match:
        name = _phrase(_bare(span, _PROTOCOL_FILLERS), span.text)
        base = re.sub(r"(?:\.(?:fi|finance|org|exchange|com|io)| finance)$", "", name)
        return PROTOCOLS.get(base) if base != name else None
    slug = PROTOCOLS.get(match["name"]) or PROTOCOLS.get(correct(match["name"]))
    version = _SPOKEN_VERSIONS.get(match["version"], match["version"])
    return f"{slug}-v{version}" if slug else None


def _listed(span: Span, names: Mapping[str, str], fillers: frozenset[str]) -> str | None:
    """The slug of a closed list, by the whole phrase, without its fillers, or with one letter of a word corrected."""
    phrases = [_phrase(list(span.words), span.text), _phrase(_bare(span, fillers), span.text)]
    phrases += [re.sub(r"[\s\-]+", " ", phrase) for phrase in phrases]
    phrases += [" ".join(correct(part) for part in phrase.split(" ")) for phrase in phrases]
    return next((names[phrase] for phrase in phrases if phrase in names), None)


def _slug(span: Span, fillers: frozenset[str], what: str) -> str | Unusable:
    words = [word for word in _bare(span, fillers) if word.text != "-"]
    inside = [
        word for word in span.words if words and words[0].start <= word.start <= words[-1].start and word.text != "-"
    ]
    if inside != words:
        return Unusable(f"{span.shown()} names no {what}")
    parts = [word.text.lower() for word in words]
    fits = 0 < len(parts) <= 4 and not set(parts) & _NOT_A_PLACE and all(word.kind is Kind.WORD for word in words)
    if fits and all(_SLUG.fullmatch(part) for part in parts):
        return "-".join(parts)
    return Unusable(f"{span.shown()} names no {what}")


def read_party(span: Span, context: Context) -> str | Unusable:
    """A checksummed address, a lower-case name, or the bare lower-case nickname; the context wins over any other reading."""
    known = known_party(span, context)
    if known:
        return known
    words = _bare(span, _PARTY_FILLERS)
    address = _address(words)
    if address:
        return address
    names = [word for word in words if word.kind is Kind.ENS]
    if len(names) == 1 == len(words):
        return _name(names[0].text)
    return nickname(span, words)


@lru_cache(256)
def own_names(contacts: tuple[str, ...], accounts: tuple[str, ...]) -> frozenset[str]:
    """The names of contacts and accounts in lower case, white space made single."""
    return frozenset(" ".join(name.lower().split()) for name in (*contacts, *accounts))


def known_party(span: Span, context: Context) -> str | None:
    """The contact or account of the context that the words name."""
    known = own_names(context.contacts, context.accounts)
    bare = _bare(span, _PARTY_FILLERS)
    akin = bare[1:] if len(bare) > 1 and bare[0].text.lower() in KIN else bare
    whole = _bare(span, _ARTICLES)
    phrases = (
        _phrase(list(span.words), span.text),
        _phrase(whole, span.text),
        *(_phrase(words, span.text) for words in (bare, akin)),
    )
    return next((phrase for phrase in phrases if phrase in known), None)


def _name(text: str) -> str | Unusable:
    name = re.sub(r"(?i)\s+dot\s+", ".", text)
    name = unicodedata.normalize("NFC", name.lower())
    return name if _ENS.fullmatch(name) else Unusable(f"{shown(text)} is not a name")


def nickname(span: Span, words: list[Word]) -> str | Unusable:
    """One to three plain words as a person would call someone."""
    phrase = _phrase(words, span.text)
    plain = 0 < len(words) <= 5 and all(word.kind in (Kind.WORD, Kind.PUNCT) for word in words)
    fits = plain and re.fullmatch(r"[\w][\w .&'’\-]{0,63}", phrase)
    if _BROKEN_HEX.match(phrase):
        return Unusable(f"{span.shown()} is no whole address")
    said = [word.text.lower() for word in words]
    if set(said) & _SEVERAL or set(said[:1]) & _INDEFINITE:
        return Unusable(f"{span.shown()} names no one person")
    if not fits or phrase in _NOT_A_PARTY or any(Hint.VAGUE in word.hints for word in words):
        return Unusable(f"{span.shown()} names no one that can be found")
    return phrase


def read_nickname(span: Span, context: Context) -> str | Unusable:
    """The bare name of a contact, lower case."""
    return known_party(span, context) or nickname(span, _bare(span, _PARTY_FILLERS))


def read_currency(span: Span) -> str | Unusable:
    """An ISO 4217 code or a token symbol; of a sum of money its currency."""
    words = [word for word in _bare(span, _TOKEN_FILLERS) if word.text.lower() not in ("terms", "price")]
    phrase = _phrase(words, span.text)
    if phrase in CURRENCIES:
        return CURRENCIES[phrase]
    if len(words) == 1 and words[0].kind is Kind.MONEY:
        money = money_of(words[0])
        return money if isinstance(money, Unusable) else money[1]
    return read_token(span.only(words)) if words else Unusable(f"{span.shown()} names no currency")


def read_token_or_currency(span: Span, _: Context) -> str | Unusable:
    """What an amount is to be worth in: "pounds" is money, and no token of that name; a ticker stays a token."""
    phrase = _phrase(_bare(span, _TOKEN_FILLERS), span.text)
    token = read_token(span) if phrase in TICKERS or phrase not in CURRENCIES else None
    return token if isinstance(token, str) else read_currency(span)


def read_hash(span: Span) -> str | Unusable:
    """A transaction hash, lower case."""
    found = [word for word in span.words if word.kind is Kind.HASH]
    return found[0].text.lower() if len(found) == 1 else Unusable(f"{span.shown()} is not a 32-byte transaction hash")


def read_contract(span: Span, context: Context) -> str | Unusable:
    """What a call goes to: an address, name or nickname, else a protocol, else a token (`the weth contract` is `WETH`)."""
    party = known_party(span, context)
    words = _bare(span, _PARTY_FILLERS)
    if party or (len(words) == 1 and words[0].kind in (Kind.ADDRESS, Kind.ENS)):
        return read_party(span, context)
    protocol = known_protocol(span)
    if protocol:
        return protocol
    bare = span.only(words) if words else span
    token = read_token(bare)
    if isinstance(token, Unusable):
        return read_party(span, context)
    known = (
        any(Hint.TOKEN in word.hints for word in words)
        or _coin_name(_phrase(words, span.text), as_a_ticker=False) is not None
    )
    return token if known or len(token) <= 6 else read_party(span, context)


def read_spender(span: Span, context: Context) -> str | Unusable:
    """Who may spend: the context, an address or a name, else a protocol's slug, else a nickname."""
    return known_party(span, context) or known_protocol(span) or read_party(span, context)
