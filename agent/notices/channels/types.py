"""What a channel is."""

from typing import Any, Protocol

from agent.notices.store import Notice
from chain.errors import SaysoError
from chain.http import ServiceFailure, WebService


class NotDelivered(SaysoError):
    """A channel did not take a notice. `final`: trying again would not help; `retry_after`: seconds that it asks for."""

    code = "not_delivered"

    def __init__(self, happened: str, *, final: bool = False, retry_after: int | None = None) -> None:
        super().__init__(happened, not_done="The notice was not delivered there.", remedy="See: sayso notices.")
        self.final = final
        self.retry_after = retry_after


class Channel(Protocol):
    """One place that notices go to. `outside`: it leaves this machine."""

    @property
    def name(self) -> str:
        """Its name in the store."""
        ...

    @property
    def outside(self) -> bool:
        """Whether what it is given leaves this machine."""
        ...

    async def send(self, notice: Notice) -> None:
        """Deliver one notice. Raises NotDelivered."""
        ...

    async def close(self) -> None:
        """Give back what it holds."""
        ...


def document(notice: Notice) -> dict[str, Any]:
    """A notice as JSON: `key` is the same at every try, so that a receiver can drop a double."""
    return {
        "key": notice.key,
        "kind": notice.kind,
        "at": notice.at,
        "title": notice.title,
        "body": notice.body,
    }


async def posted(service: WebService, path: str, content: bytes, headers: dict[str, str]) -> None:
    """Post to a service. Raises NotDelivered: final where it says that the request itself is wrong."""
    try:
        await service.post(path, content, headers)
    except ServiceFailure as failure:
        refused = 400 <= failure.status < 500 and failure.status not in (408, 425, 429)
        raise NotDelivered(failure.happened, final=refused, retry_after=failure.retry_after) from None
