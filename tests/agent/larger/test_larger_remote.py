"""A model behind an OpenAI-compatible endpoint: what it is told, and what is made of answers that are slow, huge or wrong."""

import json
import time
from dataclasses import replace

import pytest

from agent.larger.remote import LONGEST_RESPONSE, RemoteModel
from agent.larger.types import LONGEST_PROSE, LargerFailed
from nlp.larger.request import Request, answer_schema, system_prompt
from nlp.recognise import recognise
from nlp.types import Context
from tests.agent.larger.larger_support import Service, completion

KEY = "sk-hunter2"
SEND = "send 5 usdc to mum"
CONTEXT = Context(("mum", "a secret friend"), ("savings",), {"0x" + "ab" * 20: "PEPE2"})


@pytest.fixture
def model(server: Service) -> RemoteModel:
    return RemoteModel(server.url, "big", KEY, seconds=2)


def asked(text: str = SEND) -> Request:
    return Request(text, recognise(text, CONTEXT))


async def failure(model: RemoteModel) -> str:
    """Why there is no answer; the key and the path stand in no text of it."""
    with pytest.raises(LargerFailed) as failed:
        await model.labels(asked())
    said = f"{failed.value} {failed.value.why} {model!r}"
    assert KEY not in said and "/v1/" not in str(failed.value)
    return failed.value.why


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_refusal_is_told_by_its_status(status: int, server: Service, model: RemoteModel) -> None:
    server.status = status
    assert str(status) in await failure(model)


async def test_a_redirect_is_not_followed(server: Service, model: RemoteModel) -> None:
    server.status, server.headers = 307, {"location": f"{server.url}/elsewhere"}
    assert "redirect" in await failure(model)
    assert len(server.sent) == 1


async def test_a_slow_answer_is_not_waited_for(server: Service, model: RemoteModel) -> None:
    server.delay = 5
    began = time.monotonic()
    assert "within 1 seconds" in await failure(replace(model, seconds=1))
    assert time.monotonic() - began < 3


async def test_an_answer_that_trickles_is_not_waited_for_either(server: Service, model: RemoteModel) -> None:
    server.trickle = 0.2
    server.answers("x" * 500)
    assert "within 1 seconds" in await failure(replace(model, seconds=1))


async def test_a_huge_answer_is_cut_off(server: Service, model: RemoteModel) -> None:
    server.bodies = [b"x" * (LONGEST_RESPONSE + 1)]
    assert "more than" in await failure(model)


async def test_nobody_there_is_told(model: RemoteModel) -> None:
    assert "could not be reached" in await failure(replace(model, url="http://127.0.0.1:9/v1"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"choices": []}',
        b'{"choices": {}}',
        b'{"choices": [[]]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": ""}}]}',
        b'{"choices": [{"message": {"content": [{"text": "x"}]}}]}',
        b'{"error": {"message": "sk-hunter2"}}',
        b"[" * 200_000,
        b'{"a": NaN}',
    ],
)
async def test_another_form_is_no_answer(body: bytes, server: Service, model: RemoteModel) -> None:
    server.bodies = [body]
    assert "answered" in await failure(model)


async def test_an_answer_that_was_cut_is_none(server: Service, model: RemoteModel) -> None:
    server.bodies = [completion('{"actions": [', "length")]
    assert "end of its answer" in await failure(model)


@pytest.mark.parametrize("text", [f"import {'ab' * 32}", " ".join(["abandon"] * 12)])
async def test_what_could_be_a_secret_is_not_sent(text: str, server: Service, model: RemoteModel) -> None:
    for ask in (model.labels(asked(text)), model.prose(text)):
        with pytest.raises(LargerFailed, match="never sent"):
            await ask
    assert server.sent == []


async def test_the_words_alone_are_sent_with_the_schema_and_the_key_in_its_header(
    server: Service, model: RemoteModel
) -> None:
    server.answers("{}")
    assert await model.labels(asked()) == "{}"
    ((path, headers, document),) = server.sent
    assert (path, headers["authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert (document["model"], document["temperature"], document["max_tokens"]) == ("big", 0, 600)
    form = document["response_format"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert form["json_schema"]["schema"] == answer_schema()
    system, user = document["messages"]
    assert system == {"role": "system", "content": system_prompt()}
    assert json.loads(user["content"]) == {"text": SEND, "words": ["send", "5", "usdc", "to", "mum"]}
    whole = json.dumps(document)
    assert not any(name in whole for name in ("a secret friend", "savings", "PEPE2", "abab", KEY))


async def test_without_a_key_no_header_is_sent(server: Service, model: RemoteModel) -> None:
    server.answers("{}")
    await replace(model, key="").labels(asked())
    assert "authorization" not in server.sent[0][1]


async def test_a_question_is_sent_as_it_was_said_and_the_answer_is_bounded(server: Service, model: RemoteModel) -> None:
    server.answers("y" * (2 * LONGEST_PROSE))
    assert len(await model.prose("what is staking?")) == LONGEST_PROSE
    document = server.sent[0][2]
    assert document["messages"][1] == {"role": "user", "content": "what is staking?"}
    assert "response_format" not in document and document["max_tokens"] == 400
