"""Both readers as one ONNX graph, with one more input that chooses between them.

One session has one pool of threads: those of two sessions would wait for each other. What both hold, the table of word pieces, is
held once, and every tensor in the outer graph: inside a branch ONNX Runtime would keep several copies.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from nlp.model.features import AGAIN

TABLE = "pieces.table"
PREFIX = "second."


def either(first: onnx.ModelProto, second: onnx.ModelProto) -> onnx.ModelProto:
    """A graph with the inputs of both and `again` (bool): whether the second one is to read instead of the first."""
    held, mapped = _tensors(first.graph, second.graph)
    renamed = {tensor.name: f"{PREFIX}{tensor.name}" for tensor in second.graph.initializer if tensor.name != TABLE}
    own_ids = helper.make_node("Gather", [mapped.name, "ids"], [f"{PREFIX}ids"], name=f"{PREFIX}ids")
    branches = {
        "then_branch": _branch(second.graph, renamed, own_ids),
        "else_branch": _branch(first.graph, {}, None),
    }
    node = helper.make_node("If", [AGAIN], [output.name for output in first.graph.output], name="reader", **branches)
    asked = helper.make_tensor_value_info(AGAIN, TensorProto.BOOL, [])
    inputs, outputs = [*first.graph.input, asked], list(first.graph.output)
    graph = helper.make_graph([node], "sayso", inputs, outputs, [*held, mapped])
    model = helper.make_model(graph, opset_imports=list(first.opset_import), producer_name="sayso")
    model.ir_version = first.ir_version
    return model


def _tensors(first: onnx.GraphProto, second: onnx.GraphProto) -> tuple[list[onnx.TensorProto], onnx.TensorProto]:
    """The tensors of both under names of their own, and the row of the common table that each piece has in the second reader."""
    tables = [next(numpy_helper.to_array(t) for t in graph.initializer if t.name == TABLE) for graph in (first, second)]
    differing = np.flatnonzero((tables[0] != tables[1]).any(axis=1))
    rows = np.arange(len(tables[0]), dtype=np.int32)
    rows[differing] = len(rows) + np.arange(len(differing), dtype=np.int32)
    held = [numpy_helper.from_array(np.concatenate([tables[0], tables[1][differing]]), TABLE)]
    for graph, prefix in ((first, ""), (second, PREFIX)):
        for tensor in graph.initializer:
            if tensor.name != TABLE:
                copied = onnx.TensorProto()
                copied.CopyFrom(tensor)
                copied.name = f"{prefix}{tensor.name}"
                held.append(copied)
    return held, numpy_helper.from_array(rows, f"{PREFIX}rows")


def _branch(graph: onnx.GraphProto, renamed: dict[str, str], own_ids: onnx.NodeProto | None) -> onnx.GraphProto:
    """A graph as what an If chooses: its inputs and tensors stand around it, its outputs have names of their own."""
    branch = onnx.GraphProto()
    branch.CopyFrom(graph)
    del branch.input[:], branch.initializer[:]
    outputs = {output.name: f"{output.name}.own" for output in branch.output}
    for node in branch.node:
        if own_ids is not None and TABLE in node.input:
            node.input[list(node.input).index("ids")] = own_ids.output[0]
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [outputs.get(name, name) for name in node.output]
    for output in branch.output:
        output.name = outputs[output.name]
    if own_ids is not None:
        branch.node.insert(0, own_ids)
    return branch
