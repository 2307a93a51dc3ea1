"""The trained part of the model as one safetensors file: adapters, heads and placeholder rows, without the encoder."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from nlp.errors import WeightsUnfit
from nlp.model.encoder import ENCODER_SHA256, HIDDEN, LAYERS
from nlp.model.features import MARKS, PLACEHOLDER_KINDS
from nlp.model.labels import Labels, schema_labels

Tensors = Mapping[str, NDArray[np.float32]]
SHIPPED = Path(__file__).resolve().parent.parent / "weights" / "sayso.safetensors"
FORMAT = "1"
ADAPTED = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


@dataclass(frozen=True, slots=True)
class Weights:
    """`tensors` by name, fp32; `scale` multiplies B @ A of every adapter; `origin` tells how they were made."""

    tensors: Tensors
    labels: Labels
    scale: float
    origin: Mapping[str, str]

    @property
    def layers(self) -> int:
        """How many of the encoder's layers, from the first, they are made for."""
        return layers_of(self.tensors)


def write_weights(path: Path, weights: Weights) -> None:
    """Store as fp16, with everything that the labels and features must agree on. Replaces the file at once."""
    halves = {name: np.ascontiguousarray(tensor, dtype=np.float16) for name, tensor in weights.tensors.items()}
    partial = path.with_suffix(".partial")
    partial.write_bytes(save(halves, metadata={**expected_metadata(weights.labels), **_own_metadata(weights)}))
    partial.replace(path)


def read_weights(path: Path = SHIPPED) -> Weights:
    """The stored weights as fp32. Raises WeightsUnfit where they are missing, damaged, or made for other labels."""
    labels = schema_labels()
    try:
        with safe_open(str(path), framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            tensors = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise WeightsUnfit(f"the model's weights {path} could not be read.", remedy=_remedy()) from error
    _check(path, metadata, tensors, labels)
    return Weights(tensors, labels, float(metadata["scale"]), json.loads(metadata["origin"]))


def second_of(path: Path) -> Path | None:
    """The second reader's weights beside these, where there are some: fewer layers, another draw of the corpus, the same labels."""
    second = path.parent / "second" / path.name
    return second if second.is_file() else None


def weights_digest(path: Path = SHIPPED) -> str:
    """SHA-256 of the file and of its second reader's. Raises WeightsUnfit where there is none."""
    second = second_of(path)
    try:
        return hashlib.sha256(path.read_bytes() + (second.read_bytes() if second else b"")).hexdigest()
    except OSError as error:
        raise WeightsUnfit(f"the model's weights {path} could not be read.", remedy=_remedy()) from error


def random_weights(seed: int, rank: int = 8) -> Weights:
    """An untrained model of the same shape: what the code does without anything learned."""
    labels = schema_labels()
    random = np.random.default_rng(seed)
    shapes = expected_shapes(labels, rank)
    tensors = {name: random.normal(0.0, 0.05, shape).astype(np.float32) for name, shape in shapes.items()}
    return Weights(tensors, labels, 1.0, {"made": f"random, seed {seed}"})


def expected_metadata(labels: Labels) -> dict[str, str]:
    """What the weights were made for; any difference makes them unfit."""
    return {
        "format": FORMAT,
        "encoder_sha256": ENCODER_SHA256,
        "intents": json.dumps(labels.intents),
        "tags": json.dumps(labels.tags),
        "kinds": json.dumps(PLACEHOLDER_KINDS),
        "marks": json.dumps(MARKS),
    }


def layers_of(tensors: Mapping[str, object]) -> int:
    """One more than the highest layer that an adapter is for; at least one and at most the encoder's."""
    held = [int(layer) for name in tensors if (layer := name.partition(".")[0]).isdigit()]
    return min(max(held, default=0) + 1, LAYERS)


def expected_shapes(labels: Labels, rank: int, layers: int = LAYERS) -> dict[str, tuple[int, ...]]:
    """Every tensor's shape; linear layers are [out, in]."""
    intents, heads = len(labels.intents), labels.tag_count + 2
    shapes: dict[str, tuple[int, ...]] = {
        "rows": (len(PLACEHOLDER_KINDS), HIDDEN),
        "marks": (HIDDEN, len(MARKS)),
        "words.weight": (HIDDEN, HIDDEN),
        "words.bias": (HIDDEN,),
        "context.weight": (HIDDEN, HIDDEN),
        "labels.weight": (heads, HIDDEN),
        "labels.bias": (heads,),
        "whole.weight": (intents, HIDDEN),
        "whole.bias": (intents,),
        "means.weight": (intents, HIDDEN),
        "openers.weight": (intents, HIDDEN),
    }
    for layer in range(layers):
        for name in ADAPTED:
            outputs, inputs = _linear_shape(name)
            shapes[f"{layer}.{name}.a"] = (rank, inputs)
            shapes[f"{layer}.{name}.b"] = (outputs, rank)
    return shapes


def _linear_shape(name: str) -> tuple[int, int]:
    if name == "intermediate.dense":
        return 4 * HIDDEN, HIDDEN
    return (HIDDEN, 4 * HIDDEN) if name == "output.dense" else (HIDDEN, HIDDEN)


def _own_metadata(weights: Weights) -> dict[str, str]:
    return {"scale": repr(weights.scale), "origin": json.dumps(dict(weights.origin))}


def _check(path: Path, metadata: Mapping[str, str], tensors: Tensors, labels: Labels) -> None:
    differing = [key for key, value in expected_metadata(labels).items() if metadata.get(key) != value]
    rank = len(tensors.get("0.attention.self.query.a", ()))
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if differing:
        raise WeightsUnfit(f"the weights {path} were made for other {', '.join(differing)}.", remedy=_remedy())
    if shapes != expected_shapes(labels, rank, layers_of(tensors)) or not {"scale", "origin"} <= set(metadata):
        raise WeightsUnfit(f"the weights {path} do not have the shapes of this model.", remedy=_remedy())
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise WeightsUnfit(f"the weights {path} hold values that are no numbers.", remedy=_remedy())


def _remedy() -> str:
    return "Restore the file from the repository, or make new weights with 'sayso train'."
