"""The runtime: the exported graph says what the torch network says, without torch, and whatever the batch."""

import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from nlp.corpus import voices
from nlp.errors import EncoderAltered, EncoderMissing, WeightsUnfit
from nlp.model import export
from nlp.model.config import TrainConfig
from nlp.model.encoder import NEEDED, WEIGHTS_FILE, check_encoder, encoder_directory
from nlp.model.export import MODEL_FILE, ensure_export, export_directory
from nlp.model.features import batched
from nlp.model.labels import schema_labels
from nlp.model.network import new_network
from nlp.model.runtime import Predictor, _logits
from nlp.model.weights import SHIPPED, random_weights, read_weights, write_weights
from nlp.recognise import recognise
from nlp.types import Action, Context, DialogueState, Prediction, Word

RANK = 4
SENTENCES = (
    "swap half my eth for usdc then send 20 usdc to bob.eth",
    "gas?",
    "SEND 0x52908400098527886E0F7030069857D2E4169EE7 $50 OF DAI every friday at 9am",
    "what is my balance",
)
EMPTY = DialogueState()
AFTER = DialogueState(pending=(Action("transfer"),), missing=("recipient",))


@pytest.fixture(scope="module")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    write_weights(path, random_weights(3, RANK))
    return path


@pytest.fixture(scope="module")
def exported(weights_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("export")
    export.write_export(weights_file, directory, whole=True)
    return directory


@pytest.fixture(scope="module")
def predictor(exported: Path) -> Predictor:
    return Predictor(exported)


def asked() -> list[tuple[tuple[Word, ...], DialogueState]]:
    return [(recognise(text, Context()), state) for text in SENTENCES for state in (EMPTY, AFTER)]


def test_the_graph_computes_what_the_network_computes(predictor: Predictor, weights_file: Path) -> None:
    labels, config = schema_labels(), TrainConfig(rank=RANK, alpha=RANK)
    featuriser = predictor._featuriser
    network = new_network(encoder_directory(), labels, config, featuriser.placeholder_ids)
    network.load(read_weights(weights_file))
    network.eval()
    rows = [featuriser.encode(words, state) for words, state in asked()]
    arrays = batched(rows)

    words, whole = _logits(predictor._session, arrays)
    with torch.inference_mode():
        tensors = (torch.from_numpy(arrays.ids).long(), torch.from_numpy(arrays.mask), torch.from_numpy(arrays.marks))
        expected_words, expected_whole = (part.numpy() for part in network(*tensors))

    for index, row in enumerate(rows):
        np.testing.assert_allclose(words[index, : len(row.ids)], expected_words[index, : len(row.ids)], atol=2e-3)
    np.testing.assert_allclose(whole, expected_whole, atol=2e-3)
    assert np.abs(expected_words).max() > 1.0, "the comparison must be of something"


def test_a_batch_says_of_each_what_it_says_of_it_alone(predictor: Predictor) -> None:
    together = predictor.predict_batch(asked() * 20)

    for (words, state), found in zip(asked(), together, strict=False):
        alone = predictor.predict(words, state)
        assert shape(alone) == shape(found)
        assert found.evidence == pytest.approx(alone.evidence, rel=1e-2, abs=1e-3)


def shape(prediction: Prediction) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    return (
        [(segment.intent, segment.first, segment.last) for segment in prediction.segments],
        [(span.tag, span.first, span.last) for span in prediction.spans],
    )


def test_the_state_of_the_conversation_reaches_the_model(predictor: Predictor) -> None:
    words = recognise("to bob", Context())

    assert predictor.predict(words, EMPTY).evidence != predictor.predict(words, AFTER).evidence


def test_no_words_and_too_many_words(predictor: Predictor) -> None:
    assert predictor.predict((), EMPTY).segments == ()
    assert predictor.predict_batch([]) == []
    assert predictor.predict(recognise("send 5 eth to bob and " * 60, Context()), EMPTY).truncated


def test_predicting_imports_no_torch(exported: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom nlp.model.runtime import Predictor\n"
        "from nlp.recognise import recognise\nfrom nlp.types import Context, DialogueState\n"
        f"p = Predictor(Path({str(exported)!r}))\n"
        "assert p.predict(recognise('swap 1 eth for usdc', Context()), DialogueState()).segments\n"
        "print(*sorted({'torch', 'transformers', 'peft', 'onnx', 'huggingface_hub'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def test_the_export_is_made_once_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAYSO_CACHE", str(tmp_path / "cache"))

    made = ensure_export()
    told = capsys.readouterr()
    stamp = (made / MODEL_FILE).stat().st_mtime_ns
    again = ensure_export()

    assert made == again == export_directory()
    assert (again / MODEL_FILE).stat().st_mtime_ns == stamp
    assert "preparing the language model" in told.err
    assert told.out == ""
    assert capsys.readouterr().err == ""
    assert [path.name for path in made.parent.iterdir()] == [made.name], "nothing half made stays"


def test_a_failed_export_leaves_nothing(weights_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SAYSO_ENCODER", str(tmp_path / "nowhere"))

    with pytest.raises(EncoderMissing, match="SAYSO_ENCODER"):
        ensure_export(weights_file)
    assert list((tmp_path / "cache" / "model").iterdir()) == []


def test_other_encoder_weights_are_refused(tmp_path: Path) -> None:
    for name in NEEDED:
        (tmp_path / name).write_bytes((encoder_directory() / name).read_bytes())
    check_encoder(tmp_path)
    altered = bytearray((tmp_path / WEIGHTS_FILE).read_bytes())
    altered[-1] ^= 1
    (tmp_path / WEIGHTS_FILE).write_bytes(altered)

    with pytest.raises(EncoderAltered, match="not the published"):
        check_encoder(tmp_path)


def test_missing_or_damaged_weights_are_told(tmp_path: Path, weights_file: Path) -> None:
    with pytest.raises(WeightsUnfit, match="could not be read"):
        read_weights(tmp_path / "none.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(weights_file.read_bytes()[:1000])
    with pytest.raises(WeightsUnfit):
        read_weights(broken)


def test_weights_for_other_labels_are_refused(tmp_path: Path, weights_file: Path) -> None:
    changed = tmp_path / "changed.safetensors"
    changed.write_bytes(weights_file.read_bytes().replace(b"token_out", b"token_ouT"))

    with pytest.raises(WeightsUnfit, match="other tags"):
        read_weights(changed)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Predictor, Predictor]:
    """The shipped weights in fp32, and as they are used: the encoder's products in int8."""
    whole, small = (tmp_path_factory.mktemp(name) for name in ("whole", "small"))
    export.write_export(SHIPPED, whole, whole=True)
    export.write_export(SHIPPED, small)
    assert (small / MODEL_FILE).stat().st_size < 0.7 * (whole / MODEL_FILE).stat().st_size
    return Predictor(whole), Predictor(small)


def test_int8_says_what_fp32_says(both: tuple[Predictor, Predictor]) -> None:
    whole, small = both
    lines = [(recognise(e.text, e.context), e.state) for e in voices.examples("test", 4)]
    same = [
        shape(one) == shape(two) for one, two in zip(*(p.predict_batch(lines) for p in (whole, small)), strict=True)
    ]
    assert sum(same) >= 0.96 * len(same)


def test_int8_says_the_same_of_a_sentence_whatever_stands_beside_it(both: tuple[Predictor, Predictor]) -> None:
    """Its scales are known beforehand: a neighbour that reaches far changes nothing."""
    small = both[1]
    lines = [(recognise(e.text, e.context), e.state) for e in islice(voices.examples("test"), 120)]
    together = small.predict_batch(lines)
    assert [shape(small.predict(*line)) for line in lines] == [shape(found) for found in together]
