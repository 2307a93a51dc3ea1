"""The report of `make bench`: every published figure, each with its bar, and nothing of the machine but what it is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from nlp.benchmarks import speed
from tests.agent.store_support import make_scrypt_cheap
from tests.bench.figures import QUICK, Figure, Rounds
from tests.bench.report import Machine, document, measure, table
from tests.bench.timing import quantile
from tests.conftest import LocalChain

PUBLISHED = {
    "parse one sentence, p50": 2.5,
    "parse one sentence, p95": 5,
    "parse against the bare encoder, p50": 0.4,
    "parse against the bare encoder, p95": 0.4,
    "parse against the bare encoder, fastest runs": 0.4,
    "parse many at once": 1200,
    "memory of a parsing process": 350,
    "sentence to card, p50": 500,
    "sentence to card, slowest kind": 500,
    "RPC round trips per card": None,
    "confirm to broadcast, p50": 150,
    "sayso --help": 0.3,
    "sayso parse": 0.6,
    "sayso ask a balance": 2.0,
    "1,000 balances by Multicall3": 20,
    "a year of points on disk": 100,
    "a chart for the terminal": 300,
    "a chart as a PNG": 300,
    "import of plotext": None,
    "import of matplotlib, and its first picture": None,
    "a price against 1,000 alert rules": None,
    "a price against 100,000 alert rules": 1000,
    "one poll of 100 accounts × 50 tokens": 50,
    "its time against one call each": None,
    "memory that a watch gains": 8,
}
MACHINE = Machine("a processor", 2, "a system", "3.11.0", 0.5)


def idle_encoder() -> Callable[[str], Callable[[], object]]:
    """In the place of torch, whose import alone takes longer than all the rest."""
    return lambda text: lambda: sum(range(1000))


@pytest.mark.anvil
@pytest.mark.model
async def test_every_published_figure_is_measured(local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> None:
    make_scrypt_cheap(monkeypatch)
    monkeypatch.setattr(speed, "bare_encoder", idle_encoder)
    monkeypatch.setattr(speed, "SENTENCES", speed.SENTENCES[:5])
    found = await measure(local_chain.rpc_url, QUICK)
    assert {figure.name: figure.bar for figure in found} == PUBLISHED
    assert all(figure.value > 0 for figure in found)
    rows = json.loads(document(found, MACHINE))["figures"]
    assert [row["figure"] for row in rows] == list(PUBLISHED)
    lines = table(found, MACHINE).splitlines()
    assert all(any(line.startswith(f"{name} ") for line in lines) for name in PUBLISHED)


@pytest.mark.parametrize(
    ("value", "side", "verdict"),
    [(0.6, "at most", "pass"), (0.61, "at most", "miss"), (0.6, "at least", "pass"), (0.59, "at least", "miss")],
)
def test_a_figure_passes_at_its_bar_and_misses_beyond_it(value: float, side: str, verdict: str) -> None:
    assert Figure("x", value, "ratio", 0.6, side).verdict == verdict  # type: ignore[arg-type]


def test_the_table_is_aligned_and_says_which_figure_misses() -> None:
    found = [Figure("short", 3.14159, "ms"), Figure("a longer name", 22.0, "ratio", 20.0, "at least", "1 against 22")]
    found.append(Figure("late", 2.5, "s", 2.0))
    assert table(found, MACHINE).splitlines() == [
        "figure         measured     bar        over",
        "-" * 51,
        "short            3.1 ms",
        "a longer name   22.00 ×  ≥ 20 ×  pass  1 against 22",
        "late             2.50 s   ≤ 2 s  miss",
        "",
        "a processor, 2 cores, a system, Python 3.11.0, load 0.5",
    ]


def test_quantiles_are_of_the_nearest_rank() -> None:
    times = [float(n) for n in range(1, 101)]
    assert (quantile(times, 95), quantile(times, 50), quantile([7.0], 95)) == (95.0, 50.0, 7.0)
    with pytest.raises(ValueError, match="no times"):
        quantile([], 95)


def test_a_measured_thing_is_measured_several_times() -> None:
    assert Rounds().warming > 0
    assert all(count > 1 for count in (Rounds().parses, Rounds().cards, Rounds().confirms, Rounds().processes))


@pytest.mark.anvil
def test_the_bench_leaves_nothing_behind(local_chain: LocalChain, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.bench.place import place_on

    make_scrypt_cheap(monkeypatch)
    with place_on(local_chain.rpc_url) as place:
        kept: Path = place.home.parent
        assert kept.is_dir()
    assert not kept.exists()
