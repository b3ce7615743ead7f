"""Figures by zone from arrays: what was seen, how green it is, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from layers import crs as systems
from layers.errors import ExtraMissingError, InputRefusedError
from spatial.measure import area_m2
from spatial.overlap import overlap_table

try:
    import exactextract
    from exactextract.raster import NumPyRasterSource
except ImportError:  # the extra `raster` is not installed
    exactextract = None

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.grid import Grid

    Floats = NDArray[np.float64]
    Image = NDArray[np.floating[Any]]

_STRIP_PIXELS = 1 << 22
_NODES = 32
_LEAST_RANGE = 0.05
CONVENTION = "5 % and 95 % of the earlier image's NDVI: a convention, not a standard"


@dataclass(frozen=True, slots=True)
class EndPoints:
    """NDVI of bare soil and of full cover, the same for every date that is compared.

    Attributes
    ----------
    soil, vegetation
        NDVI at a cover of 0 and of 1.
    source
        Where they come from, in words.
    """

    soil: float
    vegetation: float
    source: str

    def __post_init__(self) -> None:
        """Refuse end points between which nothing can be told."""
        if not self.vegetation - self.soil >= _LEAST_RANGE:
            raise InputRefusedError(
                source="end points of vegetation cover",
                expected=f"vegetation at least {_LEAST_RANGE} above soil",
                got=f"soil {self.soil:.3f}, vegetation {self.vegetation:.3f}",
                todo="give end points of a larger area, or from the literature",
            )

    def cover(self, ndvi: Image) -> Floats:
        """Return the fractional vegetation cover, 0 to 1; NaN stays NaN.

        The dimidiate pixel model: (NDVI - soil) / (vegetation - soil), cut to 0..1.
        """
        share = (np.asarray(ndvi, float) - self.soil) / (self.vegetation - self.soil)
        return np.clip(share, 0.0, 1.0)


def frozen_end_points(
    ndvi: Image, *, low: float = 0.05, high: float = 0.95
) -> EndPoints:
    """Return end points from one image, to be kept for all others.

    Parameters
    ----------
    ndvi
        NDVI of the earlier image, NaN where hidden.
    low, high
        Which share of the pixels lies below soil and below full cover.

    Raises
    ------
    InputRefusedError
        Nothing is known of the image, or it is all alike.
    """
    known = np.asarray(ndvi, dtype=float)
    known = known[np.isfinite(known)]
    if not len(known):
        raise InputRefusedError(
            source="end points of vegetation cover",
            expected="an image with pixels that were seen",
            got="none",
            todo="take another date, or give the end points",
        )
    soil, vegetation = np.quantile(known, [low, high]).tolist()
    said = f"{low:.0%} and {high:.0%} of the earlier image's NDVI"
    usual = (low, high) == (0.05, 0.95)
    return EndPoints(soil, vegetation, CONVENTION if usual else said)


def zonal_cover(
    zones: gpd.GeoDataFrame,
    grid: Grid,
    *,
    ndvi_before: Image,
    ndvi_after: Image,
    end_points: EndPoints,
) -> pd.DataFrame:
    """Return how much of each zone was seen, and how green it was on both days.

    Parameters
    ----------
    zones
        Polygons in EPSG:4490 with a unique index; counties are zones too.
    grid
        Where the pixels lie; rows run from west to east, columns from north to south.
    ndvi_before, ndvi_after
        (rows, columns), NaN where hidden.
    end_points
        For both days: cover that is stretched anew for each day cannot be compared.

    Returns
    -------
    DataFrame
        The index of `zones`. ``area_m2`` of the zone on the ellipsoid;
        ``observed_m2`` of it that was seen on both days; ``observed_share`` in
        [0, 1]: what lies outside of the images is not observed;
        ``ndvi_before``, ``ndvi_after``, ``ndvi_change``, ``fvc_before``,
        ``fvc_after``, ``fvc_change``: means over what was observed, weighted by
        area; NaN where nothing was.

    Raises
    ------
    ExtraMissingError
        exactextract is not installed.
    InputRefusedError
        The grid is turned, or an array does not lie on it.
    CrsMismatchError
        The zones are not in EPSG:4490.
    """
    need_extra(grid)
    for image in (ndvi_before, ndvi_after):
        _refuse_unlike(grid, image)
    placed = on_grid(zones, grid)
    sums = Sums.none(len(zones))
    step = max(1, _STRIP_PIXELS // grid.width)
    for low in range(0, grid.height, step):
        rows = slice(low, min(low + step, grid.height))
        part = grid.part(low, 0, height=rows.stop - low, width=grid.width)
        sums = sums.plus(
            placed, part, (ndvi_before[rows], ndvi_after[rows]), end_points
        )
    return table_of(zones, placed, grid, sums)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the pixels of each zone, by the part of a pixel that lies inside.

    Attributes
    ----------
    table
        (6, zones): area, area that was seen, and over that area NDVI before and
        after, cover before and after.
    """

    table: Floats

    @classmethod
    def none(cls, zones: int) -> Sums:
        """Return the sums over no pixel."""
        return cls(np.zeros((6, zones)))

    def plus(
        self,
        placed: gpd.GeoDataFrame,
        part: Grid,
        ndvi: tuple[Image, Image],
        end_points: EndPoints,
    ) -> Sums:
        """Return the sums with the pixels of a window.

        Parameters
        ----------
        placed
            Zones as of `on_grid`, all or some of them.
        part
            Grid of the window.
        ndvi
            Before and after, (rows, columns), NaN where hidden.
        end_points
            Of vegetation cover.
        """
        one, two = (np.asarray(image, dtype=float) for image in ndvi)
        known = np.isfinite(one) & np.isfinite(two)
        area = _pixel_areas(part)
        weight = np.where(known, area, 0.0)
        values = [one, two, end_points.cover(one), end_points.cover(two)]
        green = (np.where(known, each, 0.0) * weight for each in values)
        more = _sums(placed, part, [area, weight, *green], self.table.shape[1])
        return Sums(self.table + more)


