"""How far the values inside the network go, column by column: what their int8 scales are made from.

It is kept beside the weights, so that they give the same export wherever and whenever it is made, whatever the corpus is then.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from nlp.corpus.types import Example
from nlp.model.features import Featuriser, batched
from nlp.model.graph import measured
from nlp.recognise import recognise

Reach = Mapping[str, NDArray[np.float32]]
REACH_FILE = "reach.safetensors"
OF_WEIGHTS = "weights"
EVERY = 9
"""Of the training voices every so-many-th line is looked at: some two thousand."""
AT_ONCE = 32


@lru_cache(maxsize=1)
def looked_at() -> tuple[Example, ...]:
    """What people wrote, over which the reach is measured."""
    from nlp.corpus.voices import examples

    return tuple(examples("train", EVERY))


def kept_reach(weights: Path) -> Reach | None:
    """What was kept for these very weights; None where nothing was, or for others."""
    try:
        with safe_open(str(weights.parent / REACH_FILE), framework="numpy") as file:
            if (file.metadata() or {}).get(OF_WEIGHTS) != _digest(weights):
                return None
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError):
        return None


def write_reach(weights: Path, reach: Reach) -> None:
    """Keep it beside the weights, bound to them."""
    save_file(dict(reach), weights.parent / REACH_FILE, metadata={OF_WEIGHTS: _digest(weights)})


def measured_reach(model: onnx.ModelProto, layers: int, featuriser: Featuriser) -> Reach:
    """The largest absolute value of every column that is measured in so many layers, by running the fp32 graph over what people wrote."""
    names = measured(layers)
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    for name in names:
        probed.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(probed.SerializeToString(), providers=["CPUExecutionProvider"])
    said = looked_at()
    reach: dict[str, NDArray[np.float32]] = {}
    for at in range(0, len(said), AT_ONCE):
        rows = [featuriser.encode(recognise(e.text, e.context), e.state) for e in said[at : at + AT_ONCE]]
        arrays = batched(rows)
        values = session.run(list(names), {"ids": arrays.ids, "mask": arrays.mask, "marks": arrays.marks})
        for name, value in zip(names, values, strict=True):
            furthest = np.abs(value[arrays.mask.astype(bool)]).max(axis=0)
            reach[name] = np.maximum(reach[name], furthest) if name in reach else furthest
    return reach


def _digest(weights: Path) -> str:
    return hashlib.sha256(weights.read_bytes()).hexdigest()
