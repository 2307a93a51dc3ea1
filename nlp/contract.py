"""The parse contract's JSON: requests in (a line of a batch), answers out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nlp.bounded_json import loads
from nlp.types import Action, Context, Parse

LONGEST_LINE = 4_000_000
DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Request:
    """One line of a batch: a sentence (a single turn) or a conversation."""

    id: Any
    turns: tuple[str, ...]
    context: Context


class MalformedLine(ValueError):
    """A batch line that is no request; `id` is its id where one could be read."""

    def __init__(self, why: str, id: Any = None) -> None:
        super().__init__(why)
        self.id = id


def read_request(line: str) -> Request:
    """A batch line as a request. Raises MalformedLine."""
    row = _loaded(line)
    if not isinstance(row, dict):
        raise MalformedLine("the line is no JSON object")
    identifier = row.get("id")
    if ("text" in row) == ("turns" in row):
        raise MalformedLine("the line needs one of text, turns", identifier)
    turns = [row["text"]] if "text" in row else row["turns"]
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise MalformedLine("text is a string, and turns a list of at least one string", identifier)
    return Request(identifier, tuple(turns), read_context(row.get("context"), identifier))


def read_context(given: Any, identifier: Any = None) -> Context:
    """The optional context of a request. Raises MalformedLine where it has another form."""
    if given is None:
        return Context()
    if not isinstance(given, dict):
        raise MalformedLine("context is no JSON object", identifier)
    contacts, accounts = (_names(given.get(key, []), key, identifier) for key in ("contacts", "accounts"))
    tokens = given.get("tokens", {})
    if not isinstance(tokens, dict) or not all(isinstance(v, str) for v in tokens.values()):
        raise MalformedLine("context.tokens is no object of address: symbol", identifier)
    return Context(contacts, accounts, dict(tokens))


def answer_object(parse: Parse, identifier: Any = None) -> dict[str, Any]:
    """An answer as the contract's JSON object."""
    return {
        "id": identifier,
        "status": parse.status,
        "actions": [action_object(action) for action in parse.actions],
        "missing": list(parse.missing),
        "errors": list(parse.errors),
        "confidence": round(parse.confidence, 4),
        "spans": [{name: list(span) for name, span in action.spans.items()} for action in parse.actions],
    }


def action_object(action: Action) -> dict[str, Any]:
    """One action as JSON; the trigger only where there is one."""
    slots = {name: _plain(value) for name, value in action.slots.items()}
    trigger = {"trigger": dict(action.trigger)} if action.trigger else {}
    return {"intent": action.intent, "slots": slots, **trigger}


def fault_object(fault: MalformedLine) -> dict[str, Any]:
    """The answer in the place of a malformed line."""
    return answer_object(Parse("incomplete", (), (), (str(fault),), 0.0), fault.id)


def _loaded(line: str) -> Any:
    try:
        return loads(line, longest=LONGEST_LINE, deepest=DEEPEST)
    except ValueError as why:
        raise MalformedLine(f"the line is {why}") from None


def _names(given: Any, key: str, identifier: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise MalformedLine(f"context.{key} is no list of strings", identifier)
    return tuple(name.lower() for name in given)


def _plain(value: str | tuple[str, ...] | Mapping[str, str]) -> str | list[str] | dict[str, str]:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value
