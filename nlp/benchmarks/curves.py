"""What a score is worth: how well it ranks, how often it is right, and what is left when the least sure are set aside."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive scores above a negative, ties half (Mann and Whitney, 1947); nan where either is empty."""
    if not positive or not negative:
        return float("nan")
    ranks = _ranks(np.array([*positive, *negative], dtype=np.float64))
    above = ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2
    return float(above / (len(positive) * len(negative)))


def expected_calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """The mean distance of confidence and accuracy over equally filled bins (Nguyen and O'Connor, 2015)."""
    order = np.argsort(np.array(confidence), kind="stable")
    sure, hits = np.array(confidence, dtype=np.float64)[order], np.array(right, dtype=np.float64)[order]
    parts = zip(np.array_split(sure, bins), np.array_split(hits, bins), strict=True)
    return float(sum(abs(own.mean() - hit.mean()) * len(own) for own, hit in parts if len(own)) / max(len(sure), 1))


def coverage_curve(
    confidence: Sequence[float], right: Sequence[bool], points: int = 20
) -> tuple[tuple[float, float, float], ...]:
    """(threshold, share answered, share of the answered that is wrong), from answering all to answering the surest alone."""
    order = np.argsort(-np.array(confidence, dtype=np.float64), kind="stable")
    sure, wrong = np.array(confidence)[order], ~np.array(right, dtype=bool)[order]
    counts = np.unique(np.linspace(len(order), 1, points).astype(int))[::-1]
    return tuple((float(sure[n - 1]), n / len(order), float(wrong[:n].mean())) for n in counts)


def outside_curve(
    inside: Sequence[float], outside: Sequence[float], points: int = 20
) -> tuple[tuple[float, float, float], ...]:
    """(threshold, share of the in-scope kept, share of the out-of-scope refused) for a score that is high in scope."""
    thresholds = np.quantile(np.array(inside), np.linspace(0, 1, points))
    own, other = np.array(inside), np.array(outside)
    return tuple((float(t), float((own >= t).mean()), float((other < t).mean())) for t in thresholds)


def _ranks(values: Floats) -> Floats:
    """Ranks from 1, ties sharing their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: Floats = last - (counts - 1) / 2
    return means[inverse]