def zonal_change(zones: gpd.GeoDataFrame, patches: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return how much of each zone changed, by kind.

    Parameters
    ----------
    zones
        Polygons in EPSG:4490 with a unique index.
    patches
        As of `spatial.change.patches.patches`. Those set aside do not count as
        changed; they stand in a column of their own.

    Returns
    -------
    DataFrame
        The index of `zones`. ``patches``: how many kept ones meet it with an area;
        ``changed_m2``: their area inside it, measured on exact outlines;
        ``changed_share`` of the zone; ``changed_m2_<kind>`` for each kind that is
        among the kept patches, in alphabetical order; ``set_aside_m2``.

    Raises
    ------
    CrsMismatchError
        A frame is not in EPSG:4490.
    """
    pairs = overlap_table(patches, zones)
    pairs = pairs[pairs["area_m2"] > 0]
    kept = patches["kept"].astype(bool).loc[pairs["site"]].to_numpy()
    kind = patches["kind"].loc[pairs["site"]].to_numpy()
    inside = pairs[kept]
    out = pd.DataFrame(index=zones.index)
    out["patches"] = _by_zone(inside.groupby("zone").size(), zones).astype(int)
    out["changed_m2"] = _by_zone(inside.groupby("zone")["area_m2"].sum(), zones)
    whole = np.asarray(area_m2(np.asarray(zones.geometry.array, dtype=object)))
    out["changed_share"] = np.minimum(out["changed_m2"] / whole, 1.0)
    for name in sorted(patches["kind"][patches["kept"].astype(bool)].unique()):
        some = pairs[kept & (kind == name)].groupby("zone")["area_m2"].sum()
        out[f"changed_m2_{name}"] = _by_zone(some, zones)
    aside = pairs[~kept].groupby("zone")["area_m2"].sum()
    out["set_aside_m2"] = _by_zone(aside, zones)
    return out


def _by_zone(values: pd.Series[Any], zones: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Return a value for every zone, 0 where nothing was found."""
    return values.reindex(zones.index, fill_value=0)


def need_extra(grid: Grid) -> None:
    """Refuse to lay under zones what cannot be.

    Raises
    ------
    ExtraMissingError
        exactextract is not installed.
    InputRefusedError
        The grid is turned.
    """
    if exactextract is None:
        raise ExtraMissingError(extra="raster", needed_for="figures by zone")
    if grid.is_rotated:
        raise InputRefusedError(
            source="grid",
            expected="rows from west to east, columns from north to south",
            got="a turned grid",
            todo="warp the image to a grid that is not turned",
        )


def _refuse_unlike(grid: Grid, image: Image) -> None:
    """Refuse an array that does not lie on the grid."""
    if image.shape != grid.shape:
        raise InputRefusedError(
            source="NDVI",
            expected=f"an array of the shape {grid.shape}",
            got=f"{image.shape}",
            todo="give arrays on one grid",
        )


def on_grid(zones: gpd.GeoDataFrame, grid: Grid) -> gpd.GeoDataFrame:
    """Return the zones in the grid's system, their edges densified, and numbered."""
    overlap_table(zones.iloc[:0], zones.iloc[:0])  # refuses any other frame
    shapes = np.asarray(zones.geometry.array, dtype=object)
    settled = systems.settle(grid.crs, source="grid", evidence="the image")
    if settled.transformer is not None:
        back = pyproj.Transformer.from_crs(zones.crs, grid.crs, always_xy=True)
        # a chord of 0.001 degrees leaves the drawn edge by less than 1 mm
        dense = shapely.segmentize(shapes, 0.001)
        shapes = shapely.transform(
            dense, lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1]))
        )
    number = {"number": np.arange(len(zones))}
    return gpd.GeoDataFrame(number, geometry=shapes, crs=grid.crs)


