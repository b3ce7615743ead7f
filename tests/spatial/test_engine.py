"""Sites in chunks on threads and clusters: the same bytes as all at once.

A square of the squared paper is 0.01 x 0.01 degrees at 110 E, 40 N.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import dask_geopandas
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import layers
from layers.errors import (
    CrsMismatchError,
    ExtraMissingError,
    GeometryError,
    InputRefusedError,
    SourceNotFoundError,
)
from spatial.engine import (
    Dask,
    ReadyZones,
    Threads,
    overlap_stream,
    write_overlaps,
)
from spatial.index import ZoneIndex
from spatial.overlap import overlap_table

ENGINES = ["geometry", "kernel"]
ASKED = [{}, {"within_m": 300.0}, {"margins": True}]


def frame(shapes, names=None):
    return gpd.GeoDataFrame(geometry=list(shapes), index=names, crs="EPSG:4490")


def made_up(seed=0, sites=1_400, zones=40):
    """Rough stars as zones, some of them on each other; squares, lines, points."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform((110.0, 40.0), (110.4, 40.4), (zones, 2))
    turn = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    stars = []
    for centre in centres:
        radius = 0.03 * (1 + 0.3 * rng.uniform(-1, 1, len(turn)))
        ring = centre + radius[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
        stars.append(shapely.Polygon(ring, [0.3 * (ring[::-9] - centre) + centre]))
    at = rng.uniform((110.0, 40.0), (110.4, 40.4), (sites, 2))
    squares = shapely.box(*at.T, *(at + 0.002).T).astype(object)
    squares[5::50] = shapely.points(at[5::50])
    squares[6::50] = [shapely.LineString([p, p + 0.02]) for p in at[6::50]]
    return frame(squares, [f"s{i}" for i in range(sites)]), frame(stars)


SITES, ZONES = made_up()
with np.errstate(invalid="ignore"):  # GEOS compares the number that is none
    NEAR = shapely.box(109, 39, 112, 42)
    NOWHERE = shapely.from_wkt("POLYGON ((110 40, 111 NaN, 111 41, 110 40))")


def all_of(*args, **kwargs):
    return pd.concat(list(overlap_stream(*args, **kwargs)), ignore_index=True)


def same(one, other):
    assert len(other) > 100
    assert_frame_equal(one, other, check_exact=True)
    numbers = one.select_dtypes("float").columns
    assert one[numbers].to_numpy().tobytes() == other[numbers].to_numpy().tobytes()


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


# -- the same bytes ------------------------------------------------------------


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("engine", ENGINES)
def test_one_two_and_four_threads_give_the_bytes_of_one_table(engine, asked):
    once = overlap_table(SITES, ZONES, engine=engine, **asked)
    ready = ReadyZones.of(ZONES)
    for count in (1, 2, 4):
        by = Threads(count)
        many = all_of(SITES, ready, engine=engine, workers=by, rows=300, **asked)
        same(many, once)


@pytest.mark.parametrize("asked", [{}, {"within_m": 300.0, "margins": True}], ids=str)
@pytest.mark.parametrize("engine", ENGINES)
def test_two_worker_processes_give_the_bytes_of_one_table(client, engine, asked):
    once = overlap_table(SITES, ZONES, engine=engine, **asked)
    many = all_of(SITES, ZONES, engine=engine, workers=Dask(client), rows=499, **asked)
    same(many, once)


def test_both_workers_work_and_do_not_index_the_zones_for_every_piece(client):
    pieces = [SITES.iloc[i : i + 1] for i in range(40)]
    seen = list(Dask(client).run(_who, ReadyZones.of(ZONES), pieces))
    assert len(seen) == 40
    assert len({process for process, _ in seen}) == 2
    assert os.getpid() not in {process for process, _ in seen}
    # Dask may fetch the zones to a worker once more, hardly oftener.
    assert len(set(seen)) <= 6


def _who(_sites, zones):
    twin = zones.for_thread(kernel=False)
    return os.getpid(), id(twin.index)


@pytest.mark.parametrize("workers", ["threads", "dask"])
def test_the_partitions_of_a_dask_frame_are_chunks(client, workers):
    numbered = SITES.reset_index(drop=True)
    parts = dask_geopandas.from_geopandas(numbered, npartitions=3, sort=False)
    by = Dask(client) if workers == "dask" else Threads(2)
    tables = list(overlap_stream(parts, ZONES, workers=by))
    assert len(tables) == 3
    whole = overlap_table(numbered, ZONES, engine="kernel")
    same(pd.concat(tables, ignore_index=True), whole)


@settings(max_examples=8, deadline=None)
@given(rows=st.integers(1, 400), count=st.integers(1, 3), few=st.integers(100, 400))
def test_the_cut_into_chunks_changes_nothing(rows, count, few):
    sites = SITES.iloc[:few]
    tables = list(overlap_stream(sites, READY, rows=rows, workers=Threads(count)))
    assert len(tables) == -(-few // rows)
    once = overlap_table(sites, ZONES, engine="kernel")
    assert_frame_equal(pd.concat(tables, ignore_index=True), once, check_exact=True)


READY = ReadyZones.of(ZONES)


def test_a_file_a_frame_and_frames_one_by_one_are_the_same_sites(tmp_path):
    path = tmp_path / "sites.parquet"
    numbered = SITES.reset_index(drop=True)
    numbered.to_parquet(path, row_group_size=700)
    once = overlap_table(numbered, ZONES, engine="kernel")
    same(all_of(path, READY, rows=1_000), once)
    same(all_of(str(path), READY, rows=350), once)
    chunks = (numbered.iloc[i : i + 500] for i in range(0, len(numbered), 500))
    same(all_of(chunks, READY), once)


def test_the_caller_s_frames_are_not_changed_and_not_prepared():
    sites, zones = made_up(seed=3, sites=50, zones=5)
    before = sites.copy(deep=True), zones.copy(deep=True)
    all_of(sites, zones, engine="geometry", workers=Threads(2))
    for now, then in zip((sites, zones), before, strict=True):
        assert_frame_equal(now, then)
        assert not shapely.is_prepared(now.geometry.to_numpy()).any()


# -- what is shared, and what is not -------------------------------------------


def test_a_twin_shares_what_is_read_and_prepares_shapes_of_its_own():
    index = ZoneIndex(ZONES.geometry.to_numpy())
    index.hold(index.grid)
    one, two = index.twin(), index.twin()
    assert one.grid is two.grid is index.grid
    assert one.outlines is two.outlines
    assert one.tiles is not two.tiles
    assert not set(map(id, one.zones)) & set(map(id, two.zones))
    assert shapely.is_prepared(one.zones).all()
    assert not shapely.is_prepared(index.shapes).any()
    assert shapely.equals_identical(one.zones, index.shapes).all()


def test_each_thread_has_one_twin_for_all_its_pieces():
    ready, seen, meet = ReadyZones.of(ZONES), [], threading.Barrier(3)

    def look():
        meet.wait()
        mine = [ready.for_thread(kernel=True) for _ in range(2)]
        seen.append(mine)
        meet.wait()

    threads = [threading.Thread(target=look) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all(first is second for first, second in seen)
    assert len({id(first.index) for first, _ in seen}) == 3
    assert len({id(first.index.grid) for first, _ in seen}) == 1


def test_nothing_prepared_goes_through_a_pickle_and_the_answers_are_the_same():
    index = ZoneIndex(ZONES.geometry.to_numpy())
    index.zones, index.tiles, index.outlines  # noqa: B018  made when asked for
    again = pickle.loads(pickle.dumps(index))  # noqa: S301  our own
    assert not shapely.is_prepared(again.shapes).any()
    assert not {"zones", "tiles", "outlines"} & set(vars(again))
    ready = pickle.loads(pickle.dumps(READY))  # noqa: S301
    assert "grid" not in vars(ready.index)
    same(all_of(SITES, ready), overlap_table(SITES, ZONES, engine="kernel"))


def test_an_error_with_parts_comes_through_a_pickle_as_it_was():
    for error in (
        InputRefusedError(source="a", expected="b", got="c", todo="d"),
        SourceNotFoundError("a.gpkg", todo="look"),
        ExtraMissingError(extra="dask", needed_for="this"),
    ):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


# -- errors --------------------------------------------------------------------


@pytest.mark.parametrize("workers", ["threads", "dask"])
def test_a_site_that_crosses_itself_is_named_by_every_engine(client, workers):
    by = Dask(client) if workers == "dask" else Threads(2)
    bow = shapely.Polygon([(110.1, 40.1), (110.3, 40.3), (110.3, 40.1), (110.1, 40.3)])
    sites = pd.concat([SITES, frame([bow], ["bow"])])
    with pytest.raises(GeometryError, match=r"site 'bow'.*Self-intersection"):
        all_of(sites, ZONES, workers=by)


def test_chunks_before_a_bad_one_are_whole_and_stand():
    good, bad = SITES.iloc[:200], frame([None], ["gone"])
    tables = overlap_stream(iter([good, bad]), READY, workers=Threads(1))
    once = overlap_table(good, ZONES, engine="kernel")
    found = []
    with pytest.raises(GeometryError, match=r"site 'gone'.*got None"):
        found.extend(tables)
    assert all(len(one) == len(once) for one in found)


def test_a_chunk_in_another_system_is_refused():
    with pytest.raises(CrsMismatchError, match="EPSG:4490"):
        all_of(SITES.to_crs("EPSG:4326"), READY)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["a", "b"], ["c", "a"]),
        (pd.RangeIndex(2), pd.RangeIndex(1, 3)),
        (pd.RangeIndex(2, 4), [7, 3]),
        ([7, 3], pd.RangeIndex(2, 4)),
    ],
    ids=str,
)
def test_a_label_that_comes_twice_is_refused(first, second):
    squares = [shapely.box(110.1, 40.1, 110.2, 40.2)] * 2
    chunks = [frame(squares, first), frame(squares, second)]
    with pytest.raises(GeometryError, match="without repeats in all chunks, got"):
        all_of(chunks, READY)


