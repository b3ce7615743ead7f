"""``redline report``: more reports of a run, that say what the run said."""

from __future__ import annotations

import json
import shutil
import zipfile

import docx
import paper_office
import pytest
from click.testing import CliRunner
from word_template import SITE, write_template

import spatial
from layers.errors import ExtraMissingError
from spatial.cli import main, report_options
from spatial.report import assemble as assemble_module
from spatial.report import printed as printed_module
from spatial.report.write import FORMATS


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An office, its sites, and a run of theirs: never to be changed."""
    root = paper_office.write_all(tmp_path_factory.mktemp("paper"))
    words = ["review", root / "sites.geojson", "-w", root / "office"]
    words += ["--on", "2025-06-01", "-o", root / "run", "--format", "html"]
    run = redline(*words)
    assert run.exit_code == 0, run.output
    return root


@pytest.fixture
def root(made, tmp_path):
    """A copy of it, elsewhere: a run can be moved with its inputs."""
    return shutil.copytree(made, tmp_path / "moved")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_command_knows_the_formats_of_the_writers():
    assert tuple(FORMATS) == report_options.FORMATS


def test_a_review_writes_what_was_asked_for(root):
    assert names(root / "run") == [
        "findings.gpkg",
        "manifest.json",
        "report.html",
        "result.json",
    ]


def test_without_a_wish_a_review_writes_all_that_can_be_written_here(root, monkeypatch):
    words = ["review", root / "sites.geojson", "-w", root / "office"]
    words += ["--on", "2025-06-01", "-o"]
    assert redline(*words, root / "all").exit_code == 0
    assert {"report.docx", "report.pdf", "findings.xlsx"} <= set(names(root / "all"))

    def absent():
        raise ExtraMissingError(extra="report", needed_for="a Word document")

    monkeypatch.setattr(printed_module, "needs_docx", absent)
    run = redline(*words, root / "some")
    assert run.exit_code == 0
    assert "未生成 report.docx" in run.stderr
    assert "pip install 'ecoredline[report]'" in run.stderr
    assert "report.docx" not in names(root / "some")
    asked = redline(*words, root / "none", "--format", "docx")
    assert asked.exit_code == 1
    assert "pip install 'ecoredline[report]'" in asked.stderr


def test_a_format_that_nobody_writes_is_a_wrong_use(root):
    run = redline("report", root / "run", "--format", "odt,pdf")
    assert run.exit_code == 2
    assert "'odt' is none of xlsx,html,docx,pdf" in run.stderr


def test_reports_are_added_and_the_rest_keeps_its_bytes(root):
    before = {p.name: p.read_bytes() for p in (root / "run").iterdir()}
    run = redline("report", root / "run", "--format", "docx,pdf")
    assert run.exit_code == 0, run.output
    assert {"report.docx", "report.pdf"} <= set(names(root / "run"))
    for name in ("result.json", "findings.gpkg", "report.html"):
        assert (root / "run" / name).read_bytes() == before[name]
    told = spatial.replay(root / "run")
    assert told.same
    assert "report.pdf" in told.files


def test_a_site_has_a_report_of_its_own_that_can_be_made_again(root):
    words = ["report", root / "run", "--format", "docx,pdf", "--site", "C"]
    run = redline(*words)
    assert run.exit_code == 0, run.output
    folder = root / "run" / "sites" / "C"
    assert {"report.docx", "report.pdf", "manifest.json"} <= set(names(folder))
    result = json.loads((folder / "result.json").read_text("utf-8"))
    assert [one["site_id"] for one in result["sites"]] == ["C"]
    whole = json.loads((root / "run" / "result.json").read_text("utf-8"))
    (same,) = (one for one in whole["sites"] if one["site_id"] == "C")
    assert result["sites"] == [same]
    texts = [p.text for p in docx.Document(str(folder / "report.docx")).paragraphs]
    assert any(text.startswith("C") and "禁止" in text for text in texts)
    assert spatial.replay(folder).same


def test_the_reports_on_sites_go_where_they_are_asked_to(root):
    words = ["report", root / "run", "--format", "pdf", "--site", "A", "--site", "C"]
    run = redline(*words, "-o", root / "each", "--lang", "en")
    assert run.exit_code == 0, run.output
    assert names(root / "each") == ["A", "C"]
    assert "wrote" in run.output
    assert not (root / "run" / "sites").exists()


def test_sites_are_chosen_by_their_outcome(root):
    words = ["report", root / "run", "--format", "docx", "--outcome"]
    run = redline(*words, "prohibited")
    assert run.exit_code == 0, run.output
    assert names(root / "run" / "sites") == ["C"]
    run = redline(*words, "clear", "--site", "C", "-o", root / "both")
    assert names(root / "both") == ["A", "B", "C"]
    run = redline(*words, "needs_information", "--lang", "en", "-o", root / "none")
    assert run.exit_code == 0
    assert "no site has this outcome; nothing was written" in run.output
    assert not (root / "none").exists()


def test_an_id_that_would_lead_out_of_the_folder_is_made_harmless(root):
    path = root / "sites.geojson"
    path.write_text(path.read_text("utf-8").replace('"C"', '"../../C"'), "utf-8")
    words = ["review", path, "-w", root / "office", "--on", "2025-06-01"]
    assert redline(*words, "-o", root / "run", "--format", "html").exit_code == 0
    run = redline("report", root / "run", "--format", "docx", "--site", "../../C")
    assert run.exit_code == 0, run.output
    (folder,) = (root / "run" / "sites").iterdir()
    assert "/" not in folder.name
    assert not folder.name.startswith(".")


def test_a_site_that_is_not_there_is_refused(root):
    run = redline("report", root / "run", "--format", "pdf", "--site", "Z")
    assert run.exit_code == 1
    assert (
        "expected the id of a site of the run, got 'Z'; ids are such as" in run.stderr
    )


def test_a_changed_input_is_refused_and_nothing_is_written(root):
    path = root / "office" / "redline.geojson"
    path.write_bytes(path.read_bytes() + b"\n")
    before = names(root / "run")
    run = redline("report", root / "run", "--format", "docx")
    assert run.exit_code == 1
    assert "got others (layer:redline); make the review again" in run.stderr
    assert names(root / "run") == before


def test_a_result_that_does_not_come_out_again_is_refused(root):
    path = root / "run" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["outputs"]["result.json"] = "0" * 64
    path.write_text(json.dumps(manifest), "utf-8")
    run = redline("report", root / "run", "--format", "docx")
    assert run.exit_code == 1
    assert "got another one under the libraries of today" in run.stderr


def test_other_libraries_are_no_obstacle_where_the_result_is_the_same(
    root, monkeypatch
):
    now = assemble_module.versions_of()
    other = now | {"shapely": "99.0"}
    monkeypatch.setattr(assemble_module, "versions_of", lambda: other)
    run = redline("report", root / "run", "--format", "docx")
    assert run.exit_code == 0, run.output
    manifest = json.loads((root / "run" / "manifest.json").read_text("utf-8"))
    assert manifest["versions"] == now  # those that the result was made with


def test_an_office_fills_its_own_template(root):
    template = write_template(root / "form.docx", SITE)
    run = redline("report", root / "run", "--template", template, "--site", "S-0")
    words = ("report", root / "run", "--template", template)
    assert run.exit_code == 1, run.output  # there is no such site
    before = names(root / "run")
    run = redline(*words)
    assert run.exit_code == 1
    assert "'site' is undefined" in run.stderr
    assert names(root / "run") == before
    run = redline("report", root / "run", "--template", write_template(template))
    assert run.exit_code == 0, run.output
    said = docx.Document(str(root / "run" / "office.docx"))
    assert "{{" not in "".join(one.text for one in said.paragraphs)


# -- replay ----------------------------------------------------------------------------


def changed_part(path, name, before, after):
    """Write a Word file again with other words in one of its parts."""
    with zipfile.ZipFile(path) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    assert before in parts[name]
    parts[name] = parts[name].replace(before, after, 1)
    with zipfile.ZipFile(path, "w") as new:
        for one, data in parts.items():
            new.writestr(one, data)


@pytest.mark.parametrize(
    ("part", "before", "said"),
    [
        ("word/document.xml", "禁止", "report.docx: paragraph "),
        ("word/styles.xml", "宋体", "report.docx: word/styles.xml"),
    ],
)
def test_the_first_difference_of_a_word_file_has_a_place(root, part, before, said):
    assert redline("report", root / "run", "--format", "docx").exit_code == 0
    path = root / "run" / "report.docx"
    changed_part(path, part, before.encode(), "仿宋".encode())
    run = redline("replay", root / "run", "--lang", "en")
    assert run.exit_code == 1
    assert said in run.output


def test_another_typeface_is_told_as_a_version(root):
    assert redline("report", root / "run", "--format", "pdf").exit_code == 0
    path = root / "run" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["writers"]["typeface"] = "SimSun 000000000000"
    path.write_text(json.dumps(manifest), "utf-8")
    told = spatial.replay(root / "run")
    assert [one.name for one in told.versions] == ["typeface"]
    assert told.versions[0].before == "SimSun 000000000000"
