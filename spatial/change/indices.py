"""Indices of vegetation, buildings, bare ground, water and burning, as images.

Each is a difference over a sum of reflectances and lies between -1 and 1:

NDVI   Rouse et al. (1974), vegetation: nir against red
NDBI   Zha, Gao and Ni (2003), built-up: swir1 against nir
BSI    Rikimaru et al. (2002), bare soil: swir1 + red against nir + blue
MNDWI  Xu (2006), water: green against swir1
NBR    Key and Benson (2006), burning: nir against swir2
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.errors import InputRefusedError

Image = NDArray[np.float32]

INDICES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ndvi": (("nir",), ("red",)),
    "ndbi": (("swir1",), ("nir",)),
    "bsi": (("swir1", "red"), ("nir", "blue")),
    "mndwi": (("green",), ("swir1",)),
    "nbr": (("nir",), ("swir2",)),
}
"""Roles that speak for an index, and roles that speak against it."""

DARK = np.float32(1e-6)
"""A sum of bands below says nothing."""
MOST_BANDS = 2
"""On either side of an index."""


def index_images(image: Image, roles: tuple[str, ...]) -> Image:
    """Return the indices that the bands allow, in the order of `INDICES`.

    Parameters
    ----------
    image
        Bands, rows, columns (or bands, pixels), in one unit for all bands.
    roles
        Of the bands.

    Returns
    -------
    array
        (indices, rows, columns), float32 in [-1, 1]; NaN is passed on. 0 where the sum
        is not positive: darkness says nothing of a kind.

    Raises
    ------
    InputRefusedError
        Not one index can be made of these bands.

    Examples
    --------
    >>> pixel = np.array([[[0.1]], [[0.3]]], np.float32)
    >>> float(index_images(pixel, ("red", "nir"))[0, 0, 0])
    0.5
    """
    return np.stack([_index(image, *rows) for rows in index_rows(roles)])


def index_rows(roles: tuple[str, ...]) -> list[tuple[list[int], list[int]]]:
    """Return the bands for and against each index that can be made.

    Raises
    ------
    InputRefusedError
        Not one can.
    """
    made = [
        ([roles.index(r) for r in plus], [roles.index(r) for r in minus])
        for plus, minus in INDICES.values()
        if {*plus, *minus} <= set(roles)
    ]
    if not made:
        raise InputRefusedError(
            source="bands",
            expected="bands for one of " + ", ".join(INDICES),
            got=", ".join(roles),
            todo="name the bands with bands=, or use another method",
        )
    return made


def _index(image: Image, plus: list[int], minus: list[int]) -> Image:
    a, b = (np.maximum(sum(image[i] for i in k), np.float32(0)) for k in (plus, minus))
    total = a + b
    value = (a - b) / np.maximum(total, DARK)
    return np.where(total > DARK, value, np.where(np.isnan(total), total, 0)).astype(
        np.float32
    )
