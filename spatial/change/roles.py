"""Which row of an array is which band: told by names, by a sensor, or by their number.

Detection weighs bands by what they see, so it has to know them. Names are roles
("blue", "green", "red", "nir", "swir1", "swir2" and more) and come with every image
that `layers.read_raster` opened. A bare array has none; then the usual order of the
number of bands stands, and the answer says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CORE = ("blue", "green", "red", "nir", "swir1", "swir2")
"""The bands that Landsat and Sentinel-2 have in common."""

_EDGES = ("rededge1", "rededge2", "rededge3")
_S2 = ("coastal", "blue", "green", "red", *_EDGES, "nir", "nir08", "vapour", "cirrus")
_SWIR = ("swir1", "swir2")
_NARROW_LAST = (*_S2[:8], *_S2[9:], *_SWIR, "nir08")

SENSORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "sentinel2": (
        (*_S2, *_SWIR),
        (*_S2[:10], *_SWIR),
        (*_S2[1:9], *_SWIR),
        CORE,
        ("blue", "green", "red", "nir"),
    ),
    "landsat": (
        CORE,
        ("coastal", *CORE),
        ("blue", "green", "red", "nir"),
    ),
}
"""For each family of sensors the orders of bands that are in use, told by their number.

Sentinel-2: 13 bands of L1C, 12 of L2A, the 10 of 10 and 20 m, the six core bands.
Landsat: the six reflective bands of TM and ETM+, the seven of OLI."""

_USUAL: dict[int, tuple[str, ...]] = {
    13: (*_S2, *_SWIR),
    12: (*_S2[:10], *_SWIR),
    10: (*_S2[1:9], *_SWIR),
    7: ("coastal", *CORE),
    6: CORE,
    4: CORE[:4],
}
_SEEN = 0.25  # a cirrus band is that much darker than its neighbours, or darker still
_CIRRUS, _CIRRUS_BY_NAME = 10, 9  # where it stands in the order of the sensor, of names
_ALL = 13
_FINE = 10  # from so many bands on an image without a sensor is Sentinel-2


def roles_of(
    image: NDArray[np.float32],
    *,
    bands: Sequence[str] | None = None,
    sensor: str | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the role of every band, and keys of notes on how it was told.

    Parameters
    ----------
    image
        Bands, rows, columns.
    bands
        Their roles. Unknown names are allowed and serve as further bands.
    sensor
        A name that begins with a key of `SENSORS` once its marks are left out
        ("Sentinel-2 L1C", "landsat7"); used where `bands` is not given.

    Returns
    -------
    tuple of str, tuple of str
        As many roles as bands (``band1``... where nothing is known), and note keys:
        ``bands_assumed`` where only their number told, ``bands_by_name`` where the
        13 bands of Sentinel-2 stand sorted by file name, with B8A last (told by the
        dark cirrus band).

    Raises
    ------
    InputRefusedError
        The names are not as many as the bands, or one stands twice.
    """
    count = image.shape[0]
    if bands is not None:
        _check_names(tuple(bands), count)
        return tuple(bands), ()
    orders = SENSORS.get(family(sensor) or "", ())
    order = next((o for o in orders if len(o) == count), None)
    notes: tuple[str, ...] = ()
    if order is None:
        order = _USUAL.get(count)
        if order is None:
            return tuple(f"band{i + 1}" for i in range(count)), ("bands_unknown",)
        notes = ("bands_assumed",)
    if count == _ALL and _sorted_by_name(image):
        return _NARROW_LAST, (*notes, "bands_by_name")
    return order, notes


def family(sensor: str | None) -> str | None:
    """Return the key of `SENSORS` that a sensor's name begins with, else None."""
    plain = "".join(c for c in (sensor or "").lower() if c.isalnum())
    return next((k for k in SENSORS if plain.startswith(k)), None)


def is_fine(count: int, sensor: str | None) -> bool:
    """Return whether the image is of 10 m (Sentinel-2), where buildings are seen."""
    kind = family(sensor)
    return kind == "sentinel2" if kind else count >= _FINE


def _check_names(bands: tuple[str, ...], count: int) -> None:
    if len(bands) != count or len(set(bands)) != count:
        raise InputRefusedError(
            source="bands",
            expected=f"{count} different names, one a band of the array",
            got=", ".join(bands) or "none",
            todo="name every band of the array once, in its order",
        )


def _sorted_by_name(image: NDArray[np.float32]) -> bool:
    """Say whether the dark cirrus band stands where sorting by name puts it."""
    thin = image[:, ::7, ::7].reshape(_ALL, -1)
    thin = thin[:, np.isfinite(thin).all(axis=0)]
    if thin.shape[1] == 0:
        return False
    level = np.median(np.abs(thin), axis=1)
    return bool(
        level[_CIRRUS_BY_NAME] < _SEEN * np.median(level)
        and level[_CIRRUS_BY_NAME] < level[_CIRRUS]
    )
