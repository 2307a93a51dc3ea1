"""Builds a trigger (a condition or a schedule) from its labelled words, or says why there is none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from nlp.assemble.measures import unwatched
from nlp.assemble.reading import Reading, Span, Utterance, trigger_key
from nlp.assemble.rhythm import RHYTHMS, every_other, skipping
from nlp.assemble.text import character_range
from nlp.lexicon import CURRENCIES
from nlp.schema import TRIGGER_KEYS
from nlp.types import Kind, TaggedSpan, Word
from nlp.values import Unusable, read_value, runs_within

BOTH = "a schedule and a price at once cannot be kept"
PRONOUN = "\x00it"
RUNNING_FOR = "\x00for"
TIMED = frozenset({"every", "after", "date", "at", "weekday"})
DEADLINE = re.compile(
    r"\b(?:within|inside|by|(?<!not )before|(?<!wait )(?<!hold )(?:until|till|til)|(?:no|not)\s+later\s+than|latest(?:\s+in)?)(?:\s+the)?$"
)
SPREADING = frozenset({"over", "across", "throughout", "during"})
STABLES = frozenset(
    {"USDC", "USDT", "DAI", "GHO", "EURC", "USD", "FRAX", "LUSD", "USDS", "PYUSD", "CRVUSD", "TUSD", "USDE"}
)
UNDATED = frozenset({"today", "tonight", "this"})
HOLDING = frozenset(
    {"have", "hold", "holding", "holdings", "own", "left", "funds", "wallet", "savings", "stack", "bag"}
)
TOKENLESS = frozenset({"gas", "health_factor"})
CONDITION_KEYS = frozenset({"metric", "token", "direction", "threshold", "within", "quote", "account", "chain"})
RHYTHMIC = frozenset({"every", "each", "per", "a", "an", "once", "evry", "ev", "any", "/"})
RHYTHM = re.compile(r"\w+(?:ly|lies|days)|nights|mornings|evenings")
RECURRING_DAY = re.compile(r"(?:ev(?:e?ry|ey|rey|eyr)?|each|ea)\b")
WEEKLY = re.compile(r"(?:of\s+)?(?:every|each)\s+week\b|weekly\b")
DOLLARS_OF_A_STABLE = 2
OWNING = re.compile(r"(?i)\b(?:i|we)(?:\s+(?:have|hold|own|am\s+down\s+to|am\s+at)|['’](?:ve\s+got|m\s+down\s+to))\b")
WORTH = re.compile(r"(?i)\b(?:price|worth|value|valued|costs?|trades?)\b|[$€£]")
SOMEBODY_HOLDS = re.compile(
    r"(?i)\b(?:(?:he|she|it|they)\s+(?:has|have|holds?)|(?:his|her|their|its)\s+(?:\w+\s+)?balance)\b"
)
GWEI = re.compile(r"(?i)\bgwei$")
STOP = re.compile(r"(?i)\bstop[\s-]?loss\b|\bsl\s+(?:my|at|on)\b")
TAKE_PROFIT = re.compile(r"(?i)\btake[\s-]?profit\b|\btaking\s+profit\b|\btp\s+(?:my|at|on)\b")
LIMIT_ORDER = re.compile(r"(?i)\blimit[\s-]?(?:order|sell|buy)\b")
PRICED = re.compile(r"(?i)\bprices?\b")
SELLING = re.compile(r"(?i)\bsell(?:ing)?\b")
PRICE_TOKEN_SLOTS = ("token_in", "token_out", "token", "token_a")


@dataclass(frozen=True, slots=True)
class TriggerReading:
    """A trigger as far as it was given. `asked` tells that one was meant; `refused` says why it cannot be honoured."""

    keys: Mapping[str, str] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    asked: bool = False
    refused: str = ""

    @property
    def complete(self) -> bool:
        """By the contract: any timed key, or a metric with a threshold."""
        keys = set(self.keys)
        return bool(TIMED & keys) or {"metric", "threshold"} <= keys


def read_trigger(utterance: Utterance, reading: Reading, before: Mapping[str, str] | None = None) -> TriggerReading:
    """The trigger of one segment, or of what changes the one `before`.

    What the keys cannot express leaves no trigger at all, only the reason.
    """
    tags = conditions_of(reading)
    if not tags:
        return TriggerReading()
    rhythm = every_other(utterance, tags)
    if rhythm:
        tags = [tag for tag in tags if tag.tag not in RHYTHMS]
    other = next((tag for tag in tags if tag.tag == "t.other"), None)
    if other:
        return TriggerReading(asked=True, refused=f"I cannot keep the condition “{utterance.said(other)}”")
    keys: dict[str, str] = {}
    spans: dict[str, Span] = {}
    for tag in tags:
        refused = _read_key(utterance, tag, keys, spans)
        if refused:
            return _without(keys, spans, refused)
    mixed = _clock_for_threshold(utterance, tags, keys)
    if mixed:
        return TriggerReading(asked=True, refused=mixed)
    unkept = next((why for tag in tags if (why := _unkept(utterance, tag))), "")
    if unkept:
        return _without(keys, spans, unkept)
    if rhythm:
        keys |= rhythm[1]
        spans |= dict.fromkeys(rhythm[1], character_range(utterance.words_of(rhythm[0])))
    keys = {**surviving(before or {}, keys), **keys}
    if before and "threshold" in keys and {"every", "weekday", "date", "after", "at"} & set(keys):
        return TriggerReading(asked=True, refused=BOTH)
    quoted = before is not None and "token" not in keys and "quote" in keys
    if before and quoted and keys["quote"] not in (before.get("quote"), *CURRENCIES.values()):
        keys["token"] = keys.pop("quote")  # "whose price?" was answered: "of eth"
    _complete_price(reading, utterance, keys)
    measured = unwatched(utterance, reading, tags, keys.get("metric", ""))
    if measured:
        return TriggerReading(asked=True, refused=measured)
    if keys.get("metric") == "price" and "token" not in keys:
        return _without(keys, spans, "it is not clear whose price is to be watched; say which coin's")
    clause = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    if "threshold" in keys and "account" not in keys and SOMEBODY_HOLDS.search(clause):
        return _without(keys, spans, "it is not clear whose balance is to be watched; say the name")
    if keys.get("every") == "P1D" and "weekday" in keys:
        return _without(keys, spans, "every day and one day of the week cannot both be kept; say one")
    if keys.get("metric") == "price" and _is_no_price(keys):
        return _without(keys, spans, "a stablecoin has no such price; say whose balance is to be watched")
    if "account" in keys and keys.get("metric") == "price":
        return _without(keys, spans, "an account has no price; say which coin's balance is to be watched")
    _complete_weekly(utterance, tags, keys)
    _complete_move(utterance, reading, keys)
    skipped = skipping(utterance, tags)
    if skipped:
        return TriggerReading(asked=True, refused=f"I cannot keep “{skipped}”")
    if not _complete_times(keys):
        return TriggerReading(keys, spans, asked=True, refused="I cannot count how often that would be")
    return TriggerReading(keys, spans, asked=True)


def _unkept(utterance: Utterance, tag: TaggedSpan) -> str:
    """'sell 5,000 over 4 hours' and 'within five minutes' are no orders that wait so long; '' where the time is one to wait for."""
    if tag.tag not in ("t.after", "t.at", "t.date", "t.weekday"):
        return ""
    said = utterance.said(tag)
    before = " ".join(word.text.lower() for word in utterance.words[max(0, tag.first - 3) : tag.first])
    opening = said.lower().split()[0]
    if tag.tag == "t.after" and SPREADING & {opening, *before.split()[-1:]}:
        return f"I cannot spread it over “{said}”; say one time"
    return (
        f"I cannot keep “{said}” as a deadline; say when it is to be done"
        if DEADLINE.search(before) or DEADLINE.search(opening)
        else ""
    )


def surviving(before: Mapping[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """What stays of an earlier trigger beside newly said keys: another time replaces the time, another condition the condition."""
    if said and all(before.get(key) == value for key, value in said.items()):
        return dict(before)
    out: set[str] = set()
    other_metric = said.get("metric", before.get("metric")) != before.get("metric")
    if other_metric or ("token" in said and before.get("metric") in TOKENLESS):
        out |= CONDITION_KEYS
    if set(said) & {"every", "after", "date"}:
        out |= {"every", "weekday", "after", "date"}
    if "weekday" in said:
        out |= {"after", "date"}
    if "at" in said and "T" in before.get("after", ""):
        out.add("after")
    if "T" in said.get("after", ""):
        out.add("at")
    return {key: value for key, value in before.items() if key not in out}


def conditions_of(reading: Reading) -> list[TaggedSpan]:
    """The labels of a segment that make its trigger."""
    tags = [tag for tag in reading.tags if tag.tag.startswith("t.")]
    return tags + _alert_tokens(reading) if reading.intent == "alert" else tags


def _alert_tokens(reading: Reading) -> list[TaggedSpan]:
    """In an alert, which has no slots of its own, a plain label means the trigger's key of that name."""
    renamed = {"token": "t.token", "account": "t.account", "amount": "t.threshold", "value": "t.threshold"}
    known = {tag.tag for tag in reading.tags}
    return [
        TaggedSpan(renamed[tag.tag], tag.first, tag.last, tag.score)
        for tag in reading.tags
        if tag.tag in renamed and renamed[tag.tag] not in known
    ]


