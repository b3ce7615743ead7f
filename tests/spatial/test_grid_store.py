"""Grids kept between runs: the same grid, or made anew and told; never a wrong one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import layers
from spatial.index import ZoneIndex, store
from spatial.index.checksum import checksum
from spatial.index.grid import Grid
from spatial.index.store import fingerprint, kept_grid

ARRAYS = ("run_start", "runs", "cover_start", "covers")


def zones(seed=0):
    rng = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.column_stack([np.cos(turn), np.sin(turn)])
    stars = [
        shapely.Polygon((110, 40) + rng.uniform(0, 0.1, 2) + 0.02 * circle * rough)
        for rough in rng.uniform(0.7, 1.3, (6, 40, 1))
    ]
    return ZoneIndex(np.array(stars, dtype=object)).rings()


RINGS = zones()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "grids"
    assert kept_grid(RINGS, place).how == "made"
    return place


def only(folder):
    (path,) = folder.iterdir()
    return path


def equal(one, other):
    assert one.frame == other.frame
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    return True


def test_what_is_read_is_what_was_made(folder):
    again = kept_grid(RINGS, folder)
    assert (again.how, again.why) == ("read", "")
    assert equal(again.grid, Grid.over(RINGS))


def test_no_polygon_at_all_is_kept_too(tmp_path):
    none = ZoneIndex(np.array([shapely.Point(1, 2)], dtype=object)).rings()
    first, second = (kept_grid(none, tmp_path / "grids") for _ in range(2))
    assert (first.how, second.how) == ("made", "read")
    assert equal(first.grid, second.grid)


def test_other_zones_are_another_file_down_to_the_last_bit(folder):
    xy = RINGS.xy.copy()
    xy[7, 1] = np.nextafter(xy[7, 1], 90)
    moved = type(RINGS)(xy, RINGS.ring, RINGS.owner, RINGS.side, RINGS.count)
    assert fingerprint(moved) != fingerprint(RINGS)
    assert kept_grid(moved, folder).how == "made"
    assert len(list(folder.iterdir())) == 2


def told_and_made_anew(folder, words, caplog):
    kept = kept_grid(RINGS, folder)
    assert kept.how == "made anew"
    assert words in kept.why
    assert words in caplog.text
    assert equal(kept.grid, Grid.over(RINGS))
    return kept


@pytest.mark.parametrize("left", [0, 5, 40, 400, -1], ids=str)
def test_a_cut_file_is_made_anew(folder, left, caplog):
    path = only(folder)
    path.write_bytes(path.read_bytes()[:left])
    told_and_made_anew(folder, "", caplog)
    assert kept_grid(RINGS, folder).how == "read"  # the file was replaced


def test_a_file_with_something_after_its_end_is_made_anew(folder, caplog):
    path = only(folder)
    path.write_bytes(path.read_bytes() + b"\0")
    told_and_made_anew(folder, "bytes, got", caplog)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_whatever_bit_turns_the_grid_is_right(tmp_path_factory, where, bit):
    folder = tmp_path_factory.mktemp("grids")
    folder.chmod(0o700)
    kept_grid(RINGS, folder)
    path = only(folder)
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 1 << bit
    path.write_bytes(data)
    kept = kept_grid(RINGS, folder)
    assert kept.how == "made anew"
    assert kept.why
    assert equal(kept.grid, Grid.over(RINGS))


def test_another_version_is_made_anew(folder, caplog, monkeypatch):
    path = only(folder)
    monkeypatch.setattr(store, "VERSION", store.VERSION + 1)
    path.rename(folder / f"{fingerprint(RINGS)}.grid")
    told_and_made_anew(folder, "expected version 2, got 1", caplog)


def test_the_grid_of_other_zones_under_this_name_is_made_anew(folder, caplog):
    path = only(folder)
    other = zones(seed=5)
    kept_grid(other, folder)
    (folder / f"{fingerprint(other)}.grid").replace(path)
    told_and_made_anew(folder, "the grid of other zones", caplog)


def forged(path, name, change):
    """Change an array and make the checksums right again."""
    data = path.read_bytes()
    size = int.from_bytes(data[8:16], "little")
    head, start = json.loads(data[16 : 16 + size]), 16 + size
    body = b""
    for one in ARRAYS:
        shape, _ = head["arrays"][one]
        count = int(np.prod(shape))
        array = np.frombuffer(data, "<i8", count, start).reshape(shape).copy()
        start += 8 * count
        if one == name:
            change(array)
        head["arrays"][one][1] = checksum(array)
        body += array.tobytes()
    text = json.dumps(head).encode()
    path.write_bytes(data[:8] + len(text).to_bytes(8, "little") + text + body)


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("run_start", 1, -1),
        ("run_start", -1, 10**9),
        ("cover_start", 3, 10**9),
        ("runs", (0, 0), 10**6),
        ("runs", (0, 0), -1),
        ("runs", (0, 1), -1),
        ("runs", (0, 2), 10**9),
        ("covers", (0, 0), 6),
        ("covers", (0, 0), -1),
    ],
    ids=str,
)
def test_numbers_out_of_range_never_reach_the_compiled_code(
    folder, name, at, *, value, caplog
):
    def change(array):
        array[at] = value

    forged(only(folder), name, change)
    told_and_made_anew(folder, "not", caplog)


@pytest.mark.parametrize(
    "head",
    [b"[" * 3000, b"{}", b'{"version": 1, "made_of": "x", "arrays": 3}', b"\xff\xfe"],
    ids=str,
)
def test_a_head_that_makes_no_sense_is_made_anew(folder, head, caplog):
    only(folder).write_bytes(b"ECOGRID\n" + len(head).to_bytes(8, "little") + head)
    told_and_made_anew(folder, "", caplog)


@pytest.mark.parametrize("shape", [[-1], [10**30], [3, 3], "ab", None, [1.5]], ids=str)
def test_a_shape_that_cannot_be_is_made_anew(folder, shape, caplog):
    path = only(folder)
    data = path.read_bytes()
    size = int.from_bytes(data[8:16], "little")
    head = json.loads(data[16 : 16 + size])
    head["arrays"]["run_start"][0] = shape
    text = json.dumps(head).encode()
    path.write_bytes(
        data[:8] + len(text).to_bytes(8, "little") + text + data[16 + size :]
    )
    told_and_made_anew(folder, "", caplog)


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("which", ["the folder", "the file"])
def test_what_others_may_write_to_is_not_believed(folder, which, caplog):
    place = folder if which == "the folder" else only(folder)
    place.chmod(0o777)
    told_and_made_anew(folder, f"{which} may be written to by others", caplog)


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_folder_that_cannot_be_is_told_and_the_grid_is_there(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    kept = kept_grid(RINGS, tmp_path / "file" / "grids")
    assert "not kept" in caplog.text
    assert equal(kept.grid, Grid.over(RINGS))


AT_ONCE = """
import sys, pathlib
sys.path[:0] = [{root!r}, {here!r}]
from test_grid_store import RINGS, equal, kept_grid
from spatial.index.grid import Grid
made = Grid.over(RINGS)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(60):
    kept = kept_grid(RINGS, pathlib.Path(sys.argv[1]))
    assert kept.how in ("read", "made"), kept.why
    assert equal(kept.grid, made)
    for path in pathlib.Path(sys.argv[1]).glob("*.grid"):
        path.unlink(missing_ok=True)  # so that both write again and again
