"""How far the values inside the network go, column by column: what their int8 scales are made from."""

from collections.abc import Mapping
from itertools import islice

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from nlp.corpus.voices import examples
from nlp.model.features import Featuriser, batched
from nlp.model.graph import MEASURED
from nlp.recognise import recognise

EVERY = 9
"""Of the training voices every so-many-th utterance is looked at: about a thousand."""
AT_ONCE = 32


def measured_reach(model: onnx.ModelProto, featuriser: Featuriser) -> Mapping[str, NDArray[np.float32]]:
    """The largest absolute value of every column of MEASURED, by running the fp32 graph over what people wrote."""
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    for name in MEASURED:
        probed.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(probed.SerializeToString(), providers=["CPUExecutionProvider"])
    said = list(islice(examples("train"), 0, None, EVERY))
    reach: dict[str, NDArray[np.float32]] = {}
    for at in range(0, len(said), AT_ONCE):
        rows = [featuriser.encode(recognise(e.text, e.context), e.state) for e in said[at : at + AT_ONCE]]
        arrays = batched(rows)
        values = session.run(list(MEASURED), {"ids": arrays.ids, "mask": arrays.mask, "marks": arrays.marks})
        for name, value in zip(MEASURED, values, strict=True):
            furthest = np.abs(value[arrays.mask.astype(bool)]).max(axis=0)
            reach[name] = np.maximum(reach[name], furthest) if name in reach else furthest
    return reach
