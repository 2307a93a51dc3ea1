"""The model in torch, as it is trained: encoder (frozen under LoRA adapters, or whole), placeholder rows, marks, joint heads.

It computes exactly what `nlp.model.graph` computes; a test compares the two.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn
from transformers import BertModel

from nlp.model.config import TrainConfig
from nlp.model.encoder import HIDDEN
from nlp.model.features import MARKS, PLACEHOLDER_KINDS
from nlp.model.labels import Labels
from nlp.model.quiet import quiet_libraries
from nlp.model.weights import ADAPTED, Tensors, Weights
from nlp.types import Kind

LIKE: Mapping[Kind, str] = {
    Kind.NUMBER: "number",
    Kind.PERCENT: "percent",
    Kind.BPS: "percentage",
    Kind.MONEY: "dollars",
    Kind.ADDRESS: "address",
    Kind.BAD_HEX: "wrong",
    Kind.HASH: "hash",
    Kind.ENS: "domain",
    Kind.BAD_NAME: "strange",
    Kind.FUNCTION: "function",
    Kind.PERIOD: "days",
    Kind.TIME: "clock",
    Kind.DATE: "date",
    Kind.URL: "link",
}


class Network(nn.Module):
    """Inputs and outputs as the ONNX graph's: (ids, mask, marks) -> (words, whole)."""

    def __init__(self, encoder: BertModel, labels: Labels, config: TrainConfig, first_row: int) -> None:
        """`first_row`: the vocabulary id of the first placeholder; the others follow it."""
        super().__init__()
        self.encoder = encoder
        self.first_row = first_row
        self.rows = nn.Parameter(torch.zeros(len(PLACEHOLDER_KINDS), HIDDEN))
        self.marks = nn.Linear(len(MARKS), HIDDEN, bias=False)
        self.words = nn.Linear(HIDDEN, HIDDEN)
        self.context = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.labels = nn.Linear(HIDDEN, labels.tag_count + 2)
        self.whole = nn.Linear(HIDDEN, len(labels.intents))
        self.means = nn.Linear(HIDDEN, len(labels.intents), bias=False)
        self.openers = nn.Linear(HIDDEN, len(labels.intents), bias=False)
        self.dropout = nn.Dropout(config.dropout)
        nn.init.zeros_(self.marks.weight)
        if not config.whole:
            _adapt(encoder, config)

    def forward(self, ids: Tensor, mask: Tensor, marks: Tensor) -> tuple[Tensor, Tensor]:
        """Logits per piece (starts, tags, means, openers side by side) and per utterance."""
        embedded = self.embed(ids) + self.marks(marks)
        hidden: Tensor = self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        hidden = self.dropout(hidden)
        opening = hidden[:, :1]
        informed = nn.functional.gelu(self.words(hidden) + self.context(opening))
        pieces = torch.cat([self.labels(informed), self.means(hidden), self.openers(hidden)], dim=-1)
        return pieces.float(), self.whole(opening[:, 0]).float()

    def embed(self, ids: Tensor) -> Tensor:
        """Word embeddings, with the trained rows in place of the placeholders'."""
        index = ids - self.first_row
        placeholder = (index >= 0) & (index < len(self.rows))
        own = nn.functional.embedding(index.clamp(0, len(self.rows) - 1), self.rows)
        base: Tensor = self.encoder.embeddings.word_embeddings(ids)
        return torch.where(placeholder[..., None], own, base)

    def trained(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The trained parameters by the names they have in the weights file."""
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                yield stored_name(name), parameter

    def tensors(self) -> Tensors:
        """The trained parameters as numpy fp32."""
        return {name: parameter.detach().float().cpu().numpy() for name, parameter in self.trained()}

    def load(self, weights: Weights) -> None:
        """Take over stored weights of the same rank and scale."""
        with torch.no_grad():
            for name, parameter in self.trained():
                parameter.copy_(torch.from_numpy(weights.tensors[name]))


def new_network(directory: Path, labels: Labels, config: TrainConfig, placeholder_ids: Mapping[Kind, int]) -> Network:
    """A network over the checked encoder of `directory`; placeholder rows start as a word of like meaning."""
    with quiet_libraries():
        # Dropout inside the encoder doubled the time of an adapters' step on the CPU: there it is left to the heads' input.
        encoder = BertModel.from_pretrained(
            directory,
            add_pooling_layer=False,
            attn_implementation="sdpa",
            hidden_dropout_prob=config.encoder_dropout,
            attention_probs_dropout_prob=config.encoder_dropout,
        )
        encoder.encoder.layer = encoder.encoder.layer[: config.layers]
        ids = [placeholder_ids[kind] for kind in PLACEHOLDER_KINDS]
        if ids != list(range(ids[0], ids[0] + len(ids))):
            raise ValueError("the placeholders' vocabulary ids do not follow one another")
        network = Network(encoder, labels, config, ids[0])
    table = encoder.embeddings.word_embeddings.weight
    vocabulary = {word: index for index, word in enumerate((directory / "vocab.txt").read_text("utf-8").split("\n"))}
    with torch.no_grad():
        network.rows.copy_(table[[vocabulary[LIKE[kind]] for kind in PLACEHOLDER_KINDS]])
    return network


def stored_name(parameter: str) -> str:
    """'encoder.encoder.layer.0.output.dense.lora_A.default.weight' as '0.output.dense.a'."""
    if ".lora_" not in parameter:
        return parameter.removesuffix(".weight") if parameter.startswith(("rows", "marks")) else parameter
    path, _, rest = parameter.partition(".lora_")
    return f"{path.partition('.layer.')[2]}.{rest[0].lower()}"


def _adapt(encoder: BertModel, config: TrainConfig) -> None:
    encoder.requires_grad_(False)
    targets = [f"encoder.layer.{layer}.{name}" for layer in range(config.layers) for name in ADAPTED]
    adapters = LoraConfig(r=config.rank, lora_alpha=config.alpha, target_modules=targets)
    inject_adapter_in_model(adapters, encoder)
