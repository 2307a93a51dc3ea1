"""A webhook: JSON, signed with a shared secret so that its receiver can tell who sent it, and when.

Headers: `X-Sayso-Timestamp` (Unix seconds), `X-Sayso-Key` (the same at every try) and `X-Sayso-Signature`, which is
`sha256=` and the hex HMAC-SHA256 of `<timestamp>.<body>` under the secret.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from agent.notices.channels.types import document, posted
from agent.notices.store import Notice
from chain.http import WebService


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts to the configured URL as it stands."""

    service: WebService
    secret: str
    clock: Callable[[], float]
    name: str = "webhook"
    outside: bool = True

    async def send(self, notice: Notice) -> None:
        """Post it once. Raises NotDelivered."""
        body = json.dumps(document(notice), ensure_ascii=True, sort_keys=True).encode()
        await posted(self.service, "", body, self._headers(notice, body))

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()

    def _headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        at = str(int(self.clock()))
        return {
            "content-type": "application/json",
            "x-sayso-key": notice.key.encode("ascii", "backslashreplace").decode(),
            "x-sayso-timestamp": at,
            "x-sayso-signature": signature(self.secret, at, body),
        }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What the signature header holds."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
