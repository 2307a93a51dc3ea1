"""Every error a person can meet, in one tree ordered by what they must do next.

    SaysoError                      1   something failed; safe to try again
    ├── SayDifferently              2   the words, or a value in them, cannot be used
    ├── NotConfirmed                3   waits for a confirmation, or was declined
    │   ├── WrongDigest             3
    │   └── DraftExpired            3
    ├── SetupNeeded                 4   no key, no RPC, unknown chain
    │   ├── Locked                  4   the keystore did not open
    │   ├── UnknownChain            4
    │   └── ChainWasReset           4   the chain stands behind our nonce ledger
    ├── Refused                     5   a check or the policy says no
    │   ├── InsufficientFunds       5
    │   └── SimulationReverts       5
    ├── Reverted                    6   mined, and it failed
    └── OutcomeUnknown              7   sent, and not seen within the time allowed

No text here may hold a secret or a full RPC URL.
"""

from typing import ClassVar


class SaysoError(Exception):
    """Something failed; nothing was moved unless the text says so."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"

    def __init__(self, happened: str, *, not_done: str = "", remedy: str = "") -> None:
        """What happened, what was therefore not done, and what to do next, each one sentence."""
        super().__init__(happened)
        self.happened = happened
        self.not_done = not_done
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.not_done, self.remedy) if part)


class SayDifferently(SaysoError):
    """The words were not understood, or a value in them is missing or unusable."""

    exit_code = 2
    code = "say_differently"


class NotConfirmed(SaysoError):
    """A confirmation is awaited, or was refused."""

    exit_code = 3
    code = "not_confirmed"


class WrongDigest(NotConfirmed):
    """The digest given is not the digest of the stored draft."""

    code = "wrong_digest"


class DraftExpired(NotConfirmed):
    """The draft ran out before it was signed."""

    code = "draft_expired"


class SetupNeeded(SaysoError):
    """A key, an RPC or a setting is needed first."""

    exit_code = 4
    code = "setup_needed"


class Locked(SetupNeeded):
    """The keystore could not be opened."""

    code = "locked"


class UnknownChain(SetupNeeded):
    """The node reports a chain id that the registry does not know."""

    code = "unknown_chain"


class ChainWasReset(SetupNeeded):
    """The chain stands behind what the nonce ledger remembers of it."""

    code = "chain_was_reset"


class Refused(SaysoError):
    """A check or the person's own policy forbids this."""

    exit_code = 5
    code = "refused"


class InsufficientFunds(Refused):
    """More would leave than the account holds."""

    code = "insufficient_funds"


class SimulationReverts(Refused):
    """The simulation of a step reverts, or does other than was asked."""

    code = "simulation_reverts"


class Reverted(SaysoError):
    """The transaction was mined and failed."""

    exit_code = 6
    code = "reverted"


class OutcomeUnknown(SaysoError):
    """The transaction was sent and not seen within the time allowed."""

    exit_code = 7
    code = "outcome_unknown"
