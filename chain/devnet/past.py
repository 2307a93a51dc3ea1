"""What the recipe's own accounts have done before anybody looks: transfers, approvals and NFTs, one transaction each."""

from dataclasses import dataclass

from chain.devnet.build import UNLIMITED, Built, unlocked
from chain.devnet.jsonrpc import Node, calldata
from chain.devnet.units import ETHER, raw_units
from contracts.recipe import Recipe, RecipeDeed

TWO = "(address,uint256)"
THREE = "(address,address,uint256)"


def relive(node: Node, recipe: Recipe, built: Built) -> None:
    """Carries out the recipe's past on what was just built. Raises NodeError where a transaction fails."""
    past = _Past(recipe, built)
    for deed in recipe.past:
        sender, (to, data) = past.party(deed.by), past.call(deed)
        if sender == recipe.deployer:
            with unlocked(node, sender):
                node.send(sender, to, data)
        else:
            _send_on_loan(node, sender, to, data)


def _send_on_loan(node: Node, sender: str, to: str, data: bytes) -> None:
    """The sender's fee is lent and taken back."""
    node.set_balance(sender, 10**ETHER)
    with unlocked(node, sender):
        node.send(sender, to, data)
    node.set_balance(sender, 0)


@dataclass(frozen=True, slots=True)
class _Past:
    recipe: Recipe
    built: Built

    def call(self, deed: RecipeDeed) -> tuple[str, bytes]:
        """The contract that a deed calls, and with what."""
        to = self.party(deed.to)
        if deed.of in self.built.collections:
            return self.built.collections[deed.of], _nft_call(deed, self.party(deed.by), to)
        return self.built.tokens[deed.of], _token_call(deed, self.party(deed.owner), to, self.raw(deed))

    def party(self, name: str) -> str:
        """The address of a contract's or an ENS name; an address itself."""
        names = {entry.name: entry.address for entry in self.recipe.names if entry.forward}
        return names.get(name) or self.built.contracts.get(name, name)

    def raw(self, deed: RecipeDeed) -> int:
        """The amount in raw units."""
        if deed.amount == "unlimited":
            return UNLIMITED
        decimals = next(token.decimals for token in self.recipe.tokens if token.id == deed.of)
        return raw_units(deed.amount, decimals)


def _token_call(deed: RecipeDeed, owner: str, to: str, raw: int) -> bytes:
    if deed.do == "pull":
        return calldata(f"transferFrom{THREE}", (owner, to, raw))
    return calldata(f"{deed.do}{TWO}", (to, raw))


def _nft_call(deed: RecipeDeed, by: str, to: str) -> bytes:
    if deed.do == "approve_all":
        return calldata("setApprovalForAll(address,bool)", (to, True))
    if deed.do == "transfer":
        return calldata(f"transferFrom{THREE}", (by, to, int(deed.amount)))
    return calldata(f"{deed.do}{TWO}", (to, int(deed.amount)))
