"""What a planner is given and what it gives back, and the running account of what the steps so far leave."""

from dataclasses import dataclass

from agent.resolve import NOTHING, Party, shown
from agent.scene import Scene
from chain.balances import balance
from chain.errors import Refused, SayDifferently
from chain.prices import Price
from chain.protocols.erc20 import allowance
from chain.values import UNLIMITED, Address, Asset, Effect, EffectKind, RawAmount, Step, TransactionRequest, Wei
from nlp.types import Action


@dataclass(frozen=True, slots=True)
class Planned:
    """A step, with what the words behind it said: who was meant, and whether an unlimited allowance was asked for."""

    step: Step
    party: Party | None = None
    unlimited_said: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """What stands allowed by then, in raw units: at least `low`, at most `high`. `touched`: an earlier step changed it."""

    low: int
    high: int
    touched: bool = False


class Book:
    """What the account holds at least, and allows, after the steps planned so far. Lives for one planning.

    `reserve` in wei is kept back from 100% of the native coin for all steps' fees; `takes_all_native` says that it was.
    """

    def __init__(self, scene: Scene, reserve: int) -> None:
        self._desk = scene
        self.reserve = reserve
        self.takes_all_native = False
        self.prices: list[Price] = []
        self._started: dict[Address | None, int] = {}
        self._moved: dict[Address | None, int] = {}
        self._allowed: dict[tuple[Address, Address], Allowance] = {}

    async def held(self, asset: Asset) -> int:
        """Raw units that the account holds at least by now. Raises Refused where the token does not say."""
        if asset.address not in self._started:
            found = await balance(self._desk.client, self._desk.account, asset.address)
            if found is None:
                raise Refused(f"The balance of {shown(asset)} cannot be read.", not_done=NOTHING)
            self._started[asset.address] = found
        return max(0, self._started[asset.address] + self._moved.get(asset.address, 0))

    async def allowed(self, token: Address, spender: Address) -> Allowance:
        """What `spender` may take by now. Raises Refused where the token does not say."""
        if (token, spender) not in self._allowed:
            found = await allowance(self._desk.client, token, self._desk.account, spender)
            if found is None:
                raise Refused(f"The allowance of the token {token} cannot be read.", not_done=NOTHING)
            self._allowed[token, spender] = Allowance(found, found)
        return self._allowed[token, spender]

    def apply(self, step: Step) -> None:
        """Take a planned step into account: what it takes at most, gives at least and allows exactly."""
        for effect in step.promised:
            if effect.account != self._desk.account:
                continue
            token, other = effect.asset.address, effect.counterparty
            if effect.kind is EffectKind.ALLOWANCE and token and other:
                self._allowed[token, other] = Allowance(effect.amount, effect.amount, touched=True)
            elif effect.kind is not EffectKind.ALLOWANCE:
                sign = 1 if effect.kind is EffectKind.IN else -1
                self._moved[token] = self._moved.get(token, 0) + sign * effect.amount

    def spend_allowance(self, token: Address, spender: Address, most: int, least: int) -> None:
        """A step takes between `least` and `most` of an allowance; an unlimited one may stay as it is."""
        before = self._allowed[token, spender]
        high = before.high if before.high == UNLIMITED else max(0, before.high - least)
        self._allowed[token, spender] = Allowance(max(0, before.low - most), high, touched=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """One action to be planned, on the book of those before it. `deadline` of a trade in Unix seconds."""

    scene: Scene
    action: Action
    book: Book
    deadline: int

    def text(self, slot: str) -> str:
        """A slot's text, or '' where it was not given."""
        value = self.action.slots.get(slot, "")
        if not isinstance(value, str):
            raise SayDifferently(f"The {slot} cannot be used here.", not_done=NOTHING)
        return value

    def needed(self, slot: str, question: str) -> str:
        """A slot's text. Raises SayDifferently with the question where it was not given."""
        if text := self.text(slot):
            return text
        raise SayDifferently(question, not_done=NOTHING, remedy="Say it, and the rest stays as it is.")

    def request(self, to: Address, value: int = 0, data: bytes = b"") -> TransactionRequest:
        """A call from the account on the connected chain."""
        return TransactionRequest(self.scene.chain_id, self.scene.account, to, Wei(value), data)

    def leaves(self, asset: Asset, amount: int, to: Address | None) -> Effect:
        """At most `amount` leaves the account."""
        return Effect(EffectKind.OUT, asset, self.scene.account, RawAmount(amount), to)

    def arrives(self, asset: Asset, amount: int, at: Address | None = None, sender: Address | None = None) -> Effect:
        """At least `amount` arrives, at the account if nobody else is named."""
        return Effect(EffectKind.IN, asset, at or self.scene.account, RawAmount(amount), sender)
