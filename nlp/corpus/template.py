"""The template format: one line is one utterance, with `{slot}` holes, `{~type}` distractors and `<intent>` marks."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nlp.schema import INTENT_LABELS, INTENTS, INTERNAL_INTENTS, MARK_TAGS, SLOT_TAGS, TRIGGER_TAGS, may_carry_trigger

FOLDER = Path(__file__).parent / "templates"
TOKEN = re.compile(r"\{([^{}]*)\}|<([a-z_]+)>")
HOLE = re.compile(r"(~?)([a-z_.]+)(?::([a-z]+)|=(.+))?")
STYLES = frozenset(
    [
        "plain",
        "word",
        "share",
        "all",
        "vague",
        "grouped",
        "wei",
        "scaled",
        "half",
        "name",
        "ens",
        "address",
        "rel",
        "bad",
        "account",
        "known",
        "unknown",
        "dollar",
        "usd",
        "eur",
        "gbp",
        "percent",
        "collision",
    ]
)
DISTRACTORS = frozenset(
    ["amount", "value", "token", "party", "address", "chain", "protocol", "hash", "period", "percent"]
)
ANY = "any"


class TemplateError(ValueError):
    """A template file breaks the format; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value: `name` says what is sampled, `tagged` whether it carries `name` as its tag."""

    name: str
    tagged: bool
    style: str
    fixed: str | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The point where a segment of this intent begins."""

    intent: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a header says of the lines under it."""

    intent: str
    pending: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    last: tuple[str, ...] = ()

    @property
    def conversational(self) -> bool:
        """Whether the lines are newest turns of a conversation."""
        return bool(self.pending or self.last) or self.intent in INTERNAL_INTENTS


Piece = str | Hole | Mark


@dataclass(frozen=True, slots=True)
class Template:
    """One parsed line. `pieces` always begins with a Mark; `source` is 'file:line'."""

    id: str
    source: str
    section: Section
    pieces: tuple[Piece, ...] = field(repr=False)

    @property
    def intents(self) -> tuple[str, ...]:
        """The intents of the segments, in order."""
        return tuple(piece.intent for piece in self.pieces if isinstance(piece, Mark))

    @property
    def skeleton(self) -> str:
        """The line with every value masked by its kind, in lower case without punctuation: what makes it distinct."""
        return skeleton_words("".join(_masked(piece) for piece in self.pieces))


def read_folder(folder: Path = FOLDER) -> tuple[Template, ...]:
    """Every template of a folder, files in order of name, doubles left out. Raises TemplateError."""
    seen: dict[tuple[str, Section], Template] = {}
    for path in sorted(folder.glob("*.txt")):
        for template in parse(path.read_text(encoding="utf-8"), path.name):
            seen.setdefault((template.skeleton, template.section), template)
    return tuple(seen.values())


def parse(text: str, name: str) -> Iterator[Template]:
    """The templates of one file's text. Raises TemplateError with `name` and line."""
    section: Section | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line, source = raw.strip(), f"{name}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]") and not line.startswith("[["):
            section = _section(line[1:-1], source)
        elif section is None:
            raise TemplateError(f"{source}: a line before any [section]")
        else:
            yield _template(line.replace("\\n", "\n"), section, source)


def _section(words: str, source: str) -> Section:
    intent, *options = words.split()
    given = {}
    for option in options:
        key, _, value = option.partition("=")
        if key not in ("pending", "missing", "last") or not value:
            raise TemplateError(f"{source}: unknown option {option!r} in a header")
        given[key] = tuple(value.split(","))
    if intent != "multi" and intent not in INTENT_LABELS:
        raise TemplateError(f"{source}: no intent is called {intent!r}")
    for name in (*given.get("pending", ()), *given.get("last", ())):
        if name != ANY and name not in INTENTS:
            raise TemplateError(f"{source}: no intent is called {name!r}")
    return Section(intent, **given)


def _template(line: str, section: Section, source: str) -> Template:
    pieces = tuple(_pieces(line, section, source))
    _check(pieces, section, source)
    words = f"{section.intent} {section.pending} {section.last} {line}"
    return Template(hashlib.sha256(words.encode()).hexdigest()[:12], source, section, pieces)