def test_labels_that_only_look_repeated_are_taken():
    squares = [shapely.box(110.1, 40.1, 110.2, 40.2)] * 2
    chunks = [frame(squares, pd.RangeIndex(5, 7)), frame(squares, [0, 1])]
    assert set(all_of(chunks, READY)["site"]) == {5, 6, 0, 1}


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (NOWHERE, "coordinates"),
        (shapely.box(110, 40, 1000, 41), "coordinates"),
        (shapely.box(39e6, 4e6, 39.1e6, 4.1e6), "coordinates"),
    ],
    ids=["no number", "off the earth", "metres"],
)
def test_a_row_of_a_file_that_is_nowhere_is_not_passed_over(tmp_path, shape, said):
    path = tmp_path / "sites.parquet"
    frame([shapely.box(110, 40, 110.1, 40.1), shape]).to_parquet(path)
    with pytest.raises(GeometryError, match=f"row 1: expected .* got {said}"):
        all_of(path, READY)


@pytest.mark.parametrize("which", ["site", "zone"])
def test_a_point_that_is_nowhere_is_not_apart_from_everything(which):
    with np.errstate(invalid="ignore"):
        lost, there = frame([shapely.from_wkt("POINT (NaN 40)")]), frame([NEAR])
        pair = (lost, there) if which == "site" else (there, lost)
        with pytest.raises(GeometryError, match=rf"{which} 0: expected points.*NaN"):
            overlap_table(*pair)


