"""The same utterance with other values in it: what a person wrote by hand is heard with other coins, chains and names.

Only values of the closed pools change, each everywhere in the utterance alike; whatever a label covers stays under it.
"""

import re
from dataclasses import replace
from random import Random

from nlp.corpus import pools
from nlp.corpus.types import Example, Labelled
from nlp.lexicon import CHAINS, TICKERS
from nlp.types import Context

TOKEN_TAGS = frozenset({"token", "token_in", "token_out", "token_a", "token_b", "t.token", "targets"})
CHAIN_TAGS = frozenset({"chain", "from_chain", "to_chain"})
SAMPLED_CHAINS = tuple(name for names in pools.CHAINS.values() for name in names[:2])
KEPT_AS_WRITTEN = frozenset({"message", "document", "strategy", "function", "args", "address", "contract", "template"})
LOWERED, ENDLESS = 0.25, 0.25


def revoiced(example: Example, rng: Random) -> Example:
    """A variant of an example: other tokens, chains and friends, perhaps no capitals and no full stop."""
    changes = _changes(example, rng)
    varied = _replaced(example, changes) if changes else example
    if rng.random() < LOWERED and not any(tag in KEPT_AS_WRITTEN for *_, tag in example.spans):
        varied = replace(varied, text=_lowered(varied.text))
    if rng.random() < ENDLESS and varied.text.endswith((".", "!")) and not varied.text.endswith(".."):
        varied = _without_end(varied)
    return varied


def _changes(example: Example, rng: Random) -> dict[str, str]:
    """What each value is to become, by its lower-case words."""
    changes: dict[str, str] = {}
    for start, end, tag in example.spans:
        said = example.text[start:end]
        low = said.lower()
        if low in changes:
            continue
        if tag in TOKEN_TAGS and low in TICKERS:
            changes[low] = rng.choice(pools.TOKENS if rng.random() < 0.5 else pools.COMMON_TOKENS)
        elif tag in CHAIN_TAGS and low in CHAINS and low not in TICKERS:
            changes[low] = rng.choice(SAMPLED_CHAINS)
        elif tag == "recipient" and low in example.context.contacts and low.isalpha() and low not in pools.RELATIONS:
            changes[low] = rng.choice(pools.FIRST_NAMES)
    # Two different values stay different: "swap dai for dai" is no order.
    fresh = {low: new for low, new in changes.items() if rng.random() < 0.7}
    kept = {low for low in changes if low not in fresh}
    distinct = len(set(fresh.values())) == len(fresh) and not kept & set(fresh.values())
    return fresh if distinct else {}


def _replaced(example: Example, changes: dict[str, str]) -> Example:
    """The example with the changed values in place, cased as the ones before them; every range moved along."""
    covered = sorted((start, end) for start, end, _ in example.spans)
    text, moves, at = "", [], 0
    for start, end in covered:
        said = example.text[start:end]
        new = changes.get(said.lower())
        if new is None or start < at:
            continue
        text += example.text[at:start] + _cased(new, said)
        moves.append((end, len(text) - end))
        at = end
    text += example.text[at:]

    def moved(position: int) -> int:
        return position + next((by for end, by in reversed(moves) if end <= position), 0)

    def ranges(labelled: tuple[Labelled, ...]) -> tuple[Labelled, ...]:
        return tuple((moved(start), moved(end), tag) for start, end, tag in labelled)

    contacts = tuple(changes.get(name, name) for name in example.context.contacts)
    context = Context(contacts, example.context.accounts, example.context.tokens)
    return replace(example, text=text, context=context, segments=ranges(example.segments), spans=ranges(example.spans))


def _cased(new: str, said: str) -> str:
    if said.isupper():
        return new.upper()
    return new.capitalize() if said[:1].isupper() else new


def _lowered(text: str) -> str:
    """Lower case where that moves no character; addresses keep their checksum."""
    words = (word if "0x" in word.lower() else word.lower() for word in re.split(r"(\s+)", text))
    low = "".join(words)
    return low if len(low) == len(text) else text


def _without_end(example: Example) -> Example:
    """Without the last full stop, if no label covers it."""
    last = len(example.text) - 1
    if any(end > last for _, end, _ in example.spans):
        return example
    segments = tuple((start, min(end, last), intent) for start, end, intent in example.segments)
    return replace(example, text=example.text[:last], segments=segments)
