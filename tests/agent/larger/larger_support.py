"""A larger model's service as a test wants it: a real HTTP server that answers as it is told and remembers what it was sent."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from nlp.parser import UNSURE
from nlp.types import Action, Parse

UNSURE_SEND = Parse("incomplete", (Action("transfer"),), errors=(UNSURE,), confidence=0.2)
Values = Sequence[tuple[str, str]]


def labelled(*actions: tuple[str, Values]) -> str:
    """An answer in the agreed form."""
    listed = [{"intent": i, "values": [{"slot": s, "quote": q} for s, q in values]} for i, values in actions]
    return json.dumps({"actions": listed})


def completion(content: str, finish_reason: str = "stop") -> bytes:
    """A chat completion with this text."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": finish_reason}
    return json.dumps({"id": "x", "object": "chat.completion", "choices": [choice]}).encode()


@dataclass
class Service:
    """`bodies` are the answers to come, the last one again and again. `sent` are (path, headers, document) as they came."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    trickle: float = 0.0
    sent: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def answers(self, *texts: str) -> None:
        """Answer with these texts from now on."""
        self.bodies = [completion(text) for text in texts]


@contextmanager
def service() -> Iterator[Service]:
    """A server on loopback for the block."""
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            told.sent.append((self.path, headers, json.loads(body)))
            time.sleep(told.delay)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._write(told.bodies.pop(0) if len(told.bodies) > 1 else told.bodies[0])

        def _write(self, body: bytes) -> None:
            try:
                if not told.trickle:
                    self.wfile.write(body)
                    return
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(told.trickle)
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
