"""A siting review from end to end, on squared paper.

One square is 0.01 degree (about 1.1 km by 0.85 km), x from 107.0, y from 40.0:

      0   1   2   3   4
    2 ┌───────────────┐    coverage of every layer (0,0)-(4,2)
      │               │    red line  (0,0)-(1,1)
    1 ├───┐   ┌───┐   │    wetland   (2,0)-(3,1), and no rule speaks of wetlands
      │ R │   │ W │   │
    0 └───┴───┴───┴───┘
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

import spatial
from layers.errors import InputRefusedError
from layers.layer import Setting, Workspace
from layers.provenance import Coverage, Period
from layers.read import from_frame

RULEBOOK = """
rulebook: local
title: {zh: 本地规则, en: Local rules}
documents:
  made_up: {title: {zh: 虚构的规定, en: Made-up rules}, kind: local,
            period: {from: 2020-01-01}, source: made up for a test}
rules:
  - id: L-1
    title: {zh: 红线内不得建设, en: Nothing within red lines}
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第一条, quote: 红线内不得建设}
        provisions:
          - where: {relation: intersects, kind: ecological_redline}
            effect: prohibited
    cases:
      - {aspect: hit, name: 压红线, on: 2024-05-01, site: {box: [0, 0, 10, 10]},
         zones: {ecological_redline: [{box: [0, 0, 100, 100]}]}, expect: prohibited}
