"""Lets a model that writes token by token write under the automaton: at every step the permitted tokens alone, greedily."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.larger.types import MOST_LABEL_TOKENS, LargerFailed
from nlp.larger.grammar import Grammar, State

# How byte-level and SentencePiece vocabularies write a space.
SPACES = str.maketrans({"\u0120": " ", "\u2581": " "})
UNWRITABLE = "cannot write the answer with its vocabulary"

Choose = Callable[[Sequence[int], Sequence[int]], int]
"""Given the tokens written since the last choice, and those of which one may come: the likeliest of these."""


@dataclass(frozen=True)
class Pieces:
    """A vocabulary's tokens that an answer can be made of, by their text. An answer is ASCII, and so are they."""

    ids: Mapping[str, int]

    def permitted(self, grammar: Grammar, state: State) -> dict[int, tuple[str, State]]:
        """Every token that may come: its text, and the state after it. Walks the sorted texts as a trie."""
        found: dict[int, tuple[str, State]] = {}
        open_ends = [("", state)]
        while open_ends:
            text, at = open_ends.pop()
            for char in grammar.allowed(at):
                longer, following = text + char, grammar.step(at, char)
                place = bisect_left(self._sorted, longer)
                if following is None or place == len(self._sorted) or not self._sorted[place].startswith(longer):
                    continue
                if self._sorted[place] == longer:
                    found[self.ids[longer]] = (longer, following)
                open_ends.append((longer, following))
        return found

    def cut(self, text: str) -> list[int]:
        """A text that is settled as tokens, the longest first. Raises LargerFailed where the vocabulary lacks a character."""
        tokens: list[int] = []
        at = 0
        while at < len(text):
            size = next((n for n in range(self._longest, 0, -1) if text[at : at + n] in self.ids), 0)
            if not size:
                raise LargerFailed(UNWRITABLE)
            tokens.append(self.ids[text[at : at + size]])
            at += len(text[at : at + size])
        return tokens

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.ids)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.ids), default=0)


def pieces_of(vocabulary: Mapping[str, int], special: Sequence[int]) -> Pieces:
    """The usable tokens of a vocabulary as its tokenizer lists it; control tokens and single bytes are none."""
    hidden = set(special)
    texts = {
        token.translate(SPACES): number
        for token, number in sorted(vocabulary.items())
        if number not in hidden and not (token.startswith("<0x") and token.endswith(">"))
    }
    return Pieces({text: number for text, number in texts.items() if text and text.isascii()})


def written(grammar: Grammar, pieces: Pieces, prompt: Sequence[int], choose: Choose) -> str:
    """The answer that a model writes behind a prompt. Raises LargerFailed where it cannot, or where it would grow too long."""
    answer, state, since, count = "", State(), list(prompt), 0
    while True:
        forced, state = grammar.forced(state)
        settled = pieces.cut(forced)
        answer, since, count = answer + forced, [*since, *settled], count + len(settled)
        if grammar.accepting(state):
            return answer
        if count > MOST_LABEL_TOKENS:
            raise LargerFailed("did not come to the end of its answer")
        permitted = pieces.permitted(grammar, state)
        if not permitted:
            raise LargerFailed(UNWRITABLE)
        chosen = choose(since, sorted(permitted))
        text, state = permitted[chosen]
        answer, since, count = answer + text, [chosen], count + 1
