"""A price service on this machine that speaks CoinGecko's and DefiLlama's documented shapes, with their errors and limits."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from contracts.registry import PriceIdEntry, PricePlatformEntry, Registry

NOW = 1_800_000_000
HUGE = 9 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. `after`: wait for this before it is sent."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: threading.Event | None = None


def told(document: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(json.dumps(document).encode(), status, {"content-type": "application/json"} | named)


@dataclass
class PriceServer:
    """What the service knows: values as JSON text by id or lower-case address, as of `at`; `broken` answers everything else's place."""

    url: str = ""
    at: int = NOW
    confidence: str = "0.99"
    known: dict[str, str] = field(default_factory=dict)
    charts: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    broken: Reply | None = None
    asked: list[str] = field(default_factory=list)
    keys: list[Mapping[str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def answer(self, target: str, headers: Mapping[str, str]) -> Reply:
        """The answer to a GET of a path with its query."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.asked.append(target)
        self.keys.append({k.lower(): v for k, v in headers.items() if k.lower().startswith("x-cg-")})
        if self.broken is not None:
            return self.broken
        for prefix, handle in self._routes():
            if path.startswith(prefix):
                return handle(path.removeprefix(prefix), query)
        return told({"error": "Incorrect path. Please check https://www.coingecko.com/api/"}, 404)

    def _routes(self) -> list[tuple[str, Callable[[str, dict[str, str]], Reply]]]:
        return [
            ("/simple/price", lambda _, q: self._simple(q["ids"], q)),
            ("/simple/token_price/", lambda _, q: self._simple(q["contract_addresses"], q)),
            ("/coins/", lambda rest, _: self._market_chart(rest)),
            ("/prices/current/", lambda rest, _: self._current(rest)),
            ("/chart/", lambda rest, q: self._chart(rest, q)),
        ]

    def _simple(self, names: str, query: Mapping[str, str]) -> Reply:
        assert (query["vs_currencies"], query["include_last_updated_at"]) == ("usd", "true")
        rows = ",".join(
            f'"{n}":{{"usd":{self.known[n]},"last_updated_at":{self.at}}}' for n in names.split(",") if n in self.known
        )
        return Reply(f"{{{rows}}}".encode())

    def _current(self, keys: str) -> Reply:
        rows = ",".join(
            f'"{key}":{{"price":{value},"symbol":"X","timestamp":{self.at},"confidence":{self.confidence}}}'
            for key in keys.split(",")
            if (value := self.known.get(_plain(key)))
        )
        return Reply(f'{{"coins":{{{rows}}}}}'.encode())

    def _market_chart(self, rest: str) -> Reply:
        points = self.charts.get(rest.removesuffix("/market_chart").rpartition("/")[2])
        if points is None:
            return told({"error": "coin not found"}, 404)
        rows = ",".join(f"[{at * 1000 + 123},{value}]" for at, value in points)
        return Reply(f'{{"prices":[{rows}],"market_caps":[],"total_volumes":[]}}'.encode())

    def _chart(self, key: str, query: Mapping[str, str]) -> Reply:
        start = int(query["start"])
        assert query["period"] and query["searchWidth"]
        points = [p for p in self.charts.get(_plain(key), []) if p[0] >= start][: int(query["span"])]
        if not points:
            return told({"coins": {}})
        rows = ",".join(f'{{"timestamp":{at},"price":{value}}}' for at, value in points)
        return Reply(f'{{"coins":{{"{key}":{{"symbol":"X","confidence":0.99,"prices":[{rows}]}}}}}}'.encode())


def _plain(key: str) -> str:
    return key.partition(":")[2].lower()


@contextmanager
def price_server() -> Iterator[PriceServer]:
    """A running service on a port of its own."""
    service = PriceServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = service.answer(self.path, dict(self.headers))
            if reply.after is not None:
                reply.after.wait(10)
            try:
                self.send_response(reply.status)
                for name, value in {"content-length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:
                pass  # The client hung up: it read enough, or waited long enough.

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            service.stopped.set()
            server.shutdown()
            thread.join()


def with_local_ids(registry: Registry) -> Registry:
    """The registry as if the local chain's coins traded: a test's service knows ETH, BTC and its tokens by address."""
    source = ("a test", "2026-01-01")
    ids = tuple(
        PriceIdEntry(31337, symbol, name, f"coingecko:{name}", *source)
        for symbol, name in (("ETH", "ethereum"), ("BTC", "bitcoin"))
    )
    platform = PricePlatformEntry(31337, "local", "local", *source)
    return replace(
        registry,
        price_ids=(*registry.price_ids, *ids),
        price_platforms=(*registry.price_platforms, platform),
    )