def _without(keys: dict[str, str], spans: dict[str, Span], refused: str) -> TriggerReading:
    if refused.startswith("two"):
        return TriggerReading(asked=True, refused=refused)
    said = {key: value for key, value in keys.items() if key in TRIGGER_KEYS and value != PRONOUN}
    return TriggerReading(said, spans, asked=True, refused=refused)


def _read_key(utterance: Utterance, tag: TaggedSpan, keys: dict[str, str], spans: dict[str, Span]) -> str:
    """Read one labelled stretch into `keys`; returns the reason where it cannot be used."""
    words = utterance.words_of(tag)
    name, value = _key_and_value(utterance, tag, words, "every" in keys)
    if name == "token" and "token" in keys and "quote" not in keys and _stands_behind(spans.get("threshold"), words):
        name = "quote"
    if isinstance(value, Unusable):
        return value.reason
    if name in keys and keys[name] != value:
        return f"two conditions at once cannot be kept ({name} is given twice)"
    keys[name] = value
    spans[name] = character_range(words)
    if name == "every":
        _day_of(utterance, words, keys)
    if name == "threshold":
        _quote_of_money(utterance, words, keys)
    return ""


def _day_of(utterance: Utterance, words: tuple[Word, ...], keys: dict[str, str]) -> None:
    """'every friday' under one label names the day, too."""
    day = read_value(("weekday",), words, utterance.text, utterance.context)
    if isinstance(day, str):
        keys.setdefault("weekday", day)


