"""Whether the connected chain is still the one that was signed for."""

from agent.session import Session
from chain.client import bad_node_answer
from chain.rpc import quantity
from chain.values import Address


async def check_stands(session: Session, account: Address) -> None:
    """Raises ChainWasReset where the chain stands behind what is settled for the account, and as `ChainClient.rpc`."""
    count = await session.client.rpc("eth_getTransactionCount", [account, "pending"])
    try:
        nonce = quantity(count)
    except ValueError:
        raise bad_node_answer("a nonce that is no number") from None
    session.ledger.check_not_reset(session.client.chain_id, account, nonce)
