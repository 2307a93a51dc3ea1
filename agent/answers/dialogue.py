"""Answers that need no chain: the address book, what can be said, and manners."""

from agent.answers.types import Answer, Grid
from agent.render.escape import escaped
from agent.session import Desk

EXAMPLES = (
    ("send 5 usdc to bob", "pay: coins or tokens, also by worth ($20 of eth)"),
    ("swap half my eth for usdc", "trade on Uniswap V2 or V3, the better of the two"),
    ("allow uniswap to spend 100 usdc", "an allowance of exactly that"),
    ("wrap 1 eth, unwrap all my weth", "between the native coin and its wrapped form"),
    ("what is my usdc balance?", "one balance, or all of them"),
    ("show my portfolio", "everything with its worth"),
    ("show my last 5 transactions, my nfts", "what an account did, got and holds besides coins"),
    ("who can spend my usdc?", "what others may take, and what is at risk"),
    ("price of eth, how much usdc for 2 eth?", "prices and quotes"),
    ("tell me when eth drops below 2000", "an alert; 'sayso watch' keeps to it"),
    ("send bob 50 usdc every friday at 9", "a standing order: drafted when due, and asked"),
    ("token info for link", "supply, address, price, and whether it is listed"),
    ("gas, status of 0x..., who is bob.eth?", "fees, transactions, names"),
    ("show my address", "to be paid at, as a QR code"),
)


def contacts(desk: Desk) -> Answer:
    """The address book."""
    known = desk.contacts.list()
    data = {"contacts": [{"name": c.name, "address": c.address, "ens": c.ens} for c in known]}
    if not known:
        return Answer("contacts", data, ("You have no contacts yet. Add one: sayso contact add NAME ADDRESS.",))
    rows = tuple((c.name, c.address, f"by ENS name {escaped(c.ens)}" if c.ens else "") for c in known)
    return Answer("contacts", data, (Grid(("name", "address", ""), rows),))


def help_(_: Desk) -> Answer:
    """What can be said."""
    parts = (
        "Say what you want in your own words:",
        Grid(("say", "what it does"), EXAMPLES),
        "Nothing moves without your yes to a card that shows exactly what would happen.",
    )
    return Answer("help", {"examples": [said for said, _ in EXAMPLES]}, parts)


def greet(_: Desk) -> Answer:
    """A greeting."""
    return Answer("greet", {}, ("Hello. Say what you want, or 'help' for what can be said.",))


def thanks(_: Desk) -> Answer:
    """Manners."""
    return Answer("thanks", {}, ("You are welcome.",))
