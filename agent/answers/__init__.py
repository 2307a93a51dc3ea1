"""The answers to questions, one module a read. A read that fails says so; it never answers with 0 or a guess."""

from collections.abc import Awaitable, Callable, Mapping

from agent.answers import balance, dialogue, gas, names, portfolio, price, price_history, quote, receive, transactions
from agent.answers.types import Answer
from agent.session import Desk, Session
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
}
"""Reads of the connected chain."""

AT_HOME: Mapping[str, Callable[[Desk], Answer]] = {
    "contacts": dialogue.contacts,
    "help": dialogue.help_,
    "greet": dialogue.greet,
    "thanks": dialogue.thanks,
}
"""What is answered without a chain."""
