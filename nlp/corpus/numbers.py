"""Surface forms of amounts, money, percents and plain integers, as people write them."""

from collections.abc import Callable
from random import Random

from nlp.corpus.surface import Surface

UNITS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fifteen",
    "eighteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SHARES = ("half", "a third", "two thirds", "a quarter", "three quarters", "one third", "a fifth", "one half")
ALLS = ("all", "everything", "max", "the whole lot", "100%", "the full amount", "the maximum")
VAGUE = (
    "a few", "some", "some of", "5 or 6", "all but 10", "most of", "a bit of", "a couple hundred", "a little", "several",
    "a handful of", "lots of", "2 or 3", "all but 50", "a couple of", "a bunch of", "around 5 or so", "a tiny bit of",
    "between 10 and 20", "10-20", "a couple thousand", "a small amount of", "as much as needed", "a few hundred",
)  # fmt: skip
UNLIMITED = ("unlimited", "infinite", "max", "an unlimited amount of", "unlimited amounts of", "infinite amounts of")


def plain(rng: Random) -> str:
    """A number in digits: integers mostly, with the odd decimal, leading dot or leading zeros."""
    roll = rng.random()
    if roll < 0.58:
        return str(
            rng.choice((1, 2, 3, 5, 10, 20, 25, 30, 50, 75, 100, 150, 200, 250, 400, 500, 1000, 1500, 2000, 5000))
            if rng.random() < 0.6
            else rng.randint(1, 9999)
        )
    if roll < 0.92:
        return (
            f"{rng.randint(0, 40)}.{rng.choice(('5', '25', '1', '05', '75', '001', '333', '50', '125', '0042', '2'))}"
        )
    return rng.choice(
        (f".{rng.randint(1, 99)}", f"0{rng.randint(1, 99)}", f"0,{rng.randint(1, 9)}", f"{rng.randint(1, 9)},5", "007")
    )


def scaled(rng: Random) -> str:
    """A number with k, m, grand or thousand."""
    head = rng.choice((str(rng.randint(1, 90)), f"{rng.randint(1, 9)}.{rng.randint(1, 9)}"))
    return head + rng.choice(("k", "k", "k", "K", "m", "M", " grand", " thousand", " million", "mm", " k"))


def grouped(rng: Random) -> str:
    """A number with separators in one of several conventions, always with one reading."""
    thousands, rest = rng.randint(1, 99), f"{rng.randint(0, 999):03d}"
    return rng.choice((f"{thousands},{rest}", f"{thousands},{rest}", f"{thousands} {rest}", f"{thousands}'{rest}",
                       f"{thousands},{rest}.{rng.randint(1, 99):02d}", f"{thousands}.{rest},{rng.randint(1, 99):02d}",
                       f"{rng.randint(1, 9)},{rng.randint(100, 999)},{rest}"))  # fmt: skip


def spelled(rng: Random) -> str:
    """A number in words, of several shapes."""
    unit, ten = rng.choice(UNITS), rng.choice(TENS)
    small = rng.choice(UNITS[:9])
    return rng.choice((unit, unit, ten, f"{ten} {small}", f"{ten}-{small}", f"{unit} hundred", f"a hundred and {ten}",
                       f"{small} thousand", f"{small} and a half", "one and a half", "a dozen", "half a dozen", "two dozen",
                       "a hundred", "half a million", f"{small} hundred {ten}", f"{small} point {rng.choice(UNITS[:9])}",
                       f"zero point {small}", f"about {ten}", f"around {rng.randint(10, 500)}", f"{small} hundred and {ten} {small}",
                       "1 1/2", "2 1/2", "1/2", "roughly 100", "exactly 50", "a thousand", "a million"))  # fmt: skip


def wei(rng: Random) -> Surface:
    """An amount in wei or gwei, with 'of' after it outside the tag where a token follows."""
    number = rng.choice(("1000000000000000000", "500000000000000000", str(rng.randint(1, 10**9)), "5", "100", "21000"))
    words = f"{number} {rng.choice(('wei', 'wei', 'gwei'))}"
    return Surface(f"{words} of", 0, len(words))


def amount(rng: Random, style: str, owned: bool) -> Surface:
    """An amount in a style; `owned` says that a token follows directly, so that shares may bring 'my' or 'of my'."""
    style = (
        style
        or rng.choices(
            ("plain", "scaled", "grouped", "word", "share", "all", "vague", "half", "wei"),
            (56, 7, 7, 9, 7, 5, 3, 2, 1) if owned else (68, 8, 8, 10, 3, 3, 0, 0, 0),
        )[0]
    )
    if style == "share":
        return _owned(rng, share(rng), owned, (" my", " of my", " of my", " of the", " of all my"))
    if style == "all":
        word = rng.choice(("all", "all", "all", "100%", "max")) if owned else rng.choice(ALLS)
        return _owned(rng, word, owned and word != "max", (" my", " my", " of my", " the", " of the"))
    if style == "wei":
        return wei(rng) if owned else Surface.whole(wei(rng).tagged)
    makers: dict[str, Callable[[Random], str]] = {"plain": plain, "scaled": scaled, "grouped": grouped, "word": spelled}
    if style == "half":
        return Surface.whole(
            rng.choice(("half an", "half a", "a quarter of an", "three quarters of an", "half of one", "a tenth of an"))
        )
    return Surface.whole(rng.choice(VAGUE) if style == "vague" else makers[style](rng))


