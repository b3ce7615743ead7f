"""read_raster: a file, a folder or a STAC item becomes a `RasterLayer`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from affine import Affine

from layers import worker
from layers.errors import CrsError, InputRefusedError, SourceNotFoundError
from layers.formats.pixels import BandRef, band_of, signature_of
from layers.formats.raster import header as header_here
from layers.grid import Grid
from layers.raster.found import in_file, in_folder
from layers.raster.frames import is_settled
from layers.raster.model import Band, RasterLayer
from layers.raster.radiometry import factors, middle
from layers.raster.roles import MASKS, SENSORS
from layers.raster.stac import in_item
from layers.systems import horizontal, name_of, need_written_out
from layers.text import Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from layers.formats.raster import RasterHeader
    from layers.raster.found import Found, Piece
    from layers.systems import CrsLike

BARE_ZERO = ("sentinel-2", "landsat-tm", "landsat-etm", "landsat-oli")
"""Sensors whose products store 0 where there is nothing, stated or not."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the caller states."""

    crs: CrsLike | None
    nodata: float | None
    in_process: bool


def read_raster(
    source: Path | str,
    *,
    bands: Sequence[str] | None = None,
    sensor: str | None = None,
    date: dt.date | None = None,
    crs: CrsLike | None = None,
    scale: float | None = None,
    offset: float | None = None,
    nodata: float | None = None,
    in_process: bool = False,
) -> RasterLayer:
    """Open an image; headers are read, and one window to judge the numbers.

    Parameters
    ----------
    source
        A GeoTIFF (COG) or JPEG 2000 file with one or several bands; a folder of
        single bands named as Sentinel-2 (a SAFE folder too) or Landsat Collection 2
        names them, or by their roles; or a STAC item (``.json``) beside its files.
    bands
        Roles of the bands of a file in their order, ``""`` for those that are not
        wanted. Needed where neither descriptions nor name tell them.
    sensor
        ``sentinel-2``, ``landsat-tm``, ``landsat-etm`` or ``landsat-oli``, where names
        do not tell.
    date
        Day of the picture; it wins over what is stated.
    crs
        Reference system, where the files state none.
    scale, offset
        Stored number times scale plus offset is reflectance, for all bands; they win
        over what is stated.
    nodata
        Number that stands for nothing; it wins over what is stated.
    in_process
        Open the files in this process, without the walls of `layers.worker`: for
        files that you trust.

    Raises
    ------
    SourceNotFoundError
        There is no such file or folder.
    InputRefusedError
        It is no raster that could be trusted (a list of other rasters under the name
        of one, cut, damaged), roles are not known, the bands are of several days or
        tiles or do not lie upon each other, it is not placed by a grid, or there is
        no such sensor.
    CrsError
        The reference system is missing or names a file.
    """
    path = Path(source)
    if not path.exists():
        raise SourceNotFoundError(source, todo="check the path")
    if sensor is not None and sensor not in SENSORS:
        raise InputRefusedError(
            source=source, expected=f"sensor= one of {', '.join(SENSORS)}",
            got=repr(sensor), todo="leave it out if none of these fits",
        )  # fmt: skip
    said = _Said(crs, nodata, in_process)
    path = path.absolute()
    found = _found(path, bands, sensor, said)
    headers = _headers(found, said)
    grids = {one.role: _grid(one.path, headers[one.role], said) for one in found.pieces}
    pieces = found.pieces
    known = factors(
        found,
        headers,
        lambda one: _sample(one, headers[one.role], found, said),
        scale=scale,
        offset=offset,
    )
    made = tuple(
        Band(
            role=one.role,
            ref=BandRef(one.path, one.index, signature_of(one.path)),
            grid=grids[one.role],
            dtype=headers[one.role].dtypes[one.index - 1],
            nodata=_nodata(one, headers[one.role], found, said),
            scale=known.scale.get(one.role, 1.0),
            offset=known.offset.get(one.role, 0.0),
        )
        for one in pieces
    )
    grid = _finest(made)
    _need_together(made, grid, source)
    clues, sidecar = found.clues, found.sidecar
    day = date or (sidecar.date if sidecar and sidecar.date else clues.date)
    settled = is_settled(grid.crs)
    notes = [
        *found.notes,
        *known.notes,
        *_doubts(made, headers, day, grid, settled=settled),
    ]
    return RasterLayer(
        name=path.stem,
        source=str(source),
        grid=grid,
        sources=made,
        date=day,
        year=day.year if day else clues.year,
        sensor=clues.sensor,
        level=clues.level,
        quantity=known.quantity,
        baseline=clues.baseline or (sidecar.baseline if sidecar else None),
        notes=tuple(notes),
        in_process=in_process,
        is_settled=settled,
    )


def _found(
    path: Path, bands: Sequence[str] | None, sensor: str | None, said: _Said
) -> Found:
    """Return the bands of a source, whatever it is."""
    if path.is_dir():
        return in_folder(path, sensor=sensor)
    if path.suffix.lower() in {".json", ".geojson"}:
        return in_item(path, sensor=sensor)
    head = _header(path, said)
    texts = head.descriptions or ("",) * len(head.dtypes)
    asked = None if bands is None else tuple(one or "" for one in bands)
    return in_file(path, texts, bands=asked, sensor=sensor)


