"""Whether an order is the user's own, or tells what somebody else said: reported and quoted commands give no write."""

import re

from nlp.assemble.reading import Reading, Utterance
from nlp.types import Hint

REPORTED = re.compile(
    r"(?<!\bi )\b(?:said|says|told\s+(?:me|us|him|her)|tells\s+(?:me|us)|wrote|writes|texted|emailed|messaged|forwarded|fwd(?!\s+[\d.$€£])|tweeted|posted)\b"
    r"|\b(?:quote|quoted|forwarded\s+message|message)\s*:|^\s*>",
    re.I,
)
ORDER = r"(?:wrap|unwrap|supply|lend|deposit|repay|unstake|revoke|allow|send|transfer|pay|wire|swap|trade|buy|sell|approve|bridge|stake|move|withdraw|borrow|give|sign)"
SPEAKER = re.compile(
    rf"^\W*@?((?!stop-loss\b|take-profit\b|stop\b)[^\W\d_][\w.-]*)\s*:\s*(?:please\s+|pls\s+)?{ORDER}\b", re.I
)
ON_THAT_GROUND = re.compile(rf"\b(?:so|accordingly|therefore|hence)\b\W*(?:please\s+|i\s+want\s+to\s+)?{ORDER}\b", re.I)
OPENERS = frozenset(
    ("request", "task", "todo", "order", "please", "pls", "ok", "okay", "payment", "payments", "hey", "hi", "sayso", "and", "then", "also", "so",
     "now", "first", "next", "last", "quick", "note", "reminder", "urgent", "today", "contacts", "approvals", "account", "accounts", "payroll",
     "wallet", "action", "ladder", "deleverage", "topup", "housekeeping", "rebalance", "errand", "errands", "chores", "admin", "job", "jobs", "instruction", "instructions", "debt", "loan", "lending", "lever", "loop", "scale", "dca", "plan", "step", "rent", "bills", "bill", "wages", "send", "pay", "transfer", "swap", "trade", "buy", "sell", "bridge", "stake", "sign", "approve", "withdraw", "flatten", "twap", "limit", "lmt", "runbook", "steps")
)  # fmt: skip


def is_reported(utterance: Utterance, reading: Reading) -> bool:
    """Whether the order stands behind words that tell what was said, behind a speaker's name, or behind a quote mark.

    'my wife says rent is due, so please send …' is the user's own order again.
    """
    if reading.intent == "sign_message" or not reading.tags:
        return False
    last = max(utterance.words[tag.first].start for tag in reading.tags)
    start = utterance.words[reading.first].start if reading.first else 0
    match = REPORTED.search(utterance.text[start:last].lstrip("> ") if start else utterance.text[:last])
    if match is not None:
        return ON_THAT_GROUND.search(utterance.text[start + match.end() : last]) is None
    return not reading.first and _has_speaker(utterance)


def _has_speaker(utterance: Utterance) -> bool:
    speaker = SPEAKER.match(utterance.text)
    known = bool(utterance.words[0].hints & {Hint.PROTOCOL, Hint.CHAIN})
    return speaker is not None and not known and speaker[1].lower() not in (*OPENERS, *utterance.context.accounts)
