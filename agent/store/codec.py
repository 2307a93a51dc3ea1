"""Frozen values to JSON and back without loss, by their types. What does not fit its type is refused, not guessed."""

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def to_json(value: object) -> str:
    """The value as canonical JSON: sorted keys, no spaces, ASCII only. Raises TypeError for a kind that has no form."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def from_json(kind: type[Value], text: str) -> Value:
    """The value that `to_json` wrote. Raises ValueError where the text is not one of `kind`."""
    value: Value = _read(kind, json.loads(text))
    return value


def plain(value: object) -> Any:
    """Dataclasses as objects, tuples as lists, bytes as hex, enums as their value. Raises TypeError."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _read(kind: Any, found: Any) -> Any:
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    origin = get_origin(kind)
    if origin is Literal:
        return _checked(found, found in get_args(kind))
    if origin in (types.UnionType, Union):
        return _union(get_args(kind), found)
    if origin is tuple:
        return _tuple(get_args(kind), _checked(found, isinstance(found, list)))
    if is_dataclass(kind):
        return _dataclass(kind, found)
    return _leaf(kind, found)


def _leaf(kind: Any, found: Any) -> Any:
    if kind is bytes:
        return bytes.fromhex(_checked(found, isinstance(found, str) and found.startswith("0x"))[2:])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(found)
    return _checked(found, type(found) is kind)


def _union(kinds: tuple[Any, ...], found: Any) -> Any:
    """Only `X | None` occurs in our values."""
    if found is None:
        return _checked(None, types.NoneType in kinds)
    (kind,) = (k for k in kinds if k is not types.NoneType)
    return _read(kind, found)


def _tuple(kinds: tuple[Any, ...], found: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], part) for part in found)
    _checked(found, len(kinds) == len(found))
    return tuple(_read(kind, part) for kind, part in zip(kinds, found, strict=True))


def _dataclass(kind: Any, found: Any) -> Any:
    """A field that was added later, with a default, may be missing in what was stored before."""
    hints = _hints(kind)
    required = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    _checked(found, isinstance(found, dict) and required <= set(found) <= set(hints))
    return kind(**{name: _read(hints[name], text) for name, text in found.items()})


@cache
def _hints(kind: Callable[..., Any]) -> dict[str, Any]:
    return get_type_hints(kind)


def _checked(found: Any, fits: bool) -> Any:
    if not fits:
        raise ValueError("a stored value does not have its type")
    return found
