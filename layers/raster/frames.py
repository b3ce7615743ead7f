"""Places from one reference system to another, where the two datums are taken as one.

Only conversions between a projection and its own degrees are made; CGCS2000 and WGS 84
count as the same, as everywhere here. Two other datums are the same only if PROJ calls
them so: no shift is guessed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import CrsMismatchError
from layers.systems import conversion, equated, geodetic_of, horizontal, name_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS, Transformer

SOURCE = "image"


def mapped(
    x: NDArray[np.float64], y: NDArray[np.float64], start: CRS, end: CRS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places of one system in another; x is the easting or longitude of both.

    Raises
    ------
    CrsMismatchError
        The datums differ and nobody has said what lies between them.
    """
    if start == end:
        return x, y
    if not is_one_datum(start, end):
        msg = (
            f"{name_of(start)} and {name_of(end)} stand on different datums; bring "
            "one image to the other's reference system first"
        )
        raise CrsMismatchError(msg)
    forth, back = _conversion(start), _conversion(end)
    if forth is not None:
        x, y = forth.transform(x, y)
    if back is not None:
        x, y = back.transform(x, y, direction="INVERSE")
    return np.asarray(x), np.asarray(y)


def is_one_datum(one: CRS, other: CRS) -> bool:
    """Whether degrees of both may be set equal."""
    first = geodetic_of(horizontal(one), source=SOURCE)
    second = geodetic_of(horizontal(other), source=SOURCE)
    if equated(first) is not None and equated(second) is not None:
        return True
    return bool(first.equals(second, ignore_axis_order=True))


def is_settled(crs: CRS) -> bool:
    """Whether a system stands on CGCS2000 or WGS 84."""
    return equated(geodetic_of(horizontal(crs), source=SOURCE)) is not None


@cache
def _conversion(crs: CRS) -> Transformer | None:
    """Return what makes degrees of a projection; None for degrees."""
    plain = horizontal(crs)
    return conversion(plain, source=SOURCE) if plain.is_projected else None
