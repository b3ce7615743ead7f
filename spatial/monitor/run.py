"""What people changed inside control zones between two images: the whole chain.

    two images -> pair gate -> patches -> zones, rules, approvals -> clues, urgent first

A pair that the gate refuses gives no clue and is never called unchanged.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from layers.card import card_html
from layers.errors import InputRefusedError
from layers.layer import FRAME
from layers.raster import RasterLayer, read_raster
from layers.raster.frames import mapped
from layers.spec import spec
from spatial import silence
from spatial.change.pair import pair
from spatial.change.patches import EVENT_WITHIN_M, no_patches
from spatial.change.scan import scan
from spatial.judging import day_of
from spatial.measure import area_m2
from spatial.monitor.clues import REQUIRED, clues_of
from spatial.monitor.places import placed
from spatial.monitor.zones import zone_table
from spatial.report.plot import plot

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping

    import folium

    from layers.grid import Grid
    from layers.layer import Workspace
    from layers.text import Lang
    from spatial.change.detect import Method, Target
    from spatial.change.pair import PairReport
    from spatial.change.scan import Scan
    from spatial.change.workers import Engine
    from spatial.monitor.clues import Clues
    from spatial.report.plot import Picture

    Step = Callable[[str, Mapping[str, str | float]], None]

REASONS = (
    *("too_small", "too_narrow", "shift", "cloud_edge", "water_level"),
    *("seasonal_vegetation", "haze", "not_observed", "permitted", "in_no_zone"),
)
"""Why patches are set aside, in the order of the report."""


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What two images show inside the control zones of an office.

    Attributes
    ----------
    office
        The layers, approvals and rulebooks.
    on
        The day whose law, layers and approvals count: that of the later image.
    before, after
        The images.
    pair
        What the gate says of them.
    scan
        The patches of change; None where the gate refuses the pair.
    clues
        Those that are worth a look on the ground, and the rest with its reasons.
    zones
        A row a zone: how much of it was seen, and what changed in it; see
        `spatial.monitor.zones.zone_table`.
    inputs
        SHA-256 by name of what went in, both images and the options among them.
    options
        How change was looked for: what `monitor` was told.
    lang
        Language of the tables.
    """

    office: Workspace
    on: dt.date
    before: RasterLayer
    after: RasterLayer
    pair: PairReport
    scan: Scan | None
    clues: Clues
    zones: gpd.GeoDataFrame
    inputs: Mapping[str, str]
    options: Mapping[str, str | float | None]
    lang: Lang = "zh"

    @property
    def table(self) -> gpd.GeoDataFrame:
        """The clues, most urgent first; see `spatial.monitor.clues.Clues.table`."""
        return self.clues.table

    @property
    def set_aside(self) -> gpd.GeoDataFrame:
        """The patches that are no clue, each with its ``reason``."""
        return self.clues.set_aside

    def _repr_html_(self) -> str:
        from spatial.monitor.cards import monitoring_card  # noqa: PLC0415

        return card_html(monitoring_card(self, self.lang))

    def explore(self) -> folium.Map:
        """Return a map for a notebook: the clues over the zones; offline, escaped."""
        from spatial.monitor.shown import shown_clues  # noqa: PLC0415
        from spatial.report.map import folium_map  # noqa: PLC0415  folium loads slowly

        return folium_map(shown_clues(self))

    def plot(self) -> Picture:
        """Return a quick picture of the same map; needs the extra ``report``."""
        from spatial.monitor.shown import shown_clues  # noqa: PLC0415

        return plot(shown_clues(self), self.office.title)

    def write(
        self,
        folder: Path | str,
        *,
        pictures: int | None = None,
        formats: Collection[str] | None = None,
        fonts: Path | None = None,
        maps: bool = False,
        sheets: int | None = None,
        call: Mapping[str, object] | None = None,
    ) -> tuple[Path, ...]:
        """Write result, tables, page, pictures and manifest; return the paths.

        With ``docx`` or ``pdf`` among the formats also an overview on paper, and a
        sheet for each of the most urgent clues.

        See `spatial.monitor.write.write_monitoring`.
        """
        from spatial.monitor import write  # noqa: PLC0415  loads the writers
        from spatial.monitor.paper import MOST_SHEETS  # noqa: PLC0415
        from spatial.report.write import DEFAULT_FORMATS  # noqa: PLC0415

        return write.write_monitoring(
            self,
            Path(folder),
            most_pictures=write.MOST_PICTURES if pictures is None else pictures,
            formats=DEFAULT_FORMATS if formats is None else formats,
            fonts=fonts,
            maps=maps,
            most_sheets=MOST_SHEETS if sheets is None else sheets,
            call=call,
        )


