"""result.json holds what other programs rely on."""

from __future__ import annotations

import dataclasses
import json

import pytest
import sample_content

from spatial.report.result import json_text, result, write_result

SITE_KEYS = {
    "site_id",
    "name",
    "outcome",
    "machine_outcome",
    "overrides",
    "area_m2",
    "length_m",
    "stable",
    "stability",
    "help",
    "findings",
    "unknowns",
    "questions",
    "overlaps",
    "approvals",
    "control_units",
}
FINDING_KEYS = {
    "finding_id",
    "rule",
    "rule_title",
    "edition",
    "provision",
    "outcome",
    "overruled_outcome",
    "status",
    "kind",
    "layer",
    "zone_id",
    "zone_name",
    "relation",
    "distance_m",
    "area_m2",
    "share_of_site",
    "length_m",
    "margin_m",
    "stable",
    "why",
    "because",
    "requires",
    "relief",
    "assumptions",
    "note",
    "citation",
}


@pytest.fixture(scope="module")
def told():
    return json.loads(json_text(result(sample_content.sample(), "zh")))


def test_the_schema_is_the_one_of_the_design(told):
    assert told["schema"] == "ecoredline/review/1"
    assert told["on"] == "2026-11-21"
    for site in told["sites"]:
        assert set(site) == SITE_KEYS
        for finding in site["findings"]:
            assert set(finding) == FINDING_KEYS
            assert {"document", "article", "quote"} <= set(finding["citation"])
        for unknown in site["unknowns"]:
            assert {"rule", "kind", "what"} <= set(unknown)


def test_sites_come_in_the_order_of_the_content(told):
    assert [one["outcome"] for one in told["sites"]] == [
        "prohibited",
        "needs_information",
        "not_checked",
        "not_checked",
        "restricted",
        "clear",
    ]


def test_numbers_are_rounded_and_missing_ones_are_null(told):
    finding = told["sites"][0]["findings"][0]
    assert finding["area_m2"] == 141_800.13
    assert finding["margin_m"] == -170.432
    assert finding["length_m"] is None
    assert told["sites"][3]["area_m2"] is None


@pytest.mark.parametrize(
    ("share", "stored"),
    [(0.9999999, 0.999999), (1.0, 1.0), (1e-9, 1e-6), (0.0, 0.0), (0.25, 0.25)],
)
def test_a_part_is_stored_neither_as_all_nor_as_nothing(share, stored):
    site = sample_content.sample().sites[0]
    (record, *_), (overlap, *_) = site.findings, site.overlaps
    finding = dataclasses.replace(record.finding, share_of_site=share)
    site = dataclasses.replace(
        site,
        findings=(dataclasses.replace(record, finding=finding),),
        overlaps=(dataclasses.replace(overlap, share_of_site=share),),
    )
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    (told_,) = result(content)["sites"]
    assert told_["findings"][0]["share_of_site"] == stored
    assert told_["overlaps"][0]["share_of_site"] == stored


def test_a_number_that_is_none_never_becomes_nan():
    content = sample_content.sample()
    broken = dataclasses.replace(content.sites[0], area_m2=float("nan"))
    content = dataclasses.replace(content, sites=(broken,))
    assert result(content)["sites"][0]["area_m2"] is None


def test_text_is_stored_as_it_is_with_a_line_feed_at_the_end():
    text = json_text(result(sample_content.sample()))
    assert "示范化工厂" in text
    assert text.endswith("}\n")
    assert text.encode("utf-8")


def test_layers_tell_where_they_come_from_and_a_missing_one_says_so(told):
    first, last = told["layers"][0], told["layers"][-1]
    assert first["rows_in_file"] == first["rows_kept"] + first["rows_quarantined"]
    assert last["status"] == "missing"
    assert last["source"] is None
    assert last["remarks"]


def test_the_law_that_a_clause_is_read_with_stands_beside_it(told):
    citation = told["sites"][4]["findings"][0]["citation"]
    assert citation["status"] == "period_ended"
    assert citation["reads_with"][0]["document_id"] == "142"


def test_of_very_many_unknowns_each_list_stands_once(told, monkeypatch, tmp_path):
    monkeypatch.setattr("spatial.report.result.MOST_UNKNOWNS", 0)
    content = sample_content.sample()
    path = tmp_path / "result.json"
    write_result(content, path)
    assert path.read_bytes() == json_text(result(content)).encode()

    whole = json.loads(path.read_bytes())

    assert whole["schema"] == "ecoredline/review/2"
    lists = whole.pop("lists")
    for site in whole["sites"]:
        assert "unknowns" not in site  # and not an empty list, which would say "none"
        site["unknowns"] = lists["unknowns"][site.pop("unknowns_list")]
        site["questions"] = lists["questions"][site.pop("questions_list")]
    assert whole | {"schema": told["schema"]} == told
