"""The one door: recognise a file, open it with the one reader it may have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.formats import geojson, geopackage, parquet, shapefile, table
from layers.formats.archive import unpacked
from layers.formats.raw import RawTable, stem_of
from layers.formats.sniff import Sniffed, sniff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def open_raw(
    path: Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    known: Sequence[str] = (),
) -> RawTable:
    """Read a file as it is.

    Parameters
    ----------
    path
        GeoPackage, Shapefile (also zipped), GeoJSON, GeoParquet or CSV.
    layer
        Layer to read from a file that may hold several.
    encoding
        Text encoding of a Shapefile or CSV, when the user knows it.
    known
        Layer names that point to the wanted kind.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, or it cannot be read in a way that could be trusted.
    """
    sniffed = sniff(path)
    if sniffed.format == "GeoPackage":
        return geopackage.read(path, layer=layer, known=known)
    if layer is not None and layer != stem_of(path):
        raise InputRefusedError(
            source=path,
            expected=f"a layer {layer!r}",
            got=f"{sniffed.format}, which holds one layer without a name of its own",
            todo="leave layer= out",
        )
    if sniffed.format == "zip":
        with unpacked(path) as inner:
            return shapefile.zipped(
                shapefile.read(inner, encoding=encoding, source=path)
            )
    if sniffed.format == "ESRI Shapefile":
        return shapefile.read(path, encoding=encoding)
    if sniffed.format == "GeoJSON":
        return geojson.read(path)
    if sniffed.format == "GeoParquet":
        return parquet.read(path)
    return table.read(path, encoding=encoding)


def layer_names(path: Path, sniffed: Sniffed) -> tuple[str, ...]:
    """Return the layers of a recognised file, sorted."""
    if sniffed.format == "GeoPackage":
        return geopackage.layers_of(path)
    return (stem_of(path),)


def source_files(path: Path) -> list[Path]:
    """Return the files whose bytes make the source: all parts of a Shapefile."""
    if path.suffix.lower() == ".shp":
        return list(shapefile.parts_of(path).values())
    return [path]