def test_settings_that_make_no_sense_are_refused_before_any_work(tmp_path):
    with pytest.raises(InputRefusedError, match="rows: expected 1 or more"):
        overlap_stream(SITES, READY, rows=0)
    with pytest.raises(InputRefusedError, match=r"Threads\(count\): expected 1"):
        Threads(0)
    with pytest.raises(InputRefusedError, match="sites: expected a GeoDataFrame"):
        overlap_stream(7, READY)
    with pytest.raises(InputRefusedError, match="engine: expected auto"):
        overlap_stream(SITES, READY, engine="quick")
    with pytest.raises(SourceNotFoundError, match="no such file"):
        overlap_stream(tmp_path / "none.parquet", READY)


# -- progress, the end, and the file -------------------------------------------


def test_progress_tells_the_sites_done_and_of_how_many():
    told = []
    all_of(SITES, READY, rows=900, progress=lambda *one: told.append(one))
    assert told == [(900, 1_400), (1_400, 1_400)]
    told.clear()
    all_of(iter([SITES]), READY, progress=lambda *one: told.append(one))
    assert told == [(1_400, None)]


def test_nobody_works_on_once_a_stream_is_left():
    begun = []

    def work(sites, _zones):
        begun.append(len(sites))
        return len(sites)

    running = Threads(2).run(work, READY, (SITES.iloc[:5] for _ in range(1_000)))
    assert next(running) == 5
    running.close()
    many = len(begun)
    assert many < 20
    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPool")]
    assert len(begun) == many


