"""The Values table of the parse contract, row for row, and what must be refused."""

import json
from pathlib import Path

import pytest

from nlp import schema
from nlp.recognise import recognise
from nlp.types import Context, Word
from nlp.values import Unusable, Value, read_function, read_value, runs_within

ADDRESS = "0xe97659A54EaBf601DB07670D8cb8C12f35eff988"
LOWER = ADDRESS.lower()
WRONG = ADDRESS[:-1] + "9"
HASH = "0x" + "aB" * 32
KNOWN = Context(("bob", "mum", "landlord", "link", "uncle joe"), ("savings", "main", "base"))


def span(text: str, context: Context = KNOWN) -> tuple[str, tuple[Word, ...]]:
    """The text without its brackets and the words between them; without brackets, all words."""
    bare = text.replace("⟦", "").replace("⟧", "")
    first, last = (text.index("⟦"), text.index("⟧") - 1) if "⟦" in text else (0, len(bare))
    return bare, tuple(word for word in recognise(bare, context) if word.start >= first and word.end <= last)


def read(types: str, text: str, slot: str = "", intent: str = "", context: Context = KNOWN) -> Value | Unusable:
    bare, words = span(text, context)
    return read_value(types.split("|"), words, bare, context, slot=slot, intent=intent)


AMOUNTS = {
    "1.5": "1.5", "1,500": "1500", "1.50": "1.5", ".25": "0.25", "007": "7", "1.5k": "1500", "2m": "2000000", "5 grand": "5000",
    "1.234.567,89": "1234567.89", "0,5": "0.5", "10'000": "10000", "12 500": "12500", "1 1/2": "1.5", "1.500": "1.5",
    "two and a half": "2.5", "a dozen": "12", "half a million": "500000", "about 100": "100", "⟦half an⟧ eth": "0.5",
    "⟦three quarters of one⟧ eth": "0.75", "⟦half⟧ my eth": "50%", "half of it": "50%", "a third": "33.333333%",
    "two thirds": "66.666667%", "25%": "25%", "all": "100%", "everything": "100%", "max": "100%", "my entire": "100%",
    "pay off": "100%", "close": "100%", "exit": "100%", "1000000000000000000 wei": "1", "5 gwei": "0.000000005",
    "250000000000000000 wei": "0.25", "half a dozen": "6", "two point five million": "2500000", "twenty-five": "25",
    "one thousand two hundred and thirty four": "1234", "1½": "1.5", "three quarters": "75%", "⟦1/3⟧ of my arb": "33.333333%",
    "1,234,567.89": "1234567.89", "1.234.567": "1234567", "everything i have": "100%", "0": "0", "1,5k": "1500", "50 bps": "0.5%",
}  # fmt: skip
REFUSED_AMOUNTS = (
    "a few", "some", "most of", "⟦5⟧ or 6", "5 or ⟦6⟧", "5 or 6", "⟦all⟧ but 10", "all but ⟦10⟧", "all but 10", "⟦all⟧ except 10",
    "a couple hundred", "hundreds", "1.2.3", "1,50,0", "1e18", "1e400", "NaN", "inf", "-1", "−1", "send -⟦$5⟧", "١٢", "５", "5\u200b0",
    "5 6", "⟦5⟧-10", "between ⟦5⟧ and 10", "almost all", "more than half", "01.234,5,6", "1 50 0", "pay", "hundred", "my", "bob", "⟦20⟧ m usdc", "⟦12⟧ 50 usdc", "⟦half⟧ eth", "⟦twenty⟧ 5",
)  # fmt: skip


@pytest.mark.parametrize(("said", "value"), AMOUNTS.items())
def test_amounts(said: str, value: str) -> None:
    assert read("amount", said) == value


@pytest.mark.parametrize("said", REFUSED_AMOUNTS)
def test_amounts_that_are_not_exact_are_refused_with_a_reason(said: str) -> None:
    refused = read("amount", said)
    assert isinstance(refused, Unusable) and refused.reason
    assert "\u200b" not in refused.reason


def test_only_an_approval_is_unlimited() -> None:
    for said in ("unlimited", "infinite", "max approval", "max", "an unlimited amount", "no limit"):
        assert read("amount", said, intent="approve") == "unlimited"
    assert isinstance(read("amount", "unlimited", intent="transfer"), Unusable)
    assert read("amount", "all", intent="approve") == "100%"


