"""The same inputs give the same bytes, or the first difference has a name."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile

import openpyxl
import paper_office
import pytest
from click.testing import CliRunner

import spatial
from layers.errors import InputRefusedError, SourceNotFoundError
from spatial.cli import main
from spatial.rerun.call import Given, other_of
from spatial.rerun.places import found, place, shift_found, shift_told


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An office, its sites, and a run of theirs: never to be changed."""
    root = paper_office.write_all(tmp_path_factory.mktemp("paper"))
    words = ["review", root / "sites.geojson", "-w", root / "office"]
    run = redline(*words, "--on", "2025-06-01", "-o", root / "run")
    assert run.exit_code == 0, run.output
    return root


@pytest.fixture
def root(made, tmp_path):
    """A copy of it, elsewhere: a run can be moved with its inputs."""
    return shutil.copytree(made, tmp_path / "moved")


# -- the same ------------------------------------------------------------------


def test_a_run_comes_out_again_with_the_same_bytes(root):
    told = spatial.replay(root / "run")
    assert told.same
    assert told.files == (
        *("result.json", "findings.gpkg", "findings.xlsx", "report.html"),
        *("report.docx", "report.pdf", "manifest.json"),
    )
    assert (told.inputs, told.versions, told.altered) == ((), (), ())


def test_the_command_says_so_with_status_0(root):
    run = redline("replay", root / "run", "--lang", "en")
    assert run.exit_code == 0
    assert "7 files came out with the same bytes" in run.output


def test_a_replay_writes_nothing_into_the_run(root):
    before = {path.name: path.read_bytes() for path in (root / "run").iterdir()}
    spatial.replay(root / "run")
    assert {p.name: p.read_bytes() for p in (root / "run").iterdir()} == before


def test_overrides_and_comparison_are_made_again_too(root):
    (root / "overrides.yaml").write_text(
        "overrides:\n"
        "  - {site_id: C, rule: L-1, zone: Z0, outcome: restricted, reason: 已有意见,"
        " name: 某甲（虚构）, date: 2025-06-02}\n",
        encoding="utf-8",
    )
    words = ["review", root / "sites.geojson", "-w", root / "office", "--on"]
    words += ["2025-06-01", "--overrides", root / "overrides.yaml"]
    words += ["--compare", "2026-06-01", "-o", root / "again"]
    assert redline(*words).exit_code == 0
    told = spatial.replay(root / "again")
    assert told.same
    assert "comparison.json" in told.files


def test_a_run_from_python_is_made_again_when_the_caller_says_of_what(root):
    import layers

    office = layers.open_workspace(root / "office")
    sites = layers.read(root / "sites.geojson", kind="project_site")
    spatial.review(sites, office, on="2025-06-01").write(root / "python")
    with pytest.raises(InputRefusedError, match="say where it is with --workspace"):
        spatial.replay(root / "python", given=Given(sites=root / "sites.geojson"))
    given = Given(sites=root / "sites.geojson", workspace=root / "office")
    assert spatial.replay(root / "python", given=given).same


# -- not the same --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("sites.geojson", ["sites"]),
        ("office/redline.geojson", ["layer:redline"]),
        ("office/local.yaml", ["rulebook:local"]),
        ("office/workspace.yaml", ["workspace"]),
    ],
)
def test_a_changed_input_is_named_and_nothing_is_compared(root, name, inputs):
    path = root / name
    path.write_bytes(path.read_bytes() + b"\n")
    told = spatial.replay(root / "run")
    assert [one.name for one in told.inputs] == inputs
    assert not told.same
    assert told.files == ()
    run = redline("replay", root / "run", "--lang", "en")
    assert run.exit_code == 1
    assert f"input {inputs[0]} changed" in run.stderr


def test_a_layer_that_is_gone_is_a_changed_input(root):
    (root / "office" / "wetland.geojson").unlink()
    (one,) = spatial.replay(root / "run").inputs
    assert (one.name, one.after) == ("layer:wetland", "—")


def test_an_input_that_moved_is_found_where_the_caller_says(root):
    (root / "deeper").mkdir()
    moved = (root / "sites.geojson").rename(root / "deeper" / "sites.geojson")
    with pytest.raises(SourceNotFoundError, match=r"sites\.geojson"):
        spatial.replay(root / "run")
    assert spatial.replay(root / "run", given=Given(sites=moved)).same
    run = redline("replay", root / "run", "--sites", moved)
    assert run.exit_code == 0
    # its name is printed in the results, so that another name is a difference
    renamed = moved.rename(root / "elsewhere.geojson")
    first = spatial.replay(root / "run", given=Given(sites=renamed)).difference
    assert first.where == "site_layer.source"


def test_other_versions_are_said_and_the_results_compared_under_the_old_ones(
    root, monkeypatch
):
    from spatial.report import assemble

    real = assemble.versions_of()
    monkeypatch.setattr(assemble, "versions_of", lambda: {**real, "shapely": "99.0"})
    told = spatial.replay(root / "run")
    assert [(one.name, one.after) for one in told.versions] == [("shapely", "99.0")]
    assert told.difference is None
    assert told.same


def test_a_number_in_the_result_is_named_by_site_and_finding(root):
    path = root / "run" / "result.json"
    told = json.loads(path.read_text("utf-8"))
    finding = told["sites"][0]["findings"][0]
    area = finding["area_m2"]
    path.write_text(
        path.read_text("utf-8").replace(f'"area_m2": {area},', '"area_m2": 1.0,', 1),
        encoding="utf-8",
    )
    replayed = spatial.replay(root / "run")
    first = replayed.difference
    # the site has the same area as its overlap, and comes first
    assert first.file == "result.json"
    assert first.where == "sites[C].area_m2"
    assert (first.before, first.after) == ("1.0", str(area))
    assert replayed.altered == ("result.json",)
    run = redline("replay", root / "run")
    assert run.exit_code == 1
    assert "sites[C].area_m2" in run.output
    assert "与清单不符" in run.stderr


