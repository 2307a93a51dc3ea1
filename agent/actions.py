"""Actions to JSON and back, so that a draft can be made again from what was asked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chain.errors import Refused
from nlp.types import Action, SlotValue


def actions_to_json(actions: Sequence[Action]) -> str:
    """Canonical JSON of the actions, without the spans of the words."""
    rows = [{"intent": a.intent, "slots": {k: _plain(v) for k, v in a.slots.items()}} for a in actions]
    for row, action in zip(rows, actions, strict=True):
        if action.trigger is not None:
            row["trigger"] = dict(action.trigger)
    return json.dumps(rows, sort_keys=True, ensure_ascii=True)


def actions_from_json(text: str) -> tuple[Action, ...]:
    """The actions that `actions_to_json` wrote. Raises Refused where the text is not such."""
    try:
        rows = json.loads(text)
        return tuple(
            Action(row["intent"], {k: _value(v) for k, v in row["slots"].items()}, row.get("trigger")) for row in rows
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("What was asked for is not stored with this draft.", remedy="Ask again.") from None


def _plain(value: SlotValue) -> Any:
    return dict(value) if isinstance(value, Mapping) else value


def _value(value: Any) -> SlotValue:
    return tuple(map(str, value)) if isinstance(value, list) else value
