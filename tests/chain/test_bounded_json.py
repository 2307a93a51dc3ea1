"""JSON from outside: bounded before it is parsed, and in time that grows with its size and no faster."""

import time

import pytest

from chain.bounded_json import loads
from chain.errors import SayDifferently

BOUND = 2 * 1024 * 1024
# Measured at 0.3 s at most; in quadratic time it would be an hour.
SECONDS = 20


@pytest.mark.parametrize("unit", ['\\"', '"', "\\\\", '"[', "\\", '","'])
@pytest.mark.parametrize("head", ['"', '["', ""])
def test_a_hostile_string_takes_no_longer_than_its_size_allows(head: str, unit: str) -> None:
    started = time.perf_counter()
    with pytest.raises(SayDifferently):
        loads(head + unit * ((BOUND - 10) // len(unit)), max_bytes=BOUND, max_depth=64)
    assert time.perf_counter() - started < SECONDS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\\"', "\\"),
        (r'["[[[[", {"]": "\"{{{{"}]', ["[[[[", {"]": '"{{{{'}]),
        (r'{"a\\": [1]}', {"a\\": [1]}),
        ('"\u2028[[["', "\u2028[[["),
    ],
)
def test_brackets_in_strings_are_no_depth(text: str, value: object) -> None:
    assert loads(text, max_bytes=100, max_depth=2) == value


@pytest.mark.parametrize("text", ["[[[]]]", '["", [[]]]', r'["\\", [[', r'["\"", {"a": [', '[{"[": [0]}]'])
def test_too_deep_is_refused_whatever_strings_stand_before(text: str) -> None:
    with pytest.raises(SayDifferently, match="deeper than 2"):
        loads(text, max_bytes=100, max_depth=2)


@pytest.mark.parametrize("text", ['"', '"\\', '"a\\"', '["a', '"\n"', '"\\\n"', "NaN", '{"a": 1, "a": 1}', ""])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(SayDifferently):
        loads(text, max_bytes=100, max_depth=64)


def test_the_size_counts_in_bytes() -> None:
    assert loads('"é"', max_bytes=4, max_depth=1) == "é"
    with pytest.raises(SayDifferently, match="longer than 3 bytes"):
        loads('"é"', max_bytes=3, max_depth=1)
