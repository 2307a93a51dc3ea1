"""How well predictions agree with labelled rows: whole utterances, segments, intents and slots, in all and per intent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nlp.model.dataset import Row
from nlp.model.labels import Labels, spans_of
from nlp.types import Prediction

Item = tuple[object, ...]


@dataclass(slots=True)
class Tally:
    """True and false positives and misses."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, gold: set[Item], got: set[Item]) -> None:
        """Count one utterance."""
        self.right += len(gold & got)
        self.extra += len(got - gold)
        self.missed += len(gold - got)

    @property
    def f1(self) -> float:
        """Micro F1; 1 where there was nothing to find and nothing found."""
        whole = 2 * self.right + self.extra + self.missed
        return 2 * self.right / whole if whole else 1.0


@dataclass(slots=True)
class Figures:
    """Sums over rows. `by_intent`: per gold intent its segments and those found with bounds and intent right."""

    rows: int = 0
    exact: int = 0
    intents: int = 0
    segments: Tally = field(default_factory=Tally)
    slots: Tally = field(default_factory=Tally)
    support: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, object]:
        """Rounded, for the report."""
        rows = max(self.rows, 1)
        return {
            "rows": self.rows,
            "exact": round(self.exact / rows, 4),
            "intents": round(self.intents / rows, 4),
            "segment_f1": round(self.segments.f1, 4),
            "slot_f1": round(self.slots.f1, 4),
            "by_intent": {
                name: {
                    "segments": count,
                    "found": round(self.found[name] / count, 4),
                    "with_slots": round(self.whole[name] / count, 4),
                }
                for name, count in sorted(self.support.items())
            },
        }


def measure(rows: Sequence[Row], predictions: Iterable[Prediction], labels: Labels) -> Figures:
    """Compare row by row."""
    figures = Figures()
    for row, prediction in zip(rows, predictions, strict=True):
        gold_segments = {(first, last, labels.intents[intent]) for first, last, intent in row.segments}
        gold_spans = {(first, last, labels.tag_of(class_id)) for first, last, class_id in spans_of(row.classes)}
        got_segments = {(segment.first, segment.last, segment.intent) for segment in prediction.segments}
        got_spans = {(span.first, span.last, span.tag) for span in prediction.spans}
        figures.rows += 1
        figures.exact += gold_segments == got_segments and gold_spans == got_spans
        figures.intents += [labels.intents[i] for *_, i in row.segments] == [s.intent for s in prediction.segments]
        figures.segments.add(set(gold_segments), set(got_segments))
        figures.slots.add(set(gold_spans), set(got_spans))
        for segment in gold_segments:
            _count_segment(figures, segment, segment in got_segments, gold_spans, got_spans)
    return figures


def _count_segment(
    figures: Figures,
    segment: tuple[int, int, str],
    found: bool,
    gold: set[tuple[int, int, str]],
    got: set[tuple[int, int, str]],
) -> None:
    first, last, intent = segment
    own, theirs = ({span for span in spans if first <= span[0] <= last} for spans in (gold, got))
    figures.support[intent] += 1
    figures.found[intent] += found
    figures.whole[intent] += found and own == theirs
