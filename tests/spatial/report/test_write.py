"""A folder of results is whole, reproducible, and describes itself."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sample_content

from layers.errors import UnknownKindError
from spatial.report import write as write_module
from spatial.report.pdf import FontMissingError
from spatial.report.turn import LOCK, in_turn
from spatial.report.write import FORMATS, OutputRefusedError, formats_of, write_review

DRAFT = ".ecoredline-unfinished"
NAMES = [
    "result.json",
    "findings.gpkg",
    "findings.xlsx",
    "report.html",
    "manifest.json",
]


ALL = [*NAMES[:-1], "report.docx", "report.pdf", "manifest.json"]


def hashes(folder):
    """Return the SHA-256 of every file in a folder."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
    }


def test_two_runs_give_the_same_bytes(tmp_path):
    write_review(sample_content.sample(), tmp_path / "one", formats=FORMATS)
    time.sleep(2.1)  # a clock that counts seconds, or two, must have moved
    write_review(sample_content.sample(), tmp_path / "two", formats=FORMATS)
    assert set(hashes(tmp_path / "one")) == set(ALL)
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


def test_two_runs_do_not_write_one_folder_at_once(tmp_path):
    write_review(sample_content.sample(), tmp_path)
    before = hashes(tmp_path)
    with in_turn(tmp_path / DRAFT) as alone:
        (tmp_path / DRAFT / "half").write_bytes(b"mine")
        assert alone
        with pytest.raises(OutputRefusedError, match="another run is writing"):
            write_review(sample_content.sample(), tmp_path, lang="en")
        assert (tmp_path / DRAFT / "half").read_bytes() == b"mine"
    assert hashes(tmp_path) == before
    write_review(sample_content.sample(), tmp_path, lang="en")
    assert not (tmp_path / DRAFT).exists()


def test_the_lock_of_a_killed_run_holds_nobody(tmp_path):
    (tmp_path / DRAFT / "pictures").mkdir(parents=True)
    (tmp_path / DRAFT / LOCK).write_bytes(b"")
    with in_turn(tmp_path / DRAFT) as alone:
        assert alone
        assert [one.name for one in (tmp_path / DRAFT).iterdir()] == [LOCK]
    assert not (tmp_path / DRAFT).exists()


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


# -- formats -------------------------------------------------------------------------


def test_what_is_asked_for_is_written_in_one_order(tmp_path):
    wanted = ["pdf", "docx"]
    paths = write_review(sample_content.sample(), tmp_path, formats=wanted)
    names = ["result.json", "findings.gpkg", "report.docx", "report.pdf"]
    assert [path.name for path in paths] == [*names, "manifest.json"]
    assert formats_of(names) == ("docx", "pdf")


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(
        UnknownKindError, match=r"format 'odt'; known: xlsx, html, docx"
    ):
        write_review(sample_content.sample(), tmp_path, formats=["odt"])
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_names_what_made_word_and_pdf(tmp_path):
    write_review(sample_content.sample(), tmp_path / "all", formats=FORMATS)
    manifest = json.loads((tmp_path / "all" / "manifest.json").read_text("utf-8"))
    assert list(manifest["writers"]) == ["python-docx", "typst", "typeface"]
    write_review(sample_content.sample(), tmp_path / "plain")
    manifest = json.loads((tmp_path / "plain" / "manifest.json").read_text("utf-8"))
    assert "writers" not in manifest


def test_a_typeface_that_is_not_there_leaves_the_old_results_as_they_were(tmp_path):
    write_review(sample_content.sample(), tmp_path / "out")
    before = hashes(tmp_path / "out")
    (tmp_path / "fonts").mkdir()
    with pytest.raises(FontMissingError, match=r"got none in .*fonts"):
        write_review(
            sample_content.sample(),
            tmp_path / "out",
            lang="en",
            formats=FORMATS,
            fonts=tmp_path / "fonts",
        )
    assert hashes(tmp_path / "out") == before


PROGRAM = """
import sys
from pathlib import Path
import sample_content
from spatial.report.write import FORMATS, write_review
folder, times = Path(sys.argv[1]), int(sys.argv[2])
for number in range(times):
    lang = ("zh", "en")[number % 2]
    write_review(sample_content.sample(), folder, lang=lang, formats=FORMATS)
    print(lang, flush=True)
"""


def started(folder, times, **more):
    """Start another process that writes results so many times."""
    here = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(times)],
        env=here | more,
        stdout=subprocess.PIPE,
    )


def test_another_hash_seed_gives_the_same_bytes(tmp_path):
    write_review(sample_content.sample(), tmp_path / "here", formats=FORMATS)
    for seed in ("0", "1"):
        with started(tmp_path / seed, 1, PYTHONHASHSEED=seed) as process:
            process.communicate()
        assert process.returncode == 0
        assert hashes(tmp_path / seed) == hashes(tmp_path / "here")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_run_that_is_killed_leaves_every_file_whole(tmp_path):
    whole = {}
    for lang in ("zh", "en"):
        write_review(
            sample_content.sample(), tmp_path / lang, lang=lang, formats=FORMATS
        )
        for name, found in hashes(tmp_path / lang).items():
            whole.setdefault(name, set()).add(found)
    out = tmp_path / "out"
    for wait_s in (0.05, 0.3, 0.6):
        with started(out, 1_000) as process:
            assert process.stdout.readline()  # the first results are there
            time.sleep(wait_s)
            process.send_signal(signal.SIGKILL)
        there = {path.name: path for path in out.iterdir() if path.is_file()}
        assert set(there) == set(ALL)
        for name, path in there.items():
            assert hashlib.sha256(path.read_bytes()).hexdigest() in whole[name]
    write_review(sample_content.sample(), out, formats=FORMATS)
    assert hashes(out) == hashes(tmp_path / "zh")
    assert not Path(out, ".ecoredline-unfinished").exists()
