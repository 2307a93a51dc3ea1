"""What may name a contact or an account: a word that cannot be taken for anything else in a sentence."""

import re
from collections.abc import Iterable

from chain.errors import SayDifferently
from contracts.registry import Registry
from nlp import lexicon

NAME = re.compile(r"[a-z][a-z0-9]*(?:[ _-][a-z0-9]+){0,3}\Z")
LONGEST = 32
NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand
    million billion dozen couple few some half quarter third double once twice"""
TAKEN_WORDS = """yes y yep yeah yup sure ok okay confirm confirmed go do it no n nope cancel stop abort reject never
    all max maximum everything every any anyone anybody each both rest remainder remaining balance nothing none null
    me myself my mine us our self i you your him her them they it its this that here there
    main default account accounts wallet contact contacts someone somebody everyone everybody nobody
    send swap transfer pay approve wrap unwrap bridge buy sell stake lend borrow repay deposit withdraw help quit exit
    zero burn dead unlimited infinite infinity nan"""


def check_contact_name(name: str, registry: Registry, accounts: Iterable[str] = ()) -> str:
    """The name as it is kept: lower case, single spaces. Raises SayDifferently where it can be taken for something else."""
    kept = " ".join(name.lower().split())
    if len(kept) > LONGEST or not name.isascii() or not name.isprintable():
        raise _unusable(name, f"it has more than {LONGEST} characters, or others than a to z")
    if kept.endswith(".eth"):
        raise _unusable(name, "it ends like a name of ENS, which says itself where it points")
    if not NAME.match(kept):
        raise _unusable(name, "names are made of letters, digits, - and _, and begin with a letter")
    why = _taken(kept, registry, accounts)
    if why:
        raise _unusable(name, why)
    return kept


def check_account_name(name: str, contacts: Iterable[str]) -> None:
    """A name that means a contact already cannot mean an account. Raises SayDifferently."""
    spaced = " ".join(name.lower().replace("-", " ").replace("_", " ").split())
    if spaced in {contact.replace("-", " ").replace("_", " ") for contact in contacts}:
        raise SayDifferently(
            f"{name!a} is a contact of yours: it cannot name an account, too.",
            not_done="No account was added.",
            remedy=f"Choose another name, or first: sayso contact remove {name}.",
        )


def _taken(name: str, registry: Registry, accounts: Iterable[str]) -> str:
    spaced = name.replace("-", " ").replace("_", " ")
    for form in {name, spaced}:
        if form in accounts:
            return "one of your accounts has it"
        for why, words in _closed_lists(registry):
            if form in words:
                return why
    if re.match(r"0x", name):
        return "it looks like an address"
    return ""


def _closed_lists(registry: Registry) -> tuple[tuple[str, set[str]], ...]:
    tokens = {t.symbol.lower() for t in registry.tokens} | {c.native_symbol.lower() for c in registry.chains}
    tokens |= {t.name.lower() for t in registry.tokens} | set(lexicon.TICKERS) | set(lexicon.COIN_NAMES)
    chains = {c.slug for c in registry.chains} | {c.name.lower() for c in registry.chains} | set(lexicon.CHAINS)
    protocols = {c.protocol.lower() for c in registry.contracts} | set(lexicon.PROTOCOLS)
    numbers = set(NUMBER_WORDS.split()) | set(lexicon.VAGUE_WORDS) | set(lexicon.SHARE_WORDS)
    return (
        ("it is a token's", tokens),
        ("it is a chain's", chains),
        ("it is a protocol's", protocols),
        ("it is a currency's", set(lexicon.CURRENCIES)),
        ("it is a number or a quantity", numbers),
        ("it means something in an answer", set(TAKEN_WORDS.split())),
    )


def _unusable(name: str, why: str) -> SayDifferently:
    return SayDifferently(
        f"{name!a} cannot name a contact: {why}.", not_done="No contact was added.", remedy="Choose another name."
    )
