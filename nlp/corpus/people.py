"""Surface forms of parties: names, relations, ENS names, addresses (right and wrong) and the user's own accounts."""

from dataclasses import dataclass, field
from random import Random

from Crypto.Hash import keccak

from nlp.corpus import pools
from nlp.corpus.surface import Surface

RECIPIENT = ("name", "ens", "address", "rel", "account", "bad", "collision")


@dataclass(slots=True)
class Cast:
    """Who appears in one utterance; what of it the context will know is gathered here while the words are sampled."""

    contacts: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)


def checksum(address: str) -> str:
    """The EIP-55 form of 40 hex digits behind '0x'."""
    digits = address[2:].lower()
    digest = keccak.new(digest_bits=256, data=digits.encode()).hexdigest()
    return "0x" + "".join(c.upper() if int(d, 16) >= 8 else c for c, d in zip(digits, digest, strict=False))


def address(rng: Random) -> str:
    """A random address, checksummed two times of three and else in one case."""
    raw = f"0x{rng.getrandbits(160):040x}"
    return checksum(raw) if rng.random() < 0.62 else raw if rng.random() < 0.9 else "0x" + raw[2:].upper()


def bad_address(rng: Random) -> str:
    """An address that cannot be used: wrong checksum, too short or too long, or not hex."""
    good = checksum(f"0x{rng.getrandbits(160):040x}")
    letters = [i for i, c in enumerate(good) if c.isalpha() and i > 1]
    flip = rng.choice(letters)
    return rng.choice((good[:flip] + good[flip].swapcase() + good[flip + 1 :], good[: -rng.randint(1, 4)], good + "a", good[:20] + "g" + good[21:],
                       good[: rng.randint(6, 14)], good[:8] + "..." + good[-4:]))  # fmt: skip


def ens(rng: Random) -> str:
    """An ENS name in one of several shapes and cases."""
    left, right, name = rng.choice(pools.ENS_LEFT), rng.choice(pools.ENS_RIGHT), rng.choice(pools.FIRST_NAMES)
    base = rng.choice(
        (
            f"{left}{right}",
            f"{left}-{right}",
            f"{name}",
            f"{name}{right}",
            f"{name}{rng.randint(1, 99)}",
            f"{right}dao",
            "vitalik",
            f"pay.{left}",
        )
    )
    return rng.choice(
        (
            f"{base}.eth",
            f"{base}.eth",
            f"{base}.eth",
            f"{base}.eth",
            f"{base.title()}.ETH",
            f"{base} dot eth" if "-" not in base and "." not in base else f"{base}.eth",
            f"{base}.base.eth",
            f"{base}.eth",
        )
    )


def bad_name(rng: Random) -> str:
    """A name with an invisible, bidirectional or look-alike character."""
    name = ens(rng).replace(" dot eth", ".eth") if rng.random() < 0.7 else rng.choice(pools.FIRST_NAMES)
    spot = rng.randint(1, max(1, name.find(".") - 1 if "." in name else len(name) - 1))
    swaps = {"a": "а", "e": "е", "o": "о", "p": "р", "c": "с", "i": "і", "x": "х", "y": "у"}
    candidates = [i for i, c in enumerate(name[: name.find(".")] if "." in name else name) if c in swaps]
    if candidates and rng.random() < 0.6:
        at = rng.choice(candidates)
        return name[:at] + swaps[name[at]] + name[at + 1 :]
    return name[:spot] + rng.choice(("\u200b", "\u200d", "\u202e", "\u2060", "\u00ad")) + name[spot:]


def party(rng: Random, cast: Cast, style: str, kind: str) -> Surface:
    """A party of a style; `kind` is 'recipient', 'account' (own accounts likelier), 'spender' or 'name'."""
    weights = {"recipient": (44, 16, 18, 8, 7, 4, 3), "account": (18, 20, 22, 6, 32, 2, 0), "spender": (22, 10, 56, 0, 0, 12, 0),
               "name": (0, 70, 22, 0, 0, 8, 0)}[kind]  # fmt: skip
    style = style or rng.choices(RECIPIENT, weights)[0]
    if style == "ens":
        return Surface.whole(ens(rng))
    if style == "address":
        return Surface.whole(address(rng))
    if style == "bad":
        return Surface.whole(bad_address(rng) if rng.random() < 0.6 else bad_name(rng))
    if style == "account":
        return account(rng, cast)
    if style == "collision":
        word = rng.choice(pools.COLLIDING)
        cast.contacts.append(word)
        return Surface.whole(word)
    return person(rng, cast, style == "rel")


def person(rng: Random, cast: Cast, relation: bool = False) -> Surface:
    """A named person, a handle or a relation; the context knows half of them."""
    if relation:
        bare = rng.choice(pools.RELATIONS)
        shown = rng.choice((f"my {bare}", f"my {bare}", bare))
    else:
        bare = rng.choice(pools.HANDLES) if rng.random() < 0.1 else rng.choice(pools.FIRST_NAMES)
        shown = rng.choice((bare, bare, bare, bare.title() if bare.isalpha() else bare))
    if rng.random() < 0.5:
        cast.contacts.append(bare)
    return Surface.whole(shown)


def account(rng: Random, cast: Cast) -> Surface:
    """One of the user's own accounts, with 'my … account' or bare (then the context knows it)."""
    bare = account_name(rng, cast)
    shown = rng.choice(
        (
            f"my {bare} account",
            f"my {bare} wallet",
            f"the {bare} account",
            f"my {bare}",
            bare,
            f"{bare} account",
            f"{bare} wallet",
        )
    )
    if shown == bare and bare not in cast.accounts:
        cast.accounts.append(bare)
    return Surface.whole(shown)


def account_name(rng: Random, cast: Cast) -> str:
    """The bare name of an own account; the context mostly knows it."""
    bare = rng.choice(pools.ACCOUNTS)
    if rng.random() < 0.6:
        cast.accounts.append(bare)
    return bare


def nickname(rng: Random, cast: Cast, known: bool) -> Surface:
    """A contact's bare name; `known` for contacts that the context is likely to hold."""
    bare = rng.choice(
        rng.choice((pools.FIRST_NAMES, pools.FIRST_NAMES, pools.FIRST_NAMES, pools.RELATIONS, pools.HANDLES))
    )
    if known and rng.random() < 0.6:
        cast.contacts.append(bare)
    return Surface.whole(bare if rng.random() < 0.8 else bare.title())
