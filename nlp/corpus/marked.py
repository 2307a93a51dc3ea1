"""Marked text: an utterance with its labels written into it, `<swap> swap {amount_in=half} my {token_in=eth}`.

A mark stands where a segment begins, a hole holds the user's own words. A backslash keeps the next character as it is;
`\\n` is a line break.
"""

import re
from dataclasses import dataclass

from nlp.corpus.template import masked_value, skeleton_words
from nlp.corpus.types import Labelled
from nlp.schema import INTENT_LABELS, INTENTS, INTERNAL_INTENTS, SLOT_TAGS, TRIGGER_TAGS, is_write, may_carry_trigger

WORDINGS = frozenset({"t.above", "t.below", "t.metric", "t.every", "t.other", "x.limit", "ref"})
PIECE = re.compile(r"\\(?P<kept>.)|<(?P<intent>[a-z_]+)>|\{(?P<tag>[a-z_.]+)=(?P<words>(?:[^{}\\]|\\.)*)\}", re.S)


class MarkError(ValueError):
    """Marked text that cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The plain text with its `segments` (start, end, intent) and `spans` (start, end, tag), in characters."""

    text: str
    segments: tuple[Labelled, ...]
    spans: tuple[Labelled, ...]

    @property
    def skeleton(self) -> str:
        """The text with its values masked by their kind, in lower case without punctuation: what makes it distinct."""
        words, at = "", 0
        for start, end, tag in self.spans:
            words += self.text[at:start] + masked_value(tag, self.text[start:end] if tag in WORDINGS else "")
            at = end
        return skeleton_words(words + self.text[at:])


def read_marked(marked: str) -> Marked:
    """The text and labels of marked text. Raises MarkError."""
    text, at = "", 0
    openings: list[tuple[int, str]] = []
    spans: list[Labelled] = []
    for match in PIECE.finditer(marked):
        text += _plain(marked[at : match.start()])
        at = match.end()
        if match["kept"] is not None:
            text += _kept(match["kept"])
        elif match["intent"] is not None:
            openings.append((len(text), _known(match["intent"])))
            # Of the blanks on both sides of a mark one is meant: the mark itself is no text.
            at += marked[at : at + 1] == " " and (not text or text[-1].isspace())
        else:
            words = re.sub(r"\\(.)", lambda kept: _kept(kept[1]), match["words"])
            spans.append((len(text), len(text) + len(words), match["tag"]))
            text += words
    text = (text + _plain(marked[at:])).rstrip()
    segments = _segments(text, openings)
    _check(text, segments, spans)
    return Marked(text, segments, tuple(spans))


def _known(intent: str) -> str:
    if intent not in INTENT_LABELS:
        raise MarkError(f"no intent is called <{intent}>")
    return intent


def _segments(text: str, openings: list[tuple[int, str]]) -> tuple[Labelled, ...]:
    if not openings:
        raise MarkError("no <intent> stands in it")
    starts = [0, *(start for start, _ in openings[1:])]
    ends = [*starts[1:], len(text)]
    return tuple(
        (end - len(text[start:end].lstrip()), start + len(text[start:end].rstrip()), intent)
        for start, end, (_, intent) in zip(starts, ends, openings, strict=True)
    )


def _check(text: str, segments: tuple[Labelled, ...], spans: list[Labelled]) -> None:
    if not text or text != text.strip():
        raise MarkError("it is empty, or begins with a blank")
    for start, end, tag in spans:
        intent = next((name for first, last, name in segments if first <= start and end <= last), None)
        if intent is None or not _may_stand(tag, intent):
            raise MarkError(f"{{{tag}={text[start:end]}}} may not stand in <{intent}>")
        if text[start:end] != text[start:end].strip() or start == end:
            raise MarkError(f"{{{tag}={text[start:end]}}} begins or ends with a blank")


def _may_stand(tag: str, intent: str) -> bool:
    if intent in INTERNAL_INTENTS:
        return tag in SLOT_TAGS
    if tag in TRIGGER_TAGS:
        return may_carry_trigger(intent)
    return tag in INTENTS[intent].slots or (is_write(intent) and tag == "x.limit") or tag == "ref"


def _plain(text: str) -> str:
    if re.search(r"[{}]", text):
        raise MarkError(f"a brace is not closed, or holds no tag=words, near {text.strip()[:40]!r}")
    return text


def _kept(character: str) -> str:
    return "\n" if character == "n" else character
