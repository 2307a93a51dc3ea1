"""The time by which prices are judged: neither a node that stands still nor a slow clock makes an old price look fresh."""

from time import time


def later_clock(head_time: int) -> int:
    """The later of this computer's clock and the newest block's time, in Unix seconds."""
    return max(int(time()), head_time)