def _pixel_areas(grid: Grid) -> Floats:
    """Return (rows, columns) areas on the ellipsoid, reckoned every `_NODES` pixels.

    Between the nodes they run straight, wrong by less than 1e-7 for pixels of 100 m.
    """
    rows, columns = (_nodes(count) for count in grid.shape)
    row, column = (one.ravel() for one in np.meshgrid(rows, columns, indexing="ij"))
    corners = ((0, 0), (0, 1), (1, 1), (1, 0))
    places = [grid.xy(column + right, row + down) for right, down in corners]
    x, y = np.stack([x for x, _ in places]), np.stack([y for _, y in places])
    settled = systems.settle(grid.crs, source="grid", evidence="the image")
    if settled.transformer is not None:
        x, y = settled.transformer.transform(x, y)
    squares = shapely.polygons(np.stack([x, y], axis=-1).transpose(1, 0, 2))
    area = np.asarray(area_m2(squares)).reshape(len(rows), len(columns))
    across = np.arange(grid.width)
    wide = np.stack([np.interp(across, columns, one) for one in area])
    low, share = _between(rows, grid.height)
    above, below = wide[low], wide[np.minimum(low + 1, len(rows) - 1)]
    return np.asarray(above + (below - above) * share[:, None])


def _nodes(count: int) -> Floats:
    """Return every so manieth of `count` places, the first and last among them."""
    return np.unique(np.append(np.arange(0, count, _NODES), count - 1)).astype(float)


def _between(nodes: Floats, count: int) -> tuple[NDArray[np.int64], Floats]:
    """Return each place's node before it, and its share of the way to the next."""
    at = np.arange(count)
    low = np.searchsorted(nodes, at, side="right") - 1
    width = np.append(np.diff(nodes), 1.0)
    return low, (at - nodes[low]) / width[low]


def _sums(
    placed: gpd.GeoDataFrame, grid: Grid, layers: list[Floats], count: int
) -> Floats:
    """Return (layers, zones) sums of pixel values times the part inside each zone."""
    left, bottom, right, top = grid.bounds
    box = shapely.box(left, bottom, right, top)
    out = np.zeros((len(layers), count))
    near = placed[shapely.intersects(placed.geometry.to_numpy(), box)]
    if not len(near):
        return out
    rasters = [
        NumPyRasterSource(
            layer, left, bottom, right, top, name=f"v{i}", srs_wkt=grid.crs.to_wkt()
        )
        for i, layer in enumerate(layers)
    ]
    found = exactextract.exact_extract(
        rasters, near, ["sum"], include_cols=["number"], output="pandas"
    )
    at = found["number"].to_numpy(dtype=int)
    for i in range(len(layers)):
        out[i, at] = np.nan_to_num(found[f"v{i}_sum"].to_numpy(dtype=float))
    return out


def table_of(
    zones: gpd.GeoDataFrame, placed: gpd.GeoDataFrame, grid: Grid, sums: Sums
) -> pd.DataFrame:
    """Return the table of `zonal_cover` from the sums over all windows."""
    inside = shapely.contains(shapely.box(*grid.bounds), placed.geometry.to_numpy())
    whole = np.asarray(area_m2(np.asarray(zones.geometry.array, dtype=object)))
    covered, seen = sums.table[:2]
    # A zone inside the image and seen throughout is seen to 1, not to 1 - 1e-8.
    every = np.where(inside, covered, np.maximum(whole, covered))
    out = pd.DataFrame({"area_m2": whole}, index=zones.index)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(every > 0, seen / every, np.nan)
        means = np.where(seen > 0, sums.table[2:] / seen, np.nan)
    out["observed_m2"], out["observed_share"] = share * whole, share
    for name, (one, two) in (("ndvi", means[:2]), ("fvc", means[2:])):
        out[f"{name}_before"], out[f"{name}_after"] = one, two
        out[f"{name}_change"] = two - one
    return out
