"""Statistics on paper: the numbers of the figures, and nobody's name."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner
from paper_text import pdf_pages, texts, word_text
from shapely import box

from layers.errors import InputRefusedError
from spatial.cli import main
from spatial.ledger import Actor, NewCase, Person, create_ledger
from spatial.ledger.export import statistics, statistics_document, write_statistics
from spatial.ledger.figures.counts import BY
from spatial.report.blocks import Grid, Pairs, plain
from spatial.report.printed import missing
from spatial.text import LANGS, TEXTS

DAY = dt.date(2026, 1, 5)
LATER = dt.date(2026, 6, 30)
BOSS = Actor("甲（虚构）", "admin")


def made(path, order):
    """A ledger with a case for each number: two are taken, all in one county."""
    ledger = create_ledger(
        path, actor=BOSS, clock=lambda: dt.datetime(2026, 1, 5, 4, tzinfo=dt.UTC)
    )
    with ledger.transaction() as writing:
        for at in order:
            shape = box(110 + at / 10, 40, 110.01 + at / 10, 40.01)
            case = NewCase(
                *("report_12369", DAY, f"毁林{at}（虚构）", shape),
                reporter=Person("李四（虚构）", "13800000000"),
            )
            name = writing.open_case(case)
            if at < 2:
                writing.move(name, "take")
    return ledger


@pytest.fixture
def office(tmp_path):
    return made(tmp_path / "l.gpkg", range(3))


def told(document):
    return "\n".join(plain(one) for one in texts(document))


def grids(document):
    return {
        one.title: [[plain(cell) for cell in row] for row in one.rows]
        for one in document.blocks
        if isinstance(one, Grid)
    }


def test_the_first_sentence_has_the_counts(office):
    said = told(statistics_document(office, on=DAY))
    assert (
        "截至 2026-01-05，台账共有问题 3 件：在办 3 件（其中逾期 0 件），属实 0 件，"
        "不属实 0 件，已销号 0 件，反弹 0 件。"
    ) in said
    assert "超过期限" not in said


def test_what_is_overdue_stands_before_the_tables(office):
    document = statistics_document(office, on=LATER)
    first, *_ = (one for one in document.blocks if isinstance(one, Grid))
    assert first.title == "催办事项"
    late = {plain(row[1]).split()[0] for row in first.rows}
    assert late == {"逾期"}
    assert f"有 {len(first.rows)} 件超过期限仍未办结" in told(document)


def test_a_share_of_nothing_is_a_dash(office):
    pairs = next(
        one
        for one in statistics_document(office, on=DAY).blocks
        if isinstance(one, Pairs)
    )
    shown = {plain(label): plain(text) for label, text in pairs.pairs}
    assert shown["按期率"] == "—（0 / 0）  按期销号 / 有期限记录的销号"
    assert shown["误报率"].startswith("—")


def test_the_groups_add_up_to_the_last_row(office):
    for title, rows in grids(statistics_document(office, on=DAY)).items():
        if title.startswith("按") and title != "按管控区统计":
            assert sum(int(row[1]) for row in rows[:-1]) == int(rows[-1][1]) == 3


def test_nobody_is_named(office):
    said = told(statistics_document(office, on=LATER, by=BY))
    for name in ("李四", "13800000000", "甲（虚构）"):
        assert name not in said


@pytest.mark.parametrize("lang", LANGS)
def test_every_group_has_its_words(office, lang):
    found = grids(statistics_document(office, on=DAY, by=BY, lang=lang))
    expected = {TEXTS.say(f"ledger.statistics.by.{one}", lang=lang) for one in BY}
    assert expected - {TEXTS.say("ledger.statistics.by.rule", lang=lang)} <= set(found)


def test_what_is_left_out_is_said(office, monkeypatch):
    monkeypatch.setattr(statistics, "MOST_DUE", 1)
    monkeypatch.setattr(statistics, "MOST_GROUPS", 1)
    said = told(statistics_document(office, on=LATER))
    assert "另有 2 项未列" in said
    assert "另有 1 组未列" in said


@pytest.mark.parametrize("form", ["docx", *([] if missing("pdf") else ["pdf"])])
def test_both_formats_are_written_with_the_same_bytes_twice(office, tmp_path, form):
    one, other = tmp_path / f"a.{form}", tmp_path / f"b.{form}"
    write_statistics(office, one, on=LATER)
    write_statistics(office, other, on=LATER)
    assert one.read_bytes() == other.read_bytes()
    said = word_text(one) if form == "docx" else "".join(pdf_pages(one))
    assert "催办事项" in said


def test_another_ending_is_refused(office, tmp_path):
    with pytest.raises(InputRefusedError, match=r"ends in \.docx or \.pdf, got \.odt"):
        write_statistics(office, tmp_path / "a.odt", on=DAY)


def test_the_command_writes_a_document(office, tmp_path):
    out = tmp_path / "统计.docx"
    words = ["ledger", "stats", str(tmp_path / "l.gpkg"), "--on", "2026-06-30"]
    run = CliRunner().invoke(main, [*words, "--by", "county", "-o", str(out)])
    assert run.exit_code == 0, run.output
    assert "按行政区统计" in word_text(out)
    assert "按来源统计" not in word_text(out)