def monitor(
    before: RasterLayer | Path | str,
    after: RasterLayer | Path | str,
    office: Workspace,
    *,
    on: dt.date | str | None = None,
    method: Method = "auto",
    target: Target = "auto",
    min_area_m2: float | None = None,
    min_width_m: float | None = None,
    event_within_m: float = EVENT_WITHIN_M,
    threads: int = 2,
    engine: Engine = "threads",
    scheduler: str | None = None,
    lang: Lang = "zh",
    step: Step = lambda _key, _facts: None,
) -> Monitoring:
    """Compare two images inside the control zones of an office.

    Parameters
    ----------
    before, after
        The earlier and the later image, or where they lie (see `layers.read_raster`).
    office
        Control layers, approvals (kind ``permit``), rulebooks and settings.
    on
        The day whose law, layers and approvals count; that of the later image if not
        given.
    method, target
        See `spatial.change.detect.detect`.
    min_area_m2, min_width_m, event_within_m
        See `spatial.change.patches.patches`.
    threads, engine, scheduler
        Where the work runs (see `spatial.change.scan.scan`): threads of this process,
        or ``dask`` with the address of a scheduler. The result does not depend on it.
    lang
        Language of the tables.
    step
        Told the key of a sentence and its facts when a step of the work begins.

    Returns
    -------
    Monitoring
        Frozen. Of a pair that the gate refuses: its report, and no clue.

    Raises
    ------
    InputRefusedError
        An image cannot be read, or no day is known.
    CrsMismatchError
        The images stand on different datums.
    ExtraMissingError
        exactextract (extra ``raster``) is not installed.
    """
    options = {
        "method": method,
        "target": target,
        "min_area_m2": min_area_m2,
        "min_width_m": min_width_m,
        "event_within_m": event_within_m,
    }
    first, second = _image(before), _image(after)
    _need_settled(first)
    _need_settled(second)
    day = _day(on, second)
    step("cli.judging_pair", {"before": first.name, "after": second.name})
    report = pair(first, second)
    found: Scan | None = None
    zones = _zones(office, day)
    if report.is_usable and report.aligned is not None:
        width, height = report.aligned.grid.width, report.aligned.grid.height
        step("cli.looking_for_change", {"width": width, "height": height})
        found = scan(
            report.aligned,
            method=method,
            target=target,
            residual_px=report.residual_px,
            min_area_m2=min_area_m2,
            min_width_m=min_width_m,
            event_within_m=event_within_m,
            within=search_area(report.aligned.grid, zones, office, day),
            threads=threads,
            engine=engine,
            scheduler=scheduler,
        )
    patches = no_patches() if found is None else found.patches
    step("cli.judging_patches", {"count": int(patches["kept"].sum())})
    clues = clues_of(patches, office, on=day, tolerance_m=_pixel_m(report), lang=lang)
    table = clues.table.join(placed(clues.table, office, on=day))
    clues = replace(clues, table=table)
    content = clues.review.content
    inputs = {
        **{key: one for key, one in content.inputs.items() if key != "sites"},
        "image:before": first.sha256(),
        "image:after": second.sha256(),
        "options": hashlib.sha256(json.dumps(options).encode()).hexdigest(),
    }
    step("cli.measuring_zones", {"count": len(content.layers)})
    zones = zone_table(zones, None if found is None else report.aligned, patches)
    return Monitoring(
        office, day, first, second, report, found, clues, zones, inputs, options, lang
    )


def _image(given: RasterLayer | Path | str) -> RasterLayer:
    return given if isinstance(given, RasterLayer) else read_raster(given)


