"""Ways of getting overlap areas from two files; each runs as a process of its own.

    python benchmarks/peers.py NAME SITES ZONES OUT

writes OUT, an .npz: pairs (site, zone), their areas in m2 where the way gives shapes,
the seconds of the overlap step alone, once both files are in memory (a way that reads
while it joins has no such step), and the largest resident set of the process.
"""

from __future__ import annotations

import runpy
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import psycopg
    import shapely


class Answer(NamedTuple):
    """What a way says; `area_m2` is empty where it gives no shapes."""

    site: np.ndarray
    zone: np.ndarray
    area_m2: np.ndarray
    step_s: float


_NO_STEP = float("nan")
MISSING = 3
"""Exit status where a package is not there."""

_JOIN = "FROM {s} s JOIN {z} z ON ST_Intersects(s.geometry, z.geometry)"


_CUT = "CREATE UNLOGGED TABLE p AS SELECT zone, ST_Subdivide(g, {most}) AS g FROM z"
_SHARED = """SELECT site, zone, ST_AsBinary(ST_Intersection(s.g, p.g))
    FROM s JOIN p ON ST_Intersects(s.g, p.g)"""


def main(arguments: list[str]) -> None:
    """Run one way and keep its answer."""
    name, sites, zones, out = arguments
    try:
        answer = WAYS[name](Path(sites), Path(zones))
    except ModuleNotFoundError as error:
        print(f"{name}: {error}", file=sys.stderr)
        sys.exit(MISSING)
    np.savez(out, **answer._asdict(), peak_mb=peak_mb())


