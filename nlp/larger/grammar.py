"""What a model that writes character by character may write: the answer's form, and the user's own words in the quotes.

An automaton over characters, pure and frozen. What it accepts is ASCII: the quotes are escaped as JSON does, so that every
vocabulary can write them. It keeps the quotes in the order of the words, and so every path ends.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Literal

from nlp.larger.request import ALONE, ASKED_INTENTS, MOST_ACTIONS, MOST_VALUES, Request
from nlp.model.labels import allowed_tags

OPENING = '{"actions": [{"intent": "'
CLOSING = '"'


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the answer at which something is chosen.

    `actions`: how many were begun; `intent` and `used`: of the present one, its intent and the slots that it has; `floor`:
    the first word that a quote may still hold.
    """

    kind: Literal["start", "intent", "values", "slot", "quote", "more", "end"]
    actions: int = 1
    intent: str = ""
    used: tuple[str, ...] = ()
    floor: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """A place, and the characters written since."""

    place: Place = Place("start")
    typed: str = ""


@dataclass(frozen=True)
class Grammar:
    """The answers that are permitted to one request."""

    request: Request

    def accepting(self, state: State) -> bool:
        """Whether the answer is whole; nothing can follow then."""
        return state.place.kind == "end"

    def allowed(self, state: State) -> frozenset[str]:
        """The characters that may come next."""
        if state.place.kind == "quote":
            return self._quotable(state)
        typed = len(state.typed)
        return frozenset(text[typed] for text in self._choices(state.place) if text.startswith(state.typed))

    def step(self, state: State, char: str) -> State | None:
        """The state after one more character; None where it may not come."""
        if char not in self.allowed(state):
            return None
        if state.place.kind == "quote":
            return self._quoted(state) if char == CLOSING and self._ends(state) else _longer(state, char)
        place = self._choices(state.place).get(state.typed + char)
        return _longer(state, char) if place is None else State(place)

    def forced(self, state: State) -> tuple[str, State]:
        """The characters that must come, as far as there is no choice, and the state after them."""
        text = ""
        while len(allowed := self.allowed(state)) == 1:
            (char,) = allowed
            following = self.step(state, char)
            if following is None:
                break
            text, state = text + char, following
        return text, state

    def _choices(self, place: Place) -> Mapping[str, Place]:
        """What can be written at a place, whole, and where each leads. None of them begins another."""
        if place.kind == "start":
            return {OPENING: replace(place, kind="intent")}
        if place.kind == "intent":
            intents = [intent for intent in ASKED_INTENTS if place.actions == 1 or intent not in ALONE]
            return {f'{name}", "values": [': replace(place, kind="values", intent=name, used=()) for name in intents}
        if place.kind == "values":
            return self._after_value(place)
        if place.kind == "slot":
            return {
                f'{slot}", "quote": "': replace(place, kind="quote", used=(*place.used, slot))
                for slot in self._unused(place)
            }
        if place.kind == "more":
            again = {', {"intent": "': replace(place, kind="intent", actions=place.actions + 1)}
            return {"]}": Place("end"), **(again if self._may_go_on(place) else {})}
        return {}

    def _after_value(self, place: Place) -> Mapping[str, Place]:
        open_before, joint = ("}", ", ") if place.used else ("", "")
        choices = {f"{open_before}]}}": replace(place, kind="more")}
        if self._unused(place) and place.floor < self._count and len(place.used) < MOST_VALUES:
            choices[f'{open_before}{joint}{{"slot": "'] = replace(place, kind="slot")
        return choices

    def _unused(self, place: Place) -> list[str]:
        return sorted(allowed_tags(place.intent) - set(place.used))

    def _may_go_on(self, place: Place) -> bool:
        return place.intent not in ALONE and place.actions < MOST_ACTIONS and place.floor < self._count

    def _quotable(self, state: State) -> frozenset[str]:
        """Every way in which a run of whole words that begins as typed can go on or end."""
        found = set()
        for start in self._matching(state):
            end = start + len(state.typed)
            if end in self._word_ends:
                found.add(CLOSING)
            if end < self._last_end:
                found.add(self._escaped[end])
        return frozenset(found)

    def _matching(self, state: State) -> list[int]:
        starts = self._word_starts[state.place.floor :]
        return [start for start in starts if self._escaped.startswith(state.typed, start)]

    def _ends(self, state: State) -> list[int]:
        """The words at whose end the typed run can end. An escaped quotation mark within a word ends none."""
        ends = (start + len(state.typed) for start in self._matching(state))
        return [self._word_ends[end] for end in ends if end in self._word_ends]

    def _quoted(self, state: State) -> State:
        return State(replace(state.place, kind="values", floor=self._ends(state)[0] + 1))

    @property
    def _count(self) -> int:
        return len(self.request.words)

    @cached_property
    def _pieces(self) -> tuple[str, ...]:
        return tuple(json.dumps(char)[1:-1] for char in self.request.text)

    @cached_property
    def _escaped(self) -> str:
        return "".join(self._pieces)

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        """Where each character of the text begins in the escaped text, and where the last one ends."""
        return tuple(accumulate(map(len, self._pieces), initial=0))

    @cached_property
    def _word_starts(self) -> tuple[int, ...]:
        return tuple(self._offsets[word.start] for word in self.request.words)

    @cached_property
    def _word_ends(self) -> Mapping[int, int]:
        return {self._offsets[word.end]: index for index, word in enumerate(self.request.words)}

    @property
    def _last_end(self) -> int:
        return self._offsets[self.request.words[-1].end]


def _longer(state: State, char: str) -> State:
    return State(state.place, state.typed + char)
