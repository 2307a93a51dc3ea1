"""The public face of `nlp`: words in, the parse contract's answer out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from nlp.assemble.finish import Drafted, answer, draft_action, judge_action
from nlp.assemble.guards import guard
from nlp.assemble.known_names import own_names_first
from nlp.assemble.reading import Reading, Utterance, binds, read_segments
from nlp.assemble.relabel import relabelled
from nlp.assemble.sharing import share_out
from nlp.assemble.text import LONGEST_TEXT
from nlp.assemble.trigger import TriggerReading
from nlp.calibration import UNCALIBRATED, Calibration, features_of
from nlp.dialogue.amend import amended, repeated
from nlp.dialogue.consent import NOT_ALONE, is_more_than_yes, says_no_yes
from nlp.dialogue.refer import boundless, going_on, resolve, reversed_trade, there_before
from nlp.larger.unheld import AT_ONCE, done_at_once, unheld
from nlp.recognise import recognise
from nlp.schema import INTERNAL_INTENTS
from nlp.types import Action, Context, DialogueState, Doubt, Parse, Prediction, Reason, Word

UNSURE = "I am not sure enough that I understood this; please say it differently"
TWO_NAMES = "two names for one address came out; say them one after another"
# What the second reader gives less than one chance in twenty is not drafted, however sure the first one is.
LEAST_AGREED = -3.0
NOTHING_DONE = "that was not done yet; say the other way whole, or say no"
TWICE = "this came out twice and the same; say each part by itself if both are wanted"
# Of labels that did not come from the small model nothing was measured: as likely wrong as right is the most that can be said of
# them; where a write asks below more than that, they are told with the least that does not ask.
UNMEASURED = 0.5
GROUP = 64
AT_A_TIME = 2
TOO_LONG = "this is too long to be sure of; say the request alone, in a sentence"


class Predicts(Protocol):
    """What labels the words: the trained model, or a double in tests."""

    def predict(self, words: Sequence[Word], state: DialogueState) -> Prediction:
        """Intents, segments and labels of one utterance."""
        ...

    def predict_batch(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[Prediction]:
        """The same for many."""
        ...

    def predict_beside_another(self, asked: Sequence[tuple[Sequence[Word], DialogueState]]) -> list[Prediction]:
        """The same, called from two threads at a time: each takes one core."""
        ...

    def reasons(self, words: Sequence[Word], state: DialogueState) -> tuple[Reason, ...]:
        """Which words its decisions rest on."""
        ...


@dataclass(frozen=True, slots=True)
class Parser:
    """Parses sentences and conversations with a given model. A write that the calibration is unsure of asks instead of acting."""

    predictor: Predicts
    calibration: Calibration = UNCALIBRATED

    def parse(self, text: str, context: Context | None = None) -> Parse:
        """One sentence on its own."""
        return self.step(text, context or Context(), DialogueState())[0]

    def converse(self, turns: Sequence[str], context: Context | None = None) -> Parse:
        """What the last of several turns asks for, with what the conversation gave before."""
        state = DialogueState()
        parse = Parse("incomplete", ())
        for turn in turns:
            parse, state = self.step(turn, context or Context(), state)
        return parse

    def step(self, text: str, context: Context, state: DialogueState) -> tuple[Parse, DialogueState]:
        """One turn of a conversation: its answer, and what the conversation holds afterwards."""
        words = recognise(text[:LONGEST_TEXT], context)
        if not words:
            return answer([Drafted(Action("out_of_scope"))], 1.0), replace(state, turn=state.turn + 1)
        return self.finish(Utterance(text, words, context), self.predictor.predict(words, state), state)

    def parse_batch(self, asked: Sequence[tuple[str, Context]]) -> list[Parse]:
        """Many single sentences at once, in order; those of like length run together, two groups at a time."""
        from concurrent.futures import ThreadPoolExecutor

        order = sorted(range(len(asked)), key=lambda index: length_of(asked[index][0]))
        groups = [order[at : at + GROUP] for at in range(0, len(order), GROUP)]
        alone = len(groups) == 1
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            found_in = pool.map(lambda group: self.parse_group([asked[i] for i in group], alone=alone), groups)
            parses = chain.from_iterable(found_in)
            found = dict(zip(order, parses, strict=True))
        return [found[index] for index in range(len(asked))]

    def parse_group(self, asked: Sequence[tuple[str, Context]], *, alone: bool) -> list[Parse]:
        """Some single sentences at once, on all cores where nothing else is parsed beside them (`alone`), else on one."""
        worded = [(text, context, recognise(text[:LONGEST_TEXT], context)) for text, context in asked]
        start = DialogueState()
        full = [(words, start) for _, _, words in worded if words]
        labelled = self.predictor.predict_batch(full) if alone else self.predictor.predict_beside_another(full)
        predictions = iter(labelled)
        return [
            self.finish(Utterance(text, words, context), next(predictions), start)[0]
            if words
            else answer([Drafted(Action("out_of_scope"))], 1.0)
            for text, context, words in worded
        ]

    def reasons(
        self, text: str, context: Context | None = None, state: DialogueState | None = None
    ) -> tuple[Reason, ...]:
        """Why a turn is read as it is; the characters that the reasons name are those of `text`."""
        words = recognise(text[:LONGEST_TEXT], context or Context())
        return self.predictor.reasons(words, state or DialogueState())

    def finish(self, utterance: Utterance, prediction: Prediction, state: DialogueState) -> tuple[Parse, DialogueState]:
        """From the model's labels to the answer and the state after it."""
        drafted = tuple(_seen_whole(item, utterance, prediction) for item in assembled(utterance, prediction, state))
        confidence = self.calibration.confidence(features_of(prediction, answer(drafted, 0.0)))
        if confidence < self.calibration.ask_below or prediction.evidence.agreed < LEAST_AGREED:
            drafted = tuple(map(_asked, drafted))
        parse = answer(drafted, confidence)
        return parse, following(state, parse)

    def unsure_of(self, parse: Parse) -> bool:
        """Whether an answer is one that somebody else had better be asked about."""
        asks = parse.confidence < self.calibration.ask_below or UNSURE in parse.errors
        return asks or parse.status == "out_of_scope"

    def read_by_labels(
        self, text: str, context: Context, state: DialogueState, prediction: Prediction
    ) -> tuple[Parse, DialogueState]:
        """One turn by labels that came from elsewhere, with every guard and doubt, and more doubts than the small model's get."""
        utterance = Utterance(text, recognise(text[:LONGEST_TEXT], context), context)
        drafted = tuple(_seen_whole(item, utterance, prediction) for item in assembled(utterance, prediction, state))
        for reason in unheld(utterance, prediction):
            drafted = tuple(_doubted(item, reason) for item in drafted)
        drafted = tuple(map(_shown_first, drafted))
        parse = answer(drafted, max(UNMEASURED, self.calibration.ask_below))
        return parse, following(state, parse)


