"""What the watch tells unasked, each under a key that is the same whoever comes upon it.

Tokens that are not listed are called by their address: what they call themselves is not shown.
"""

from decimal import Decimal

from agent.answers.called import POISON, SPAM, name_of, token_name, units, unlimited
from agent.automation.telling import Told
from agent.points import Series
from agent.render.amounts import duration, rate
from agent.session import Session
from agent.watch.coins import CoinMove
from agent.watch.plan import Allowed
from chain.errors import SaysoError
from chain.values import Address


def told_lacking(series: Series, why: str, since: int) -> Told:
    """That there is no price that may be relied on."""
    body = f"{why[:1].upper()}{why[1:]}.\nNo alert or order fires on it meanwhile."
    title = f"There is no price of {series.subject} in {series.quote}"
    return Told(f"lacking:{series.chain_id}:{series.subject}:{series.quote}:{since}", "finding", title, body)


def told_priced(series: Series, value: Decimal, since: int) -> Told:
    """That there is one again."""
    key = f"priced:{series.chain_id}:{series.subject}:{series.quote}:{since}"
    return Told(key, "finding", f"There is a price of {series.subject} again: {rate(value)} {series.quote}", "")


def told_grown(session: Session, allowed: Allowed, raw: int, at: int) -> Told:
    """That an allowance is higher than it was, without a log of it."""
    owner, token, spender = allowed
    key = f"allowance:{session.client.chain_id}:{owner}:{token}:{spender}:{raw}:{at}"
    return _allowance(session, key, owner, token, spender, raw, "Found by reading it: the token logged nothing.")


def told_allowed(
    session: Session, key: str, owner: Address, token: Address, spender: Address, raw: int, by: str, *, every: bool
) -> Told:
    """That an account has allowed something, or has taken it back; `every`: all tokens of a collection."""
    if not every:
        return _allowance(session, key, owner, token, spender, raw, by)
    who, whom, what = name_of(session, owner), name_of(session, spender), token_name(session, token)
    may = "may now move" if raw else "may no longer move"
    return Told(key, "allowance", f"{whom} {may} every NFT of {what} that {who} holds", by)


def told_moved(
    session: Session, key: str, account: Address, token: Address | None, delta: int, other: Address, by: str
) -> Told:
    """That something came in or went out; `token` None is the native coin, `by` says whose transaction it was."""
    who, whom = name_of(session, account), name_of(session, other)
    what = units(session, token, abs(delta))
    title = f"{who} received {what} from {whom}" if delta >= 0 else f"{what} left {who} for {whom}"
    notes = [by]
    if token is not None and delta == 0:
        notes.append(POISON)
    elif token is not None and session.registry.token_at(session.client.chain_id, token) is None:
        notes.append(SPAM)
    return Told(key, "transfer", title, "\n".join(note for note in notes if note))


def told_nft(
    session: Session, key: str, account: Address, token: Address, number: int, other: Address, by: str, *, came: bool
) -> Told:
    """That an NFT came in or went out."""
    who, whom, what = (
        name_of(session, account),
        name_of(session, other),
        f"NFT {number} of {token_name(session, token)}",
    )
    title = f"{who} received {what} from {whom}" if came else f"{what} left {who} for {whom}"
    notes = [by] if not came else [by, "NFTs that come unasked are mostly bait: do not use any site that they name."]
    return Told(key, "transfer", title, "\n".join(note for note in notes if note))


def told_balance(session: Session, key: str, move: CoinMove, blocks: str) -> Told:
    """That the native balance changed otherwise than by a payment, or in blocks that were too many to look through."""
    rest = move.unexplained
    title = f"{name_of(session, move.account)} {'received' if rest > 0 else 'gave'} {units(session, None, abs(rest))}"
    if move.txs is None:
        return Told(key, "transfer", title, f"Between blocks {blocks}; by which transaction was not looked up.")
    return Told(key, "transfer", f"{title} through a contract", f"Between blocks {blocks}.")


def told_nonce(session: Session, key: str, account: Address, nonces: str) -> Told:
    """That transactions of an account were sent, and not from here."""
    title = f"{name_of(session, account)} sent a transaction that Sayso did not make"
    body = (
        f"Nonce {nonces}. If you used the same account in another wallet, all is well.\n"
        "If you did not, somebody else has its key: move what it holds to a new account."
    )
    return Told(key, "nonce", title, body)


def told_skipped(session: Session, key: str, blocks: str) -> Told:
    """That some blocks were not looked through for transfers."""
    title = f"Blocks {blocks} were not looked through for transfers and allowances"
    return Told(key, "finding", title, "They hold more logs of your accounts than are read at once.")


def told_outage(session: Session, since: int, error: SaysoError) -> Told:
    """That the node does not answer, or the store cannot be written."""
    key = f"outage:{session.client.chain_id}:{since}"
    title = f"The watch of {session.client.entry.name} cannot read at the moment"
    return Told(key, "outage", title, f"{error.happened}\nIt goes on trying. Alerts and orders wait meanwhile.")


def told_again(session: Session, since: int, now: int) -> Told:
    """That it works again."""
    key = f"again:{session.client.chain_id}:{since}"
    length = duration(max(0, now - since))
    return Told(key, "outage", f"The watch of {session.client.entry.name} reads again, after {length}", "")


def _allowance(session: Session, key: str, owner: Address, token: Address, spender: Address, raw: int, by: str) -> Told:
    who, whom = name_of(session, owner), name_of(session, spender)
    if raw == 0:
        return Told(key, "allowance", f"{whom} may no longer spend {token_name(session, token)} of {who}", by)
    much = f"any amount of {token_name(session, token)}" if unlimited(raw) else units(session, token, raw)
    return Told(key, "allowance", f"{whom} may now spend {much} of {who}", by)
