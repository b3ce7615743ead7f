"""The after-image against the state before the damage, pixel by pixel.

before --+-- pair gate --> indices on one grid --> area that looks like before
after ---+                 (the surroundings tell what season and light did)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from layers.layer import FRAME
from spatial.change.indices import INDICES, index_images
from spatial.change.pair import pair
from spatial.ledger.closing.model import ClosingLimits, Recovery, by_day, load_limits
from spatial.measure import area_m2, grown_bounds
from spatial.text import message
from spatial.zonal import EndPoints, zonal_cover
from spatial.zonal.cover import on_grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid
    from layers.raster import RasterLayer
    from layers.text import Message
    from spatial.change.pair import PairReport
    from spatial.ledger.closing.model import Verdict

    Image = NDArray[np.float32]
    Bools = NDArray[np.bool_]

_VISIBLE = ("blue", "green", "red")
_WANTED = ("ndvi", "bsi", "mndwi")
_TO_NORMAL = 1.4826  # from the median distance to a standard deviation
_AS_IT_IS = EndPoints(0.0, 1.0, "a share is its own cover")
_LEAST_AROUND = 50  # pixels; of fewer no spread can be told


class _Seen(NamedTuple):
    """Two images of a case on one grid, by index."""

    report: PairReport
    grid: Grid
    values: Mapping[str, tuple[Image, Image]]
    around: Bools


class _Told(NamedTuple):
    """Where the ground looks like before, and what was taken for alike."""

    like: Image
    tolerance: Mapping[str, float]
    drift: Mapping[str, float]
    doubts: tuple[Message, ...]


def recoveries(
    shape: BaseGeometry,
    before: RasterLayer,
    afters: Sequence[RasterLayer],
    *,
    damaged: RasterLayer | None = None,
    limits: ClosingLimits | None = None,
) -> tuple[Recovery, ...]:
    """Return what each after-image says, by day; see `recovery`."""
    made = [
        recovery(shape, before, one, damaged=damaged, limits=limits) for one in afters
    ]
    return by_day(made)


def recovery(
    shape: BaseGeometry,
    before: RasterLayer,
    after: RasterLayer,
    *,
    damaged: RasterLayer | None = None,
    limits: ClosingLimits | None = None,
) -> Recovery:
    """Compare an after-image with the state before the damage.

    Parameters
    ----------
    shape
        Ground of the case: a polygon in EPSG:4490.
    before
        An image from before the damage.
    after
        An image from after the rectification.
    damaged
        An image of the damage: with it the recovered part of each index is reckoned.
    limits
        When ground looks as before; ``limits.yaml`` if not given.

    Returns
    -------
    Recovery
        Three-valued. A pixel looks like before if it is no less green, no barer, no
        brighter and as wet as then, up to twice the spread of the surroundings, from
        whose drift it is freed. ``recovered`` where that area is large enough even if
        nothing of what was hidden is like it; ``not_recovered`` where it is too small
        even if all of it is; ``partly`` where it lies between in either way;
        ``unknown`` else, where the gate refuses the pair, where the seasons are far
        apart or unknown, and where unchanged ground differs too much.

    Raises
    ------
    CrsMismatchError
        The images stand on different datums.
    GeometryError
        The shape is no polygon.
    InputRefusedError
        A file cannot be read, or the grid is turned.
    ExtraMissingError
        exactextract is not installed.
    """
    chosen = limits or load_limits()
    names = (before.name, before.date), (after.name, after.date)
    size = area_m2(shape)
    seen, doubts = _seen(shape, before, after, chosen)
    if seen is None:
        return Recovery("unknown", *names, size, reasons=doubts)
    told = _look(seen, chosen)
    observed, share = _mean(shape, seen.grid, told.like)
    verdict: Verdict = "unknown"
    why = told.doubts
    if not why:
        verdict, why = judged(observed, share, chosen)
    hidden = None if damaged is None else _seen(shape, before, damaged, chosen)[0]
    return Recovery(
        verdict,
        *names,
        size,
        observed_share=observed,
        like_before_share=share,
        indices=_figures(shape, seen, told, hidden, limits=chosen),
        reasons=(*why, *doubts),
    )


def judged(
    observed: float, share: float, limits: ClosingLimits
) -> tuple[Verdict, tuple[Message, ...]]:
    """Return a verdict that holds whatever the hidden part looks like.

    Parameters
    ----------
    observed
        Share of the case that was seen; NaN is unknown.
    share
        Share of what was seen that looks like before; NaN is unknown.
    limits
        From where on it is recovered, below where not.
    """
    if not observed > 0 or np.isnan(share):
        return "unknown", (message("ledger.closing.hidden", share="0%"),)
    low = observed * share
    high = low + 1.0 - observed
    if low >= limits.recovered_share:
        return "recovered", ()
    if high < limits.not_recovered_share:
        return "not_recovered", ()
    if low >= limits.not_recovered_share and high < limits.recovered_share:
        return "partly", ()
    return "unknown", (message("ledger.closing.hidden", share=f"{1 - observed:.0%}"),)


def _seen(
    shape: BaseGeometry, before: RasterLayer, after: RasterLayer, limits: ClosingLimits
) -> tuple[_Seen | None, tuple[Message, ...]]:
    """Return both images around a case, or None, and what speaks against them."""
    box = grown_bounds(
        np.array([shapely.bounds(shape)]), np.array([limits.surroundings_m])
    )
    report = pair(before, after, area=shapely.box(*box[0]))
    doubts = tuple(one.message for one in report.doubts)
    if not report.is_usable or report.aligned is None:
        return None, (message("ledger.closing.refused"), *doubts)
    days = report.season_days
    if days is None or days > limits.season_days:
        told = "—" if days is None else str(days)
        return None, (message("ledger.closing.season", days=told), *doubts)
    aligned = report.aligned
    first, second, _ = aligned.read(normalised=True)
    values = _indices(aligned.bands, first, second)
    inside = _inside(shape, aligned.grid)
    if inside.sum() < limits.least_pixels or not values:
        return None, (message("ledger.closing.too_small"), *doubts)
    return _Seen(report, aligned.grid, values, ~inside), doubts


def _inside(shape: BaseGeometry, grid: Grid) -> Bools:
    """Say which pixels touch a case."""
    placed = on_grid(gpd.GeoDataFrame(geometry=[shape], crs=FRAME), grid)
    outline = placed.geometry.iloc[0]
    shapely.prepare(outline)
    column, row = np.meshgrid(np.arange(grid.width), np.arange(grid.height))
    left, top = grid.xy(column.ravel(), row.ravel())
    right, low = grid.xy(column.ravel() + 1, row.ravel() + 1)
    cells = shapely.box(left, low, right, top)
    return np.asarray(shapely.intersects(outline, cells)).reshape(grid.shape)


def _indices(
    roles: tuple[str, ...], before: Image, after: Image
) -> dict[str, tuple[Image, Image]]:
    """Return the indices that the bands allow, and the brightness, on both days."""
    made = [
        name for name, (plus, minus) in INDICES.items() if {*plus, *minus} <= set(roles)
    ]
    out: dict[str, tuple[Image, Image]] = {}
    if made:
        one, two = index_images(before, roles), index_images(after, roles)
        out = {name: (one[made.index(name)], two[made.index(name)])
               for name in _WANTED if name in made}  # fmt: skip
    light = [i for i, role in enumerate(roles) if role in _VISIBLE]
    if light:
        out["brightness"] = before[light].mean(axis=0), after[light].mean(axis=0)
    return out


def _look(seen: _Seen, limits: ClosingLimits) -> _Told:
    """Say of each pixel whether it looks like before: 1, 0, or NaN where hidden."""
    known = np.ones(seen.grid.shape, dtype=bool)
    like = known.copy()
    tolerance: dict[str, float] = {}
    drift: dict[str, float] = {}
    doubts: list[Message] = []
    off: dict[str, NDArray[np.floating]] = {}
    for name, (one, two) in seen.values.items():
        change = two.astype(float) - one
        beside = change[seen.around & np.isfinite(change)]
        if len(beside) < _LEAST_AROUND:
            doubts.append(message("ledger.closing.alone", index=name))
            known &= np.isfinite(change)
            continue
        drift[name] = float(np.median(beside))
        spread = _TO_NORMAL * float(np.median(np.abs(beside - drift[name])))
        tolerance[name] = max(limits.least_tolerance, limits.spreads * spread)
        if tolerance[name] > limits.most_tolerance:
            doubts.append(
                message("ledger.closing.restless", index=name, spread=f"{spread:.3f}")
            )
        off[name] = change - drift[name]
        known &= np.isfinite(change)
    for name, away in off.items():
        like &= _alike(name, away, tolerance[name], greener=off.get("ndvi"))
    if "ndvi" not in off:
        doubts.append(message("ledger.closing.no_ndvi"))
    image = np.where(known, like.astype(np.float32), np.float32(np.nan))
    return _Told(image.astype(np.float32), tolerance, drift, tuple(doubts))


def _alike(
    name: str,
    away: NDArray[np.floating],
    most: float,
    *,
    greener: NDArray[np.floating] | None,
) -> Bools:
    """Say where an index is as before, or better: greener, less bare."""
    with np.errstate(invalid="ignore"):
        if name == "ndvi":
            return np.asarray(away >= -most)
        if name == "bsi":
            return np.asarray(away <= most)
        is_as_before = np.abs(away) <= most
        # more plants are darker, and dry what shows through them
        return np.asarray(
            is_as_before if greener is None else is_as_before | (greener > most)
        )


def _mean(shape: BaseGeometry, grid: Grid, image: Image) -> tuple[float, float]:
    """Return how much of a case an image shows, and its mean there, by area."""
    zone = gpd.GeoDataFrame(geometry=[shape], crs=FRAME)
    table = zonal_cover(
        zone, grid, ndvi_before=image, ndvi_after=image, end_points=_AS_IT_IS
    )
    observed = min(float(table["observed_share"].iloc[0]), 1.0)
    return observed, float(table["ndvi_before"].iloc[0])


def _figures(
    shape: BaseGeometry,
    seen: _Seen,
    told: _Told,
    damage: _Seen | None,
    *,
    limits: ClosingLimits,
) -> tuple[tuple[str, Mapping[str, float | None]], ...]:
    """Return the means of each index, and how much of its fall is made good."""
    out: list[tuple[str, Mapping[str, float | None]]] = []
    for name, (one, two) in seen.values.items():
        hidden = ~np.isfinite(told.like)
        first, second = (np.where(hidden, np.nan, image) for image in (one, two))
        before = _mean(shape, seen.grid, first)[1]
        after = _mean(shape, seen.grid, second)[1]
        row: dict[str, float | None] = {
            "before": _number(before),
            "after": _number(after),
            "drift": told.drift.get(name),
            "tolerance": told.tolerance.get(name),
            "damaged": None,
            "back": None,
        }
        if damage is not None and name in damage.values:
            worst = _mean(shape, damage.grid, damage.values[name][1])[1]
            freed = after - told.drift.get(name, 0.0)
            row["damaged"] = _number(worst)
            row["back"] = back(before, worst, freed, least=limits.least_change)
        out.append((name, row))
    return tuple(out)


def back(before: float, damaged: float, after: float, *, least: float) -> float | None:
    """Return how much of a fall is made good, in [0, 1].

    Parameters
    ----------
    before, damaged, after
        Means of an index, the last freed from the drift of the surroundings.
    least
        A fall (or rise) by less says nothing: None. So does a mean that is NaN.

    Examples
    --------
    >>> back(0.6, 0.1, 0.5, least=0.1)
    0.8
    >>> back(0.6, 0.58, 0.5, least=0.1) is None
    True
    """
    fall = before - damaged
    if not abs(fall) >= least or np.isnan(after):
        return None
    return float(np.clip((after - damaged) / fall, 0.0, 1.0))


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
