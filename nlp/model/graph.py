"""The whole model as one ONNX graph, built from the encoder's tensors with the adapters merged in.

The graph is written at once with the operators that ONNX Runtime runs fastest on a CPU (fused attention; norms and GELU by
themselves), so it needs neither torch nor an optimiser pass. Architecture: BERT (Devlin et al., 2019), post-norm, exact GELU.

Inputs: `ids` and `mask` int32 [rows, pieces], `marks` float32 [rows, pieces, MARKS]. Outputs: `words` float32
[rows, pieces, 2 + BIO classes + 2 * intents] (starts, tags, means, openers of each piece) and `whole` float32 [rows, intents].
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from nlp.model.encoder import HEADS, HIDDEN, LAYER_NORM_EPSILON
from nlp.model.features import MARKS
from nlp.model.weights import ADAPTED, Weights

Tensor = NDArray[np.float32]
CONTRIB = "com.microsoft"
OPSET = 20
STEPS = 127
# A processor without VNNI adds two products in 16 bits: with weights of seven bits that cannot overflow, and all come to the same.
WIDEST = 63
LEAST_REACH = 1e-5
SHARES: Mapping[str, float] = {"narrow": 0.75}
"""How much of an input's reach goes to the weight, by the product; half where nothing is said (chosen on the validation voices)."""
IR_VERSION = 10


class _Quantised(NamedTuple):
    """The names of what an int8 product is made of: source and weight, with step and middle of the one, scale and zero of the other."""

    source: str
    step: str
    middle: str
    weight: str
    scale: str
    zero: str


@dataclass(slots=True)
class _Builder:
    """Collects nodes and constants; every method returns the name of the value it made."""

    reach: Mapping[str, Tensor] = field(default_factory=dict)
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def matmul(self, source: str, name: str, weight: Tensor, bias: Tensor | None = None) -> str:
        """`weight` is [out, in] as torch keeps it. In int8 where it is known how far the input reaches."""
        if source in self.reach and min(weight.shape) >= HIDDEN:
            return self.quantised_matmul(source, name, weight.T, bias)
        held = self.constant(f"{name}.w", weight.T)
        if bias is None:
            return self.node("MatMul", [source, held], name)
        product = self.node("MatMul", [source, held], f"{name}.product")
        return self.node("Add", [product, self.constant(f"{name}.b", bias)], name)

    def quantised_matmul(self, source: str, name: str, weight: Tensor, bias: Tensor | None = None) -> str:
        """`weight` [in, out]: source @ weight + bias, of the source and weight as int8."""
        held = self.quantised(source, name, weight)
        own = [] if bias is None else [self.constant(f"{name}.b", bias)]
        inputs = [held.source, held.weight, held.step, held.scale, held.middle, held.zero, *own]
        return self.node("MatMulIntegerToFloat", inputs, name, CONTRIB)

    def quantised(self, source: str, name: str, weight: Tensor) -> _Quantised:
        """`weight` [in, out] as int8 with a scale for each column; its input as uint8 with one scale that is known beforehand,
        so that a sentence comes to the same numbers whatever stands beside it in a batch.

        Columns of the input that reach far hand part of their reach to the weight (SmoothQuant, Xiao et al., 2023).
        """
        reach, share = np.maximum(self.reach[source], LEAST_REACH), SHARES.get(name.rpartition(".")[2], 0.5)
        even = (reach**share / np.maximum(np.abs(weight).max(axis=1), LEAST_REACH) ** (1 - share)).astype(np.float32)
        evened = weight * even[:, None]
        scale = np.maximum(np.abs(evened).max(axis=0), 1e-9) / WIDEST
        step = self.constant(f"{name}.step", np.array((reach / even).max() / STEPS, dtype=np.float32))
        middle = self.constant(f"{name}.middle", np.array(STEPS + 1, dtype=np.uint8))
        divided = self.node("Mul", [source, self.constant(f"{name}.even", 1 / even)], f"{name}.divided")
        return _Quantised(
            self.node("QuantizeLinear", [divided, step, middle], f"{name}.whole"),
            step,
            middle,
            self.constant(f"{name}.w8", np.round(evened / scale).astype(np.int8)),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(scale), dtype=np.int8)),
        )

    def norm(self, source: str, name: str, scale: Tensor, shift: Tensor) -> str:
        held = [self.constant(f"{name}.scale", scale), self.constant(f"{name}.shift", shift)]
        return self.node("LayerNormalization", [source, *held], name, axis=-1, epsilon=LAYER_NORM_EPSILON)


def measured(layers: int) -> tuple[str, ...]:
    """The values that an int8 product takes, whose reach is to be measured."""
    parts = ("attended", "attention.output.normed", "active", "output.normed")
    return ("embedded", *(f"encoder.layer.{layer}.{part}" for layer in range(layers) for part in parts))


def build_graph(
    encoder: Mapping[str, Tensor],
    weights: Weights,
    row_ids: tuple[int, ...],
    reach: Mapping[str, Tensor] | None = None,
) -> onnx.ModelProto:
    """`encoder`: the published tensors by name; `row_ids`: the vocabulary ids that the placeholder rows replace.

    `reach`: how far each column of a value goes (`measured`): what is named there is multiplied in int8, the rest in fp32.
    """
    merged = merge_adapters(encoder, weights)
    builder = _Builder(reach or {})
    if reach:
        builder.node("ReduceSum", ["mask", builder.constant("across", np.array([1]))], "lengths", keepdims=0)
    hidden = _embeddings(builder, merged, weights, row_ids)
    for layer in range(weights.layers):
        hidden = _layer(builder, merged, layer, hidden)
    _heads(builder, weights, hidden)
    return _model(builder, weights)


