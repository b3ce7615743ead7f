"""Files made to end or fill their reader cost a row or a refusal, and no memory."""

import sys
from pathlib import Path

import pytest
from hostile_files import HOSTILE

import layers
from layers import worker
from layers.errors import InputRefusedError
from layers.worker import pool

MAX_PEAK_KIB = 1.5 * 1024**2
UNSTATED = (".csv", ".xlsx")


def peaks_kib():
    """The most memory that each waiting child has had."""
    lines = [
        line
        for child in pool.POOL._idle
        for line in Path(f"/proc/{child._process.pid}/status").read_text().splitlines()
    ]
    return [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]


def read(path):
    crs = 4490 if path.suffix in UNSTATED else None
    return layers.read(path, kind="project_site", crs=crs)


@pytest.mark.parametrize("build", HOSTILE, ids=lambda one: one.__name__)
def test_a_hostile_file_costs_its_row_or_is_refused(build, tmp_path):
    path = build(tmp_path)
    words = HOSTILE[build]
    if " " in words:
        with pytest.raises(InputRefusedError, match=words):
            read(path)
    else:
        layer = read(path)
        assert [one.reason for one in layer.quarantine] == [words] * bool(words)
        assert len(layer) >= 1
        assert "made the reader" not in str(layer.issues)


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are told by /proc")
def test_no_hostile_file_ends_its_reader_or_takes_more_than_a_gibibyte_and_a_half(
    tmp_path,
):
    worker.close()
    for at, build in enumerate(HOSTILE):
        folder = tmp_path / str(at)
        folder.mkdir()
        path = build(folder)
        if " " in HOSTILE[build]:
            with pytest.raises(InputRefusedError, match=HOSTILE[build]):
                read(path)
        else:
            read(path)
    (child,) = pool.POOL._idle  # the first one, which answered every question
    assert child.asked >= len(HOSTILE)
    assert max(peaks_kib()) <= MAX_PEAK_KIB