def _need_settled(image: RasterLayer) -> None:
    """Refuse an image on another datum before any work: zones would lie beside it."""
    if not image.is_settled:
        raise InputRefusedError(
            source=image.source,
            expected="a reference system on CGCS2000 or WGS 84, as the zones have",
            got=image.grid.crs.name,
            todo="warp both images first, for example with gdalwarp -t_srs EPSG:4490",
        )


def _day(on: dt.date | str | None, after: RasterLayer) -> dt.date:
    """Return the day that counts."""
    if on is not None:
        return day_of(on)
    if after.date is not None:
        return after.date
    raise InputRefusedError(
        source=after.source,
        expected="an image whose day is known, since the law of that day counts",
        got="no date" if after.year is None else f"the year {after.year} alone",
        todo="state it: date= of read_raster, or on= (--on)",
    )


def _pixel_m(report: PairReport) -> float:
    """Return the side of a pixel in the middle of the grid, metres."""
    grid = report.grid
    if grid is None:
        return 0.0
    j, i = grid.height // 2, grid.width // 2
    corners = grid.xy([i, i + 1, i + 1, i], [j, j, j + 1, j + 1])
    x, y = mapped(*corners, grid.crs, pyproj.CRS.from_user_input(FRAME))
    one = np.array([shapely.Polygon(np.column_stack([x, y]))])
    return float(np.sqrt(area_m2(one)[0]))


def search_area(
    grid: Grid, zones: gpd.GeoDataFrame, office: Workspace, day: dt.date
) -> gpd.GeoDataFrame | None:
    """Return the control zones to which the search can be held; None: everywhere.

    Parameters
    ----------
    grid
        Of the images.
    zones
        Column ``kind``; EPSG:4490.
    office, day
        Where a layer of `spatial.monitor.clues.REQUIRED` cannot be relied on for the
        whole of the grid on that day, a patch outside of all zones may lie in one that
        is not there: then everything is looked at.
    """
    footprint = gpd.GeoDataFrame(geometry=[_footprint(grid)], crs=FRAME)
    for kind in REQUIRED:
        if len(silence.doubts(footprint, office, kind=kind, on=day)):
            return None
    control = zones["kind"].map(lambda kind: spec(kind).role == "control")
    return zones[control.astype(bool)]


def _footprint(grid: Grid) -> shapely.Polygon:
    """Return the border of a grid in EPSG:4490, bent as it is on the ground."""
    wide, high = grid.width, grid.height
    i = np.concatenate([[0, wide], [wide, wide], [wide, 0], [0, 0]])
    j = np.concatenate([[0, 0], [0, high], [high, high], [high, 0]])
    ring = shapely.segmentize(
        shapely.LinearRing(np.column_stack([i, j])), max(wide, high) / 32
    )
    x, y = grid.xy(*shapely.get_coordinates(ring).T)
    lon, lat = mapped(x, y, grid.crs, pyproj.CRS.from_user_input(FRAME))
    return shapely.Polygon(np.column_stack([lon, lat]))


def _zones(office: Workspace, day: dt.date) -> gpd.GeoDataFrame:
    """Return control zones and administrative units in force, one below another."""
    frames = []
    for layer in office.layers.values():
        wanted = layer.spec.role == "control" or layer.kind == "admin_unit"
        if not wanted or day not in layer.provenance.valid:
            continue
        frame = layer.frame
        areas = frame.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
        field = spec(layer.kind).name_field
        names = frame[field] if field in frame.columns else None
        part = pd.DataFrame(
            {
                "kind": layer.kind,
                "layer": layer.id,
                "zone_id": frame["feature_id"].astype(str),
                "zone_name": None if names is None else names,
            }
        )
        shapes = np.asarray(frame.geometry.array, dtype=object)
        frames.append(
            gpd.GeoDataFrame(
                part[areas].reset_index(drop=True), geometry=shapes[areas], crs=FRAME
            )
        )
    if not frames:
        columns: dict[str, list[str]] = {
            one: [] for one in ("kind", "layer", "zone_id", "zone_name")
        }
        return gpd.GeoDataFrame(columns, geometry=[], crs=FRAME)
    table = pd.concat(frames, ignore_index=True)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=FRAME)