TABLE = {
    "fiat": {
        "$50": "50 USD", "50 bucks": "50 USD", "€20": "20 EUR", "£75": "75 GBP", "75 quid": "75 GBP", "97 cents": "0.97 USD",
        "50 usd": "50 USD", "80,000 euros": "80000 EUR", "nine dollars": "9 USD", "$1k": "1000 USD", "$2.5m": "2500000 USD",
        "$2 million": "2000000 USD", "US$50": "50 USD", "50€": "50 EUR", "50 pence": "0.5 GBP", "usd 50": "50 USD", "EUR 1.234,5": "1234.5 EUR",
    },
    "token": {
        "eth": "ETH", "ether": "ETH", "ethereum": "ETH", "bitcoin": "BTC", "usd coin": "USDC", "tether": "USDT", "wrapped ether": "WETH",
        "chainlink": "LINK", "$PEPE": "PEPE", "pepe": "PEPE", "udsc": "UDSC", "etherium": "ETH", "1inch": "1INCH", "steth": "STETH",
        LOWER: ADDRESS, ADDRESS: ADDRESS, "usdc.e": "USDC.E", "my usdc": "USDC", "wrapped bitcoin": "WBTC",
    },
    "chain": {
        "base": "base", "mainnet": "ethereum", "L1": "ethereum", "arb": "arbitrum", "op": "optimism", "op mainnet": "optimism",
        "matic": "polygon", "avax": "avalanche", "bnb chain": "bsc", "bsc": "bsc", "xdai": "gnosis", "base testnet": "base-sepolia",
        "base-sepolia": "base-sepolia", "arbitum": "arbitrum", "gnosis chain": "gnosis", "hyper evm": "hyper-evm", "Foo": "foo",
        "the base network": "base", "optimsm": "optimism",
    },
    "protocol": {
        "uniswap": "uniswap", "uni v3": "uniswap-v3", "aave v3": "aave-v3", "sushi": "sushiswap", "Rocket Pool": "rocket-pool",
        "rocketpool": "rocket-pool", "1inch": "1inch", "uniswp": "uniswap", "uniswp v3": "uniswap-v3", "curve.fi": "curve",
        "uniswap-v2": "uniswap-v2", "foo bar": "foo-bar", "lido": "lido", "uniswap version 3": "uniswap-v3",
    },
    "percent": {"1%": "1%", "half of a percent": "0.5%", "half a percent": "0.5%", "50 bps": "0.5%", "4% a year": "4%", "4% APR": "4%", "0.50 pct": "0.5%"},
    "period": {
        "last week": "P1W", "past 30 days": "P30D", "24h": "PT24H", "this year": "P1Y", "three months": "P3M", "today": "P1D",
        "every two weeks": "P2W", "weekly": "P1W", "daily": "P1D", "every 4 hours": "PT4H", "a fortnight": "P2W", "tomorrow": "P1D",
        "45 minutes": "PT45M", "half an hour": "PT30M", "every other week": "P2W", "1 hour 30 minutes": "PT1H30M", "12 months": "P12M",
        "friday": "P1W", "in ⟦30m⟧": "PT30M", "in the next 24 hours": "PT24H", "1.5 days": "PT36H", "1.5 years": "P18M",
    },
    "integer": {"#311": "311", "number 4": "4", "ten": "10", "my latest transaction": "1", "last 5": "5", "6 times": "6", "once": "1", "30 days": "30"},
    "clock": {
        "9am": "09:00", "17:30": "17:30", "half past five in the evening": "17:30", "noon": "12:00", "midnight": "00:00", "7 pm": "19:00",
        "12am": "00:00", "12pm": "12:00", "quarter to six": "05:45", "5 in the evening": "17:00", "at 8:05": "08:05", "1 at night": "01:00", "seven thirty pm": "19:30", "twenty past 7 pm": "19:20",
    },
    "date": {
        "1 March 2027": "2027-03-01", "March 1st, 2027": "2027-03-01", "2027-03-01": "2027-03-01", "1st of December 2026": "2026-12-01",
        "25/12/2027": "2027-12-25", "29 February 2028": "2028-02-29",
    },
    "weekday": {"every friday": "friday", "mondays": "monday", "Wed": "wednesday"},
    "currency": {"euros": "EUR", "pounds": "GBP", "usd": "USD", "ETH": "ETH", "80,000 euros": "EUR", "eth terms": "ETH"},
    "party": {
        "my savings account": "savings", "my main wallet": "main", "bob": "bob", "Mum": "mum", "my landlord": "landlord", "lars": "lars",
        "Vitalik.ETH": "vitalik.eth", "vitalik dot eth": "vitalik.eth", LOWER: ADDRESS, "b0b": "b0b", "my sister": "sister", "link": "link",
        "Uncle Joe": "uncle joe", "base": "base",
    },
    "nickname": {"Zoe": "zoe", "my landlord": "landlord"},
    "hash": {HASH: HASH.lower()},
    "threshold": {"$1,800": "1800", "10%": "10%", "10 gwei": "10", "1.20": "1.2", "80,000 euros": "80000", "nine dollars": "9", "5000000000 wei": "5"},
    "party|protocol": {"sushi": "sushiswap", "uni v3": "uniswap-v3", "bob": "bob", LOWER: ADDRESS, "foo": "foo", "foo.eth": "foo.eth"},
    "party|token|protocol": {"the weth contract": "WETH", "aave": "aave", "usdc": "USDC", LOWER: ADDRESS, "foo.eth": "foo.eth", "vaultkeeper": "vaultkeeper"},
    "token|currency": {"usdc": "USDC", "euros": "EUR", "usd": "USD", "pounds": "GBP", "quid": "GBP", "link": "LINK"},
    "risk": {"low risk": "low", "medium": "medium", "aggressive": "high"},
    "scope": {"everything": "all", "all my approvals": "all"},
    "metric": {"gas": "gas", "health factor": "health_factor", "balance": "balance", "price": "price"},
    "direction": {"drops below": "below", "goes above": "above", "moves up": "above", "dips to less than": "below"},
    "name": {"my Pudgy Penguins nft": "Pudgy Penguins", "the Azuki #": "Azuki", LOWER: ADDRESS},
    "text": {"'gm orchard'": "gm orchard", "pay me back.": "pay me back", '"send 5 usdc"': "send 5 usdc"},
}  # fmt: skip
REFUSED = {
    "fiat": ("50", "a few bucks", "€50 usd", "$5 or $6"),
    "token": (
        "stables",
        "cash",
        "dollars",
        "us\u200bdc",
        "uѕdc",
        WRONG,
        "0x12",
        "bob.eth",
        "5",
        "eth and usdc",
        "pepe coin inu",
        "it",
    ),
    "chain": (WRONG, "b\u0430se", "the network", "5"),
    "protocol": ("uni\u200bswap", WRONG, "the protocol"),
    "percent": ("1", "a bit", "1% or 2%"),
    "period": ("next month", "next week", "every weekday", "until friday", "a while", "5"),
    "integer": ("1.5", "a few", "-3", "#3 and #4", "bob"),
    "clock": ("25:00", "9:75", "soon", "tonight", "tonight at ⟦8⟧", "⟦9⟧ tonight"),
    "date": ("1 March", "30 February 2027", "03/04/2027", "christmas"),
    "weekday": ("monday or friday", "weekday"),
    "party": (WRONG, "0x1234", "mar\u200bina.eth", "p\u0430yroll.eth", "her", "someone", "5", "b\u043eb", ""),
    "hash": (HASH[:-1], ADDRESS, "pending"),
    "threshold": ("a lot", "5 or 6", "low"),
    "risk": ("low or high", "risk"),
    "name": ("the nft", "Az\u200buki"),
}


