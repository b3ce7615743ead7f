"""QGIS is looked at where there is one: the check says so where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sample_content

from spatial.report.geopackage import write_geopackage

SCRIPT = Path(__file__).parents[1] / "scripts" / "check_qgis.py"
SYSTEM = Path("/usr/bin/python3")
"""The Python that Debian's python3-qgis belongs to."""


def run(python, *words):
    call = [python, SCRIPT, *words]
    return subprocess.run(call, capture_output=True, text=True, check=False, env={})


def test_without_qgis_it_says_what_is_missing_and_ends_well():
    done = run(sys.executable, "nothing.gpkg")
    assert done.returncode == 0
    assert done.stdout.startswith("skipped: no QGIS for this Python")


@pytest.mark.skipif(
    not SYSTEM.exists() or run(SYSTEM, "nothing.gpkg").returncode == 0,
    reason="needs QGIS (apt install python3-qgis)",
)
def test_every_site_is_drawn_in_its_colour_by_qgis(tmp_path):
    path = tmp_path / "sample.gpkg"
    write_geopackage(sample_content.sample(), path)
    done = run(SYSTEM, path)
    assert done.returncode == 0, done.stderr
    assert "sites Point: 1 features, categorizedSymbol, labels on" in done.stdout
    done = run(SYSTEM, tmp_path / "nothing.gpkg")
    assert done.returncode == 1
    assert "no such file" in done.stderr
