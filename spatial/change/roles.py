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
_NIR, _NARROW = "nir", "nir08"
_ENOUGH = 20  # pixels for a correlation
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
        bands of Sentinel-2 stand sorted by file name, with B8A last (told by which
        band is most like B8).

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
    by_name = (*(r for r in order if r != _NARROW), _NARROW)
    if _NARROW in order and _alike(image, by_name) > _alike(image, order):
        return by_name, (*notes, "bands_by_name")
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


def _alike(image: NDArray[np.float32], order: tuple[str, ...]) -> float:
    """Return the correlation of the two bands that an order calls near infrared."""
    two = image[[order.index(_NIR), order.index(_NARROW)], ::7, ::7].reshape(2, -1)
    two = two[:, np.isfinite(two).all(axis=0)].astype(np.float64)
    if two.shape[1] < _ENOUGH or two.std(axis=1).min() == 0:
        return 0.0
    return float(np.asarray(np.corrcoef(two))[0, 1])