def length_of(text: str) -> tuple[int, int]:
    """What long and short sentences of a batch are told by before anything of them is read: words, then characters."""
    return len(text.split()), len(text)


def assembled(utterance: Utterance, prediction: Prediction, state: DialogueState) -> tuple[Drafted, ...]:
    """The actions that a prediction means in a state of the conversation."""
    labelled = relabelled(utterance, prediction)
    read = [own_names_first(utterance, reading) for reading in read_segments(utterance, labelled)]
    readings = share_out(utterance, read)
    drafted: tuple[Drafted, ...] = ()
    pending = _pending(state)
    for reading in (boundless(utterance, own, state) for own in readings):
        if not pending and says_no_yes(utterance, reading):
            reading = replace(reading, intent="out_of_scope")
        if pending and is_more_than_yes(utterance, reading, [item.action for item in pending]):
            drafted += tuple(_doubted(item, NOT_ALONE) for item in pending)
            continue
        said = tuple(item.action for item in drafted)
        resolved = resolve(utterance, _pointed_back(utterance, reading, state), state, said)
        allowing = bool(pending) and all(item.action.intent in ("approve", "set_limit") for item in pending)
        resolved = guard(utterance, resolved, allowing=allowing)
        if reading.intent not in INTERNAL_INTENTS:
            drafted = (*drafted, draft_action(utterance, resolved, state.turn))
            continue
        held = pending or (drafted if reading.intent == "amend" else ())
        followed = _followed(utterance, resolved, held, state, drafted)
        if reading.intent == "amend" and held:
            pending, drafted = followed, _without_pending(drafted, held) + followed
        else:
            drafted += followed
    return _once_each(drafted) or (Drafted(Action("out_of_scope")),)


def _pointed_back(utterance: Utterance, reading: Reading, state: DialogueState) -> Reading:
    return there_before(utterance, going_on(utterance, reading, state), state)


