"""The training loop, for the product and for benchmarks alike: rows in, the network at its best epoch out."""

import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from nlp.model.config import TrainConfig
from nlp.model.dataset import IGNORED, Batch, Row, collate, shuffled_batches
from nlp.model.decode import Scores, decode
from nlp.model.labels import Labels
from nlp.model.measure import Figures, measure
from nlp.model.network import Network
from nlp.model.runtime import scores_of
from nlp.types import Prediction

Log = Callable[[str], None]
CHECKPOINT = "checkpoint.pt"
BEST = "best.pt"
EVALUATION_BATCH = 128
WARM_STEPS = 10


@dataclass(frozen=True, slots=True)
class Splits:
    """The rows to learn from and those to choose the epoch by; `version` names the data."""

    train: Sequence[Row]
    validation: Sequence[Row]
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


def loss_of(network: Network, batch: Batch, labels: Labels, smoothing: float = 0.0) -> Tensor:
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
    entropy = partial(nn.functional.cross_entropy, reduction="sum", label_smoothing=smoothing)
    total: Tensor = (
        entropy(tags.flatten(0, 1), batch.classes.flatten(), ignore_index=IGNORED)
        + entropy(starts.flatten(0, 1), batch.starts.flatten(), ignore_index=IGNORED)
        + entropy(logits, batch.intents)
    )
    return total / len(batch.ids)


def predictions_of(network: Network, rows: Sequence[Row], labels: Labels, device: torch.device) -> list[Prediction]:
    """What the network in torch says, decoded as at work; in the order of the rows."""
    return [decode(scores, labels) for scores in scores_in(network, rows, labels, device)]


def scores_in(network: Network, rows: Sequence[Row], labels: Labels, device: torch.device) -> list[Scores]:
    """The network's scores of each row, nothing decided yet; in the order of the rows."""
    network.eval()
    order = sorted(range(len(rows)), key=lambda index: len(rows[index].encoded.ids))
    found: dict[int, Scores] = {}
    for at in range(0, len(order), EVALUATION_BATCH):
        chosen = order[at : at + EVALUATION_BATCH]
        batch = collate([rows[index] for index in chosen], labels).to(device)
        with torch.inference_mode(), _autocast(device):
            pieces, whole = (part.cpu().numpy() for part in network(batch.ids, batch.mask, batch.marks))
        for position, index in enumerate(chosen):
            found[index] = scores_of(pieces[position], whole[position], rows[index].encoded.firsts, labels)
    return [found[index] for index in range(len(rows))]


class Mean:
    """The running mean of the parameters over the steps: early steps count less and less (the decay is warmed up)."""

    def __init__(self, parameters: Sequence[nn.Parameter], decay: float) -> None:
        self.parameters, self.decay = list(parameters), decay
        self.held = [parameter.detach().clone() for parameter in parameters] if decay else []

    def take(self, step: int) -> None:
        """One more step's parameters."""
        share = 1 - min(self.decay, step / (step + WARM_STEPS))
        for held, parameter in zip(self.held, self.parameters, strict=False):
            held.lerp_(parameter.detach(), share)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The mean stands in the network meanwhile."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        with torch.no_grad():
            for held, parameter in zip(self.held, self.parameters, strict=False):
                own = parameter.detach().clone()
                parameter.copy_(held)
                held.copy_(own)


