"""Whether a watch runs: it shares a lock (`agent.locks.sharing`) under this name for as long as it lives."""

from agent.home import Home
from agent.locks import is_held

WATCH_LOCK = "watch"


def watch_runs(home: Home) -> bool:
    """Whether any process of this home watches now."""
    return is_held(home.locks, WATCH_LOCK)


def watch_words(home: Home) -> str:
    """That 'sayso watch' is needed, and whether one runs."""
    if watch_runs(home):
        return "It is watched as long as 'sayso watch' runs; one runs now."
    return "It is watched only while 'sayso watch' runs, and none runs now: start one."
