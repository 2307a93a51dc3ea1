"""What was looked through in logs, as data and in words: what could not be searched is said."""

from chain.logs import Logs


def searched_data(*parts: Logs) -> dict[str, object]:
    """The blocks that were looked through by every one of some searches."""
    return {
        "from_block": max(logs.from_block for logs in parts),
        "to_block": min(logs.to_block for logs in parts),
        "complete": all(logs.complete for logs in parts),
    }


def searched_words(logs: Logs, what: str) -> tuple[str, ...]:
    """A sentence where the search did not reach as far back as it should have."""
    if logs.complete:
        return ()
    return (
        f"Only {what} from block {logs.from_block} on were looked through: the node gives no more at once. "
        "Older ones are missing here.",
    )
