"""Sound files of every format that is read, and how each is counted a second time."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ezdxf
import geopandas as gpd
import pyogrio
import shapely
import xlsxwriter

from mutation import census_bytes, census_text
from mutation.census import Census

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

ROWS = 40
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
GDB_PARTS = tuple(
    f"a0000000{number}.{suffix}"
    for number in (1, 4, 9, 9, 9)
    for suffix in ("gdbtable", "gdbtablx")
)
CODE, NAME, COUNTY = "红线编码", "红线名称", "XZQDM"


@dataclass(frozen=True, slots=True)
class Seed:
    """A sound file.

    Attributes
    ----------
    write
        Makes it in a folder.
    census
        Counts it a second time.
    parts
        Its files, by suffix (Shapefile) or name (File Geodatabase); more often named
        ones are damaged more often.
    members
        Members of a zip that are damaged and packed again.
    has_checksum
        Whether a checksum covers every byte: then nothing is excused.
    """

    write: Callable[[Path], Path]
    census: Callable[[Path], Census]
    parts: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    has_checksum: bool = False


def table() -> gpd.GeoDataFrame:
    """Return rows with Chinese names, in turn with no hole, two holes, two parts."""
    shapes = []
    for at in range(ROWS):
        x = 100 + at / 4
        whole = shapely.box(x, 30, x + 0.2, 30.2)
        holes = [shapely.box(x + d, 30.05, x + d + 0.02, 30.1) for d in (0.05, 0.1)]
        other = shapely.box(x, 30.25, x + 0.2, 30.3)
        shapes.append(
            (
                whole,
                whole - holes[0] - holes[1],
                shapely.MultiPolygon([whole - holes[0], other]),
            )[at % 3]
        )
    return gpd.GeoDataFrame(
        {
            CODE: [f"HX-{at:03d}" for at in range(ROWS)],
            NAME: [f"北山水源涵养区{at}" for at in range(ROWS)],
            COUNTY: [150600 + at for at in range(ROWS)],
        },
        geometry=shapes,
        crs=4490,
    )


def _geopackage(folder: Path) -> Path:
    path = folder / "seed.gpkg"
    pyogrio.write_dataframe(table(), path, layer="z")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("VACUUM")
    return path


def _shapefile(folder: Path) -> Path:
    pyogrio.write_dataframe(table(), folder / "seed.shp", encoding="GB18030")
    return folder / "seed.shp"


def _zip(folder: Path) -> Path:
    path = _shapefile(folder)
    target = folder / "seed.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in PARTS:
            archive.write(path.with_suffix(one), f"seed{one}")
            path.with_suffix(one).unlink()
    return target


def _geojson(folder: Path) -> Path:
    text = table().to_json(drop_id=True, ensure_ascii=False)
    text = text.replace('{"type": "Feature"', '\n{"type": "Feature"')
    (folder / "seed.geojson").write_text(text, encoding="utf-8")
    return folder / "seed.geojson"


def _parquet(folder: Path) -> Path:
    """Write plainly, so that the bytes of a shape stand in the file as they are."""
    table().to_parquet(
        folder / "seed.parquet", compression="none", use_dictionary=False
    )
    return folder / "seed.parquet"


def _packed_parquet(folder: Path) -> Path:
    table().to_parquet(folder / "seed.parquet")
    return folder / "seed.parquet"


def _csv(folder: Path) -> Path:
    frame = table()
    rows = frame.drop(columns="geometry").assign(wkt=frame.geometry.to_wkt())
    (folder / "seed.csv").write_text(rows.to_csv(index=False), encoding="gb18030")
    return folder / "seed.csv"


def _flatgeobuf(folder: Path) -> Path:
    path = folder / "seed.fgb"
    pyogrio.write_dataframe(
        table(), path, driver="FlatGeobuf", layer_options={"SPATIAL_INDEX": "NO"}
    )
    return path


def _indexed_flatgeobuf(folder: Path) -> Path:
    path = folder / "seed.fgb"
    pyogrio.write_dataframe(table(), path, driver="FlatGeobuf")
    return path


def _kml(folder: Path) -> Path:
    path = folder / "seed.kml"
    pyogrio.write_dataframe(table().to_crs(4326), path, driver="KML")
    return path


def _kmz(folder: Path) -> Path:
    path = _kml(folder)
    with zipfile.ZipFile(folder / "seed.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "doc.kml")
    path.unlink()
    return folder / "seed.kmz"


def _gml(folder: Path) -> Path:
    path = folder / "seed.gml"
    pyogrio.write_dataframe(table(), path, driver="GML", layer="z")
    path.with_suffix(".xsd").unlink()
    return path


def _geodatabase(folder: Path) -> Path:
    path = folder / "seed.gdb"
    pyogrio.write_dataframe(
        table().astype({COUNTY: "int32"}),
        path,
        driver="OpenFileGDB",
        layer="z",
        promote_to_multi=True,
    )
    return path


def _dxf(folder: Path) -> Path:
    """Write outer rings as closed light polylines."""
    ezdxf.options.write_fixed_meta_data_for_testing = True
    drawing = ezdxf.new("R2000")
    drawing.layers.add("红线")
    for at in range(ROWS):
        x = 100 + at / 4
        ring = shapely.Point(x, 30).buffer(0.1, quad_segs=2 + at % 3).exterior
        drawing.modelspace().add_lwpolyline(
            list(ring.coords)[:-1], close=True, dxfattribs={"layer": "红线"}
        )
    drawing.saveas(folder / "seed.dxf")
    return folder / "seed.dxf"


def _boundary(folder: Path) -> Path:
    """Write degrees, so that no transformation stands between file and layer."""
    head = ["[属性描述]", "格式版本号=1.01", "坐标系=2000国家大地坐标系", "[地块坐标]"]
    lines = []
    for at, shape in enumerate(table().geometry):
        rings = [
            ring
            for part in shapely.get_parts(shape)
            for ring in (part.exterior, *part.interiors)
        ]
        kept = rings if at % 3 == 1 else rings[:1]
        rows = [
            f"J{point},{number},{y!r},{x!r}"
            for number, ring in enumerate(kept, 1)
            for point, (x, y) in enumerate(ring.coords, 1)
        ]
        lines += [f"{len(rows)},,HX-{at:03d},北山{at},面,,,,@", *rows]
    path = folder / "seed.txt"
    path.write_text("\n".join([*head, *lines, ""]), encoding="gb18030")
    return path


def _xlsx(folder: Path) -> Path:
    path = folder / "seed.xlsx"
    frame = table()
    rows = zip(frame[CODE], frame[NAME], frame.geometry.to_wkt(), strict=True)
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("红线")
        for number, row in enumerate([(CODE, NAME, "wkt"), *rows]):
            sheet.write_row(number, 0, row)
    return path


def _same(_: Path) -> Census:
    """Return what a file under a checksum must hold: what it held."""
    return Census(ROWS, None)


def _indexed(path: Path) -> Census:
    """Skip the index of a sound file: 40 rows, 3 nodes of 16, a root; 40 bytes each."""
    return census_bytes.flatgeobuf(path, index=(ROWS + 3 + 1) * 40)


SHEETS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
SEEDS: Mapping[str, Seed] = {
    "GeoPackage": Seed(_geopackage, census_bytes.geopackage),
    "Shapefile": Seed(
        _shapefile, census_bytes.shapefile, parts=(*PARTS, ".shp", ".shx", ".dbf")
    ),
    "zipped Shapefile": Seed(_zip, _same, has_checksum=True),
    "File Geodatabase": Seed(_geodatabase, census_bytes.geodatabase, parts=GDB_PARTS),
    "GeoJSON": Seed(_geojson, census_text.geojson),
    "GeoParquet": Seed(_parquet, census_bytes.parquet),
    "FlatGeobuf": Seed(_flatgeobuf, census_bytes.flatgeobuf),
    "FlatGeobuf, indexed": Seed(_indexed_flatgeobuf, _indexed),
    "KML": Seed(_kml, census_text.kml),
    "KMZ": Seed(_kmz, _same, has_checksum=True),
    "GML": Seed(_gml, census_text.gml),
    "DXF": Seed(_dxf, census_text.dxf),
    "boundary TXT": Seed(_boundary, census_text.boundary),
    "CSV": Seed(_csv, census_text.csv),
    "xlsx": Seed(_xlsx, _same, has_checksum=True),
    "xlsx, inside": Seed(_xlsx, census_text.xlsx, members=SHEETS),
}
