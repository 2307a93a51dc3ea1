"""A model in a folder: it runs here, writes nothing but permitted answers, within its time, and what is no model is told so."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.larger.local import LocalModel
from agent.larger.types import LONGEST_PROSE, LargerFailed
from nlp.contract import answer_object
from nlp.errors import ReadingRefused
from nlp.larger.grammar import Grammar, State
from nlp.larger.reading import read_answer
from nlp.larger.request import Request
from nlp.parser import Parser
from nlp.recognise import recognise
from nlp.types import Context, DialogueState
from tests.agent.face_support import ScriptedParser
from tests.agent.larger.tiny import NO_SYSTEM, gpt2, llama
from tests.provenance import oracle

TEXTS = ("send 5 usdc to bob", 'zoë says "gas"', "swap half my eth for dai when eth hits 4000, then show my nfts")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("models")
    return {"gpt2": gpt2(home / "gpt2"), "llama": llama(home / "llama"), "no system": llama(home / "bare", NO_SYSTEM)}


def request(text: str) -> Request:
    return Request(text, recognise(text, Context()))


@pytest.mark.parametrize("kind", ["gpt2", "llama", "no system"])
async def test_an_untrained_model_writes_permitted_answers_of_the_words_alone(
    kind: str, models: dict[str, Path]
) -> None:
    model = LocalModel(models[kind], kind, seconds=120)
    for text in TEXTS:
        answer = await model.labels(request(text))
        state: State | None = State()
        grammar = Grammar(request(text))
        for char in answer:
            state = grammar.step(state, char) if state else None
        assert state is not None and grammar.accepting(state)
        quotes = [value["quote"] for action in json.loads(answer)["actions"] for value in action["values"]]
        assert all(quote in text for quote in quotes)
        try:
            prediction = read_answer(answer, request(text))
        except ReadingRefused:
            continue
        parse, _ = Parser(ScriptedParser({})).read_by_labels(text, Context(), DialogueState(), prediction)
        assert oracle.unexplained(answer_object(parse), [text], {}) == []


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
async def test_what_was_read_before_changes_no_answer(kind: str, models: dict[str, Path]) -> None:
    """The rules are read once; what else was asked, in words or in prose, leaves no trace."""
    model = LocalModel(models[kind], "tiny", seconds=120)
    alone = [await LocalModel(models[kind], "fresh", seconds=120).labels(request(text)) for text in TEXTS[:2]]
    for _ in range(2):
        assert [await model.labels(request(text)) for text in TEXTS[:2]] == alone
    assert model._loaded is not None
    assert len(model._loaded.sentences.rest([*model._loaded.sentences.tokens, 5])) == 1


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
async def test_a_question_is_answered_in_bounded_text(kind: str, models: dict[str, Path]) -> None:
    said = await LocalModel(models[kind], kind, seconds=120).prose("what is staking?")
    assert isinstance(said, str) and len(said) <= LONGEST_PROSE


async def test_labels_that_take_too_long_are_given_up(models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    model = LocalModel(models["gpt2"], "tiny", seconds=120)
    await model.labels(request("gas"))
    slow = model._loaded.model.forward if model._loaded else None

    def forward(cache: object = None, **inputs: object) -> object:
        time.sleep(0.3)
        return slow(cache=cache, **inputs)  # type: ignore[misc]

    assert model._loaded is not None
    monkeypatch.setattr(model._loaded.model, "forward", forward)
    model.seconds = 1
    began = time.monotonic()
    with pytest.raises(LargerFailed, match="longer than 1 seconds"):
        await model.labels(request(TEXTS[2]))
    assert time.monotonic() - began < 10


async def test_one_thing_at_a_time_and_what_nobody_waits_for_ends(
    models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = LocalModel(models["gpt2"], "tiny", seconds=120)
    first = asyncio.create_task(model.labels(request(TEXTS[2])))
    await asyncio.sleep(0.05)
    with pytest.raises(LargerFailed, match="still at work"):
        await model.labels(request("gas"))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    for _ in range(200):
        if not model._busy.locked():
            break
        await asyncio.sleep(0.05)
    assert await model.labels(request("gas"))


async def test_a_model_that_reads_too_little_is_told(tmp_path: Path) -> None:
    model = LocalModel(gpt2(tmp_path / "short", positions=256), "short", seconds=120)
    with pytest.raises(LargerFailed, match="no more than 256 tokens"):
        await model.labels(request("gas"))


def broken(folder: Path, what: str) -> Path:
    """A model's folder that is none any more."""
    config = folder / "config.json"
    if what == "no weights":
        (folder / "model.safetensors").unlink()
    elif what == "cut weights":
        (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:100])
    elif what == "no tokenizer":
        for path in folder.glob("*token*"):
            path.unlink()
    elif what == "no json":
        config.write_text("{")
    elif what == "unknown kind":
        config.write_text('{"model_type": "nothing-known"}')
    else:
        config.write_text(
            json.dumps({"model_type": "own", "auto_map": {"AutoModelForCausalLM": "own.Own", "AutoConfig": "own.C"}})
        )
        (folder / "own.py").write_text(f"open({str(folder / 'ran')!r}, 'w')")
    return folder


@pytest.mark.parametrize("what", ["no weights", "cut weights", "no tokenizer", "no json", "unknown kind", "own code"])
async def test_a_folder_that_is_no_model_is_told_in_words(what: str, tmp_path: Path) -> None:
    folder = broken(gpt2(tmp_path / "model"), what)
    with pytest.raises(LargerFailed, match=r"could not be loaded or run|with its vocabulary"):
        await LocalModel(folder, "broken", seconds=120).labels(request("gas"))
    assert not (folder / "ran").exists()


def test_nothing_of_it_is_imported_before_a_model_is_asked(models: dict[str, Path], tmp_path: Path) -> None:
    code = (
        "import sys\nfrom agent.larger.configured import larger_of\nfrom agent.settings import load_settings\n"
        f"environ = {{'SAYSO_HOME': {str(tmp_path)!r}, 'SAYSO_LARGER_MODEL': {str(models['gpt2'])!r}}}\n"
        "assert larger_of(load_settings({}, environ)).name == 'gpt2'\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "httpx", "web3"} & set(done.stdout.split())
