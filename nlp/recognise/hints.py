"""What each word could be, by the closed lists and by the context; several may hold and the model decides."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from nlp import lexicon
from nlp.types import Context, Hint, Kind

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], Hint], ...]]
_PIECES = re.compile(r"[^\W_]+|[^\w\s]")
_SYMBOL = re.compile(r"[A-Za-z0-9$._\-₮]{1,24}")


def pieces(phrase: str) -> tuple[str, ...]:
    """A phrase cut the way the scanner cuts plain words, lower case."""
    return tuple(_PIECES.findall(phrase.lower()))


def _index(entries: Iterable[tuple[tuple[str, ...], Hint]]) -> Phrases:
    table: dict[str, list[tuple[tuple[str, ...], Hint]]] = {}
    for phrase, hint in entries:
        if phrase:
            table.setdefault(phrase[0], []).append((phrase, hint))
    return {first: tuple(items) for first, items in table.items()}


def _closed_entries() -> Iterator[tuple[tuple[str, ...], Hint]]:
    lists: tuple[tuple[Iterable[str], Hint], ...] = (
        (lexicon.TICKERS, Hint.TOKEN),
        (lexicon.COIN_NAMES, Hint.TOKEN),
        (lexicon.CHAINS, Hint.CHAIN),
        (lexicon.PROTOCOLS, Hint.PROTOCOL),
        (lexicon.WEEKDAYS, Hint.WEEKDAY),
        (lexicon.VAGUE_WORDS, Hint.VAGUE),
        (lexicon.SHARE_WORDS, Hint.SHARE),
    )
    for names, hint in lists:
        for name in names:
            yield (name,), hint
            if len(pieces(name)) > 1:
                yield pieces(name), hint


_CLOSED: Phrases = MappingProxyType(dict(_index(_closed_entries())))


def context_phrases(context: Context) -> Phrases:
    """The context's names and symbols, ready to be matched."""
    parties = ((pieces(name), Hint.CONTACT) for name in context.contacts)
    accounts = ((pieces(name), Hint.ACCOUNT) for name in context.accounts)
    symbols = (((symbol.lower(),), Hint.TOKEN) for symbol in context.tokens.values() if _SYMBOL.fullmatch(symbol))
    return _index((*parties, *accounts, *symbols))


def context_words(context: Context) -> frozenset[str]:
    """Every single word of the context's names and symbols, lower case."""
    parties = (name.lower() for name in (*context.contacts, *context.accounts) if " " not in name)
    symbols = (
        s.lower() for s in context.tokens.values() if _SYMBOL.fullmatch(s) and s.isalnum() and s[:2].lower() != "0x"
    )
    return frozenset((*parties, *symbols))


def hints(texts: Sequence[str], kinds: Sequence[Kind], phrases: Phrases) -> list[frozenset[Hint]]:
    """The hints of each word; `texts` are lower case."""
    found: list[set[Hint]] = [set() for _ in texts]
    for at, text in enumerate(texts):
        plain = kinds[at] is Kind.WORD
        for phrase, hint in phrases.get(text, ()):
            _mark(found, texts, at, phrase, hint)
        if plain:
            for phrase, hint in _CLOSED.get(text, ()):
                _mark(found, texts, at, phrase, hint)
            if text.startswith("$") and len(text) > 1:
                found[at].add(Hint.TOKEN)
            elif not found[at]:
                found[at] |= _corrected(text)
    return [frozenset(item) for item in found]


def _mark(found: list[set[Hint]], texts: Sequence[str], at: int, phrase: tuple[str, ...], hint: Hint) -> None:
    if len(phrase) == 1:
        found[at].add(hint)
    elif tuple(texts[at : at + len(phrase)]) == phrase:
        for index in range(at, at + len(phrase)):
            found[index].add(hint)


def _corrected(text: str) -> set[Hint]:
    name = lexicon.correct(text)
    if name == text:
        return set()
    lists = ((lexicon.CHAINS, Hint.CHAIN), (lexicon.PROTOCOLS, Hint.PROTOCOL), (lexicon.COIN_NAMES, Hint.TOKEN))
    return {hint for names, hint in lists if name in names}
