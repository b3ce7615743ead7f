"""What of a pair is refused, what is told: every threshold, and a sentence for each.

The thresholds are the project's own settings and no standard's. Where they come from
stands beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from layers.text import percent
from spatial.change.light import uneven_light
from spatial.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.raster import RasterLayer
    from spatial.change.relation import Line, Relation
    from spatial.change.sampling import Sample

Severity = Literal["refused", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("refused", "warning", "note")
YEAR_DAYS = 365.25
_BANDS_OF_AIR = 4  # fewer show no order
TENTH, TENTH_WITHIN, BANDS_WITHIN, GAINS_WITHIN = 0.1, 0.02, 0.03, 0.3
"""The offset of Sentinel-2 (1,000 of 10,000); how near the bands come to it, and to
each other; and how alike their gains are."""


@dataclass(frozen=True, slots=True)
class GateLimits:
    """Where a pair begins to be doubtful, and where it is refused.

    Attributes
    ----------
    shift_px
        A shift above this is told and taken out: 0.2 pixels keep the error of change
        below a tenth (Dai & Khorram 1998, The effects of image misregistration on the
        accuracy of remotely sensed change detection, IEEE TGRS 36).
    shift_refused_px
        Above this the place itself of one of the images is in doubt.
    spread_px
        Tiles that differ by more cannot be brought together by one shift.
    season_days, season_far_days
        Days between the two days of the year: told, and told as far.
    hidden, hidden_refused
        Share of the pixels that are not seen in both images.
    saturated, bright
        Share of pixels at the end of the scale, or that look like cloud.
    haze, uneven
        Reflectance (or share of the scale) by which dark ground is brighter in the
        band of the shortest wave than in that of the longest; and by which quarters
        of tiles differ. Uneven is also what `is_uneven`.
    factor, in_order
        Share of its contrast that the band of the shortest wave lost beyond the one of
        the longest, as air that only takes light does; and the rank correlation of
        gain and wave from which it is air: season alters infrared first, out of order.
    gain
        Gains above this, or below its inverse, are two units and no weather.
    r
        Correlation, as the middle of the bands, below which two images have hardly
        anything in common.
    coarser
        How much larger the pixels of one image may be.
    """

    shift_px: float = 0.2
    shift_refused_px: float = 2.0
    spread_px: float = 0.5
    season_days: int = 30
    season_far_days: int = 60
    hidden: float = 0.1
    hidden_refused: float = 0.8
    saturated: float = 0.01
    bright: float = 0.05
    haze: float = 0.008
    uneven: float = 0.008
    factor: float = 0.1
    in_order: float = 0.8
    gain: float = 2.5
    r: float = 0.3
    coarser: float = 1.5


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against a pair, or is good to know.

    Attributes
    ----------
    severity
        ``refused``, ``warning`` or ``note``.
    name
        Stable name, such as ``shift``.
    message
        The sentence with its numbers.
    """

    severity: Severity
    name: str
    message: Message


def doubt(severity: Severity, name: str, **facts: str | float) -> Doubt:
    """Return a doubt; its sentence is ``change.pair_NAME``."""
    return Doubt(severity, name, Message(f"change.pair_{name}", facts))


def of_days(before: RasterLayer, after: RasterLayer, limits: GateLimits) -> list[Doubt]:
    """Judge the days: their order, and how far apart they lie in the year."""
    first, second = before.date, after.date
    if first is None or second is None:
        if before.year and after.year and before.year > after.year:
            return [doubt("refused", "order", before=before.year, after=after.year)]
        return [doubt("warning", "days_unknown")]
    facts = {"before": first.isoformat(), "after": second.isoformat()}
    if first >= second:
        return [doubt("refused", "order", **facts)]
    days = season_days(before, after) or 0
    if days > limits.season_far_days:
        return [doubt("warning", "season_far", days=days, **facts)]
    if days > limits.season_days:
        return [doubt("warning", "season", days=days, **facts)]
    return []


def season_days(before: RasterLayer, after: RasterLayer) -> int | None:
    """Return days between the two days of the year, at most half a year."""
    if before.date is None or after.date is None:
        return None
    apart = (after.date - before.date).days % YEAR_DAYS
    return round(min(apart, YEAR_DAYS - apart))


