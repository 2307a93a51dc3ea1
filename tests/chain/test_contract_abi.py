"""Arguments by their ABI types: strictly what was written, or a reason; and what an ABI may hold."""

import contextlib
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from chain.contract_abi.arguments import BadArgument, split_tuple, value_of
from chain.contract_abi.functions import functions_of

ADDRESS = "0x87502D8a154B903dd3Be578CDf01d46a73AB7870"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("uint256", "5", 5),
        ("int8", "-128", -128),
        ("bool", "True", True),
        ("address", ADDRESS.lower(), ADDRESS),
        ("bytes4", "0x01020304", bytes([1, 2, 3, 4])),
        ("bytes", "0x", b""),
        ("string", " as it is ", "as it is"),
        ("uint256[]", '["1", 2]', [1, 2]),
        ("uint8[2][]", '[["1","2"],["3","4"]]', [[1, 2], [3, 4]]),
        ("(address,(uint256,bool)[])", f'["{ADDRESS}", [["1", true]]]', (ADDRESS, [(1, True)])),
    ],
)
def test_a_value_of_its_type(kind: str, text: str, value: Any) -> None:
    found = value_of(kind, text)
    assert found == value
    assert decode([kind], encode([kind], [found]))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("uint256", "1.5"),
        ("uint256", "1_000"),
        ("uint256", "1e18"),
        ("uint256", "0x10"),
        ("uint256", "-1"),
        ("uint256", "٣"),
        ("uint256", "007"),
        ("uint256", str(2**256)),
        ("uint8", "256"),
        ("int8", "128"),
        ("bool", "1"),
        ("address", "0x1234"),
        ("address", "0x00000000000000000000000000000000deadbeeF"),
        ("bytes4", "0x0102"),
        ("bytes4", "01020304"),
        ("uint256[]", "1,2"),
        ("uint256[2]", '["1"]'),
        ("(uint256,bool)", '["1"]'),
        ("uint256[]", "[[[[[[[[[[1]]]]]]]]]]"),
        ("function", "0x"),
    ],
)
def test_what_is_no_value_of_its_type_is_refused(kind: str, text: str) -> None:
    with pytest.raises(BadArgument):
        value_of(kind, text)


@given(number=st.integers(), bits=st.sampled_from([8, 64, 128, 256]), signed=st.booleans())
def test_a_number_is_taken_exactly_where_it_fits(number: int, bits: int, signed: bool) -> None:
    kind = f"{'' if signed else 'u'}int{bits}"
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1)) if signed else (0, 2**bits)
    if low <= number < high:
        assert value_of(kind, str(number)) == number
    else:
        with pytest.raises(BadArgument):
            value_of(kind, str(number))


@given(st.text(max_size=40), st.sampled_from(["uint256", "address", "bytes", "bool", "int8[]", "(uint8,string)"]))
def test_no_text_does_more_than_be_refused(text: str, kind: str) -> None:
    with contextlib.suppress(BadArgument):
        encode([kind], [value_of(kind, text)])


def test_the_parts_of_a_tuple() -> None:
    assert split_tuple("(uint8,(bool,bytes)[2],string)") == ("uint8", "(bool,bytes)[2]", "string")
    assert split_tuple("()") == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda c: (
            st.lists(c) | st.dictionaries(st.sampled_from(["type", "name", "inputs", "outputs", "components"]), c)
        ),
    )
)
def test_no_document_does_more_than_be_refused(document: Any) -> None:
    with contextlib.suppress(ValueError):
        functions_of(document)