@pytest.mark.parametrize(("types", "said", "value"), [(t, s, v) for t, rows in TABLE.items() for s, v in rows.items()])
def test_values_of_the_table(types: str, said: str, value: str) -> None:
    assert read(types, said) == value


@pytest.mark.parametrize(("types", "said"), [(types, said) for types, rows in REFUSED.items() for said in rows])
def test_given_but_unusable_is_said(types: str, said: str) -> None:
    refused = read(types, said)
    assert isinstance(refused, Unusable) and refused.reason


def test_functions_and_their_arguments() -> None:
    cases = {
        f"balanceOf({LOWER})": ("balanceOf", (ADDRESS,)),
        f"transfer({LOWER}, 5)": ("transfer", (ADDRESS, "5")),
        "name()": ("name", ()),
        'f([1, 2], "a, b", true)': ("f", ("[1, 2]", "a, b", "true")),
        "supportsInterface(0x01ffc9a7)": ("supportsInterface", ("0x01ffc9a7",)),
        f"proof({HASH})": ("proof", (HASH,)),
    }
    for said, expected in cases.items():
        (word,) = span(said)[1]
        assert read_function(word) == expected
        assert read("text", said, slot="function") == expected[0] and read("list", said) == expected[1]
    assert read("list", f"({LOWER}, 5)") == read("list", f"{LOWER} and 5") == (ADDRESS, "5")
    for said in (f"balanceOf({WRONG})", f"balanceOf({ADDRESS[:-1]})", "f(a,,b)", "f(0xzz)", "f(pаy)"):
        assert isinstance(read("list", said), Unusable)


