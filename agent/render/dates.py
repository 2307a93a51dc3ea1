"""Where dates stand under a chart, and how they are written: as finely as the span needs."""

from datetime import UTC, datetime

from agent.points import DAY, WEEK, YEAR


def time_ticks(start: int, end: int, count: int) -> list[tuple[int, str]]:
    """Moments at even distances, both ends included, each with its label in UTC."""
    steps = max(1, count - 1)
    times = dict.fromkeys(start + (end - start) * n // steps for n in range(steps + 1))
    return [(at, _label(at, end - start)) for at in times]


def _label(at: int, span: int) -> str:
    form = "%H:%M" if span <= DAY else "%d %b %H:%M" if span <= WEEK else "%d %b" if span < YEAR - DAY else "%d %b %Y"
    return datetime.fromtimestamp(at, UTC).strftime(form)
