"""Clocks and quantiles. Times are in milliseconds, by the monotonic clock."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` returns, and how long it took."""
    began = time.perf_counter()
    made = work()
    return made, _since(began)


async def timed_async(work: Awaitable[T]) -> tuple[T, float]:
    """What `work` comes to, and how long it was waited for."""
    began = time.perf_counter()
    made = await work
    return made, _since(began)


def median(times: Sequence[float]) -> float:
    """The middle. Raises StatisticsError where there are none."""
    return statistics.median(times)


def quantile(times: Sequence[float], percent: int) -> float:
    """The value that `percent` of the times do not exceed (nearest rank). Raises ValueError where there are none."""
    if not times:
        raise ValueError("no times")
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
