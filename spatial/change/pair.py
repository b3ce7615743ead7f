"""The pair gate: whether two images may be compared, and what to take out first.

    report = pair(before, after)
    if report.is_usable:
        first, second, mask = report.aligned.read(window, normalised=True)

The order: the days; one grid for both; tiles are read and tell the shift, which is
taken out and measured again; then what hides the ground, and how the numbers of one
image follow from the other's. Nothing is decided by a picture, but there is one for the
eye: `spatial.change.pair_picture`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import shapely

from spatial.change.aligned import ROLES, AlignedPair, common_grid
from spatial.change.gate import (
    Doubt,
    GateLimits,
    doubt,
    of_days,
    of_images,
    of_relation,
    of_shift,
    of_view,
    season_days,
    unevenness,
)
from spatial.change.relation import Relation, relate
from spatial.change.sampling import Sample, sampled

if TYPE_CHECKING:
    from layers.grid import Grid
    from layers.raster import RasterLayer
    from spatial.change.aligned import Bounds
    from spatial.change.phase import Shift

Status = Literal["usable", "usable_with_warning", "refused"]
LIMITS = GateLimits()
LEAST_SHIFT_PX = 0.05
"""Below this a shift is left in: to take it out would cost more than it does harm."""
LEAST_BANDS = 2


@dataclass(frozen=True, slots=True)
class PairReport:
    """What the gate says of a pair.

    Attributes
    ----------
    status
        ``usable``, ``usable_with_warning`` or ``refused``.
    doubts
        What speaks against it, gravest first.
    aligned
        The pair on one grid, without its shift; None when it has none. It is there for
        a refused pair too, to be looked at.
    shift
        As measured; None where too little is seen.
    residual
        What is left after it was taken out, measured again; None likewise.
    spread_px
        How far the tiles differ in it; None for fewer than three clear tiles.
    relation
        How the numbers go together; None where nothing was read.
    season_days
        Days between the days of the year; None where a day is unknown.
    sample
        What was looked at; None where nothing was.
    """

    status: Status
    doubts: tuple[Doubt, ...]
    aligned: AlignedPair | None
    shift: Shift | None = None
    residual: Shift | None = None
    spread_px: float | None = None
    relation: Relation | None = None
    season_days: int | None = None
    sample: Sample | None = None

    @property
    def is_usable(self) -> bool:
        """Whether change may be looked for."""
        return self.status != "refused"

    @property
    def grid(self) -> Grid | None:
        """The common grid."""
        return None if self.aligned is None else self.aligned.grid

    @property
    def shift_px(self) -> tuple[float, float]:
        """(columns, rows) of the measured shift; (0, 0) where it does not show."""
        known = self.shift is not None and self.shift.is_clear
        return (self.shift.columns, self.shift.rows) if known and self.shift else (0, 0)

    @property
    def residual_px(self) -> tuple[float, float]:
        """(columns, rows) that `aligned` still holds; (0, 0) where it does not show."""
        left = self.residual
        return (left.columns, left.rows) if left and left.is_clear else (0.0, 0.0)

    def numbers(self) -> dict[str, object]:
        """Return all numbers as plain values, for a file; None is unknown."""
        view = self.sample
        shares = ("nodata", "cloud", "shadow", "snow", "saturated", "bright")
        lines = self.relation.lines if self.relation else {}
        return {
            "status": self.status,
            "doubts": [[one.severity, one.name] for one in self.doubts],
            "size_px": list(self.grid.shape) if self.grid else None,
            "shift_px": _rounded(self.shift_px) if self.shift else None,
            "shift_is_clear": self.shift.is_clear if self.shift else None,
            "coherence": _round(self.shift.coherence) if self.shift else None,
            "residual_px": _rounded(self.residual_px) if self.residual else None,
            "spread_px": _round(self.spread_px),
            "season_days": self.season_days,
            "valid_share": _round(view.valid) if view else None,
            "before": {n: _round(view.share(0, n)) for n in shares} if view else None,
            "after": {n: _round(view.share(1, n)) for n in shares} if view else None,
            "unchanged_share": _round(self.relation.unchanged)
            if self.relation
            else None,
            "uneven": _round(unevenness(self.relation, view))
            if self.relation and view and self.relation.is_known
            else None,
            "lines": {
                role: {
                    "gain": _round(one.gain), "bias": _round(one.bias),
                    "spread": _round(one.spread), "r": _round(one.r),
                    "dark": _round(one.dark),
                }
                for role, one in lines.items()
            },
        }  # fmt: skip


def pair(
    before: RasterLayer,
    after: RasterLayer,
    *,
    area: shapely.Geometry | Bounds | None = None,
    limits: GateLimits = LIMITS,
) -> PairReport:
    """Judge whether two images may be compared.

    Parameters
    ----------
    before, after
        The earlier and the later image.
    area
        Only this part counts: (min_lon, min_lat, max_lon, max_lat) in EPSG:4490, or a
        geometry whose box is taken.
    limits
        Where a doubt begins.

    Returns
    -------
    PairReport
        Whatever comes: a pair that cannot be compared is refused in the report, with
        the numbers that were found, and not by an error.

    Raises
    ------
    CrsMismatchError
        The images stand on different datums.
    InputRefusedError
        A file cannot be read.
    """
    box = _box(area) if isinstance(area, shapely.Geometry) else area
    doubts = [*of_days(before, after, limits), *of_images(before, after, limits)]
    days = season_days(before, after)
    bands = tuple(one for one in ROLES if one in before.bands and one in after.bands)
    grid = common_grid(before, after, box)
    if len(bands) < LEAST_BANDS:
        doubts.append(doubt("refused", "bands", bands=", ".join(bands) or "-"))
    if grid is None:
        doubts.append(doubt("refused", "apart"))
    if grid is None or len(bands) < LEAST_BANDS:
        return PairReport("refused", _sorted(doubts), None, season_days=days)
    aligned = AlignedPair(before, after, grid, bands)
    found = sampled(aligned)
    doubts += of_shift(found, limits)
    seen, aligned = _straightened(found, aligned, limits)
    doubts += of_view(seen, limits)
    relation = relate(*seen.pixels(), bands)
    doubts += of_relation(
        relation, seen, limits, is_reflectance=before.quantity == "reflectance"
    )
    known = {
        role: (one.gain, one.bias) for role, one in relation.lines.items()
    } if relation.is_known else {}  # fmt: skip
    return PairReport(
        status=_status(doubts),
        doubts=_sorted(doubts),
        aligned=replace(aligned, lines=known),
        shift=found.shift,
        residual=seen.shift,
        spread_px=found.spread,
        relation=relation,
        season_days=days,
        sample=seen,
    )


def _box(area: shapely.Geometry) -> Bounds:
    """Return the box of a geometry."""
    west, south, east, north = shapely.bounds(area).tolist()
    return west, south, east, north


def _straightened(
    found: Sample, aligned: AlignedPair, limits: GateLimits
) -> tuple[Sample, AlignedPair]:
    """Take a clear shift out and look again; leave what is small, or too large."""
    shift = found.shift
    if shift is None or not shift.is_clear:
        return found, aligned
    if not LEAST_SHIFT_PX < shift.length <= limits.shift_refused_px:
        return found, aligned
    moved = replace(aligned, shift_px=(shift.columns, shift.rows))
    return sampled(moved), moved


def _status(doubts: list[Doubt]) -> Status:
    """Return what the gravest doubt makes of the pair."""
    grave = {one.severity for one in doubts}
    if "refused" in grave:
        return "refused"
    return "usable_with_warning" if "warning" in grave else "usable"


def _sorted(doubts: list[Doubt]) -> tuple[Doubt, ...]:
    order = {"refused": 0, "warning": 1, "note": 2}
    return tuple(sorted(doubts, key=lambda one: order[one.severity]))


def _round(value: float | None) -> float | None:
    """Return a number with six places, None for what is none."""
    return None if value is None or value != value else round(value, 6)  # noqa: PLR0124 - NaN


def _rounded(values: tuple[float, float]) -> list[float | None]:
    return [_round(one) for one in values]
