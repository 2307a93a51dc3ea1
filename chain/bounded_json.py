"""JSON from outside, bounded in size and depth before it is parsed; duplicate keys and NaN are refused."""

import json
import re
from collections.abc import Callable
from typing import Any

from chain.errors import SayDifferently

# Possessive, and an unclosed string runs to the end: else each quote of one is tried anew, in quadratic time.
STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.S)
BRACKET = re.compile(r"[\[\]{}]")


def loads(text: str, *, max_bytes: int, max_depth: int, parse_float: Callable[[str], Any] | None = None) -> Any:
    """Parse `text`; `parse_float` makes what has a point or an exponent, where a float would lose digits. Raises SayDifferently where it is too long, too deep, ambiguous or no JSON."""
    if len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise SayDifferently(f"The JSON is longer than {max_bytes} bytes.")
    if _depth(text) > max_depth:
        raise SayDifferently(f"The JSON is nested deeper than {max_depth} levels.")
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=parse_float)
    except ValueError:
        raise SayDifferently("This is not valid JSON.") from None


def _depth(text: str) -> int:
    """The deepest nesting of brackets outside strings."""
    depth = deepest = 0
    for bracket in BRACKET.findall(STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
