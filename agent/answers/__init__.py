"""The answers to questions, one module a read. A read that fails says so; it never answers with 0 or a guess."""

from collections.abc import Awaitable, Callable, Mapping

from agent.answers import (
    accounts,
    allowances,
    balance,
    contract_read,
    dialogue,
    gas,
    history,
    lending,
    names,
    network,
    nft_holdings,
    portfolio,
    price,
    price_history,
    quote,
    receive,
    token_info,
    transactions,
)
from agent.answers.types import Answer
from agent.session import Connect, Desk, Session
from nlp.types import Action

Read = Callable[[Session, Action], Awaitable[Answer]]

READS: Mapping[str, Read] = {
    "balance": balance.answer,
    "portfolio": portfolio.answer,
    "price": price.answer,
    "price_history": price_history.answer,
    "quote": quote.answer,
    "gas": gas.answer,
    "tx_status": transactions.answer,
    "resolve_name": names.answer,
    "receive_address": receive.answer,
    "contract_read": contract_read.answer,
    "network_info": network.answer,
    "allowances": allowances.answer,
    "history": history.answer,
    "token_info": token_info.answer,
    "nft_holdings": nft_holdings.answer,
    "lending_position": lending.position,
    "yields": lending.yields,
}
"""Reads of the connected chain."""

ANYWHERE: Mapping[str, Callable[[Desk, Connect, Action], Awaitable[Answer]]] = {"accounts": accounts.answer}
"""What is answered with a chain or without, and says more with one."""

AT_HOME: Mapping[str, Callable[[Desk], Answer]] = {
    "contacts": dialogue.contacts,
    "help": dialogue.help_,
    "greet": dialogue.greet,
    "thanks": dialogue.thanks,
}
"""What is answered without a chain."""
