"""What can go wrong with a ledger: one class for each thing a caller treats apart."""

from __future__ import annotations

from layers.errors import InputRefusedError, ToolkitError


class LedgerError(InputRefusedError):
    """A ledger cannot be opened, read or written; nothing was changed."""


class NotALedgerError(LedgerError):
    """There is something else where the ledger should be, or already something."""


class LedgerLockedError(LedgerError):
    """Another program holds the ledger and did not let go in time."""


class LedgerReadOnlyError(LedgerError):
    """The file, its folder or its medium cannot be written to."""


class LedgerFullError(LedgerError):
    """There is no room for what was to be written; nothing of it was."""


class LedgerDamagedError(LedgerError):
    """The store says that its own file is broken, or the drive failed."""


class LedgerVersionError(LedgerError):
    """The ledger was made by a newer version, or must be migrated first."""


class NoSuchCaseError(ToolkitError, KeyError):
    """There is no case with this number."""

    def __init__(self, *, where: str, case_id: str) -> None:
        self.where = where
        self.case_id = case_id
        super().__init__(
            f"{where}: expected the number of a case, got {case_id!r}; "
            "list the cases to see their numbers"
        )

    def __str__(self) -> str:
        """Return the message; `KeyError` would print it quoted."""
        return str(self.args[0])


class RefusedError(ToolkitError, ValueError):
    """The rules of the ledger do not allow an entry; nothing was written.

    Attributes
    ----------
    case_id
        Whose entry; "" for the ledger itself.
    what
        What was to be entered.
    lacks
        What stands against it, piece by piece.
    """

    def __init__(self, *, case_id: str, what: str, lacks: tuple[str, ...]) -> None:
        self.case_id = case_id
        self.what = what
        self.lacks = lacks
        super().__init__(f"{case_id or 'ledger'}: {what} refused: {'; '.join(lacks)}")


class RoleError(RefusedError):
    """The role of the one who writes does not allow it."""


class MoveRefusedError(RefusedError):
    """A move between states is not foreseen, or lacks what it needs."""
