"""Files that ask to look elsewhere get nothing: no connection, no byte of a file."""

import socket
import subprocess
import sys
import threading
from contextlib import closing, suppress

import payloads
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


def told(path):
    """Return everything that reading a file says, whatever comes of it."""
    words = []
    for look in (
        lambda: layers.inspect(path),
        lambda: layers.read(path, kind="project_site"),
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


@pytest.mark.parametrize("name", payloads.PAYLOADS)
def test_nothing_is_fetched_and_nothing_is_told(name, tmp_path, counter, canary):
    folder = tmp_path / "in"
    folder.mkdir()
    data = payloads.PAYLOADS[name](counter.address, canary)
    files = list(payloads.disguised(name, data, folder))
    assert len(files) == 18
    said = {path.name: told(path) for path in files}
    assert [one for one, words in said.items() if payloads.CANARY in words] == []
    assert counter.calls == 0


BARE = """
import sys, pyogrio
for path in sys.argv[1:]:
    try:
        print(pyogrio.read_dataframe(path))
    except Exception as error:
        print("refused", error)
"""
HARMFUL = ("vrt_net", "vrt_file", "pipeline_net", "crs_link", "raster_vrt_net", "wfs")


def bare(paths, env=None):
    """Return what GDAL says of files that nobody has looked at before."""
    call = [sys.executable, "-c", BARE, *map(str, paths)]
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=True)
    return done.stdout


def written(names, folder, counter, canary):
    for name in names:
        path = folder / f"{name}.geojson"
        path.write_bytes(payloads.PAYLOADS[name](counter.address, canary))
        yield path


def test_the_payloads_work_where_nobody_is_on_guard(tmp_path, counter, canary):
    said = bare(written(HARMFUL, tmp_path, counter, canary))
    assert payloads.CANARY in said
    assert counter.calls >= 4


def test_a_childs_environment_alone_stops_them(tmp_path, counter, canary):
    """The second wall: GDAL opens the file, and has nothing to follow it with."""
    paths = written(payloads.PAYLOADS, tmp_path, counter, canary)
    said = bare(paths, environment(tmp_path))
    assert payloads.CANARY not in said
    assert counter.calls == 0
