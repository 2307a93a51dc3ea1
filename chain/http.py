"""HTTP to JSON-RPC nodes and to the services that a person configured: the one module that knows httpx.

What comes back is bounded in time, size and depth before it is looked at. A redirect is never followed: it could carry a
request to a host that the person did not configure. Compressed answers are neither asked for nor taken (gzip bombs).
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any, Literal
from urllib.parse import SplitResult, urlencode, urlsplit

import httpx

from chain.bounded_json import loads
from chain.errors import SayDifferently, SaysoError, SetupNeeded

MAX_RESPONSE_BYTES = 8 * 1024 * 1024
MAX_RESPONSE_DEPTH = 64
TIMEOUT_SECONDS = 15.0
CONNECT_SECONDS = 5.0
LONGEST_NUMBER = 9

Transport = httpx.AsyncBaseTransport
Headers = Mapping[str, str]
Accepts = Callable[[int], bool]
Failure = Callable[..., SaysoError]
FailureKind = Literal["unreachable", "timeout", "http_status", "rate_limited", "redirect", "garbage"]


class TransportFailure(SaysoError):
    """A node gave no usable answer. Whether it acted on the request is not known; a read may be asked elsewhere."""

    code = "rpc_failed"

    def __init__(self, kind: FailureKind, url: str, detail: str) -> None:
        self.kind: FailureKind = kind
        self.node = display_url(url)
        super().__init__(
            f"The node at {self.node} {detail}.",
            not_done="The request was not answered.",
            remedy="Try again, or check the RPC URL with 'sayso config show'.",
        )


def display_url(url: str) -> str:
    """Scheme, host and port of a URL, and nothing else: paths and queries of RPC URLs hold API keys."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(an unreadable URL)"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def check_url(url: str) -> str:
    """The URL itself, if it can be an RPC's: http or https, with a host, without user or password. Raises SetupNeeded."""
    try:
        httpx.URL(url.strip())
        usable = _is_usable(urlsplit(url.strip()))
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise SetupNeeded(
            "An RPC URL cannot be used.",
            not_done="Nothing was asked of any node.",
            remedy="Give one like http://127.0.0.1:8545: http or https, with a host, and no user name or password in it.",
        )
    return url.strip()


def _is_usable(parts: SplitResult) -> bool:
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.username is None
        and parts.password is None
        and parts.port != 0
    )


class ServiceFailure(SaysoError):
    """A service (prices, ABIs, notices) gave no usable answer."""

    code = "service_failed"

    def __init__(
        self, kind: FailureKind, url: str, detail: str, status: int = 0, retry_after: int | None = None
    ) -> None:
        """`detail` goes on after the service's name; `retry_after` is how many seconds it asks to be left alone."""
        self.kind: FailureKind = kind
        self.status = status
        self.retry_after = retry_after
        self.detail = detail
        super().__init__(
            f"The service at {display_url(url)} {detail}.",
            not_done="Nothing of it was used.",
            remedy="Try again later, or check its address with 'sayso config show'.",
        )


