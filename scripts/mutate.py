"""Damage files in small ways and see whether a loss is ever silent.

    python scripts/mutate.py [--each 300] [--seed 1] [--keep FOLDER]

Every mutated file must end as one of

    identical   the same layer as from the sound file
    refused     an error of ours
    told        read, with an issue or a row set aside that the sound file has not
    excused     values differ, but every row that a second count finds in the mutated
                file was read: a format without checksum cannot show a changed digit

Anything else is a silent loss: printed, kept on request, and the exit code is 1. So is
an exception that is not ours, and a read that takes longer than 20 seconds. In a zip,
whose checksum covers every byte, nothing is excused.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import shutil
import sqlite3
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import shapely

import layers
from layers.errors import ToolkitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KIND = "ecological_redline"
ROWS = 40
SLOW_S = 20.0
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Seed:
    """A sound file: how it is made, which parts it has, how its rows are counted."""

    write: Callable[[Path], Path]
    count: Callable[[Path], int]
    parts: tuple[str, ...] = ()
    has_checksum: bool = False


# -- sound files ----------------------------------------------------------


def table() -> gpd.GeoDataFrame:
    """Return rows with Chinese names: every second a polygon with a hole."""
    boxes = [shapely.box(100 + i / 4, 30, 100.2 + i / 4, 30.2) for i in range(ROWS)]
    holes = [
        shapely.box(100.05 + i / 4, 30.05, 100.1 + i / 4, 30.1) for i in range(ROWS)
    ]
    return gpd.GeoDataFrame(
        {
            "红线编码": [f"HX-{i:03d}" for i in range(ROWS)],
            "红线名称": [f"北山水源涵养区{i}" for i in range(ROWS)],
            "XZQDM": [150600 + i for i in range(ROWS)],
        },
        geometry=[
            one - hole if i % 2 else one
            for i, (one, hole) in enumerate(zip(boxes, holes, strict=True))
        ],
        crs=4490,
    )


def _geopackage(folder: Path) -> Path:
    pyogrio.write_dataframe(table(), folder / "seed.gpkg", layer="z")
    return folder / "seed.gpkg"


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
    (folder / "seed.geojson").write_text(text, encoding="utf-8")
    return folder / "seed.geojson"


def _parquet(folder: Path) -> Path:
    table().to_parquet(folder / "seed.parquet")
    return folder / "seed.parquet"


def _csv(folder: Path) -> Path:
    frame = table()
    rows = frame.drop(columns="geometry").assign(wkt=frame.geometry.to_wkt())
    (folder / "seed.csv").write_text(rows.to_csv(index=False), encoding="gb18030")
    return folder / "seed.csv"


# -- second counts, by other means than the readers -----------------------


def _count_geopackage(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return sum(1 for _ in db.execute("SELECT rowid FROM z"))


def _count_shapefile(path: Path) -> int:
    """Walk the .dbf record by record."""
    data = path.with_suffix(".dbf").read_bytes()
    start, width = struct.unpack_from("<HH", data, 8)
    records = range(start, len(data) - width + 1, width or 1)
    return sum(data[at : at + 1] == b" " for at in records)


def _count_geojson(path: Path) -> int:
    text = path.read_text(encoding="utf-8", errors="replace")
    return len(json.loads(text)["features"])


def _count_csv(path: Path) -> int:
    text = path.read_bytes().decode("gb18030", "replace")
    return sum(any(row) for row in csv.reader(io.StringIO(text))) - 1


def _count_parquet(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


SEEDS: Mapping[str, Seed] = {
    "GeoPackage": Seed(_geopackage, _count_geopackage),
    "Shapefile": Seed(_shapefile, _count_shapefile, parts=PARTS),
    "zipped Shapefile": Seed(_zip, lambda _: ROWS, has_checksum=True),
    "GeoJSON": Seed(_geojson, _count_geojson),
    "GeoParquet": Seed(_parquet, _count_parquet),
    "CSV": Seed(_csv, _count_csv),
}


# -- damage ---------------------------------------------------------------


def flip(data: bytearray, chance: random.Random) -> None:
    """Change one to four bits."""
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def truncate(data: bytearray, chance: random.Random) -> None:
    """Lose the end."""
    del data[chance.randrange(len(data)) :]


def cut(data: bytearray, chance: random.Random) -> None:
    """Lose a piece in the middle."""
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, 512)]


def duplicate(data: bytearray, chance: random.Random) -> None:
    """Write a piece twice."""
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randint(1, 512)]


DAMAGE = (flip, truncate, cut, duplicate)


def mutate(path: Path, seed: Seed, chance: random.Random) -> str:
    """Damage one file of a source; return what was done."""
    suffixes = seed.parts or (path.suffix,)
    target = path.with_suffix(chance.choice(suffixes))
    how = chance.choice(DAMAGE)
    data = bytearray(target.read_bytes())
    how(data, chance)
    target.write_bytes(bytes(data))
    return f"{how.__name__} {target.suffix}"


# -- judgement ------------------------------------------------------------


def read(path: Path) -> layers.Layer:
    """Read as a user would; the CSV has no reference system of its own."""
    crs = 4490 if path.suffix == ".csv" else None
    return layers.read(path, kind=KIND, crs=crs)


def outcome(path: Path, sound: layers.Layer, seed: Seed) -> str:
    """Return what became of a mutated file; ``LOSS: ...`` when it is silent."""
    started = time.monotonic()
    try:
        layer = read(path)
    except ToolkitError as error:
        stopped = "the reader" in str(error)
        return "refused (reader ended)" if stopped else "refused"
    finally:
        if time.monotonic() - started > SLOW_S:
            print(f"{path}: slower than {SLOW_S:g} s")
    if _same(layer, sound):
        return "identical"
    if layer.quarantine or _codes(layer) - _codes(sound):
        return "told"
    if seed.has_checksum:
        return "LOSS: a change that the checksum should show"
    there = seed.count(path)
    if layer.provenance.rows_kept != there:
        return f"LOSS: {layer.provenance.rows_kept} rows of {there}"
    return "excused"


def _same(layer: layers.Layer, sound: layers.Layer) -> bool:
    """Whether two layers hold the same rows."""
    one, other = layer.frame, sound.frame
    return (
        list(one.columns) == list(other.columns)
        and len(one) == len(other)
        and one.drop(columns="geometry").equals(other.drop(columns="geometry"))
        and one.geometry.to_wkb().equals(other.geometry.to_wkb())
    )


def _codes(layer: layers.Layer) -> Counter[str]:
    return Counter(one.code for one in layer.issues)


# -- the run --------------------------------------------------------------


def run(
    name: str, each: int, *, number: int = 1, keep: Path | None = None
) -> tuple[Counter[str], list[str]]:
    """Mutate the seed of one format `each` times; return outcomes and losses."""
    seed, chance = SEEDS[name], random.Random(f"{name} {number}")  # noqa: S311
    seen: Counter[str] = Counter()
    losses = []
    with tempfile.TemporaryDirectory() as scratch:
        origin = Path(scratch, "seed")
        origin.mkdir()
        path = seed.write(origin)
        sound = read(path)
        for i in range(each):
            folder = Path(scratch, f"m{i}")
            shutil.copytree(origin, folder)
            damaged = folder / path.name
            done = mutate(damaged, seed, chance)
            became = outcome(damaged, sound, seed)
            seen[became.split(":")[0]] += 1
            if became.startswith("LOSS"):
                losses.append(f"{name} {i} ({done}): {became}")
                if keep:
                    shutil.copytree(folder, keep / f"{path.suffix[1:]}-{i}")
            shutil.rmtree(folder)
    return seen, losses


def main() -> int:
    """Run all formats and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=300, help="files a format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for files with a loss")
    given = parser.parse_args()
    lost, started = [], time.monotonic()
    for name in SEEDS:
        seen, losses = run(name, given.each, number=given.seed, keep=given.keep)
        told = ", ".join(f"{key} {count}" for key, count in sorted(seen.items()))
        print(f"{name:18} {told}")
        lost += losses
    print(*lost, sep="\n")
    files, took = given.each * len(SEEDS), time.monotonic() - started
    print(f"{files} files, {len(lost)} silent losses, {took:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
