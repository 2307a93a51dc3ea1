"""The model card beside the weights: card.json for programs and README.md for people, both from the training report."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlp.model.encoder import ENCODER_NAME, ENCODER_SHA256, LAYERS

CARD_FILE = "card.json"
README_FILE = "README.md"


def write_card(directory: Path, report: Mapping[str, Any]) -> None:
    """Write both files. The report is what `train` returns."""
    card = {"encoder": {"name": ENCODER_NAME, "sha256": ENCODER_SHA256}, **report}
    (directory / CARD_FILE).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (directory / README_FILE).write_text(_readme(report), encoding="utf-8")


FIRST_FOR = (
    "**For:** reading short English requests to a wallet as the parse contract says. **Not for:** deciding anything alone:",
    "the model only picks intents and labels words; values are parsed from the user's own words by code.",
)
SECOND_FOR = (
    "**For:** saying how likely it finds the first reader's labels, where that one is not quite sure. **Not for:** labelling:",
    "no label is ever its own.",
)


def read_card(directory: Path) -> dict[str, Any]:
    """What card.json holds."""
    card: dict[str, Any] = json.loads((directory / CARD_FILE).read_text(encoding="utf-8"))
    return card


def _readme(report: Mapping[str, Any]) -> str:
    config, rows = report["config"], report["rows"]
    layers = config.get("layers", LAYERS)
    second = layers < LAYERS
    lines = [
        "# The second reader's weights" if second else "# The model's weights",
        "",
        "`sayso.safetensors` holds what was trained (fp16): LoRA adapters on every linear layer of the encoder's",
        f"{'first ' if second else ''}{layers} layers, placeholder rows, marks, and the joint heads for segments, intents and slot tags. The encoder itself is",
        f"{ENCODER_NAME}, checked by its SHA-256 and not changed.",
        "",
        *(SECOND_FOR if second else FIRST_FOR),
        "**Trained on:** the grammar and the written voices of `nlp/corpus` alone: invented utterances, no user data.",
        "",
        f"Made by `sayso train{' --second' if second else ''}`; the whole report is in `card.json`.",
        "",
        "| | |",
        "| --- | --- |",
        f"| corpus and data version | `{report['corpus_version']}`, `{report['data_version'][:16]}` |",
        f"| examples | {rows['train']} to train, {rows['validation']} to validate, {rows['test']} to test |",
        f"| distinct skeletons drawn | {report['distinct_skeletons']} |",
        f"| configuration | rank {config['rank']}, alpha {config['alpha']}, {len(report['epochs'])} epochs, "
        f"batch {config['batch']}, peak rate {config['lr']}, seed {config['seed']} |",
        f"| trained parameters | {report['trained_parameters']} |",
        f"| took | {report['seconds']} s on {report['device']} |",
        "",
        "Validation and test are people (voices) of whom training never heard a sentence; validation chose the epoch.",
        "",
        *_table(report),
    ]
    return "\n".join(lines) + "\n"


def _table(report: Mapping[str, Any]) -> list[str]:
    head = ["| | whole utterance | intents | segment F1 | slot F1 |", "| --- | --- | --- | --- | --- |"]
    names = ("exact", "intents", "segment_f1", "slot_f1")
    return head + [
        f"| {split} | " + " | ".join(f"{report[split][name]:.3f}" for name in names) + " |"
        for split in ("validation", "test")
    ]
