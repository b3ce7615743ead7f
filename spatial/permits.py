"""Patches against approvals: inside, beyond by so much, expired, none, or unknown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from layers.errors import InputRefusedError
from spatial.measure import area_m2, distance_m, sliver_width_m
from spatial.overlap import overlap_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

STATES = (
    "none",
    "beyond",
    "expired",
    "not_yet_valid",
    "unclear",
    "not_checked",
    "inside",
)
"""What approvals say of a patch, the most urgent first."""

_AREAS = ("Polygon", "MultiPolygon")
_DEGREE_M = 111_700.0  # of a meridian, where it is longest
_ROUNDING_M = 0.001
_NEEDED = ("code", "activity_class", "valid_from", "valid_to")


class _Met(NamedTuple):
    """The permits that a patch meets, by what their dates say on the day."""

    in_force: list[int]
    unclear: list[int]
    expired: list[int]
    future: list[int]


def permit_table(
    patches: gpd.GeoDataFrame,
    permits: gpd.GeoDataFrame | None,
    *,
    on: dt.date,
    tolerance_m: float,
    known: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Return what approvals say of each patch.

    Parameters
    ----------
    patches
        Polygons in EPSG:4490 with a unique index; column ``kind``.
    permits
        Frame of a layer of kind ``permit``, EPSG:4490; None when there is none that
        can be relied on.
    on
        The day of the later image: what is seen stood on that day.
    tolerance_m
        A patch may stand out of a footprint by so much: the accuracy of the image,
        a pixel at least, and that of the permits; see `stands_out`.
    known
        (n,) for which patches the absence of a permit means that there is none (see
        `spatial.silence.doubts`); None: for all.

    Returns
    -------
    DataFrame
        The index of `patches`. ``permit_state``, one of `STATES`:

        ``inside``: it lies in footprints that are in force; ``beyond``: in part, with
        ``beyond_m2``; ``expired``, ``not_yet_valid``: it meets such permits alone;
        ``unclear``: it meets permits of which a date is missing or that are no
        areas, and these could make it ``inside``; ``none``: it meets no permit;
        ``not_checked``: there is no layer, or it does not cover the patch, and what
        is there does not approve it.

        ``permit_codes``: of the permits met, those in force first; ``approved_m2``
        of the patch; ``beyond_m2`` the rest, NaN where it is unknown;
        ``permit_until``: last day of the one that lasts longest among those that
        decided, None if unknown; ``class_agrees``: whether one of them is of the
        patch's kind, None where either is unknown.

    Raises
    ------
    CrsMismatchError
        A frame is not in EPSG:4490.
    InputRefusedError
        A canonical column of permits is missing.
    """
    rows = [_not_checked()] * len(patches)
    if permits is not None:
        _refuse_other(permits)
        pairs = overlap_table(patches, permits)
        touching = (pairs["area_m2"] == 0) & (pairs["length_m"].fillna(0) == 0)
        met = pairs[~touching].groupby("site")["zone"].apply(list).to_dict()
        silent = np.ones(len(patches), dtype=bool) if known is None else known
        rows = [
            _said(
                shape,
                kind,
                permits.loc[met.get(label, [])],
                on=on,
                tolerance_m=tolerance_m,
                is_known=bool(is_known),
            )
            for label, shape, kind, is_known in zip(
                patches.index, patches.geometry, patches["kind"], silent, strict=True
            )
        ]
    names = list(_not_checked())
    columns: dict[str, list[Any]] = {
        name: [row[name] for row in rows] for name in names
    }
    out = pd.DataFrame(columns, index=patches.index, dtype=object)
    return out.astype({"approved_m2": float, "beyond_m2": float})


def _refuse_other(permits: gpd.GeoDataFrame) -> None:
    """Refuse a table that is no layer of permits."""
    missing = [name for name in _NEEDED if name not in permits.columns]
    if missing:
        raise InputRefusedError(
            source="permits",
            expected=f"the canonical columns {', '.join(_NEEDED)}",
            got=f"no {', '.join(missing)}",
            todo="read the file with kind='permit'",
        )


def _said(
    shape: BaseGeometry,
    kind: str,
    permits: gpd.GeoDataFrame,
    *,
    on: dt.date,
    tolerance_m: float,
    is_known: bool,
) -> dict[str, Any]:
    """Return the row of one patch."""
    met = _sorted(permits, on)
    approved, beyond, fits = _against(shape, permits, met.in_force, tolerance_m)
    state, deciding = _state(met, fits=fits, is_known=is_known)
    if state == "beyond" and met.unclear:
        both = [*met.in_force, *met.unclear]
        _, _, fits_both = _against(shape, permits, both, tolerance_m)
        if fits_both:
            state, deciding = "unclear", [*met.in_force, *met.unclear]
    order = [*met.in_force, *met.unclear, *met.future, *met.expired]
    return {
        "permit_state": state,
        "permit_codes": tuple(str(permits["code"].iloc[i]) for i in order),
        "approved_m2": np.nan if state == "not_checked" else approved,
        "beyond_m2": np.nan if state in ("unclear", "not_checked") else beyond,
        "permit_until": _until(permits, deciding),
        "class_agrees": _agrees(permits, deciding, kind),
    }


