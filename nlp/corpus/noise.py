"""Noise as people make it: casing, slips on ordinary words, lost punctuation, politeness. Labels stay with their words."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from nlp.corpus.render import Chunk, Draft

OPENERS = ("hey, ", "hi ", "hello, ", "yo ", "ok so ", "so ", "um ", "uh, ", "well ", "hey ", "alright, ", "good morning, ", "quick one: ",
           "Hi! ", "right, ", "okay ", "now ", "hey sayso, ", "sayso ", "hmm ", "oh and ", "hi there, ", "ok ", "erm ")  # fmt: skip
ASKS = ("please ", "pls ", "can you ", "could you ", "could you please ", "can you please ", "would you ", "i want to ", "i'd like to ", "i need to ",
        "i wanna ", "help me ", "let's ", "lets ", "kindly ", "plz ", "i would like to ", "time to ", "gotta ", "want to ", "i have to ",
        "i want you to ", "go and ", "just ")  # fmt: skip
CLOSERS = (" please", " pls", " thanks", ", thanks", " thx", " ty", ", please", " asap", " for me", " 🙏", " 🚀", " now", ", thank you", " please!",
           " cheers", " when you can", " mate", " bro", " :)", " right away")  # fmt: skip
ENDINGS = ("?", ".", "!", "...", " ?", "!!")
VERBS = frozenset(
    [
        "send",
        "swap",
        "transfer",
        "trade",
        "convert",
        "exchange",
        "sell",
        "buy",
        "pay",
        "bridge",
        "move",
        "stake",
        "unstake",
        "supply",
        "lend",
        "deposit",
        "withdraw",
        "borrow",
        "repay",
        "wrap",
        "unwrap",
        "approve",
        "revoke",
        "allow",
        "show",
        "check",
        "get",
        "list",
        "tell",
        "give",
        "add",
        "remove",
        "provide",
        "claim",
        "call",
        "deploy",
        "sign",
        "mint",
        "speed",
        "cancel",
        "switch",
        "save",
        "delete",
        "set",
        "rebalance",
        "alert",
        "notify",
        "ping",
        "warn",
        "put",
        "take",
        "pull",
        "turn",
        "change",
        "redeem",
        "ship",
        "wire",
        "gift",
        "drop",
    ]
)
QUESTION = re.compile(r"(what|how|which|who|where|is|are|do|does|did|can|could|any|whats|why|should)\b")
PLAIN = frozenset(
    ["confirm", "reject", "greet", "thanks", "help", "out_of_scope", "amend", "again", "reverse", "ask", "complaint"]
)
TEXT_TAGS = frozenset(["message", "document", "strategy", "template", "args", "function"])
CASELESS = frozenset(
    [
        "recipient",
        "account",
        "spender",
        "contract",
        "address",
        "args",
        "function",
        "message",
        "document",
        "strategy",
        "tx_hash",
        "name",
        "collection",
        "template",
    ]
)
KEPT = frozenset(
    [
        "never",
        "nothing",
        "anything",
        "everything",
        "above",
        "below",
        "under",
        "instead",
        "after",
        "before",
        "until",
        "unless",
        "every",
        "except",
    ]
)
NEAR = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "y", "s": "d", "r": "t", "l": "k", "u": "i"}


def noisy(draft: Draft, rng: Random) -> Draft:
    """A draft with some noise; a third of all drafts stay as written."""
    if rng.random() < 0.3:
        return draft
    chunks = list(draft.chunks)
    first, last = draft.intents[0], draft.intents[-1]
    if first not in PLAIN:
        chunks = _opened(chunks, rng)
    chunks = _closed(chunks, rng, polite=last not in PLAIN)
    for chance, change in ((0.08, _mistyped), (0.25, _unpunctuated), (0.3, _unapostrophed), (1.0, _cased)):
        if rng.random() < chance:
            chunks = change(chunks, rng)
    return replace(draft, chunks=tuple(chunks))


def _opened(chunks: list[Chunk], rng: Random) -> list[Chunk]:
    head = chunks[0]
    word = re.match(r"[A-Za-z]*", head.text)
    if not head.fixed and word and word.group().lower() in VERBS and rng.random() < 0.22:
        chunks = [
            _literal(rng.choice(ASKS), head),
            replace(head, text=head.text[0].lower() + head.text[1:]),
            *chunks[1:],
        ]
    if rng.random() < 0.13:
        chunks = [_literal(rng.choice(OPENERS), chunks[0]), *chunks]
    return chunks


def _closed(chunks: list[Chunk], rng: Random, polite: bool) -> list[Chunk]:
    tail = chunks[-1]
    if tail.tag in TEXT_TAGS or tail.text.endswith(('"', "”", "'")):
        return chunks
    ended = tail.text.rstrip().endswith(("?", ".", "!"))
    question = QUESTION.match(chunks[0].text.lower())
    if polite and not ended and rng.random() < 0.12:
        return [*chunks, _literal(rng.choice(CLOSERS[:8] if question else CLOSERS), tail)]
    if not ended and rng.random() < 0.2:
        return [*chunks, _literal("?" if question else rng.choice(ENDINGS[1:4]), tail)]
    return chunks


def _literal(text: str, beside: Chunk) -> Chunk:
    return Chunk(text, "", beside.segment, fixed=False)


def _mistyped(chunks: list[Chunk], rng: Random) -> list[Chunk]:
    spots = [
        (index, match)
        for index, chunk in enumerate(chunks)
        if not chunk.fixed
        for match in re.finditer(r"[A-Za-z]{5,}", chunk.text)
        if match.group().lower() not in KEPT
    ]
    if not spots:
        return chunks
    index, match = rng.choice(spots)
    text = chunks[index].text
    slipped = text[: match.start()] + slip(match.group(), rng) + text[match.end() :]
    return [*chunks[:index], replace(chunks[index], text=slipped), *chunks[index + 1 :]]


def slip(word: str, rng: Random) -> str:
    """One slip of the finger inside a word: two letters turned, one lost, one doubled, or a neighbouring key."""
    at = rng.randint(1, len(word) - 2)
    left, letter, right = word[:at], word[at], word[at + 1 :]
    return rng.choice(
        (
            left + right[0] + letter + right[1:],
            left + right,
            left + letter * 2 + right,
            left + NEAR.get(letter, letter) + right,
        )
    )


def _unpunctuated(chunks: list[Chunk], rng: Random) -> list[Chunk]:
    return [
        chunk if chunk.fixed else replace(chunk, text=re.sub(r"[,.;:!?](?=\s|$)", "", chunk.text)) for chunk in chunks
    ]


def _unapostrophed(chunks: list[Chunk], rng: Random) -> list[Chunk]:
    return [
        chunk
        if chunk.fixed
        else replace(chunk, text=re.sub(r"(?<=\w)['’](?=\w)", rng.choice(("", "", "’")), chunk.text))
        for chunk in chunks
    ]


def _cased(chunks: list[Chunk], rng: Random) -> list[Chunk]:
    roll = rng.random()
    if roll < 0.25:
        return [_capital(chunks[0]), *chunks[1:]]
    if roll < 0.29:
        return [_recased(chunk, str.upper) for chunk in chunks]
    if roll < 0.32:
        return [_recased(chunk, str.title) if not chunk.fixed else chunk for chunk in chunks]
    if roll < 0.42:
        return [_recased(chunk, str.lower) for chunk in chunks]
    return chunks


def _capital(chunk: Chunk) -> Chunk:
    return chunk if chunk.fixed else replace(chunk, text=chunk.text[:1].upper() + chunk.text[1:])


def _recased(chunk: Chunk, case: Callable[[str], str]) -> Chunk:
    """The chunk in another case, unless case means something in it: an address, free text, 'k' against 'M'."""
    if (
        chunk.tag in CASELESS and ("0x" in chunk.text or chunk.tag in TEXT_TAGS or chunk.tag in ("collection", "name"))
    ) or "0x" in chunk.text:
        return chunk
    return (
        replace(chunk, text=re.sub(r"[A-Za-z']+", lambda match: case(match.group()), chunk.text))
        if case is str.title
        else replace(chunk, text=case(chunk.text))
    )
