"""The strict decoder and the gate against ethereum/tests' TransactionTests, as valid at the last fork of each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.errors import Refused
from chain.signed import decode_signed
from chain.transaction import check_form

pytestmark = pytest.mark.shared
MAINNET = 1


def cases(shared: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    for path in sorted(shared.glob("vectors/ethereum-tests/TransactionTests/tt*/*.json")):
        for case in json.loads(path.read_text()).values():
            yield path.stem, bytes.fromhex(case["txbytes"][2:]), list(case["result"].values())[-1]


def test_the_decoder_refuses_160_and_accepts_50_with_hash_and_sender(shared: Path) -> None:
    accepted, refused = [], []
    for name, raw, wanted in cases(shared):
        if "exception" in wanted:
            with pytest.raises(Refused):
                decode_signed(raw, chain_id=MAINNET)
                pytest.fail(f"{name} was accepted")
            refused.append(name)
            continue
        found = decode_signed(raw, chain_id=MAINNET)
        assert (found.hash, found.sender.lower()) == (wanted["hash"], wanted["sender"]), name
        accepted.append(name)
    assert (len(accepted), len(refused)) == (50, 160)


def test_the_gate_also_refuses_the_33_without_a_chain_id_and_none_of_the_other_17(shared: Path) -> None:
    passed, without_chain_id, malformed = [], [], []
    for name, raw, _ in cases(shared):
        try:
            unsigned = decode_signed(raw, chain_id=MAINNET).unsigned
        except Refused:
            malformed.append(name)
            continue
        try:
            check_form(unsigned, chain_id=MAINNET)
            passed.append(name)
        except Refused:
            assert unsigned.chain_id is None, name
            without_chain_id.append(name)
    assert (len(passed), len(without_chain_id), len(malformed)) == (17, 33, 160)
