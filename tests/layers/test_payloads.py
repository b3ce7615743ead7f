"""Files that ask to look elsewhere get nothing: no connection, no byte of a file."""

import socket
import subprocess
import sys
import threading
from contextlib import closing, suppress
from dataclasses import replace

import payloads
import payloads_raster
import pytest

import layers
from layers.errors import ToolkitError
from layers.worker.limits import environment


class Counter:
    """A server on this machine that counts who calls, and hangs up."""

    def __init__(self, listening):
        self.calls = 0
        self._listening = listening
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def run(self):
        with suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                self.calls += 1
                caller.close()


@pytest.fixture
def counter(socket_enabled):
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        made = Counter(listening)
        threading.Thread(target=made.run, daemon=True).start()
        yield made
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def canary(tmp_path):
    path = tmp_path / "elsewhere" / "canary.csv"
    path.parent.mkdir()
    path.write_text(f"a,WKT\n{payloads.CANARY},POINT (107 40)\n", encoding="utf-8")
    return path


def pixels(path):
    """Return what an image of one band holds, as bytes."""
    image = layers.read_raster(path, bands=("red",), crs=4490, scale=1)
    return image.read()[0].astype("u1").tobytes()


def told(path):
    """Return everything that reading a file says, whatever comes of it."""
    words = []
    for look in (
        lambda: layers.inspect(path),
        lambda: layers.read(path, kind="project_site"),
        lambda: pixels(path),
    ):
        try:
            seen = look()
        except ToolkitError as error:
            words.append(str(error))
        else:
            words.append(repr(seen))
            if isinstance(seen, layers.Layer):
                words += [seen.frame.to_csv(), repr(seen.issues), repr(seen.quarantine)]
    return "\n".join(words)


def test_there_are_enough_of_them_and_of_both_sorts():
    assert len(payloads.ALL) >= 100
    assert len(payloads.RASTER) >= 35


@pytest.mark.parametrize("name", payloads.ALL)
def test_nothing_is_fetched_and_nothing_is_told(name, tmp_path, counter, canary):
    folder = tmp_path / "in"
    folder.mkdir()
    data = payloads.ALL[name](counter.address, canary)
    files = list(payloads.disguised(name, data, folder))
    assert len(files) >= (18 if name in payloads.PAYLOADS else 4)
    there = sorted(tmp_path.rglob("*"))
    said = {path.name: told(path) for path in files}
    assert [one for one, words in said.items() if payloads.CANARY in words] == []
    assert counter.calls == 0
    assert sorted(tmp_path.rglob("*")) == there


BARE = """
import sys, pyogrio
for path in sys.argv[1:]:
    try:
        print(pyogrio.read_dataframe(path))
    except Exception as error:
        print("refused", error)
"""
HARMFUL = ("vrt_net", "vrt_file", "pipeline_net", "crs_link", "raster_vrt_net", "wfs")


def bare(paths, env=None, program=BARE):
    """Return what GDAL says of files that nobody has looked at before."""
    call = [sys.executable, "-c", program, *map(str, paths)]
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=True)
    return done.stdout


def written(names, folder, counter, canary):
    for name in names:
        path = folder / f"{name}.geojson"
        path.write_bytes(payloads.ALL[name](counter.address, canary))
        yield path


def test_the_payloads_work_where_nobody_is_on_guard(tmp_path, counter, canary):
    said = bare(written(HARMFUL, tmp_path, counter, canary))
    assert payloads.CANARY in said
    assert counter.calls >= 4


def test_a_childs_environment_alone_stops_them(tmp_path, counter, canary):
    """The second wall: GDAL opens the file, and has nothing to follow it with."""
    names = [one for one in payloads.ALL if one not in payloads.RASTER]
    paths = written(names, tmp_path, counter, canary)
    said = bare(paths, environment(tmp_path))
    assert payloads.CANARY not in said
    assert counter.calls == 0


BARE_RASTER = """
import sys, rasterio
for path in sys.argv[1:]:
    try:
        with rasterio.open(path) as source:
            print(bytes(source.read(1)), [source.overviews(1)], source.files)
    except Exception as error:
        print("refused", error)
"""
HARMFUL_RASTERS = (
    "raster_of_raw_bytes",
    "raster_simple_source",
    "raster_overview",
    "wms",
    "tiff_overviews_net",
)


def pictures(names, folder, counter, canary):
    for name in names:
        path = folder / f"{name}.tif"
        path.write_bytes(payloads.ALL[name](counter.address, canary))
        yield path


def test_the_rasters_work_where_nobody_is_on_guard(tmp_path, counter, canary):
    paths = list(pictures(HARMFUL_RASTERS, tmp_path, counter, canary))
    said = bare(paths, program=BARE_RASTER)
    assert payloads.CANARY[:11] in said
    assert counter.calls >= 3


def test_a_childs_environment_alone_stops_the_rasters(tmp_path, counter, canary):
    """A reader that took any driver would still reach nothing on the net."""
    names = [*payloads.RASTER, "wms"]
    paths = pictures(names, tmp_path, counter, canary)
    said = bare(paths, environment(tmp_path), program=BARE_RASTER)
    assert payloads.CANARY[:11] not in said
    assert counter.calls == 0


def test_what_lies_beside_a_raster_is_named_and_not_read(tmp_path, counter, canary):
    path = tmp_path / "a.tif"
    path.write_bytes(payloads_raster.tiff())
    alone = layers.inspect(path).rasters[0].header
    for name, data in payloads_raster.beside(counter.address, canary).items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "b.tfw").write_bytes(b"1\n0\n0\n-1\n0\n0\n")
    said = told(path)
    header = layers.inspect(path).rasters[0].header
    assert header.beside == tuple(sorted(payloads_raster.beside("", "")))
    assert replace(header, beside=()) == alone
    assert payloads.CANARY not in said
    assert counter.calls == 0
