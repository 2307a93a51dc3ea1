"""Reads the labelled words of one segment into slot values, and remembers what could not be used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from nlp.assemble.text import RUNNING, character_range, text_value
from nlp.schema import INTENTS, TRIGGER_KEYS, WHOLE_SEGMENT_SLOTS
from nlp.types import Context, Kind, Prediction, Segment, SlotValue, TaggedSpan, Word
from nlp.values import Unusable, read_function, read_value

MONEY_SIBLING = {"amount": "value", "amount_in": "value", "amount_a": "value", "principal": "value"}
AMOUNT_SLOTS = frozenset({"amount", "amount_in", "amount_out", "min_out", "amount_a", "amount_b", "value", "principal"})
SPLIT = "split"
"""Beside the spans of an action's slots: where the sum stands of which it holds a part."""

JOINTS = frozenset({"and", "but", "or", "then", "with"})
Span = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """One segment, read: `slots` and `trigger` hold values, `unusable` what was given and cannot be used, with the reason.

    `spans` are character ranges of the utterance by slot name (trigger keys as 'trigger.x'); `tags` are the raw labels.
    """

    intent: str
    first: int
    last: int
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    unusable: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[TaggedSpan, ...] = ()
    score: float = 1.0
    limits: tuple[str, ...] = ()

    @property
    def tags_but_references(self) -> tuple[TaggedSpan, ...]:
        """The labels that give a value."""
        return tuple(tag for tag in self.tags if tag.tag != "ref")

    @cached_property
    def unlabelled(self) -> tuple[int, ...]:
        """The words of the segment that no label took, by their places."""
        taken = {i for tag in self.tags for i in range(tag.first, tag.last + 1)}
        return tuple(i for i in range(self.first, self.last + 1) if i not in taken)


@dataclass(frozen=True, slots=True)
class Named:
    """One of the user's contacts or accounts, where it stands in the words."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is being read: the text, its words, and the context that gives names their meaning."""

    text: str
    words: tuple[Word, ...]
    context: Context

    def words_of(self, span: TaggedSpan) -> tuple[Word, ...]:
        """The words under a label."""
        return self.words[span.first : span.last + 1]

    def characters(self, span: TaggedSpan) -> Span:
        """Where a label's words stand in the text."""
        return character_range(self.words_of(span))

    def naming(self, names: Iterable[str], first: int, last: int) -> Iterator[Named]:
        """Each of the user's own names that stands whole among these words, as often as it stands there."""
        said = [word.text.lower() for word in self.words[: last + 1]]
        for name in names:
            parts = name.lower().split()
            for at in range(first, last + 2 - len(parts)):
                if said[at : at + len(parts)] == parts:
                    yield Named(name, at, at + len(parts) - 1)

    def said(self, span: TaggedSpan) -> str:
        """The user's own characters under a label."""
        return self.text[self.words[span.first].start : self.words[span.last].end]


def binds(intent: str) -> bool:
    """Whether acting on this intent moves money, or redirects or limits what moves later."""
    spec = INTENTS.get(intent)
    return spec is not None and (spec.kind == "write" or (spec.kind == "setting" and bool(spec.required)))


def read_segments(utterance: Utterance, prediction: Prediction) -> tuple[Reading, ...]:
    """Every segment of a prediction, read in order. A text that runs to the end swallows the segments behind it."""
    readings: list[Reading] = []
    for segment in prediction.segments:
        if readings and _swallowed(utterance, readings[-1], segment):
            continue
        tags = tuple(s for s in prediction.spans if segment.first <= s.first <= segment.last)
        readings.append(read_segment(utterance, segment, tags))
    return tuple(readings)


def read_segment(utterance: Utterance, segment: Segment, tags: Sequence[TaggedSpan]) -> Reading:
    """One segment's labels as values of its intent's slots."""
    slots: dict[str, SlotValue] = {}
    spans: dict[str, Span] = {}
    unusable: dict[str, str] = {}
    for tag in tags:
        if tag.tag.startswith(("t.", "x.")) or tag.tag == "ref" or _inside_text(utterance, tag, spans):
            continue
        for slot, value, span in _read_label(utterance, segment.intent, tag):
            _keep(slots, spans, unusable, slot, value, span)
    whole = WHOLE_SEGMENT_SLOTS.get(segment.intent)
    if whole:
        start, end = character_range(utterance.words[segment.first : segment.last + 1])
        slots[whole] = utterance.text[start:end].strip()
        spans[whole] = (start, end)
    limits = tuple(utterance.said(tag) for tag in tags if tag.tag == "x.limit" and _says_something(utterance, tag))
    return Reading(
        segment.intent, segment.first, segment.last, slots, spans, unusable, tuple(tags), segment.score, limits
    )


