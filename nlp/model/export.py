"""Makes the ONNX export that parsing runs on: once per weights, kept under SAYSO_CACHE. `python -m nlp.model.export`."""

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from nlp.model.weights import SHIPPED, Tensors, Weights, read_weights, second_of, weights_digest

if TYPE_CHECKING:
    from onnx import ModelProto

    from nlp.model.features import Featuriser
    from nlp.model.reach import Reach

EXPORT_VERSION = "5"

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"


def cache_directory() -> Path:
    """SAYSO_CACHE, else sayso/ in the user's cache folder."""
    own = os.environ.get("SAYSO_CACHE", "")
    if own:
        return Path(own).expanduser()
    general = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(general) if general else Path.home() / ".cache") / "sayso"


def export_directory(weights: Path = SHIPPED) -> Path:
    """Where the export of these weights is or will be. Raises WeightsUnfit where there are no weights."""
    return cache_directory() / "model" / f"{weights_digest(weights)[:20]}-{EXPORT_VERSION}"


def ensure_export(weights: Path = SHIPPED) -> Path:
    """The folder with model.onnx and tokenizer.json, made now (with a line on stderr) where it is not there yet.

    Raises WeightsUnfit, EncoderMissing or EncoderAltered.
    """
    directory = export_directory(weights)
    if not (directory / MODEL_FILE).is_file():
        print("preparing the language model (once, a few seconds) ...", file=sys.stderr, flush=True)
        _make(weights, directory)
    return directory


def _make(weights_file: Path, directory: Path) -> None:
    """Write beside the target and rename, so that an interrupted or parallel export leaves nothing half made."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=directory.parent))
    try:
        write_export(weights_file, partial)
        _move(partial, directory)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _move(partial: Path, directory: Path) -> None:
    try:
        partial.rename(directory)
    except OSError:
        if not (directory / MODEL_FILE).is_file():
            raise


def write_export(weights_file: Path, directory: Path, *, whole: bool = False) -> None:
    """Merge the adapters into the checked encoder and write tokenizer and graph, the second reader's, too, where there is one:
    int8 products, or all in fp32 (`whole`).

    Raises as `ensure_export`.
    """
    from nlp.model.encoder import encoder_directory

    shutil.copyfile(encoder_directory() / TOKENIZER_FILE, directory / TOKENIZER_FILE)
    second = second_of(weights_file)
    model = _graph(weights_file, whole=whole)
    if second is not None:
        from nlp.model.both import either

        model = either(model, _graph(second, whole=whole))
    (directory / MODEL_FILE).write_bytes(model.SerializeToString())


def keep_reach(weights_file: Path) -> None:
    """Measure what the int8 scales are made from, where that was not done yet, and keep it beside the weights (both readers').

    Raises as `ensure_export`.
    """
    from nlp.model.reach import kept_reach, write_reach

    for file in (weights_file, second_of(weights_file)):
        if file is not None and kept_reach(file) is None:
            write_reach(file, _measured(_Source.of(file)))


@dataclass(frozen=True, slots=True)
class _Source:
    """What a graph is built from."""

    encoder: Tensors
    weights: Weights
    featuriser: "Featuriser"

    @classmethod
    def of(cls, weights_file: Path) -> Self:
        from safetensors.numpy import load_file

        from nlp.model.encoder import WEIGHTS_FILE, encoder_directory
        from nlp.model.features import Featuriser

        directory = encoder_directory()
        weights, featuriser = read_weights(weights_file), Featuriser(directory / TOKENIZER_FILE)
        return cls(load_file(directory / WEIGHTS_FILE), weights, featuriser)

    def graph(self, reach: "Reach | None" = None) -> "ModelProto":
        from nlp.model.features import PLACEHOLDER_KINDS
        from nlp.model.graph import build_graph

        rows = tuple(self.featuriser.placeholder_ids[kind] for kind in PLACEHOLDER_KINDS)
        return build_graph(self.encoder, self.weights, rows, reach)


def _graph(weights_file: Path, *, whole: bool) -> "ModelProto":
    from nlp.model.reach import kept_reach

    source = _Source.of(weights_file)
    if whole:
        return source.graph()
    kept = kept_reach(weights_file)
    return source.graph(_measured(source) if kept is None else kept)


def _measured(source: _Source) -> "Reach":
    from nlp.model.reach import measured_reach

    return measured_reach(source.graph(), source.weights.layers, source.featuriser)


def main() -> int:
    """Make the export of the shipped weights where it is missing; the exit code."""
    from nlp.errors import NlpError

    try:
        ensure_export()
    except NlpError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
