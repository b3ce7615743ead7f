"""Whoever breaks off gets the machine back: no child, no copy, no half an output."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import broken_files as make
import pytest

import layers
from layers import worker
from layers.worker import lifeline, pool

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")

PROGRAM = """
import signal, sys, tempfile
from pathlib import Path
# where the tests run as a job in the background, SIGINT comes ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
from layers import worker
from layers.worker import pool
begun = pool.Child.ask
def ask(child, question, limits):
    if question["do"] == "open":
        print(child._process.pid, flush=True)
    begun(child, question, limits)
pool.Child.ask = ask
worker.open_raw(Path(sys.argv[1]))
Path(sys.argv[2]).write_text("read")
"""
"""Reads a file, saying which child is about to."""


@pytest.fixture
def slow(tmp_path):
    """A GeoJSON that takes a child many seconds, and no way to hurry it."""
    ring = [[107 + i * 1e-6, 40 + (i % 2) * 1e-4] for i in range(200_000)]
    shape = {"type": "Polygon", "coordinates": [[*ring, [107.2, 39.9], ring[0]]]}
    return make.write_geojson(tmp_path / "slow.geojson", [shape] * 5)


def started(path, tmp_path):
    """Start the program, with a folder of its own for what is passing."""
    (tmp_path / "tmp").mkdir()
    env = {
        **os.environ,
        "PYTHONPATH": str(Path(layers.__file__).parents[1]),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    call = [sys.executable, "-c", PROGRAM, str(path), str(tmp_path / "output")]
    program = subprocess.Popen(
        call, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    child = int(program.stdout.readline())
    begun = burnt_s(child)
    until(lambda: burnt_s(child) > begun + 0.2)
    return program, child


def burnt_s(pid):
    """Return the seconds of processor time that a process has used."""
    said = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def until(true):
    for _ in range(3000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it never happened")


def is_alive(pid):
    """Whether a process runs; one that is dead and not yet buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


PROC = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks into /proc")


@PROC
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_breaking_off_ends_the_child_and_leaves_nothing(how, slow, tmp_path):
    program, child = started(slow, tmp_path)
    program.send_signal(how)
    _, said = program.communicate(timeout=60)
    assert program.returncode == -how
    assert ("KeyboardInterrupt" in said) == (how == signal.SIGINT)
    assert not is_alive(child)
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "output").exists()


@PROC
def test_a_child_that_reads_dies_with_a_caller_that_is_killed(slow, tmp_path):
    program, child = started(slow, tmp_path)
    program.kill()
    program.communicate()
    until(lambda: not is_alive(child))
    assert not (tmp_path / "output").exists()


@POSIX
def test_a_child_that_waits_removes_its_folder_when_its_caller_ends(tmp_path):
    path = make.shapefile(tmp_path, "z")
    worker.close()
    worker.open_raw(path)
    (child,) = pool.POOL._idle
    assert child.folder.is_dir()
    child._process.stdin.close()
    assert child._process.wait(60) == 0
    assert not child.folder.exists()


@POSIX
def test_whoever_handles_sigterm_keeps_it(tmp_path):
    path, heard = make.shapefile(tmp_path, "z"), []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("mine"))
    try:
        with worker.opened(path) as source:
            signal.raise_signal(signal.SIGTERM)
            assert source.raw().rows_in_file == 3
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["mine"]


@POSIX
def test_sigterm_means_again_what_it_meant_before(tmp_path):
    path = make.shapefile(tmp_path, "z")
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with worker.opened(path):
            assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


@POSIX
def test_a_line_that_is_cut_before_it_is_held_ends_the_child_too():
    program = (
        "import os\n"
        "from layers.worker.lifeline import held, pipe\n"
        "theirs, ours = pipe()\n"
        "os.close(ours)\n"
        "with held(theirs):\n"
        "    print('read on')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(layers.__file__).parents[1])}
    call = [sys.executable, "-c", program]
    done = subprocess.run(call, capture_output=True, text=True, env=env, check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_without_a_lifeline_a_child_reads_all_the_same():
    with lifeline.held(None):
        assert json.loads("1") == 1
