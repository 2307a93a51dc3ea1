"""A template becomes chunks of text: what may carry noise, what is tagged, and which segment each belongs to."""

from dataclasses import dataclass
from random import Random

from nlp.corpus import sample
from nlp.corpus.people import Cast
from nlp.corpus.surface import Surface
from nlp.corpus.template import ANY, Hole, Mark, Piece, Template
from nlp.corpus.types import Labelled


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of text with at most one tag; `fixed` text is a value and is left alone by typos."""

    text: str
    tag: str
    segment: int
    fixed: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """An utterance in the making: its chunks, and the intent of every segment."""

    chunks: tuple[Chunk, ...]
    intents: tuple[str, ...]


def render(template: Template, rng: Random, cast: Cast) -> Draft:
    """Sample every hole of a template. What the context is to know of it goes into `cast`."""
    chunks: list[Chunk] = []
    used: set[str] = set()
    segment, named = -1, _named(template)
    for index, piece in enumerate(template.pieces):
        if isinstance(piece, Mark):
            segment += 1
            used = set()
        elif isinstance(piece, str):
            chunks.append(Chunk(piece, "", segment, fixed=False))
        else:
            intent = template.intents[segment]
            scene = _scene(template.pieces, index, rng, cast, named or intent, "".join(c.text for c in chunks), used)
            chunks.extend(_chunks(piece, sample.surface(piece, scene), segment))
    return Draft(tuple(chunk for chunk in chunks if chunk.text), template.intents)


def lay_out(draft: Draft) -> tuple[str, tuple[Labelled, ...], tuple[Labelled, ...]]:
    """The text of a draft with its segments and spans in characters; blanks at the edges are outside of segments."""
    text, spans, edges = "", [], [(0, 0)] * len(draft.intents)
    for index, chunk in enumerate(draft.chunks):
        start, text = len(text), text + chunk.text
        if chunk.tag:
            spans.append((start, len(text), chunk.tag))
        first = index == 0 or draft.chunks[index - 1].segment != chunk.segment
        edges[chunk.segment] = (start if first else edges[chunk.segment][0], len(text))
    segments = tuple((*_trimmed(text, *edge), intent) for edge, intent in zip(edges, draft.intents, strict=True))
    return text, segments, tuple(spans)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip())


def _named(template: Template) -> str:
    """The intent whose values a follow-up's holes take: that of the action it is about."""
    names = [name for name in (*template.section.pending, *template.section.last) if name != ANY]
    return names[0] if names and template.intents[0] in ("amend", "again", "reverse") else ""


def _scene(
    pieces: tuple[Piece, ...], index: int, rng: Random, cast: Cast, intent: str, before: str, used: set[str]
) -> sample.Scene:
    after = pieces[index + 1] if index + 1 < len(pieces) else ""
    beyond = pieces[index + 2] if index + 2 < len(pieces) else ""
    follows = (
        after == " "
        and isinstance(beyond, Hole)
        and beyond.name.startswith("token")
        and beyond.name != "token_id"
        and beyond.fixed is None
    )
    has_args = any(isinstance(piece, Hole) and piece.name == "args" for piece in pieces)
    return sample.Scene(rng, cast, intent, before, after if isinstance(after, str) else "", follows, has_args, used)


def _chunks(hole: Hole, surface: Surface, segment: int) -> list[Chunk]:
    tag = hole.name if hole.tagged else ""
    return [
        Chunk(surface.text[: surface.start], "", segment, fixed=True),
        Chunk(surface.tagged, tag, segment, fixed=True),
        Chunk(surface.text[surface.end :], "", segment, fixed=True),
    ]
