"""One service as it is asked: not again before the time that it named, and its failures told in a few words."""

import time
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from chain.http import ServiceFailure, WebService
from chain.price_service import NoQuote

# How long a service is left alone that asks for fewer requests and does not say how long, and at most where it does.
USUAL_WAIT, LONGEST_WAIT = 60, 86_400
Clock = Callable[[], float]


class PatientService:
    """A web service that is left alone for as long as it asked to be. `clock` gives Unix seconds."""

    def __init__(self, service: WebService, clock: Clock = time.time) -> None:
        self._service = service
        self._clock = clock
        self._not_before = 0.0

    @property
    def host(self) -> str:
        """Scheme, host and port, as they may be shown."""
        return self._service.name

    def now(self) -> int:
        """The time in Unix seconds."""
        return int(self._clock())

    async def get(self, path: str, query: Mapping[str, str]) -> Any:
        """The JSON under a path. Raises ServiceFailure, without asking where the service wants to be left alone."""
        wait = self._not_before - self._clock()
        if 0 < wait <= LONGEST_WAIT:
            raise ServiceFailure("rate_limited", self._service.url, f"asks to be left alone for another {ceil(wait)} s")
        try:
            return await self._service.get(path, query)
        except ServiceFailure as failure:
            if failure.kind == "rate_limited":
                asked = USUAL_WAIT if failure.retry_after is None else failure.retry_after
                self._not_before = self._clock() + min(asked, LONGEST_WAIT)
            raise

    def garbage(self, detail: str) -> ServiceFailure:
        """The failure of an answer that is not of the documented form."""
        return ServiceFailure("garbage", self._service.url, detail)

    async def close(self) -> None:
        """Close the connections."""
        await self._service.close()


def unanswered(failure: ServiceFailure) -> NoQuote:
    """A failure as the reason why there is no quote."""
    if failure.status in (401, 403):
        return NoQuote(f"refused the request, or the key that it was given (HTTP {failure.status})", silent=True)
    return NoQuote(failure.detail, silent=True)
