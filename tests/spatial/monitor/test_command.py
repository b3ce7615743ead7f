"""`redline monitor`: what it prints, how it leaves."""

import json
import shutil

import pytest
from click.testing import CliRunner
from small_pair import small_pair

from layers.samples.county import write_county
from spatial.cli import main


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return small_pair(tmp_path_factory.mktemp("images"))


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_it_lists_clues_and_says_why_the_rest_are_none(county, pair, tmp_path):
    run = redline("monitor", *pair, "-w", county, "-o", tmp_path, "--pictures", 1)
    assert run.exit_code == 0, run.output
    assert "其中线索 1 个，其余 2 个已注明原因（适用日期 2025-09-16）" in run.output
    assert "在有效许可范围内，且无条款明确禁止：2" in run.output
    assert "未查到许可" in run.output
    assert "管控区未完整观测" in run.output
    assert (tmp_path / "report.html").is_file()


def test_a_refused_pair_leaves_with_1_and_says_that_nothing_is_known(
    county, pair, tmp_path
):
    run = redline("monitor", *reversed(pair), "-w", county, "-o", tmp_path)
    assert run.exit_code == 1
    assert "也不能认为没有变化" in run.output
    assert "其中线索" not in run.output
    assert (tmp_path / "report.html").is_file()


def test_a_missing_image_is_one_line(county, tmp_path):
    run = redline("monitor", "a.tif", "b.tif", "-w", county, "-o", tmp_path)
    assert run.exit_code == 1
    assert run.output.startswith("错误：a.tif")


def test_bands_and_days_can_be_stated(county, pair, tmp_path):
    # the days are swapped by what is stated, so the gate refuses
    days = ("--date-before", "2025-01-01", "--date-after", "2024-01-01")
    run = redline("monitor", *pair, "-w", county, "-o", tmp_path, *days)
    assert run.exit_code == 1
    assert "2025-01-01" in run.output


def test_a_run_is_made_again_with_the_same_bytes(county, pair, tmp_path):
    out = tmp_path / "out"
    redline("monitor", *pair, "-w", county, "-o", out, "--pictures", 1)
    given = ("--before", pair[0], "--after", pair[1], "-w", county)
    run = redline("replay", out, *given)
    assert run.exit_code == 0, run.output
    # result, geopackage, workbook, page, Word, PDF, pair, one picture, manifest
    assert "9 个文件逐字节相同" in run.output
    page = out / "report.html"
    page.write_bytes(page.read_bytes().replace("线索".encode(), "结论".encode(), 1))
    run = redline("replay", out, *given)
    assert run.exit_code == 1
    assert "report.html" in run.output


def test_an_image_that_changed_is_named_and_nothing_is_compared(county, pair, tmp_path):
    out = tmp_path / "out"
    redline("monitor", *reversed(pair), "-w", county, "-o", out)
    run = redline("replay", out, "--before", pair[0], "--after", pair[1], "-w", county)
    assert run.exit_code == 1
    assert "image:before" in run.output


# -- on paper --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(county, pair, tmp_path_factory):
    """A run without paper: never to be changed."""
    out = tmp_path_factory.mktemp("run") / "run"
    words = ("--pictures", 1, "--format", "xlsx", "--no-maps")
    run = redline("monitor", *pair, "-w", county, "-o", out, *words)
    assert run.exit_code == 0, run.output
    return out


@pytest.fixture
def root(made, county, pair, tmp_path):
    """A copy of it, and where its inputs lie."""
    given = ("--before", pair[0], "--after", pair[1], "-w", county)
    return shutil.copytree(made, tmp_path / "run"), given


def files(folder):
    paths = (one for one in folder.rglob("*") if one.is_file())
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in paths}


def test_only_what_was_asked_for_is_written(root):
    assert sorted(files(root[0])) == [
        "findings.gpkg",
        "findings.xlsx",
        "manifest.json",
        "pair.png",
        "pictures/P107.056230,39.426951.png",
        "result.json",
    ]


def test_paper_is_added_to_a_run_and_the_rest_keeps_its_bytes(root):
    out, given = root
    before = files(out)
    run = redline("report", out, "--format", "docx,pdf", "--no-maps", *given)
    assert run.exit_code == 0, run.output
    after = files(out)
    assert set(after) - set(before) == {"report.docx", "report.pdf"}
    changed = {one for one in before if before[one] != after[one]}
    assert changed == {"manifest.json"}
    assert redline("replay", out, *given).exit_code == 0


def test_a_sheet_of_a_clue_lies_in_a_folder_of_its_own(root):
    out, given = root
    words = ("--format", "docx,pdf", "--outcome", "prohibited")
    run = redline("report", out, *words, *given)
    assert run.exit_code == 0, run.output
    sheets = {one for one in files(out) if one.startswith("sites/")}
    folder = "sites/P107.056230,39.426951"
    assert sheets == {f"{folder}/sheet.docx", f"{folder}/sheet.pdf"}
    first = files(out)
    redline("report", out, *words, *given)
    assert files(out) == first


def test_a_sheet_of_a_clue_that_is_not_there_is_refused(root):
    out, given = root
    words = ("--format", "pdf", "--site", "P0,0")
    run = redline("report", out, *words, *given)
    assert run.exit_code == 1
    assert "P0,0" in run.stderr
    assert not (out / "sites").exists()


def test_a_sheet_is_printed_or_refused(root):
    out, given = root
    words = ("--format", "xlsx", "--site", "P107.056230,39.426951")
    run = redline("report", out, *words, *given)
    assert run.exit_code == 1
    assert "docx or pdf for the sheets of clues" in run.stderr


def test_nothing_is_written_of_a_run_that_says_something_else_today(root):
    out, given = root
    path = out / "manifest.json"
    text = path.read_text("utf-8")
    manifest = json.loads(text)
    manifest["outputs"]["result.json"] = "0" * 64
    path.write_text(json.dumps(manifest), "utf-8")
    run = redline("report", out, "--format", "pdf", *given)
    assert run.exit_code == 1
    assert "the result that the manifest tells of" in run.stderr
    assert not (out / "report.pdf").exists()