def _keep(
    slots: dict[str, SlotValue],
    spans: dict[str, Span],
    unusable: dict[str, str],
    slot: str,
    value: SlotValue | Unusable,
    span: Span,
) -> None:
    """Put a value in its slot; two different ones for one slot make it unusable, and an unusable one stays so."""
    if isinstance(value, Unusable):
        unusable[slot] = value.reason
        slots.pop(slot, None)
    elif slot in unusable:
        return
    elif slot in slots and slots[slot] != value:
        unusable[slot] = f"two different values for {slot.replace('_', ' ')} were given"
        slots.pop(slot)
    else:
        slots[slot] = value
        spans[slot] = span


def _read_label(utterance: Utterance, intent: str, tag: TaggedSpan) -> list[tuple[str, SlotValue | Unusable, Span]]:
    """The (slot, value, span) triples that one label gives; a function call gives its arguments too."""
    words = utterance.words_of(tag)
    spec = INTENTS.get(intent)
    slot = _slot_for(tag.tag, words, tuple(spec.slots) if spec else tuple(types_by_slot()))
    span = character_range(words)
    if slot in RUNNING:
        start, end = character_range(words)
        text, span = text_value(utterance.text, start, end, slot)
        return [(slot, text or Unusable("the text is empty"), span)]
    if slot == "function" and any(word.kind is Kind.FUNCTION for word in words):
        return _call_label(words, span)
    types = spec.slots[slot] if spec and slot in spec.slots else types_by_slot().get(slot, ("text",))
    value = read_value(types, words, utterance.text, utterance.context, slot=slot, intent=intent)
    return [] if value == () else [(slot, value, span)]


def _call_label(words: Sequence[Word], span: Span) -> list[tuple[str, SlotValue | Unusable, Span]]:
    """`balanceOf(0x…)` gives the function's name and its arguments, if it has any."""
    call = next(word for word in words if word.kind is Kind.FUNCTION)
    read = read_function(call)
    if isinstance(read, Unusable):
        name = read_value(("text",), (call,), " " * call.start + call.text, Context(), slot="function")
        return [("args", read, span), *([("function", name, span)] if isinstance(name, str) else [])]
    name, args = read
    return [("function", name, span), ("args", args, span)] if args else [("function", name, span)]


@cache
def types_by_slot() -> Mapping[str, tuple[str, ...]]:
    """All the value types that a slot name has in any intent: what a follow-up's label may be read as."""
    types: dict[str, tuple[str, ...]] = {}
    for spec in INTENTS.values():
        for slot, kinds in spec.slots.items():
            types[slot] = tuple(dict.fromkeys((*types.get(slot, ()), *kinds)))
    return {**types, "name": ("nickname",)}


def _slot_for(tag: str, words: Sequence[Word], allowed: Sequence[str]) -> str:
    """The slot that a label fills: money always fills `value`, and a plain number labelled `value` is an amount."""
    money = any(word.kind is Kind.MONEY for word in words)
    if tag == "name" and "address" in allowed and words[0].kind in (Kind.ADDRESS, Kind.ENS, Kind.BAD_HEX):
        return "address"
    sibling = MONEY_SIBLING.get(tag)
    if money and sibling in allowed:
        return str(sibling)
    if tag == "value" and not money:
        return next((name for name in ("amount", "amount_in") if name in allowed), tag)
    return tag


def _says_something(utterance: Utterance, tag: TaggedSpan) -> bool:
    """Whether a limit's label covers more than a joint between two clauses."""
    return any(w.text.lower() not in JOINTS and w.kind is not Kind.PUNCT for w in utterance.words_of(tag))


def _inside_text(utterance: Utterance, tag: TaggedSpan, spans: Mapping[str, Span]) -> bool:
    """Whether a label stands within a text that was read already: there it is data."""
    start = utterance.words[tag.first].start
    return any(spans[slot][0] <= start < spans[slot][1] for slot in RUNNING if slot in spans)


def _swallowed(utterance: Utterance, before: Reading, segment: Segment) -> bool:
    """Whether a segment lies inside the text slot (a document, say) of the segment before it."""
    start = utterance.words[segment.first].start
    return any(start < before.spans[slot][1] for slot in RUNNING if slot in before.spans)


def trigger_key(tag: str) -> str | None:
    """The trigger key that a `t.` label fills, or None for the comparing words."""
    key = tag.removeprefix("t.")
    return key if key in TRIGGER_KEYS else None
