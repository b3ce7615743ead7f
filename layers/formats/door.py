"""The one door: recognise a file, open it with the one reader it may have."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.errors import InputRefusedError
from layers.formats import (
    boundary_txt,
    excel,
    filegdb,
    flatgeobuf,
    geojson,
    geopackage,
    gml,
    kml,
    parquet,
    raster,
    shapefile,
    table,
)
from layers.formats.archive import unpacked
from layers.formats.ask import Ask
from layers.formats.garbled import told
from layers.formats.raw import RawTable, stem_of
from layers.formats.sniff import Format, Sniffed, sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Reader:
    """How a format is read.

    Attributes
    ----------
    read
        Reads one layer.
    layers_of
        Names of the layers, sorted; None where a file is one layer without a name
        of its own.
    """

    read: Callable[[Path, Ask], RawTable]
    layers_of: Callable[[Path], tuple[str, ...]] | None = None


def _dxf() -> Any:  # noqa: ANN401 - a module
    """Return the reader of drawings: its library takes a third of a second to load."""
    return import_module("layers.formats.dxf")


READERS: Mapping[Format, Reader] = {
    "GeoPackage": Reader(
        lambda path, ask: geopackage.read(path, layer=ask.layer, known=ask.known),
        geopackage.layers_of,
    ),
    "ESRI Shapefile": Reader(
        lambda path, ask: shapefile.read(path, encoding=ask.encoding)
    ),
    "File Geodatabase": Reader(
        lambda path, ask: filegdb.read(path, layer=ask.layer, known=ask.known),
        filegdb.layers_of,
    ),
    "GeoJSON": Reader(lambda path, _: geojson.read(path)),
    "GeoParquet": Reader(lambda path, _: parquet.read(path)),
    "FlatGeobuf": Reader(lambda path, _: flatgeobuf.read(path)),
    "KML": Reader(lambda path, ask: kml.read(path, encoding=ask.encoding)),
    "GML": Reader(
        lambda path, ask: gml.read(
            path, layer=ask.layer, encoding=ask.encoding, known=ask.known
        ),
        gml.layers_of,
    ),
    "DXF": Reader(
        lambda path, ask: _dxf().read(
            path, layer=ask.layer, encoding=ask.encoding, known=ask.known
        ),
        lambda path: _dxf().layers_of(path),
    ),
    "boundary points": Reader(
        lambda path, ask: boundary_txt.read(path, encoding=ask.encoding)
    ),
    "Excel workbook": Reader(
        lambda path, ask: excel.read(path, layer=ask.layer, known=ask.known),
        excel.layers_of,
    ),
    "Excel 97 workbook": Reader(
        lambda path, ask: excel.read(path, layer=ask.layer, known=ask.known),
        excel.layers_of,
    ),
    "CSV": Reader(lambda path, ask: table.read(path, encoding=ask.encoding)),
    "GeoTIFF": Reader(lambda path, _: _no_table(path)),
}
"""Every format but the archives; these hold one file of such a format."""
ARCHIVES: Mapping[Format, str] = {"zip": "{} (zip)", "KMZ": "KMZ"}
"""How the format of a file out of an archive is called."""


def _no_table(path: Path) -> RawTable:
    """Refuse a raster: it has no rows."""
    raise raster.no_table(path)


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
        A file of any format in `READERS`, or a zip or KMZ with one of them.
    layer
        Layer to read from a file that may hold several.
    encoding
        Text encoding, where the format leaves it open and the user knows it.
    known
        Layer names that point to the wanted kind.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, or it cannot be read in a way that could be trusted.
    """
    ask = Ask(layer=layer, encoding=encoding, known=tuple(known))
    sniffed = sniff(path)
    if sniffed.format not in ARCHIVES:
        return _read(path, sniffed.format, ask)
    if sniffed.format == "zip" and layer == stem_of(path):
        ask = replace(ask, layer=None)
    with _inside(path, sniffed.format) as inner:
        raw = _read(inner, sniff(inner).format, ask)
    return replace(raw, format=ARCHIVES[sniffed.format].format(raw.format))


def _read(path: Path, found: Format, ask: Ask) -> RawTable:
    """Read with the one reader; a layer name must fit."""
    reader = READERS[found]
    if reader.layers_of is None and ask.layer not in {None, stem_of(path)}:
        raise InputRefusedError(
            source=path,
            expected=f"a layer {ask.layer!r}",
            got=f"{found}, which holds one layer without a name of its own",
            todo="leave layer= out",
        )
    raw = reader.read(path, ask)
    return replace(raw, found=(*raw.found, *told(raw.attributes, [raw.source_layer])))


@contextmanager
def _inside(path: Path, found: Format) -> Iterator[Path]:
    """Yield the one file of an archive; what is refused there names the archive."""
    with unpacked(path, only_kml=found == "KMZ") as inner:
        try:
            yield inner
        except InputRefusedError as error:
            if not Path(error.source).is_relative_to(inner.parent):
                raise
            raise type(error)(
                source=f"{path}/{inner.name}",
                expected=error.expected,
                got=error.got,
                todo=error.todo,
            ) from error


def layer_names(path: Path, sniffed: Sniffed) -> tuple[str, ...]:
    """Return the layers of a recognised file, sorted."""
    if sniffed.format in ARCHIVES:
        with _inside(path, sniffed.format) as inner:
            return layer_names(inner, sniff(inner))
    reader = READERS[sniffed.format]
    return (stem_of(path),) if reader.layers_of is None else reader.layers_of(path)


def source_files(path: Path) -> list[Path]:
    """Return the files whose bytes make the source: all parts of a Shapefile."""
    if path.suffix.lower() == ".shp":
        return list(shapefile.parts_of(path).values())
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file())
    return [path]