"""


def square(x0, y0, x1, y1):
    return shapely.box(*(107 + x0 / 100, 40 + y0 / 100), 107 + x1 / 100, 40 + y1 / 100)


COVERAGE = Coverage(square(0, 0, 4, 2), "drawn")
IN_REDLINE = square(0.2, 0.2, 0.4, 0.4)
IN_WETLAND = square(2.2, 0.2, 2.4, 0.4)
FREE = square(1.2, 1.2, 1.4, 1.4)


def layer(kind, shape, **stated):
    frame = gpd.GeoDataFrame({"BSM": ["Z1"]}, geometry=[shape], crs=4490)
    valid = Period(dt.date(2000, 1, 1))
    return from_frame(
        frame, kind=kind, id=kind, coverage=COVERAGE, valid=valid, **stated
    )


def sites(**shapes):
    return gpd.GeoDataFrame(
        {"site_id": list(shapes)}, geometry=list(shapes.values()), crs=4490
    )


@pytest.fixture
def office(tmp_path):
    path = tmp_path / "local.yaml"
    path.write_text(RULEBOOK, encoding="utf-8")
    layers = (
        layer("ecological_redline", square(0, 0, 1, 1), accuracy_m=10),
        layer("wetland", square(2, 0, 3, 1)),
    )
    return Workspace(
        "office", None, {one.id: one for one in layers}, rulebooks=("local.yaml",),
        path=str(tmp_path / "workspace.yaml"),
    )  # fmt: skip


def outcomes(review):
    return review.outcomes["outcome"].to_dict()


def test_each_site_gets_the_outcome_of_its_place(office):
    review = spatial.review(
        sites(A=FREE, B=IN_WETLAND, C=IN_REDLINE), office, on="2025-06-01"
    )
    assert outcomes(review) == {
        "C": "prohibited",
        "B": "needs_information",
        "A": "clear",
    }


def test_a_control_zone_without_a_rule_asks_for_a_person(office):
    review = spatial.review(sites(B=IN_WETLAND), office, on="2025-06-01")
    (row,) = review.unknowns.to_dict("records")
    assert (row["kind"], row["what"]) == ("no_rule_for_layer", "wetland")
    assert "Z1" in row["why"]


def test_a_finding_carries_the_clause_the_numbers_and_the_overlap(office):
    review = spatial.review(
        sites(C=square(0.5, 0.2, 1.5, 0.4)), office, on="2025-06-01"
    )
    (row,) = review.findings.to_dict("records")
    assert (row["rule"], row["document"], row["quote"]) == (
        "L-1",
        "虚构的规定",
        "红线内不得建设",
    )
    assert row["share_of_site"] == pytest.approx(0.5, abs=1e-9)
    assert row["geometry"].equals(square(0.5, 0.2, 1, 0.4))
    assert row["margin_m"] < -100


@pytest.mark.parametrize(
    ("accuracy_m", "reach", "stable"),
    [(1.0, 0.3, True), (1.0, 0.005, False), (None, 0.3, None)],
)
def test_a_finding_is_stable_when_it_reaches_deeper_than_both_accuracies(
    office, accuracy_m, reach, stable
):
    # 0.3 squares are 256 m deep, 0.005 squares 4 m; the red line is good to 10 m.
    frame = sites(C=square(1 - reach, 0.2, 1.5, 0.4)).assign(accuracy_m=accuracy_m)
    review = spatial.review(frame, office, on="2025-06-01")
    assert review.outcomes.loc["C", "stable"] is stable


def test_sites_that_cannot_be_read_stay_and_are_not_checked(office):
    bow_tie = shapely.Polygon([(107, 40), (107.01, 40.01), (107.01, 40), (107, 40.01)])
    review = spatial.review(sites(A=FREE, B=bow_tie, C=None), office, on="2025-06-01")
    assert outcomes(review) == {
        "B": "not_checked",
        "C": "not_checked",
        "A": "clear",
    }
    assert set(review.unknowns["kind"]) == {"site_refused"}


def test_the_order_of_the_input_does_not_matter(office):
    frame = sites(A=FREE, B=IN_WETLAND, C=IN_REDLINE)
    there = spatial.review(frame, office, on="2025-06-01")
    back = spatial.review(frame.iloc[::-1], office, on="2025-06-01")
    assert outcomes(there) == outcomes(back)
    assert there.findings["finding_id"].tolist() == back.findings["finding_id"].tolist()


def test_the_same_input_gives_the_same_bytes(office, tmp_path):
    first = spatial.review(sites(A=FREE, C=IN_REDLINE), office, on="2025-06-01")
    second = spatial.review(sites(A=FREE, C=IN_REDLINE), office, on=dt.date(2025, 6, 1))
    for one, other in zip(
        first.write(tmp_path / "1"), second.write(tmp_path / "2"), strict=True
    ):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_the_files_of_a_datum_shift_are_inputs_of_the_run(office):
    def review(sha):
        red = office.layers["ecological_redline"]
        read = replace(red.provenance, files=(("datum_shift", sha),))
        there = {**office.layers, red.id: replace(red, provenance=read)}
        shifted = replace(office, layers=there)
        return spatial.review(sites(A=FREE), shifted, on="2025-06-01").content

    first, second = review("a" * 64), review("b" * 64)
    assert first.inputs["datum_shift:ecological_redline"] == "a" * 64
    assert first.run_id != second.run_id


def test_the_run_id_changes_with_the_day_and_with_a_setting(office):
    def run_id(workspace, on):
        return spatial.review(sites(A=FREE), workspace, on=on).content.run_id

    setting = Setting("distance", 5.0, "made up")
    changed = Workspace(
        office.title, None, office.layers, rulebooks=office.rulebooks,
        path=office.path, settings={"distance": setting},
    )  # fmt: skip
    ids = {
        run_id(office, "2025-06-01"),
        run_id(office, "2025-06-02"),
        run_id(changed, "2025-06-01"),
    }
    assert len(ids) == 3


def test_before_the_law_no_site_is_clear(office):
    review = spatial.review(sites(A=FREE, C=IN_REDLINE), office, on="2019-12-31")
    assert [one.status for one in review.content.rules] == ["not_in_force"]
    assert outcomes(review) == {"A": "needs_information", "C": "needs_information"}
    assert "no_rule_in_force" in set(review.unknowns["kind"])


def test_where_no_rule_applies_no_site_is_clear(office):
    henan = Workspace("office", "411081", office.layers, rulebooks=("inner_mongolia",))
    review = spatial.review(sites(A=FREE), henan, on="2025-06-01")
    assert outcomes(review) == {"A": "needs_information"}
    assert set(review.unknowns["kind"]) == {"no_rule_in_force"}


def test_only_some_sites_can_be_written(office, tmp_path):
    review = spatial.review(sites(A=FREE, C=IN_REDLINE), office, on="2025-06-01")
    review.only(["A"]).write(tmp_path)
    result = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert [site["site_id"] for site in result["sites"]] == ["A"]


def test_a_layer_of_another_kind_is_refused(office):
    with pytest.raises(InputRefusedError, match="kind='project_site'"):
        spatial.review(office.layers["wetland"], office, on="2025-06-01")


def test_a_day_that_is_none_is_refused(office):
    with pytest.raises(InputRefusedError, match="expected a date YYYY-MM-DD"):
        spatial.review(sites(A=FREE), office, on="2025-06-31")


def test_a_workspace_without_rulebooks_is_refused(office):
    bare = Workspace("office", None, office.layers)
    with pytest.raises(InputRefusedError, match="expected at least one rulebook"):
        spatial.review(sites(A=FREE), bare, on="2025-06-01")


def test_two_rulebooks_with_the_same_rule_are_refused(office, tmp_path):
    again = RULEBOOK.replace("rulebook: local", "rulebook: again")
    (tmp_path / "again.yaml").write_text(again, encoding="utf-8")
    both = Workspace(
        "office", None, office.layers, rulebooks=("local.yaml", "again.yaml"),
        path=office.path,
    )  # fmt: skip
    with pytest.raises(InputRefusedError, match="L-1, which local has too"):
        spatial.review(sites(A=FREE), both, on="2025-06-01")


def test_progress_counts_the_rules(office):
    told = []
    spatial.review(
        sites(A=FREE), office, on="2025-06-01",
        progress=lambda done, count: told.append((done, count)),
    )  # fmt: skip
    assert told == [(1, 1)]


def test_a_caller_that_stops_is_not_held_up(office):
    def stop(_done, _count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        spatial.review(sites(A=FREE), office, on="2025-06-01", progress=stop)


def test_a_review_without_unknowns_has_the_columns_all_the_same(office):
    table = spatial.review(sites(A=FREE), office, on="2025-06-01").unknowns
    assert not len(table)
    assert list(table) == ["site_id", "rule", "kind", "what", "why", "outcome"]


def test_sites_in_the_same_zones_without_a_rule_share_the_sentence(office):
    twice = sites(A=IN_WETLAND, B=IN_WETLAND, C=IN_WETLAND)
    records = spatial.review(twice, office, on="2025-06-01").content.sites
    assert [one.unknowns[0].kind for one in records] == ["no_rule_for_layer"] * 3
    assert len({id(one.unknowns[0]) for one in records}) == 1


# -- activities --------------------------------------------------------------------

ACTIVITY_RULE = """
  - id: L-2
    title: {zh: 红线内的活动须核查, en: Activities within red lines are checked}
    about: activity
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第二条, quote: 红线内的活动须核查}
        provisions:
          - subject: {activity: {in: [grazing]}}
            where: {relation: intersects, kind: ecological_redline}
            effect: restricted
            requires: {zh: 核查, en: a check}
    cases:
      - {aspect: hit, name: 放牧, on: 2024-05-01,
         site: {box: [0, 0, 10, 10], activity: grazing},
         zones: {ecological_redline: [{box: [0, 0, 100, 100]}]}, expect: restricted}