def of_images(
    before: RasterLayer, after: RasterLayer, limits: GateLimits
) -> list[Doubt]:
    """Judge what is known before a pixel is read."""
    found = []
    if before.quantity != after.quantity:
        facts = {"before": before.quantity, "after": after.quantity}
        found.append(doubt("refused", "quantities", **facts))
    elif before.quantity == "relative":
        found.append(doubt("warning", "relative"))
    if before.sensor != after.sensor or before.level != after.level:
        found.append(doubt("warning", "sensors", before=_of(before), after=_of(after)))
    found += [*_of_one(before, "before"), *_of_one(after, "after")]
    if not (before.is_settled and after.is_settled):
        found.append(doubt("warning", "datum", crs=before.grid.crs.name))
    sizes = [max(one.grid.resolution) for one in (before, after)]
    if before.grid.crs == after.grid.crs and max(sizes) > limits.coarser * min(sizes):
        ratio = max(sizes) / min(sizes)
        found.append(doubt("warning", "resolution", ratio=round(ratio, 2)))
    return found


def _of_one(image: RasterLayer, which: str) -> list[Doubt]:
    """Judge what is known of one image."""
    found = []
    if any(one.key == "raster.offset_unknown" for one in image.notes):
        found.append(doubt("warning", f"offset_unknown_{which}"))
    if not image.has_mask:
        found.append(doubt("note", f"no_mask_{which}"))
    return found


def of_view(sample: Sample, limits: GateLimits) -> list[Doubt]:
    """Judge what hides the ground."""
    found = []
    hidden = 1 - sample.valid
    facts = {
        "hidden": _percent(hidden),
        "before": _hidden_by(sample, 0),
        "after": _hidden_by(sample, 1),
    }
    if hidden > limits.hidden_refused:
        found.append(doubt("refused", "hidden", **facts))
    elif hidden > limits.hidden:
        found.append(doubt("warning", "hidden", **facts))
    for image, which in enumerate(("before", "after")):
        full, bright = sample.share(image, "saturated"), sample.share(image, "bright")
        if full > limits.saturated:
            share = _percent(full)
            found.append(doubt("warning", f"saturated_{which}", share=share))
        if bright > limits.bright:
            share = _percent(bright)
            found.append(doubt("warning", f"bright_{which}", share=share))
    return found


def of_shift(sample: Sample, limits: GateLimits) -> list[Doubt]:
    """Judge the shift."""
    shift, spread = sample.shift, sample.spread
    if shift is None or not shift.is_clear:
        return [doubt("warning", "shift_unknown")]
    facts = {
        "columns": round(shift.columns, 2) + 0.0,  # never -0.0
        "rows": round(shift.rows, 2) + 0.0,
        "length": round(shift.length, 2),
    }
    found = []
    if shift.length > limits.shift_refused_px:
        found.append(doubt("refused", "shift_large", **facts))
    elif shift.length > limits.shift_px:
        found.append(doubt("warning", "shift", **facts))
    if spread is not None and spread > limits.spread_px:
        found.append(doubt("warning", "shift_uneven", spread=round(spread, 2)))
    return found


def of_relation(
    relation: Relation,
    sample: Sample,
    limits: GateLimits,
    *,
    is_reflectance: bool,
) -> list[Doubt]:
    """Judge how the numbers of the two images go together."""
    lines = relation.lines
    r = float(np.median([one.r for one in lines.values()])) if lines else float("nan")
    has_shift = sample.shift is not None and sample.shift.is_clear
    if not r >= limits.r and not has_shift:
        return [doubt("refused", "nothing_common", r=round(r, 2))]
    found = []
    if not r >= limits.r:
        found.append(doubt("warning", "r_low", r=round(r, 2)))
    if not relation.is_known:
        return [*found, doubt("warning", "no_line")]
    gain = float(np.median([one.gain for one in lines.values()]))
    if not 1 / limits.gain < gain < limits.gain:
        # Pictures that were stretched for the eye may differ by that much.
        severity: Severity = "refused" if is_reflectance else "warning"
        return [*found, doubt(severity, "scale", gain=round(gain, 3))]
    offset = common_offset(lines) if is_reflectance else None
    if offset is not None:
        return [*found, doubt("refused", "offset", offset=round(offset, 3))]
    if is_reflectance:
        found += _of_haze(lines, limits) or _of_factor(lines, limits)
    uneven = unevenness(relation, sample)
    if uneven > limits.uneven or is_uneven(sample):
        found.append(doubt("warning", "haze_uneven", uneven=round(uneven, 3)))
    return found


