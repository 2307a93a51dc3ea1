"""The settings that benchmarks train with: the whole encoder, the heads faster, everything else as the product."""

from dataclasses import replace

from nlp.benchmarks.datasets import Dataset
from nlp.model.config import TrainConfig

NEVER = 1_000
WHOLE = TrainConfig(batch=32, lr=2e-4, head_lr=1e-3, whole=True, encoder_dropout=0.1, mark_dropout=0.0, patience=NEVER)
SEEDS = (1, 2, 3)


def recipe_for(dataset: Dataset, seed: int) -> TrainConfig:
    """Sets with slots take 16 epochs, sets of intents alone 12: chosen on dev, or on a tenth of training where there is none."""
    return replace(WHOLE, seed=seed, epochs=16 if dataset.has_slots else 12)
