"""How likely an answer is right: the model's own scores and the shape of the answer, weighed by what happened with them before.

A logistic regression (Platt, 1999, with several features) over people's utterances that training never saw.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.errors import WeightsUnfit
from nlp.types import Parse, Prediction

CALIBRATION_FILE = "calibration.json"
FEATURES = (
    "one",
    "border",
    "intent",
    "intents",
    "tag",
    "margin",
    "energy",
    "segments",
    "spans",
    "incomplete",
    "doubts",
    "agreed",
)
LOWEST, HIGHEST = -12.0, 12.0
RIDGE = 1.5
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Calibration:
    """`weights` of FEATURES in their order; below `ask_below` a write asks instead of being drafted."""

    weights: tuple[float, ...]
    ask_below: float = 0.0

    def confidence(self, features: Sequence[float]) -> float:
        """The probability that the whole answer is right."""
        total = sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-min(max(total, LOWEST), HIGHEST)))


UNCALIBRATED = Calibration((4.0, 1.0, 1.0, 1.0, 1.0, *(0.0,) * (len(FEATURES) - 5)))
"""For weights that nothing was measured with yet: it orders answers, and asks about none."""


def features_of(prediction: Prediction, parse: Parse) -> tuple[float, ...]:
    """What an answer's confidence is computed from, in the order of FEATURES. Logs are bounded so that none decides alone."""
    evidence = prediction.evidence
    logs = (math.log1p(-max(value, -50.0)) for value in evidence[:4])
    return (
        1.0,
        *(-value for value in logs),
        math.log1p(max(min(evidence.margin, 50.0), 0.0)),
        min(evidence.energy, 50.0) / 10,
        float(len(prediction.segments)),
        math.log1p(len(prediction.spans)),
        float(parse.status == "incomplete"),
        float(bool(parse.doubts)),
        math.log1p(-max(prediction.evidence.agreed, -50.0)) / 2,
    )


def fit(rows: Sequence[Sequence[float]], right: Sequence[bool]) -> tuple[float, ...]:
    """The weights of FEATURES that make what was right likeliest (Newton's method, with a small ridge)."""
    features, target = np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64)
    weights = np.zeros(features.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(features @ weights, LOWEST, HIGHEST)))
        gradient = features.T @ (target - likely) - RIDGE * weights
        curvature = (features * (likely * (1 - likely))[:, None]).T @ features + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if float(np.abs(step).max()) < 1e-6:
            break
    return tuple(map(float, weights))


def write_calibration(directory: Path, calibration: Calibration, weights: str) -> None:
    """Beside the weights whose SHA-256 is `weights`."""
    found = {
        "weights": weights,
        "features": dict(zip(FEATURES, calibration.weights, strict=True)),
        "ask_below": calibration.ask_below,
    }
    (directory / CALIBRATION_FILE).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read_calibration(directory: Path, weights: str) -> Calibration:
    """The calibration that was fitted to the weights of this SHA-256. Raises WeightsUnfit where there is none."""
    try:
        found = json.loads((directory / CALIBRATION_FILE).read_text(encoding="utf-8"))
        fitting = found["weights"] == weights and tuple(found["features"]) == FEATURES
        read = Calibration(tuple(map(float, found["features"].values())), float(found["ask_below"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsUnfit(
            f"the calibration beside the weights in {directory} could not be read.", remedy=_remedy()
        ) from error
    if not fitting:
        raise WeightsUnfit(f"the calibration in {directory} was made for other weights.", remedy=_remedy())
    return read


def _remedy() -> str:
    return "Restore the file from the repository, or make new weights with 'sayso train'."