def merge_adapters(encoder: Mapping[str, Tensor], weights: Weights) -> dict[str, Tensor]:
    """The encoder's tensors with W + scale * B @ A in place of every adapted W (LoRA, Hu et al., 2021)."""
    merged = dict(encoder)
    for layer in range(weights.layers):
        for name in ADAPTED:
            key = f"encoder.layer.{layer}.{name}.weight"
            update = weights.tensors[f"{layer}.{name}.b"] @ weights.tensors[f"{layer}.{name}.a"]
            merged[key] = (encoder[key] + weights.scale * update).astype(np.float32)
    return merged


def _embeddings(builder: _Builder, tensors: Mapping[str, Tensor], weights: Weights, row_ids: tuple[int, ...]) -> str:
    table = tensors["embeddings.word_embeddings.weight"].copy()
    table[list(row_ids)] = weights.tensors["rows"]
    # Every piece is of token type 0, so its row is folded into the positions.
    places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    pieces = builder.node("Gather", [builder.constant("pieces.table", table), "ids"], "pieces")
    shape = builder.node("Shape", ["ids"], "length", start=1, end=2)
    zero = builder.constant("zero", np.array([0], dtype=np.int64))
    positions = builder.node("Slice", [builder.constant("places", places), zero, shape, zero], "positions")
    marks = builder.matmul("marks", "marked", weights.tensors["marks"])
    summed = builder.node("Add", [pieces, positions], "placed")
    summed = builder.node("Add", [summed, marks], "summed")
    held = (tensors[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
    return builder.norm(summed, "embedded", *held)


def _layer(builder: _Builder, tensors: Mapping[str, Tensor], layer: int, hidden: str) -> str:
    at = f"encoder.layer.{layer}."
    attended = _attention(builder, tensors, at, hidden)
    middle = _added(builder, tensors, f"{at}attention.output.", f"{at}projected", attended, hidden)
    held = (tensors[f"{at}intermediate.dense.{part}"] for part in ("weight", "bias"))
    wide = builder.matmul(middle, f"{at}wide", *held)
    active = builder.node("Gelu", [wide], f"{at}active")
    return _added(builder, tensors, f"{at}output.", f"{at}narrow", active, middle)


def _added(builder: _Builder, tensors: Mapping[str, Tensor], at: str, name: str, value: str, skip: str) -> str:
    """LayerNorm(value @ weight + bias + skip), of single operators: the fused one takes three times their time on a CPU."""
    product = builder.matmul(value, name, tensors[f"{at}dense.weight"], tensors[f"{at}dense.bias"])
    summed = builder.node("Add", [product, skip], f"{at}summed")
    return builder.norm(summed, f"{at}normed", tensors[f"{at}LayerNorm.weight"], tensors[f"{at}LayerNorm.bias"])


def _attention(builder: _Builder, tensors: Mapping[str, Tensor], at: str, hidden: str) -> str:
    parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([tensors[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([tensors[f"{part}.bias"] for part in parts])
    if builder.reach:
        held, own = builder.quantised(hidden, f"{at}qkv", weight), builder.constant(f"{at}qkv.b", bias)
        inputs = [held.source, held.weight, own, held.step, held.scale, "lengths", held.middle, held.zero]
        return builder.node("QAttention", inputs, f"{at}attended", CONTRIB, num_heads=HEADS)
    inputs = [hidden, builder.constant(f"{at}qkv.w", weight), builder.constant(f"{at}qkv.b", bias), "mask"]
    return builder.node("Attention", inputs, f"{at}attended", CONTRIB, num_heads=HEADS)


def _heads(builder: _Builder, weights: Weights, hidden: str) -> None:
    held = weights.tensors
    first = builder.constant("first", np.array([0], dtype=np.int64))
    second = builder.constant("second", np.array([1], dtype=np.int64))
    opening = builder.node("Slice", [hidden, first, second, second], "opening")
    context = builder.matmul(opening, "context", held["context.weight"])
    own = builder.matmul(hidden, "own", held["words.weight"], held["words.bias"])
    active = builder.node("Gelu", [builder.node("Add", [own, context], "mixed")], "informed")
    tagged = builder.matmul(active, "labelled", held["labels.weight"], held["labels.bias"])
    pooled = builder.matmul(hidden, "pooled", np.concatenate([held["means.weight"], held["openers.weight"]]))
    builder.node("Concat", [tagged, pooled], "words", axis=-1)
    flat = builder.node("Reshape", [opening, builder.constant("flat", np.array([-1, HIDDEN]))], "summary")
    builder.matmul(flat, "whole", held["whole.weight"], held["whole.bias"])


def _model(builder: _Builder, weights: Weights) -> onnx.ModelProto:
    intents = len(weights.labels.intents)
    width = 2 + weights.labels.tag_count + 2 * intents
    pieces = ["rows", "pieces"]
    graph = helper.make_graph(
        builder.nodes,
        "sayso",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT32, pieces),
            helper.make_tensor_value_info("mask", TensorProto.INT32, pieces),
            helper.make_tensor_value_info("marks", TensorProto.FLOAT, [*pieces, len(MARKS)]),
        ],
        [
            helper.make_tensor_value_info("words", TensorProto.FLOAT, [*pieces, width]),
            helper.make_tensor_value_info("whole", TensorProto.FLOAT, ["rows", intents]),
        ],
        builder.constants,
    )
    domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    model = helper.make_model(graph, opset_imports=domains, producer_name="sayso")
    model.ir_version = IR_VERSION
    return model
