"""The settings that benchmarks train with: the whole encoder, the heads faster, everything else as the product."""

from dataclasses import replace

from nlp.benchmarks.datasets import Dataset
from nlp.model.config import TrainConfig

NEVER = 1_000
WHOLE = TrainConfig(batch=32, lr=2e-4, head_lr=1e-3, whole=True, encoder_dropout=0.1, mark_dropout=0.0, patience=NEVER)
INTENTS_ALONE = replace(WHOLE, lr=1e-4, smoothing=0.1, averaging=0.999)
STEPS = 3_130
SEEDS = (1, 2, 3)


def recipe_for(dataset: Dataset, seed: int) -> TrainConfig:
    """Sets with slots take 16 epochs (chosen on dev); sets of intents alone about 3,130 slower steps, with smoothed labels and the
    mean of the parameters."""
    if dataset.has_slots:
        return replace(WHOLE, seed=seed, epochs=16)
    epochs = max(1, round(STEPS * INTENTS_ALONE.batch / len(dataset.train)))
    return replace(INTENTS_ALONE, seed=seed, epochs=epochs)
