"""Words and conversation state as the model sees them: word pieces, placeholder pieces, and marks on both."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlp.types import DialogueState, Hint, Kind, Word

PLACEHOLDER_KINDS: tuple[Kind, ...] = tuple(kind for kind in Kind if kind not in (Kind.WORD, Kind.PUNCT))
HINTS = tuple(Hint)
MARKS = (*(f"hint.{hint}" for hint in HINTS), "state", "one", "capitals")
STATE_MARK, ONE_MARK, CAPITALS_MARK = (1 << MARKS.index(name) for name in ("state", "one", "capitals"))
MAX_PIECES = 128
MAX_PIECES_OF_WORD = 6
MAX_STATE_PIECES = 40
ONES = frozenset({"1", "one", "1.0"})


@dataclass(frozen=True, slots=True)
class Encoded:
    """One input row: piece ids, a bit set of MARKS per piece, and where each word's first piece stands.

    `firsts` is shorter than the words where they did not fit (`truncated`).
    """

    ids: tuple[int, ...]
    marks: tuple[int, ...]
    firsts: tuple[int, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Arrays:
    """A padded batch: `ids` and `mask` are int32 [rows, pieces], `marks` float32 [rows, pieces, len(MARKS)]."""

    ids: NDArray[np.int32]
    mask: NDArray[np.int32]
    marks: NDArray[np.float32]


AGAIN = "again"
"""The input that has the second reader of a graph read instead of the first, where it holds two."""


def state_words(state: DialogueState) -> tuple[str, ...]:
    """What of a conversation the model is told: what is pending and lacks, or else what came last; no values."""
    if state.pending:
        missing = [_slot_words(name) for name in state.missing]
        said = " and ".join(action.intent.replace("_", " ") for action in state.pending)
        return tuple(f"pending {said}{' missing ' if missing else ''}{' and '.join(missing)}".split())
    if state.last:
        return tuple(f"after {state.last[-1].intent.replace('_', ' ')}".split())
    return ()


def _slot_words(missing: str) -> str:
    """'1.amount|value' as 'amount'."""
    return missing.rpartition(".")[2].partition("|")[0].replace("_", " ")


class Featuriser:
    """Turns words into model input with the encoder's own word pieces. Safe to share between threads."""

    def __init__(self, tokenizer_file: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer_file))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self.start_id, self.end_id, self.unknown_id = map(self._id_of, ("[CLS]", "[SEP]", "[UNK]"))
        self.placeholder_ids: dict[Kind, int] = {
            kind: self._id_of(f"[unused{index}]") for index, kind in enumerate(PLACEHOLDER_KINDS)
        }
        self._pieces = lru_cache(maxsize=50_000)(self._uncached_pieces)

    def encode(self, words: Sequence[Word], state: DialogueState) -> Encoded:
        """One utterance after what the conversation holds; what exceeds MAX_PIECES is left out and said so."""
        ids, marks = self._prefix(state)
        firsts: list[int] = []
        room = len(ids) + MAX_PIECES
        loud = _all_capitals(words)
        for word in words:
            pieces = self.pieces_of(word)
            if len(ids) + len(pieces) > room:
                break
            firsts.append(len(ids))
            ids.extend(pieces)
            marks.extend([_marks_of(word, loud)] * len(pieces))
        ids.append(self.end_id)
        marks.append(0)
        return Encoded(tuple(ids), tuple(marks), tuple(firsts), truncated=len(firsts) < len(words))

    def pieces_of(self, word: Word) -> tuple[int, ...]:
        """The placeholder of a recognised value, or the first pieces of a word (at least one)."""
        placeholder = self.placeholder_ids.get(word.kind)
        return (placeholder,) if placeholder is not None else self._pieces(word.text)

    def _prefix(self, state: DialogueState) -> tuple[list[int], list[int]]:
        told = [piece for text in state_words(state) for piece in self._pieces(text)][:MAX_STATE_PIECES]
        if not told:
            return [self.start_id], [0]
        return [self.start_id, *told, self.end_id], [0, *[STATE_MARK] * (len(told) + 1)]

    def _uncached_pieces(self, text: str) -> tuple[int, ...]:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids[:MAX_PIECES_OF_WORD]
        return tuple(ids) or (self.unknown_id,)

    def _id_of(self, token: str) -> int:
        found = self._tokenizer.token_to_id(token)
        if found is None:
            raise ValueError(f"the tokenizer has no {token}")
        return int(found)


def batched(rows: Sequence[Encoded]) -> Arrays:
    """Rows padded on the right to the longest of them."""
    longest = max(len(row.ids) for row in rows)
    ids = np.zeros((len(rows), longest), dtype=np.int32)
    bits = np.zeros((len(rows), longest), dtype=np.int32)
    mask = np.zeros((len(rows), longest), dtype=np.int32)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = row.ids
        bits[index, : len(row.ids)] = row.marks
        mask[index, : len(row.ids)] = 1
    marks = ((bits[:, :, None] >> np.arange(len(MARKS))) & 1).astype(np.float32)
    return Arrays(ids, mask, marks)


def _marks_of(word: Word, loud: bool) -> int:
    bits = sum(1 << HINTS.index(hint) for hint in word.hints)
    if word.kind is Kind.NUMBER and word.text.lower() in ONES:
        bits |= ONE_MARK
    if not loud and word.kind is Kind.WORD and _is_capitals(word.text):
        bits |= CAPITALS_MARK
    return bits


def _all_capitals(words: Sequence[Word]) -> bool:
    """Whether the whole utterance is shouted, so that capitals tell nothing."""
    letters = [word.text for word in words if word.kind is Kind.WORD and word.text.isalpha()]
    return sum(map(_is_capitals, letters)) * 2 > len(letters)


def _is_capitals(text: str) -> bool:
    return len(text) > 1 and text.isupper()
