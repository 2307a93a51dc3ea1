"""A larger model behind an OpenAI-compatible endpoint: one request an answer, bounded in time and size, redirects not followed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.larger.types import LONGEST_PROSE, MOST_LABEL_TOKENS, MOST_PROSE_TOKENS, LargerFailed
from agent.larger.withheld import withheld
from chain.bounded_json import loads
from chain.errors import SayDifferently
from chain.http import ServiceFailure, Transport, WebService
from nlp.larger.request import PROSE_PROMPT, Request, answer_schema, system_prompt, user_message

LONGEST_RESPONSE = 256 * 1024
DEEPEST_RESPONSE = 16
PATH = "/chat/completions"
JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """`url` is the base that ends in '/v1' or the like; `key` goes into a header, and is never told."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    seconds: int = 20
    transport: Transport | None = None

    async def labels(self, request: Request) -> str:
        """The answer to a sentence, which only its words and their cut are sent of. Raises LargerFailed."""
        asked = _messages(system_prompt(), user_message(request.text))
        schema = {"name": "labels", "strict": True, "schema": answer_schema()}
        form = {"type": "json_schema", "json_schema": schema}
        content, whole = await self._asked(request.text, asked, MOST_LABEL_TOKENS, {"response_format": form})
        if not whole:
            raise LargerFailed("did not come to the end of its answer")
        return content

    async def prose(self, question: str) -> str:
        """The answer to a question. Raises LargerFailed."""
        content, _ = await self._asked(question, _messages(PROSE_PROMPT, question), MOST_PROSE_TOKENS, {})
        return content[:LONGEST_PROSE]

    async def _asked(
        self, said: str, messages: Sequence[Mapping[str, str]], most: int, more: Mapping[str, Any]
    ) -> tuple[str, bool]:
        """What was answered, and whether that was all of it."""
        if why := withheld(said):
            raise LargerFailed(why)
        body = {"model": self.name, "messages": messages, "temperature": 0, "max_tokens": most, "stream": False, **more}
        return _content(await self._posted(json.dumps(body).encode()))

    async def _posted(self, content: bytes) -> bytes:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        service = WebService(
            self.url, headers=headers, transport=self.transport, timeout=self.seconds, limit=LONGEST_RESPONSE
        )
        try:
            return await service.post(PATH, content, JSON)
        except ServiceFailure as failure:
            raise LargerFailed(failure.detail) from None
        finally:
            await service.close()


def _messages(system: str, user: str) -> Sequence[Mapping[str, str]]:
    return ({"role": "system", "content": system}, {"role": "user", "content": user})


def _content(body: bytes) -> tuple[str, bool]:
    """The first choice's text, and whether it was cut. Raises LargerFailed for any other form."""
    try:
        found = loads(body.decode("utf-8"), max_bytes=LONGEST_RESPONSE, max_depth=DEEPEST_RESPONSE)
        choice = found["choices"][0]
        content, ended = choice["message"]["content"], choice.get("finish_reason")
    except (UnicodeDecodeError, SayDifferently, LookupError, TypeError, AttributeError):
        raise LargerFailed("answered in a form that is not that of chat completions") from None
    if not isinstance(content, str) or not content:
        raise LargerFailed("answered without a text")
    return content, ended != "length"
