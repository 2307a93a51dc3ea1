"""Every error of the language part, in one tree; the faces map it by `exit_code` to what the person must do next.

NlpError                1   something failed
├── ModelNotReady       4   set-up is needed first
│   ├── EncoderMissing  4   the base encoder was not found
│   ├── EncoderAltered  4   it was found, and is not the published one
│   └── WeightsUnfit    4   adapters and heads are missing, or were trained for other labels
├── BadData             2   a file of examples or gold lines does not have the agreed form
└── ReadingRefused      2   what a larger model answered does not have the agreed form, or is not in the words
"""

from typing import ClassVar


class NlpError(Exception):
    """Something in the language part failed."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(self, happened: str, *, remedy: str = "") -> None:
        """What happened and what to do next, each one sentence."""
        super().__init__(happened)
        self.happened = happened
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.remedy) if part)


class ModelNotReady(NlpError):
    """The model cannot run before something is set up."""

    exit_code = 4
    code = "setup_needed"


class EncoderMissing(ModelNotReady):
    """The base encoder is neither at the given path, nor installed, nor to be had from the hub."""


class EncoderAltered(ModelNotReady):
    """The encoder's weights are not the published ones: their SHA-256 differs."""


class WeightsUnfit(ModelNotReady):
    """The adapters and heads are missing, damaged, or made for other labels than the schema has."""


class BadData(NlpError):
    """A file of examples or gold lines does not have the agreed form."""

    exit_code = 2
    code = "say_differently"


class ReadingRefused(NlpError):
    """A larger model's answer is not of the agreed form, or holds what the user did not say. Nothing of it is used.

    The text holds no word of that model's: `happened` goes on after 'it'.
    """

    exit_code = 2
    code = "reading_refused"
