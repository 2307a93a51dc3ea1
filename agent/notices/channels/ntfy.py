"""An ntfy-compatible server (https://docs.ntfy.sh/publish/#publish-as-json): the JSON form, so that no text becomes a header."""

import json
from dataclasses import dataclass

from agent.notices.channels.types import posted
from agent.notices.store import Notice
from chain.http import WebService

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Ntfy:
    """Publishes to one topic. `token` may be ''."""

    service: WebService
    topic: str
    token: str
    name: str = "ntfy"
    outside: bool = True

    async def send(self, notice: Notice) -> None:
        """Publish it once. Raises NotDelivered."""
        message = {
            "topic": self.topic,
            "title": notice.title,
            "message": notice.body.encode()[:LONGEST].decode("utf-8", "ignore"),
        }
        headers = {"content-type": "application/json"} | (
            {"authorization": f"Bearer {self.token}"} if self.token else {}
        )
        await posted(self.service, "", json.dumps(message).encode(), headers)

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()
