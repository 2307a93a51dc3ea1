"""A Telegram bot (https://core.telegram.org/bots/api#sendmessage): plain text, no markup, no previews of links."""

import json
from dataclasses import dataclass

from agent.notices.channels.types import posted
from agent.notices.store import Notice
from chain.http import WebService

LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Telegram:
    """Writes to one chat. The token stands in the path, as the service wants it: errors name the host alone."""

    service: WebService
    token: str
    chat: str
    name: str = "telegram"
    outside: bool = True

    async def send(self, notice: Notice) -> None:
        """Send it once. Raises NotDelivered."""
        text = f"{notice.title}\n\n{notice.body}".strip()
        text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        message = {"chat_id": self.chat, "text": text, "link_preview_options": {"is_disabled": True}}
        headers = {"content-type": "application/json"}
        await posted(self.service, f"/bot{self.token}/sendMessage", json.dumps(message).encode(), headers)

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()