def peak_mb() -> float:
    """Return the largest resident set of this process, in MB.

    Not what the parent is told (``ru_maxrss``): on Linux a child begins with the
    parent's size there, so that no way could ever need less than the harness.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        told = next(line for line in lines if line.startswith("VmHWM"))
        return int(told.split()[1]) / 1024
    import resource

    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def ours(sites: Path, zones: Path) -> Answer:
    """Ours, of files that are known to be valid, as the peers take them to be."""
    from spatial.overlap import shared_areas

    found = shared_areas(sites, zones, validity="known")
    return Answer(found.site, found.zone, found.area_m2, _NO_STEP)


def ours_checked(sites: Path, zones: Path) -> Answer:
    """Ours, with every shape checked by GEOS."""
    from spatial.overlap import shared_areas

    found = shared_areas(sites, zones, validity="check")
    return Answer(found.site, found.zone, found.area_m2, _NO_STEP)


def ours_step(sites: Path, zones: Path) -> Answer:
    """Ours from arrays in memory: index, areas, doubtful pairs; kernels loaded."""
    from concurrent.futures import ThreadPoolExecutor

    from layers.geoparquet import geometry_column
    from spatial.index.grid import Grid
    from spatial.overlap import files, shared_areas

    small = zones.parent / "zones_200_100000.parquet"
    shared_areas(small, small, validity="known")  # loads the compiled kernels
    site_rows, zone_rows = (
        files._rows(geometry_column(one), files.BATCH)  # noqa: SLF001
        for one in (sites, zones)
    )
    rings = files.rings_of_rows(list(zone_rows))
    queue, batches = files._Queue(site_rows, check=False), []  # noqa: SLF001
    while (batch := queue.next()) is not None:
        batches.append(batch)
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        grid = Grid.over(rings)
        found = list(pool.map(lambda one: files._found(one, grid), batches))  # noqa: SLF001
    taken = time.perf_counter() - start
    columns = [
        np.concatenate(one) for one in zip(*(one.columns for one in found), strict=True)
    ]
    return Answer(*columns[:3], taken)


def overlay(sites: Path, zones: Path) -> Answer:
    """`geopandas.overlay`."""
    import geopandas as gpd

    a, b = gpd.read_parquet(sites), gpd.read_parquet(zones)
    start = time.perf_counter()
    found = gpd.overlay(a, b, how="intersection")
    taken = time.perf_counter() - start
    return _of_shapes(found["site"], found["zone"], found.geometry.to_numpy(), taken)


def sjoin(sites: Path, zones: Path) -> Answer:
    """`geopandas.sjoin`, then `intersection` pair by pair."""
    import geopandas as gpd

    a, b = gpd.read_parquet(sites), gpd.read_parquet(zones)
    start = time.perf_counter()
    pairs = gpd.sjoin(a, b, predicate="intersects")
    zone = pairs["index_right"].to_numpy()
    common = pairs.geometry.array.intersection(b.geometry.array[zone])
    taken = time.perf_counter() - start
    return _of_shapes(pairs["site"], zone, common.to_numpy(), taken)


def strtree(sites: Path, zones: Path) -> Answer:
    """shapely: STRtree over the zones, then `intersection` pair by pair."""
    import geopandas as gpd
    import shapely

    a = np.asarray(gpd.read_parquet(sites).geometry.array, dtype=object)
    b = np.asarray(gpd.read_parquet(zones).geometry.array, dtype=object)
    start = time.perf_counter()
    site, zone = shapely.STRtree(b).query(a, predicate="intersects")
    common = shapely.intersection(a[site], b[zone])
    taken = time.perf_counter() - start
    return _of_shapes(site, zone, common, taken)


def duckdb_join(sites: Path, zones: Path) -> Answer:
    """DuckDB spatial: the join alone, without any area."""
    import duckdb
    import duckdb_extensions

    base = duckdb.connect()
    duckdb_extensions.import_extension("spatial", con=base)
    base.load_extension("spatial")
    join = _JOIN.format(s=f"read_parquet('{sites}')", z=f"read_parquet('{zones}')")
    found = base.sql(f"SELECT s.site, z.zone {join}").fetchnumpy()
    return Answer(found["site"], found["zone"], np.zeros(0), _NO_STEP)


def sedonadb_areas(sites: Path, zones: Path) -> Answer:
    """SedonaDB: join and intersection."""
    import pyarrow as pa
    import sedonadb

    base = sedonadb.connect()
    base.read_parquet(str(sites)).to_view("sites")
    base.read_parquet(str(zones)).to_view("zones")
    shape = "ST_AsBinary(ST_Intersection(s.geometry, z.geometry)) AS shape"
    join = _JOIN.format(s="sites", z="zones")
    found = pa.table(base.sql(f"SELECT s.site, z.zone, {shape} {join}"))
    import shapely

    shapes = shapely.from_wkb(np.array(found["shape"].to_pylist(), dtype=object))
    site, zone = (found[name].to_numpy() for name in ("site", "zone"))
    return _of_shapes(site, zone, shapes, _NO_STEP)


def postgis(sites: Path, zones: Path, *, most: int) -> Answer:
    """PostGIS: zones cut by ST_Subdivide, indexed, joined, intersected in the server.

    A server of its own is started and stopped (`scripts/postgis.py`); the step is
    cutting, indexing and joining once both tables are loaded.
    """
    import psycopg
    import shapely

    tools = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "postgis.py"))
    if reason := tools["missing"]():
        raise ModuleNotFoundError(reason)
    folder = tools["start"]()
    try:
        with psycopg.connect(
            host=str(folder), user="postgres", dbname="postgres", autocommit=True
        ) as base:
            base.execute("CREATE EXTENSION postgis")
            for name, column, file in (("s", "site", sites), ("z", "zone", zones)):
                _load(base, name, column, file)
            start = time.perf_counter()
            base.execute(_CUT.format(most=most))
            base.execute("CREATE INDEX ON p USING gist (g); ANALYZE p; ANALYZE s")
            found = base.execute(_SHARED, binary=True).fetchall()
            taken = time.perf_counter() - start
    finally:
        tools["stop"](folder)
    site, zone, blobs = (np.array(one) for one in zip(*found, strict=True))
    shapes = shapely.from_wkb(blobs.astype(object))
    # a zone is several pieces: their areas are added pair by pair by the comparison
    return _of_shapes(site, zone, shapes, taken)


def _load(base: psycopg.Connection, name: str, column: str, file: Path) -> None:
    """Copy a file into a table, geometries as the WKB that they are."""
    import pyarrow.parquet as pq

    base.execute(f"CREATE UNLOGGED TABLE {name} ({column} int, w bytea)")
    table = pq.read_table(file, columns=[column, "geometry"])
    with (
        base.cursor() as cursor,
        cursor.copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int4", "bytea"])
        for row in zip(*(one.to_pylist() for one in table.columns), strict=True):
            copy.write_row(row)
    base.execute(f"ALTER TABLE {name} ADD g geometry")
    base.execute(f"UPDATE {name} SET g = ST_GeomFromWKB(w, 4490)")  # noqa: S608 - ours


def reading(sites: Path, zones: Path) -> Answer:
    """Read both files with `geopandas.read_parquet`, and no more."""
    import geopandas as gpd

    gpd.read_parquet(sites), gpd.read_parquet(zones)
    none = np.zeros(0, dtype=np.int64)
    return Answer(none, none, np.zeros(0), _NO_STEP)


def _of_shapes(
    site: np.ndarray,
    zone: np.ndarray,
    shapes: np.ndarray | shapely.Geometry,
    taken: float,
) -> Answer:
    """Return the ellipsoidal areas of what pairs share; lines and points have none."""
    import shapely

    from spatial.measure import area_m2

    parts, row = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
    area = np.bincount(row[inner[areal]], area_m2(parts[areal]), minlength=len(shapes))
    return Answer(np.asarray(site), np.asarray(zone), area, taken)


WAYS = {
    "ours": ours,
    "ours, checked": ours_checked,
    "ours, step": ours_step,
    "geopandas.overlay": overlay,
    "geopandas.sjoin": sjoin,
    "shapely STRtree": strtree,
    "DuckDB, join alone": duckdb_join,
    "SedonaDB": sedonadb_areas,
    "PostGIS, ST_Subdivide 128": partial(postgis, most=128),
    "PostGIS, ST_Subdivide 256": partial(postgis, most=256),
    "reading": reading,
}

if __name__ == "__main__":
    main(sys.argv[1:])
