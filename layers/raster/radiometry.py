"""From stored numbers to reflectance, and how far that may be believed.

Sentinel-2 (Products Specification Document; processing baseline 04.00, in use since
2022-01-25): stored numbers are reflectance times 10,000; from that baseline on 1,000 is
added so that dark pixels do not become negative. The day is no safe sign, since
archives were processed again; nor is the baseline, since providers take the offset out
and keep the name. So the numbers are asked too: with the offset in, hardly a pixel of
water or shadow stands below 1,000.

Landsat Collection 2 level 2 (USGS Landsat 8-9 Collection 2 Level 2 Science Product
Guide): surface reflectance is the stored number times 0.0000275 less 0.2. Level 1 has
its factors in ``MTL``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from layers.formats.pixels import Window
from layers.raster.roles import MASKS
from layers.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from layers.formats.raster import RasterHeader
    from layers.raster.found import Found, Piece

SINCE = dt.date(2022, 1, 25)
BASELINE = 400
UNIT = 10_000.0
ADDED = 1_000.0
LOW_SHARE, LOW = 0.02, 800.0
"""With the offset in, 2 % of the darkest band below 800 would be reflectances under
-0.02, which no surface has."""
LANDSAT_L2 = (2.75e-5, -0.2)
MOST_REFLECTANCE = 1.6
"""Snow and clouds that face the sun reach it; above, numbers are no reflectance."""
DARK_ROLES = ("swir2", "swir1", "nir", "red")
SAMPLE_PX = 512

Quantity = Literal["reflectance", "relative"]


@dataclass(frozen=True, slots=True)
class Factors:
    """What makes values of stored numbers, and what to say about it.

    Attributes
    ----------
    scale, offset
        By role.
    quantity
        What comes out.
    notes
        How it is known.
    """

    scale: Mapping[str, float]
    offset: Mapping[str, float]
    quantity: Quantity
    notes: tuple[Message, ...] = ()


def factors(
    found: Found,
    headers: Mapping[str, RasterHeader],
    sample: Callable[[Piece], NDArray[np.float64]],
    *,
    scale: float | None,
    offset: float | None,
) -> Factors:
    """Return the factors of an image.

    Parameters
    ----------
    found
        The image.
    headers
        Header of each band's file, by role.
    sample
        Returns stored numbers from the middle of a band, nodata left out.
    scale, offset
        What the caller says, for all bands; it is believed.
    """
    light = tuple(one for one in found.pieces if one.role not in MASKS)
    if scale is not None or offset is not None:
        given = _all(light, 1.0 if scale is None else scale, offset or 0.0)
        facts: dict[str, str | float] = {
            "scale": given[0][light[0].role], "offset": given[1][light[0].role],
        }  # fmt: skip
        return Factors(*given, "reflectance", (Message("raster.factors_given", facts),))
    for stated in (_of_files(light, headers), _of_item(light)):
        if stated is not None:
            return stated
    sensor, level = found.clues.sensor, found.clues.level
    if sensor == "sentinel-2":
        return _sentinel2(found, light, headers, sample)
    if sensor is not None and sensor.startswith("landsat") and level is not None:
        stated = _landsat(found, light)
        if stated is not None:
            return stated
    return _by_numbers(light, headers, sample)


def middle(header: RasterHeader) -> Window:
    """Return the window that is looked at to judge what the numbers are."""
    high, wide = (
        min(SAMPLE_PX, header.height_px),
        min(SAMPLE_PX, header.width_px),
    )
    return Window(
        (header.height_px - high) // 2, (header.width_px - wide) // 2, high, wide
    )


def _all(
    light: tuple[Piece, ...], scale: float, offset: float
) -> tuple[dict[str, float], dict[str, float]]:
    roles = [one.role for one in light]
    return dict.fromkeys(roles, scale), dict.fromkeys(roles, offset)


def _of_files(
    light: tuple[Piece, ...], headers: Mapping[str, RasterHeader]
) -> Factors | None:
    """Return what the files state, if any of them does."""
    scale = {one.role: headers[one.role].scales[one.index - 1] for one in light}
    offset = {one.role: headers[one.role].offsets[one.index - 1] for one in light}
    if set(scale.values()) == {1.0} and set(offset.values()) == {0.0}:
        return None
    return Factors(scale, offset, "reflectance", (Message("raster.factors_in_file"),))


def _of_item(light: tuple[Piece, ...]) -> Factors | None:
    """Return what a STAC item states; a scale without an offset has none."""
    if any(one.scale is None for one in light):
        return None
    scale = {one.role: float(one.scale or 1.0) for one in light}
    offset = {one.role: float(one.offset or 0.0) for one in light}
    return Factors(scale, offset, "reflectance", (Message("raster.factors_in_item"),))


def _sentinel2(
    found: Found,
    light: tuple[Piece, ...],
    headers: Mapping[str, RasterHeader],
    sample: Callable[[Piece], NDArray[np.float64]],
) -> Factors:
    """Return the factors of Sentinel-2."""
    numbers = _dark(light, sample)
    if numbers.size and _is_float(light, headers) and _high(numbers) < MOST_REFLECTANCE:
        note = Message("raster.already_reflectance")
        return Factors(*_all(light, 1.0, 0.0), "reflectance", (note,))
    sidecar = found.sidecar
    if sidecar is not None and sidecar.scales:
        scale = {one.role: sidecar.scales[""] for one in light}
        added = {
            one.role: sidecar.offsets.get(one.band, sidecar.offsets[""])
            for one in light
        }
    else:
        scale, added = _all(light, 1 / UNIT, -ADDED / UNIT)
        if not _offset_expected(found, numbers):
            added = dict.fromkeys(added, 0.0)
    notes = [_told(found, added, numbers)]
    if any(added.values()) and _is_low(numbers):
        # The name says that 1,000 was added, the numbers that it was taken out.
        added = dict.fromkeys(added, 0.0)
        notes.append(Message("raster.offset_contradicted", {"low": _low(numbers)}))
    return Factors(scale, added, "reflectance", tuple(notes))


def _offset_expected(found: Found, numbers: NDArray[np.float64]) -> bool:
    """Whether 1,000 is to be taken off, by the best evidence that there is."""
    if found.is_offset_applied:
        return False
    baseline, date = found.clues.baseline, found.clues.date
    if baseline is not None:
        return int(baseline) >= BASELINE
    if date is not None and date < SINCE:
        return False
    return date is not None and not _is_low(numbers)


def _told(
    found: Found, added: Mapping[str, float], numbers: NDArray[np.float64]
) -> Message:
    """Say what was decided about the offset, and by which evidence."""
    clues = found.clues
    facts: dict[str, str | float] = {
        "offset": min(added.values(), default=0.0),
        "baseline": clues.baseline or "-",
        "date": clues.date.isoformat() if clues.date else "-",
    }
    if found.sidecar is not None and found.sidecar.scales:
        return Message(
            "raster.offset_by_metadata", {**facts, "file": found.sidecar.name}
        )
    if found.is_offset_applied:
        return Message("raster.offset_applied_before", facts)
    if clues.baseline is not None:
        return Message("raster.offset_by_baseline", facts)
    if clues.date is not None and clues.date < SINCE:
        return Message("raster.offset_by_date", facts)
    if _is_low(numbers):
        return Message("raster.offset_by_numbers", {**facts, "low": _low(numbers)})
    return Message("raster.offset_unknown", facts)


def _landsat(found: Found, light: tuple[Piece, ...]) -> Factors | None:
    """Return the factors of Landsat Collection 2, or None for a bare level 1."""
    if (found.clues.level or "").startswith("L2"):
        return Factors(
            *_all(light, *LANDSAT_L2), "reflectance", (Message("raster.landsat_l2"),)
        )
    sidecar = found.sidecar
    if sidecar is None or any(one.band not in sidecar.scales for one in light):
        return None
    return Factors(
        {one.role: sidecar.scales[one.band] for one in light},
        {one.role: sidecar.offsets.get(one.band, 0.0) for one in light},
        "reflectance",
        (Message("raster.landsat_l1", {"file": sidecar.name}),),
    )


def _by_numbers(
    light: tuple[Piece, ...],
    headers: Mapping[str, RasterHeader],
    sample: Callable[[Piece], NDArray[np.float64]],
) -> Factors:
    """Return factors where nothing is stated: reflectance only where it can be."""
    numbers = _dark(light, sample)
    if _is_float(light, headers):
        if numbers.size and _high(numbers) < MOST_REFLECTANCE:
            note = Message("raster.already_reflectance")
            return Factors(*_all(light, 1.0, 0.0), "reflectance", (note,))
        most = 10.0 ** np.ceil(np.log10(max(1.0, _high(numbers))))
    else:
        dtype = np.dtype(headers[light[0].role].dtypes[light[0].index - 1])
        most = UNIT if dtype.itemsize > 1 else float(np.iinfo(dtype).max)
    note = Message("raster.relative", {"most": float(most)})
    return Factors(*_all(light, 1.0 / float(most), 0.0), "relative", (note,))


def _dark(
    light: tuple[Piece, ...], sample: Callable[[Piece], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return numbers of the band in which water and shadow are darkest."""
    by_role = {one.role: one for one in light}
    role = next((one for one in DARK_ROLES if one in by_role), light[0].role)
    return sample(by_role[role])


def _is_float(light: tuple[Piece, ...], headers: Mapping[str, RasterHeader]) -> bool:
    return headers[light[0].role].dtypes[light[0].index - 1].startswith("float")


def _high(numbers: NDArray[np.float64]) -> float:
    return float(np.quantile(numbers, 0.99)) if numbers.size else 0.0


def _low(numbers: NDArray[np.float64]) -> float:
    return float(np.quantile(numbers, LOW_SHARE)) if numbers.size else float("inf")


def _is_low(numbers: NDArray[np.float64]) -> bool:
    return _low(numbers) < LOW
