"""The network in torch at a large batch, in bf16: what a GPU makes of it. On a CPU it is only tried, never published."""

import time
from contextlib import nullcontext

import torch

from nlp.benchmarks.speed import CONTEXT, SENTENCES
from nlp.corpus.types import Example
from nlp.model.config import TrainConfig
from nlp.model.dataset import Alignment, collate, row_of
from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE
from nlp.model.features import Featuriser
from nlp.model.labels import schema_labels
from nlp.model.network import Network, new_network
from nlp.model.weights import read_weights
from nlp.recognise import recognise
from nlp.types import DialogueState

ROUNDS = 20


def sentences_per_second(device: str = "cuda", batch: int = 512, rounds: int = ROUNDS) -> float:
    """Sentences a second from pieces to scores, the batch standing on the device. Raises EncoderMissing, WeightsUnfit."""
    where = torch.device(device)
    network, inputs = shipped_network(where), _inputs(batch, where)
    autocast = torch.autocast("cuda", dtype=torch.bfloat16) if where.type == "cuda" else nullcontext()
    with torch.inference_mode(), autocast:
        for _ in range(2):
            network(*inputs)
        _settle(where)
        began = time.perf_counter()
        for _ in range(rounds):
            network(*inputs)
        _settle(where)
    return batch * rounds / (time.perf_counter() - began)


def shipped_network(device: torch.device) -> Network:
    """The shipped weights in the network that training uses."""
    weights, directory, labels = read_weights(), encoder_directory(), schema_labels()
    rank = len(weights.tensors["0.attention.self.query.a"])
    config = TrainConfig(rank=rank, alpha=round(weights.scale * rank))
    featuriser = Featuriser(directory / TOKENIZER_FILE)
    network = new_network(directory, labels, config, featuriser.placeholder_ids)
    network.load(weights)
    return network.to(device).eval()


def _inputs(batch: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    labels, featuriser = schema_labels(), Featuriser(encoder_directory() / TOKENIZER_FILE)
    texts = [SENTENCES[index % len(SENTENCES)] for index in range(batch)]
    plain = [Example(text, CONTEXT, DialogueState(), ((0, len(text), "ask"),), (), "", "test") for text in texts]
    rows = [row_of(e, recognise(e.text, CONTEXT), featuriser, labels, Alignment()) for e in plain]
    made = collate(rows, labels).to(device)
    return made.ids, made.mask, made.marks


def _settle(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()
