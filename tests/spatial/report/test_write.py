"""A folder of results is whole, reproducible, and describes itself."""

from __future__ import annotations

import hashlib
import json
import time

import pytest
import sample_content

from spatial.report import write as write_module
from spatial.report.write import OutputRefusedError, write_review

NAMES = [
    "result.json",
    "findings.gpkg",
    "findings.xlsx",
    "report.html",
    "manifest.json",
]


def hashes(folder):
    """Return the SHA-256 of every file in a folder."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
    }


def test_two_runs_give_the_same_bytes(tmp_path):
    write_review(sample_content.sample(), tmp_path / "one")
    time.sleep(1.1)  # a clock that counts seconds must have moved
    write_review(sample_content.sample(), tmp_path / "two")
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_the_paths_come_in_a_fixed_order_and_nothing_else_is_left(tmp_path):
    paths = write_review(sample_content.sample(), tmp_path / "deep" / "out")
    assert [path.name for path in paths] == NAMES
    assert set(hashes(tmp_path / "deep" / "out")) == set(NAMES)


def test_the_manifest_holds_the_hash_of_every_result(tmp_path):
    write_review(sample_content.sample(), tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    found = hashes(tmp_path)
    assert manifest["schema"] == "ecoredline/manifest/1"
    assert manifest["outputs"] == {name: found[name] for name in NAMES[:-1]}
    assert manifest["inputs"]["projects.csv"] == "cd" * 32
    assert manifest["run_id"] == "0123456789ab"
    assert str(tmp_path) not in json.dumps(manifest)


def test_a_second_run_replaces_the_first_and_clears_a_killed_one(tmp_path):
    (tmp_path / "report.html").write_text("old", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / ".ecoredline-unfinished").mkdir()
    (tmp_path / ".ecoredline-unfinished" / "half").write_bytes(b"\x00")
    write_review(sample_content.sample(), tmp_path)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") != "old"
    assert set(hashes(tmp_path)) == {*NAMES, "notes.txt"}


def test_a_failure_leaves_the_old_results_as_they_were(tmp_path, monkeypatch):
    write_review(sample_content.sample(), tmp_path)
    before = hashes(tmp_path)

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write_module, "write_excel", full)
    with pytest.raises(OutputRefusedError, match="No space left on device"):
        write_review(sample_content.sample(), tmp_path, lang="en")
    assert hashes(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused_with_a_reason(tmp_path):
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputRefusedError, match=r"out: expected a place to write to"):
        write_review(sample_content.sample(), tmp_path / "out")
