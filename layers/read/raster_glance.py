"""What a raster is: its grid, where it lies, and what stands in the way of using it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj.exceptions import CRSError as ProjCrsError

from layers import worker
from layers.crs import name_of, settle
from layers.errors import CrsError
from layers.read.extent import Extent, extent_of
from layers.read.places import whereabouts
from layers.text import Message

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.formats import Sniffed
    from layers.formats.raster import RasterHeader


@dataclass(frozen=True, slots=True)
class RasterGlance:
    """A raster as it is.

    Attributes
    ----------
    name
        The file's name without its extension.
    header
        What the file says of itself; see `layers.formats.raster.RasterHeader`.
    crs, crs_evidence
        The reference system and where it is stated; ``none`` when it is not.
    resolution
        Width and height of a pixel in the units of `crs`, both positive; None without
        a place.
    bounds
        (min_x, min_y, max_x, max_y) of its four corners in the units of `crs`.
    lonlat
        The same in degrees, EPSG:4490; None where the reference system is not settled
        or the corners cannot lie there.
    problems
        What stands in the way of using it.
    places
        Where it lies in words, as of a `Glance`.
    """

    name: str
    header: RasterHeader
    crs: str
    crs_evidence: str
    resolution: tuple[float, float] | None
    bounds: tuple[float, float, float, float] | None
    lonlat: tuple[float, float, float, float] | None
    problems: tuple[Message, ...]
    places: tuple[Message, ...] = ()


def look_at_raster(path: Path, source: str) -> tuple[Sniffed, RasterGlance]:
    """Return how a GeoTIFF was recognised, and what it is; a child opens it.

    Parameters
    ----------
    path
        The file.
    source
        What messages call it.

    Raises
    ------
    SourceNotFoundError, InputRefusedError, ExtraMissingError
        As `layers.worker.raster_header`.
    """
    sniffed, header = worker.raster_header(path)
    corners = np.array(header.corners(), dtype=float).reshape(-1, 2)
    problems = _problems(header)
    crs, extent = _stated(header.crs), Extent()
    try:
        settled = settle(
            header.crs,
            source=source,
            evidence="GeoTIFF keys",
            numbers=corners if len(corners) else None,
        )
        crs, extent = settled.source, extent_of(_outline(corners), settled)
        if settled.issue is not None:
            problems.append(Message(f"issue.{settled.issue}", {"crs": crs}))
    except CrsError as error:
        problems.append(Message("inspect.crs_refused", {"reason": str(error)}))
    return sniffed, RasterGlance(
        name=path.stem,
        header=header,
        crs=crs,
        crs_evidence="GeoTIFF keys" if header.crs else "none",
        resolution=_resolution(header),
        bounds=_bounds(corners),
        lonlat=extent.box,
        places=whereabouts(extent.middles),
        problems=tuple(problems),
    )


def _stated(crs: str | None) -> str:
    """Return the name of a reference system as the file states it."""
    if crs is None:
        return "none"
    try:
        return name_of(crs)
    except ProjCrsError:
        return repr(crs)[:80]


def _outline(corners: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the outline as one geometry, or none."""
    made = [shapely.Polygon(corners)] if len(corners) else []
    return np.array(made, dtype=object)


def _bounds(
    corners: NDArray[np.float64],
) -> tuple[float, float, float, float] | None:
    """Return the box of the corners."""
    if not len(corners) or not np.isfinite(corners).all():
        return None
    west, south = corners.min(axis=0).tolist()
    east, north = corners.max(axis=0).tolist()
    return west, south, east, north


def _resolution(header: RasterHeader) -> tuple[float, float] | None:
    """Return the lengths of the two sides of a pixel."""
    if header.transform is None:
        return None
    a, b, _, d, e, _ = header.transform
    return float(np.hypot(a, d)), float(np.hypot(b, e))


def _problems(header: RasterHeader) -> list[Message]:
    """Say what the header lacks, or has too much of."""
    bare = sum(one is None for one in header.nodata)
    scaled = set(header.scales) != {1.0} or set(header.offsets) != {0.0}
    found = {
        "not_placed": header.transform is None and not header.has_control_points,
        "control_points": header.has_control_points,
        "rotated": header.is_rotated,
        "no_nodata": bare and not header.has_mask,
        "scaled": scaled,
        "pages": header.pages > 1,
        "empty_blocks": header.empty_blocks,
        "beside": header.beside,
    }
    facts: dict[str, str | float] = {
        "bands": bare,
        "count": header.pages,
        "empty": header.empty_blocks,
        "blocks": header.blocks,
        "names": ", ".join(header.beside),
    }
    names = [name for name, is_so in found.items() if is_so]
    return [Message(f"inspect.raster_{name}", facts) for name in names]
