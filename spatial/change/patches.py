"""From changed pixels to patches: outlined, measured, named, and kept or set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import numpy as np
import shapely

from layers.errors import InputRefusedError
from layers.layer import FRAME
from spatial.change.classify import classify, load_kinds
from spatial.change.events import event_ids, events
from spatial.change.features import features
from spatial.change.outline import degrees, outlines
from spatial.change.reasons import Limits, near_hidden, reasons
from spatial.change.runs import first_pixels, runs_of
from spatial.change.scene import Dense, look_at, seen_in
from spatial.change.trim import trimmed
from spatial.measure import area_m2

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.grid import Grid
    from spatial.change.classify import Kinds
    from spatial.change.outline import Shapes
    from spatial.change.runs import Bools, Runs

COLUMNS = (
    "patch_id",
    "event_id",
    "area_m2",
    "width_m",
    "confidence",
    "kind",
    "kind_confidence",
    "surface",
    "reserve_class",
    "trend",
    "kept",
    "reason",
)
"""Of the table, before its measurements and the geometry."""

EVENT_WITHIN_M = 100.0
"""Patches up to this distance apart are one event: the figure of Brigade Coupes
Rases, which joins clear cuts within 100 m."""

_DEGREES = 6
_TOGETHER = 20_000  # shapes of which copies are made at once


class Detected(Protocol):
    """What a detector found (`spatial.change.detect.Change`)."""

    @property
    def changed(self) -> Bools:
        """Mask (rows, columns)."""

    @property
    def confidence(self) -> NDArray[np.float32]:
        """How sure each pixel is, 0 to 1."""


def patches(
    change: Detected,
    grid: Grid,
    *,
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    bands: Sequence[str],
    shift_px: tuple[float, float] = (0.0, 0.0),
    min_area_m2: float | None = None,
    min_width_m: float | None = None,
    event_within_m: float = EVENT_WITHIN_M,
    kinds: Kinds | None = None,
    trim: bool = True,
) -> gpd.GeoDataFrame:
    """Return every patch of change, also those that are not worth a drive.

    Parameters
    ----------
    change
        The mask and its confidence, (rows, columns).
    grid
        Where the pixels lie.
    before, after
        (bands, rows, columns) reflectance 0 to 1 on `grid`, NaN where nothing was
        observed. Read pixel by pixel: memory-mapped arrays will do.
    bands
        Role of each band: blue, green, red, nir, swir1, swir2. What needs a band that
        is not there is unknown, and unknown is no reason to set a patch aside.
    shift_px
        Measured shift between the images, (columns, rows), also where the later one
        has been aligned by it: aligning leaves traces at every border.
    min_area_m2, min_width_m
        Smaller patches are set aside. Without: patches of less than three pixels.
    event_within_m
        Kept patches so near to each other are one event.
    kinds
        Rules of naming and setting aside; those of ``kinds.yaml`` if not given.
    trim
        Leave out rim pixels of which less than half changed
        (`spatial.change.trim.trimmed`); without, the mask is outlined as it is.

    Returns
    -------
    GeoDataFrame
        EPSG:4490, a row a patch, ordered by its first pixel. `COLUMNS`:

        ``patch_id`` made of the place of its first pixel: the same for the same
        pixels, in every run and however the mask was tiled;
        ``event_id`` of kept patches, named after the largest of the event, else None;
        ``area_m2`` on the ellipsoid; ``width_m`` side of the largest square of pixels
        that fits into it;
        ``confidence`` mean of its pixels;
        ``kind``, ``kind_confidence``, ``surface``, ``reserve_class``, ``trend``: see
        `spatial.change.classify.classify`;
        ``kept`` and ``reason``: see `spatial.change.reasons.reasons`.

        Then ``length_m`` (area over width), ``fill`` (share of the smallest rectangle
        around it), and the measurements of `spatial.change.features.features`.

    Raises
    ------
    InputRefusedError
        The arrays do not have the shape of the grid, or not one name a band.
    CrsError
        The grid's reference system is not on CGCS2000 or WGS 84.
    """
    rules = kinds or load_kinds()
    _refuse_unlike(change, grid, before=before, after=after, bands=bands)
    changed = trimmed(change.changed, before, after) if trim else change.changed
    runs = runs_of(changed)
    doubtful = near_hidden(seen_in(before, after), reach_px=doubtful_px(grid, rules))
    scene = Dense(
        bands=tuple(bands),
        shape=grid.shape,
        shift_px=shift_px,
        images=(look_at(before), look_at(after)),
        masks=(changed, doubtful),
        sure=change.confidence,
    )
    limits = Limits.of(min_area_m2, min_width_m)
    table = features(scene, runs)
    return finished(
        table, runs, grid, rules=rules, limits=limits, event_within_m=event_within_m
    )


def doubtful_px(grid: Grid, rules: Kinds) -> int:
    """Return how far from something hidden a pixel is doubtful, in pixels."""
    return max(1, round(rules.doubtful_reach_m / _pixel_m(grid)))


def finished(
    table: pd.DataFrame,
    runs: Runs,
    grid: Grid,
    *,
    rules: Kinds,
    limits: Limits,
    event_within_m: float,
) -> gpd.GeoDataFrame:
    """Return the table of `patches` from what was measured in the pixels.

    Parameters
    ----------
    table
        As of `spatial.change.features.features`, a row a patch of `runs`.
    runs
        All patches, on `grid`.
    rules, limits, event_within_m
        What names them, what sets them aside, what joins them.
    """
    if not len(table):
        return no_patches()
    shapes = outlines(runs, grid)
    area = _together(area_m2, shapes)
    table["area_m2"] = area
    table["width_m"] = table["width_px"] * np.sqrt(area / table["pixels"])
    table["length_m"] = area / table["width_m"]
    table["fill"] = _together(_filled, shapes)
    table = table.join(classify(table, rules))
    table["reason"] = reasons(table, rules, limits)
    table["kept"] = table["reason"].isna()
    table["patch_id"] = _ids(runs, grid)
    table["event_id"] = _events(table, shapes, within_m=event_within_m)
    rest = [name for name in table.columns if name not in COLUMNS]
    return gpd.GeoDataFrame(table[[*COLUMNS, *rest]], geometry=shapes, crs=FRAME)


def _refuse_unlike(
    change: Detected,
    grid: Grid,
    *,
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    bands: Sequence[str],
) -> None:
    """Refuse arrays that do not lie on the grid."""
    image = (len(bands), *grid.shape)
    wanted = {
        "change.changed": (change.changed.shape, grid.shape),
        "change.confidence": (change.confidence.shape, grid.shape),
        "before": (before.shape, image),
        "after": (after.shape, image),
    }
    for name, (got, expected) in wanted.items():
        if got != expected:
            raise InputRefusedError(
                source=name,
                expected=f"an array of the shape {expected}",
                got=f"{got}",
                todo="give arrays on one grid, and the role of each band in `bands`",
            )


def _pixel_m(grid: Grid) -> float:
    """Return about the side of a pixel in the middle of the grid, metres."""
    middle = np.zeros((1, 1), dtype=bool)
    middle[0, 0] = True
    one = grid.part(grid.height // 2, grid.width // 2, height=1, width=1)
    return float(np.sqrt(area_m2(outlines(runs_of(middle), one))[0]))


def _together(
    measure: Callable[[Shapes], NDArray[np.float64]], shapes: Shapes
) -> NDArray[np.float64]:
    """Return a number a shape; copies of few shapes are held at once."""
    parts = [
        measure(shapes[low : low + _TOGETHER])
        for low in range(0, len(shapes), _TOGETHER)
    ]
    return np.concatenate(parts)


def _filled(shapes: Shapes) -> NDArray[np.float64]:
    """Return the share of the smallest rectangle around each shape that it fills."""
    # A degree of longitude is shorter than one of latitude: rectangles would lean.
    xy, shape = shapely.get_coordinates(shapes, return_index=True)
    middle = shapely.bounds(shapes)[:, 1::2].mean(axis=1)
    xy[:, 0] *= np.cos(np.radians(middle))[shape]
    plane = shapely.set_coordinates(shapes.copy(), xy)
    around = shapely.area(shapely.minimum_rotated_rectangle(plane))
    return np.asarray(np.minimum(shapely.area(plane) / around, 1.0))


def _ids(runs: Runs, grid: Grid) -> list[str]:
    """Return ids from the middle of each patch's first pixel."""
    first = first_pixels(runs)
    lonlat = degrees(grid, runs.start[first] + 0.5, runs.row[first] + 0.5)
    return [f"P{lon:.{_DEGREES}f},{lat:.{_DEGREES}f}" for lon, lat in lonlat.tolist()]


def _events(
    table: pd.DataFrame, shapes: Shapes, *, within_m: float
) -> NDArray[np.object_]:
    """Return the event of each kept patch."""
    kept = np.flatnonzero(table["kept"].to_numpy())
    out = np.full(len(table), None, dtype=object)
    area = table["area_m2"].to_numpy()[kept]
    names = table["patch_id"].to_numpy(dtype=object)[kept]
    out[kept] = event_ids(events(shapes[kept], within_m=within_m), area, names)
    return out


def no_patches() -> gpd.GeoDataFrame:
    """Return the table of `patches` without a row, and without measurements."""
    return gpd.GeoDataFrame(
        {name: np.empty(0, dtype=object) for name in COLUMNS}, geometry=[], crs=FRAME
    ).astype({"area_m2": float, "width_m": float, "confidence": float, "kept": bool})
