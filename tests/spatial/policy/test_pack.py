"""A rulebook put to the test by `redline rules check`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from layers.errors import InputRefusedError, SourceNotFoundError
from spatial.cli import main
from spatial.policy.load import builtin, load_rulebook
from spatial.policy.pack import check, quotes

PACKS = Path(__file__).parents[2] / "broken" / "packs"
TEXTS = PACKS / "texts"
UNMEETABLE = PACKS.parent / "unmeetable"


def redline(*words):
    return CliRunner().invoke(main, ["rules", "check", *map(str, words)])


def of(name, *, texts=TEXTS):
    return check(load_rulebook(PACKS / f"{name}.yaml"), texts=texts)


def test_a_sound_rulebook_passes_and_tells_what_its_cases_leave_out():
    got = of("sound")
    assert got.passed
    assert got.quotes is not None
    assert (got.quotes.found, got.quotes.not_compared) == (1, 1)
    assert got.with_aspect == {"hit": 1, "miss": 1, "edge": 0, "unknown": 0}
    assert got.without == {"EX-1": ("edge", "unknown")}


def test_without_a_folder_quotes_are_not_compared():
    assert of("misquoted", texts=None).quotes is None
    assert of("misquoted", texts=None).passed


def test_a_quote_that_does_not_stand_in_its_text_is_named():
    got = of("misquoted")
    assert not got.passed
    (wrong,) = got.quotes.wrong
    assert (wrong.rule, wrong.document, wrong.text) == ("EX-1", "plan", "plan.txt")
    assert "3 公里" in wrong.quote


def test_a_case_that_fails_is_named():
    (failed,) = of("failing_case").failed
    assert (failed.case.name, failed.got) == ("矿山", "prohibited")


def test_a_text_that_is_not_there_is_an_error():
    with pytest.raises(SourceNotFoundError, match=r"gone\.txt: no such file"):
        of("text_not_there")


def test_a_text_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "plan.txt").write_bytes("严禁".encode("gb18030"))
    with pytest.raises(InputRefusedError, match=r"expected UTF-8 text"):
        of("sound", texts=tmp_path)


@pytest.mark.parametrize(
    ("name", "exit_code", "words"),
    [
        ("sound", 0, ["2/2", "没有这几类案例：edge, unknown", "引文 1 处与原文一致"]),
        ("misquoted", 1, ["EX-1：引文在 plan.txt 中找不到", "1 处不符"]),
        ("failing_case", 1, ["EX-1", "1/2"]),
        ("text_not_there", 1, ["gone.txt"]),
    ],
)
def test_the_command_says_it_and_exits(name, exit_code, words):
    done = redline(PACKS / f"{name}.yaml", "--texts", TEXTS)
    assert done.exit_code == exit_code, done.output
    assert all(word in done.output for word in words), done.output


def test_the_command_refuses_a_rule_that_nothing_can_meet():
    done = redline(UNMEETABLE / "two_kinds.yaml")
    assert done.exit_code == 1
    assert "a condition that some project can meet" in done.output


@pytest.mark.shared
@pytest.mark.parametrize("name", builtin())
def test_the_built_in_quotes_stand_in_the_texts(name):
    folder = Path(__file__).parents[4] / "shared" / "policy" / "texts"
    assert quotes(load_rulebook(name), folder).wrong == ()
