"""Learns from corrections: the standing weights trained on with them and a replay of the corpus, or refused.

New weights stand only where they answer the unheard voices as well as the old ones and no more of them unsafely. Where the
whole way goes too far, part of it may still do: the weights between old and new are tried (Wortsman et al., 2022).
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from random import Random

from nlp.benchmarks.calibrate import calibrate, outcomes
from nlp.contract import action_object
from nlp.corpus import build, voices
from nlp.corpus.revoice import revoiced
from nlp.corpus.taught import Meant
from nlp.corpus.types import Example
from nlp.model.config import TrainConfig
from nlp.model.export import ensure_export, keep_reach
from nlp.model.reach import REACH_FILE
from nlp.model.runtime import Predictor
from nlp.model.train import train
from nlp.model.trainer import Log, say
from nlp.model.weights import Weights, read_weights, write_weights
from nlp.parser import Parser

Correction = tuple[Example, Meant]
"""A sentence with labels, and the actions that it means as the contract writes them."""
SETTINGS = TrainConfig(epochs=2, lr=3e-4, patience=2)
REPLAYED = 6_000
HEARD_AGAIN = 12
SHARES = (1.0, 0.5, 0.25, 0.1)
CANDIDATE = "candidate.safetensors"


@dataclass(frozen=True, slots=True)
class Held:
    """What weights do with people whom they never heard: lines in all, right, unsafe; and how many corrections they get right."""

    lines: int
    exact: int
    unsafe: int
    corrected: int

    def no_worse_than(self, other: "Held") -> bool:
        """Whether as many lines are right, and no more unsafe."""
        return self.exact >= other.exact and self.unsafe <= other.unsafe


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of learning. `share` of the way from old to new weights was kept: 0 where the new ones were refused."""

    corrections: int
    before: Held
    after: Held
    share: float


def learn(
    corrections: Sequence[Correction],
    start: Path,
    work: Path,
    output: Path,
    *,
    config: TrainConfig = SETTINGS,
    replayed: int = REPLAYED,
    log: Log = say,
) -> Lesson:
    """Train `start` on with the corrections; where the new weights are good enough they are written to `output`, calibrated.

    Nothing is written where they are refused. Raises WeightsUnfit, EncoderMissing, EncoderAltered.
    """
    old, candidate = read_weights(start), work / CANDIDATE
    rank = len(old.tensors["0.attention.self.query.a"])
    config = replace(config, rank=rank, alpha=round(old.scale * rank))
    before = held(start, corrections)
    log(f"before: {before.exact} of {before.lines} held-out lines right, {before.unsafe} unsafe")
    train(config, lessons(corrections, config.seed, replayed), work, candidate, log, start=old)
    new = read_weights(candidate)
    after = before
    for share in SHARES:
        write_weights(candidate, between(old, new, share))
        keep_reach(candidate)
        after = held(candidate, corrections)
        log(f"{share:.0%} of the way: {after.exact} of {after.lines} right, {after.unsafe} unsafe")
        if after.no_worse_than(before) and after.corrected >= before.corrected:
            output.parent.mkdir(parents=True, exist_ok=True)
            write_weights(output, between(old, new, share))
            shutil.copyfile(work / REACH_FILE, output.parent / REACH_FILE)
            calibrate(output)
            return Lesson(len(corrections), before, after, share)
    return Lesson(len(corrections), before, after, 0.0)


def lessons(corrections: Sequence[Correction], seed: int, replayed: int) -> Iterator[Example]:
    """The corrections, as they were said and with other values in them, among what the weights were made from."""
    rng = Random(f"feedback:{seed}")
    said = [example for example, _ in corrections]
    again = (revoiced(example, rng) for example in said for _ in range(HEARD_AGAIN - 1))
    yield from chain(said, again, build.examples(seed, replayed, "train"))
    for split in ("train", "validation", "test"):
        yield from voices.examples(split)


def between(old: Weights, new: Weights, share: float) -> Weights:
    """The weights that lie `share` of the way from old to new."""
    tensors = {name: (1 - share) * old.tensors[name] + share * new.tensors[name] for name in old.tensors}
    return replace(new, tensors=tensors)


def held(weights: Path, corrections: Sequence[Correction]) -> Held:
    """The figures of weights over the voices that training never hears, through the whole of parsing."""
    parser = Parser(Predictor(ensure_export(weights)))
    found = [*outcomes(parser, "validation"), *outcomes(parser, "test")]
    right = sum(_is_right(parser, correction) for correction in corrections)
    return Held(len(found), sum(o.right for o in found), sum(o.unsafe for o in found), right)


def _is_right(parser: Parser, correction: Correction) -> bool:
    example, meant = correction
    return [action_object(action) for action in parser.parse(example.text, example.context).actions] == list(meant)
