"""The printed review: enough to decide on the first page, nothing left out unsaid."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
import sample_content
import small_document
from paper_text import texts

from spatial.finding import Unknown
from spatial.override.model import Override, Overruling
from spatial.report import paper as paper_module
from spatial.report.blocks import (
    Figure,
    Grid,
    Heading,
    Items,
    PageBreak,
    Pairs,
    Paragraph,
    Quote,
    plain,
)
from spatial.report.paper import review_document
from spatial.report.words import say, sentence
from spatial.text import message

PROMISE = say("summary.promise", "zh")
OVERRIDE = Override(
    site_id="S-9",
    finding=None,
    rule=None,
    zone=None,
    unknown="layer_missing",
    what="wetland",
    outcome="clear",
    reason="现场无湿地",
    name="某甲（虚构）",
    on=dt.date(2026, 11, 20),
    document=None,
    checked_instead="现场踏勘",
    line=2,
)


def only(*site_ids):
    """Return the sample cut down to some of its sites."""
    whole = sample_content.sample()
    sites = tuple(one for one in whole.sites if one.site_id in site_ids)
    return dataclasses.replace(whole, sites=sites)


def first_page(document):
    """Return the blocks before the first break of a page."""
    at = next(n for n, one in enumerate(document.blocks) if isinstance(one, PageBreak))
    return document.blocks[:at]


def words(blocks):
    """Return all words of some blocks."""
    return "\n".join(map(plain, texts(small_document.document(*blocks))))


def grid(document, title):
    """Return the table of a title."""
    (found,) = (
        one for one in document.blocks if isinstance(one, Grid) and one.title == title
    )
    return found


def cells(table, *row):
    """Return the words of a row."""
    return [plain(one) for one in table.rows[row[0]]]


# -- the report on one site ----------------------------------------------------------


def test_the_first_page_on_a_site_has_outcome_clause_and_zone():
    page = first_page(review_document(only("S-0")))
    said = words(page)
    assert "S-0 示范化工厂：✕ 禁止" in said
    assert "NR22-142 · 《关于加强生态保护红线管理的通知》一（一）" in said
    assert "禁止开发性、生产性建设活动" in said
    quotes = [one for one in page if isinstance(one, Quote)]
    assert [plain(one.text) for one in quotes] == [sample_content.LAW.quote]
    assert "2022-08-16 起" in plain(quotes[0].source)
    (zones,) = (one for one in page if isinstance(one, Grid))
    assert cells(zones, 0)[2:4] == [
        "141,800.13 平方米\n14.1800 公顷\n212.70 亩",
        "100.00%",
    ]
    assert cells(zones, 0)[-1] == "已越过界限 170.432 米\nNR22-142"


def test_rules_with_the_same_margin_stand_together():
    more = [
        sample_content.record(
            sample_content.finding(0, "prohibited", rule=rule, margin_m=margin_m),
            sample_content.LAW,
        )
        for rule, margin_m in (("R-1", -4.0), ("R-2", -4.0), ("R-3", 2.0))
    ]
    (site,) = only("S-0").sites
    site = dataclasses.replace(site, findings=tuple(more))
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    table = grid(review_document(content), "触及、相接或邻近的分区")
    assert cells(table, 0)[-1] == (
        "已越过界限 4.000 米\nR-1、R-2\n距触发尚有 2.000 米\nR-3"
    )


def test_the_size_of_a_line_is_its_length():
    facts = [
        one
        for one in first_page(review_document(only("S-2")))
        if isinstance(one, Pairs)
    ]
    assert ("长度", "5,121.5 米") in [
        (plain(label), plain(text)) for label, text in facts[1].pairs
    ]


def test_the_first_page_on_an_open_site_says_what_is_unknown_and_what_to_ask():
    said = words(first_page(review_document(only(sample_content.FORMULA))))
    assert "? 需补充信息" in said
    assert "项目未填写“行业代码”" in said
    assert "项目的国民经济行业小类代码是什么" in said
    assert PROMISE in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_conflict_is_never_printed_without_what_it_means(lang):
    promise, label = say("summary.promise", lang), say("outcome.clear", lang)
    for content in (sample_content.sample(), only("S-2")):
        document = review_document(content, lang)
        paragraphs = [
            plain(o.text) for o in document.blocks if isinstance(o, Paragraph)
        ]
        at = next(n for n, one in enumerate(paragraphs) if label in one)
        assert promise in paragraphs[: at + 2]


def test_more_unknowns_than_the_first_page_holds_are_counted_there_and_all_told():
    site = sample_content.site(
        "S-9",
        None,
        "not_checked",
        unknowns=tuple(
            Unknown(
                0,
                f"R-{n}",
                "layer_does_not_cover",
                "wetland",
                message(
                    "doubt.layer_missing",
                    title={"zh": f"图层{n}", "en": f"layer {n}"},
                ),
            )
            for n in range(5)
        ),
    )
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    document = review_document(content)
    assert "另有 2 项，见正文或 findings.xlsx" in words(first_page(document))
    lists = [one for one in document.blocks if isinstance(one, Items)]
    told = [plain(one) for one in lists[0].items]
    assert [
        sentence(one.why, "zh") in text
        for one, text in zip(site.unknowns, told, strict=True)
    ] == [True] * 5


def test_one_reason_stands_once_with_all_rules_that_wait_for_it():
    why = message("doubt.layer_missing", title={"zh": "湿地", "en": "Wetland"})
    site = sample_content.site(
        "S-9",
        None,
        "not_checked",
        unknowns=tuple(
            Unknown(0, rule, "layer_missing", "wetland", why) for rule in ("R-1", "R-2")
        ),
    )
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    lists = [one for one in review_document(content).blocks if isinstance(one, Items)]
    (told,) = lists[0].items
    assert plain(told).endswith("涉及条款 R-1、R-2")


def test_what_was_answered_with_no_stands_in_one_line():
    site = sample_content.site(
        "S-9",
        None,
        "clear",
        attributes={"is_two_high": False, "is_three_high": False, "industry": "2614"},
    )
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    facts = next(
        one
        for one in review_document(content).blocks
        if isinstance(one, Pairs) and plain(one.pairs[0][0]) == "行业代码"
    )
    assert plain(facts.pairs[-1][0]) == "填报为“否”的事项"
    assert plain(facts.pairs[-1][1]).count("、") == 1


def test_a_doubt_that_leaves_nothing_open_for_the_site_is_told_as_such():
    table = grid(review_document(only("S-2")), "图层与采用情况")
    states = {cells(table, n)[0].split("\n")[0]: cells(table, n)[1] for n in range(4)}
    assert states["河湖岸线"].startswith("存疑，但未使本项目未决")
    assert states["生态环境管控单元"].startswith("缺失")
    assert states["建设项目"].startswith("存疑")
    assert not states["建设项目"].startswith("存疑，")  # a lost row may be this site
    lacking = sample_content.site(
        "S-9",
        None,
        "not_checked",
        unknowns=(
            Unknown(
                0,
                "",
                "zone_field_missing",
                "river_shoreline.rank",
                message("doubt.layer_missing", title={"zh": "甲", "en": "a"}),
            ),
        ),
    )
    content = dataclasses.replace(sample_content.sample(), sites=(lacking,))
    table = grid(review_document(content), "图层与采用情况")
    assert cells(table, 2)[1].startswith("存疑\n")


def test_what_clear_means_is_not_said_of_a_reviewers_answer():
    site = sample_content.site(
        "S-9",
        None,
        "clear",
        machine="not_checked",
        overrulings=(Overruling(OVERRIDE, "applied", (), "not_checked"),),
    )
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    said = words(first_page(review_document(content)))
    assert "未发现冲突（人工改判；机器结论：未能核查）" in said
    assert "现场无湿地" in said
    assert say("meaning.clear", "zh") not in said


def test_a_report_on_a_site_has_the_overrides_of_that_site_alone():
    rulings = tuple(
        Overruling(dataclasses.replace(OVERRIDE, site_id=one), "applied", (), None)
        for one in ("S-0", "S-4")
    )
    whole = dataclasses.replace(sample_content.sample(), overrulings=rulings)
    assert len(grid(review_document(whole), "人工改判").rows) == 2
    alone = dataclasses.replace(only("S-4"), overrulings=rulings)
    table = grid(review_document(alone), "人工改判")
    assert [cells(table, n)[0] for n in range(len(table.rows))] == ["S-4"]
    other = dataclasses.replace(only("S-2"), overrulings=rulings)
    assert say("print.nothing", "zh") in words(review_document(other).blocks)


# -- the report on a run -------------------------------------------------------------


def test_a_run_lists_every_site_with_its_outcome_and_why():
    document = review_document(sample_content.sample())
    table = grid(document, "项目结论一览")
    assert [cells(table, n)[1] for n in range(6)] == [
        "✕ 禁止",
        "? 需补充信息",
        "○ 未能核查",
        "○ 未能核查",
        "△ 限制",
        "✓ 未发现冲突",
    ]
    assert cells(table, 0)[2].startswith("NR22-142 · ")
    assert table.remark == ""


def test_a_run_says_why_sites_could_not_be_decided():
    lists = [
        one
        for one in review_document(sample_content.sample()).blocks
        if isinstance(one, Items)
    ]
    assert [plain(one) for one in lists[0].items] == [
        "项目信息缺失：行业代码（1 个项目）",
        "图层缺失：生态环境管控单元（1 个项目）",
        "项目图形不可用（1 个项目）",
    ]


def test_of_many_sites_the_outcomes_alone_are_printed_and_it_says_so(monkeypatch):
    monkeypatch.setattr(paper_module, "MOST_DETAILED", 5)
    document = review_document(sample_content.sample())
    assert "项目多于 5 个，本报告只列结论" in words(document.blocks)
    assert len(grid(document, "项目结论一览").rows) == 6
    assert not [one for one in document.blocks if isinstance(one, Quote)]


def test_of_very_many_sites_it_says_how_many_are_not_listed(monkeypatch):
    monkeypatch.setattr(paper_module, "MOST_LISTED", 2)
    table = grid(review_document(sample_content.sample()), "项目结论一览")
    assert len(table.rows) == 2
    assert "最严重的 2 个项目（共 6 个）；未列出的项目不等于没有冲突" in table.remark


def test_every_rule_is_counted_once():
    said = words(review_document(sample_content.sample()).blocks)
    total, *parts = map(
        int,
        re.search(
            r"共核对条款 (\d+) 条：触及或未决 (\d+) 条（列于表中），"
            r"未触及且无未决 (\d+) 条，"
            r"不适用于本区域 (\d+) 条，基准日无有效版本 (\d+) 条",
            said,
        ).groups(),
    )
    assert total == sum(parts) == 2


def test_every_clause_of_the_details_is_quoted_with_its_validity():
    document = review_document(sample_content.sample())
    found = [one for one in document.blocks if isinstance(one, Quote)]
    quotes = {plain(one.text): plain(one.source) for one in found}
    plan = quotes[sample_content.PLAN.quote]
    assert "2021-01-01 至 2025-12-31" in plan
    assert "规划期已满，接续文件待确认" in plan
    assert sample_content.LAW.quote in quotes


def test_no_heading_is_without_what_it_promises():
    for content in (sample_content.sample(), only("S-0"), only("S-2")):
        blocks = review_document(content).blocks
        for one, after in zip(blocks, (*blocks[1:], PageBreak()), strict=True):
            if isinstance(one, Heading):
                deeper = isinstance(after, Heading) and after.level > one.level
                assert deeper or not isinstance(after, Heading | PageBreak), one


def test_hashes_and_run_id_are_whole():
    said = words(review_document(sample_content.sample()).blocks)
    assert "cd" * 32 in said
    assert "0123456789ab" in said


def test_a_map_stands_on_the_page_of_its_site_and_that_of_all_before_the_list():
    figures = {
        name: Figure(small_document.png(), title, "")
        for name, title in (("", "全部"), ("S-1", "位置"))
    }
    blocks = review_document(sample_content.sample(), figures=figures).blocks
    whole, one = (n for n, block in enumerate(blocks) if isinstance(block, Figure))
    assert plain(blocks[whole].title) == "全部"
    assert blocks[whole + 1].title == "项目结论一览"
    heads = [b for b in blocks[:one] if isinstance(b, Heading) and b.level == 2]
    assert plain(heads[-1].text).startswith("S-1 ")
    alone = review_document(only("S-1"), figures=figures)
    # a page break after the map would leave it alone on a page
    at = next(n for n, b in enumerate(alone.blocks) if isinstance(b, Figure))
    assert [type(b) for b in alone.blocks[at - 2 : at]] == [PageBreak, Heading]


def test_a_review_of_no_site_is_printed_too():
    bare = dataclasses.replace(
        only(), inputs={}, versions={}, layers=(), rules=(), issues=(), settings=()
    )
    document = review_document(bare)
    assert "没有可审查的项目" in words(document.blocks)
