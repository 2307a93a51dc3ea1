"""How far the values inside the network go, column by column: what their int8 scales are made from."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from nlp.corpus.types import Example
from nlp.corpus.voices import examples
from nlp.model.features import Featuriser, batched
from nlp.model.graph import measured
from nlp.recognise import recognise

EVERY = 9
"""Of the training voices every so-many-th line is looked at: some two thousand."""
AT_ONCE = 32


@lru_cache(maxsize=1)
def _said() -> tuple[Example, ...]:
    return tuple(examples("train", EVERY))


def measured_reach(model: onnx.ModelProto, layers: int, featuriser: Featuriser) -> Mapping[str, NDArray[np.float32]]:
    """The largest absolute value of every column that is measured in so many layers, by running the fp32 graph over what people wrote."""
    names = measured(layers)
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    for name in names:
        probed.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(probed.SerializeToString(), providers=["CPUExecutionProvider"])
    said = _said()
    reach: dict[str, NDArray[np.float32]] = {}
    for at in range(0, len(said), AT_ONCE):
        rows = [featuriser.encode(recognise(e.text, e.context), e.state) for e in said[at : at + AT_ONCE]]
        arrays = batched(rows)
        values = session.run(list(names), {"ids": arrays.ids, "mask": arrays.mask, "marks": arrays.marks})
        for name, value in zip(names, values, strict=True):
            furthest = np.abs(value[arrays.mask.astype(bool)]).max(axis=0)
            reach[name] = np.maximum(reach[name], furthest) if name in reach else furthest
    return reach
