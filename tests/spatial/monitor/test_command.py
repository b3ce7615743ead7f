"""`redline monitor`: what it prints, how it leaves."""

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
    # result, geopackage, workbook, page, pair, one picture, manifest
    assert "7 个文件逐字节相同" in run.output
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
