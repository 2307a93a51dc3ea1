"""Utterances of a data set as the rows that the product's trainer learns from."""

from collections.abc import Iterable, Sequence

from nlp.benchmarks.datasets import OUTSIDE_TAG, Dataset, Labelled
from nlp.errors import BadData
from nlp.model.dataset import Row
from nlp.model.features import Featuriser
from nlp.model.labels import OUTSIDE, Labels
from nlp.types import DialogueState, Word


def labels_of(dataset: Dataset) -> Labels:
    """The data set's own intents and slots; every slot may stand with every intent."""
    return Labels(dataset.intents, dataset.slots, {})


def rows_of(lines: Iterable[Labelled], labels: Labels, featuriser: Featuriser) -> list[Row]:
    """One row an utterance, of a single segment. A slot that training does not have counts as outside.

    Raises BadData for an intent that training does not have.
    """
    return [_row(line, labels, featuriser) for line in lines if line.words]


def _row(line: Labelled, labels: Labels, featuriser: Featuriser) -> Row:
    if line.intent not in labels.intent_ids:
        raise BadData(f"the intent {line.intent!r} has no utterance to train on.", remedy="Give it some.")
    encoded = featuriser.encode(words_of(line.words), DialogueState())
    count = len(encoded.firsts)
    classes = _classes(line.tags, labels)[:count]
    segment = (0, count - 1, labels.intent_ids[line.intent])
    return Row(encoded, classes, (True, *[False] * (count - 1)), (segment,), " ".join(line.words), "")


def words_of(texts: Sequence[str]) -> list[Word]:
    """Words as if a blank stood between them; no recogniser looks at them."""
    words, at = [], 0
    for text in texts:
        words.append(Word(text, at, at + len(text)))
        at += len(text) + 1
    return words


def _classes(tags: Sequence[str], labels: Labels) -> tuple[int, ...]:
    """BIO classes; an I that continues nothing begins (as conlleval counts it)."""
    classes: list[int] = []
    for index, tag in enumerate(tags):
        begin = labels.tag_ids.get(tag[2:]) if tag != OUTSIDE_TAG else None
        before = tags[index - 1][2:] if index else ""
        continues = tag.startswith("I-") and before == tag[2:]
        classes.append(OUTSIDE if begin is None else begin + continues)
    return tuple(classes)
