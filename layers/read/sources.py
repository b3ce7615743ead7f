"""The three ways in: a file, a table in memory, a statement that there is nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import worker
from layers.errors import GeometryError
from layers.formats import RawTable, open_raw, source_files
from layers.formats.garbled import told
from layers.frame import canonical
from layers.layer import FRAME, Layer
from layers.provenance import Period, Provenance, Tolerance, sha256_of
from layers.read.address import need_file
from layers.read.build import build, in_frame
from layers.read.coverage import with_coverage
from layers.read.statement import Origin, Stated, Statement
from layers.spec import spec

if TYPE_CHECKING:
    from layers.spec import LayerSpec


def read(
    source: Path | str,
    *,
    kind: str,
    layer: str | None = None,
    encoding: str | None = None,
    in_process: bool = False,
    **stated: Unpack[Stated],
) -> Layer:
    """Read a layer from a file, which another process opens.

    Parameters
    ----------
    source
        A file of any format in ``docs/formats.md``, also in a zip, or the folder of a
        File Geodatabase. The file and its folder are never written to.
    kind
        A layer kind, see `layers.kinds`.
    layer
        Layer in a file that holds several.
    encoding
        Text encoding of a Shapefile or CSV, when its bytes leave it open.
    in_process
        Open the file in this process, without the walls of `layers.worker`: quicker
        for one file, and only for files that you trust. The layer keeps the issue
        ``read_in_process``.
    **stated
        See `Stated`.

    Returns
    -------
    Layer
        In EPSG:4490; rows in the file = rows kept + rows set aside.

    Raises
    ------
    UnknownKindError
        There is no such kind.
    SourceNotFoundError, InputRefusedError
        There is no such file, or it cannot be read in a way that could be trusted, or
        within `layers.worker.LIMITS`.
    CrsError
        The reference system is missing, contradicted, not accepted, or does not fit
        the coordinates (axes swapped, metres called degrees).
    """
    need_file(source)
    path = Path(source)
    wanted = spec(kind)
    statement = Statement(**stated)
    take = _taken_here if in_process else _taken
    raw, digest = take(path, layer, encoding, wanted)
    return build(raw, wanted, statement, Origin(str(source), digest))


def _taken(
    path: Path, layer: str | None, encoding: str | None, wanted: LayerSpec
) -> tuple[RawTable, str]:
    """Return what another process reads, and the hash of the bytes that it read."""
    with worker.opened(path) as source:
        names = wanted.layer_names
        return source.raw(layer=layer, encoding=encoding, known=names), source.sha256


def _taken_here(
    path: Path, layer: str | None, encoding: str | None, wanted: LayerSpec
) -> tuple[RawTable, str]:
    """Return what this process reads, saying so, and the hash of the file."""
    raw = open_raw(path, layer=layer, encoding=encoding, known=wanted.layer_names)
    found = (*raw.found, ("read_in_process", {}))
    return replace(raw, found=found), sha256_of(source_files(path))


def from_frame(
    frame: gpd.GeoDataFrame, *, kind: str, **stated: Unpack[Stated]
) -> Layer:
    """Make a layer from a GeoDataFrame, with the same checks as for a file.

    Parameters
    ----------
    frame
        Any GeoDataFrame; it stays as it is. Its index is not used: rows count from 0.
    kind, **stated
        As for `read`. `crs` is needed when the frame has none.

    Raises
    ------
    GeometryError
        `frame` is a plain table.
    UnknownKindError, CrsError
        As for `read`.

    Examples
    --------
    >>> import geopandas, shapely, layers
    >>> sites = geopandas.GeoDataFrame(
    ...     {"项目编号": ["P-1"], "项目类型": ["矿山"]},
    ...     geometry=[shapely.box(107.0, 40.0, 107.1, 40.1)], crs=4490)
    >>> layer = layers.from_frame(sites, kind="project_site")
    >>> layer.frame[["feature_id", "project_type"]].to_dict("records")
    [{'feature_id': 'P-1', 'project_type': 'mine'}]
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        msg = "<frame>: expected a GeoDataFrame with a geometry column, got a table"
        raise GeometryError(msg)
    geometry = np.asarray(frame.geometry.array, dtype=object)
    attributes = pd.DataFrame(frame.drop(columns=frame.active_geometry_name))
    raw = RawTable(
        attributes=attributes.reset_index(drop=True),
        geometry=geometry,
        unreadable=np.zeros(len(frame), dtype=bool),
        crs=frame.crs,
        crs_evidence="the frame's crs",
        format="GeoDataFrame",
        source_layer=None,
        encoding=None,
        rows_in_file=len(frame),
        found=tuple(told(attributes)),
    )
    origin = Origin("<frame>", _frame_hash(raw))
    return build(raw, spec(kind), Statement(**stated), origin)


def none_exists(kind: str, *, source: str, **stated: Unpack[Stated]) -> Layer:
    """Make the layer that says: there is no zone of this kind in the coverage.

    Parameters
    ----------
    kind
        A layer kind.
    source
        Who stated it, and where it is written.
    **stated
        As for `read`; `crs` and `fields` have no meaning here. Without `coverage` the
        statement holds nowhere, and is as good as none.
    """
    wanted, statement = spec(kind), Statement(**stated)
    name = statement.id or kind
    table = canonical(
        pd.DataFrame(index=range(0)), spec=wanted, layer=name, fields={}, source=source
    ).table
    layer = Layer(
        id=name,
        spec=wanted,
        frame=in_frame(table, np.empty(0, dtype=object)),
        provenance=Provenance(
            source=source,
            sha256=hashlib.sha256(source.encode()).hexdigest(),
            format="statement",
            source_layer=None,
            encoding=None,
            crs=FRAME,
            crs_evidence="no coordinates",
            operation="none",
            edition=statement.edition,
            valid=statement.valid or Period(),
            licence=statement.licence,
            rows_in_file=0,
            rows_kept=0,
            rows_quarantined=0,
        ),
        accuracy_m=statement.accuracy_m,
        tolerance=statement.tolerance or Tolerance(),
        notice=statement.notice,
        none_exists=source,
    )
    return with_coverage(layer, statement.coverage)


def _frame_hash(raw: RawTable) -> str:
    """Return the SHA-256 of coordinates and attributes, column by column."""
    digest = hashlib.sha256()
    blobs = shapely.to_wkb(raw.geometry, include_srid=False)
    for blob in blobs:
        digest.update(blob or b"-")
    for name in raw.attributes.columns:
        digest.update(str(name).encode())
        digest.update("\x1f".join(map(repr, raw.attributes[name].tolist())).encode())
    return digest.hexdigest()
