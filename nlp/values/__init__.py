"""From a tagged run of words to the contract's value, or in words why it cannot be used. Pure; nothing here raises."""

from collections.abc import Callable, Mapping, Sequence

from nlp.recognise.scripts import EMOJI, is_hidden
from nlp.types import Context, Kind, Word
from nlp.values import amounts, names, texts, times
from nlp.values.result import Span, Unusable, Value, shown
from nlp.values.times import runs_within

__all__ = ["Unusable", "Value", "read_function", "read_value", "runs_within"]

_SIMPLE: Mapping[str, Callable[[Span], Value | Unusable]] = {
    "fiat": amounts.read_fiat,
    "percent": amounts.read_percent,
    "decimal": amounts.read_decimal,
    "threshold": amounts.read_threshold,
    "integer": amounts.read_integer,
    "token": names.read_token,
    "chain": names.read_chain,
    "protocol": names.read_protocol,
    "currency": names.read_currency,
    "hash": names.read_hash,
    "period": times.read_period,
    "clock": times.read_clock,
    "weekday": times.read_weekday,
    "date": times.read_date,
    "list": texts.read_list,
    "targets": texts.read_targets,
    "risk": texts.read_risk,
    "scope": texts.read_scope,
    "direction": texts.read_direction,
    "metric": texts.read_metric,
    "name": texts.read_name,
}
_IN_CONTEXT: Mapping[tuple[str, ...], Callable[[Span, Context], Value | Unusable]] = {
    ("party",): names.read_party,
    ("nickname",): names.read_nickname,
    ("party", "protocol"): names.read_spender,
    ("party", "token", "protocol"): names.read_contract,
    ("token", "currency"): names.read_token_or_currency,
}


def read_value(
    slot_types: Sequence[str],
    words: Sequence[Word],
    text: str,
    context: Context,
    *,
    slot: str = "",
    intent: str = "",
) -> Value | Unusable:
    """The value of a span by the contract's types (`schema.slot_types`, `schema.TAG_TYPES`), the first that fits.

    `slot` decides where texts end (`document`, `template`, `function`); `intent` whether `unlimited` is an amount. An
    empty tuple from a `list` means that there are no arguments: the slot is then absent. Never raises on any text.
    """
    if not words or not slot_types:
        return Unusable("nothing was given")
    span = Span(tuple(words), text)
    free = "text" in slot_types and slot != "function"
    problem = None if free else _deceptive(span, slot_types)
    if problem:
        return problem
    return _read(tuple(slot_types), span, context, slot, intent)


def _read(types: tuple[str, ...], span: Span, context: Context, slot: str, intent: str) -> Value | Unusable:
    together = _IN_CONTEXT.get(types)
    if together:
        return together(span, context)
    first: Unusable | None = None
    for kind in types:
        value = _one(kind, span, slot, intent)
        if not isinstance(value, Unusable):
            return value
        first = first or value
    return first or Unusable(f"{span.shown()} cannot be used here")


def _one(kind: str, span: Span, slot: str, intent: str) -> Value | Unusable:
    if kind == "amount":
        return amounts.read_amount(span, intent)
    if kind == "text":
        return texts.read_text(span, slot)
    reader = _SIMPLE.get(kind)
    return reader(span) if reader else Unusable(f"{span.shown()} cannot be used here")


def _deceptive(span: Span, types: Sequence[str]) -> Unusable | None:
    """Hidden characters in the value or touching it, and hex that is no address. Arguments judge their hex themselves."""
    bad = [
        word for word in span.words if word.kind is Kind.BAD_NAME or (word.kind is Kind.BAD_HEX and "list" not in types)
    ]
    return names.bad_word(bad) or (
        Unusable(f"{span.shown()} is joined to hidden characters") if _touches_hidden(span) else None
    )


def _touches_hidden(span: Span) -> bool:
    near = span.text[max(0, span.start - 1) : span.end + 2]
    if near.isascii() and near.isprintable():
        return False
    touching = EMOJI.sub(" ", near)
    edges = touching[:1] + span.text[span.end : span.end + 1]
    return any(not c.isspace() and is_hidden(c) for c in edges if c in touching)


def read_function(word: Word) -> tuple[str, tuple[str, ...]] | Unusable:
    """The name and arguments of a FUNCTION word: `balanceOf(0x…)` is `("balanceOf", ("0x…",))`."""
    if word.kind is not Kind.FUNCTION:
        return Unusable(f"{shown(word.text)} is not a call")
    span = Span((word,), " " * word.start + word.text)
    name, args = texts.read_text(span, "function"), texts.read_list(span)
    if isinstance(name, Unusable):
        return name
    return args if isinstance(args, Unusable) else (name, args)