def test_a_cell_of_the_geopackage_is_named_by_table_row_and_column(root):
    path = root / "run" / "findings.gpkg"
    with sqlite3.connect(path) as database:
        # the triggers of the spatial index call functions that GDAL alone has
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE sites SET outcome = 'clear' WHERE site_id = 'C'")
    first = spatial.replay(root / "run").difference
    assert (first.file, first.where, first.before, first.after) == (
        *("findings.gpkg", "table sites, row 1 (C), outcome"),
        *("clear", "prohibited"),
    )


def test_a_cell_of_the_workbook_is_named_by_sheet_and_cell(root):
    path = root / "run" / "findings.xlsx"
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A3"] = "X"
    book.save(path)
    first = spatial.replay(root / "run").difference
    assert (first.file, first.where) == ("findings.xlsx", f"{book.sheetnames[0]}!A3")
    assert (first.before, first.after) == ("X", "C")


def test_a_workbook_with_the_same_cells_is_told_by_its_part(root):
    path = root / "run" / "findings.xlsx"
    with zipfile.ZipFile(path) as book:
        parts = {one.filename: book.read(one) for one in book.infolist()}
    parts["docProps/core.xml"] += b" "
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)
    first = spatial.replay(root / "run").difference
    assert first.where == "part docProps/core.xml"


def test_a_line_of_the_page_is_named(root):
    path = root / "run" / "report.html"
    lines = path.read_text("utf-8").split("\n")
    lines[4] = lines[4] + "x"
    path.write_bytes("\n".join(lines).encode("utf-8"))
    first = spatial.replay(root / "run").difference
    assert first.where == f"line 5, column {len(lines[4])}"
    assert first.before == "x"


def test_a_result_that_is_gone_is_named(root):
    (root / "run" / "findings.xlsx").unlink()
    first = spatial.replay(root / "run").difference
    assert (first.file, first.where, first.before) == ("findings.xlsx", "", "no file")


def test_a_result_that_cannot_be_read_is_named(root):
    (root / "run" / "findings.gpkg").write_bytes(b"nothing of the sort")
    first = spatial.replay(root / "run").difference
    assert first.file == "findings.gpkg"
    assert "cannot be read" in first.before


# -- the manifest --------------------------------------------------------------


def test_the_manifest_tells_places_from_the_run_and_no_path_of_the_machine(made):
    text = (made / "run" / "manifest.json").read_text("utf-8")
    call = json.loads(text)["call"]
    assert call["command"] == "review"
    assert call["sites"] == {"name": "sites.geojson", "path": "../sites.geojson"}
    assert call["workspace"] == {"name": "office", "path": "../office"}
    assert str(made) not in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one | {"schema": "other"}, "another schema"),
        (lambda one: one | {"on": "2025-02-30"}, "'on': '2025-02-30'"),
        (lambda one: one | {"lang": "fr"}, "'lang': 'fr'"),
        (lambda one: one | {"outputs": []}, "no 'outputs'"),
        (lambda one: one | {"outputs": {"../x": ""}}, "outside of its folder"),
        (lambda _: [], "another schema"),
    ],
)
def test_a_manifest_that_is_none_is_refused(root, change, words):
    path = root / "run" / "manifest.json"
    told = change(json.loads(path.read_text("utf-8")))
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputRefusedError, match=words):
        spatial.replay(root / "run")


def test_a_manifest_that_is_no_json_is_refused(root):
    (root / "run" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputRefusedError, match="no JSON"):
        spatial.replay(root / "run")


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(SourceNotFoundError, match="name the folder that a review"):
        spatial.replay(tmp_path)


def test_what_lies_far_away_is_told_by_name_and_asked_for(tmp_path):
    deep = tmp_path / "a" / "b" / "c" / "d"
    told = place(tmp_path / "office", deep)
    assert told == {"name": "office", "path": None}
    with pytest.raises(InputRefusedError, match=r"the name alone \(office\).*--sites"):
        found(told, deep, None, option="--sites")


def test_a_grid_is_told_as_a_place(tmp_path):
    (tmp_path / "run").mkdir()
    text = f"grid={tmp_path / 'xian80.gsb'},source=函（虚构）"
    told = shift_told(text, tmp_path / "run")
    assert told == {
        "text": "grid=*,source=函（虚构）",
        "file": {"name": "xian80.gsb", "path": "../xian80.gsb"},
    }
    back = shift_found(told, tmp_path / "run", None)
    assert back == f"grid={tmp_path / 'run' / '../xian80.gsb'},source=函（虚构）"


def test_a_shift_in_words_and_none_stay_as_they_are(tmp_path):
    words = "dx_m=1,source=函（虚构）"
    assert shift_found(shift_told(words, tmp_path), tmp_path, None) == words
    assert shift_found(shift_told(None, tmp_path), tmp_path, None) is None
    assert shift_found(None, tmp_path, words) == words


def test_what_is_no_day_workspace_or_rulebook_cannot_be_compared_with(tmp_path):
    path = tmp_path / "book.yaml"
    path.write_text("title: [", encoding="utf-8")
    assert other_of(str(path)) == (str(path),)  # what is wrong is said when it is read
    with pytest.raises(InputRefusedError, match="expected a date YYYY-MM-DD, a work"):
        other_of("2026-02-30")