def test_no_sites_are_one_table_without_a_row():
    (table,) = overlap_stream(SITES.iloc[:0], READY)
    assert table.empty
    assert list(table.columns) == list(overlap_table(SITES, ZONES).columns)


def test_a_file_of_tables_is_the_table(tmp_path):
    path = tmp_path / "overlaps.parquet"
    far = frame([shapely.box(0, 0, 1, 1)], ["far"])
    tables = overlap_stream(iter([far, SITES.iloc[:900], SITES.iloc[900:]]), READY)
    rows = write_overlaps(tables, path)
    once = overlap_table(SITES, ZONES, engine="kernel")
    assert rows == len(once)
    assert_frame_equal(pd.read_parquet(path), once, check_exact=True)
    assert pq.ParquetFile(path).num_row_groups == 2
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_stream_that_breaks_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "overlaps.parquet"
    path.write_bytes(b"old")
    chunks = iter([SITES, frame([None], ["gone"])])
    with pytest.raises(GeometryError, match="site 'gone'"):
        write_overlaps(overlap_stream(chunks, READY), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_table_and_no_folder_are_refused(tmp_path):
    with pytest.raises(InputRefusedError, match="got none"):
        write_overlaps([], tmp_path / "a.parquet")
    with pytest.raises(SourceNotFoundError, match="make the folder"):
        write_overlaps([], tmp_path / "b" / "a.parquet")
    odd = [overlap_table(SITES, ZONES), pd.DataFrame({"site": ["a"]})]
    with pytest.raises(InputRefusedError, match="one that does not fit"):
        write_overlaps(odd, tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


INTERRUPTED = """
import signal, sys, pathlib
# where the tests run as a job in the background, SIGINT comes ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path[:0] = [{root!r}, {here!r}]
from test_engine import SITES, ZONES
from spatial.engine import Threads, overlap_stream, write_overlaps

def endless():
    n = 0
    while True:
        one = SITES.copy()
        one.index = range(n, n + len(one))
        n += len(one)
        yield one

def told(done, _total):
    print(done, flush=True)

write_overlaps(
    overlap_stream(endless(), ZONES, engine="geometry", margins=True,
                   workers=Threads(2), progress=told),
    pathlib.Path(sys.argv[1]),
)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_the_process_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "overlaps.parquet"
    path.write_bytes(b"old")
    root = str(Path(layers.__file__).parents[1])
    program = INTERRUPTED.format(root=root, here=str(Path(__file__).parent))
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert int(running.stdout.readline()) > 0  # in the midst of it
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)  # it would never end by itself
    assert running.returncode not in (0, None)
    assert "KeyboardInterrupt" in said
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