class BoundedHttp:
    """Requests to one base URL, bounded in time and size. One call is one HTTP request: nothing here retries."""

    def __init__(self, url: str, *, transport: Transport | None, timeout: float, limit: int, failure: Failure) -> None:
        self.url = url
        self._timeout = timeout
        self._limit = limit
        self._failure = failure
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
            verify=url.startswith("https:"),
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    async def body(
        self, method: str, url: str, *, content: bytes | None = None, headers: Headers | None = None, ok: Accepts
    ) -> bytes:
        """The whole body of an answer whose status `ok` accepts. Raises what `failure` makes."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._read(method, url, content, headers, ok)
        except (TimeoutError, httpx.TimeoutException):
            raise self._failure("timeout", self.url, f"did not answer within {self._timeout:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # The exception itself may name the full URL, so only its kind is told.
            raise self._failure("unreachable", self.url, f"could not be reached ({type(error).__name__})") from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _read(self, method: str, url: str, content: bytes | None, headers: Headers | None, ok: Accepts) -> bytes:
        async with self._client.stream(method, url, content=content, headers=headers) as response:
            self._check_head(response, ok)
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._limit:
                    raise self._failure("garbage", self.url, f"sent more than {self._limit} bytes")
            return bytes(body)

    def _check_head(self, response: httpx.Response, ok: Accepts) -> None:
        status = response.status_code
        if status == 429:
            wait = retry_seconds(response.headers.get("retry-after", ""), time.time())
            raise self._failure("rate_limited", self.url, "asks for fewer requests (HTTP 429)", status, wait)
        if response.is_redirect:
            raise self._failure("redirect", self.url, "redirects elsewhere, which is never followed", status)
        if not ok(status):
            raise self._failure("http_status", self.url, f"answered with HTTP status {status}", status)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise self._failure("garbage", self.url, "sent a compressed answer, which was not asked for", status)


class WebService:
    """A service under a base URL that answers in JSON. Its key goes into `headers`, or into a query, and is never told."""

    def __init__(
        self,
        url: str,
        *,
        headers: Headers | None = None,
        transport: Transport | None = None,
        timeout: float = TIMEOUT_SECONDS,
        limit: int = MAX_RESPONSE_BYTES,
    ) -> None:
        """Raises SetupNeeded where the URL cannot be one. `transport` replaces the network in tests."""
        self.url = check_url(url).rstrip("/")
        self.name = display_url(url)
        self._headers = dict(headers or {})
        self._http = BoundedHttp(self.url, transport=transport, timeout=timeout, limit=limit, failure=ServiceFailure)

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """The JSON that stands under a path ('/simple/price'), its size and depth bounded, fractions as Decimal. Raises ServiceFailure."""
        asked = f"?{urlencode(query)}" if query else ""
        return self._json(await self._http.body("GET", self.url + path + asked, headers=self._headers, ok=_is_200))

    async def post(self, path: str, content: bytes, headers: Headers | None = None) -> bytes:
        """Post bytes; what came back, where the status is one of success. Raises ServiceFailure."""
        sent = self._headers | dict(headers or {})
        return await self._http.body("POST", self.url + path, content=content, headers=sent, ok=_is_success)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def _json(self, body: bytes) -> Any:
        try:
            text = body.decode("utf-8")
            return loads(text, max_bytes=MAX_RESPONSE_BYTES, max_depth=MAX_RESPONSE_DEPTH, parse_float=Decimal)
        except (UnicodeDecodeError, SayDifferently, ArithmeticError):
            raise ServiceFailure("garbage", self.url, "sent something that is not JSON within bounds") from None


class JsonRpcHttp:
    """JSON-RPC 2.0 over HTTP to one URL. One `post` is one HTTP request: nothing here retries."""

    def __init__(self, url: str, *, transport: Transport | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        """Raises SetupNeeded where the URL cannot be an RPC's. `transport` replaces the network in tests."""
        self.url = check_url(url)
        self.request_count = 0
        self._http = BoundedHttp(
            self.url, transport=transport, timeout=timeout, limit=MAX_RESPONSE_BYTES, failure=_transport_failure
        )

    async def post(self, method: str, params: Sequence[object]) -> dict[str, Any]:
        """The response object of one request, its version and id checked. Raises TransportFailure."""
        self.request_count += 1
        number = self.request_count
        content = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)})
        headers = {"content-type": "application/json"}
        body = await self._http.body("POST", self.url, content=content.encode(), headers=headers, ok=_is_200)
        return self._checked(body, number)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    def _checked(self, body: bytes, number: int) -> dict[str, Any]:
        try:
            answer = loads(body.decode("utf-8"), max_bytes=MAX_RESPONSE_BYTES, max_depth=MAX_RESPONSE_DEPTH)
        except (UnicodeDecodeError, SayDifferently):
            raise self._failure("garbage", "sent something that is not JSON within bounds") from None
        if not isinstance(answer, dict) or not _is_answer(answer):
            raise self._failure("garbage", "sent something that is not a JSON-RPC answer")
        if type(answer.get("id")) is not int or answer["id"] != number:
            raise self._failure("garbage", "answered another request than was asked")
        return answer

    def _failure(self, kind: FailureKind, detail: str) -> TransportFailure:
        return TransportFailure(kind, self.url, detail)


def _is_answer(answer: dict[str, Any]) -> bool:
    """Exactly one of a result and an error; some nodes send the other one as null."""
    if answer.get("error") is None:
        return "result" in answer
    return answer.get("result") is None


def retry_seconds(header: str, now: float) -> int | None:
    """The seconds that a Retry-After header asks to wait (RFC 9110: a number, or a date), or None where it says neither."""
    header = header.strip()
    if header.isascii() and header.isdigit():
        return int(header[:LONGEST_NUMBER])
    try:
        return max(0, ceil(parsedate_to_datetime(header).timestamp() - now))
    except (ValueError, OverflowError):
        return None


def _transport_failure(kind: FailureKind, url: str, detail: str, *_: int | None) -> TransportFailure:
    return TransportFailure(kind, url, detail)


def _is_200(status: int) -> bool:
    return status == 200


def _is_success(status: int) -> bool:
    return 200 <= status < 300