def share(rng: Random) -> str:
    """A share: a percent or a fraction in words."""
    return rng.choice(
        (
            rng.choice(SHARES),
            "half",
            f"{rng.choice((10, 20, 25, 30, 33, 50, 60, 75, 90, 5))}%",
            f"{rng.choice((10, 25, 40, 50))} percent",
        )
    )


def _owned(rng: Random, word: str, owned: bool, tails: tuple[str, ...]) -> Surface:
    if not owned:
        return Surface.whole(word)
    tail = rng.choice(tails)
    if word.endswith(("%", "percent")) or word.split()[0] in ("a", "one", "two", "three"):
        tail = rng.choice((" of my", " of my", " of the"))
    return Surface(word + tail, 0, len(word))


def money(rng: Random, currency: str = "") -> str:
    """Fiat money: symbol before, code or slang behind."""
    number = rng.choice((str(rng.choice((5, 10, 20, 25, 50, 75, 100, 200, 250, 500, 1000))), str(rng.randint(1, 5000)),
                         f"{rng.randint(1, 99)}.{rng.randint(10, 99)}", f"{rng.randint(1, 20)},{rng.randint(100, 999)}",
                         f"{rng.randint(1, 50)}k"))  # fmt: skip
    currency = currency or rng.choices(("USD", "EUR", "GBP", "JPY", "CHF"), (66, 16, 12, 3, 3))[0]
    spelled_number = rng.choice(("twenty", "fifty", "a hundred", "five", "two hundred", "ten", "forty five"))
    if currency == "USD":
        return rng.choice((f"${number}", f"${number}", f"${number}", f"${number}", f"{number} bucks", f"{number} dollars", f"{number} usd",
                           f"{spelled_number} bucks", f"{spelled_number} dollars", f"{number}$", f"{number} USD", f"USD {number}",
                           f"{rng.randint(2, 99)} cents", f"US${number}"))  # fmt: skip
    symbol, words = {"EUR": ("€", ("euros", "eur", "EUR", "euro")), "GBP": ("£", ("pounds", "quid", "gbp")),
                     "JPY": ("¥", ("yen", "jpy")), "CHF": ("CHF ", ("chf", "francs"))}[currency]  # fmt: skip
    return rng.choice(
        (f"{symbol}{number}", f"{symbol}{number}", f"{number} {rng.choice(words)}", f"{spelled_number} {words[0]}")
    )


def percent(rng: Random) -> str:
    """A percent or basis points, as for slippage and rates."""
    number = rng.choice(("0.5", "1", "2", "3", "0.1", "5", "0.3", "4", "1.5", "0.25", "10", "6.5", ".5"))
    return rng.choice((f"{number}%", f"{number}%", f"{number}%", f"{number}%", f"{number} percent", f"{number} %", f"{rng.choice((5, 10, 25, 50, 100))} bps",
                       "half a percent", "one percent", "two percent", f"{rng.choice((30, 50))} basis points"))  # fmt: skip


def move(rng: Random) -> str:
    """A relative move of a price, in percent."""
    return rng.choice(
        (
            f"{rng.randint(2, 40)}%",
            f"{rng.randint(2, 40)}%",
            f"{rng.choice((5, 10, 15, 20))} percent",
            "ten percent",
            "five percent",
            f"{rng.randint(1, 9)}.5%",
        )
    )


def threshold(rng: Random, style: str) -> str:
    """A threshold: a price by default, mostly in dollars; `plain` without a currency; `percent` a move."""
    if style == "percent":
        return move(rng)
    figure = rng.choice((str(rng.choice((1500, 1800, 2000, 2500, 3000, 3500, 4000, 5000, 60000, 100))), f"{rng.randint(1, 9)}k", f"{rng.randint(1, 9)}.{rng.randint(1, 9)}k",
                         f"{rng.randint(1, 90)},{rng.randint(100, 999)}", f"{rng.randint(1, 99)}", f"0.{rng.randint(1, 99):02d}", f"{rng.randint(1, 60)}.{rng.randint(1, 9)}",
                         "two thousand", "four thousand"))  # fmt: skip
    if style == "plain":
        return rng.choice((figure, str(rng.randint(1, 3000)), f"{rng.randint(1, 9)}.{rng.randint(1, 9)}"))
    if style == "usd" or rng.random() < 0.45:
        if figure.endswith("thousand"):
            return f"{figure} dollars"
        return rng.choice(
            (
                f"${figure}",
                f"${figure}",
                f"${figure}",
                f"{figure} dollars",
                f"{figure} usd",
                f"{figure} bucks",
                f"{figure}$",
            )
        )
    return figure
