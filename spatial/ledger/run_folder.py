"""A folder that `redline monitor` wrote, read back: clues, what was seen, set aside."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from layers.errors import InputRefusedError, SourceNotFoundError
from layers.layer import FRAME
from layers.provenance import sha256_of
from layers.spec import spec
from spatial.change.pair import pair
from spatial.overlap import cover_table
from spatial.zonal import streamed_cover

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.raster import RasterLayer

SCHEMA = "ecoredline/monitoring/1"
_RESULT, _SHAPES, _MANIFEST = "result.json", "findings.gpkg", "manifest.json"
_WHOLE = 1 - 1e-6  # a share that rounding to six places leaves
_FLAT = 2
Images = tuple["RasterLayer", "RasterLayer"]


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A monitoring run as it lies in its folder.

    Attributes
    ----------
    run_id
        Of the run: the same inputs give the same.
    on, before_on
        Days of the later and of the earlier image; the latter None if unknown.
    clues
        Indexed by patch id, sorted; EPSG:4490. The columns of ``clues`` in
        ``result.json``, and ``seen_on``.
    aside
        Patches that were set aside: geometry and ``reason``.
    zones
        Zones of the run: geometry, ``kind``, ``observed_share`` (NaN unknown).
    is_usable
        Whether the pair could be compared. If not, nothing follows from silence.
    is_within_zones
        Whether change was looked for in control zones alone.
    hashes
        SHA-256 of what went into the run, and of the files read here.
    notices
        What every page made from the run has to say: that its zones are made up.
    """

    run_id: str
    on: dt.date
    before_on: dt.date | None
    clues: gpd.GeoDataFrame
    aside: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    is_usable: bool
    is_within_zones: bool
    hashes: Mapping[str, str]
    notices: tuple[str, ...] = ()