def common_offset(lines: Mapping[str, Line]) -> float | None:
    """Return an offset of 0.1 that all bands have in common, or None.

    Weather does not add the same light to every wave; a missing offset of Sentinel-2
    does.
    """
    bias = np.array([one.bias for one in lines.values()])
    gain = np.array([one.gain for one in lines.values()])
    middle = float(np.median(bias))
    is_tenth = abs(abs(middle) - TENTH) < TENTH_WITHIN
    is_common = float(np.abs(bias - middle).max()) < BANDS_WITHIN
    is_alike = float(np.abs(gain - 1).max()) < GAINS_WITHIN
    return middle if is_tenth and is_common and is_alike else None


def _of_haze(lines: Mapping[str, Line], limits: GateLimits) -> list[Doubt]:
    """Tell air light: it adds to dark ground, most where the wave is short."""
    dark = [(role, one.dark) for role, one in lines.items()]
    (short, low), (long, high) = dark[0], dark[-1]
    if abs(low - high) <= limits.haze or abs(low) < abs(high):
        return []
    name = "haze_after" if low > high else "haze_before"
    sizes = {"low": round(low, 3), "high": round(high, 3)}
    return [doubt("warning", name, short=short, long=long, **sizes)]


def _of_factor(lines: Mapping[str, Line], limits: GateLimits) -> list[Doubt]:
    """Tell air that takes light: contrast falls, most where the wave is short."""
    gain = np.array([one.gain for one in lines.values()])
    if len(gain) < _BANDS_OF_AIR:
        return []
    short, *_, long = lines
    low, high = sorted((float(gain[0]), float(gain[-1])))
    rank = np.argsort(np.argsort(gain, kind="stable"), kind="stable")
    order = float(np.corrcoef(rank, np.arange(len(gain)))[0, 1])
    if 1 - low / high < limits.factor or abs(order) < limits.in_order:
        return []
    name = "haze_factor_after" if gain[0] < gain[-1] else "haze_factor_before"
    sizes = {"low": round(float(gain[0]), 2), "high": round(float(gain[-1]), 2)}
    return [doubt("warning", name, short=short, long=long, **sizes)]


def unevenness(relation: Relation, sample: Sample) -> float:
    """Return by how much the light of the shortest wave differs from place to place.

    The spread, over quarters of tiles, of the middle residual of the first band; 0
    for fewer than 4, of which nobody can say what is the air and what the ground.
    """
    first = next(iter(relation.lines.values()))
    middles = []
    for tile in sample.tiles:
        off = tile.after[0] - first.gain * tile.before[0] - first.bias
        quarters = (off[tile.quarter == one] for one in range(4))
        middles += [float(np.median(one)) for one in quarters if len(one)]
    if len(middles) < 4:  # noqa: PLR2004
        return 0.0
    return float(np.median(np.abs(np.array(middles) - np.median(middles))) * 1.4826)


def is_uneven(sample: Sample) -> bool:
    """Say whether lines from place to place fit much better than one for all.

    The test by which detection, too, takes the light cell by cell
    (`spatial.change.light.uneven_light`), on quarters of tiles.
    """
    first, second = (one.astype(np.float64) for one in sample.pixels())
    cells = sample.cells()
    if not first.shape[1]:
        return False
    middles = [np.arange(one.max() + 1, dtype=np.float64) for one in cells]
    return uneven_light(first, second, cells, (middles[0], middles[1])) is not None


def _of(image: RasterLayer) -> str:
    return " ".join(one for one in (image.sensor, image.level) if one) or "?"


def _percent(share: float) -> str:
    return percent(share, decimals=1)


def _hidden_by(sample: Sample, image: int) -> str:
    """Return what hides the ground in one image, in shares."""
    names = ("nodata", "cloud", "shadow", "snow")
    return ", ".join(f"{one} {_percent(sample.share(image, one))}" for one in names)
