"""Token transfers of an account, from logs: in words, and with what speaks against believing them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.answers.called import POISON, SPAM, asset_at, collection_name, name_of, own_words, party_data, units
from agent.answers.looking import Holder, listed
from agent.render.amounts import amount_data
from agent.render.escape import INVISIBLE
from agent.session import Session
from chain.abi import ZERO
from chain.events import TRANSFER, Transfer, read_transfer
from chain.logs import LogRow, Logs, find_logs, topic_of
from chain.protocols.erc721 import CollectionMetadata, collections_metadata
from chain.values import Address

SelfNames = Mapping[Address, CollectionMetadata]
"""What tokens that are not listed call themselves."""


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer to or from the account that was asked about, and where it stands."""

    row: LogRow
    transfer: Transfer
    came: bool

    @property
    def other(self) -> Address:
        """Whom it came from or went to."""
        return self.transfer.sender if self.came else self.transfer.receiver


async def find_moves(
    session: Session, who: Holder, span: tuple[int, int], token: Address | None, enough: int
) -> tuple[tuple[Move, ...], tuple[Logs, Logs]]:
    """The transfers of an account in a span of blocks, the newest first, and both searches. Raises as `find_logs`.

    Where a search ended early, what is older than its end is left out: the other one's would look complete without it.
    """
    own = topic_of(who.address)
    out = await find_logs(session.client, [TRANSFER, own], *span, token, enough=enough)
    into = await find_logs(session.client, [TRANSFER, None, own], *span, token, enough=enough)
    floor = max(out.from_block, into.from_block)
    rows = {(row.block, row.index): row for row in (*out.rows, *into.rows) if row.block >= floor}
    newest = [rows[place] for place in sorted(rows, reverse=True)]
    return tuple(move for row in newest if (move := _move(row, who.address)) is not None), (out, into)


def _move(row: LogRow, account: Address) -> Move | None:
    transfer = read_transfer(row.log)
    return None if transfer is None else Move(row, transfer, came=transfer.sender != account)


async def names_of_unlisted(session: Session, moves: Sequence[Move]) -> SelfNames:
    """What the unlisted tokens of these transfers call themselves. Raises as `ChainClient.aggregate`."""
    unlisted = [move.transfer.token for move in moves if not _vouched(session, move.transfer)]
    return await collections_metadata(session.client, tuple(dict.fromkeys(unlisted)))


def move_words(session: Session, move: Move) -> str:
    """'received 50 USDC from bob (contact)'."""
    what = _what(session, move.transfer)
    if move.transfer.sender == move.transfer.receiver:
        return f"sent {what} to itself"
    if move.other == ZERO:
        return f"received {what}, newly made" if move.came else f"burnt {what}"
    whom = name_of(session, move.other)
    return f"received {what} from {whom}" if move.came else f"sent {what} to {whom}"


def warnings(session: Session, move: Move, names: SelfNames) -> tuple[str, ...]:
    """What speaks against a transfer, in sentences: it is marked, and not hidden."""
    found = [POISON] if move.transfer.amount == 0 else []
    if _vouched(session, move.transfer):
        return tuple(found)
    called = names.get(move.transfer.token)
    if called is not None:
        forged = _forged(session, called.symbol)
        found.append(
            f"It calls itself {own_words(called.symbol, called.name)}." + (f" It is NOT {forged}." if forged else "")
        )
    return (*found, SPAM)


def move_data(session: Session, move: Move, names: SelfNames) -> dict[str, object]:
    """A transfer as JSON."""
    transfer = move.transfer
    called = names.get(transfer.token)
    return {
        "direction": "in" if move.came else "out",
        "kind": "erc20" if transfer.number is None else "erc721",
        **amount_data(transfer.amount, asset_at(session, transfer.token)),
        "listed": _vouched(session, transfer),
        "token_id": None if transfer.number is None else str(transfer.number),
        "counterparty": party_data(session, move.other),
        "calls_itself": None if called is None else {"symbol": called.symbol, "name": called.name},
        "warnings": list(warnings(session, move, names)),
        "log_index": move.row.index,
    }


def _what(session: Session, transfer: Transfer) -> str:
    if transfer.number is None:
        return units(session, transfer.token, transfer.amount)
    return f"NFT {transfer.number} of {collection_name(session, transfer.token)}"


def _vouched(session: Session, transfer: Transfer) -> bool:
    """Whether the registry lists the token, or the collection where it is an NFT."""
    registry, chain_id = session.registry, session.client.chain_id
    if transfer.number is not None:
        return registry.collection_at(chain_id, transfer.token) is not None
    return registry.token_at(chain_id, transfer.token) is not None


def _forged(session: Session, symbol: str) -> str:
    """The listed coin whose symbol this one looks like, '' where there is none."""
    return next((asset.symbol for asset in listed(session) if _look(asset.symbol) == _look(symbol)), "")


def _look(text: str) -> str:
    """How a symbol looks, as far as that is easily told: without what does not show, in one case and width."""
    shown = [c for c in unicodedata.normalize("NFKC", text) if c.isprintable() and c not in INVISIBLE and c != " "]
    return "".join(shown).casefold()
