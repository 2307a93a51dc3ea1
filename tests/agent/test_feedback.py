"""What a person puts right is kept for them alone: encrypted, listed and deleted by command, learnt from when asked."""

from pathlib import Path
from typing import Any

import pytest

from agent.feedback.learning import corrections
from agent.feedback.listening import Listening, kept_of
from agent.feedback.store import MOST_KEPT, Feedback, Kept
from agent.session import Desk
from agent.store.sealed import new_seal_key
from agent.why import Heard
from chain.errors import SayDifferently, SetupNeeded
from nlp.model.learn import Held, Lesson
from nlp.types import Context, DialogueState, Parse
from tests.agent.commands_support import Person, make_person, secret_file
from tests.agent.face_support import act, understood
from tests.agent.store_support import PASSWORD, desk_at, make_scrypt_cheap, tamper

WORDS = "chuck bob 10 dai"
MISREAD = [{"intent": "transfer", "slots": {"amount": "1", "token": "DAI", "recipient": "bob"}}]
MEANT = [{"intent": "transfer", "slots": {"amount": "10", "token": "DAI", "recipient": "bob"}}]
KEPT = Kept("rejected", WORDS, ("bob",), (), MISREAD)
HERE = Context(("bob", "amy"), ("main",))


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Person:
    make_scrypt_cheap(monkeypatch)
    made = make_person(tmp_path, monkeypatch, capsys)
    made.run("account", "create", "main", *made.with_password())
    return made


def keep(person: Person, kept: Kept = KEPT) -> int:
    with desk_at(person.home) as desk:
        number = desk.feedback.keep(kept)
    assert number is not None
    return number


def opened(desk: Desk) -> Any:
    return desk.accounts.open_seal(desk.accounts.default().address, PASSWORD)


def test_nothing_is_kept_before_a_password_was_set_or_where_it_is_switched_off(tmp_path: Path, person: Person) -> None:
    with desk_at(tmp_path / "empty") as desk:
        assert desk.feedback.keep(KEPT) is None
    person.run("config", "set", "feedback", "off")
    with desk_at(person.home) as desk:
        assert desk.feedback.keep(KEPT) is None
        assert desk.feedback.count() == 0


def test_the_words_do_not_stand_on_disk(person: Person) -> None:
    keep(person)
    files = [path.read_bytes() for path in person.home.rglob("*") if path.is_file()]
    assert not any(b"chuck" in data or b"DAI" in data for data in files)


def test_only_the_password_opens_what_is_kept(person: Person, tmp_path: Path) -> None:
    keep(person)
    wrong = secret_file(tmp_path / "wrong", "another password")
    assert person.run("feedback", "list", "--password-file", str(wrong)).error == "locked"
    assert person.run("feedback", "list").code == 4
    with desk_at(person.home) as desk, pytest.raises(SetupNeeded):
        desk.feedback.list(new_seal_key())


def test_an_entry_that_was_changed_is_not_taken_for_the_persons_own(person: Person) -> None:
    keep(person)
    with desk_at(person.home) as desk:
        tamper(desk, "UPDATE feedback SET letter = zeroblob(80)")
        with pytest.raises(SetupNeeded, match="cannot be opened"):
            desk.feedback.list(opened(desk))


def test_it_is_listed_put_right_and_deleted(person: Person) -> None:
    number = keep(person)
    (entry,) = person.run("feedback", "list", *person.with_password()).data["feedback"]
    assert {"number": number, "words": WORDS, "understood": MISREAD, "meant": None}.items() <= entry.items()
    assert "not told yet" in person.read("feedback", "list", *person.with_password())[1]
    told = person.run("feedback", "meant", str(number), "send 10 dai to bob", *person.with_password())
    assert told.data["meant"] == MEANT
    (entry,) = person.run("feedback", "list", *person.with_password()).data["feedback"]
    assert entry["meant"] == MEANT
    assert person.run("feedback", "delete", "99").error == "say_differently"
    assert person.run("feedback", "delete").code == person.run("feedback", "delete", "1", "--all").code == 2
    assert person.run("feedback", "delete", str(number)).data == {"deleted": 1}
    assert person.run("feedback", "list").data == {"feedback": []}
    keep(person)
    assert person.run("feedback", "delete", "--all").data == {"deleted": 1}


def test_a_meaning_that_the_words_do_not_say_is_not_taken(person: Person) -> None:
    number = keep(person)
    wrong = person.run("feedback", "meant", str(number), "send 11 dai to bob", *person.with_password())
    assert (wrong.code, wrong.error) == (2, "say_differently")
    assert person.run("feedback", "meant", "99", "send 10 dai to bob", *person.with_password()).code == 2


