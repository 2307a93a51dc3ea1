"""The model at work: words in, prediction out, through ONNX Runtime and numpy alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime

from nlp.model.decode import Floats, Scores, decode
from nlp.model.export import MODEL_FILE, TOKENIZER_FILE, ensure_export
from nlp.model.features import Arrays, Encoded, Featuriser, batched
from nlp.model.labels import Labels, schema_labels
from nlp.types import DialogueState, Prediction, Reason, Word

THREADS = 2
BATCH_ROWS = 64
ERRORS_ONLY = 3


class Predictor:
    """Labels words with the exported model. `Predictor()` uses the shipped weights and exports them if need be."""

    def __init__(self, directory: Path | None = None) -> None:
        """Raises WeightsUnfit, EncoderMissing or EncoderAltered where the export has to be made and cannot."""
        directory = directory or ensure_export()
        self.labels: Labels = schema_labels()
        self._directory = directory
        self._featuriser = Featuriser(directory / TOKENIZER_FILE)
        self._file = directory / MODEL_FILE
        self._session = _session(self._file, THREADS)
        self._alone: onnxruntime.InferenceSession | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple[type["Predictor"], tuple[Path]]:
        """To another process it goes as the folder of its export, and is opened there anew."""
        return Predictor, (self._directory,)

    def predict(self, words: Sequence[Word], state: DialogueState) -> Prediction:
        """Segments, intents and tags of one utterance, said in a state of the conversation."""
        return self.predict_batch([(words, state)])[0]

    def predict_batch(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[Prediction]:
        """The same for many, in order; rows of like length run together."""
        scored = self.scores_batch(asked)
        return [decode(scores, self.labels, truncated=truncated) for scores, truncated in scored]

    def predict_beside_another(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[Prediction]:
        """The same on one core, for two threads that label at a time: faster than two cores for one after the other."""
        scored = self._scores(asked, self._one_core)
        return [decode(scores, self.labels, truncated=truncated) for scores, truncated in scored]

    def scores_batch(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[tuple[Scores, bool]]:
        """The network's scores, nothing decided yet, in order; with each, whether the utterance was longer than it reads."""
        return self._scores(asked, self._session)

    def _scores(
        self, asked: Sequence[tuple[Sequence[Word], DialogueState]], session: onnxruntime.InferenceSession
    ) -> list[tuple[Scores, bool]]:
        rows = [self._featuriser.encode(words, state) for words, state in asked]
        order = sorted(range(len(rows)), key=lambda index: len(rows[index].ids))
        found: dict[int, Scores] = {}
        for at in range(0, len(order), BATCH_ROWS):
            chosen = order[at : at + BATCH_ROWS]
            found.update(zip(chosen, self._run([rows[index] for index in chosen], session), strict=True))
        return [(found[index], row.truncated) for index, row in enumerate(rows)]

    def reasons(self, words: Sequence[Word], state: DialogueState) -> tuple[Reason, ...]:
        """Which words the decisions rest on; a run of the network for every word."""
        from nlp.model.occlusion import explain

        return explain(self, words, state)

    def _run(self, rows: Sequence[Encoded], session: onnxruntime.InferenceSession) -> Iterator[Scores]:
        words, whole = _logits(session, batched(rows))
        for row, own, summary in zip(rows, words, whole, strict=True):
            yield scores_of(own, summary, row.firsts, self.labels)

    @property
    def _one_core(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._alone is None:
                self._alone = _session(self._file, 1)
            return self._alone


def scores_of(pieces: Floats, whole: Floats, firsts: Sequence[int], labels: Labels) -> Scores:
    """The rows of the words' first pieces, cut into the parts that the graph lays side by side."""
    chosen = pieces[np.asarray(firsts, dtype=np.intp)]
    tags_end = 2 + labels.tag_count
    means_end = tags_end + len(labels.intents)
    return Scores(chosen[:, :2], chosen[:, 2:tags_end], whole, chosen[:, tags_end:means_end], chosen[:, means_end:])


def _logits(session: onnxruntime.InferenceSession, arrays: Arrays) -> tuple[Floats, Floats]:
    words, whole = session.run(["words", "whole"], {"ids": arrays.ids, "mask": arrays.mask, "marks": arrays.marks})
    return words, whole


def _session(file: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # The graph is written with fused operators already: optimising it again would only cost start-up time.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
