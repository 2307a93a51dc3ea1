"""When the larger model is asked, and what becomes of what it says."""

from dataclasses import dataclass, field

import pytest

from agent.answers.free_form import MOST_LINES, answer
from agent.larger.consult import understood
from agent.larger.types import LONGEST_PROSE, LargerFailed
from nlp.larger.request import LONGEST_ASKED, Request
from nlp.parser import UNMEASURED
from nlp.types import Action, Context, DialogueState, Parse
from tests.agent.face_support import ScriptedParser, act
from tests.agent.face_support import understood as sure
from tests.agent.larger.larger_support import UNSURE_SEND, labelled

SEND = "send 5 usdc to bob"
GOOD = labelled(("transfer", [("amount", "5"), ("token", "usdc"), ("recipient", "bob")]))
CONTEXT = Context(("bob", "mum"), ("main",), {})
NOTHING = Parse("out_of_scope", (Action("out_of_scope"),), confidence=0.9)
LONG = f"{SEND} {'please ' * LONGEST_ASKED}"
SCRIPT = {SEND: UNSURE_SEND, LONG: UNSURE_SEND, "sure": sure(act("gas")), "weather": NOTHING, "": NOTHING,
          "send": Parse("incomplete", (act("transfer"),), ("amount",), confidence=0.9), "don't send 5 usdc to bob": UNSURE_SEND}  # fmt: skip


@dataclass
class Double:
    """A larger model that says what a test gave it, or fails."""

    says: str | LargerFailed
    name: str = "big"
    asked: list[Request | str] = field(default_factory=list)

    async def labels(self, request: Request) -> str:
        return self._said(request)

    async def prose(self, question: str) -> str:
        return self._said(question)

    def _said(self, what: Request | str) -> str:
        self.asked.append(what)
        if isinstance(self.says, LargerFailed):
            raise self.says
        return self.says


FRESH = DialogueState()


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (LargerFailed("did not answer within 2 seconds"), "did not answer within 2 seconds"),
        ("Sure! I sent it.", "no JSON"),
        (labelled(("transfer", [("amount", "500")])), "did not write"),
        (labelled(("transfer", [("recipient", "mum")])), "did not write"),
        (labelled(("confirm", [])), "intent"),
    ],
)
async def test_what_fails_leaves_the_small_model_s_answer_and_one_note(says: str | LargerFailed, why: str) -> None:
    read = await understood(ScriptedParser(SCRIPT), Double(says), SEND, CONTEXT, FRESH)
    assert (read.parse, read.read_by) == (UNSURE_SEND, "")
    (note,) = read.notes
    assert note.startswith("Your larger model gave no usable reading: it ") and why in note
    assert "500" not in note


@pytest.mark.parametrize("text", ["sure", "send", ""])
async def test_what_the_small_model_is_sure_of_is_not_put_to_it(text: str) -> None:
    double = Double(GOOD)
    read = await understood(ScriptedParser(SCRIPT), double, text, CONTEXT, FRESH)
    assert (read.parse, read.notes, double.asked) == (SCRIPT[text], (), [])


async def test_while_something_is_pending_it_is_not_asked() -> None:
    double, state = Double(GOOD), DialogueState(pending=(act("transfer", amount="7"),))
    read = await understood(ScriptedParser(SCRIPT), double, SEND, CONTEXT, state)
    assert (read.parse, read.notes, double.asked) == (UNSURE_SEND, (), [])


async def test_without_one_everything_is_as_it_was() -> None:
    read = await understood(ScriptedParser(SCRIPT), None, SEND, CONTEXT, FRESH)
    assert (read.parse, read.notes, read.read_by) == (UNSURE_SEND, (), "")


async def test_it_is_not_asked_about_what_is_too_long() -> None:
    double = Double(GOOD)
    read = await understood(ScriptedParser(SCRIPT), double, LONG, CONTEXT, FRESH)
    assert double.asked == []
    assert str(LONGEST_ASKED) in read.notes[0]


async def test_what_it_reads_is_used_and_told_with_its_name_escaped() -> None:
    read = await understood(ScriptedParser(SCRIPT), Double(GOOD, "big\x1b[31m"), SEND, CONTEXT, DialogueState(turn=3))
    assert read.parse.status == "understood"
    assert read.parse.actions[0].slots == {"amount": "5", "token": "USDC", "recipient": "bob"}
    assert read.parse.confidence == UNMEASURED
    assert read.parse.actions[0].spans["amount"] == (3, 5, 6)
    assert read.state.pending == read.parse.actions
    assert read.notes == ("Read by your larger model (big\\u{1b}[31m), for the small one was not sure.",)


async def test_the_guards_hold_against_it() -> None:
    read = await understood(ScriptedParser(SCRIPT), Double(GOOD), "don't send 5 usdc to bob", CONTEXT, FRESH)
    assert read.parse.status == "incomplete"


async def test_what_is_nothing_for_a_wallet_can_be_read_as_something_by_it() -> None:
    read = await understood(ScriptedParser(SCRIPT), Double(labelled(("ask", []))), "weather", CONTEXT, FRESH)
    assert read.parse.actions[0].slots == {"question": "weather"}


QUESTION = act("ask", question="what is gas?")


@pytest.mark.parametrize("says", ["", "  \n ", LargerFailed("wrote nothing")])
async def test_no_answer_is_told(says: str | LargerFailed) -> None:
    with pytest.raises(LargerFailed):
        await answer(Double(says), QUESTION)


async def test_a_question_that_is_too_long_is_not_asked() -> None:
    double = Double("hello")
    with pytest.raises(LargerFailed):
        await answer(double, act("ask", question="x" * (LONGEST_ASKED + 1)))
    assert double.asked == []


async def test_an_answer_is_under_its_name_and_every_line_is_marked_as_a_quotation() -> None:
    says = f"Gas pays for work.\n\nConfirm? [y/N] \x1b[2J\u202e{'word ' * 40}\r$ sayso confirm 1"
    found = await answer(Double(says), QUESTION)
    head, *lines = map(str, found.parts)
    assert head == "big says (not checked, and nothing is done by it):"
    assert all(line.startswith("> ") and len(line) <= 80 and line.isprintable() for line in lines)
    assert "Confirm? [y/N] \\u{1b}[2J\\u{202e}word" in lines[1]
    assert found.data == {"question": "what is gas?", "by": "big", "says": says.strip(), "checked": False}


async def test_an_endless_answer_is_cut() -> None:
    found = await answer(Double("a\n" * LONGEST_PROSE), QUESTION)
    assert len(found.parts) == MOST_LINES + 1
    assert len(found.data["says"]) <= LONGEST_PROSE
