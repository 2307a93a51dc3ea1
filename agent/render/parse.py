"""A parse as a person reads it."""

from collections.abc import Mapping

from nlp.types import Action, Parse, SlotValue


def parse_text(parse: Parse) -> str:
    """The status, each action with its slots one below the other, and what is missing."""
    lines = [f"{parse.status.replace('_', ' ')} ({parse.confidence:.0%} sure)"]
    for number, action in enumerate(parse.actions, 1):
        lines += ["", f"{number}  {action.intent}", *_slots(action)]
    lines += [f"missing: {name}" for name in parse.missing]
    lines += [f"note: {error}" for error in parse.errors]
    return "\n".join(lines)


def action_words(action: Action) -> str:
    """One action on one line: 'swap, amount in 50%, token in ETH, when price below 2000'."""
    parts = [action.intent.replace("_", " ")]
    parts += [f"{name.replace('_', ' ')} {_shown(value)}" for name, value in action.slots.items()]
    if action.trigger:
        parts.append(f"only {_trigger_words(action.trigger)}")
    return "; ".join(parts)


def _trigger_words(trigger: Mapping[str, str]) -> str:
    """A condition in the order in which one says it; the keys of a time as they are."""
    said = ("metric", "token", "direction", "threshold", "quote")
    condition = " ".join(_shown(trigger[key]) for key in said if key in trigger)
    times = [f"{key} {_shown(value)}" for key, value in trigger.items() if key not in said]
    return ", ".join(([f"when {condition}"] if condition else []) + times)


def _slots(action: Action) -> list[str]:
    rows = [(name, _shown(value)) for name, value in action.slots.items()]
    rows += [(f"when {name}", value) for name, value in (action.trigger or {}).items()]
    width = max((len(name) for name, _ in rows), default=0)
    return [f"   {name:<{width}}  {value}" for name, value in rows]


def _shown(value: SlotValue) -> str:
    if isinstance(value, str):
        return ascii(value)[1:-1] if not value.isprintable() else value
    items = value if isinstance(value, tuple) else (f"{name} {share}" for name, share in value.items())
    return ", ".join(map(_shown, items))
