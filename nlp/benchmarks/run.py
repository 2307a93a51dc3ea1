"""Trains on a data set through the product's trainer and measures it: intents, slot F1, whole sentences, out-of-scope."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from nlp.benchmarks.curves import auroc, outside_curve
from nlp.benchmarks.datasets import Dataset, Labelled
from nlp.benchmarks.frozen import Frozen
from nlp.benchmarks.recipes import recipe_for
from nlp.benchmarks.rows import labels_of, rows_of
from nlp.benchmarks.together import together_figures
from nlp.model.dataset import Row
from nlp.model.decode import Floats, segment_logits
from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE
from nlp.model.features import Featuriser
from nlp.model.labels import Labels
from nlp.model.measure import measure
from nlp.model.network import Network, new_network
from nlp.model.trainer import Log, Splits, Trainer, predictions_of, say, scores_in, set_seed
from nlp.types import Prediction


def run(dataset: Dataset, seed: int, work: Path, log: Log = say, frozen: Frozen | None = None) -> dict[str, Any]:
    """One seed: the figures on dev and test at the epoch that dev chose (the last one where there is no dev).

    With `frozen`, beside them those of both encoders together. `work` holds the checkpoint; an interrupted run is resumed. Raises BadData, EncoderMissing, EncoderAltered.
    """
    began, config = time.monotonic(), recipe_for(dataset, seed)
    torch.set_num_threads(config.threads)
    set_seed(seed)
    directory, labels = encoder_directory(), labels_of(dataset)
    featuriser = Featuriser(directory / TOKENIZER_FILE)
    train, dev, test = (rows_of(part, labels, featuriser) for part in (dataset.train, dataset.dev, dataset.test))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = new_network(directory, labels, config, featuriser.placeholder_ids).to(device)
    trainer = Trainer(config, Splits(train, dev, dataset.version), network, labels, work, log)
    trainer.fit()
    trainer.restore_best()
    figures = (
        {"dev": figures_of(network, dev, labels), "test": figures_of(network, test, labels)}
        if dev
        else {"test": figures_of(network, test, labels)}
    )
    if dataset.outside:
        figures["outside"] = outside_figures(network, dataset, labels, featuriser)
    if frozen:
        figures["together"] = together_figures(dataset, _logits(network, dataset, labels, featuriser), frozen.logits)
    return {
        "seed": seed,
        "config": config.as_dict(),
        "device": device.type,
        "seconds": round(time.monotonic() - began),
        "epochs": trainer.progress.history,
        **figures,
    }


def figures_of(network: Network, rows: Sequence[Row], labels: Labels) -> dict[str, float]:
    """Intent accuracy, slot F1 and whole sentences, in percent."""
    found = measure(rows, _predictions(network, rows, labels), labels)
    return {
        "intent": 100 * found.intents / found.rows,
        "slot_f1": 100 * found.slots.f1,
        "sentence": 100 * found.exact / found.rows,
    }


def outside_figures(network: Network, dataset: Dataset, labels: Labels, featuriser: Featuriser) -> dict[str, Any]:
    """How well energy tells what no intent covers: AUROC on dev and test, and the curve on test (Liu et al., 2020)."""

    def energies(lines: Sequence[Labelled]) -> list[float]:
        known = [Labelled(line.words, line.tags, labels.intents[0]) for line in lines]
        return [p.evidence.energy for p in _predictions(network, rows_of(known, labels, featuriser), labels)]

    inside, outside = energies(dataset.test), energies(dataset.outside)
    return {
        "auroc": auroc(inside, outside),
        "dev_auroc": auroc(energies(dataset.dev), energies(dataset.outside_dev)),
        "curve": outside_curve(inside, outside),
    }


def _logits(network: Network, dataset: Dataset, labels: Labels, featuriser: Featuriser) -> dict[str, Floats]:
    """Intent logits of every split but training."""
    device = next(network.parameters()).device
    splits = {"dev": dataset.dev, "test": dataset.test, "outside_dev": dataset.outside_dev, "outside": dataset.outside}
    found = {}
    for name, lines in splits.items():
        known = [Labelled(line.words, line.tags, labels.intents[0]) for line in lines]
        scores = scores_in(network, rows_of(known, labels, featuriser), labels, device)
        if scores:
            found[name] = np.stack([segment_logits(own, 0, len(own.means) - 1) for own in scores])
    return found


def _predictions(network: Network, rows: Sequence[Row], labels: Labels) -> list[Prediction]:
    return predictions_of(network, rows, labels, next(network.parameters()).device)