"""


def test_two_processes_at_once_see_whole_files_or_none(tmp_path):
    root = str(Path(layers.__file__).parents[1])
    program = AT_ONCE.format(root=root, here=str(Path(__file__).parent))
    call = [sys.executable, "-c", program, str(tmp_path / "grids")]
    pipe = subprocess.PIPE
    both = [
        subprocess.Popen(call, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for _ in range(2)
    ]
    for one in both:
        assert one.stdout.readline() == "ready\n"
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    ends = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], ends
    assert list((tmp_path / "grids").glob("*.part")) == []


# -- the checksum --------------------------------------------------------------


@given(
    data=st.binary(min_size=1, max_size=200),
    at=st.integers(0, 199),
    by=st.integers(1, 255),
)
def test_a_byte_that_changes_changes_the_checksum(data, at, by):
    before = np.frombuffer(data, np.uint8)
    after = before.copy()
    after[at % len(after)] ^= by
    assert checksum(before) != checksum(after)


@given(data=st.binary(max_size=100), more=st.integers(1, 20))
def test_zeros_at_the_end_change_the_checksum(data, more):
    short = np.frombuffer(data, np.uint8)
    assert checksum(short) != checksum(np.append(short, np.zeros(more, np.uint8)))


def test_words_that_change_places_change_the_checksum():
    words = np.arange(9, dtype=np.int64)
    seen = {checksum(np.roll(words, step)) for step in range(9)}
    assert len(seen) == 9
