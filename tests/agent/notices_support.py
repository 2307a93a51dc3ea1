"""A receiver of notices: a real HTTP server that answers as it is told and remembers what it was sent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from agent.notices.store import Notices
from agent.session import Desk


@dataclass
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers` are the statuses to come, then 200; 0 drops the connection. `headers` go with each."""

    url: str
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    received: list[Received] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server on loopback for the block."""
    said = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            said.received.append(Received(self.path, headers, body))
            time.sleep(said.delay)
            status = said.answers.pop(0) if said.answers else 200
            if status == 0:
                self.connection.close()
                return
            self.send_response(status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield said
    finally:
        server.shutdown()
        server.server_close()


def told(desk: Desk, key: str, title: str = "ETH is 1,999 USD", body: str = "You asked: tell me.") -> bool:
    """Store one notice; whether it was new."""
    with desk.store.write() as connection:
        return desk.notices.add_in(connection, key, "alert", title, body, desk.now())


def states(notices: Notices) -> dict[str, dict[str, tuple[str, int]]]:
    """By key and channel: state and tries."""
    return {t.notice.key: {d.channel: (d.state, d.tries) for d in t.deliveries} for t in notices.recent(5000)}