def test_targets_keep_their_order_and_their_sum() -> None:
    assert read("targets", "50% eth, 30% usdc and 20% wbtc") == {"ETH": "50%", "USDC": "30%", "WBTC": "20%"}
    assert read("targets", "usd coin 60%, wrapped ether 40%") == {"USDC": "60%", "WETH": "40%"}
    assert read("targets", "half eth, half usdc") == {"ETH": "50%", "USDC": "50%"}
    assert read("targets", "equally between eth, usdc and dai") == dict.fromkeys(("ETH", "USDC", "DAI"), "33.333333%")
    assert read("targets", "60/40 eth/usdc") == {"ETH": "60%", "USDC": "40%"}
    assert read("targets", "50% eth and the rest usdc") == {"ETH": "50%", "USDC": "50%"}
    for said in ("80% eth and 40% dai", "eth and usdc", "50% eth, 50% eth", "50% 50% eth", "some eth", "mostly eth"):
        assert isinstance(read("targets", said), Unusable), said


def test_where_a_text_ends_depends_on_its_slot() -> None:
    assert read("text", "The lender may call.", slot="document") == "The lender may call."
    assert read("text", "the Counter", slot="template") == "Counter"
    assert read("text", 'sign "⟦approve 0x12 now⟧"') == "approve 0x12 now"
    assert read("text", "sign ⟦'gm⟧'") == "gm"


def test_the_context_wins_only_where_a_party_stands() -> None:
    assert read("party", "link") == "link" and read("token", "link") == "LINK"
    assert read("party|protocol", "sushi", context=Context(contacts=("sushi",))) == "sushi"


def test_runs_within_is_whole_or_nothing() -> None:
    assert (
        runs_within("P1D", "P30D") == "30" and runs_within("P1W", "P10W") == "10" and runs_within("P1D", "P2W") == "14"
    )
    assert runs_within("P1M", "P1Y") == "12" and runs_within("PT4H", "P1D") == "6"
    assert runs_within("P1M", "P30D") is None and runs_within("P2D", "P3D") is None and runs_within("", "P1D") is None


def test_every_value_of_the_development_set_can_be_read(shared: Path) -> None:
    """For each gold slot some run of words gives exactly that value, but for the few that are worked out or understood."""
    unread = [
        (row["id"], slot, gold)
        for row in map(json.loads, (shared / "nlu" / "dev.jsonl").read_text(encoding="utf-8").splitlines())
        for action in row["actions"]
        for slot, types, gold in _gold(action)
        if not _readable(row, action["intent"], slot, types, gold)
    ]
    worked_out = {("d-014", "token_out"), ("d-137", "amount"), ("d-230", "amount")}
    assert {(name, slot) for name, slot, _ in unread if slot != "metric"} == worked_out
    assert {gold for _, slot, gold in unread if slot == "metric"} == {"price"}


def _gold(action: dict[str, dict[str, str]]) -> list[tuple[str, tuple[str, ...], object]]:
    intent = str(action["intent"])
    slots = [(slot, schema.slot_types(intent, slot), gold) for slot, gold in action["slots"].items()]
    trigger = [(key, (schema.TRIGGER_KEYS[key],), gold) for key, gold in action.get("trigger", {}).items()]
    whole = schema.WHOLE_SEGMENT_SLOTS.get(intent)
    return [item for item in (*slots, *trigger) if item[0] != whole]


def _readable(row: dict[str, object], intent: object, slot: str, types: tuple[str, ...], gold: object) -> bool:
    given = row.get("context", {})
    assert isinstance(given, dict)
    context = Context(tuple(given.get("contacts", ())), tuple(given.get("accounts", ())), given.get("tokens", {}))
    wanted = tuple(gold) if isinstance(gold, list) else gold
    for text in row.get("turns") or [row["text"]]:  # type: ignore[attr-defined]
        words = recognise(text, context)
        ends = range(1, len(words) + 1)
        runs = [(i, j) for i in range(len(words)) for j in ends if i < j and (j - i <= 9 or j == len(words))]
        if any(read_value(types, words[i:j], text, context, slot=slot, intent=str(intent)) == wanted for i, j in runs):
            return True
    return False