def _once_each(drafted: tuple[Drafted, ...]) -> tuple[Drafted, ...]:
    """Nothing moves twice: of two writes that are the same in everything the second is in doubt."""
    result: list[Drafted] = []
    for item in drafted:
        again = any(item.action.intent == own.action.intent and _same(item.action, own.action) for own in result)
        item = _doubted(item, TWICE) if again else item
        result.append(
            _doubted(item, TWO_NAMES) if any(_named_twice(item.action, own.action) for own in result) else item
        )
    return tuple(result)


def _named_twice(one: Action, other: Action) -> bool:
    """Two contacts of one sentence at the same address."""
    return one.intent == other.intent == "contact_add" and one.slots.get("address") == other.slots.get("address")


def _same(one: Action, other: Action) -> bool:
    return dict(one.slots) == dict(other.slots) and one.trigger == other.trigger


def _without_pending(drafted: tuple[Drafted, ...], pending: tuple[Drafted, ...]) -> tuple[Drafted, ...]:
    return tuple(item for item in drafted if item not in pending)


def _followed(
    utterance: Utterance,
    reading: Reading,
    pending: tuple[Drafted, ...],
    state: DialogueState,
    before: tuple[Drafted, ...],
) -> tuple[Drafted, ...]:
    """What a follow-up means: a change of what is pending, a repetition with a difference, or the way back.

    `before`: what the same utterance asked for already ('10 usdc to jess and the same to callum').
    """
    if reading.intent == "reverse":
        back = reversed_trade(utterance, reading, state)
        turned = judge_action(back, {}, (), TriggerReading()) if back else None
        # What was not done yet has nothing to give back.
        said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end].lower()
        return (_doubted(turned, NOTHING_DONE) if pending and "back" not in said else turned,) if turned else ()
    if reading.intent == "amend" and pending:
        return amended(utterance, reading, pending, state.turn)
    own = [item.action for item in before]
    last = next(iter((*reversed(own), *reversed(state.last), *reversed(state.pending), *reversed(state.said))), None)
    if last is None:
        return ()
    # What is pending brings along what it lacks and what speaks against it.
    drafted = next((item for item in (*reversed(before), *_pending(state)) if item.action == last), Drafted(last))
    return (repeated(utterance, reading, drafted, state.turn),)


def _pending(state: DialogueState) -> tuple[Drafted, ...]:
    """The pending actions with what each still lacks."""
    result = []
    for index, action in enumerate(state.pending):
        prefix = f"{index}." if index else ""
        own = [
            m.removeprefix(prefix)
            for m in state.missing
            if m.startswith(prefix) and m.removeprefix(prefix)[:1].isalpha()
        ]
        doubts = tuple(doubt for at, doubt in state.doubts if at == index)
        result.append(Drafted(action, tuple(own), doubts=doubts))
    return tuple(result)


def _seen_whole(item: Drafted, utterance: Utterance, prediction: Prediction) -> Drafted:
    """A write that the model saw only in part asks instead."""
    cut = prediction.truncated or len(utterance.text) > LONGEST_TEXT
    return _doubted(item, TOO_LONG) if cut and item.action.intent != "sign_message" else item


def _shown_first(item: Drafted) -> Drafted:
    """A card is what tells a wrong reading; what is done without one is not done on an unmeasured one."""
    if not done_at_once(item.action.intent):
        return item
    return replace(item, doubts=(*item.doubts, Doubt("", AT_ONCE)))


def _asked(item: Drafted) -> Drafted:
    return _doubted(item, UNSURE)


def _doubted(item: Drafted, reason: str) -> Drafted:
    """A write that nothing else stops, stopped."""
    if not binds(item.action.intent) or item.missing or item.doubts:
        return item
    return replace(item, doubts=(Doubt("", reason),))


def following(state: DialogueState, parse: Parse) -> DialogueState:
    """What the conversation holds after an answer."""
    turn = state.turn + 1
    intents = [action.intent for action in parse.actions]
    if intents == ["confirm"]:
        return DialogueState((), (), state.pending or state.last, (*state.said, *state.pending), turn)
    if intents == ["reject"]:
        return DialogueState((), (), (), state.said, turn)
    asks = parse.status == "incomplete" or any(binds(intent) or intent == "alert" for intent in intents)
    if asks and parse.actions:
        return DialogueState(parse.actions, parse.missing, parse.actions, state.said, turn, parse.doubts)
    chatter = parse.status == "out_of_scope" or set(intents) <= {"greet", "thanks", "help", "ask", "complaint"}
    return replace(state, last=state.last if chatter else parse.actions, turn=turn)