def _not_checked() -> dict[str, Any]:
    """Return the row of a patch of which nothing is known."""
    return {
        "permit_state": "not_checked",
        "permit_codes": (),
        "approved_m2": np.nan,
        "beyond_m2": np.nan,
        "permit_until": None,
        "class_agrees": None,
    }


def _sorted(permits: gpd.GeoDataFrame, on: dt.date) -> _Met:
    """Return positions of permits by what holds of them on the day."""
    met = _Met([], [], [], [])
    for i, (start, end, shape) in enumerate(
        zip(permits["valid_from"], permits["valid_to"], permits.geometry, strict=True)
    ):
        if _is_date(end) and end < on:
            met.expired.append(i)
        elif _is_date(start) and start > on:
            met.future.append(i)
        elif _is_date(start) and _is_date(end) and shape.geom_type in _AREAS:
            met.in_force.append(i)
        else:
            met.unclear.append(i)
    return met


def _is_date(value: object) -> bool:
    """Say whether a date is known; missing ones are None or NaN."""
    return value is not None and not pd.isna(value)  # type: ignore[call-overload]


def _state(met: _Met, *, fits: bool, is_known: bool) -> tuple[str, list[int]]:
    """Return the state, and which permits decide it."""
    if fits:
        return "inside", met.in_force
    if met.in_force:
        return ("beyond" if is_known else "not_checked"), met.in_force
    if met.unclear:
        return "unclear", met.unclear
    if not is_known:
        return "not_checked", []
    if met.expired:
        return "expired", met.expired
    return ("not_yet_valid", met.future) if met.future else ("none", [])


def _against(
    shape: BaseGeometry,
    permits: gpd.GeoDataFrame,
    chosen: list[int],
    tolerance_m: float,
) -> tuple[float, float, bool]:
    """Return approved and remaining area, and whether permits hold the shape."""
    footprints = [
        one for one in permits.geometry.iloc[chosen] if one.geom_type in _AREAS
    ]
    approved = shapely.union_all(footprints)
    rest = _areal(shape.difference(approved))
    whole = area_m2(shape)
    beyond = min(area_m2(rest), whole)
    fits = bool(footprints) and not stands_out(rest, approved, tolerance_m=tolerance_m)
    return whole - beyond, beyond, fits


def stands_out(
    rest: shapely.Geometry, of: shapely.Geometry, *, tolerance_m: float
) -> bool:
    """Whether what is left of a shape outside of an area is more than inaccuracy.

    Parameters
    ----------
    rest
        What lies outside: (multi)polygon in EPSG:4490, or empty.
    of
        The area, polygons.
    tolerance_m
        By so much a shape may stand out.

    Returns
    -------
    bool
        True where it is somewhere wider than the tolerance, or reaches farther than
        the diagonal of a square of that side, which is how far a pixel at a corner of
        the area reaches: a road that leaves an approved pit is thin and long.
    """
    if shapely.is_empty(rest):
        return False
    width = sliver_width_m(np.array([rest], dtype=object))
    if width[0] > tolerance_m:
        return True
    step = max(tolerance_m, 1.0) / _DEGREE_M
    xy = shapely.get_coordinates(shapely.segmentize(rest, step))
    corners = np.asarray(shapely.points(xy), dtype=object)
    away_m = np.asarray(distance_m(corners, [of] * len(corners)))
    return bool(away_m.max() > math.sqrt(2) * tolerance_m + _ROUNDING_M)


def _areal(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a shape: where borders meet, lines may remain."""
    if shape.geom_type in _AREAS or shape.is_empty:
        return shape
    parts = [one for one in shapely.get_parts(shape) if one.geom_type in _AREAS]
    return shapely.union_all(parts)


def _until(permits: gpd.GeoDataFrame, deciding: list[int]) -> dt.date | None:
    """Return the last day of the permit that lasts longest; None if one is unknown."""
    ends = [permits["valid_to"].iloc[i] for i in deciding]
    return max(ends) if ends and all(_is_date(one) for one in ends) else None


def _agrees(permits: gpd.GeoDataFrame, deciding: list[int], kind: str) -> bool | None:
    """Say whether a permit is of the patch's kind."""
    said = [permits["activity_class"].iloc[i] for i in deciding]
    if kind in said:
        return True
    known = bool(said) and all(isinstance(one, str) for one in said)
    return None if kind == "unknown" or not known else False


def of_rivals(permits: gpd.GeoDataFrame, rivals: NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Return permits of which those of rival editions bear no dates.

    Parameters
    ----------
    permits
        As for `permit_table`.
    rivals
        (n,) which come from one of several editions that are in force together: the
        other may have withdrawn the permit, so whether it holds is unknown.

    Returns
    -------
    GeoDataFrame
        The permits themselves where there are no rivals.
    """
    if not rivals.any():
        return permits
    days = {
        name: permits[name].astype(object).mask(rivals, None)
        for name in ("valid_from", "valid_to")
    }
    return permits.assign(**days)


def permit_counts(table: pd.DataFrame) -> Mapping[str, int]:
    """Return how many patches each state has, in the order of `STATES`."""
    count = table["permit_state"].value_counts()
    return {state: int(count.get(state, 0)) for state in STATES}
