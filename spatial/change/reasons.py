"""Why a patch is set aside: it stays in the table, with the first reason that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from spatial.change.standing import is_felling

if TYPE_CHECKING:
    from spatial.change.classify import Kinds
    from spatial.change.runs import Bools

REASONS = (
    "not_observed",
    "too_small",
    "too_narrow",
    "shift",
    "cloud_edge",
    "water_level",
    "seasonal_vegetation",
    "haze",
)
"""In the order in which they are looked for. ``permitted`` is said later, of clues."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a patch must measure to be kept.

    Attributes
    ----------
    min_pixels
        Least number of pixels.
    min_area_m2, min_width_m
        Least area and width; None: no such limit.
    """

    min_pixels: int = 3
    min_area_m2: float | None = None
    min_width_m: float | None = None

    @classmethod
    def of(cls, min_area_m2: float | None, min_width_m: float | None) -> Limits:
        """Return the limits of settings; three pixels where no area is given."""
        return cls(3 if min_area_m2 is None else 1, min_area_m2, min_width_m)


def reasons(table: pd.DataFrame, kinds: Kinds, limits: Limits) -> pd.Series[str]:
    """Return why each patch is set aside; None for those that are kept.

    Parameters
    ----------
    table
        Columns of `spatial.change.features.features`, ``area_m2`` and ``width_m``.
        What is unknown (NaN) is never a reason.
    kinds
        Holds the limits of the reasons.
    limits
        What is too small.

    Returns
    -------
    Series of object
        One of `REASONS` or None:

        ``not_observed``: no pixel was seen on both days. ``too_small``,
        ``too_narrow``: below `limits`. ``shift``: thin, and the measured shift
        explains it. ``cloud_edge``: next to something hidden, and the change is that
        of a cloud or of its shadow. ``water_level``: water to ground or back at a
        water that is there on both days. ``seasonal_vegetation``: something grew on
        both days, nowhere bare, nothing long and thin, and not cut out of a dense
        stand that is still there (`spatial.change.standing`). ``haze``: the
        surroundings changed alike, the NDVI hardly changed, and it is no felling.
    """
    holds = {
        "not_observed": ~(table["observed_share"] > 0),
        "too_small": _too_small(table, limits),
        "too_narrow": table["width_m"] < (limits.min_width_m or 0.0),
        "shift": _shift(table, kinds),
        "cloud_edge": _cloud_edge(table, kinds),
        "water_level": _water_level(table, kinds),
        "seasonal_vegetation": _seasonal(table, kinds),
        "haze": _haze(table, kinds),
    }
    found = np.full(len(table), None, dtype=object)
    for name in reversed(REASONS):
        found[holds[name].to_numpy(dtype=bool)] = name
    return pd.Series(found, index=table.index, dtype=object)


def near_hidden(observed: Bools, *, reach_px: int) -> Bools:
    """Say which pixels lie within a square of `reach_px` around a hidden one.

    What lies outside of the image is not hidden: its rim is no cloud.
    """
    near = ~observed
    for axis in (0, 1):
        near = spread(near, reach_px, axis)
    return near


def spread(mask: Bools, reach: int, axis: int) -> Bools:
    """Return a mask that grew by `reach` pixels along an axis, by doubling."""
    grown = mask.copy()
    done = 0
    while done < reach:
        step = min(reach - done, max(done, 1))
        last = grown.copy()
        low = [slice(None), slice(None)]
        high = [slice(None), slice(None)]
        low[axis], high[axis] = slice(None, -step), slice(step, None)
        if step < mask.shape[axis]:
            grown[tuple(high)] |= last[tuple(low)]
            grown[tuple(low)] |= last[tuple(high)]
        done += step
    return grown


def _too_small(table: pd.DataFrame, limits: Limits) -> pd.Series[bool]:
    small = table["pixels"] < limits.min_pixels
    return small | (table["area_m2"] < (limits.min_area_m2 or 0.0))


def _shift(table: pd.DataFrame, kinds: Kinds) -> pd.Series[bool]:
    limit = kinds.reasons["shift"]
    thin = table["width_px"] <= limit["width_px"]
    thin |= table["elongation"] >= limit["elongation"]
    return thin & (table["shift_share"] >= limit["shift_share"])


def _cloud_edge(table: pd.DataFrame, kinds: Kinds) -> pd.Series[bool]:
    limit = kinds.reasons["cloud_edge"]
    veiled = table["cloud_like"] >= limit["cloud_like"]
    veiled |= table["shadow_like"] >= limit["shadow_like"]
    return veiled & (table["doubtful_share"] >= limit["doubtful_share"])


def _water_level(table: pd.DataFrame, kinds: Kinds) -> pd.Series[bool]:
    limit = kinds.reasons["water_level"]
    one = table["mndwi_before"] > limit["mndwi"]
    two = table["mndwi_after"] > limit["mndwi"]
    return (one ^ two) & (table["water_share"] >= limit["water_share"])


def _haze(table: pd.DataFrame, kinds: Kinds) -> pd.Series[bool]:
    limit = kinds.reasons["haze"]
    change = (table["ndvi_after"] - table["ndvi_before"]).abs()
    # without an index nothing tells haze from ground that was opened up: no reason
    alike = (table["drift"] >= limit["drift"]) & (change <= limit["ndvi_change"])
    return alike & ~is_felling(table, kinds)


def _seasonal(table: pd.DataFrame, kinds: Kinds) -> pd.Series[bool]:
    limit = kinds.reasons["seasonal_vegetation"]
    low = table[["ndvi_low_before", "ndvi_low_after"]].min(axis=1, skipna=False)
    change = (table["ndvi_after"] - table["ndvi_before"]).abs()
    dry = table[["mndwi_before", "mndwi_after"]].max(axis=1) <= limit["mndwi"]
    grown = (low >= limit["ndvi_low"]) & (change >= limit["ndvi_change"]) & dry
    grown &= table["elongation"] < limit["elongation"]
    return grown & ~is_felling(table, kinds)
