"""The model at work: words in, prediction out, through ONNX Runtime and numpy alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime

from nlp.model.decode import Floats, Scores, agreement, decode
from nlp.model.export import MODEL_FILE, TOKENIZER_FILE, ensure_export
from nlp.model.features import AGAIN, Arrays, Encoded, Featuriser, batched
from nlp.model.labels import Labels, schema_labels
from nlp.schema import INTENTS, INTERNAL_INTENTS
from nlp.types import DialogueState, Prediction, Reason, Word

THREADS = 2
BATCH_ROWS = 16
"""So many rows run together: more are no faster, and the longest of them sets the length of all."""
ERRORS_ONLY = 3
SURE = -0.01
MOVING = frozenset({"write", "setting"})


class Predictor:
    """Labels words with the exported model. `Predictor()` uses the shipped weights and exports them if need be."""

    def __init__(self, directory: Path | None = None) -> None:
        """Raises WeightsUnfit, EncoderMissing or EncoderAltered where the export has to be made and cannot."""
        self._directory = directory or ensure_export()
        self.labels: Labels = schema_labels()
        self._featuriser = Featuriser(self._directory / TOKENIZER_FILE)
        self._session = _session(self._directory / MODEL_FILE, THREADS)
        self._reads_again = any(given.name == AGAIN for given in self._session.get_inputs())
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
        return self._predictions(asked, self._session)

    def predict_beside_another(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[Prediction]:
        """The same on one core, for two that label at a time: faster than two cores for one after the other."""
        return self._predictions(asked, self._one_core)

    def scores_batch(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[tuple[Scores, bool]]:
        """The network's scores, nothing decided yet, in order; with each, whether the utterance was longer than it reads."""
        rows = self._encoded(asked)
        scored = self._scores(rows, self._session)
        return [(scores, row.truncated) for scores, row in zip(scored, rows, strict=True)]

    def reasons(self, words: Sequence[Word], state: DialogueState) -> tuple[Reason, ...]:
        """Which words the decisions rest on; a run of the network for every word."""
        from nlp.model.occlusion import explain

        return explain(self, words, state)

    def _predictions(
        self, asked: Sequence[tuple[Sequence[Word], DialogueState]], session: onnxruntime.InferenceSession
    ) -> list[Prediction]:
        rows = self._encoded(asked)
        scored = zip(self._scores(rows, session), rows, strict=True)
        found = [decode(scores, self.labels, truncated=row.truncated) for scores, row in scored]
        read_again = [
            i for i, prediction in enumerate(found) if _moves_something(prediction) and not _is_sure(prediction)
        ]
        if self._reads_again and read_again:
            scored_again = self._scores([rows[i] for i in read_again], session, again=True)
            for i, scores in zip(read_again, scored_again, strict=True):
                agreed = agreement(found[i], scores, self.labels)
                found[i] = replace(found[i], evidence=found[i].evidence._replace(agreed=agreed))
        return found

    def _encoded(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[Encoded]:
        return [self._featuriser.encode(words, state) for words, state in asked]

    def _scores(
        self, rows: Sequence[Encoded], session: onnxruntime.InferenceSession, *, again: bool = False
    ) -> list[Scores]:
        order = sorted(range(len(rows)), key=lambda index: len(rows[index].ids))
        found: dict[int, Scores] = {}
        for at in range(0, len(order), BATCH_ROWS):
            chosen = order[at : at + BATCH_ROWS]
            found.update(zip(chosen, self._run([rows[index] for index in chosen], session, again), strict=True))
        return [found[index] for index in range(len(rows))]

    def _run(self, rows: Sequence[Encoded], session: onnxruntime.InferenceSession, again: bool) -> Iterator[Scores]:
        words, whole = _logits(session, batched(rows), again=again if self._reads_again else None)
        for row, own, summary in zip(rows, words, whole, strict=True):
            yield scores_of(own, summary, row.firsts, self.labels)

    @property
    def _one_core(self) -> onnxruntime.InferenceSession:
        with self._lock:
            if self._alone is None:
                self._alone = _session(self._directory / MODEL_FILE, 1)
            return self._alone


def _moves_something(prediction: Prediction) -> bool:
    """Whether anything of it is a write, a setting, or a change of what is pending."""
    intents = {segment.intent for segment in prediction.segments}
    return any(intent in INTERNAL_INTENTS or INTENTS[intent].kind in MOVING for intent in intents)


def _is_sure(prediction: Prediction) -> bool:
    """Whether no border, intent or label of it is in any doubt: three of four writes, and hardly ever a wrong one."""
    evidence = prediction.evidence
    return min(evidence.border, evidence.intent, evidence.tag) > SURE


def scores_of(pieces: Floats, whole: Floats, firsts: Sequence[int], labels: Labels) -> Scores:
    """The rows of the words' first pieces, cut into the parts that the graph lays side by side."""
    chosen = pieces[np.asarray(firsts, dtype=np.intp)]
    tags_end = 2 + labels.tag_count
    means_end = tags_end + len(labels.intents)
    return Scores(chosen[:, :2], chosen[:, 2:tags_end], whole, chosen[:, tags_end:means_end], chosen[:, means_end:])


def _logits(
    session: onnxruntime.InferenceSession, arrays: Arrays, *, again: bool | None = None
) -> tuple[Floats, Floats]:
    """`again`: which of two readers, where the graph holds two."""
    given = {"ids": arrays.ids, "mask": arrays.mask, "marks": arrays.marks}
    which = {} if again is None else {AGAIN: np.array(again)}
    words, whole = session.run(["words", "whole"], given | which)
    return words, whole


def _session(file: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # The graph is written with fused operators already: optimising it again would only cost start-up time.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
