"""Trains adapters and heads on the corpus, keeps the best on unseen skeletons, and writes weights, card and report.

`python -m nlp.model.train --size 40000 --epochs 6`. Needs no GPU; uses one where there is one.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from nlp.corpus.types import Example
from nlp.model.card import write_card
from nlp.model.config import TrainConfig
from nlp.model.dataset import Alignment, Row, data_version, rows_of
from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE
from nlp.model.features import Featuriser
from nlp.model.labels import Labels, schema_labels
from nlp.model.network import new_network
from nlp.model.trainer import Log, Splits, Trainer, say, set_seed
from nlp.model.weights import SHIPPED, Weights, read_weights, write_weights

VOICE_REPEATS = 3


@dataclass(slots=True)
class Data:
    """The rows of each split and what is known of them."""

    train: list[Row]
    validation: list[Row]
    test: list[Row]
    alignment: Alignment
    version: str


def train(
    config: TrainConfig,
    examples: Iterable[Example],
    work: Path,
    output: Path = SHIPPED,
    log: Log = say,
    start: Weights | None = None,
) -> dict[str, object]:
    """Train on the examples' own splits and write `output` with its card; the report. `start`: weights to go on from.

    `work` holds the checkpoint: the same call after an interruption resumes from the last whole epoch.
    Raises EncoderMissing, EncoderAltered.
    """
    started = time.monotonic()
    torch.set_num_threads(config.threads)
    set_seed(config.seed)
    directory, labels = encoder_directory(), schema_labels()
    featuriser = Featuriser(directory / TOKENIZER_FILE)
    data = prepare(examples, featuriser, labels, config.limit)
    log(f"{len(data.train)} examples to train, {len(data.validation)} to validate, {len(data.test)} to test")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = new_network(directory, labels, config, featuriser.placeholder_ids).to(device)
    if start is not None:
        network.load(start)
    run = Trainer(config, Splits(data.train, data.validation, data.version), network, labels, work, log)
    run.fit()
    run.restore_best()
    output.parent.mkdir(parents=True, exist_ok=True)
    origin = {"data": data.version, "seed": str(config.seed), "epochs": str(run.progress.epoch)}
    write_weights(output, Weights(network.tensors(), labels, config.scale, origin))
    network.load(read_weights(output))
    report = _report(config, data, run, time.monotonic() - started)
    write_card(output.parent, report)
    return report


def prepare(examples: Iterable[Example], featuriser: Featuriser, labels: Labels, limit: int = 0) -> Data:
    """Align every example; `limit` cuts the training rows for a trial."""
    alignment = Alignment()
    kept = list(examples)
    rows: dict[str, list[Row]] = {"train": [], "validation": [], "test": []}
    for row in rows_of(kept, featuriser, labels, alignment):
        rows[row.split].append(row)
    train_rows = rows["train"][:limit] if limit else rows["train"]
    return Data(train_rows, rows["validation"], rows["test"], alignment, data_version(kept))


def _report(config: TrainConfig, data: Data, run: Trainer, seconds: float) -> dict[str, object]:
    from nlp.corpus.build import data_version as corpus_version

    return {
        "config": config.as_dict(),
        "corpus_version": corpus_version(),
        "data_version": data.version,
        "rows": {"train": len(data.train), "validation": len(data.validation), "test": len(data.test)},
        "distinct_skeletons": len({row.skeleton for row in (*data.train, *data.validation, *data.test)}),
        "alignment": data.alignment.counts(),
        "trained_parameters": sum(parameter.numel() for parameter in run.parameters),
        "epochs": run.progress.history,
        "validation": run.figures(data.validation).as_dict(),
        "test": run.figures(data.test).as_dict(),
        "device": run.device.type,
        "torch": str(torch.__version__),
        "seconds": round(seconds),
    }


def corpus_examples(seed: int, size: int) -> Iterator[Example]:
    """`size` training examples of the grammar and the training voices with it; the epoch is chosen on people unheard in training."""
    from nlp.corpus import voices
    from nlp.corpus.build import examples

    yield from examples(seed, size, "train")
    yield from voices.revoiced_examples(seed, VOICE_REPEATS)
    for split in ("validation", "test"):
        yield from voices.examples(split)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    defaults = TrainConfig()
    parser = argparse.ArgumentParser(prog="nlp.model.train", description="Train the adapters and heads on the corpus.")
    parser.add_argument("--size", type=int, default=40_000, help="training examples to draw from the corpus")
    parser.add_argument("--output", type=Path, default=SHIPPED, help="the weights file to write")
    parser.add_argument("--work", type=Path, default=Path(".cache/train"), help="where the checkpoint is kept")
    for name, value in defaults.as_dict().items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args(arguments))
    config = TrainConfig.from_options(options)
    train(config, corpus_examples(config.seed, options["size"]), options["work"], options["output"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
