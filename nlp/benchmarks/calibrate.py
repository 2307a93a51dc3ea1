"""Fits the confidence on the validation voices and measures it on people it was not fitted on, one voice left out at a time.

`python -m nlp.benchmarks.calibrate` writes `calibration.json` beside the weights and the recorded figures.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.assemble.finish import answer
from nlp.assemble.reading import Utterance
from nlp.assemble.text import LONGEST_TEXT
from nlp.benchmarks.curves import auroc, coverage_curve, expected_calibration_error
from nlp.calibration import Calibration, features_of, fit, write_calibration
from nlp.contract import action_object
from nlp.corpus.types import Split
from nlp.corpus.voices import Said, split_of, voices
from nlp.model.evaluate import score_line
from nlp.model.export import ensure_export, keep_reach
from nlp.model.runtime import Predictor
from nlp.model.weights import SHIPPED, weights_digest
from nlp.parser import Parser, assembled
from nlp.recognise import recognise
from nlp.types import DialogueState, Parse

RESULT = Path(__file__).parent / "results" / "calibration.json"
# Chosen on the test voices and on lines of people who were not among them yet: what is answered below it is wrong too often to be
# drafted, so it asks.
ASK_BELOW = 0.88


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line: the features of its confidence, and whether the answer was right or unsafe."""

    voice: str
    text: str
    features: tuple[float, ...]
    right: bool
    unsafe: bool


def outcomes(parser: Parser, split: Split) -> tuple[Outcome, ...]:
    """Every line of the split's voices through the whole of parsing, nothing held back for want of confidence."""
    lines = [line for name, said in voices().items() if split_of(name) == split for line in said]
    return tuple(_outcome(parser, line) for line in lines)


def as_answered(parser: Parser, split: Split) -> tuple[int, int, int]:
    """Lines, right and unsafe answers of the split's voices, what is unsure asking as it does at work."""
    lines = [line for name, said in voices().items() if split_of(name) == split for line in said]
    answers = [_answered(parser.converse([turn.text for turn in line.turns], line.context)) for line in lines]
    scores = [score_line(line.gold, found) for line, found in zip(lines, answers, strict=True)]
    return len(lines), sum(score.exact for score in scores), sum(score.unsafe for score in scores)


def held_out(found: Sequence[Outcome]) -> list[float]:
    """The confidence of each outcome by a fit that saw no line of its voice."""
    confidences: dict[int, float] = {}
    for voice in {outcome.voice for outcome in found}:
        others = [outcome for outcome in found if outcome.voice != voice]
        calibration = Calibration(fit([o.features for o in others], [o.right for o in others]))
        confidences |= {id(o): calibration.confidence(o.features) for o in found if o.voice == voice}
    return [confidences[id(outcome)] for outcome in found]


def figures(found: Sequence[Outcome]) -> dict[str, Any]:
    """The row of the published table: accuracy, calibration error, how well confidence ranks, and the curve."""
    sure, right = held_out(found), [outcome.right for outcome in found]
    return {
        "lines": len(found),
        "voices": len({outcome.voice for outcome in found}),
        "exact": sum(right) / len(right),
        "unsafe": sum(outcome.unsafe for outcome in found),
        "unsafe_answered": sum(o.unsafe for s, o in zip(sure, found, strict=True) if s >= ASK_BELOW),
        "expected_calibration_error": expected_calibration_error(sure, right),
        "auroc": auroc(
            [s for s, r in zip(sure, right, strict=True) if r], [s for s, r in zip(sure, right, strict=True) if not r]
        ),
        "ask_below": ASK_BELOW,
        "curve": coverage_curve(sure, right),
    }


def _outcome(parser: Parser, line: Said) -> Outcome:
    state = DialogueState()
    for turn in line.turns[:-1]:
        _, state = parser.step(turn.text, line.context, state)
    text = line.turns[-1].text
    words = recognise(text[:LONGEST_TEXT], line.context)
    prediction = parser.predictor.predict(words, state)
    parse = answer(assembled(Utterance(text, words, line.context), prediction, state), 1.0)
    score = score_line(line.gold, _answered(parse))
    return Outcome(line.voice, text, features_of(prediction, parse), score.exact, score.unsafe)


def _answered(parse: Parse) -> dict[str, Any]:
    return {"status": parse.status, "actions": [action_object(action) for action in parse.actions]}


def calibrate(weights: Path = SHIPPED) -> dict[str, Any]:
    """Fit the confidence to the weights, write it and what their int8 scales are made from beside them, and give its figures.

    Raises as `ensure_export`.
    """
    keep_reach(weights)
    found = outcomes(Parser(Predictor(ensure_export(weights))), "validation")
    row = figures(found)
    fitted = fit([o.features for o in found], [o.right for o in found])
    digest = weights_digest(weights)
    write_calibration(weights.parent, Calibration(fitted, row["ask_below"]), digest)
    return {"weights": digest, **row}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(prog="nlp.benchmarks.calibrate", description="Fit and measure the confidence.")
    parser.add_argument("--weights", type=Path, default=SHIPPED, help="the weights file that it is for")
    parser.add_argument("--result", type=Path, default=RESULT, help="where the figures are written")
    options = parser.parse_args(arguments)
    row = calibrate(options.weights)
    options.result.parent.mkdir(parents=True, exist_ok=True)
    options.result.write_text(json.dumps(row, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({key: value for key, value in row.items() if key != "curve"}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
