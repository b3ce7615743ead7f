"""What a store of the ledger can do; a file and a server do it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection
    from sqlalchemy.exc import DBAPIError

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for its turn."""


class Store(Protocol):
    """A place where the tables lie.

    Attributes
    ----------
    name
        For messages; tells no password.
    """

    name: str

    def reading(self) -> AbstractContextManager[Connection]:
        """Yield a connection that sees one state of the ledger throughout."""

    def writing(self) -> AbstractContextManager[Connection]:
        """Yield a connection that alone may write; commit at the end, or nothing."""

    def creating(self) -> AbstractContextManager[Connection]:
        """Yield a connection to an empty place, which stays empty if it fails."""

    def prepare(self, connection: Connection, *, at: str) -> None:
        """Make what belongs to this sort of store, after the tables are there."""

    def is_missing_table(self, error: DBAPIError) -> bool:
        """Say whether an error means that a table is not there."""

    def near(
        self, connection: Connection, boxes: NDArray[np.float64], *, table: str
    ) -> list[int]:
        """Return the keys of rows whose box meets one of the boxes, ascending.

        Boxes are (n, 4): min_lon, min_lat, max_lon, max_lat. Rows that only nearly
        meet may be among them, rows that meet are never missing.
        """

    def grown(self, connection: Connection, bounds: NDArray[np.float64]) -> None:
        """Note that shapes in this box (4,) were written."""

    def faults(self, connection: Connection) -> list[str]:
        """Return what is wrong with the store itself: guards, indices, pages."""
