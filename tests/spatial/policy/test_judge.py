"""The judge: numbers, dates, territory, reliefs, assumptions, unknowns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.errors import InputRefusedError
from layers.layer import FRAME, Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame, none_exists
from layers.spec import spec
from layers.text import message
from spatial.finding import Finding, Unknown
from spatial.policy import model
from spatial.policy.cases import ORIGIN, draw, judged
from spatial.policy.judge import edition_on, judge, outcome_of
from spatial.policy.load import builtin, load_rulebook
from spatial.policy.territory import is_above, is_under, trunk
from spatial.shelf import Shelf
from spatial.text import LANGS, TEXTS

ON = dt.date(2024, 5, 1)
AROUND = Coverage(shapely.box(106.0, 39.0, 108.0, 41.0), "box")

#        y
#   1000 ┌──────────┐
#        │   zone   │      ZONE is (0, 0)-(1000, 1000), metres
#      0 └──────────┘──► x
ZONE = ("box", (0.0, 0.0, 1000.0, 1000.0))
INSIDE = ("box", (200.0, 200.0, 400.0, 400.0))
HALF = ("box", (-200.0, 200.0, 200.0, 400.0))
AWAY = ("box", (-400.0, 200.0, -200.0, 400.0))


VALID = Period(dt.date(1900, 1, 1))


def layer(kind, *features, id=None):  # noqa: A002
    columns = {
        one.name: pd.Series([f.get(one.name) for _, f in features], dtype=object)
        for one in spec(kind).fields
    }
    shapes = [draw(shape, ORIGIN) for shape, _ in features]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=FRAME)
    return from_frame(frame, kind=kind, coverage=AROUND, id=id, valid=VALID)


def shelf(sites, *layers, on=ON, region=None, settings=None):
    frame = layer("project_site", *sites).frame.reset_index(drop=True)
    office = Workspace(
        title="虚构",
        region=region,
        layers={one.id: one for one in layers},
        settings={k: Setting(k, v, "虚构") for k, v in (settings or {}).items()},
    )
    return Shelf(gpd.GeoDataFrame(frame, crs=FRAME), office, on)


def book(*provisions, territory=(), kind="law", valid=None, period=None, editions=None):
    cited = model.Citation("doc", "第一条", "虚构条文")
    period = period or Period(dt.date(2020, 1, 1))
    one = model.Edition(valid or Period(dt.date(2020, 1, 1)), cited, provisions)
    title = {"zh": "虚构", "en": "made up"}
    document = model.Document("doc", title, kind, period)
    rule = model.Rule("EX-1", title, territory, editions or (one,))
    return model.Rulebook("ex", title, {"doc": document}, (rule,), "ex.yaml", "")


def overlaps(kind="ecological_redline", **more):
    return model.Where("intersects", kind, **more)


def ban(where, **more):
    return model.Provision(where=where, effect="prohibited", **more)


FLAG = model.Test("is_two_high", "equals", value=True)


def kinds_of(judgement, site=0):
    return [(one.kind, one.what) for one in judgement.unknowns if one.site == site]


# -- numbers -----------------------------------------------------------------------


def test_an_overlap_is_found_with_its_numbers():
    table = shelf([(HALF, {})], layer("ecological_redline", (ZONE, {"name": "甲"})))
    (found,) = judge(table, [book(ban(overlaps()))]).findings
    assert found.area_m2 == pytest.approx(200 * 200, rel=1e-4)
    assert found.share_of_site == pytest.approx(0.5, rel=1e-4)
    assert found.length_m is None
    assert found.margin_m == pytest.approx(-200, rel=1e-2)
    assert (found.layer, found.zone_name) == ("ecological_redline", "甲")
    assert (found.rule, found.provision, found.outcome) == ("EX-1", 1, "prohibited")


def test_a_distance_is_found_with_its_margin():
    line = ("line", ((0.0, -5000.0), (0.0, 5000.0)))
    table = shelf([(("point", (431.2, 0.0)), {})], layer("river_shoreline", (line, {})))
    near = model.Where("within_distance", "river_shoreline", distance_m=1000.0)
    (found,) = judge(table, [book(ban(near))]).findings
    assert found.distance_m == pytest.approx(431.2, abs=1e-3)
    assert found.margin_m == pytest.approx(-568.8, abs=1e-3)
    assert found.area_m2 is None
    assert "431.200 米" in TEXTS.render(found.why)


def test_the_part_outside_is_found_without_a_zone():
    table = shelf(
        [(HALF, {}), (INSIDE, {})], layer("urban_growth_boundary", (ZONE, {}))
    )
    within = model.Where("not_within", "urban_growth_boundary")
    (found,) = judge(table, [book(ban(within))]).findings
    assert found.site == 0
    assert (found.layer, found.zone_id) == (None, None)
    assert found.area_m2 == pytest.approx(200 * 200, rel=1e-4)
    assert found.share_of_site == pytest.approx(0.5, rel=1e-4)
    assert found.margin_m is not None
    assert found.margin_m < 0


def test_where_there_is_no_zone_at_all_the_depth_outside_is_no_number():
    none = none_exists(
        "urban_growth_boundary", source="虚构", coverage=AROUND, valid=VALID
    )
    within = model.Where("not_within", "urban_growth_boundary")
    (found,) = judge(shelf([(INSIDE, {})], none), [book(ban(within))]).findings
    assert found.share_of_site == 1.0
    assert found.margin_m is None


def test_a_site_in_two_zones_has_two_findings_in_the_order_of_the_zones():
    west = ("box", (-1000.0, 0.0, 0.0, 1000.0))
    zones = layer("ecological_redline", (ZONE, {"name": "东"}), (west, {"name": "西"}))
    got = judge(shelf([(HALF, {})], zones), [book(ban(overlaps()))])
    assert [one.zone_name for one in got.findings] == ["东", "西"]
    keys = {one.key("P-1") for one in got.findings}
    assert len(keys) == 2


def test_an_empty_site_table_has_an_empty_judgement():
    table = shelf([(INSIDE, {})], layer("ecological_redline", (ZONE, {})))
    empty = replace(table, sites=table.sites.iloc[:0])
    got = judge(empty, [book(ban(overlaps()))])
    assert (got.findings, got.unknowns) == ((), ())


# -- unknowns ----------------------------------------------------------------------


def test_a_false_subject_asks_nothing_even_without_layers():
    got = judge(
        shelf([(INSIDE, {"is_two_high": False})]), [book(ban(overlaps(), subject=FLAG))]
    )
    assert (got.findings, got.unknowns) == ((), ())


def test_a_site_outside_the_zone_is_not_asked_for_its_attributes():
    table = shelf([(AWAY, {}), (INSIDE, {})], layer("ecological_redline", (ZONE, {})))
    got = judge(table, [book(ban(overlaps(), subject=FLAG))])
    assert [(one.site, one.what) for one in got.unknowns] == [(1, "is_two_high")]


def test_a_missing_layer_and_a_missing_attribute_are_both_named_once():
    got = judge(
        shelf([(INSIDE, {})]),
        [book(ban(overlaps(), subject=FLAG), ban(overlaps(), subject=FLAG))],
    )
    assert kinds_of(got) == [
        ("attribute_missing", "is_two_high"),
        ("layer_missing", "ecological_redline"),
    ]


def test_a_zone_without_the_field_is_named_with_its_layer():
    needs = overlaps("nature_reserve", filter=model.Test("zone", "in", ("core",)))
    table = shelf([(INSIDE, {})], layer("nature_reserve", (ZONE, {}), id="bhd"))
    assert kinds_of(judge(table, [book(ban(needs))])) == [
        ("zone_field_missing", "bhd.zone")
    ]


def test_one_certain_zone_decides_beside_an_unknown_one():
    needs = overlaps("nature_reserve", filter=model.Test("zone", "in", ("core",)))
    zones = layer("nature_reserve", (ZONE, {}), (ZONE, {"zone": "core"}))
    got = judge(shelf([(INSIDE, {})], zones), [book(ban(needs))])
    assert len(got.findings) == 1
    assert not got.unknowns


def test_a_distance_that_nobody_set_is_unknown_and_a_set_one_counts():
    near = model.Where(
        "within_distance", "ecological_redline", distance_m=model.SettingRef("belt")
    )
    zones = layer("ecological_redline", (ZONE, {}))
    rules = [book(ban(near))]
    assert kinds_of(judge(shelf([(AWAY, {})], zones), rules)) == [
        ("setting_missing", "belt")
    ]
    far = shelf([(AWAY, {})], zones, settings={"belt": 250.0})
    assert len(judge(far, rules).findings) == 1
    word = shelf([(AWAY, {})], zones, settings={"belt": "宽"})
    with pytest.raises(InputRefusedError, match=r"setting 'belt'.*metres"):
        judge(word, rules)


@pytest.mark.parametrize("distance_m", [0.0, -250.0])
def test_a_distance_that_would_put_a_rule_off_is_refused(distance_m):
    near = model.Where(
        "within_distance", "ecological_redline", distance_m=model.SettingRef("belt")
    )
    zones = layer("ecological_redline", (ZONE, {}))
    none = shelf([(AWAY, {})], zones, settings={"belt": distance_m})
    with pytest.raises(InputRefusedError, match=r"'belt'.*above 0 metres.*-?\d"):
        judge(none, [book(ban(near))])


def test_land_that_no_unit_covers_is_a_gap_beside_the_finding():
    needs = overlaps("control_unit", must_be_covered=True)
    unit = (ZONE, {"category": "key"})
    got = judge(
        shelf([(HALF, {}), (INSIDE, {})], layer("control_unit", unit)),
        [book(ban(needs))],
    )
    assert [one.site for one in got.findings] == [0, 1]
    assert [(one.site, one.kind) for one in got.unknowns] == [(0, "no_zone_covers")]


def test_a_named_region_that_nobody_drew_is_unknown():
    named = model.Test("code", "in", ("wuhai_region",))
    area = layer("policy_area", (ZONE, {"code": "elsewhere"}))
    rules = [book(ban(overlaps("policy_area", filter=named, must_exist=True)))]
    got = judge(shelf([(INSIDE, {})], area), rules)
    assert kinds_of(got) == [("no_zone_covers", "policy_area")]


def test_a_park_of_unknown_status_that_would_hold_the_site_leaves_it_open():
    compliant = model.Test("status", "in", ("compliant",))
    within = model.Where("not_within", "industrial_park", filter=compliant)
    park = layer("industrial_park", (ZONE, {}))
    got = judge(shelf([(INSIDE, {}), (HALF, {})], park), [book(ban(within))])
    assert kinds_of(got, 0) == [("zone_field_missing", "industrial_park.status")]
    assert [one.site for one in got.findings] == [1]  # outside whatever the status


# -- reliefs and assumptions ---------------------------------------------------------

WISH = {"zh": "批准文件", "en": "approval"}


@pytest.mark.parametrize(
    ("claimed", "outcomes", "relief"),
    [(True, ["restricted"], ()), (False, ["prohibited"], (WISH,)),
     (None, ["prohibited"], (WISH,))],
)  # fmt: skip
def test_a_relief_counts_only_when_it_is_certain(claimed, outcomes, relief):
    eased = model.Relief(FLAG, "restricted", WISH)
    table = shelf(
        [(INSIDE, {"is_two_high": claimed})], layer("ecological_redline", (ZONE, {}))
    )
    got = judge(table, [book(ban(overlaps(), relief=(eased,)))])
    assert [one.outcome for one in got.findings] == outcomes
    assert got.findings[0].relief == relief
    assert not got.unknowns


def test_a_relief_that_clears_leaves_nothing_to_ask():
    freed = model.Relief(FLAG, "clear", WISH)
    got = judge(
        shelf([(INSIDE, {"is_two_high": True})]),
        [book(ban(overlaps(), relief=(freed,)))],
    )
    assert (got.findings, got.unknowns) == ((), ())


def test_a_reading_by_assumption_stands_in_the_finding():
    read = model.Test("zone", "in", ("core",), missing="match", because="未分区从严")
    table = shelf([(INSIDE, {})], layer("nature_reserve", (ZONE, {})))
    (found,) = judge(
        table, [book(ban(overlaps("nature_reserve", filter=read)))]
    ).findings
    assert found.assumptions == ("未分区从严",)


# -- dates -------------------------------------------------------------------------

PLAN = {
    "kind": "plan",
    "valid": Period(dt.date(2021, 1, 1), dt.date(2025, 12, 31)),
    "period": Period(dt.date(2021, 1, 1), dt.date(2025, 12, 31)),
}


@pytest.mark.parametrize(
    ("on", "status"),
    [
        (dt.date(2020, 12, 31), "not_in_force"),
        (dt.date(2021, 1, 1), "in_force"),
        (dt.date(2025, 12, 31), "in_force"),
        (dt.date(2026, 1, 1), "period_ended"),
    ],
)
def test_a_plan_is_not_yet_in_force_then_in_force_then_over(on, status):
    rules = book(ban(overlaps()), **PLAN)
    assert edition_on(rules.rules[0], rules, on=on)[1] == status


def test_a_plan_that_is_over_asks_where_it_would_apply_and_only_there():
    zones = layer("ecological_redline", (ZONE, {}))
    table = shelf([(INSIDE, {}), (AWAY, {})], zones, on=dt.date(2026, 11, 21))
    got = judge(table, [book(ban(overlaps()), **PLAN)])
    assert not got.findings
    assert [(one.site, one.kind, one.what) for one in got.unknowns] == [
        (0, "period_ended", "doc")
    ]
    assert got.rules[0].status == "period_ended"


def test_a_law_that_was_repealed_is_not_in_force():
    rules = book(
        ban(overlaps()), valid=Period(dt.date(2020, 1, 1), dt.date(2023, 1, 1))
    )
    assert edition_on(rules.rules[0], rules, on=ON) == (None, "not_in_force")


def test_the_edition_of_the_day_counts():
    cited = model.Citation("doc", "第一条", "虚构条文")
    old = Period(dt.date(2020, 1, 1), dt.date(2026, 3, 14))
    new = Period(dt.date(2026, 3, 15))
    two = (model.Edition(old, cited, ()), model.Edition(new, cited, ()))
    rules = book(editions=two)
    before, after = dt.date(2026, 3, 14), dt.date(2026, 3, 15)
    assert edition_on(rules.rules[0], rules, on=before) == (two[0], "in_force")
    assert edition_on(rules.rules[0], rules, on=after) == (two[1], "in_force")


# -- territory ---------------------------------------------------------------------


@pytest.mark.parametrize("region", ["150600", "150624"])
def test_a_region_in_the_territory_decides_for_every_site(region):
    zones = layer("ecological_redline", (ZONE, {}))
    rules = [book(ban(overlaps()), territory=("150600",))]
    got = judge(shelf([(INSIDE, {})], zones, region=region), rules)
    assert len(got.findings) == 1


def test_a_rule_of_another_region_is_elsewhere():
    rules = [book(ban(overlaps()), territory=("411081",))]
    got = judge(shelf([(INSIDE, {})], region="150624"), rules)
    assert (got.findings, got.unknowns) == ((), ())
    assert got.rules[0].status == "elsewhere"


EAST = ("box", (0.0, -5000.0, 5000.0, 5000.0))
WEST = ("box", (-5000.0, -5000.0, 0.0, 5000.0))
BOTH = ("box", (-6000.0, -6000.0, 6000.0, 6000.0))


@pytest.mark.parametrize("region", [None, "150000"])
def test_a_wider_region_asks_the_administrative_units_site_by_site(region):
    units = layer(
        "admin_unit",
        (BOTH, {"code": "150000"}),
        (EAST, {"code": "150624"}),
        (WEST, {"code": "150302"}),
    )
    zones = layer("ecological_redline", (ZONE, {}), (WEST, {}))
    far = ("box", (5500.0, 0.0, 5600.0, 100.0))  # in the province, in no county
    table = shelf([(INSIDE, {}), (AWAY, {}), (far, {})], zones, units, region=region)
    got = judge(
        table,
        [book(ban(model.Where("anywhere")), territory=("150600",))],
    )
    assert [one.site for one in got.findings] == [0]
    assert [(one.site, one.kind, one.what) for one in got.unknowns] == [
        (2, "no_zone_covers", "admin_unit")
    ]


def test_without_administrative_units_a_wider_region_leaves_it_open():
    rules = [book(ban(model.Where("anywhere")), territory=("150600",))]
    got = judge(shelf([(INSIDE, {})], region="150000"), rules)
    assert kinds_of(got) == [("layer_missing", "admin_unit")]


def test_adcodes_nest_by_their_pairs():
    assert [trunk(one) for one in ("150000", "150600", "150624")] == [
        "15",
        "1506",
        "150624",
    ]
    assert is_under("150624", ["411081", "150600"])
    assert not is_under("150700", ["150600"])
    assert is_above("150000", ["150600"])
    assert not is_above("150600", ["150600"])


# -- outcome and order ---------------------------------------------------------------


def said(kind="attribute_missing"):
    return Unknown(0, "EX-1", kind, "x", message("why.anywhere"))


def found(outcome):
    table = shelf([(INSIDE, {})])
    (one,) = judge(table, [book(ban(model.Where("anywhere")))]).findings
    return replace(one, outcome=outcome)


def test_the_most_severe_outcome_decides():
    assert outcome_of([], []) == "clear"
    assert outcome_of([found("restricted")], []) == "restricted"
    assert outcome_of([found("restricted")], [said("layer_missing")]) == "not_checked"
    assert outcome_of([], [said("layer_missing"), said()]) == "needs_information"
    assert outcome_of([found("prohibited")], [said()]) == "prohibited"


def advice(where, **more):
    words = {"zh": "鼓励", "en": "encouraged"}
    return model.Provision(where=where, effect="advice", requires=words, **more)


def test_an_advice_is_found_and_leaves_the_outcome_as_it_is():
    table = shelf([(INSIDE, {})])
    got = judge(table, [book(advice(model.Where("anywhere")))])
    assert [one.outcome for one in got.findings] == ["advised"]
    assert outcome_of(got.findings, got.unknowns) == "clear"
    assert outcome_of([found("restricted"), *got.findings], []) == "restricted"


def test_what_leaves_an_advice_open_does_not_make_a_site_undecided():
    table = shelf([(INSIDE, {})])
    got = judge(table, [book(advice(overlaps(), subject=FLAG))])
    assert kinds_of(got) == [
        ("attribute_missing", "is_two_high"),
        ("layer_missing", "ecological_redline"),
    ]
    assert {one.outcome for one in got.unknowns} == {"advised"}
    assert outcome_of(got.findings, got.unknowns) == "clear"


def test_an_open_advice_does_not_hide_that_a_ban_is_open():
    anywhere = model.Where("anywhere")
    provisions = (advice(anywhere, subject=FLAG), ban(anywhere, subject=FLAG))
    got = judge(shelf([(INSIDE, {})]), [book(*provisions)])
    assert [one.outcome for one in got.unknowns] == ["advised", "needs_information"]
    assert outcome_of(got.findings, got.unknowns) == "needs_information"


def test_an_advice_of_a_plan_that_is_over_leaves_nothing_undecided():
    period = Period(dt.date(2020, 1, 1), dt.date(2023, 12, 31))
    one = book(
        advice(model.Where("anywhere")), kind="plan", valid=period, period=period
    )
    got = judge(shelf([(INSIDE, {})]), [one])
    assert not got.findings
    assert [(one.kind, one.outcome) for one in got.unknowns] == [
        ("period_ended", "advised")
    ]


def test_findings_and_unknowns_stand_by_site_then_by_rule():
    zones = layer("ecological_redline", (ZONE, {}))
    sites = [(INSIDE, {}), (INSIDE, {})]
    first, second = book(ban(overlaps())), book(ban(model.Where("anywhere")))
    got = judge(shelf(sites, zones), [first, second])
    assert [(one.site, one.relation) for one in got.findings] == [
        (0, "intersects"),
        (0, "anywhere"),
        (1, "intersects"),
        (1, "anywhere"),
    ]


def test_every_sentence_of_every_case_can_be_said_in_both_languages():
    said_keys = set()
    for name in builtin():
        rules = load_rulebook(name)
        for rule in rules.rules:
            for case in rule.cases:
                got = judged(case, rule, rules)
                for one in (*got.findings, *got.unknowns):
                    said_keys.add(one.why.key)
                    assert all(TEXTS.render(one.why, lang) for lang in LANGS)
                    assert isinstance(one, Finding) or one.rule == rule.id
    assert {"why.intersects_area", "why.within_distance", "why.outside"} <= said_keys
