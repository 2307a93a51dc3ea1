"""Text to words: exact character spans, values merged into one word of a kind, hints from closed lists and context."""

import re

from nlp.recognise.hints import context_phrases, context_words, hints
from nlp.recognise.scan import Scanner
from nlp.types import Context, Word

ADDRESSED = re.compile(r"(?i)\s*@(?P<whom>sayso|bankr|\w{0,24}(?:bot|agent|_ai))[,:]?\s+(?=\w)")
"""'@tradebot send 5 usdc to bob': whom the sentence is said to is no part of it."""


def recognise(text: str, context: Context) -> tuple[Word, ...]:
    """Cut any text into words, in order and without overlap; each word's `text` is `text[start:end]`.

    Takes whatever a person or a hostile page can write, in time linear in its length; raises nothing.
    """
    addressed = ADDRESSED.match(text)
    known = addressed is not None and addressed["whom"].lower() in context_words(context)
    begin = addressed.end() if addressed and not known else 0
    found = tuple(item for item in Scanner(text, context_words(context)).words() if item.start >= begin)
    texts = [text[item.start : item.end] for item in found]
    kinds = [item.kind for item in found]
    marks = hints([word.lower() for word in texts], kinds, context_phrases(context))
    return tuple(
        Word(word, item.start, item.end, item.kind, mark) for word, item, mark in zip(texts, found, marks, strict=True)
    )
