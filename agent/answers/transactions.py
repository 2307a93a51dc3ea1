"""What became of a transaction: one named by its hash, or the newest of the person's own."""

from collections.abc import Mapping
from typing import Any

from agent.answers.looking import text
from agent.answers.types import Answer
from agent.session import Session
from chain.errors import SayDifferently
from chain.rpc import quantity
from nlp.types import Action

WORDS = {
    "included": "was included in block {block} and succeeded",
    "reverted": "was included in block {block} and FAILED",
    "pending": "is known to the node and not in a block yet",
    "unknown": "is not known to the node: whether it was ever sent cannot be said from here",
}


async def answer(session: Session, action: Action) -> Answer:
    """Where a transaction stands, as the connected node shows it now. Raises SayDifferently where none was sent yet."""
    tx_hash = text(action, "tx_hash") or _newest(session)
    status, block = await _status(session, tx_hash)
    draft = session.drafts.find_by_hash(tx_hash)
    parts = [f"{tx_hash} {WORDS[status].format(block=block)}."]
    if draft:
        parts.append(f"It belongs to your draft {draft}.")
    data = {"hash": tx_hash, "status": status, "block": block, "draft": draft, "chain": session.client.entry.slug}
    return Answer("tx_status", data, tuple(parts))


async def _status(session: Session, tx_hash: str) -> tuple[str, int | None]:
    receipt = await session.client.rpc("eth_getTransactionReceipt", [tx_hash])
    if isinstance(receipt, Mapping):
        succeeded = quantity(receipt.get("status")) == 1
        return "included" if succeeded else "reverted", quantity(receipt.get("blockNumber"))
    known: Any = await session.client.rpc("eth_getTransactionByHash", [tx_hash])
    return ("pending" if isinstance(known, Mapping) else "unknown"), None


def _newest(session: Session) -> str:
    """The hash that was signed last."""
    signed = [
        (attempt.signed_at, record.draft.created_at, attempt.step_index, attempt.hash)
        for record in session.drafts.recent()
        if record.confirmation is not None and record.draft.chain_id == session.client.chain_id
        for index in range(len(record.draft.steps))
        for attempt in session.ledger.attempts(record.draft.id, index)
    ]
    if not signed:
        raise SayDifferently(
            f"You have sent no transaction on {session.client.entry.name} yet.",
            remedy="Name one by its hash: 0x and 64 hex digits.",
        )
    return max(signed)[-1]
