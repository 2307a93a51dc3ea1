"""Text as the user wrote it, functions and their arguments, rebalancing targets, and the small closed sets."""

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

from nlp.recognise.hexes import checksum, is_address, is_hash
from nlp.recognise.patterns import UNITS
from nlp.recognise.scripts import is_deceptive
from nlp.types import Kind, Word
from nlp.values.amounts import as_share, percent_of
from nlp.values.names import read_token
from nlp.values.numbers import ends_in_base_ten, plain, share_words
from nlp.values.result import Span, Unusable, shown

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "`": "`", "„": "“"}
_LABEL = re.compile(r"(?i)^(?:(?:the|my|an?|our)\s+)+|\s*\b(?:nfts?|token\s+id)\s*$|^(?:nfts?|token\s+id)\s+|\s*#$")
_FUNCTION = re.compile(r"(?P<name>[A-Za-z_$][A-Za-z0-9_$]*)(?:\((?P<args>.*)\))?", re.DOTALL)
_HEX = re.compile(r"0x[0-9a-fA-F]*")
_RISKS = {
    **dict.fromkeys(
        ("low", "safe", "safest", "lowest", "conservative", "cautious", "minimal", "little", "careful"), "low"
    ),
    **dict.fromkeys(("medium", "moderate", "balanced", "mid", "middle", "average"), "medium"),
    **dict.fromkeys(("high", "aggressive", "risky", "highest", "degen", "max", "maximum"), "high"),
}
_NOT_RISKY = re.compile(
    r"\b(?:not(?:hing)?|n['’]t|never|less|without|no)\b(?:\s+\w+){0,3}\s+(?:risky|high|aggressive)\W*$"
)
_ALL = frozenset(("all", "everything", "every", "any", "anything", "each"))
_ABOVE = frozenset(
    [
        "above",
        "over",
        "exceeds",
        "exceed",
        "beyond",
        "higher",
        "more",
        "greater",
        "up",
        "rises",
        "rise",
        "rising",
        "climbs",
        "climb",
        "tops",
        "gains",
        "gain",
        "jumps",
        "pumps",
        "increases",
        "increase",
        "breaks",
        "past",
        "upward",
        "moons",
        "sell",
        "profit",
    ]
)
_BELOW = frozenset(
    [
        "below",
        "under",
        "beneath",
        "lower",
        "less",
        "down",
        "drops",
        "drop",
        "dropping",
        "falls",
        "fall",
        "falling",
        "dips",
        "dip",
        "slips",
        "crashes",
        "crash",
        "loses",
        "lose",
        "decreases",
        "decrease",
        "dumps",
        "dump",
        "sinks",
        "stop-loss",
        "stop",
        "loss",
        "downward",
        "cheaper",
        "buy",
    ]
)
_METRICS = (
    ("health", "health_factor"),
    ("hf", "health_factor"),
    ("gas", "gas"),
    ("gwei", "gas"),
    ("fee", "gas"),
    ("fees", "gas"),
    ("balance", "balance"),
    ("price", "price"),
)
_TARGET_FILLERS = frozenset(
    ("and", "in", "into", "to", "of", "at", "with", "for", "the", "my", "a", "split", "between", "be", "is", "it", "should", "target", "portfolio", "worth",
     "parts", ",", ";", ":", "/", "-", "&", "+", "=", "->", ">", ".", "on", "put")
)  # fmt: skip
_EQUALLY = frozenset(("equally", "equal", "evenly", "even"))


def read_text(span: Span, slot: str = "") -> str | Unusable:
    """The user's own characters, trimmed; surrounding quotes dropped, and but for a document the final full stop too."""
    text = _unquoted(span.surface.strip().lstrip(":").strip(), span.text[span.end :])
    if slot == "function":
        return _function_name(text)
    if slot != "document" and text.endswith(".") and not text.endswith(".."):
        text = _unquoted(text[:-1].rstrip(), "")
    if slot == "template":
        text = re.sub(r"(?i)(?<=\w)\s+template$", "", _LABEL.sub("", text).strip())
    return text or Unusable("the text is empty")