def _pieces(line: str, section: Section, source: str) -> Iterator[Piece]:
    found: list[Piece] = []
    at = 0
    for match in TOKEN.finditer(line):
        if match.start() > at:
            found.append(line[at : match.start()])
        found.append(_hole(match.group(1), source) if match.group(2) is None else _mark(match.group(2), source))
        at = match.end()
    found.append(line[at:])
    if re.search(r"[{}]", "".join(piece for piece in found if isinstance(piece, str))):
        raise TemplateError(f"{source}: a brace is not closed")
    yield from _led([piece for piece in found if piece != ""], section, source)


def _led(pieces: list[Piece], section: Section, source: str) -> list[Piece]:
    """Put the first segment's mark in front; words before the first mark belong to it."""
    first = next((i for i, piece in enumerate(pieces) if isinstance(piece, Mark)), None)
    if section.intent != "multi":
        return _spaced(pieces if first == 0 else [Mark(section.intent), *pieces])
    if first is None:
        raise TemplateError(f"{source}: a line under [multi] needs <intent> marks")
    return _spaced([pieces[first], *pieces[:first], *pieces[first + 1 :]])


def _spaced(pieces: list[Piece]) -> list[Piece]:
    """Blanks around a mark become one, or none before a comma or at the edge: the mark itself is no text."""
    spaced: list[Piece] = []
    for piece in pieces:
        before = spaced[-1] if spaced else ""
        if isinstance(piece, str) and isinstance(before, Mark):
            word = piece.lstrip(" ")
            text_before = spaced[-2] if len(spaced) > 1 else None
            if isinstance(text_before, str):
                spaced[-2] = text_before.rstrip(" ")
            blank = "" if len(spaced) == 1 or word[:1] in (*",;.?!:\n",) else " "
            piece = blank + word
        spaced.append(piece)
    return [piece for piece in spaced if piece != ""]


def _mark(intent: str, source: str) -> Mark:
    if intent not in INTENT_LABELS:
        raise TemplateError(f"{source}: no intent is called <{intent}>")
    return Mark(intent)


def _hole(words: str, source: str) -> Hole:
    match = HOLE.fullmatch(words)
    if match is None:
        raise TemplateError(f"{source}: cannot read {{{words}}}")
    distractor, name, style, fixed = match.groups()
    if style and style not in STYLES:
        raise TemplateError(f"{source}: no style is called {style!r} in {{{words}}}")
    if distractor and name not in DISTRACTORS:
        raise TemplateError(f"{source}: no distractor is called {name!r} in {{{words}}}")
    if fixed is not None and fixed.strip() != fixed:
        raise TemplateError(f"{source}: blanks at the edge of {{{words}}}")
    return Hole({"party": "recipient"}.get(name, name) if distractor else name, not distractor, style or "", fixed)


def _check(pieces: Iterable[Piece], section: Section, source: str) -> None:
    intent = section.intent
    for piece in pieces:
        if isinstance(piece, Mark):
            intent = piece.intent
        elif isinstance(piece, Hole) and piece.tagged and not _allowed(piece.name, intent, section):
            raise TemplateError(f"{source}: {{{piece.name}}} is no slot of {intent}")


def _allowed(tag: str, intent: str, section: Section) -> bool:
    if intent in INTERNAL_INTENTS:
        named = [name for name in (*section.pending, *section.last) if name != ANY]
        return tag in (*TRIGGER_TAGS, *MARK_TAGS) or (
            tag in SLOT_TAGS if not named else any(tag in INTENTS[n].slots for n in named)
        )
    if tag in TRIGGER_TAGS:
        return may_carry_trigger(intent)
    return (tag == "x.limit" and INTENTS[intent].kind == "write") or tag in INTENTS[intent].slots


KINDS = {"t.token": "token", "t.account": "party", "account": "party", "recipient": "party", "spender": "party"}


def _masked(piece: Piece) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Mark):
        return ""
    return masked_value(piece.name, piece.fixed or "")


def masked_value(tag: str, words: str) -> str:
    """What stands for a value in a skeleton: its kind; comparing words, limits and references stand for themselves."""
    if words and tag.startswith(("t.", "x.", "ref")) and tag != "t.token":
        return words
    return f"<{KINDS.get(tag, tag.split('_')[0])}>"


def skeleton_words(masked: str) -> str:
    """Masked text in lower case without punctuation."""
    return " ".join(re.sub(r"[^\w<>_' ]", " ", masked.lower()).split())
