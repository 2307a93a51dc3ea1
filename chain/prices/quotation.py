"""The price value and the exact arithmetic on it."""

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from typing import Self

from chain.errors import SaysoError

PRECISION = 60
SAME = "same coin"


@dataclass(frozen=True, slots=True)
class Price:
    """How much `quote` one whole `base` is worth, by `source`.

    `updated_at` is the Unix time of its oldest part, `seen_at` when it was read, by the later of the chain's clock and ours.
    `agreed` names the other sources that it was compared with, and `spread` says how far apart they all were: (highest −
    lowest) / value, None where nothing was compared. `notes` tell, in whole sentences, which sources could not be.
    `by_feeds`: every part of it is a feed's, which nobody moves by a trade; limits rest on such prices alone.
    """

    base: str
    quote: str
    value: Decimal
    updated_at: int
    source: str
    seen_at: int
    spread: Decimal | None = None
    agreed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    by_feeds: bool = False

    @property
    def age(self) -> int:
        """Seconds between the oldest part's update and the reading, by the later clock; never negative."""
        return max(0, self.seen_at - self.updated_at)

    def times(self, other: Self, quote: str) -> "Price":
        """This price carried on through another one whose base is this one's quote."""
        value = _CONTEXT.multiply(self.value, other.value)
        return self._joined(other, quote, value)

    def over(self, other: Self, quote: str) -> "Price":
        """This price counted in `quote`, of which `other` is the price in the same unit."""
        return self._joined(other, quote, _CONTEXT.divide(self.value, other.value))

    def _joined(self, other: "Price", quote: str, value: Decimal) -> "Price":
        sources = [source for source in dict.fromkeys((self.source, other.source)) if source != SAME]
        updated_at, seen_at = min(self.updated_at, other.updated_at), min(self.seen_at, other.seen_at)
        source, by_feeds = ", ".join(sources) or SAME, self.by_feeds and other.by_feeds
        joined = Price(self.base, quote, value, updated_at, source, seen_at, by_feeds=by_feeds)
        return joined.compared(self, other)

    def compared(self, *parts: "Price") -> "Price":
        """This price with what comparing its parts has shown; the spreads of parts add up, as their errors would."""
        spreads = [part.spread for part in parts if part.spread is not None]
        return replace(
            self,
            spread=sum(spreads, Decimal(0)) if spreads else None,
            agreed=tuple(dict.fromkeys(name for part in parts for name in part.agreed)),
            notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        )


_CONTEXT = Context(prec=PRECISION)


class PriceUnavailable(SaysoError):
    """There is no price that may be relied on; `why` says it in a few words."""

    code = "price_unavailable"

    def __init__(self, base: str, quote: str, why: str) -> None:
        self.base = base
        self.quote = quote
        self.why = why
        super().__init__(
            f"There is no usable price of {base} in {quote}: {why}.",
            not_done="Nothing was reckoned with it.",
            remedy="Try again later, or give the amount in tokens.",
        )


def scaled(raw: int, decimals: int) -> Decimal:
    """Raw units as an exact decimal number."""
    return Decimal(raw).scaleb(-decimals, context=Context(prec=max(PRECISION, len(str(abs(raw))))))
