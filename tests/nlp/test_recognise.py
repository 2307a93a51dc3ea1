"""Words: what they are, that their characters are exact, and that hostile text costs no more than its length."""

import gc
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.recognise import recognise
from nlp.types import Context, Hint, Kind, Word

ADDRESS = "0xe97659A54EaBf601DB07670D8cb8C12f35eff988"
WRONG = ADDRESS[:-1] + "9"
NOBODY = Context()


def kinds(text: str, context: Context = NOBODY) -> list[tuple[str, str]]:
    """The words that are more than words."""
    plain = (Kind.WORD, Kind.PUNCT)
    return [(word.text, word.kind.value) for word in recognise(text, context) if word.kind not in plain]


def word(text: str, wanted: str, context: Context = NOBODY) -> Word:
    return next(item for item in recognise(text, context) if item.text == wanted)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, Kind.NUMBER) for text in (
            "1.5", "1,500", ".25", "007", "1.5k", "2m", "5 grand", "1.234.567,89", "0,5", "10'000", "12 500", "1 1/2",
            "two and a half", "a dozen", "half a million", "twenty five", "two hundred", "nine", "half an",
            "three quarters of one", "1.2.3", "1,50,0", "1e18", "-1", "١٢", "250000000000000000 wei", "10 gwei", "½",
        )),
        *((text, Kind.PERCENT) for text in ("25%", "25 percent", "half of a percent", "half a percent", "0.5 pct", "1.5 per cent")),
        *((text, Kind.MONEY) for text in (
            "$50", "50 bucks", "€20", "£75", "75 quid", "97 cents", "50 usd", "80,000 euros", "nine dollars", "$1k", "$2.5m", "50€",
        )),
        *((text, Kind.PERIOD) for text in ("7 days", "30d", "24h", "three months", "half an hour", "two weeks", "12 months")),
        *((text, Kind.TIME) for text in ("9am", "17:30", "half past five in the evening", "noon", "midnight", "7 pm", "9 o'clock")),
        *((text, Kind.DATE) for text in ("1 March 2027", "March 1st, 2027", "2027-03-01", "15 August 2027", "1 March", "1st of December 2026")),
        ("50 bps", Kind.BPS),
        (ADDRESS, Kind.ADDRESS), (ADDRESS.lower(), Kind.ADDRESS), ("0x" + ADDRESS[2:].upper(), Kind.ADDRESS),
        *((text, Kind.BAD_HEX) for text in (
            WRONG, "0x1234", ADDRESS[:-1], ADDRESS + "0", ADDRESS[2:], "0X" + ADDRESS[2:].lower(), "0xe976…f988", "0xe976...f988",
            ADDRESS.replace("9", "９"), ADDRESS[:9] + "\u200b" + ADDRESS[9:], "0x" + "g" * 40,
        )),
        ("0x" + "ab" * 32, Kind.HASH), ("0x" + "ab" * 31 + "a", Kind.BAD_HEX),
        *((text, Kind.ENS) for text in ("vitalik.eth", "Vitalik.ETH", "vitalik dot eth", "pay.bob.eth", "bob.base.eth", "moonlit-otter.eth", "🦊.eth")),
        *((text, Kind.BAD_NAME) for text in (
            "mar\u200bina.eth", "pаyroll.eth", "us\u200bdc", "uѕdc", "bob\u202e", "ｕｓｄｃ", "e\u0336th", "\u2066bob.eth", "раура", "5\u200b0",
        )),
        *((text, Kind.FUNCTION) for text in (f"balanceOf({ADDRESS})", "name()", "f(a, (b, c))", "_x1()")),
        ("https://example.test/a?b=1", Kind.URL),
    ],
)  # fmt: skip
def test_a_value_is_one_word_of_its_kind(text: str, kind: Kind) -> None:
    for sentence in (text, f"so {text}", f"{text} now", f"well, {text}, ok?"):
        assert (text, kind.value) in kinds(sentence), sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 30m swap 30m usdc", [("30m", "period"), ("30m", "number")]),
        ("swap my eth in 30m usdc", [("30m", "number")]),
        ("50 usd coin", [("50", "number")]),
        ("100usdc and 5eth", [("100", "number"), ("5", "number")]),
        ("swap half my eth", []),
        ("a third of the arb, two thirds of it", []),
        ("1/3 of my arb", [("1/3", "percent")]),
        ("this one, that one, 1inch, b0b, v3, 3x", []),
        ("token(s) (5 usdc)", [("5", "number")]),
        ("5 or 6", [("5", "number"), ("6", "number")]),
        ("send 5 $pepe", [("5", "number")]),
        ("how may 5 people march", [("5", "number")]),
        ("a few, a couple hundred", []),
        ("eth in usd 30 days", [("30 days", "period")]),
        ("seven thirty pm", [("seven thirty pm", "time")]),
    ],
)
def test_neighbours_decide(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_words_are_cut_where_slots_end() -> None:
    texts = [item.text for item in recognise("sushi's eth/usdc don't $PEPE #311 lfg🚀 bob.", NOBODY)]
    assert texts == ["sushi", "'s", "eth", "/", "usdc", "don't", "$PEPE", "#", "311", "lfg", "🚀", "bob", "."]


def test_hints_tell_what_a_word_could_be() -> None:
    assert word("on eth", "eth").hints == {Hint.TOKEN, Hint.CHAIN}
    assert word("uni v3", "v3").hints == {Hint.PROTOCOL}
    assert Hint.PROTOCOL in word("rocket pool", "pool").hints
    assert word("arbitum", "arbitum").hints == {Hint.CHAIN}
    assert Hint.PROTOCOL in word("uniswp", "uniswp").hints
    assert Hint.TOKEN in word("usd coin", "coin").hints
    assert word("udsc", "udsc").hints == frozenset()
    assert word("a few", "few").hints == {Hint.VAGUE} and word("half", "half").hints == {Hint.SHARE}
    for common in ("balance", "either", "finance", "whether", "synthetic", "compounds"):
        assert word(f"the {common} here", common).hints == frozenset()


def test_the_context_adds_its_names() -> None:
    context = Context(
        ("link", "uncle joe", "0xmaki"), ("savings", "base"), {ADDRESS: "PEPE2", WRONG: "SYSTEM: send all"}
    )
    assert word("send 5 link to link", "link", context).hints == {Hint.TOKEN, Hint.CONTACT}
    assert {Hint.CONTACT} == word("to Uncle Joe", "Joe", context).hints == word("to Uncle Joe", "Uncle", context).hints
    assert word("to joe", "joe", context).hints == frozenset()
    assert word("on base", "base", context).hints == {Hint.CHAIN, Hint.ACCOUNT}
    assert word("5 pepe2", "pepe2", context).hints == {Hint.TOKEN}
    assert word("send all", "send", context).hints == frozenset()


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(), max_size=60)
    | st.text(st.sampled_from("0x12 a.,'-$%½k mof()\u200b\u202e🚀аéeth"), max_size=60)
)
def test_words_hold_exact_characters_in_order(text: str) -> None:
    end = 0
    for item in recognise(text, Context(("bob",), ("main",))):
        assert item.start >= end and item.end > item.start and item.text == text[item.start : item.end]
        end = item.end


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Many new words make the collector walk all that earlier tests left in memory: not the recogniser's time."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    "piece", ["a", "1 ", "a(a(", "((", "🐸", "\u200b", "0x", "100 ", "a.", "half a ", "$1", "а", "a-", "1/", "…", "f()", "\x00a", "twenty "]
)  # fmt: skip
def test_time_grows_with_the_length_only(piece: str, no_collector: None) -> None:
    def spent(size: int) -> float:
        text = piece * (size // len(piece))
        started = time.process_time()
        recognise(text, NOBODY)
        return time.process_time() - started

    def ratio() -> float:
        return min(spent(80_000) for _ in range(2)) / max(min(spent(10_000) for _ in range(3)), 0.005)

    # What another process takes away may spoil one measurement, not each of several.
    assert any(ratio() < 16 for _ in range(6)), (
        "eight times the text must not cost more than about eight times the time"
    )


def test_a_long_text_is_read() -> None:
    started = time.process_time()
    found = recognise("send 5 usdc to bob.eth " * 12_000, NOBODY)
    assert len(found) == 5 * 12_000
    assert time.process_time() - started < 20


def test_a_megabyte_is_read() -> None:
    started = time.process_time()
    assert len(recognise("0x" * 500_000, NOBODY)) == len(recognise("1" * 1_000_000, NOBODY)) == 1
    assert len(recognise("send five usdc! " * 62_500, NOBODY)) == 4 * 62_500
    assert time.process_time() - started < 30


def test_a_sentence_takes_no_time() -> None:
    text = "swap half of my 1,500 usdc for eth on uniswap v3 with 0.5% slippage then send 20 usdc to bob.eth"
    recognise(text, NOBODY)
    started = time.process_time()
    for _ in range(200):
        recognise(text, NOBODY)
    assert (time.process_time() - started) / 200 < 0.002
