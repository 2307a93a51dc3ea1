"""The trained encoder and the frozen one at once: log probabilities added, energies added in units of their own spread on dev."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nlp.benchmarks.curves import auroc, outside_curve
from nlp.benchmarks.datasets import Dataset
from nlp.model.decode import Floats, log_softmax

Logits = Mapping[str, Floats]
"""By split ('dev', 'test', 'outside_dev', 'outside'): [rows, intents], in the order of the data set."""


def together_figures(dataset: Dataset, trained: Logits, frozen: Logits) -> dict[str, Any]:
    """Intent accuracy in percent on test; where there are out-of-scope lines, AUROC and curve of the summed energy."""
    number = {intent: index for index, intent in enumerate(dataset.intents)}
    meant = np.array([number[line.intent] for line in dataset.test])
    summed = log_softmax(trained["test"]) + log_softmax(frozen["test"])
    figures: dict[str, Any] = {"intent": 100 * float((summed.argmax(axis=1) == meant).mean())}
    if dataset.outside and dataset.dev:
        inside, outside = (_energy(trained, frozen, split) for split in ("test", "outside"))
        figures |= {"auroc": auroc(inside, outside), "curve": outside_curve(inside, outside)}
    return figures


def _energy(trained: Logits, frozen: Logits, split: str) -> list[float]:
    """The two energies (Liu et al., 2020), each measured from the mean of the in-scope dev lines and in their deviations."""
    parts = []
    for logits in (trained, frozen):
        own, usual = (np.logaddexp.reduce(logits[name], axis=1) for name in (split, "dev"))
        parts.append((own - usual.mean()) / usual.std())
    return [float(value) for value in sum(parts)]
