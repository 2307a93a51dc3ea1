"""Reads labelled utterances in the three public forms: a `seq.in`/`seq.out`/`label` folder, an intent CSV, and CLINC150's JSON."""

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.errors import BadData

OUTSIDE_TAG = "O"
JOINT_FILES = ("seq.in", "seq.out", "label")
CLINC_FILE = "data_full.json"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One utterance: its words, a BIO tag for each (all O where the set has no slots), and its intent."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    intent: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """The splits as published. `outside` and `outside_dev` hold utterances that no intent covers; empty where a set has none."""

    train: tuple[Labelled, ...]
    dev: tuple[Labelled, ...]
    test: tuple[Labelled, ...]
    outside_dev: tuple[Labelled, ...] = ()
    outside: tuple[Labelled, ...] = ()
    has_slots: bool = False

    @property
    def intents(self) -> tuple[str, ...]:
        """The intents of the training split, sorted."""
        return tuple(sorted({line.intent for line in self.train}))

    @property
    def slots(self) -> tuple[str, ...]:
        """The slot names of the training split, sorted."""
        return tuple(sorted({tag[2:] for line in self.train for tag in line.tags if tag != OUTSIDE_TAG}))

    @property
    def version(self) -> str:
        """A hash of everything in it."""
        return hashlib.sha256(
            repr((self.train, self.dev, self.test, self.outside_dev, self.outside)).encode()
        ).hexdigest()


def read_dataset(directory: Path) -> Dataset:
    """The data set of a folder, whichever of the three forms it has. Raises BadData."""
    if all((directory / "train" / name).is_file() for name in JOINT_FILES):
        return _read_joint(directory)
    if (directory / CLINC_FILE).is_file():
        return _read_clinc(directory / CLINC_FILE)
    if (directory / "train.csv").is_file():
        return _read_csv(directory)
    raise BadData(
        f"{directory} holds no data set of a known form.",
        remedy="Give a folder with train/seq.in, seq.out and label (and dev, test), with train.csv and test.csv "
        f"(text,category), or with {CLINC_FILE}.",
    )


def _read_joint(directory: Path) -> Dataset:
    splits = {name: _joint_split(directory / name) for name in ("train", "dev", "test")}
    return Dataset(splits["train"], splits["dev"], splits["test"], has_slots=True)


def _joint_split(folder: Path) -> tuple[Labelled, ...]:
    texts, tags, intents = (_lines(folder / name) for name in JOINT_FILES)
    if not len(texts) == len(tags) == len(intents):
        raise BadData(f"the files of {folder} differ in length.", remedy="Give line-aligned files.")
    rows = [Labelled(tuple(t.split()), tuple(g.split()), i) for t, g, i in zip(texts, tags, intents, strict=True)]
    uneven = next((number for number, row in enumerate(rows, 1) if len(row.words) != len(row.tags)), None)
    if uneven:
        raise BadData(f"line {uneven} of {folder} has not one tag a word.", remedy="Mend the line.")
    return tuple(rows)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    except OSError as error:
        raise BadData(f"{path} could not be read.", remedy="Give a folder with train, dev and test.") from error


def _read_csv(directory: Path) -> Dataset:
    """Columns `text` and `category` (or `intent`, `label`); dev.csv or val.csv is taken where there is one."""
    dev = next((directory / name for name in ("dev.csv", "val.csv") if (directory / name).is_file()), None)
    train, test = _csv_split(directory / "train.csv"), _csv_split(directory / "test.csv")
    return Dataset(train, _csv_split(dev) if dev else (), test)


def _csv_split(path: Path) -> tuple[Labelled, ...]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise BadData(f"{path} could not be read.", remedy="Give a folder with train.csv and test.csv.") from error
    column = next((name for name in ("category", "intent", "label") if rows and name in rows[0]), None)
    if column is None or "text" not in rows[0]:
        raise BadData(f"{path} has no columns text and category.", remedy="Name its columns so.")
    return tuple(_untagged(row["text"], row[column]) for row in rows)


def _read_clinc(path: Path) -> Dataset:
    data = json.loads(path.read_text(encoding="utf-8"))
    splits = {name: tuple(_untagged(text, intent) for text, intent in rows) for name, rows in data.items()}
    return Dataset(splits["train"], splits["val"], splits["test"], splits["oos_val"], splits["oos_test"])


def _untagged(text: str, intent: str) -> Labelled:
    words: Sequence[str] = text.split()
    return Labelled(tuple(words), (OUTSIDE_TAG,) * len(words), intent)
