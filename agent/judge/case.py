"""What the checks look at: the drafted steps, their decoded bytes, the simulation, and what was read from the chain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from agent.amounts import parse_fiat
from agent.drafts import WRAPPINGS
from agent.judge.leaving import leaving
from agent.resolve import Party
from agent.scene import Scene
from chain.client import BlockHead
from chain.decode import DecodedCall
from chain.prices import Price, PriceUnavailable
from chain.values import Address, Asset, DraftStep, Effect, Finding, Simulation, Verdict, Wei

USD = "USD"
DELEGATION = bytes.fromhex("ef0100")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read at the simulated block. `prices` are in USD, by symbol or currency; `native` the payer's coins in wei.

    `l1_fees` is what each step would be charged in wei for data on the chain below, where this is a rollup that does; `supplies`
    are the total supplies of the tokens that are approved, in raw units, None where a token does not say.
    """

    node_chain_id: int
    head: BlockHead
    native: int | None
    codes: Mapping[Address, bytes]
    names: Mapping[str, Address | None]
    prices: Mapping[str, Price | PriceUnavailable]
    l1_fees: tuple[Wei, ...]
    supplies: Mapping[Address, int | None]

    def code(self, address: Address) -> bytes:
        """The code at an address that a step names."""
        return self.codes.get(address, b"")

    def delegates(self, address: Address) -> bool:
        """Whether it is an account that a key signs for and that runs a contract's code (EIP-7702)."""
        return self.code(address)[:3] == DELEGATION


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step under judgement. `party` is who the words named, `unlimited_said` whether they said so."""

    drafted: DraftStep
    decoded: DecodedCall
    party: Party | None = None
    unlimited_said: bool = False

    @property
    def promised(self) -> tuple[Effect, ...]:
        """The effects that were asked for."""
        return self.drafted.step.promised

    @property
    def recipient(self) -> Address | None:
        """Who is paid, by the bytes; None where it is no payment. Without calldata it is whoever is called."""
        request = self.drafted.step.request
        return self.decoded.recipient or (None if request.data else request.to)


@dataclass(frozen=True, slots=True)
class Case:
    """One draft under judgement. `scene.account` pays; `expires_at` in Unix seconds."""

    scene: Scene
    steps: tuple[CaseStep, ...]
    simulation: Simulation
    expires_at: int
    evidence: Evidence

    def usd(self, asset: Asset, raw: int) -> Fraction | None:
        """What raw units are worth in USD; None where no price may be relied on, as for tokens that are not listed.

        By feeds alone: a price that rests on a pool can be moved for a moment by anyone, and a service's is its word.
        """
        found = self.evidence.prices.get(asset.symbol.upper()) if asset.listed else None
        if raw == 0:
            return Fraction(0)
        if not isinstance(found, Price) or not found.by_feeds:
            return None
        return Fraction(found.value) * Fraction(raw, 10**asset.decimals)

    def fiat_in_usd(self, text: str) -> Fraction | None:
        """A sum of money in USD, or None where its currency has no price. Raises SayDifferently."""
        fiat = parse_fiat(text)
        if fiat.code == USD:
            return fiat.amount
        found = self.evidence.prices.get(fiat.code)
        return fiat.amount * Fraction(found.value) if isinstance(found, Price) and found.by_feeds else None

    def outgoing(self, since: int | None = None) -> tuple[tuple[Asset, int], ...]:
        """What may leave to others: payments, trades, and what allowances permit beyond what is spent of them.

        With `since`, in Unix seconds, together with what was signed from then on. Wrapping stays the person's own, and so
        does what goes to an own account.
        """
        before = [s.effect for s in self.scene.spent if since is not None and s.at >= since]
        return leaving(self.scene.client.registry, [*before, *self._leaves()])

    def _leaves(self) -> Iterator[Effect]:
        for step in self.steps:
            for effect in step.promised:
                own = effect.account == self.scene.account and effect.counterparty not in self.scene.own
                if own and step.drafted.step.intent not in WRAPPINGS:
                    yield effect


NO_FACTS: Mapping[str, str] = MappingProxyType({})


def passed(check: str, message: str, step: int | None = None, facts: Mapping[str, str] = NO_FACTS) -> Finding:
    """The check was made and found nothing."""
    return Finding(check, Verdict.PASS, message, step, facts=tuple(facts.items()))


def blocked(
    check: str, message: str, step: int | None = None, facts: Mapping[str, str] = NO_FACTS, *, refuse: bool = False
) -> Finding:
    """The check forbids; `refuse`: whatever the policy says."""
    return Finding(check, Verdict.BLOCK, message, step, refuse=refuse, facts=tuple(facts.items()))


def warned(
    check: str, message: str, step: int | None = None, facts: Mapping[str, str] = NO_FACTS, *, ack: str = ""
) -> Finding:
    """The check warns; with `ack` that word must be typed."""
    return Finding(check, Verdict.WARN, message, step, ack=ack, facts=tuple(facts.items()))


def unknown(check: str, message: str, step: int | None = None, facts: Mapping[str, str] = NO_FACTS) -> Finding:
    """The check applies and could not be made."""
    return Finding(check, Verdict.UNKNOWN, message, step, facts=tuple(facts.items()))


def does_not_apply(check: str, why: str) -> Finding:
    """The check does not apply to this draft."""
    return Finding(check, Verdict.NOT_APPLICABLE, why)