def test_the_oldest_give_way(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.feedback.store.MOST_KEPT", 3)
    assert MOST_KEPT > 3
    numbers = [keep(person) for _ in range(5)]
    with desk_at(person.home) as desk:
        assert [entry.id for entry in desk.feedback.list(opened(desk))] == numbers[-3:]


def test_of_the_persons_names_only_those_that_were_said_are_kept() -> None:
    kept = kept_of("Chuck Bob 10 dai from main", ["bob", "amy"], ["main", "savings"], MISREAD)
    assert (kept.contacts, kept.accounts) == (("bob",), ("main",))


def transfer(amount: str, recipient: str = "bob") -> Parse:
    return understood(act("transfer", amount=amount, token="DAI", recipient=recipient))


def heard(text: str, *pending: Any) -> Heard:
    return Heard(text, HERE, DialogueState(pending=pending))


def test_what_is_said_anew_and_confirmed_tells_what_the_rejected_words_meant(person: Person) -> None:
    with desk_at(person.home) as desk:
        ear = Listening(desk.feedback)
        ear.heard(heard(WORDS), transfer("1"))
        ear.rejected()
        ear.heard(heard("send 10 dai to bob"), transfer("10"))
        ear.confirmed()
        (entry,) = desk.feedback.list(opened(desk))
    assert (entry.kept.words, entry.kept.why, entry.kept.meant) == (WORDS, "said_anew", MEANT)
    assert [meant for _, meant in corrections([entry])] == [MEANT]


def test_a_question_that_was_needless_is_learnt_from_too(person: Person) -> None:
    with desk_at(person.home) as desk:
        ear = Listening(desk.feedback)
        ear.heard(heard(WORDS), Parse("incomplete", (act("transfer", token="DAI"),), ("amount|value", "recipient")))
        ear.heard(heard("send 10 dai to bob"), transfer("10"))
        assert desk.feedback.count() == 0
        ear.confirmed()
        (entry,) = desk.feedback.list(opened(desk))
    assert (entry.kept.words, entry.kept.meant) == (WORDS, MEANT)


@pytest.mark.parametrize(
    "later", [("send 11 dai to bob", transfer("11")), ("send 10 dai to amy", transfer("10", "amy"))]
)
def test_a_change_of_mind_teaches_nothing(person: Person, later: tuple[str, Parse]) -> None:
    with desk_at(person.home) as desk:
        ear = Listening(desk.feedback)
        ear.heard(heard(WORDS), transfer("10"))
        ear.rejected()
        ear.heard(heard(later[0]), later[1])
        ear.confirmed()
        (entry,) = desk.feedback.list(opened(desk))
    assert (entry.kept.why, entry.kept.meant) == ("rejected", None)
    assert corrections([entry]) == []


def test_follow_ups_and_reads_are_not_kept(person: Person) -> None:
    with desk_at(person.home) as desk:
        ear = Listening(desk.feedback)
        ear.heard(heard("how much dai?"), understood(act("balance", token="DAI")))
        ear.rejected()
        ear.heard(heard("make it 7", act("transfer")), transfer("7"))
        ear.rejected()
        assert desk.feedback.count() == 0


def lesson(share: float) -> Lesson:
    return Lesson(1, Held(100, 90, 0, 0), Held(100, 91 if share else 89, 0, 1), share)


def test_training_with_feedback_says_what_it_did_or_why_not(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = person.run("train", "--with-feedback", *person.with_password())
    assert (nothing.code, nothing.error) == (2, "say_differently")
    number = keep(person)
    person.run("feedback", "meant", str(number), "send 10 dai to bob", *person.with_password())
    monkeypatch.setattr("agent.feedback.learning.learn", lambda *_, **__: lesson(0.0))
    refused = person.run("train", "--with-feedback", *person.with_password())
    assert (refused.code, refused.error) == (5, "refused")
    monkeypatch.setattr("agent.feedback.learning.learn", lambda *_, **__: lesson(0.5))
    code, out, _ = person.read("train", "--with-feedback", *person.with_password())
    assert code == 0
    assert all(part in out for part in ("1 of 1 entries", "91 of 100", "before: 90", "sayso feedback unlearn"))


def test_a_model_of_ones_own_that_cannot_be_used_is_told_and_left_by_command(person: Person) -> None:
    own = person.home / "model" / "sayso.safetensors"
    own.parent.mkdir()
    own.write_bytes(b"no weights")
    code, out, err = person.read("parse", "send 5 usdc to bob.eth")
    assert (code, out) == (4, "")
    assert "sayso feedback unlearn" in err
    assert person.run("feedback", "unlearn").data == {"unlearnt": True}
    assert person.read("parse", "send 5 usdc to bob.eth")[0] == 0
    assert person.run("feedback", "unlearn").data == {"unlearnt": False}


def test_deleting_what_is_not_there_deletes_nothing(person: Person) -> None:
    number = keep(person)
    with desk_at(person.home) as desk:
        with pytest.raises(SayDifferently):
            desk.feedback.delete([number, 77])
        assert desk.feedback.count() == 1
        assert isinstance(desk.feedback, Feedback)