def _stands_behind(threshold: Span | None, words: tuple[Word, ...]) -> bool:
    """'above 0.01 ETH': a token right behind the threshold is what it is counted in."""
    return threshold is not None and 0 <= words[0].start - threshold[1] <= 1


def _key_and_value(
    utterance: Utterance, tag: TaggedSpan, words: tuple[Word, ...], recurring: bool
) -> tuple[str, str | Unusable]:
    if tag.tag in ("t.above", "t.below"):
        return "direction", tag.tag.removeprefix("t.")
    name = trigger_key(tag.tag) or tag.tag
    if name == "token" and _is_pronoun(words):
        return "token", PRONOUN
    if name == "metric" and {word.text.lower() for word in words} & HOLDING:
        return "metric", "balance"
    if name in ("after", "every") and words[0].text.lower() in UNDATED:
        return name, Unusable("say the hour or the date; today's date is not known here")
    if name == "times" and words[-1].kind is Kind.PERIOD:
        name = RUNNING_FOR
    before = " ".join(word.text.lower() for word in utterance.words[max(0, tag.first - 2) : tag.first])
    if name == "after" and before.endswith("day after"):
        return name, Unusable("say how many days from now, or the date")
    if name == "at" and tag.first and utterance.words[tag.first - 1].text.lower() in ("account", "wallet", "number"):
        return name, Unusable("it is not clear whether that is a time; say the time with am or pm")
    if name == "after" and tag.first and utterance.words[tag.first - 1].text.lower() == "for":
        if not recurring:
            return name, Unusable("it is not clear how long that is to last; say when it is to be done")
        name = RUNNING_FOR
    if name == "every" and not _says_how_often(utterance, tag):
        return name, Unusable("it is not clear how often that is to be; say every day, week or month")
    kind = TRIGGER_KEYS["within"] if name == RUNNING_FOR else TRIGGER_KEYS[name]
    value = read_value((kind,), words, utterance.text, utterance.context)
    return name, value if isinstance(value, Unusable | str) else Unusable("the condition cannot be read")