def _header(path: Path, said: _Said) -> RasterHeader:
    """Return the header of a file."""
    if said.in_process:
        found = header_here(path)
        need_written_out(found.crs, source=str(path))
        return found
    return worker.band_header(path)


def _headers(found: Found, said: _Said) -> Mapping[str, RasterHeader]:
    """Return the header of each band's file, by role; a file is asked once."""
    by_path = {path: _header(path, said) for path in {p.path: 0 for p in found.pieces}}
    return {one.role: by_path[one.path] for one in found.pieces}


def _grid(path: Path, head: RasterHeader, said: _Said) -> Grid:
    """Return where the pixels of a file lie."""
    if head.transform is None or head.has_control_points:
        raise InputRefusedError(
            source=path,
            expected="a raster that is placed by a grid",
            got="control points or rational polynomials"
            if head.has_control_points
            else "none",
            todo="rectify it, and write its place into the file itself",
        )
    a, b, _, d, e, _ = head.transform
    if a * e == b * d:
        raise InputRefusedError(
            source=path,
            expected="pixels with an area",
            got=f"a transform without ({head.transform})",
            todo="export it again",
        )
    stated = head.crs if said.crs is None else said.crs
    if stated is None:
        raise CrsError(
            source=path,
            expected="a coordinate reference system",
            got="none",
            todo="find out which one it is and pass it: crs='EPSG:4490'",
        )
    need_written_out(stated, source=str(path))
    try:
        crs = horizontal(pyproj.CRS.from_user_input(stated))
    except pyproj.exceptions.CRSError as error:
        raise CrsError(
            source=path,
            expected="a reference system that is understood",
            got=repr(stated)[:80],
            todo="pass it: crs='EPSG:4490'",
        ) from error
    is_settled(crs)  # refuses what is neither degrees nor a projection
    return Grid(crs, Affine(*head.transform), head.width_px, head.height_px)


def _nodata(one: Piece, head: RasterHeader, found: Found, said: _Said) -> float | None:
    """Return the number that stands for nothing."""
    if said.nodata is not None and one.role not in MASKS:
        return said.nodata
    stated = one.nodata if one.nodata is not None else head.nodata[one.index - 1]
    if stated is not None:
        return stated
    is_whole = not head.dtypes[one.index - 1].startswith("float")
    bare = found.clues.sensor in BARE_ZERO and is_whole and one.role != "qa"
    return 0.0 if bare else None


def _sample(
    one: Piece, head: RasterHeader, found: Found, said: _Said
) -> NDArray[np.float64]:
    """Return stored numbers from the middle of a band."""
    ref = BandRef(one.path, one.index, signature_of(one.path))
    door = band_of if said.in_process else worker.raster_window
    raw, inner = door(ref, middle(head))
    kept = np.isfinite(raw)
    blank = _nodata(one, head, found, said)
    if blank is not None:
        kept &= raw != blank
    if inner is not None:
        kept &= inner > 0
    return np.asarray(raw[kept], dtype=float)


def _finest(made: tuple[Band, ...]) -> Grid:
    """Return the grid of the smallest pixels among the bands of light."""
    light = [one.grid for one in made if one.role not in MASKS]
    return min(light, key=lambda one: one.resolution[0] * one.resolution[1])


def _need_together(made: tuple[Band, ...], grid: Grid, source: Path | str) -> None:
    """Refuse bands that do not cover the same ground."""
    for one in made:
        if one.grid.crs != grid.crs:
            raise InputRefusedError(
                source=source,
                expected="bands in one reference system",
                got=f"{name_of(grid.crs)} and {name_of(one.grid.crs)}",
                todo="put each image into a folder of its own",
            )
        step = max(*one.grid.resolution, *grid.resolution)
        apart: Any = np.abs(np.subtract(one.grid.bounds, grid.bounds)).max()
        if apart > step:
            raise InputRefusedError(
                source=source,
                expected="bands that cover the same ground",
                got=f"{one.role} whose border lies {apart / step:.1f} pixels off",
                todo="put each image into a folder of its own",
            )


def _doubts(
    made: tuple[Band, ...],
    headers: Mapping[str, RasterHeader],
    day: dt.date | None,
    grid: Grid,
    *,
    settled: bool,
) -> list[Message]:
    """Return what a reader of the image should know."""
    light = [one for one in made if one.role not in MASKS]
    facts: dict[str, str | float] = {
        "crs": name_of(grid.crs),
        "beside": ", ".join(sorted({n for h in headers.values() for n in h.beside})),
        "bands": ", ".join(
            one.role
            for one in light
            if one.nodata is None
            and not headers[one.role].has_mask
            and not one.dtype.startswith("float")
        ),
    }
    told = {
        "no_mask_band": len(light) == len(made),
        "no_day": day is None,
        "datum_unsettled": not settled,
        "beside": bool(facts["beside"]),
        "blank_unknown": bool(facts["bands"]),
        "several_pages": any(one.pages > 1 for one in headers.values()),
    }
    return [Message(f"raster.{name}", facts) for name, so in told.items() if so]
