"""What a simulation looks at beside the logs: balances and allowances, read between the steps in one call each time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chain.abi import ZERO, checksum, decode_uint
from chain.events import Events
from chain.multicall import Call, decode_aggregate, encode_aggregate, native_balance_call
from chain.protocols.erc20 import allowance_of, balance_of
from chain.values import Address, TransactionRequest
from contracts.registry import Registry

MAX_LISTED = 40
MAX_WORDS = 16

Holding = tuple[Address, Address | None]
Allowed = tuple[Address, Address, Address]
Reading = Mapping[Holding | Allowed, int | None]


@dataclass(frozen=True, slots=True)
class Watch:
    """What to read: balances by (account, token or None), allowances by (token, owner, spender)."""

    holdings: frozenset[Holding]
    allowed: frozenset[Allowed]

    def with_events(self, account: Address, events: Iterable[Events]) -> "Watch":
        """This, and what the logs say of the account's own holdings and of allowances."""
        seen = list(events)
        holdings = {(a, asset) for e in seen for a, asset in e.deltas if a == account}
        allowed = {(c.token, c.owner, c.spender) for e in seen for c in e.allowances if not c.everything}
        return Watch(self.holdings | holdings, self.allowed | allowed)

    def keys(self) -> list[Holding | Allowed]:
        """All that is read, in a fixed order."""
        return [*sorted(self.holdings, key=lambda h: (h[0], h[1] or "")), *sorted(self.allowed)]

    def calldata(self, multicall3: Address) -> bytes:
        """Calldata for Multicall3 that reads all of it."""
        return encode_aggregate([_call(multicall3, key) for key in self.keys()])

    def read(self, data: bytes) -> Reading:
        """What that call returned; None where a token did not answer. Raises SetupNeeded where Multicall3 is missing."""
        keys = self.keys()
        answers = decode_aggregate(data, len(keys))
        return {key: decode_uint(answer) if ok else None for key, (ok, answer) in zip(keys, answers, strict=True)}


def first_watch(registry: Registry, account: Address, requests: Sequence[TransactionRequest]) -> Watch:
    """What the steps may move by the look of them: all of the account's listed tokens, and whom the calldata names."""
    chain_id = requests[0].chain_id
    listed = {Address(t.address) for t in registry.tokens_on(chain_id)}
    holdings: set[Holding] = {(account, token) for token in sorted(listed)[:MAX_LISTED]} | {(account, None)}
    allowed: set[Allowed] = set()
    for request in requests:
        named = [request.to, *named_addresses(request.data)]
        tokens = {a for a in named if a in listed} | ({request.to} if request.data else set())
        holdings |= {(account, token) for token in tokens} | {(request.to, None)}
        holdings |= {(party, token) for token in tokens for party in named if party not in tokens}
        allowed |= {(token, account, party) for token in tokens for party in named if party != token}
    return Watch(frozenset(holdings), frozenset(allowed))


def named_addresses(data: bytes) -> tuple[Address, ...]:
    """The words of calldata that look like addresses: not so small that they would rather be amounts."""
    words = (data[i : i + 32] for i in range(4, len(data) - 31, 32))
    found = [checksum(w[12:]) for w in words if not any(w[:12]) and int.from_bytes(w[12:]) >> 120]
    return tuple(address for address in dict.fromkeys(found) if address != ZERO)[:MAX_WORDS]


def _call(multicall3: Address, key: Holding | Allowed) -> Call:
    if len(key) == 3:
        token, owner, spender = key
        return token, allowance_of(owner, spender)
    account, asset = key
    return native_balance_call(multicall3, account) if asset is None else (asset, balance_of(account))