def _unquoted(text: str, after: str) -> str:
    closing = _QUOTES.get(text[:1])
    if closing is None:
        return text[:-1].rstrip() if text[-1:] in ('"', "”", "»") and text[:-1].count(text[-1]) % 2 == 0 else text
    if len(text) > 1 and text.endswith(closing):
        return text[1:-1].strip()
    return text[1:].strip() if after.startswith(closing) else text


def read_name(span: Span) -> str | Unusable:
    """A collection as typed, without article, `nft`, `token id` or `#`; a contract address is checksummed."""
    if len(span.words) == 1 and span.words[0].kind is Kind.ADDRESS:
        return checksum(span.words[0].text)
    text = _unquoted(span.surface.strip(), span.text[span.end :])
    for _ in range(3):
        text = _LABEL.sub("", text).strip()
    text = text.rstrip(".")
    return text if any(c.isalnum() for c in text) else Unusable(f"{span.shown()} names no collection")


def _function_name(text: str) -> str | Unusable:
    match = _FUNCTION.fullmatch(text)
    if match and match["name"]:
        return match["name"]
    return Unusable(f"{shown(text)} is not a function's name") if not re.fullmatch(r"[\w $]{1,80}", text) else text


def read_list(span: Span) -> tuple[str, ...] | Unusable:
    """A call's arguments in order; empty where there are none (the slot is then absent). Addresses are checksummed."""
    call = next((word for word in span.words if word.kind is Kind.FUNCTION), None)
    if call is not None:
        match = _FUNCTION.fullmatch(call.text)
        items = list(_split(match["args"] or "")) if match else []
    else:
        items = list(_spoken(span))
    values: list[str] = []
    for item in items:
        value = _argument(item)
        if isinstance(value, Unusable):
            return value
        values.append(value)
    return tuple(values)


def _split(text: str) -> Iterator[str]:
    """Split on commas outside brackets and quotes."""
    depth, quote, start = 0, "", 0
    for at, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth <= 0:
            yield text[start:at].strip()
            start = at + 1
    if text[start:].strip() or start:
        yield text[start:].strip()


def _spoken(span: Span) -> Iterator[str]:
    """Arguments outside a call: `(0x…, 5)`, `0x… and 5`."""
    words = list(span.words)
    if len(words) > 1 and (words[0].text, words[-1].text) == ("(", ")"):
        words = words[1:-1]
    elif len(words) > 1 and words[0].text == "(" and all(word.text != ")" for word in words):
        # The label left out the closing bracket.
        words = words[1:]
    group: list[Word] = []
    for word in (*words, None):
        if word is None or word.text.lower() in (",", "and", ";"):
            if group:
                yield span.text[group[0].start : group[-1].end]
            group = []
        else:
            group.append(word)


def _argument(item: str) -> str | Unusable:
    text = item[1:-1] if len(item) > 1 and _QUOTES.get(item[0]) == item[-1] else item
    if not text and not item:
        return Unusable("an argument is empty")
    if text.count('"') % 2 and text.strip('"') != text:
        return Unusable(f"the quotes around {shown(text)} do not match")
    if is_address(text):
        return checksum(text)
    hexed = text[:2].lower() == "0x" and text == item
    if (
        hexed
        and not is_hash(text)
        and (not _HEX.fullmatch(text) or 36 <= len(text) <= 48 or len(text) % 2 or 60 <= len(text) <= 70)
    ):
        return Unusable(f"{shown(text)} is neither an address with a right checksum nor whole bytes")
    return Unusable(f"{shown(text)} holds hidden or look-alike characters") if is_deceptive(text) else text


