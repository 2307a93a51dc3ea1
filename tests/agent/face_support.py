"""A parser that says what a test wrote down, and lines as a person would type them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nlp.parser import UNSURE, Parser, following
from nlp.types import Action, Context, DialogueState, Parse, Prediction, Reason


def understood(*actions: Action) -> Parse:
    return Parse("understood", actions, confidence=0.9)


def act(intent: str, trigger: Mapping[str, str] | None = None, **slots: str) -> Action:
    return Action(intent, slots, trigger)


@dataclass
class ScriptedParser:
    """Answers each text as the script says; keeps the state of the conversation as the real one does."""

    script: Mapping[str, Parse]
    contexts: list[Context] = field(default_factory=list)

    def step(self, text: str, context: Context, state: DialogueState) -> tuple[Parse, DialogueState]:
        self.contexts.append(context)
        parse = self.script[text]
        return parse, following(state, parse)

    def parse(self, text: str, context: Context | None = None) -> Parse:
        return self.script[text]

    def reasons(
        self, text: str, context: Context | None = None, state: DialogueState | None = None
    ) -> tuple[Reason, ...]:
        first, *_ = text.split()
        word = (0, len(first), 1.0)
        return (Reason(self.script[text].actions[0].intent, "", 0, len(text), 0.9, ("ask", 0.05), 2.9, (word,)),)

    def unsure_of(self, parse: Parse) -> bool:
        return parse.status == "out_of_scope" or UNSURE in parse.errors

    def read_by_labels(
        self, text: str, context: Context, state: DialogueState, prediction: Prediction
    ) -> tuple[Parse, DialogueState]:
        return Parser(self).read_by_labels(text, context, state, prediction)

    def predict(self, words: object, state: DialogueState) -> Prediction:
        raise AssertionError("the labels are given")

    def predict_batch(self, asked: object) -> list[Prediction]:
        raise AssertionError("the labels are given")

    def parse_batch(self, asked: Sequence[tuple[str, Context]]) -> list[Parse]:
        return [self.script[text] for text, _ in asked]

    def converse(self, turns: Sequence[str], context: Context | None = None) -> Parse:
        return self.script[turns[-1]]


@dataclass
class TypedReader:
    """Lines typed one after the other; KeyboardInterrupt stands for Ctrl-C. `discarded` counts the emptied queues."""

    lines: list[str | type[BaseException]]
    secrets: list[str] = field(default_factory=list)
    confirms: bool = True
    discarded: int = 0
    prompts: list[str] = field(default_factory=list)

    async def line(self, prompt: str) -> str | None:
        self.prompts.append(prompt)
        if not self.lines:
            return None
        line = self.lines.pop(0)
        if isinstance(line, str):
            return line
        raise line

    async def secret(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.secrets.pop(0)

    def discard(self) -> None:
        self.discarded += 1
