"""A larger model out of a folder on this machine, through transformers: nothing is downloaded, no code of the folder is run.

torch and transformers are imported when it is first asked. What the folder holds is the person's own choice, and takes the
memory that it takes. An answer is bounded in tokens and, from one token to the next, in seconds; loading is not.
"""

import asyncio
import inspect
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.larger.types import LONGEST_PROSE, MOST_LABEL_TOKENS, MOST_PROSE_TOKENS, LargerFailed
from agent.larger.writing import UNWRITABLE, Pieces, pieces_of, written
from nlp.larger.grammar import Grammar
from nlp.larger.request import PROSE_PROMPT, Request, system_prompt, user_message

# Up to so many parameters half precision is widened: most processors are two to three times slower in it.
WIDENED = 2_000_000_000


@dataclass(slots=True)
class Kept:
    """What a model has read, and its own memory of it (None where there is none)."""

    tokens: list[int] = field(default_factory=list)
    cache: Any = None

    def rest(self, tokens: Sequence[int]) -> Sequence[int]:
        """What is still to be read of a new beginning; what is kept is cut back to what the two have in common."""
        same = next((n for n, (a, b) in enumerate(zip(self.tokens, tokens, strict=False)) if a != b), len(self.tokens))
        shared = min(same, len(tokens) - 1) if self._can_be_cut() else 0
        if not shared:
            self.cache = None
        elif shared < len(self.tokens):
            self.cache.crop(shared - len(self.tokens))
        self.tokens = list(tokens[:shared])
        return tokens[shared:]

    def _can_be_cut(self) -> bool:
        """Memories that forget on their own (sliding windows, recurrent states) cannot be cut back."""
        layers = getattr(self.cache, "layers", ())
        return type(self.cache).__name__ == "DynamicCache" and not any(getattr(x, "is_sliding", False) for x in layers)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model with its tokenizer, the tokens that an answer can be made of, and what it has read of sentences and of questions."""

    model: Any
    tokenizer: Any
    pieces: Pieces
    sentences: Kept = field(default_factory=Kept)
    questions: Kept = field(default_factory=Kept)


@dataclass(slots=True)
class Budget:
    """Until when an answer may be worked on. `stopped` is set where nobody waits for it any more."""

    seconds: int
    until: float = 0.0
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """From now on the seconds count."""
        self.until = time.monotonic() + self.seconds

    @property
    def spent(self) -> bool:
        """Whether the work is to end."""
        return self.stopped.is_set() or time.monotonic() > self.until

    def check(self) -> None:
        """Raises LargerFailed where the time is up."""
        if self.spent:
            raise LargerFailed(f"took longer than {self.seconds} seconds (the setting larger_model_seconds)")


@dataclass(slots=True)
class LocalModel:
    """A transformers causal model in a folder, loaded once, when it is first asked."""

    folder: Path
    name: str
    seconds: int = 20
    _loaded: Loaded | None = None
    _busy: threading.Lock = field(default_factory=threading.Lock)

    async def labels(self, request: Request) -> str:
        """The answer to a sentence: by construction of the form asked for, and of the words. Raises LargerFailed."""
        return await self._in_thread(lambda loaded, budget: _labels(loaded, request, budget))

    async def prose(self, question: str) -> str:
        """The answer to a question, as far as the time goes. Raises LargerFailed."""
        return await self._in_thread(lambda loaded, budget: _prose(loaded, question, budget))

    async def _in_thread(self, work: Callable[[Loaded, Budget], str]) -> str:
        budget = Budget(self.seconds)
        try:
            return await asyncio.to_thread(self._worked, work, budget)
        finally:
            budget.stopped.set()

    def _worked(self, work: Callable[[Loaded, Budget], str], budget: Budget) -> str:
        if not self._busy.acquire(blocking=False):
            raise LargerFailed("is still at work on what it was asked before")
        try:
            with _told_in_words():
                loaded = self._loaded = self._loaded or load(self.folder)
                budget.start()
                return work(loaded, budget)
        finally:
            self._busy.release()


def load(folder: Path) -> Loaded:
    """The model of a folder. Raises what transformers raises: see `_told_in_words`."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from nlp.model.quiet import quiet_libraries

    kept = {"local_files_only": True, "trust_remote_code": False}
    with quiet_libraries():
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **kept)
        # Safetensors alone: other weight files can hold code.
        model = AutoModelForCausalLM.from_pretrained(str(folder), use_safetensors=True, dtype="auto", **kept)
        if model.num_parameters() <= WIDENED:
            model = model.float()
    special = [*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder]
    return Loaded(model.eval(), tokenizer, pieces_of(tokenizer.get_vocab(), special))


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Whatever a folder that is no model makes the libraries raise, as LargerFailed. Their own texts stay out of sight."""
    from safetensors import SafetensorError

    try:
        yield
    except (
        *(ArithmeticError, AttributeError, ImportError, LookupError, MemoryError, OSError),
        *(RuntimeError, SafetensorError, TypeError, ValueError),
    ) as error:
        raise LargerFailed(f"could not be loaded or run ({type(error).__name__})") from error


class Writer:
    """A model that goes on from what it read before, as far as the tokens are the same: the rules are read once in a process."""

    def __init__(self, model: Any, kept: Kept, budget: Budget, most: int) -> None:
        """`most`: how many tokens it may come to write."""
        self._model, self._kept, self._budget, self._ahead = model, kept, budget, most
        self._begun = False
        takes = inspect.signature(model.forward).parameters
        # transformers 5 calls it `cache`, 4 knew it as `past_key_values`.
        self._cache = "cache" if "cache" in takes else "past_key_values"
        self._more = {"logits_to_keep": 1} if "logits_to_keep" in takes else {}

    def scores(self, tokens: Sequence[int]) -> Any:
        """Of each token of the vocabulary, how likely it comes after these. Raises LargerFailed where time or room is up."""
        import torch

        self._budget.check()
        if not self._begun:
            self._check_room(len(tokens) + self._ahead)
            tokens, self._begun = self._kept.rest(tokens), True
        cache, self._kept.cache = self._kept.cache, None
        inputs = {"input_ids": torch.tensor([list(tokens)]), self._cache: cache, "use_cache": True}
        with torch.inference_mode():
            said = self._model(**inputs, **self._more)
        self._kept.cache = getattr(said, self._cache)
        self._kept.tokens += tokens
        return said.logits[0, -1].float()

    def choose(self, tokens: Sequence[int], permitted: Sequence[int]) -> int:
        """The likeliest of the permitted tokens."""
        scores = self.scores(tokens)
        known = [token for token in permitted if token < len(scores)]
        if not known:
            raise LargerFailed(UNWRITABLE)
        return known[int(scores[known].argmax())]

    def _check_room(self, count: int) -> None:
        room = getattr(self._model.config, "max_position_embeddings", None)
        if isinstance(room, int) and count > room:
            raise LargerFailed(f"reads no more than {room} tokens, which is too few for this")


def _labels(loaded: Loaded, request: Request, budget: Budget) -> str:
    prompt = _prompt(loaded.tokenizer, system_prompt(), user_message(request.text))
    writer = Writer(loaded.model, loaded.sentences, budget, MOST_LABEL_TOKENS)
    return written(Grammar(request), loaded.pieces, prompt, writer.choose)


def _prose(loaded: Loaded, question: str, budget: Budget) -> str:
    """Token by token until the model ends, or the tokens or the time do."""
    tokens: list[int] = []
    since = _prompt(loaded.tokenizer, PROSE_PROMPT, question)
    writer, ends = Writer(loaded.model, loaded.questions, budget, MOST_PROSE_TOKENS), _ends(loaded)
    while len(tokens) < MOST_PROSE_TOKENS and not (tokens and budget.spent):
        token = int(writer.scores(since).argmax())
        if token in ends:
            break
        tokens.append(token)
        since = [token]
    return str(loaded.tokenizer.decode(tokens, skip_special_tokens=True))[:LONGEST_PROSE]


def _ends(loaded: Loaded) -> frozenset[int]:
    """The tokens with which the model says that it has ended."""
    said = getattr(loaded.model.generation_config, "eos_token_id", None)
    listed = said if isinstance(said, list) else [said]
    return frozenset(token for token in (*listed, loaded.tokenizer.eos_token_id) if token is not None)


def _prompt(tokenizer: Any, system: str, user: str) -> list[int]:
    """The tokens of a prompt, by the tokenizer's own template where it has one."""
    if not tokenizer.chat_template:
        return list(tokenizer(f"{system}\n\n{user}\n")["input_ids"])
    return list(tokenizer(_templated(tokenizer, system, user), add_special_tokens=False)["input_ids"])


def _templated(tokenizer: Any, system: str, user: str) -> str:
    """Some templates know no system's part: then it stands before the user's."""
    from jinja2 import TemplateError

    def drawn(messages: Sequence[Mapping[str, str]]) -> str:
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))

    try:
        return drawn([{"role": "system", "content": system}, {"role": "user", "content": user}])
    except TemplateError:
        return drawn([{"role": "user", "content": f"{system}\n\n{user}"}])