def read_targets(span: Span) -> dict[str, str] | Unusable:
    """Token to percent, in the order given: `50% eth, 30% usdc and 20% wbtc`; `half eth`, `equally`, `the rest` are worked out."""
    bad = Unusable(f"{span.shown()} does not give each token its percentage")
    parts = list(_target_parts(span))
    tokens = [part for part in parts if isinstance(part, str)]
    shares = [part for part in parts if not isinstance(part, str)]
    if any(word in _EQUALLY for word in span.lower) and tokens and not shares:
        shares = [Fraction(1, len(tokens))] * len(tokens)
    elif not _alternates(parts) and not (len(shares) > 1 and parts[: len(shares)] == shares):
        return bad
    known = sum((share for share in shares if share is not None), Fraction(0))
    if len(tokens) != len(shares) or not tokens or len(set(tokens)) != len(tokens) or shares.count(None) > 1:
        return bad
    filled = [1 - known if share is None else share for share in shares]
    if known > 1 or not all(0 <= share <= 1 for share in filled):
        return Unusable(f"{span.shown()} adds up to more than 100%")
    return {token: _target(share) for token, share in zip(tokens, filled, strict=True)}


def _target(share: Fraction) -> str:
    return plain(share * 100) + "%" if ends_in_base_ten(share) else as_share(share)


def _alternates(parts: list[Fraction | str | None]) -> bool:
    kinds = [isinstance(part, str) for part in parts]
    return len(kinds) % 2 == 0 and all(left != right for left, right in itertools.pairwise(kinds))


def _target_parts(span: Span) -> Iterator[Fraction | str | None]:
    """Shares as fractions, tokens as symbols, and None for `the rest`."""
    at, words = 0, span.words
    while at < len(words):
        word, lower = words[at], words[at].text.lower()
        pair = [lower, words[at + 1].text.lower()] if at + 1 < len(words) else [lower]
        if lower in ("rest", "remainder", "remaining"):
            yield None
        elif word.kind in (Kind.PERCENT, Kind.BPS):
            yield _fraction(word)
        elif word.kind is Kind.NUMBER and re.fullmatch(r"\d+/\d+", word.text):
            yield from (Fraction(int(part), 100) for part in word.text.split("/"))
        elif len(pair) == 2 and share_words(pair) is not None and (pair[0] in ("a", "an") or pair[0] in UNITS):
            yield share_words(pair)
            at += 1
        elif share_words([lower]) is not None:
            yield share_words([lower])
        elif lower not in _TARGET_FILLERS and lower not in _EQUALLY:
            size, token = _longest_token(span, at)
            at += size - 1
            yield token
        at += 1


def _fraction(word: Word) -> Fraction:
    value = percent_of(word)
    return Fraction(2) if isinstance(value, Unusable) else value


def _longest_token(span: Span, at: int) -> tuple[int, str]:
    """The token that begins at a word: the longest full coin name, else the word. A word that is none makes the list fail."""
    for size in (3, 2, 1):
        words = span.words[at : at + size]
        token = read_token(span.only(words)) if len(words) == size else Unusable("")
        if not isinstance(token, Unusable) and (size == 1 or " " in span.only(words).surface):
            return size, token
    return 1, ""


def read_risk(span: Span) -> str | Unusable:
    """`low`, `medium` or `high`."""
    found = {_RISKS[word] for word in span.lower if word in _RISKS}
    before = span.text[max(0, span.start - 24) : span.end].lower()
    if found == {"high"} and _NOT_RISKY.search(before):
        return "low"
    return found.pop() if len(found) == 1 else Unusable(f"{span.shown()} is not one of low, medium and high")


def read_scope(span: Span) -> str | Unusable:
    """`all`."""
    return "all" if set(span.lower) & _ALL else Unusable(f"{span.shown()} does not say all")


def read_direction(span: Span) -> str | Unusable:
    """`above` or `below`."""
    lower = set(span.lower)
    up, down = bool(lower & _ABOVE), bool(lower & _BELOW)
    if up == down:
        last = next((word for word in reversed(span.lower) if word in _ABOVE | _BELOW), "")
        return (
            ("above" if last in _ABOVE else "below")
            if last
            else Unusable(f"{span.shown()} says neither above nor below")
        )
    return "above" if up else "below"


def read_metric(span: Span) -> str | Unusable:
    """`price`, `balance`, `gas` or `health_factor`."""
    lower = span.lower
    found = next((metric for word, metric in _METRICS if word in lower), None)
    return found or Unusable(f"{span.shown()} is nothing that can be watched")
