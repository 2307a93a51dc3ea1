"""Samplers: a surface form for every slot, trigger key and distractor of a template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from nlp.corpus import numbers, people, pools, sentences
from nlp.corpus.calls import args, function
from nlp.corpus.people import Cast
from nlp.corpus.surface import Surface
from nlp.corpus.template import Hole
from nlp.corpus.times import TIMES

PROTOCOLS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("swap", "quote", "add_liquidity", "remove_liquidity"), pools.DEXES),
    **dict.fromkeys(("supply", "withdraw", "borrow", "repay", "lending_position"), pools.LENDERS),
    **dict.fromkeys(("stake", "unstake"), pools.STAKERS),
    "bridge": pools.BRIDGES,
}
EVERY_PROTOCOL = {**pools.DEXES, **pools.LENDERS, **pools.STAKERS, **pools.BRIDGES}
MIXED_CASE = {
    "steth": "stETH",
    "wsteth": "wstETH",
    "reth": "rETH",
    "cbeth": "cbETH",
    "wbtc": "wBTC",
    "eth": "Eth",
    "usde": "USDe",
}
INTO = (" in ", " to ", " into ", " as ", "= ", " worth ")
OUT_ONLY = frozenset({"amount_out", "min_out", "principal"})


@dataclass(slots=True)
class Scene:
    """What a sampler may look at: chance, the cast, the segment's intent, the text around the hole, tokens used so far."""

    rng: Random
    cast: Cast
    intent: str
    before: str
    after: str
    token_follows: bool
    has_args: bool
    used: set[str]


def surface(hole: Hole, scene: Scene) -> Surface:
    """A surface form for a hole: its fixed words, or a sample of its slot's type and style."""
    if hole.fixed is not None:
        return Surface.whole(hole.fixed)
    return SAMPLERS[hole.name](hole, scene)


def knows(name: str) -> bool:
    """Whether a slot, trigger key or distractor type can be sampled."""
    return name in SAMPLERS


