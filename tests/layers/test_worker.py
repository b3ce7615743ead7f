"""The worker gives the same table as the readers themselves, from behind walls."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import broken_files as make
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import layers
from layers import errors, formats, worker
from layers.errors import InputRefusedError, ToolkitError
from layers.worker import codec, pool, reply
from layers.worker.child import forbid
from layers.worker.limits import LIMITS, SKIPPED_DRIVERS, Limits, environment

POSIX = pytest.mark.skipif(os.name != "posix", reason="limits need `resource`")


def same_raw(one, other):
    assert_frame_equal(one.attributes, other.attributes)
    assert [type(cell) for cell in one.attributes.to_numpy().ravel()] == [
        type(cell) for cell in other.attributes.to_numpy().ravel()
    ]
    assert one.geometry.tolist() == other.geometry.tolist()
    assert one.unreadable.tolist() == other.unreadable.tolist()
    for name in ("crs", "crs_evidence", "format", "source_layer", "encoding"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("rows_in_file", "found", "crs_is_assumed"):
        assert getattr(one, name) == getattr(other, name)


def typed_table(folder):
    """A GeoPackage with a column of every type, each with a missing value."""
    frame = gpd.GeoDataFrame(
        {
            "whole": pd.array([1, None, 2**53 + 1], dtype="Int64"),
            "real": [0.5, None, 1e300],
            "text": ["甲", None, ""],
            "day": [dt.date(2026, 3, 1), None, dt.date(1949, 10, 1)],
            "moment": pd.to_datetime(
                ["2026-03-01T08:00:00", None, "1999-01-01T00:00:00"]
            ),
            "yes": [True, False, True],
        },
        geometry=[shapely.box(107, 40, 108, 41), None, shapely.Point(107, 40)],
        crs=4490,
    )
    path = folder / "typed.gpkg"
    pyogrio.write_dataframe(frame, path)
    return path


def mixed_geojson(folder):
    rows = [
        {"a": 1, "b": [1, {"c": None}], "d": "\ud800", "e": 10**30},
        {"a": "1", "b": None, "d": "x", "e": 1},
        {"a": 1.5, "b": {}, "d": "", "f": True},
    ]
    return make.write_geojson(folder / "mixed.geojson", [make.GOOD, None, {}], rows)


def parquet(folder):
    make.zones().to_parquet(folder / "z.parquet")
    return folder / "z.parquet"


READABLE = [
    typed_table,
    mixed_geojson,
    parquet,
    make.gbk_without_cpg,
    make.wrong_cpg,
    make.no_crs,
    make.bow_tie,
    make.nan_coordinate,
    make.empty_geometry,
    make.csv_of_metres,
    lambda folder: make.stale_count(folder, 60),
    lambda folder: make.write_geojson(folder / "none.geojson", []),
]


@pytest.mark.parametrize("build", READABLE)
def test_a_table_comes_through_as_the_reader_made_it(build, tmp_path):
    path = build(tmp_path)
    same_raw(worker.open_raw(path), formats.open_raw(path))


REFUSED = [
    make.cut_shp,
    make.no_dbf,
    make.vrt_as_geojson,
    make.geopackage_as_geojson,
    make.two_layers,
    make.missing_file,
    make.plain_sqlite,
    make.csv_with_extra_cell,
    make.zip_with_flipped_bit,
    make.zip_bomb,
]


@pytest.mark.parametrize("build", REFUSED)
def test_a_refusal_comes_through_in_the_same_words(build, tmp_path):
    path = build(tmp_path)
    said = []
    for open_raw in (worker.open_raw, formats.open_raw):
        with pytest.raises(ToolkitError, match=path.name) as caught:
            open_raw(path)
        said.append((type(caught.value), str(caught.value), vars(caught.value)))
    assert said[0] == said[1]


def test_a_folder_is_no_source_and_a_relative_path_stays_relative(
    tmp_path, monkeypatch
):
    with pytest.raises(InputRefusedError, match=r"a folder without .*gdbtable"):
        worker.open_raw(tmp_path)
    make.empty_file(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputRefusedError, match=r"^empty\.geojson: expected data"):
        worker.open_raw(Path("empty.geojson"))


# -- the copy -------------------------------------------------------------


def hashes(folder):
    files = sorted(one for one in folder.rglob("*") if one.is_file())
    return {one.name: sha256(one.read_bytes()).hexdigest() for one in files}


@pytest.mark.parametrize("build", READABLE)
def test_the_folder_of_a_source_stays_as_it_is(build, tmp_path):
    path = build(tmp_path)
    before = hashes(tmp_path)
    tmp_path.chmod(0o500)
    try:
        worker.open_raw(path)
        layers.inspect(path)
    finally:
        tmp_path.chmod(0o700)
    assert hashes(tmp_path) == before


def test_the_hash_is_of_the_bytes_that_are_read(tmp_path):
    path = typed_table(tmp_path)
    with worker.opened(path) as source:
        path.write_bytes(b"changed meanwhile")
        assert source.raw().rows_in_file == 3
        assert source.sha256 == sha256(source.copy.read_bytes()).hexdigest()
    assert not source.copy.exists()


def test_what_is_not_yet_in_the_main_file_of_a_geopackage_is_read_too(tmp_path):
    path = typed_table(tmp_path)
    writer = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA journal_mode = WAL')\n"
        "named = 'SELECT name FROM sqlite_master WHERE type = \\'trigger\\''\n"
        "for (name,) in db.execute(named).fetchall():\n"
        "    db.execute(f'DROP TRIGGER {name}')\n"
        "db.execute('INSERT INTO typed (whole) VALUES (7)')\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", writer, str(path)], check=True)
    assert path.with_name("typed.gpkg-wal").stat().st_size > 0
    before = hashes(tmp_path)
    assert worker.open_raw(path).rows_in_file == 4
    assert hashes(tmp_path) == before


# -- limits ---------------------------------------------------------------


def large_geojson(folder):
    return make.write_geojson(folder / "large.geojson", [make.GOOD] * 40_000)


def test_bytes_that_are_no_text_are_refused_before_anybody_looks(tmp_path):
    path = typed_table(tmp_path)
    data = path.read_bytes()
    assert data.count("甲".encode()) == 1
    path.write_bytes(data.replace("甲".encode(), b"\xe7\xff\xb2"))
    with pytest.raises(InputRefusedError, match="text in UTF-8 in column 'text'"):
        worker.open_raw(path)


@POSIX
@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(memory_bytes=2**20), r"in 0\.0009\d+ GiB of memory, got .*needs more"),
        (Limits(cpu_s=-1), r"processor time, got one that takes longer"),
        (Limits(wall_s=0.02), r"read in 0\.02 s, got one that takes longer"),
        (Limits(file_bytes=2000), r"made the reader stop \(OSError.*too large"),
    ],
)
def test_a_file_that_costs_too_much_is_refused_with_the_limit(limits, words, tmp_path):
    worker.close()  # a child that has read much has memory to spare
    path = large_geojson(tmp_path)
    with pytest.raises(InputRefusedError, match=words) as caught:
        worker.open_raw(path, limits=limits)
    assert str(caught.value).startswith(f"{path}: expected a file that can be read")
    assert "in_process=True" in caught.value.todo
    assert worker.open_raw(path).rows_in_file == 40_000


@POSIX
def test_a_child_that_dies_takes_nothing_with_it(tmp_path):
    path = large_geojson(tmp_path)
    worker.close()

    def kill_the_first():
        # One that waits yet, its libraries loading, would be replaced without a word.
        while not (busy := children()) or pool.POOL._idle:
            time.sleep(0.01)
        os.kill(busy[0], signal.SIGSEGV)

    with ThreadPoolExecutor() as threads:
        killing = threads.submit(kill_the_first)
        with pytest.raises(InputRefusedError, match=r"the reader die \(SIGSEGV\)"):
            worker.open_raw(path)
        killing.result()
    assert worker.open_raw(path).rows_in_file == 40_000


def children():
    """Return the ids of the children of this process that read files."""
    call = ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())]
    lines = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    return [int(one.split()[0]) for one in lines.splitlines() if "layers.wor" in one]


def test_a_child_that_died_while_it_waited_is_replaced(tmp_path):
    path = parquet(tmp_path)
    worker.open_raw(path)
    for child in pool.POOL._idle:
        child._process.kill()
        child._process.wait()
    assert worker.open_raw(path).rows_in_file == 3


def test_a_child_is_kept_after_a_refusal_and_ended_after_an_accident(tmp_path):
    worker.close()
    worker.open_raw(parquet(tmp_path))
    (first,) = pool.POOL._idle
    with pytest.raises(InputRefusedError, match="an empty file"):
        worker.open_raw(make.empty_file(tmp_path))
    assert pool.POOL._idle == [first]
    with pytest.raises(InputRefusedError, match="takes longer"):
        worker.open_raw(large_geojson(tmp_path), limits=Limits(wall_s=0.02))
    assert pool.POOL._idle == []
    assert not first.folder.exists()


def test_an_error_that_nobody_foresaw_ends_the_child_and_is_named(tmp_path):
    question = {"do": "dance", "out": str(tmp_path), "limits": vars_of(LIMITS)}
    with pytest.raises(pool.BrokenChildError, match=r"error: KeyError: 'dance'"):
        pool.POOL.ask(question, LIMITS)
    assert pool.POOL._idle == []


def vars_of(limits):
    return {name: getattr(limits, name) for name in Limits.__slots__}


def test_many_threads_share_few_children(tmp_path):
    paths = [make.shapefile(tmp_path, f"s{i}", count=i + 1) for i in range(24)]
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda one: worker.open_raw(one).rows_in_file, paths))
    assert rows == list(range(1, 25))
    assert len(pool.POOL._idle) <= pool.MAX_CHILDREN
    worker.close()
    assert pool.POOL._idle == []


@POSIX
def test_children_end_with_their_parent(tmp_path):
    path = parquet(tmp_path)
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from layers import worker\n"
        "from layers.worker import pool\n"
        "worker.open_raw(Path(sys.argv[1]))\n"
        "print(pool.POOL._idle[0]._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(layers.__file__).parents[1])}
    call = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=False)
    pid = int(done.stdout)
    for _ in range(200):
        if not Path(f"/proc/{pid}/cmdline").is_file() or not alive(pid):
            return
        time.sleep(0.05)
    pytest.fail("the child outlives its parent")


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return b"layers" in Path(f"/proc/{pid}/cmdline").read_bytes()


# -- what a child inherits ------------------------------------------------


def test_a_child_inherits_no_secret(tmp_path, monkeypatch):
    for name in ("AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "HTTPS_PROXY", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "CANARY")
    monkeypatch.setattr(sys, "path", ["", "relative", *sys.path])
    made = environment(tmp_path)
    assert "CANARY" not in json.dumps(made)
    paths = made["PYTHONPATH"].split(os.pathsep)
    assert all(Path(one).is_absolute() for one in paths)
    assert made["TMPDIR"] == str(tmp_path)


def test_in_a_child_no_driver_looks_elsewhere(tmp_path):
    program = "import json, pyogrio; print(json.dumps(pyogrio.list_drivers()))"
    call = [sys.executable, "-c", program]
    env = environment(tmp_path)
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=True)
    left = json.loads(done.stdout)
    assert not set(left) & set(SKIPPED_DRIVERS)
    assert {"GPKG", "ESRI Shapefile"} <= set(left)


@pytest.mark.parametrize(
    "program",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import pickle; pickle.loads(b'cos\\nsystem\\n.')",
    ],
)
def test_in_a_child_python_itself_reaches_nothing(program, tmp_path):
    code = (
        "import sys; from layers.worker.child import forbid; "
        f"sys.addaudithook(forbid); exec({program!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        check=False,
    )
    assert "PermissionError" in done.stderr
    assert "in the reader of a file" in done.stderr


def test_the_hook_lets_reading_pass():
    assert forbid("open", ("a.gpkg", "r", 0)) is None
    with pytest.raises(PermissionError, match=r"os\.system in the reader of a file"):
        forbid("os.system", ())


# -- who uses it ----------------------------------------------------------


def test_whoever_trusts_a_file_may_read_it_here_and_that_is_recorded(tmp_path):
    path = make.shapefile(tmp_path, "z")
    there = layers.read(path, kind="ecological_redline")
    here = layers.read(path, kind="ecological_redline", in_process=True)
    assert_frame_equal(there.frame, here.frame)
    assert there.provenance == here.provenance
    told = {one.code for one in here.issues} - {one.code for one in there.issues}
    assert told == {"read_in_process"}


def test_a_file_is_read_without_gdal_in_the_process_that_asks(tmp_path):
    """Whatever GDAL does with a file, it does it elsewhere."""
    path = make.shapefile(tmp_path, "z")
    program = (
        "import sys, fiona, pyogrio, layers\n"
        "def never(*_, **__): raise SystemExit('opened here')\n"
        "pyogrio.read_arrow = fiona.open = never\n"
        "print(len(layers.read(sys.argv[1], kind='ecological_redline')))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(layers.__file__).parents[1])}
    call = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=True)
    assert done.stdout == "3\n"


# -- values and errors on their way ---------------------------------------

CELLS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.decimals(allow_nan=False),
    lambda one: (
        st.lists(one, max_size=3)
        | st.tuples(one)
        | st.dictionaries(st.text(), one, max_size=3)
    ),
    max_leaves=8,
)


@given(CELLS)
def test_every_value_comes_back_as_it_was(value):
    back = codec.read(json.loads(json.dumps(codec.shown(value))))
    assert back == value
    assert type(back) is type(value)


@given(st.lists(CELLS, max_size=5))
def test_every_column_of_cells_comes_back_as_it_was(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("codec")
    raw = formats.RawTable(
        attributes=pd.DataFrame({"a": pd.Series(cells, dtype=object)}),
        geometry=np.full(len(cells), None, dtype=object),
        unreadable=np.zeros(len(cells), dtype=bool),
        crs=pyproj.CRS(4524),
        crs_evidence="-",
        format="-",
        source_layer=None,
        encoding=None,
        rows_in_file=len(cells),
        found=(("stored_count_wrong", {"stored": 1, "counted": 2.5}),),
    )
    codec.save(raw, folder)
    back = codec.load(folder)
    same_raw(raw, back)
    assert back.attributes["a"].tolist() == cells


@pytest.mark.parametrize(
    "value",
    [pd.NaT, pd.NA, np.float32(1.5), np.int64(7), pd.Timestamp("2026-01-01", tz="UTC")],
)
def test_missing_and_numpy_values_come_back_too(value):
    back = codec.read(json.loads(json.dumps(codec.shown(value))))
    assert type(back) is type(value)
    assert back is value or back == value


def test_what_no_reader_hands_on_is_a_slip_of_ours():
    with pytest.raises(TypeError, match="cannot hand on a set"):
        codec.shown({1})
    array = codec.read(codec.shown(np.array([1, 2])))
    assert array.tolist() == [1, 2]


ERRORS = [
    errors.InputRefusedError(source="/c/a", expected="b", got="/c/a c", todo="d"),
    errors.CrsError(source="/c/a", expected="b", got="c", todo="d"),
    errors.SourceNotFoundError("/c/a", todo="d"),
    errors.UnknownKindError(what="layer", name="a", known=["b", "c"]),
    errors.ExtraMissingError(extra="a", needed_for="b"),
    errors.DocumentError(path="/c/a", line=3, key="k", expected="b", got="c"),
    errors.GeometryError("/c/a: plain words"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
def test_an_error_comes_back_with_its_parts_and_speaks_of_the_source(error):
    packet = json.loads(json.dumps(reply.packed(error)))
    back = reply.unpacked(packet, lambda text: text.replace("/c/a", "my.shp"))
    assert type(back) is type(error)
    assert str(back) == str(error).replace("/c/a", "my.shp")
    assert vars(back).keys() == vars(error).keys()
