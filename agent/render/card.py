"""What a card says of a draft, apart from how it is drawn. Taken from the decoded bytes and the stored simulation alone.

Amounts are exact. Fiat figures are rounded and only beside them; each price stands on the card with its age and source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, InvalidOperation

from agent.render.agree import assets_of, decoded_steps
from agent.render.amounts import DIGITS, amount, clock, duration, fee_fiat, fiat, percent, short_symbol, symbol, worth
from agent.render.escape import escaped, quoted
from agent.render.findings import FindingLine, Tone, finding_lines
from chain.decode import DecodedCall
from chain.decode_trade import Trade
from chain.units import format_units
from chain.values import UNLIMITED, Address, Asset, Draft, DraftStep
from contracts.registry import Registry

GWEI = 9
NAME_CHECK = "recipient.name"
TITLES: Mapping[str, str] = {"native": "Send", "transfer": "Send", "wrap": "Wrap", "unwrap": "Unwrap"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: a short label and what it says."""

    label: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Section:
    """What one step does."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """All that is drawn of a draft. `marks` are what must not be overlooked: a test chain, a demo account."""

    draft_id: str
    marks: tuple[str, ...]
    sections: tuple[Section, ...]
    common: tuple[Row, ...]
    findings: tuple[FindingLine, ...]
    passed: str
    acks: tuple[str, ...]
    digest: str
    expires: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the user's own store says: names of addresses (contacts, own accounts), and whether the account is a demo."""

    names: Mapping[Address, str] = field(default_factory=dict)
    demo: bool = False


@dataclass(frozen=True, slots=True)
class _Scene:
    """A draft with what it takes to word it."""

    registry: Registry
    draft: Draft
    known: Known
    assets: Mapping[Address | None, Asset]

    def amount(self, token: Address | None, raw: int) -> str:
        asset = self.assets[token]
        return amount(raw, asset) + self.worth(asset, raw)

    def worth(self, asset: Asset, raw: int) -> str:
        price = _price(self.draft, asset.symbol) if asset.listed else None
        if price is None or raw == UNLIMITED:
            return ""
        return f" ≈ {fiat(worth(raw, asset.decimals, price[0]), price[1])}"

    def party(self, address: Address) -> str:
        """An address in full, and who that is, if that is known."""
        contract = self.registry.contract_at(self.draft.chain_id, address)
        token = self.registry.token_at(self.draft.chain_id, address)
        name = contract.name if contract else token.symbol if token else self.known.names.get(address, "")
        return " ".join(part for part in (address, name, _resolved_name(self.draft, address)) if part)


def make_card(registry: Registry, draft: Draft, known: Known, now: int) -> Card:
    """The card of a stored draft at the time `now`. Raises BytesDisagree where its bytes are not what it promises."""
    calls = decoded_steps(registry, draft)
    scene = _Scene(registry, draft, known, assets_of(registry, draft))
    sections = tuple(_section(scene, item, call) for item, call in zip(draft.steps, calls, strict=True))
    lines, passed = finding_lines(draft.findings, many=len(draft.steps) > 1)
    left = draft.expires_at - now
    expires = f"in {duration(left)}, {clock(draft.expires_at)}" if left > 0 else f"expired {clock(draft.expires_at)}"
    return Card(
        draft_id=draft.id,
        marks=_marks(scene),
        sections=sections,
        common=_common(scene),
        findings=lines,
        passed=passed,
        acks=draft.acks,
        digest=digest_text(draft.digest),
        expires=expires,
    )


def digest_text(digest: bytes) -> str:
    """The digest in full, as `confirm --digest` takes it."""
    return "0x" + digest.hex()


def _resolved_name(draft: Draft, address: Address) -> str:
    """The ENS name that this address was looked up by, as the check of it kept it; the name is somebody else's text."""
    for finding in draft.findings:
        facts = dict(finding.facts)
        if finding.check == NAME_CHECK and facts.get("address") == address and facts.get("name"):
            return f"by the ENS name {escaped(facts['name'])}"
    return ""


def _marks(scene: _Scene) -> tuple[str, ...]:
    test = scene.registry.chain(scene.draft.chain_id).test
    marks = [("test chain: nothing here has any worth", test), ("demo account", scene.known.demo)]
    told = " · ".join(mark for mark, holds in marks if holds)
    return (told,) if told else ()


def _section(scene: _Scene, item: DraftStep, call: DecodedCall) -> Section:
    if call.kind == "approve":
        title, rows = _approval(scene, call)
    elif call.trade is not None:
        title, rows = _trade(scene, item, call, call.trade)
    else:
        title, rows = _movement(scene, item, call)
    return Section(title, (*rows, _simulated(item)))


