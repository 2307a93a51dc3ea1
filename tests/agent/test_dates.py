"""The labels under a chart are as fine as its span needs."""

import pytest

from agent.points import DAY, HOUR, WEEK, YEAR
from agent.render.dates import time_ticks

NOON = 1_800_014_400


@pytest.mark.parametrize(
    ("span", "label"),
    [(HOUR, "12:00"), (DAY, "12:00"), (WEEK, "15 Jan 12:00"), (30 * DAY, "15 Jan"), (YEAR, "15 Jan 2027")],
)
def test_labels_are_as_fine_as_the_span_needs(span: int, label: str) -> None:
    ticks = time_ticks(NOON - span, NOON, 4)
    assert (ticks[0][0], ticks[-1]) == (NOON - span, (NOON, label))
    assert len(ticks) == 4


def test_one_moment_has_one_label() -> None:
    assert time_ticks(NOON, NOON, 4) == [(NOON, "12:00")]
