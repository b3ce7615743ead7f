"""What a workspace says of a layer, held against a day and against the region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.quality.defect import Defect, Limits, defect
from layers.quality.editions import editions, replaced
from layers.quality.plane import polygons, sizes
from layers.text import percent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from shapely import MultiPolygon, Polygon

    from layers.layer import Layer
    from layers.text import Fact


def statements(
    layer: Layer, *, on: dt.date | None, series: tuple[Layer, ...] = ()
) -> Iterator[Defect]:
    """Yield what speaks against edition and validity.

    Parameters
    ----------
    layer
        Any layer; sites need neither.
    on
        The day; None leaves the day out.
    series
        The editions of the layer's series, itself among them.
    """
    if layer.spec.role == "site":
        return
    read = layer.provenance
    if not read.edition:
        yield defect("edition_missing", layer.id)
    if not read.valid.is_stated:
        yield defect("validity_unknown", layer.id)
    yield from editions(layer, series)
    if on is None or not read.valid.is_stated or on in read.valid:
        return
    other = replaced(layer, series, on=on)
    if other is not None:
        yield other
    else:
        facts: dict[str, Fact] = {"valid": str(read.valid), "on": str(on)}
        begun = read.valid.start is None or read.valid.start <= on
        code = "no_longer_in_force" if begun else "not_yet_in_force"
        yield defect(code, layer.id, facts=facts)


def coverage(
    layer: Layer, *, region: Polygon | MultiPolygon | None, limits: Limits
) -> Iterator[Defect]:
    """Yield where the stated coverage leaves the region, or features leave it."""
    if layer.coverage is None or layer.spec.role == "site":
        return
    if region is not None:
        yield from _against_region(layer, region, limits)
    yield from _features(layer)


def _against_region(
    layer: Layer, region: Polygon | MultiPolygon, limits: Limits
) -> Iterator[Defect]:
    """Yield the parts of the region that a layer does not claim to cover."""
    if layer.coverage is None:
        return
    parts = polygons(shapely.difference(region, layer.coverage.area))
    size = sizes(parts)
    wide = ~np.array(
        [
            limits.is_thin(area, width)
            for area, width in zip(size.area_m2, size.width_m, strict=True)
        ],
        dtype=bool,
    )
    if not wide.any():
        return
    missing = shapely.MultiPolygon(parts[wide].tolist())
    share = float(shapely.area(missing) / shapely.area(region))
    outside = not shapely.intersects(region, layer.coverage.area)
    yield defect(
        "coverage_elsewhere" if outside else "coverage_short",
        layer.id,
        facts={
            "coverage": layer.coverage.stated,
            "percent": percent(share, decimals=1),
        },
        area_m2=float(size.area_m2[wide].sum()),
        width_m=float(size.width_m[wide].max()),
        geometry=missing,
    )


def _features(layer: Layer) -> Iterator[Defect]:
    """Yield the features that lie wholly outside of the stated coverage.

    Where that holds for every feature, reading has said so for the whole layer.
    """
    if layer.coverage is None or not len(layer):
        return
    geometry = np.asarray(layer.frame.geometry.array, dtype=object)
    shapely.prepare(layer.coverage.area)
    away = ~shapely.intersects(layer.coverage.area, geometry)
    if away.all():
        return
    for at in np.flatnonzero(away).tolist():
        yield defect(
            "outside_coverage",
            layer.id,
            facts={"coverage": layer.coverage.stated},
            row=int(layer.frame.index[at]),
            feature_id=str(layer.frame["feature_id"].iloc[at]),
            geometry=geometry[at],
        )
