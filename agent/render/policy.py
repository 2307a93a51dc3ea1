"""The policy for people and for machines."""

from typing import Any

from agent.policy_words import decimals_of, limit_words
from agent.session import Desk
from chain.values import Policy


def policy_data(desk: Desk, policy: Policy) -> dict[str, Any]:
    """The policy as JSON: token limits in raw units with decimals and symbol beside them."""
    limits = [
        {"window_seconds": limit.window, "fiat": limit.fiat}
        if limit.fiat
        else {
            "window_seconds": limit.window,
            "amount": limit.amount,
            "decimals": decimals_of(desk.registry, limit.asset),
            "symbol": limit.asset,
        }
        for limit in policy.limits
    ]
    return {
        "limits": limits,
        "allowed_recipients": list(policy.allowed_recipients),
        "lifted_recipients": list(policy.lifted_recipients),
        "unknown_blocks_above": policy.unknown_blocks_above,
        "slippage": policy.slippage,
        "expiry_seconds": policy.expiry_seconds,
    }


def policy_text(desk: Desk, policy: Policy) -> str:
    """The policy in words."""
    names = {c.address: c.name for c in desk.contacts.list()} | {a.address: a.name for a in desk.accounts.list()}
    allowed = [f"{address} {names.get(address, '')}".rstrip() for address in policy.allowed_recipients]
    lines = [limit_words(desk.registry, limit) for limit in policy.limits] or ["no spending limit is set"]
    lines += [f"payments only to {who}" for who in allowed] or ["payments to anyone"]
    lines += [f"the look-alike check is lifted for {address}" for address in policy.lifted_recipients]
    lines.append(f"a check that could not be made blocks above {policy.unknown_blocks_above}")
    lines.append(f"a trade may end up to {policy.slippage} worse than quoted, where nothing else is said")
    lines.append(f"a draft may be confirmed for {policy.expiry_seconds} seconds")
    return "\n".join(lines)