def _amount(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    if hole.name in OUT_ONLY and not hole.style:
        return Surface.whole(numbers.plain(rng) if rng.random() < 0.8 else numbers.spelled(rng))
    if scene.intent == "approve" and hole.name == "amount" and not hole.style and rng.random() < 0.35:
        return Surface.whole(rng.choice(numbers.UNLIMITED if scene.token_follows else ("unlimited", "infinite", "max")))
    if scene.intent in ("set_limit", "contract_call") and not hole.style:
        return Surface.whole(rng.choice((numbers.plain, numbers.scaled, numbers.grouped, numbers.spelled))(rng))
    return numbers.amount(rng, hole.style, scene.token_follows)


def _token(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    if (
        hole.name == "token_out"
        and scene.intent == "quote"
        and not hole.style
        and rng.random() < 0.35
        and scene.before.lower().endswith(INTO)
    ):
        return _currency(hole, scene)
    style = hole.style or rng.choices(("known", "name", "unknown", "address", "dollar"), (84, 6, 6, 1.5, 2.5))[0]
    for _ in range(20):
        word = _token_word(rng, style, scene)
        if word.lower() not in scene.used:
            break
    scene.used.add(word.lower())
    return Surface.whole(word)


def _token_word(rng: Random, style: str, scene: Scene) -> str:
    if style == "name":
        name = rng.choice(tuple(pools.COIN_NAMES))
        return name if rng.random() < 0.75 else name.title()
    if style == "unknown":
        ticker = _invented(rng)
        if rng.random() < 0.3:
            scene.cast.tokens[people.checksum(f"0x{rng.getrandbits(160):040x}")] = ticker.upper()
        return rng.choice((ticker, ticker.upper()))
    if style == "address":
        return people.address(rng)
    if style == "dollar":
        return "$" + rng.choice((*pools.TOKENS[:60], _invented(rng))).upper()
    return _cased(rng, _known(rng, scene.intent))


def _known(rng: Random, intent: str) -> str:
    special = {
        "wrap": ("eth", "eth", "eth", "eth", "matic", "avax", "bnb"),
        "unwrap": ("weth", "weth", "weth", "wmatic", "eth"),
    }
    if intent in special:
        return rng.choice(special[intent])
    if intent in ("stake", "unstake") and rng.random() < 0.7:
        return rng.choice(pools.STAKEABLE)
    return rng.choice(pools.COMMON_TOKENS if rng.random() < 0.6 else pools.TOKENS)


def _cased(rng: Random, token: str) -> str:
    roll = rng.random()
    return token if roll < 0.62 else token.upper() if roll < 0.93 else MIXED_CASE.get(token, token.title())


def _invented(rng: Random) -> str:
    letters = "".join(rng.choice("bcdfghjklmnprstvwxz" if i % 2 == 0 else "aeiou") for i in range(rng.randint(3, 5)))
    return letters + rng.choice(("", "", "x", "2", "inu", "ai"))


def _currency(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    if hole.name in ("quote", "t.quote") and rng.random() < 0.35:
        return Surface.whole(_cased(rng, rng.choice(("eth", "btc", "usdc", "dai", "eth"))))
    return Surface.whole(rng.choice(tuple(pools.CURRENCY_WORDS)))


def _chain(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    slug = rng.choice(pools.COMMON_CHAINS if rng.random() < 0.8 else tuple(pools.CHAINS))
    forms = [form for form in pools.CHAINS[slug] if form.lower() not in scene.used] or list(pools.CHAINS[slug])
    word = forms[0] if rng.random() < 0.5 else rng.choice(forms)
    scene.used.add(word.lower())
    return Surface.whole(word)


def _protocol(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    pool = PROTOCOLS.get(scene.intent, EVERY_PROTOCOL)
    forms = pool[rng.choice(tuple(pool)[:6] if rng.random() < 0.5 else tuple(pool))]
    return Surface.whole(forms[0] if rng.random() < 0.5 else rng.choice(forms))


def _party(kind: str) -> "Sampler":
    def sample(hole: Hole, scene: Scene) -> Surface:
        if kind == "account" and hole.style in ("", "account") and _own(scene):
            bare = people.account_name(scene.rng, scene.cast)
            closed = scene.after.lower().startswith((" account", " wallet"))
            return Surface.whole(
                bare if closed or scene.rng.random() < 0.3 else f"{bare} {scene.rng.choice(('account', 'wallet'))}"
            )
        return people.party(scene.rng, scene.cast, hole.style, kind)

    return sample


def _own(scene: Scene) -> bool:
    """Whether the words around call for the bare name of an own account: 'my …', '… wallet'."""
    return scene.before.lower().endswith(("my ", "the ")) or scene.after.lower().startswith((" account", " wallet"))


def _spender(hole: Hole, scene: Scene) -> Surface:
    if not hole.style and scene.rng.random() < 0.55:
        return _protocol(hole, scene)
    return people.party(scene.rng, scene.cast, hole.style, "spender")


def _contract(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    kind = rng.choices(("address", "token", "protocol", "ens"), (50, 25, 17, 8))[0] if not hole.style else "address"
    if kind == "token":
        return _token(Hole("token", True, "known", None), scene)
    if kind == "protocol":
        return _protocol(hole, scene)
    return people.party(rng, scene.cast, hole.style or kind, "spender")


def _name(hole: Hole, scene: Scene) -> Surface:
    if scene.intent == "resolve_name":
        return people.party(scene.rng, scene.cast, hole.style, "name")
    return people.nickname(scene.rng, scene.cast, scene.intent == "contact_remove")


def _address(hole: Hole, scene: Scene) -> Surface:
    style = hole.style or scene.rng.choices(("address", "ens", "bad"), (80, 14, 6))[0]
    return people.party(scene.rng, scene.cast, style, "recipient")


def _token_id(hole: Hole, scene: Scene) -> Surface:
    number = str(scene.rng.randint(1, 9999))
    return (
        Surface.whole(number)
        if scene.before.endswith("#") or scene.rng.random() < 0.5
        else Surface("#" + number, 1, len(number) + 1)
    )


def _id(hole: Hole, scene: Scene) -> Surface:
    number = str(scene.rng.randint(1, 30))
    return (
        Surface.whole(number)
        if scene.before.endswith("#") or scene.rng.random() < 0.75
        else Surface("#" + number, 1, len(number) + 1)
    )


def _targets(hole: Hole, scene: Scene) -> Surface:
    rng = scene.rng
    one, two, three = (_cased(rng, token) for token in rng.sample(pools.COMMON_TOKENS, 3))
    a = rng.choice((10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90))
    b, c = 100 - a, a // 2
    return Surface.whole(rng.choice((
        f"{a}% {one} and {b}% {two}", f"{a}% {one}, {b}% {two}", f"{a}/{b} {one}/{two}", f"{a}/{b} {one} {two}", f"{one} {a}%, {two} {b}%",
        f"{a} percent {one} and {b} percent {two}", f"half {one} half {two}", f"half {one} and half {two}", f"{a}% in {one} and {b}% in {two}",
        f"{b}% {two} {c}% {one} {a - c}% {three}", f"{b}% {two}, {c}% {one} and {a - c}% {three}", f"equally between {one}, {two} and {three}",
        f"{one} {a} {two} {b}", f"{a} {one} {b} {two}", f"{one}: {a}%, {two}: {b}%", f"a third {one}, a third {two} and a third {three}",
    )))  # fmt: skip


def _text(pool: tuple[str, ...]) -> "Sampler":
    def sample(hole: Hole, scene: Scene) -> Surface:
        words = scene.rng.choice(pool)
        quoted = not scene.before.rstrip().endswith(('"', "'", "“")) and scene.rng.random() < 0.3
        left, right = scene.rng.choice(('""', '""', "“”", "''" if "'" not in words else '""'))
        return Surface(left + words + right, 1, len(words) + 1) if quoted else Surface.whole(words)

    return sample


def _choice(pool: tuple[str, ...]) -> "Sampler":
    return lambda hole, scene: Surface.whole(scene.rng.choice(pool))


def _of(make: Callable[[Random], str]) -> "Sampler":
    return lambda hole, scene: Surface.whole(make(scene.rng))


def _hash(rng: Random) -> str:
    return f"0x{rng.getrandbits(256):064x}"


Sampler = Callable[[Hole, Scene], Surface]
COUNTS = ("5", "10", "3", "20", "ten", "five", "7", "50", "2", "three", "100")
SAMPLERS: Mapping[str, Sampler] = {
    **dict.fromkeys(("amount", "amount_in", "amount_out", "min_out", "amount_a", "amount_b", "principal"), _amount),
    **dict.fromkeys(("token", "token_in", "token_out", "token_a", "token_b", "t.token"), _token),
    **dict.fromkeys(("chain", "from_chain", "to_chain"), _chain),
    **dict.fromkeys(("recipient", "party"), _party("recipient")),
    **dict.fromkeys(("account", "t.account"), _party("account")),
    **dict.fromkeys(("slippage", "rate", "percent"), _of(numbers.percent)),
    **dict.fromkeys(("quote", "t.quote", "currency"), _currency),
    **dict.fromkeys(("tx_hash", "hash"), _of(_hash)),
    **TIMES,
    "value": lambda hole, scene: Surface.whole(numbers.money(scene.rng, hole.style.upper() if len(hole.style) == 3 else "")),
    "spender": _spender,
    "contract": _contract,
    "name": _name,
    "address": _address,
    "protocol": _protocol,
    "token_id": _token_id,
    "id": _id,
    "limit": _choice(COUNTS),
    "targets": _targets,
    "risk": _choice(("low", "medium", "high")),
    "scope": _choice(("all", "everything", "all my approvals", "every approval", "all of them", "all approvals", "all allowances")),
    "collection": _choice(pools.COLLECTIONS),
    "template": _choice(pools.TEMPLATES),
    "message": _text(sentences.MESSAGES),
    "document": _text(sentences.DOCUMENTS),
    "strategy": _text(sentences.STRATEGIES),
    "function": lambda hole, scene: Surface.whole(function(scene.rng, scene.intent == "contract_read", scene.has_args)),
    "args": lambda hole, scene: Surface.whole(args(scene.rng)),
    "t.threshold": lambda hole, scene: Surface.whole(numbers.threshold(scene.rng, hole.style)),
    "t.above": _choice(("above", "over", "goes above", "rises above", "past", "goes over", "climbs over", ">", "at or above", "higher than")),
    "t.below": _choice(("below", "under", "drops below", "falls under", "goes under", "dips below", "<", "less than", "lower than", "falls to")),
    "t.metric": _choice(("gas", "gas price", "health factor", "balance")),
}  # fmt: skip