def read_run(folder: Path | str) -> RunFolder:
    """Read a folder that `redline monitor` wrote.

    Parameters
    ----------
    folder
        With ``result.json``, ``findings.gpkg`` and ``manifest.json``.

    Returns
    -------
    RunFolder
        The same for the same files.

    Raises
    ------
    SourceNotFoundError
        The folder or one of the files is not there.
    InputRefusedError
        It is no monitoring run, or a file was changed after the run wrote it.
    """
    folder = Path(folder)
    for name in (_RESULT, _SHAPES, _MANIFEST):
        if not (folder / name).is_file():
            raise SourceNotFoundError(
                folder / name, todo="give the output folder of redline monitor"
            )
    told = _json(folder / _RESULT)
    if told.get("schema") != SCHEMA:
        raise InputRefusedError(
            source=folder / _RESULT,
            expected=f"a result of the schema {SCHEMA}",
            got=repr(told.get("schema")),
            todo="give the output folder of redline monitor, not of a review",
        )
    hashes = _unchanged(folder)
    before = told["images"]["before"]["date"]
    on = dt.date.fromisoformat(told["images"]["after"]["date"] or told["on"])
    detection = told["detection"]
    shapes = {
        name: _layer(folder / _SHAPES, name) for name in ("clues", "set_aside", "zones")
    }
    return RunFolder(
        run_id=str(told["run_id"]),
        on=on,
        before_on=dt.date.fromisoformat(before) if before else None,
        clues=_clues(told["clues"], shapes["clues"], folder, on),
        aside=_aside(told["set_aside"], shapes["set_aside"], folder),
        zones=_zones(told["zones"], shapes["zones"], folder),
        is_usable=detection is not None,
        is_within_zones=detection is not None and "only_within" in detection["notes"],
        hashes={**told["inputs"], **hashes},
        notices=tuple(map(str, told["notices"])),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputRefusedError(
            source=path, expected="JSON", got=str(error), todo="make the run again"
        ) from error
    return found if isinstance(found, dict) else {}


def _unchanged(folder: Path) -> dict[str, str]:
    """Return the hashes of the files; refuse one that the run did not write so."""
    written = _json(folder / _MANIFEST).get("outputs") or {}
    found = {}
    for name in (_RESULT, _SHAPES):
        digest = sha256_of([folder / name])
        if written.get(name) != digest:
            raise InputRefusedError(
                source=folder / name,
                expected=f"the file that the run wrote (SHA-256 {written.get(name)})",
                got=f"another one ({digest})",
                todo="make the run again; a changed result is no evidence",
            )
        found[f"run:{name}"] = digest
    return found


def _layer(path: Path, name: str) -> gpd.GeoDataFrame:
    """Return a layer of the run's own GeoPackage."""
    frame = pyogrio.read_dataframe(path, layer=name)
    return gpd.GeoDataFrame(frame, geometry=frame.geometry, crs=FRAME)


def _single(shapes: pd.Series) -> list[Any]:
    """Return outlines without the wrapping that a layer of multipolygons adds."""
    return [
        one.geoms[0] if hasattr(one, "geoms") and len(one.geoms) == 1 else one
        for one in shapes
    ]


def _clues(
    rows: list[dict[str, Any]], shapes: gpd.GeoDataFrame, folder: Path, on: dt.date
) -> gpd.GeoDataFrame:
    """Return the clues with their outlines."""
    outline = dict(zip(shapes["clue_id"], _single(shapes.geometry), strict=True))
    names = [str(row["patch_id"]) for row in rows]
    if set(names) != set(outline):
        raise _torn(folder, "clues")
    columns = sorted({key for row in rows for key in row} - {"patch_id"})
    index = pd.Index(names, dtype=object, name="clue_id")
    table = {
        key: pd.Series([row.get(key) for row in rows], index=index, dtype=object)
        for key in columns
    }
    for key in ("kind", "trend", "seen_on"):
        table.setdefault(key, pd.Series([None] * len(rows), index=index, dtype=object))
    table["seen_on"] = pd.Series([on] * len(rows), index=index, dtype=object)
    geometry = np.array([*(outline[name] for name in names), None], dtype=object)[:-1]
    frame = gpd.GeoDataFrame(table, index=index, geometry=geometry, crs=FRAME)
    return frame.sort_index()


def _aside(
    rows: list[dict[str, Any]], shapes: gpd.GeoDataFrame, folder: Path
) -> gpd.GeoDataFrame:
    """Return the patches that were set aside, with the reason's key."""
    outline = dict(zip(shapes["clue_id"], shapes.geometry, strict=True))
    if {str(row["patch_id"]) for row in rows} != set(outline):
        raise _torn(folder, "set_aside")
    geometry = np.array(
        [*(outline[str(r["patch_id"])] for r in rows), None], dtype=object
    )
    return gpd.GeoDataFrame(
        {"reason": [str(row["reason"]) for row in rows]},
        geometry=geometry[:-1],
        crs=FRAME,
    )


def _zones(
    rows: list[dict[str, Any]], shapes: gpd.GeoDataFrame, folder: Path
) -> gpd.GeoDataFrame:
    """Return the zones with how much of each was seen; rows stand in one order."""
    ids = [None if pd.isna(one) else str(one) for one in shapes["zone_id"]]
    if ids != [row.get("zone_id") for row in rows]:
        raise _torn(folder, "zones")
    seen = [row.get("observed_share") for row in rows]
    return gpd.GeoDataFrame(
        {
            "kind": [str(row["kind"]) for row in rows],
            "observed_share": [np.nan if one is None else float(one) for one in seen],
        },
        geometry=shapes.geometry.to_numpy(),
        crs=FRAME,
    )


def _torn(folder: Path, name: str) -> InputRefusedError:
    return InputRefusedError(
        source=folder,
        expected=f"the same {name} in {_RESULT} and {_SHAPES}",
        got="different ones",
        todo="make the run again",
    )


def observed(
    grounds: gpd.GeoSeries, run: RunFolder, images: Images | None = None
) -> dict[str, float]:
    """Return how much of each ground the run looked at, by case id.

    Parameters
    ----------
    grounds
        Grounds of cases, EPSG:4490, by case id.
    run
        The run.
    images
        Its two images, where they are at hand. Without them a ground counts as seen
        where zones that were seen throughout hold it; of the others nobody knows.

    Returns
    -------
    dict
        In [0, 1]. A case is missing where nobody knows: the pair could not be
        compared, the ground is no area, or it lies, in part, where the run did not
        look for change.
    """
    areas = grounds[shapely.get_dimensions(grounds.to_numpy()) == _FLAT]
    if not run.is_usable or not len(areas):
        return {}
    control = run.zones["kind"].map(lambda kind: spec(kind).role == "control")
    if run.is_within_zones:
        areas = areas[_held(areas, run.zones[control.astype(bool)])]
    if not len(areas):
        return {}
    if images is None:
        whole = run.zones[run.zones["observed_share"] >= _WHOLE]
        return dict.fromkeys(areas.index[_held(areas, whole)].astype(str), 1.0)
    report = pair(*images)
    if report.aligned is None or not report.is_usable:
        return {}
    frame = gpd.GeoDataFrame(geometry=areas, crs=FRAME)
    share = streamed_cover(frame, report.aligned)["observed_share"].fillna(0.0)
    return {str(name): float(one) for name, one in share.items()}


def _held(areas: gpd.GeoSeries, zones: gpd.GeoDataFrame) -> np.ndarray[Any, Any]:
    """Say which areas lie in zones as a whole."""
    if not len(zones):
        return np.zeros(len(areas), dtype=bool)
    table = cover_table(gpd.GeoDataFrame(geometry=areas, crs=FRAME), zones)
    return np.asarray(table["covered_share"].to_numpy(dtype=float) >= _WHOLE)
