"""Trains adapters and heads on the corpus, keeps the best on unseen skeletons, and writes weights, card and report.

`python -m nlp.model.train --size 40000 --epochs 6`. Needs no GPU; uses one where there is one.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from nlp.corpus.types import Example
from nlp.model.card import write_card
from nlp.model.config import TrainConfig
from nlp.model.dataset import IGNORED, Alignment, Batch, Row, collate, data_version, rows_of, shuffled_batches
from nlp.model.decode import decode
from nlp.model.encoder import encoder_directory
from nlp.model.export import TOKENIZER_FILE
from nlp.model.features import Featuriser
from nlp.model.labels import Labels, schema_labels
from nlp.model.measure import Figures, measure
from nlp.model.network import Network, new_network
from nlp.model.runtime import scores_of
from nlp.model.weights import SHIPPED, Weights, read_weights, write_weights
from nlp.types import Prediction

Log = Callable[[str], None]
CHECKPOINT = "checkpoint.pt"
BEST = "best.safetensors"
EVALUATION_BATCH = 128


@dataclass(slots=True)
class Data:
    """The rows of each split and what is known of them."""

    train: list[Row]
    validation: list[Row]
    test: list[Row]
    alignment: Alignment
    version: str


@dataclass(slots=True)
class Progress:
    """How far a run has come; kept in the checkpoint."""

    epoch: int = 0
    step: int = 0
    best: float = -1.0
    waited: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def say(line: str) -> None:
    """Progress goes to stderr."""
    print(line, file=sys.stderr, flush=True)


def train(
    config: TrainConfig, examples: Iterable[Example], work: Path, output: Path = SHIPPED, log: Log = say
) -> dict[str, object]:
    """Train on the examples' own splits and write `output` with its card; the report.

    `work` holds the checkpoint: the same call after an interruption resumes from the last whole epoch.
    Raises EncoderMissing, EncoderAltered.
    """
    started = time.monotonic()
    torch.set_num_threads(config.threads)
    _seed(config.seed)
    directory, labels = encoder_directory(), schema_labels()
    featuriser = Featuriser(directory / TOKENIZER_FILE)
    data = prepare(examples, featuriser, labels, config.limit)
    log(f"{len(data.train)} examples to train, {len(data.validation)} to validate, {len(data.test)} to test")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = new_network(directory, labels, config, featuriser.placeholder_ids).to(device)
    for folder in (work, output.parent):
        folder.mkdir(parents=True, exist_ok=True)
    run = _Run(config, data, network, labels, device, work, log)
    run.fit()
    best = read_weights(work / BEST)
    network.load(best)
    report = _report(config, data, run, labels, time.monotonic() - started)
    write_weights(output, best)
    write_card(output.parent, report)
    (work / CHECKPOINT).unlink(missing_ok=True)
    return report


def prepare(examples: Iterable[Example], featuriser: Featuriser, labels: Labels, limit: int = 0) -> Data:
    """Align every example; `limit` cuts the training rows for a trial."""
    alignment = Alignment()
    kept = list(examples)
    rows: dict[str, list[Row]] = {"train": [], "validation": [], "test": []}
    for row in rows_of(kept, featuriser, labels, alignment):
        rows[row.split].append(row)
    train_rows = rows["train"][:limit] if limit else rows["train"]
    return Data(train_rows, rows["validation"], rows["test"], alignment, data_version(kept))


def loss_of(network: Network, batch: Batch, labels: Labels) -> Tensor:
    """The negative log likelihood of whole utterances: all borders, tags and intents of a row, mean over the rows."""
    pieces, whole = network(batch.ids, batch.mask, batch.marks)
    index = batch.firsts[..., None].expand(-1, -1, pieces.shape[-1])
    words = pieces.gather(1, index)
    tags_end, intents = 2 + labels.tag_count, len(labels.intents)
    starts, tags = words[..., :2], words[..., 2:tags_end]
    means, openers = words[..., tags_end : tags_end + intents], words[..., tags_end + intents :]
    rows = batch.segment_rows
    mean = torch.einsum("sn,sni->si", batch.segment_words, means[rows])
    logits = whole[rows] + mean + openers[rows, batch.segment_firsts]
    entropy = nn.functional.cross_entropy
    total: Tensor = (
        entropy(tags.flatten(0, 1), batch.classes.flatten(), ignore_index=IGNORED, reduction="sum")
        + entropy(starts.flatten(0, 1), batch.starts.flatten(), ignore_index=IGNORED, reduction="sum")
        + entropy(logits, batch.intents, reduction="sum")
    )
    return total / len(batch.ids)


def predictions_of(network: Network, rows: Sequence[Row], labels: Labels, device: torch.device) -> list[Prediction]:
    """What the network in torch says, decoded as at work; in the order of the rows."""
    network.eval()
    order = sorted(range(len(rows)), key=lambda index: len(rows[index].encoded.ids))
    found: dict[int, Prediction] = {}
    for at in range(0, len(order), EVALUATION_BATCH):
        chosen = order[at : at + EVALUATION_BATCH]
        batch = collate([rows[index] for index in chosen], labels).to(device)
        with torch.inference_mode(), _autocast(device):
            pieces, whole = (part.cpu().numpy() for part in network(batch.ids, batch.mask, batch.marks))
        for position, index in enumerate(chosen):
            scores = scores_of(pieces[position], whole[position], rows[index].encoded.firsts, labels)
            found[index] = decode(scores, labels)
    return [found[index] for index in range(len(rows))]


class _Run:
    """One training run: the optimiser, its schedule, early stopping and the checkpoint."""

    def __init__(
        self,
        config: TrainConfig,
        data: Data,
        network: Network,
        labels: Labels,
        device: torch.device,
        work: Path,
        log: Log,
    ) -> None:
        self.config, self.data, self.network, self.labels = config, data, network, labels
        self.device, self.work, self.log = device, work, log
        self.progress = Progress()
        self.parameters = [parameter for _, parameter in network.trained()]
        self.steps = config.epochs * -(-len(data.train) // config.batch)
        self.optimizer = torch.optim.AdamW(self.parameters, lr=config.lr, weight_decay=config.weight_decay)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)

    def fit(self) -> None:
        """Epochs until the last or until validation has not improved for `patience` of them."""
        self._resume()
        while self.progress.epoch < self.config.epochs and self.progress.waited < self.config.patience:
            loss = self._epoch()
            figures = self.figures(self.data.validation)
            self._keep(loss, figures)

    def figures(self, rows: Sequence[Row]) -> Figures:
        return measure(rows, predictions_of(self.network, rows, self.labels, self.device), self.labels)

    def _epoch(self) -> float:
        self.network.train()
        # A source of its own per epoch: a resumed run sees the same batches as an unbroken one.
        source = random.Random(f"{self.config.seed}:{self.progress.epoch}")
        torch.manual_seed(source.getrandbits(32))
        total, count, began = 0.0, 0, time.monotonic()
        batches = list(shuffled_batches(self.data.train, self.config.batch, source))
        for rows in batches:
            total += self._step(rows, source)
            count += 1
            if count % 50 == 0 or count == len(batches):
                pace = (time.monotonic() - began) / count
                self.log(
                    f"epoch {self.progress.epoch + 1}/{self.config.epochs}  step {count}/{len(batches)}  "
                    f"loss {total / count:.3f}  {pace:.2f} s a step, {pace * (len(batches) - count):.0f} s left of it"
                )
        return total / max(count, 1)

    def _step(self, rows: Sequence[Row], source: random.Random) -> float:
        batch = collate(rows, self.labels, self.config.mark_dropout, source).to(self.device)
        with _autocast(self.device):
            loss = loss_of(self.network, batch, self.labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        self.optimizer.step()
        self.schedule.step()
        self.progress.step += 1
        return float(loss.detach())

    def _rate(self, step: int) -> float:
        warm = max(1, int(self.steps * self.config.warmup))
        return min((step + 1) / warm, max(0.0, (self.steps - step) / max(1, self.steps - warm)))

    def _keep(self, loss: float, figures: Figures) -> None:
        shown = figures.as_dict()
        exact = figures.exact / max(figures.rows, 1)
        progress = self.progress
        progress.epoch += 1
        progress.history.append(
            {"epoch": progress.epoch, "loss": round(loss, 4), "exact": exact, "slot_f1": figures.slots.f1}
        )
        self.log(
            f"after epoch {progress.epoch}: validation exact {shown['exact']}, intents {shown['intents']}, "
            f"segment F1 {shown['segment_f1']}, slot F1 {shown['slot_f1']}"
        )
        if exact > progress.best:
            progress.best, progress.waited = exact, 0
            write_weights(self.work / BEST, self._weights())
        else:
            progress.waited += 1
        self._checkpoint()

    def _weights(self) -> Weights:
        origin = {"data": self.data.version, "seed": str(self.config.seed), "epoch": str(self.progress.epoch)}
        return Weights(self.network.tensors(), self.labels, self.config.scale, origin)

    def _checkpoint(self) -> None:
        progress = self.progress
        state = {
            "key": self._key(),
            "parameters": {name: parameter.detach() for name, parameter in self.network.trained()},
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "progress": [progress.epoch, progress.step, progress.best, progress.waited, progress.history],
        }
        partial = self.work / f"{CHECKPOINT}.partial"
        torch.save(state, partial)
        partial.replace(self.work / CHECKPOINT)

    def _resume(self) -> None:
        path = self.work / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["key"] != self._key():
            self.log("the checkpoint is of another configuration or corpus; training begins anew")
            return
        with torch.no_grad():
            for name, parameter in self.network.trained():
                parameter.copy_(state["parameters"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.progress = Progress(*state["progress"])
        self.log(f"resumed after epoch {self.progress.epoch}")

    def _key(self) -> str:
        return f"{sorted(self.config.as_dict().items())} {self.data.version} {self.labels.intents} {self.labels.tags}"


def _report(config: TrainConfig, data: Data, run: _Run, labels: Labels, seconds: float) -> dict[str, object]:
    from nlp.corpus.build import data_version as corpus_version

    return {
        "config": config.as_dict(),
        "corpus_version": corpus_version(),
        "data_version": data.version,
        "rows": {"train": len(data.train), "validation": len(data.validation), "test": len(data.test)},
        "distinct_skeletons": len({row.skeleton for row in (*data.train, *data.validation, *data.test)}),
        "alignment": data.alignment.counts(),
        "trained_parameters": sum(parameter.numel() for parameter in run.parameters),
        "epochs": run.progress.history,
        "validation": run.figures(data.validation).as_dict(),
        "test": run.figures(data.test).as_dict(),
        "device": run.device.type,
        "torch": str(torch.__version__),
        "seconds": round(seconds),
    }


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _autocast(device: torch.device) -> AbstractContextManager[object]:
    """bf16 on a GPU; on the CPU it was measured to be slower than fp32."""
    return torch.autocast("cuda", dtype=torch.bfloat16) if device.type == "cuda" else nullcontext()


def corpus_examples(seed: int, size: int) -> Iterator[Example]:
    """`size` training examples of the corpus, and a tenth of that for validation and for test each."""
    from nlp.corpus.build import examples

    yield from examples(seed, size, "train")
    yield from examples(seed, size // 10, "validation")
    yield from examples(seed, size // 10, "test")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    defaults = TrainConfig()
    parser = argparse.ArgumentParser(prog="nlp.model.train", description="Train the adapters and heads on the corpus.")
    parser.add_argument("--size", type=int, default=40_000, help="training examples to draw from the corpus")
    parser.add_argument("--output", type=Path, default=SHIPPED, help="the weights file to write")
    parser.add_argument("--work", type=Path, default=Path(".cache/train"), help="where the checkpoint is kept")
    for name, value in defaults.as_dict().items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    options = vars(parser.parse_args(arguments))
    config = TrainConfig.from_options(options)
    train(config, corpus_examples(config.seed, options["size"]), options["work"], options["output"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