"""


@pytest.fixture
def watched(office, tmp_path):
    """The office, with one rule on projects and one on activities."""
    path = tmp_path / "watched" / "local.yaml"
    path.parent.mkdir()
    path.write_text(RULEBOOK + ACTIVITY_RULE.lstrip("\n"), "utf-8")
    return Workspace("office", None, office.layers, rulebooks=(str(path),))


def activities(**shapes):
    frame = gpd.GeoDataFrame(
        {"项目编号": list(shapes), "人类活动类型": ["放牧"] * len(shapes)},
        geometry=list(shapes.values()),
        crs=4490,
    )
    return from_frame(frame, kind="project_site")


def rules_of(review):
    return [one.id for one in review.content.rules]


def test_projects_and_activities_hear_their_rules(watched):
    table = activities(A=FREE, C=IN_REDLINE)
    as_projects = spatial.review(table, watched, on="2025-06-01")
    as_activities = spatial.review(table, watched, on="2025-06-01", about="activity")
    assert rules_of(as_projects) == ["L-1"]
    assert rules_of(as_activities) == ["L-1", "L-2"]
    assert outcomes(as_activities) == {"A": "clear", "C": "prohibited"}
    assert as_activities.findings["rule"].tolist() == ["L-1", "L-2"]
    assert as_projects.content.run_id != as_activities.content.run_id


def test_without_a_rule_on_activities_no_activity_is_clear(office):
    table = activities(A=FREE, C=IN_REDLINE)
    review = spatial.review(table, office, on="2025-06-01", about="activity")
    assert outcomes(review) == {"A": "needs_information", "C": "prohibited"}
    (said,) = set(review.unknowns["why"])
    assert "没有一条在 2025-06-01 适用于本地区的活动条款" in said


def test_the_outputs_say_what_was_reviewed(watched, tmp_path):
    table = activities(A=FREE)
    for about in ("project", "activity"):
        folder = tmp_path / about
        spatial.review(table, watched, on="2025-06-01", about=about).write(folder)
        for name in ("result.json", "manifest.json"):
            assert json.loads((folder / name).read_text("utf-8"))["about"] == about
    page = (tmp_path / "activity" / "report.html").read_text("utf-8")
    assert "<h1>人类活动符合性审查报告（选址条款与活动条款）</h1>" in page
    page = (tmp_path / "project" / "report.html").read_text("utf-8")
    assert "<h1>项目选址符合性审查报告</h1>" in page


def test_nothing_else_can_be_reviewed(office):
    with pytest.raises(InputRefusedError, match="about: expected 'project' or 'act"):
        spatial.review(sites(A=FREE), office, on="2025-06-01", about="plan")
