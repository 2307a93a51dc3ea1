"""Many sentences on two cores: here, and in a process of its own with the same model open.

The rules behind the model hold Python's lock, so that two threads of one process would wait for each other.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from os import cpu_count
from types import TracebackType
from typing import Self

from nlp.parser import Parser, length_of
from nlp.types import Context, Parse

WORTH_IT = 2000
"""So many sentences of a batch make up for the second that the other process takes to start."""
AHEAD = 2
SHARES, LEAST, MOST = 64, 16, 64
"""A batch falls into so many groups: many, so that both end at nearly the same time, but large enough to be sorted by length."""
Sentence = tuple[str, Context]
Waiting = deque[list[int]]


class BatchParser:
    """Parses single sentences by the thousand. The second process starts when so many were asked for that it pays."""

    def __init__(self, parser: Parser, worth_it: int = WORTH_IT) -> None:
        self.parser = parser
        self._left = worth_it if (cpu_count() or 1) > 1 else None
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    @property
    def process(self) -> BaseProcess | None:
        """The second process, where it was started."""
        return self._worker.process if self._worker else None

    def converse(self, turns: Sequence[str], context: Context) -> Parse:
        """A conversation, here: its turns need each other."""
        return self.parser.converse(turns, context)

    def parse_batch(self, asked: Sequence[Sentence]) -> list[Parse]:
        """The parses in order: the same as of `Parser.parse`, whichever process they come from."""
        worker = self._worker_for(len(asked))
        if worker is None or len(asked) <= MOST:
            return self.parser.parse_batch(asked)
        size = min(MOST, max(LEAST, len(asked) // SHARES))
        # The long ones first: what is left over at the end, when one of the two is idle, is short then.
        order = sorted(range(len(asked)), key=lambda index: length_of(asked[index][0]), reverse=True)
        waiting: Waiting = deque(order[at : at + size] for at in range(0, len(order), size))
        found: dict[int, Parse] = {}
        with ThreadPoolExecutor(1) as beside:
            there = beside.submit(worker.work, asked, waiting)
            self._work(asked, waiting, found)
            found |= there.result()
        self._work(asked, waiting, found)
        return [found[index] for index in range(len(asked))]

    def _work(self, asked: Sequence[Sentence], waiting: Waiting, found: dict[int, Parse]) -> None:
        while group := _next(waiting):
            found.update(zip(group, self.parser.parse_group([asked[i] for i in group], alone=False), strict=True))

    def _worker_for(self, count: int) -> "_Worker | None":
        if self._worker is None and self._left is not None:
            self._left -= count
            if self._left <= 0:
                self._worker = _Worker(self.parser)
        return self._worker


class _Worker:
    def __init__(self, parser: Parser) -> None:
        processes = get_context("spawn")
        self._line, far = processes.Pipe()
        self.process: BaseProcess = processes.Process(target=_serve, args=(far, parser), daemon=True)
        self.process.start()
        far.close()

    def work(self, asked: Sequence[Sentence], waiting: Waiting) -> dict[int, Parse]:
        """Has groups parsed until none waits. Where the process has ended, its groups wait again, for somebody else."""
        sent: Waiting = deque()
        found: dict[int, Parse] = {}
        try:
            while True:
                while len(sent) < AHEAD and (group := _next(waiting)):
                    sent.append(group)
                    self._line.send([asked[index] for index in group])
                if not sent:
                    return found
                found.update(zip(sent[0], self._line.recv(), strict=True))
                sent.popleft()
        except (EOFError, OSError):
            waiting.extend(sent)
            return found

    def end(self) -> None:
        self._line.close()
        self.process.join(1)
        self.process.kill()


def _next(waiting: Waiting) -> list[int]:
    with suppress(IndexError):
        return waiting.popleft()
    return []


def _serve(line: Connection, parser: Parser) -> None:
    """The other process: groups in, their parses out, until the line is closed."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            line.send(parser.parse_group(line.recv(), alone=False))
