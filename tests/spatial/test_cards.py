"""Cards of reviews, clues, land and cases: short, escaped, and silent about nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt

import ledger_life
import pytest
import sample_content
from card_html import texts_of

import layers
from layers.card import card_html
from layers.samples.county import write_county
from layers.unseen import visible
from spatial.feasible.land import CLASSES, classed
from spatial.feasible.project import project_of
from spatial.finding import OUTCOMES
from spatial.ledger import CaseFilter, create_ledger
from spatial.report.cards import review_card
from spatial.report.content import LayerRecord
from spatial.siting import Review


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return layers.open_workspace(write_county(tmp_path_factory.mktemp("card") / "o"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_review_counts_every_outcome_and_holds_every_notice(lang):
    content = sample_content.sample()
    shown = texts_of(Review(content, lang)._repr_html_())
    assert content.run_id in shown
    for notice in content.notices:
        assert visible(notice) in shown
    assert sum(one.startswith(("✕", "?", "○", "△", "✓")) for one in shown) >= len(
        {one.outcome for one in content.sites}
    )


def test_a_review_lists_each_layer_that_cannot_be_relied_on():
    content = sample_content.sample()
    weak = tuple(
        LayerRecord(f"x{place}", "wetland", {"zh": "湿地"}, "missing", (), None)
        for place in range(30)
    )
    content = dataclasses.replace(content, layers=(*content.layers, *weak))
    shown = texts_of(card_html(review_card(content)))
    assert {one.id for one in weak} <= set(shown)


def test_a_card_of_many_sites_shows_the_gravest_and_counts_the_rest():
    content = sample_content.sample()
    clear = sample_content.site("C", "甲", "clear")
    many = (*(dataclasses.replace(clear, site_id=f"C{n}") for n in range(60)),)
    content = dataclasses.replace(content, sites=(*many, *content.sites))
    shown = texts_of(card_html(review_card(content)))
    gravest = min(content.sites, key=lambda one: OUTCOMES.index(one.outcome))
    assert gravest.site_id in shown
    assert f"… + {len(content.sites) - 10}" in shown


def test_sites_and_findings_show_hostile_names_as_names():
    told = 0
    for site in sample_content.sites():
        shown = texts_of(site._repr_html_())
        assert f"项目 {visible(site.site_id)} {visible(site.name or '')}" in shown
        for record in site.findings:
            told += 1
            assert record.citation.quote in texts_of(record._repr_html_())
            plain = texts_of(record.finding._repr_html_())
            assert f"判定 {record.finding.rule}" in plain
            zone = record.finding.zone_name
            assert zone is None or any(visible(zone) in one for one in plain)
    assert told


def test_land_names_every_class_even_where_there_is_none(office):
    mine = project_of({"project_type": "mine", "construction": "new"})
    land = classed(mine, office, on="2025-10-31")
    shown = texts_of(land._repr_html_())
    assert len(land.counties) == 1
    assert office.notice in shown
    words = ("禁止", "不能确定", "受限", "未发现冲突")
    assert len(words) == len(CLASSES)
    assert set(words) <= set(shown)


def test_a_ledger_counts_its_cases_and_a_case_shows_no_person(tmp_path):
    ledger = create_ledger(
        tmp_path / "l.gpkg", actor=ledger_life.BOSS, clock=ledger_life.Clock()
    )
    assert texts_of(ledger._repr_html_())
    reporter = ledger_life.Person(name="某群众（虚构）", phone="000")
    new = ledger_life.monitored(
        title=sample_content.IMAGE, reporter=reporter, found_on=dt.date(2026, 5, 1)
    )
    with ledger.transaction() as writing:
        writing.open_case(new)
    shown = texts_of(ledger._repr_html_())
    assert str(ledger.head()) in shown
    (case_id,) = ledger.cases(CaseFilter()).index
    shown = texts_of(ledger.case(case_id)._repr_html_())
    assert f"案件 {case_id} {sample_content.IMAGE}" in shown
    assert not any(reporter.name in one for one in shown)