def _says_how_often(utterance: Utterance, tag: TaggedSpan) -> bool:
    """'he worked all week' is no order for every week: a rhythm says every, each, per, a … or is a word of its own ('weekly')."""
    words = utterance.words[max(0, tag.first - 3) : tag.last + 1]
    said = {word.text.lower() for word in words}
    return bool(said & RHYTHMIC) or any(RHYTHM.fullmatch(word) for word in said) or words[-1].kind is not Kind.WORD


def _is_pronoun(words: tuple[Word, ...]) -> bool:
    return len(words) == 1 and words[0].text.lower() in {"it", "that", "they", "them", "its"} and not words[0].hints


def _quote_of_money(utterance: Utterance, words: tuple[Word, ...], keys: dict[str, str]) -> None:
    """A threshold said in a currency other than dollars names its quote."""
    if any(word.kind is Kind.MONEY for word in words):
        fiat = read_value(("fiat",), words, utterance.text, utterance.context)
        if isinstance(fiat, str) and not fiat.endswith(" USD"):
            keys.setdefault("quote", fiat.split()[1])


def _clock_for_threshold(utterance: Utterance, tags: list[TaggedSpan], keys: dict[str, str]) -> str:
    """'every day at 8': beside a schedule a bare number is a time of day. Returns why where it is none."""
    if "threshold" not in keys or not {"every", "weekday", "date"} & set(keys):
        return ""
    tag = next(tag for tag in tags if tag.tag == "t.threshold")
    clock = read_value(("clock",), utterance.words_of(tag), utterance.text, utterance.context)
    if {"direction", "metric", "at"} & set(keys) or not isinstance(clock, str):
        return BOTH
    del keys["threshold"]
    keys["at"] = clock
    return ""


def _complete_price(reading: Reading, utterance: Utterance, keys: dict[str, str]) -> None:
    """A threshold with no metric named is a price; 'it' is the traded coin that is not a stablecoin."""
    if keys.get("token") == PRONOUN:
        keys.pop("token")
    if "threshold" not in keys and "direction" not in keys:
        if reading.intent == "alert" and "token" in keys:
            keys.setdefault("metric", "price")
        return
    clause = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    in_gwei = reading.intent == "alert" and "token" not in keys and re.search(r"(?i)\bgwei\b", clause) is not None
    if in_gwei or any(tag.tag == "t.threshold" and GWEI.search(utterance.said(tag)) for tag in reading.tags):
        keys.setdefault("metric", "gas")
    if "direction" not in keys and "threshold" in keys and reading.intent == "swap":
        keys |= _order_direction(utterance, reading)
    _complete_holding(utterance, reading, keys)
    counted_in_coin = keys.get("quote") not in (None, *CURRENCIES.values())
    if "account" in keys and counted_in_coin and keys.get("token", keys["quote"]) == keys["quote"]:
        keys["token"] = keys.pop("quote")
    metric = keys.setdefault("metric", "balance" if {"account", "token"} <= set(keys) else "price")
    if metric == "price" and "token" not in keys:
        token = _watched_token(utterance, reading, keys.get("quote"))
        if token:
            keys["token"] = token
    if (
        metric == "price"
        and PRICED.search(clause)
        and _is_no_price(keys)
        and traded_token(reading) not in (None, *STABLES)
    ):
        keys |= {"quote": keys["token"], "token": str(traded_token(reading))}
    if metric == "price" and "token" not in keys and reading.intent != "alert":
        keys.pop("metric")
    if metric in TOKENLESS:
        keys.pop("token", None)


