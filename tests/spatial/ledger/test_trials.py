"""Killed writers lose nothing that was acknowledged; crowds see whole transactions.

The full numbers (1,000 kills) are `scripts/ledger_trials.py`'s; here are fewer.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from house import ROOT

SCRIPT = ROOT / "scripts" / "ledger_trials.py"


@pytest.fixture(params=["gpkg", pytest.param("postgis", marks=pytest.mark.postgis)])
def word(request, tmp_path):
    if request.param == "gpkg":
        return str(tmp_path / "ledger.gpkg")
    return f"postgis:{request.getfixturevalue('ledger_server').host}"


def trial(*words):
    done = subprocess.run(
        [sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False
    )
    print(done.stdout, done.stderr)
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_what_was_acknowledged_outlives_its_writer(word):
    found = trial("kill", word, "--kills", "40", "--seed", "7")
    assert found["faults"] == []
    assert found["acknowledged"] > 10


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_eight_writers_lose_no_entry_and_readers_see_whole_ones(word):
    entries = 60 if word.startswith("postgis") else 200
    found = trial("crowd", word, "--entries", str(entries))
    assert found["faults"] == []
    assert found["entries"] == 8 * entries
