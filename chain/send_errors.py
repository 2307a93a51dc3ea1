"""What a node's error text on a broadcast means. Texts differ by client; none of them proves anything about our hash."""

import re
from enum import StrEnum

MAX_CHARACTERS = 8192


class SendErrorClass(StrEnum):
    """What kind of refusal a text speaks of."""

    ALREADY_KNOWN = "already_known"
    ALREADY_MINED = "already_mined"
    NONCE_TOO_LOW = "nonce_too_low"
    NONCE_TOO_HIGH = "nonce_too_high"
    REPLACEMENT_UNDERPRICED = "replacement_underpriced"
    UNDERPRICED = "underpriced"
    QUEUE_FULL = "queue_full"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    FEE_CAP = "fee_cap"
    COUNTERS = "zk_counters"
    UNAVAILABLE = "unavailable"
    LOGS = "logs_too_many_results"
    FATAL = "fatal"
    UNKNOWN = "unknown"


_E = SendErrorClass

# The first pattern that is found decides; lower case. Order matters where one text holds the words of another.
PATTERNS: tuple[tuple[SendErrorClass, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (_E.LOGS, r"getlogs|query returned more than|blocks? range|requested too many blocks|\"request timed out\""),
        (
            _E.UNAVAILABLE,
            r"\b50[234] |bad gateway|service (temporarily )?unavailable|i/o timeout|network is unreachable",
        ),
        (_E.UNAVAILABLE, r"\b408 request timeout"),
        (_E.QUEUE_FULL, r"too many transactions in the queue|\bqueue full|pending tx pool full"),
        (
            _E.REPLACEMENT_UNDERPRICED,
            r"replacement transaction underpriced|another t(x|ransaction) (which has|with)( the)? same nonce",
        ),
        (_E.ALREADY_MINED, r"already finalized"),
        (
            _E.ALREADY_KNOWN,
            r"already ?known|known transaction|already ?imported|already exists in cache|ownnoncealreadyused",
        ),
        (_E.NONCE_TOO_LOW, r"nonce (is )?too low|invalid transaction nonce|oldnonce|pool\(stale\)"),
        (_E.NONCE_TOO_HIGH, r"nonce (is )?too high|noncegap"),
        (
            _E.INSUFFICIENT_FUNDS,
            r"(insufficient|not enough) (funds|balance)|insufficientfunds|insufficient_payer_balance",
        ),
        (_E.INSUFFICIENT_FUNDS, r"upfront cost exceeds|would cause overdraft"),
        (_E.FEE_CAP, r"exceeds the configured cap|fee cap exceeded|invalid gas fee cap"),
        (_E.FEE_CAP, r"max (priority )?fee per gas higher than max (priority )?fee per gas"),
        (_E.UNDERPRICED, r"transaction underpriced|gas price (is )?(too low|below|less than)|feetoolow"),
        (_E.UNDERPRICED, r"below (configured )?minimum|fee per gas less than block base fee"),
        (_E.COUNTERS, r"not enough \w+ counters|out of counters"),
        (_E.FATAL, r"intrinsic gas|(exceeds|beyond|exceeds current) (block )?(gas )?limit|gas limit (too low|exceeds)"),
        (_E.FATAL, r"gaslimitexceeded|gas is too low|out of gas|gas uint64 overflow|int256overflow|negative value"),
        (
            _E.FATAL,
            r"invalid (sender|signature|rlp|message format|shard|chain id)|forbidden sender|sender ?is ?contract",
        ),
        (
            _E.FATAL,
            r"oversized data|too (big|large)|banned in local queue|not permitted|address of transaction in blacklist",
        ),
        (_E.FATAL, r"execution reverted|call failed: invalid(,|$)|failedtoresolvesender|validation revert"),
        (_E.FATAL, r"failed to serialize transaction|insufficient fee"),
    )
)


def classify(message: str) -> SendErrorClass:
    """The class of a node's error text; UNKNOWN where no pattern is found."""
    text = message[:MAX_CHARACTERS].lower()
    return next((kind for kind, pattern in PATTERNS if pattern.search(text)), SendErrorClass.UNKNOWN)