def _order_direction(utterance: Utterance, reading: Reading) -> dict[str, str]:
    """The contract: a stop-loss and a limit order to buy wait below, a limit order to sell and a take-profit above."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    if STOP.search(said):
        return {"direction": "below"}
    if TAKE_PROFIT.search(said):
        return {"direction": "above"}
    if LIMIT_ORDER.search(said):
        return {"direction": "above" if SELLING.search(said) else "below"}
    return {}


def _watched_token(utterance: Utterance, reading: Reading, quote: str | None) -> str | None:
    """A stop-loss and a take-profit watch what is sold; what a price is counted in is not what is watched."""
    said = utterance.text[utterance.words[reading.first].start : utterance.words[reading.last].end]
    sold = reading.slots.get("token_in")
    selling = "amount_out" not in reading.slots and (
        STOP.search(said) or TAKE_PROFIT.search(said) or (quote is not None and quote == reading.slots.get("token_out"))
    )
    return str(sold) if selling and sold and sold not in STABLES else traded_token(reading)


def traded_token(reading: Reading) -> str | None:
    """The coin whose price a trade waits for: what is bought if it is no stablecoin, else what is sold."""
    held = [str(reading.slots[slot]) for slot in PRICE_TOKEN_SLOTS if slot in reading.slots]
    bought = reading.slots.get("token_out")
    if bought and bought not in STABLES:
        return str(bought)
    return next((token for token in held if token not in STABLES), held[0] if held else None)


def _complete_times(keys: dict[str, str]) -> bool:
    """'daily for 30 days' is 30 runs; False where the period does not divide into runs."""
    total = keys.pop(RUNNING_FOR, None)
    if total is None:
        return True
    runs = runs_within(keys.get("every", ""), total)
    if runs is not None:
        keys["times"] = runs
    return runs is not None


def _complete_holding(utterance: Utterance, reading: Reading, keys: dict[str, str]) -> None:
    """'when my usdc goes above 2000', 'once i have more than 5 eth': what is held, and no price."""
    tags = [tag for tag in reading.tags if tag.tag in ("t.token", "t.threshold", "t.above", "t.below")]
    if "metric" in keys or "token" not in keys or not tags:
        return
    first, last = min(tag.first for tag in tags), max(tag.last for tag in tags)
    near = utterance.text[utterance.words[max(reading.first, first - 4)].start : utterance.words[last].end]
    coin = next((tag for tag in tags if tag.tag == "t.token"), None)
    mine = coin is not None and coin.first > 0 and utterance.words[coin.first - 1].text.lower() in ("my", "our")
    if (mine or OWNING.search(near)) and not WORTH.search(near):
        keys["metric"] = "balance"


def _is_no_price(keys: Mapping[str, str]) -> bool:
    """'when it's under 50 usdc' waits for no price of 50."""
    threshold = keys.get("threshold", "")
    plain = re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", threshold) is not None
    return plain and keys.get("token") in STABLES and "quote" not in keys and Decimal(threshold) >= DOLLARS_OF_A_STABLE


def _complete_move(utterance: Utterance, reading: Reading, keys: dict[str, str]) -> None:
    """'if eth goes up 5% today' where no label took the word: within a day."""
    tag = next((tag for tag in reading.tags if tag.tag == "t.threshold"), None)
    behind = utterance.words[tag.last + 1 : min(tag.last + 2, reading.last + 1)] if tag else ()
    today = bool(behind) and behind[0].text.lower() in ("today", "overnight")
    if keys.get("threshold", "").endswith("%") and "within" not in keys and today:
        keys["within"] = "P1D"


def _complete_weekly(utterance: Utterance, tags: list[TaggedSpan], keys: dict[str, str]) -> None:
    """'every friday' and 'fridays' repeat weekly; a bare 'friday' is the next one."""
    if "weekday" not in keys or "every" in keys:
        return
    tag = next((tag for tag in tags if tag.tag == "t.weekday"), None)
    if tag is None:
        return
    said = utterance.said(tag).lower()
    before = [word.text.lower() for word in utterance.words[max(0, tag.first - 2) : tag.first]]
    behind = " ".join(word.text.lower() for word in utterance.words[tag.last + 1 : tag.last + 4])
    if said.endswith("s") or RECURRING_DAY.match(said) or any(map(RECURRING_DAY.match, before)) or WEEKLY.match(behind):
        keys["every"] = "P1W"
