"""What rows of a file have in common, however their polygons are written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely

from layers.errors import GeometryError

if TYPE_CHECKING:
    from spatial.measure.ellipsoid import Integers, Shapes

LIMITS = (180.0, 90.0)
"""Degrees of longitude and latitude."""


class Rows(Protocol):
    """Consecutive rows of a file.

    Attributes
    ----------
    first
        Row of the file that they begin with.
    source
        The file, for messages.
    """

    @property
    def first(self) -> int:
        """The row."""

    @property
    def source(self) -> str:
        """The file."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def shapes(self, rows: Integers | None = None) -> Shapes:
        """Return the geometries of some of the rows, or all."""


def refuse_invalid(rows: Rows) -> None:
    """Raise if a row is not valid: its area is a guess.

    Raises
    ------
    GeometryError
        Names the first one and its fault.
    """
    shapes = rows.shapes()
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    if len(bad):
        at = int(bad[0])
        raise error_of(rows, at, shapely.is_valid_reason(shapes[at]))


def error_of(rows: Rows, row: int, got: str) -> GeometryError:
    """Return the error of a row, counted from the first of these."""
    msg = (
        f"{rows.source}, row {rows.first + row}: expected a valid polygon in "
        f"EPSG:4490, got {got}; read the file with layers.read, which mends and "
        f"says so, and pass the layer"
    )
    return GeometryError(msg)
