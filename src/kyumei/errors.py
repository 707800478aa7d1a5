"""What can go wrong, as one tree.

* KyumeiError
  + UserError            the user can put it right; exit code 2, printed as one sentence with a hint
  + EvidenceError        evidence or ledger is not what was sealed; everything stops, exit code 3
    - EvidenceChanged    a digest differs
    - CustodyBroken      the ledger's chain does not hold
  + NotAllowed           locked or forbidden; exit code 6

Damage *inside* evidence is none of these: it is a `kyumei.model.fault.Fault`, stored and counted, and the run goes on.
"""

from __future__ import annotations


class KyumeiError(Exception):
    """Base class; `exit_code` is what the command line returns."""

    exit_code = 1


class UserError(KyumeiError):
    """Something the user can put right.

    Args:
        message: one sentence that names the thing.
        hint: what to do about it.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class EvidenceError(KyumeiError):
    """Preserved evidence can no longer be trusted."""

    exit_code = 3


class EvidenceChanged(EvidenceError):
    """A digest differs from the one that was sealed."""


class CustodyBroken(EvidenceError):
    """The custody ledger's chain does not hold."""


class NotAllowed(KyumeiError):
    """The case is locked or the act is forbidden."""

    exit_code = 6
