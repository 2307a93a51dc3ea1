"""`sayso parse --batch`: JSON lines in, JSON lines out, answered as they come."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from agent import understand
from agent.cli.words import is_unicode
from nlp.batch import BatchParser
from nlp.contract import LONGEST_LINE, MalformedLine, Request, answer_object, fault_object, read_request
from nlp.parser import Parser
from nlp.types import Parse

CHUNK = 1 << 20
# A character has at most four bytes in UTF-8; what is longer is too long for certain.
MOST_BYTES = 4 * LONGEST_LINE


def answer_lines() -> None:
    """Answer standard input on standard output; what has arrived together is parsed together."""
    with BatchParser(understand.load_parser()) as parser:
        for lines in arriving(sys.stdin.fileno()):
            answers = (json.dumps(answer) for answer in answer_batch(parser, lines))
            sys.stdout.write("".join(f"{answer}\n" for answer in answers))
            sys.stdout.flush()


def answer_batch(parser: Parser | BatchParser, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    """The answers to some lines, in order; a malformed one is answered in its place."""
    asked = [_read(line) for line in lines]
    singles = [request for request in asked if isinstance(request, Request) and len(request.turns) == 1]
    parses = iter(parser.parse_batch([(request.turns[0], request.context) for request in singles]))
    return [_answer(parser, request, parses) for request in asked]


def arriving(descriptor: int) -> Iterator[list[bytes]]:
    """The whole lines that each read brings; the last line may lack its end. A line that is too long is cut."""
    parts: list[bytes] = []
    held = 0
    while chunk := os.read(descriptor, CHUNK):
        *ended, rest = chunk.split(b"\n")
        if ended:
            yield [b"".join(chain(parts, ended[:1])), *ended[1:]]
            parts, held = [], 0
        if held <= MOST_BYTES:
            parts.append(rest)
            held += len(rest)
    if held:
        yield [b"".join(parts)]


def _answer(parser: Parser | BatchParser, request: Request | MalformedLine, parses: Iterable[Parse]) -> dict[str, Any]:
    if isinstance(request, MalformedLine):
        return fault_object(request)
    if len(request.turns) == 1:
        return answer_object(next(iter(parses)), request.id)
    return answer_object(parser.converse(request.turns, request.context), request.id)


def _read(line: bytes) -> Request | MalformedLine:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return MalformedLine("the line is not UTF-8")
    try:
        request = read_request(text)
    except MalformedLine as fault:
        return fault
    if all(map(is_unicode, _texts(request))):
        return request
    return MalformedLine("a text is not valid Unicode", request.id)


def _texts(request: Request) -> Iterator[str]:
    context = request.context
    yield from (*request.turns, *context.contacts, *context.accounts, *context.tokens, *context.tokens.values())
