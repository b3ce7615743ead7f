"""`redline monitor`: what it prints, how it leaves."""

import pytest
from click.testing import CliRunner

from layers.samples import images
from layers.samples.county import write_county
from spatial.cli import main


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    return write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return images.write_pair(tmp_path_factory.mktemp("images"))


def redline(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_it_lists_clues_and_says_why_the_rest_are_none(county, pair, tmp_path):
    run = redline("monitor", *pair, "-w", county, "-o", tmp_path, "--pictures", 1)
    assert run.exit_code == 0, run.output
    assert "其中线索 16 个，其余 17 个已注明原因（适用日期 2025-09-16）" in run.output
    assert "植被季节变化：11" in run.output
    assert "许可已过期" in run.output
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