class Trainer:
    """One training run: the optimiser, its schedule, early stopping, the best parameters and the checkpoint in `work`.

    `version` names the data: a checkpoint of other data or settings is not resumed. Without validation rows the last epoch
    is the best one.
    """

    def __init__(
        self, config: TrainConfig, splits: Splits, network: Network, labels: Labels, work: Path, log: Log = say
    ) -> None:
        self.config, self.splits, self.network, self.labels, self.work, self.log = (
            config,
            splits,
            network,
            labels,
            work,
            log,
        )
        self.device = next(network.parameters()).device
        self.progress = Progress()
        self.parameters = [parameter for _, parameter in network.trained()]
        self.mean = Mean(self.parameters, config.averaging)
        self.steps = config.epochs * -(-len(splits.train) // config.batch)
        self.optimizer = torch.optim.AdamW(self._groups(), weight_decay=config.weight_decay)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        work.mkdir(parents=True, exist_ok=True)

    def fit(self) -> None:
        """Epochs until the last or until validation has not improved for `patience` of them."""
        self._resume()
        while self.progress.epoch < self.config.epochs and self.progress.waited < self.config.patience:
            loss = self._epoch()
            with self.mean.in_place():
                self._keep(loss, self.figures(self.splits.validation))
            self._checkpoint()

    def restore_best(self) -> None:
        """Put the parameters of the best epoch back into the network, and remove the checkpoint."""
        self._take(torch.load(self.work / BEST, map_location=self.device, weights_only=True))
        (self.work / CHECKPOINT).unlink(missing_ok=True)

    def figures(self, rows: Sequence[Row]) -> Figures:
        return measure(rows, predictions_of(self.network, rows, self.labels, self.device), self.labels)

    def _epoch(self) -> float:
        self.network.train()
        # A source of its own per epoch: a resumed run sees the same batches as an unbroken one.
        source = random.Random(f"{self.config.seed}:{self.progress.epoch}")
        torch.manual_seed(source.getrandbits(32))
        total, count, began = 0.0, 0, time.monotonic()
        batches = list(shuffled_batches(self.splits.train, self.config.batch, source))
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
            loss = loss_of(self.network, batch, self.labels, self.config.smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        self.optimizer.step()
        self.schedule.step()
        self.progress.step += 1
        self.mean.take(self.progress.step)
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
        if exact > progress.best or not self.splits.validation:
            progress.best, progress.waited = exact, 0
            _store(self.work / BEST, self._parameters())
        else:
            progress.waited += 1

    def _groups(self) -> list[dict[str, object]]:
        """The heads learn at a rate of their own where one is set."""
        named = list(self.network.trained())
        encoder = [parameter for name, parameter in named if name.startswith("encoder.")]
        rest = [parameter for name, parameter in named if not name.startswith("encoder.")]
        groups = [(encoder, self.config.lr), (rest, self.config.head_lr or self.config.lr)]
        return [{"params": parameters, "lr": lr} for parameters, lr in groups if parameters]

    def _parameters(self) -> dict[str, Tensor]:
        return {name: parameter.detach() for name, parameter in self.network.trained()}

    def _take(self, stored: dict[str, Tensor]) -> None:
        with torch.no_grad():
            for name, parameter in self.network.trained():
                parameter.copy_(stored[name])

    def _checkpoint(self) -> None:
        progress = self.progress
        state = {
            "key": self._key(),
            "parameters": self._parameters(),
            "mean": self.mean.held,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "progress": [progress.epoch, progress.step, progress.best, progress.waited, progress.history],
        }
        _store(self.work / CHECKPOINT, state)

    def _resume(self) -> None:
        path = self.work / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        if state["key"] != self._key():
            self.log("the checkpoint is of another configuration or of other data; training begins anew")
            return
        self._take(state["parameters"])
        self.mean.held = state["mean"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.progress = Progress(*state["progress"])
        self.log(f"resumed after epoch {self.progress.epoch}")

    def _key(self) -> str:
        return f"{sorted(self.config.as_dict().items())} {self.splits.version} {self.labels.intents} {self.labels.tags}"


def _store(path: Path, state: object) -> None:
    """Whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    torch.save(state, partial)
    partial.replace(path)


def set_seed(seed: int) -> None:
    """Everything that draws at random."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _autocast(device: torch.device) -> AbstractContextManager[object]:
    """bf16 on a GPU; on the CPU it was measured to be slower than fp32."""
    return torch.autocast("cuda", dtype=torch.bfloat16) if device.type == "cuda" else nullcontext()