def _movement(scene: _Scene, item: DraftStep, call: DecodedCall) -> tuple[str, list[Row]]:
    """A payment, a wrap or an unwrap."""
    left = None if call.kind in ("native", "wrap") else call.token
    raw = call.amount or 0
    asset = scene.assets[left]
    title = f"{TITLES[call.kind]} {format_units(raw, asset.decimals)} {short_symbol(asset)}"
    rows = [Row("leaves", f"exactly {scene.amount(left, raw)}", "out")]
    if call.recipient:
        rows.append(Row("to", scene.party(call.recipient)))
    elif call.kind in ("wrap", "unwrap"):
        got = None if call.kind == "unwrap" else call.token
        rows.append(Row("arrives", f"exactly {scene.amount(got, raw)}", "in"))
    if call.kind != "native":
        rows.append(Row("contract", scene.party(item.step.request.to)))
    return title, rows


def _approval(scene: _Scene, call: DecodedCall) -> tuple[str, list[Row]]:
    assert call.spender is not None and call.token is not None
    asset, raw = scene.assets[call.token], call.amount or 0
    spender = scene.party(call.spender)
    tone: Tone = "plain"
    if raw == UNLIMITED:
        words, tone = f"it may take ALL your {symbol(asset)}, now and later, until you revoke it", "bad"
    elif raw:
        words = f"it may take up to {scene.amount(call.token, raw)} of yours, and no more, without asking again"
    else:
        words = f"it may take no {symbol(asset)} of yours any more"
    return f"Allowance of {short_symbol(asset)}", [
        Row("spender", spender),
        Row("allowance", words, tone),
        Row("contract", scene.party(call.token)),
    ]


def _trade(scene: _Scene, item: DraftStep, call: DecodedCall, trade: Trade) -> tuple[str, list[Row]]:
    paid, got = scene.amount(trade.token_in, trade.amount_in), scene.amount(trade.token_out, trade.amount_out)
    bounds = ("exactly", "at least") if trade.exact == "in" else ("at most", "exactly")
    sold, bought = scene.assets[trade.token_in], scene.assets[trade.token_out]
    title = f"Trade {short_symbol(sold)} for {short_symbol(bought)}"
    rows = [Row("leaves", f"{bounds[0]} {paid}", "out"), Row("arrives", f"{bounds[1]} {got}", "in")]
    rows.append(Row("to", scene.party(trade.receivers[0])))
    rows.append(Row("contract", scene.party(item.step.request.to)))
    slack = _slack(scene, item, trade)
    if slack:
        rows.append(Row("slippage", slack))
    if trade.deadline is not None:
        rows.append(Row("deadline", f"{clock(trade.deadline)}; later than that the trade fails"))
    return title, rows


def _slack(scene: _Scene, item: DraftStep, trade: Trade) -> str:
    """How far the bound lies from what the simulation saw."""
    exact_in = trade.exact == "in"
    token, bound = (trade.token_out, trade.amount_out) if exact_in else (trade.token_in, trade.amount_in)
    seen = sum(
        change.delta
        for change in item.simulated.changes
        if change.asset == token and change.account == scene.draft.account
    )
    if not seen:
        return ""
    share = Context(prec=DIGITS).divide(Decimal(abs(bound - abs(seen))), Decimal(abs(seen)))
    what = "arrived" if exact_in else "left"
    side = "less" if exact_in else "more"
    return (
        f"up to {percent(share)} {side} than the {amount(abs(seen), scene.assets[token])} that {what} in the simulation"
    )


def _simulated(item: DraftStep) -> Row:
    seen = item.simulated
    if seen.succeeded:
        return Row("simulated", f"succeeds, {seen.gas_used} gas", "good")
    reason = f": {quoted(seen.revert_reason, 'the contract', 200)}" if seen.revert_reason else ""
    return Row("simulated", f"FAILS{reason}", "bad")


def _common(scene: _Scene) -> tuple[Row, ...]:
    draft, chain = scene.draft, scene.registry.chain(scene.draft.chain_id)
    rows = [
        Row("from", scene.party(draft.account)),
        Row("chain", f"{chain.name} ({draft.chain_id})"),
        Row("fee", _fee(scene)),
        *(Row("price", _price_words(price)) for price in draft.prices),
        Row("state", f"block {draft.block_number}, seen by {draft.simulation_method}"),
    ]
    return tuple(rows)


def _fee(scene: _Scene) -> str:
    fees = [item.fees for item in scene.draft.steps]
    ceiling = sum(fee.ceiling for fee in fees)
    native = scene.assets[None]
    price = _price(scene.draft, native.symbol)
    value = f" ≈ {fee_fiat(worth(ceiling, native.decimals, price[0]), price[1])}" if price else " (no price known)"
    most = format_units(max(fee.max_fee_per_gas for fee in fees), GWEI)
    return f"at most {amount(ceiling, native)}{value} ({sum(f.gas_limit for f in fees)} gas at {most} gwei)"


def _price(draft: Draft, wanted: str) -> tuple[Decimal, str] | None:
    """The draft's own price of one whole coin and its currency: '2000.5 USD'."""
    for name, text, _, _ in draft.prices:
        number, _, currency = text.partition(" ")
        if name == wanted:
            try:
                return Decimal(number.replace(",", "")), currency
            except InvalidOperation:
                return None
    return None


def _price_words(price: tuple[str, str, int, str]) -> str:
    name, text, age, source = price
    return f"1 {name} is {text}, {duration(age)} old, by {source}"
