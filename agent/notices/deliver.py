"""Delivers what waits. One channel never holds up another; what was sent is never sent again by us.

A process that is killed between a send and its mark leaves the delivery to be tried again under the same key: at least once
to an outside channel, and once where the receiver heeds the key.
"""

import asyncio
from collections.abc import Sequence

from agent.notices.channels.types import Channel, NotDelivered
from agent.notices.store import MOST_WAIT, Notice, Notices

BATCH = 20
"""Notices to one channel in one go."""
MOST_WAITING = 100
"""Beyond so many that wait for an outside channel the rest is told as a number."""
MOST_TRIES = 8
FIRST_WAIT = 15


async def deliver(notices: Notices, channels: Sequence[Channel]) -> int:
    """Send to each channel what waits for it and is due; how many were sent."""
    return sum(await asyncio.gather(*(_drain(notices, channel) for channel in channels)))


async def _drain(notices: Notices, channel: Channel) -> int:
    if channel.outside:
        notices.fold(channel.name, MOST_WAITING)
    sent = 0
    for notice in notices.due(channel.name, BATCH):
        outcome = await _one(notices, channel, notice)
        sent += outcome == "sent"
        if outcome == "waiting":
            # What is wrong with this one is likely wrong with the next: its turn comes again.
            break
    return sent


async def _one(notices: Notices, channel: Channel, notice: Notice) -> str:
    tries = notices.claim(notice, channel.name)
    if not tries:
        return "taken"
    try:
        await channel.send(notice)
    except NotDelivered as failure:
        state = "given_up" if failure.final or tries >= MOST_TRIES else "waiting"
        notices.settle(notice, channel.name, state, _wait(tries, failure.retry_after))
        return state
    notices.settle(notice, channel.name, "sent")
    return "sent"


def _wait(tries: int, asked: int | None) -> int:
    """Seconds until the next try: doubled at each, or what the receiver asks for; never over an hour."""
    doubled = FIRST_WAIT << min(tries - 1, 16)
    return min(max(doubled, asked or 0), MOST_WAIT)
