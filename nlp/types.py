"""The frozen values that pass between the parts of `nlp`, from words to actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

SlotValue = str | tuple[str, ...] | Mapping[str, str]
Status = Literal["understood", "incomplete", "out_of_scope"]


class Kind(StrEnum):
    """What a recogniser saw. All but WORD and PUNCT replace the user's words by one placeholder piece for the model."""

    WORD = "word"
    PUNCT = "punct"
    NUMBER = "number"
    PERCENT = "percent"
    BPS = "bps"
    MONEY = "money"
    ADDRESS = "address"
    BAD_HEX = "bad_hex"
    HASH = "hash"
    ENS = "ens"
    BAD_NAME = "bad_name"
    FUNCTION = "function"
    PERIOD = "period"
    TIME = "time"
    DATE = "date"
    URL = "url"


class Hint(StrEnum):
    """What a word could be by a closed list or the context; several may hold, and the model decides."""

    TOKEN = "token"
    CHAIN = "chain"
    PROTOCOL = "protocol"
    CONTACT = "contact"
    ACCOUNT = "account"
    WEEKDAY = "weekday"
    VAGUE = "vague"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Word:
    """One unit that the model labels: `text` is the user's own characters `start:end` of the utterance."""

    text: str
    start: int
    end: int
    kind: Kind = Kind.WORD
    hints: frozenset[Hint] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller knows that turns words into parties and tokens. Names are lower case; `tokens` is address -> symbol."""

    contacts: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    tokens: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaggedSpan:
    """Words `first:last+1` (indices) that the model gave one tag: a slot name, or a `t.` / `x.` / `ref` tag."""

    tag: str
    first: int
    last: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words, `first:last+1`, that asks for one thing. `runner_up` is the next intent and its probability."""

    intent: str
    first: int
    last: int
    score: float = 1.0
    runner_up: tuple[str, float] = ("", 0.0)


class Evidence(NamedTuple):
    """How sure the model's own scores are of one utterance, in natural logs of probabilities (0 is certain).

    `border`: its least sure border between segments; `intent`, `intents`: the least sure segment's intent, and all of them
    together; `tag`, `tags`: the least sure word's label, and all of them together; `margin`: the least distance of a
    segment's intent to its runner-up; `energy`: the least log-sum-exp of a segment's intent logits, low where no intent fits;
    `agreed`: the least of what the second reader gives to these borders, intents and labels, where it was asked.
    """

    border: float = 0.0
    intent: float = 0.0
    intents: float = 0.0
    tag: float = 0.0
    tags: float = 0.0
    margin: float = 0.0
    energy: float = 0.0
    agreed: float = 0.0


CERTAIN = Evidence()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one utterance; nothing is normalised yet.

    `truncated`: the utterance was longer than the model reads, and what lies behind was not seen.
    """

    segments: tuple[Segment, ...]
    spans: tuple[TaggedSpan, ...]
    evidence: Evidence = CERTAIN
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is asked for. `spans` tells for every slot (trigger keys as 'trigger.x') its characters in the
    utterance it came from: (turn, start, end); turn counts from the first of the conversation."""

    intent: str
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    trigger: Mapping[str, str] | None = None
    spans: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


class Doubt(NamedTuple):
    """A reason for which an action may not be acted on. A new value of `slot` answers it; with no slot, only saying it anew."""

    slot: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parse:
    """The answer of the parse contract. `doubts` are the errors with the action that each is about, by its index."""

    status: Status
    actions: tuple[Action, ...]
    missing: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    confidence: float = 0.0
    doubts: tuple[tuple[int, Doubt], ...] = ()


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What a conversation holds between two turns.

    `pending`: the write (or incomplete) actions being asked about; `missing`: their missing slots, as in `Parse`;
    `last`: the newest actions, of whatever kind, that a follow-up can point back to; `said`: those confirmed before,
    newest last; `turn`: how many turns were said; `doubts`: what speaks against the pending actions, by their index.
    """

    pending: tuple[Action, ...] = ()
    missing: tuple[str, ...] = ()
    last: tuple[Action, ...] = ()
    said: tuple[Action, ...] = ()
    turn: int = 0
    doubts: tuple[tuple[int, Doubt], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One decision: an intent (`slot` empty) or a slot's words. `start`, `end` are characters of the utterance.

    `probability` is the model's own; `runner_up` the next choice and its probability; `margin` the distance of the two in
    nats. `weights` are (start, end, share of the decision) of the words that spoke for it, heaviest first.
    """

    intent: str
    slot: str
    start: int
    end: int
    probability: float
    runner_up: tuple[str, float]
    margin: float
    weights: tuple[tuple[int, int, float], ...]
