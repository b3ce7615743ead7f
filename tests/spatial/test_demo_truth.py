"""The product against the planted truth: every site, two days, nothing left out."""

from dataclasses import dataclass, replace

import pandas as pd
import pytest

import layers
import spatial
from layers.requirement import UnavailableList
from layers.samples import county, sites
from spatial.report.result import result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return county.write_county(tmp_path_factory.mktemp("county") / "office")


@pytest.fixture(scope="module")
def office(folder):
    return layers.open_workspace(folder)


@dataclass(frozen=True)
class Told:
    """What a review tells, made into tables once."""

    outcomes: pd.DataFrame
    findings: pd.DataFrame
    unknowns: pd.DataFrame

    @property
    def everything(self):
        """Site and rule of all that is said against a site."""
        columns = ["site_id", "rule"]
        return pd.concat([self.findings[columns], self.unknowns[columns]])


@pytest.fixture(scope="module")
def reviews(folder, office):
    projects = layers.read(folder / county.PROJECTS, kind="project_site")
    told = {}
    for day in sites.DAYS:
        review = spatial.review(projects, office, on=day)
        told[day] = Told(
            review.outcomes, pd.DataFrame(review.findings), review.unknowns
        )
    return told


def cases():
    return [
        pytest.param(one, day, id=f"{one.site_id}-{day}-{one.name}")
        for day in sites.DAYS
        for one in county.truth()
    ]


def test_every_layer_of_the_county_is_read_without_loss(office):
    assert not office.unavailable
    for one in office.layers.values():
        assert one.provenance.rows_quarantined == 0, one.id
        assert {issue.code for issue in one.issues} <= {
            "crs_equated",
            "encoding_decided",
            "required_value_missing",
        }, one.id


def test_projected_and_geographic_layers_are_in_one_frame(office):
    assert {str(one.frame.crs) for one in office.layers.values()} == {"EPSG:4490"}
    farmland = office.layers["permanent_basic_farmland"]
    assert "4524" in farmland.provenance.crs


def test_every_project_is_reviewed(reviews):
    planted = [one.site_id for one in county.truth()]
    for review in reviews.values():
        assert sorted(review.outcomes.index) == sorted(planted)


@pytest.mark.parametrize(("one", "day"), cases())
def test_the_outcome_is_the_planted_one(reviews, one, day):
    review, expected = reviews[day], one.expected[day]
    assert review.outcomes.loc[one.site_id, "outcome"] == expected.outcome, one.why
    said = review.everything
    rules = set(said.loc[said["site_id"] == one.site_id, "rule"])
    assert set(expected.rules) <= rules, one.why


def test_a_clear_site_has_nothing_said_against_it(reviews):
    for day, review in reviews.items():
        clear = {
            one.site_id
            for one in county.truth()
            if one.expected[day].outcome == "clear"
        }
        assert not clear & set(review.everything["site_id"])


def test_a_rule_of_another_territory_is_silent_here(reviews):
    for review in reviews.values():
        assert "NM14-S21" not in set(review.everything["rule"])


def test_the_planted_distances_are_the_numbers_in_the_findings(reviews):
    near = next(one for one in county.truth() if "990" in one.name)
    found = reviews["2025-10-31"].findings
    mine = found[(found["site_id"] == near.site_id) & (found["rule"] == "NM14-S29")]
    assert mine["distance_m"].tolist() == pytest.approx([990.0], abs=0.01)
    assert mine["margin_m"].tolist() == pytest.approx([-10.0], abs=0.01)


def test_without_its_access_list_no_site_in_a_unit_is_clear(folder, office):
    projects = layers.read(folder / county.PROJECTS, kind="project_site")
    (there,) = office.access_lists.values()
    lost = UnavailableList(there.id, there.layer, there.title, "damaged")
    poorer = replace(office, access_lists={}, unavailable_lists={lost.id: lost})
    review = spatial.review(projects, poorer, on=sites.DAYS[0])
    assert "clear" not in set(review.outcomes["outcome"])


def test_the_areas_in_the_units_add_up_to_the_area_of_the_site(folder, office):
    projects = layers.read(folder / county.PROJECTS, kind="project_site")
    review = spatial.review(projects, office, on=sites.DAYS[0])
    told = result(review.content)["sites"]
    areas = [one for one in told if one["area_m2"] is not None]
    several = 0
    for one in areas:
        units = one["control_units"]
        parts = [unit["area_m2"] for unit in units["units"]] + [units["outside_m2"]]
        assert round(sum(parts), 2) == one["area_m2"], one["site_id"]
        several += len(units["units"]) > 1
    assert len(areas) > 50
    assert several > 0


NEEDED = (
    "control_unit",
    "ecological_redline",
    "nature_reserve",
    "permanent_basic_farmland",
    "water_source_protection",
    "basic_grassland",
    "grassland",
    "river_control_area",
    "river_management_area",
    "sandified_closure_area",
    "scenic_area",
    "wetland",
)
"""Kinds that some rule asks for at every site, whatever the project is."""


@pytest.mark.parametrize("kind", NEEDED)
def test_without_a_needed_layer_no_site_is_clear(folder, office, kind):
    projects = layers.read(folder / county.PROJECTS, kind="project_site")
    kept = {name: one for name, one in office.layers.items() if one.kind != kind}
    review = spatial.review(projects, replace(office, layers=kept), on=sites.DAYS[0])
    assert "clear" not in set(review.outcomes["outcome"])
