"""What is never sent to a model elsewhere: words that could be a private key or a recovery phrase."""

import re

KEY = re.compile(r"(?<![0-9a-fA-F])(?:0[xX])?[0-9a-fA-F]{64}(?![0-9a-fA-F])|\b[xyz]prv[1-9A-HJ-NP-Za-km-z]{50,}")
# The shortest recovery phrase (BIP-39) has twelve words of three to eight letters, and none of these is in its list.
PHRASE_WORDS = 12
ORDINARY = frozenset(
    ("the", "and", "for", "with", "from", "are", "was", "were", "but", "not", "has", "had", "his", "her", "its", "our",
     "their", "them", "than", "does", "did", "send", "eth", "usdc", "usdt", "dai", "btc", "which")
)  # fmt: skip


def withheld(text: str) -> str:
    """Why a text is not sent, '' where it may be. It goes on after 'it'."""
    if KEY.search(text):
        return "was not asked: 32 bytes of hex could be a private key, and those are never sent"
    if _longest_run(text) >= PHRASE_WORDS:
        return "was not asked: this could be a recovery phrase, and those are never sent"
    return ""


def _longest_run(text: str) -> int:
    """Of neighbouring words that could all be of a recovery phrase, numbered or not."""
    longest = run = 0
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        run = run + 1 if 3 <= len(word) <= 8 and word.isascii() and word not in ORDINARY else 0
        longest = max(longest, run)
    return longest
