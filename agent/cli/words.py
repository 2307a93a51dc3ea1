"""Text that a command is given: as an argument, or on standard input where the argument is '-'."""

import sys

from chain.errors import SayDifferently

MOST_BYTES = 4_000_000
UNREAD = "Nothing was done."


def given(text: str) -> str:
    """The text itself, or standard input for '-'. Raises SayDifferently where there is none, too much, or no Unicode."""
    words = from_stdin() if text == "-" else text
    if not words.strip():
        raise SayDifferently(
            "There is nothing to read.", not_done=UNREAD, remedy='Say what you want, as in: "what is my usdc balance?"'
        )
    if not is_unicode(words):
        raise SayDifferently("The text is not valid Unicode.", not_done=UNREAD, remedy="Give it in UTF-8.")
    return words


def from_stdin() -> str:
    """All of standard input. Raises SayDifferently where it is too long or no UTF-8."""
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SayDifferently("The text is longer than 4 MB.", not_done=UNREAD, remedy="Say the request alone.")
    try:
        return content.decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise SayDifferently("The text is not valid Unicode.", not_done=UNREAD, remedy="Give it in UTF-8.") from None


def is_unicode(text: str) -> bool:
    """Whether the text has a meaning outside of this process: no lone surrogates."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
