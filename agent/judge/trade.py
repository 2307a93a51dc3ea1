"""Trade: how much worse it may end, against its own simulation and against prices from elsewhere."""

from fractions import Fraction
from math import ceil

from agent.amounts import floor_less, percent_text
from agent.judge.case import Case, CaseStep, blocked, does_not_apply, passed, unknown, warned
from chain.decode_trade import Trade
from chain.values import Asset, EffectKind, Finding

LONGEST_DEADLINE = 300
CLOCKS_APART = 120
SLIPPAGE_ACK, IMPACT_ACK = Fraction(1, 100), Fraction(3, 100)
IMPACT_TOLD = Fraction(1, 100)
BLOCK = Fraction(10, 100)
SLUGS = ("trade.least_output", "trade.slippage", "trade.impact", "trade.deadline", "trade.sell_back")


def check(case: Case) -> tuple[Finding, ...]:
    """All findings about trades."""
    found: list[Finding] = []
    for index, step in enumerate(case.steps):
        if step.decoded.trade:
            found += _trade(case, index, step, step.decoded.trade)
    return tuple(found or [does_not_apply(slug, "Nothing is traded.") for slug in SLUGS])


def _trade(case: Case, index: int, step: CaseStep, trade: Trade) -> list[Finding]:
    return [
        _least(index, trade),
        _slippage(case, index, step, trade),
        _impact(case, index, step),
        _deadline(case, index, trade),
        _sell_back(index, step),
    ]


def _least(index: int, trade: Trade) -> Finding:
    if trade.amount_out <= 0:
        return blocked("trade.least_output", "The trade could give nothing.", index, refuse=True)
    return passed("trade.least_output", "The trade gives something, or nothing happens.", index)


def _slippage(case: Case, index: int, step: CaseStep, trade: Trade) -> Finding:
    """How far the bytes let it fall behind its own simulation; the quote that made them is not asked."""
    sold, bought = _simulated(case, step)
    if sold <= 0 or bought <= 0:
        return unknown("trade.slippage", "The simulation does not show what the trade gives.", index)

    def worse_than(share: Fraction) -> bool:
        if trade.exact == "in":
            return trade.amount_out < floor_less(bought, share)
        return floor_less(trade.amount_in, share / (1 + share)) > sold

    if worse_than(BLOCK):
        return blocked("trade.slippage", "It could end more than 10% worse than simulated.", index)
    if worse_than(SLIPPAGE_ACK):
        text = "It could end more than 1% worse than simulated."
        return warned("trade.slippage", text, index, ack="slippage")
    return passed("trade.slippage", "It ends at most 1% worse than simulated.", index)


def _impact(case: Case, index: int, step: CaseStep) -> Finding:
    """The simulated trade against price feeds. One source, as far as there are two no second one is asked yet.

    `band` of the facts is the loss in whole percent, rounded up: in a higher one it is a new finding before signing.
    """
    sold, bought = _simulated(case, step)
    given, got = _sides(step)
    worth_in = case.usd(given, sold)
    worth_out = case.usd(got, bought)
    if not worth_in or worth_out is None or sold <= 0 or bought <= 0:
        return unknown("trade.impact", "There is no independent price to hold the trade against.", index)
    loss = 1 - worth_out / worth_in
    facts = {"loss": percent_text(max(loss, Fraction(0))), "band": str(max(0, ceil(loss * 100)))}
    text = f"By the price feeds, the trade gives {facts['loss']} less than it takes."
    if loss > BLOCK:
        return blocked("trade.impact", text, index, facts)
    if loss > IMPACT_ACK:
        return warned("trade.impact", text, index, facts, ack="impact")
    if loss > IMPACT_TOLD:
        return warned("trade.impact", text, index, facts)
    return passed("trade.impact", text, index, facts)


def _deadline(case: Case, index: int, trade: Trade) -> Finding:
    """It ends at most five minutes after the draft, and has not ended yet by the chain's clock.

    By the chain's clock, too, it is no further off: this computer's may be wrong. A test chain's clock stands while it
    is idle and is set back with its state, so there that is not asked.
    """
    if trade.deadline is None or trade.deadline > case.expires_at + LONGEST_DEADLINE:
        return blocked("trade.deadline", "The trade has no deadline, or too late a one.", index)
    furthest = case.evidence.head.timestamp + case.scene.policy.expiry_seconds + LONGEST_DEADLINE + CLOCKS_APART
    if trade.deadline > furthest and not case.scene.client.entry.test:
        text = "By the chain's clock the trade's deadline is too late: this computer's clock may be wrong."
        return blocked("trade.deadline", text, index)
    if trade.deadline <= case.evidence.head.timestamp:
        return blocked("trade.deadline", "The trade's deadline has passed by the chain's clock.", index)
    return passed("trade.deadline", "The trade fails after its deadline.", index, {"deadline": str(trade.deadline)})


def _sell_back(index: int, step: CaseStep) -> Finding:
    if _sides(step)[1].listed:
        return passed("trade.sell_back", "What arrives is a listed token.", index)
    return unknown("trade.sell_back", "Whether this token can be sold again was not tried.", index)


def _sides(step: CaseStep) -> tuple[Asset, Asset]:
    by_kind = {effect.kind: effect.asset for effect in step.promised}
    return by_kind[EffectKind.OUT], by_kind[EffectKind.IN]


def _simulated(case: Case, step: CaseStep) -> tuple[int, int]:
    """What the simulation took and gave, in raw units."""
    given, got = _sides(step)
    deltas = {c.asset: c.delta for c in step.drafted.simulated.changes if c.account == case.scene.account}
    return -deltas.get(given.address, 0), deltas.get(got.address, 0)
