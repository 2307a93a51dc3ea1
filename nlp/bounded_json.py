"""JSON from outside, bounded in length and depth before it is parsed."""

import json
from typing import Any


def loads(text: str, *, longest: int, deepest: int, unique: bool = False) -> Any:
    """What the text says; `unique`: no key may stand twice. Raises ValueError with 'too long', 'nested too deeply' or 'no JSON'."""
    if len(text) > longest:
        raise ValueError("too long")
    if text.count("[") + text.count("{") > deepest and _depth(text) > deepest:
        raise ValueError("nested too deeply")
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_once if unique else None)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refused(name: str) -> None:
    raise ValueError(name)


def _depth(line: str) -> int:
    """How deep brackets nest outside of strings."""
    deepest = depth = 0
    quoted = escaped = False
    for char in line:
        if quoted:
            quoted = char != '"' or escaped
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest
