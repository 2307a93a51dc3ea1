"""The settings of one training run."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Sizes are counts of examples, epochs or adapter ranks; rates are fractions; `lr` is the peak learning rate.

    `smoothing`: the share of a label that is spread over all others (Szegedy et al., 2016). `averaging`: how much of the mean of
    the parameters stays at every step; the mean is what is measured and kept (Polyak and Juditsky, 1992; 0: none is made).
    `whole`: train the whole encoder instead of adapters, with `head_lr` for the heads (0: the same rate) and
    `encoder_dropout` inside. `layers`: how many of the encoder's layers, from the first, are kept.
    """

    seed: int = 7
    rank: int = 32
    alpha: int = 64
    dropout: float = 0.1
    epochs: int = 4
    batch: int = 48
    lr: float = 1.2e-3
    warmup: float = 0.06
    weight_decay: float = 0.01
    clip: float = 5.0
    patience: int = 2
    mark_dropout: float = 0.1
    threads: int = 2
    limit: int = 0
    whole: bool = False
    head_lr: float = 0.0
    encoder_dropout: float = 0.0
    smoothing: float = 0.0
    averaging: float = 0.0
    layers: int = 6

    @property
    def scale(self) -> float:
        """What multiplies B @ A."""
        return self.alpha / self.rank

    def as_dict(self) -> dict[str, int | float]:
        """For the model card and the checkpoint."""
        return asdict(self)

    @classmethod
    def from_options(cls, options: dict[str, Any]) -> "TrainConfig":
        """The settings that were given, the defaults for the rest."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in options.items() if name in names and value is not None})
