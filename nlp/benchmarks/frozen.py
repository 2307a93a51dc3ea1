"""The row beside a trained benchmark: the base encoder as it is, its mean vector of a sentence, and a linear layer on it.

Logistic regression with an L2 penalty chosen on dev, or on a tenth of training where there is no dev.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from nlp.benchmarks.curves import auroc
from nlp.benchmarks.datasets import Dataset, Labelled
from nlp.model.decode import Floats
from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE
from nlp.model.quiet import quiet_libraries

PENALTIES = (1e-7, 1e-6, 3e-6, 1e-5, 1e-4)
BATCH = 128
ROUNDS = 200
TENTH = 10


@dataclass(frozen=True, slots=True)
class Part:
    """Sentences as vectors [rows, hidden] of length one, and their intents by number."""

    vectors: Tensor
    intents: Tensor


@dataclass(frozen=True, slots=True)
class Frozen:
    """The linear layer's logits by split ('dev', 'test', 'outside_dev', 'outside'), and the penalty that it was fitted with."""

    logits: Mapping[str, Floats]
    penalty: float


def frozen_logits(dataset: Dataset) -> Frozen:
    """The layer fitted on the training lines, at work on the others. Raises EncoderMissing."""
    number = {intent: index for index, intent in enumerate(dataset.intents)}
    train = _part(dataset.train, number)
    held = _part(dataset.dev, number) if dataset.dev else _every(train, TENTH, kept=True)
    fitted_on = train if dataset.dev else _every(train, TENTH, kept=False)
    penalty = max(PENALTIES, key=lambda p: _accuracy(fit(fitted_on, len(number), p), held))
    layer = fit(train, len(number), penalty)
    splits = {"dev": dataset.dev, "test": dataset.test, "outside_dev": dataset.outside_dev, "outside": dataset.outside}
    with torch.no_grad():
        logits = {
            name: layer(_vectors([line.words for line in lines])).numpy() for name, lines in splits.items() if lines
        }
    return Frozen(logits, penalty)


def frozen_figures(dataset: Dataset, found: Frozen | None = None) -> dict[str, float]:
    """Intent accuracy in percent on test; where there are out-of-scope lines, the AUROC of energy. Raises EncoderMissing."""
    found = found or frozen_logits(dataset)
    number = {intent: index for index, intent in enumerate(dataset.intents)}
    meant = np.array([number[line.intent] for line in dataset.test])
    right = found.logits["test"].argmax(axis=1) == meant
    figures = {"intent": 100 * float(right.mean()), "penalty": found.penalty}
    if dataset.outside:
        inside, outside = (list(np.logaddexp.reduce(found.logits[name], axis=1)) for name in ("test", "outside"))
        figures["auroc"] = auroc(inside, outside)
    return figures


def fit(part: Part, classes: int, penalty: float) -> nn.Linear:
    """A linear layer that makes the intents likeliest, found by L-BFGS."""
    torch.manual_seed(0)
    layer = nn.Linear(part.vectors.shape[1], classes)
    nn.init.zeros_(layer.weight)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=ROUNDS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(layer(part.vectors), part.intents) + penalty * layer.weight.pow(2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return layer


def _part(lines: Sequence[Labelled], number: dict[str, int]) -> Part:
    vectors = _vectors([line.words for line in lines])
    return Part(vectors, torch.tensor([number[line.intent] for line in lines]))


def _every(part: Part, step: int, *, kept: bool) -> Part:
    chosen = (torch.arange(len(part.intents)) % step == 0) == kept
    return Part(part.vectors[chosen], part.intents[chosen])


def _vectors(sentences: Sequence[Sequence[str]]) -> Tensor:
    """Mean of the last layer over the pieces, scaled to length one (Reimers and Gurevych, 2019)."""
    from tokenizers import Tokenizer
    from transformers import BertModel

    directory = encoder_directory()
    tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
    tokenizer.enable_padding()
    with quiet_libraries():
        model = BertModel.from_pretrained(directory, add_pooling_layer=False).eval()
    found = []
    for at in range(0, len(sentences), BATCH):
        encoded = tokenizer.encode_batch([" ".join(words) for words in sentences[at : at + BATCH]])
        ids, mask = (torch.tensor([getattr(e, name) for e in encoded]) for name in ("ids", "attention_mask"))
        with torch.inference_mode():
            hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        found.append(nn.functional.normalize(mean, dim=1).clone())
    return torch.cat(found)


def _accuracy(layer: nn.Linear, part: Part) -> float:
    with torch.no_grad():
        return float((layer(part.vectors).argmax(1) == part.intents).float().mean())
