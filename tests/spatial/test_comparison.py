"""Two reviews side by side: what changes, and what is behind it."""

from __future__ import annotations

import json

import openpyxl
import paper_office
import pytest
from click.testing import CliRunner

import layers
import spatial
from spatial.cli import main
from spatial.text import TEXTS

IN_WETLAND = (3.2, 0.2, 3.4, 0.4)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = paper_office.write_all(tmp_path_factory.mktemp("paper"))
    paper_office.write_office(root / "later", redline=(0.1, 0, 2, 1))
    stricter = paper_office.RULEBOOK.replace("effect: restricted", "effect: prohibited")
    (root / "stricter.yaml").write_text(
        stricter.replace("rulebook: local", "rulebook: stricter")
        .replace("            requires: {zh: 论证意见, en: An opinion}\n", "")
        .replace("expect: restricted", "expect: prohibited"),
        encoding="utf-8",
    )
    paper_office.write_sites(
        root / "more.geojson",
        A=paper_office.A,
        B=paper_office.B,
        C=paper_office.C,
        W=IN_WETLAND,
    )
    return root


def review(made, *, office="office", on="2025-06-01", sites="more.geojson"):
    projects = layers.read(made / sites, kind="project_site")
    return spatial.review(projects, layers.open_workspace(made / office), on=on)


def causes(comparison):
    return {
        site.site_id: [(one.kind, one.what) for one in change.causes]
        for site in comparison.sites
        for change in site.changes
    }


def test_a_review_does_not_differ_from_itself(made):
    one = review(made)
    told = spatial.compare(one, one)
    assert (told.sites, told.unchanged) == ((), 4)
    assert not len(told.outcomes)
    assert not len(told.changes)


def test_another_day_another_law(made):
    told = spatial.compare(review(made), review(made, on="2026-01-01"))
    (site,) = told.sites
    assert (site.site_id, site.before, site.after) == (
        *("W", "restricted", "needs_information"),
    )
    assert [(one.sort, one.rule) for one in site.changes] == [
        ("went", "L-2"),
        ("came", "L-2"),
    ]
    assert causes(told)["W"] == [("rule_status", "L-2")]
    assert told.unchanged == 3


def test_another_edition_of_a_layer(made):
    told = spatial.compare(review(made), review(made, office="later"))
    by_id = {one.site_id: one for one in told.sites}
    assert (by_id["B"].before, by_id["B"].after) == ("clear", "prohibited")
    # C was in the red line and is, less deep
    assert not by_id["C"].outcome_changes
    (change,) = by_id["C"].changes
    assert (change.sort, {name for name, _, _ in change.fields}) == (
        *("changed", {"margin_m"}),
    )
    assert causes(told)["B"] == [("layer", "ecological_redline")]
    (cause,) = by_id["B"].changes[0].causes
    assert cause.before.startswith("redline 2023 (")
    assert cause.before != cause.after
    # those with another outcome come first
    assert [one.site_id for one in told.sites] == ["B", "C"]


def test_the_other_way_round_is_the_mirror(made):
    one, other = review(made), review(made, office="later")
    there, back = spatial.compare(one, other), spatial.compare(other, one)
    assert [(s.site_id, s.before, s.after) for s in there.sites] == [
        (s.site_id, s.after, s.before) for s in back.sites
    ]
    turned = {"came": "went", "went": "came", "changed": "changed"}
    assert [turned[c.sort] for s in there.sites for c in s.changes] == [
        c.sort for s in back.sites for c in s.changes
    ]


def test_a_site_on_one_side_only_is_listed(made):
    told = spatial.compare(review(made, sites="sites.geojson"), review(made))
    assert told.outcomes.loc["W"].to_dict() == {
        "name": None,
        "presence": "after",
        "before": None,
        "after": "restricted",
        "changes": 0,
    }
    (back,) = spatial.compare(review(made), review(made, sites="sites.geojson")).sites
    assert (back.presence, back.before, back.after) == ("before", "restricted", None)


def test_a_file_of_other_sites_is_a_cause(made, tmp_path):
    paper_office.write_sites(made / "moved.geojson", A=paper_office.C)
    told = spatial.compare(review(made), review(made, sites="moved.geojson"))
    assert ("sites", "sites") in causes(told)["A"]


def test_the_tables_have_their_columns(made):
    told = spatial.compare(review(made), review(made, on="2026-01-01"))
    assert told.outcomes.loc["W", "changes"] == 2
    rows = told.changes.to_dict("records")
    assert [row["site_id"] for row in rows] == ["W", "W"]
    assert rows[1]["what"] == "period_ended: plan"


def test_an_override_is_a_cause(made, tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(
        "overrides:\n  - {site_id: C, rule: L-1, zone: Z0, outcome: clear,"
        " reason: 不在红线内, name: 某甲（虚构）, date: 2025-06-02}\n",
        encoding="utf-8",
    )
    office = layers.open_workspace(made / "office")
    sites = layers.read(made / "more.geojson", kind="project_site")
    ruled = spatial.review(sites, office, on="2025-06-01", overrides=path)
    told = spatial.compare(review(made), ruled)
    (site,) = told.sites
    assert (site.before, site.after, site.machine_after) == (
        *("prohibited", "clear", "prohibited"),
    )
    (change,) = site.changes
    assert change.fields == (("outcome", "prohibited", "clear"),)
    assert change.causes[0].kind == "override"


def run(made, out, *words):
    args = ["review", made / "more.geojson", "-w", made / "office", "--on"]
    args += ["2025-06-01", "-o", out, *words]
    return CliRunner().invoke(main, [str(one) for one in args])


@pytest.mark.parametrize(
    ("other", "outcomes"),
    [
        ("2026-01-01", {"W": ("restricted", "needs_information")}),
        ("later", {"B": ("clear", "prohibited"), "C": ("prohibited", "prohibited")}),
        ("later/workspace.yaml", {"B": ("clear", "prohibited")}),
        ("stricter.yaml", {"W": ("restricted", "prohibited")}),
        ("office/local.yaml", {}),
    ],
)
def test_the_command_compares_with_a_day_a_workspace_or_rulebooks(
    made, tmp_path, other, outcomes
):
    word = other if other[0] == "2" else made / other
    done = run(made, tmp_path, "--compare", word)
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "comparison.json").read_text("utf-8"))
    found = {one["site_id"]: (one["before"], one["after"]) for one in told["sites"]}
    assert outcomes.items() <= found.items()
    assert set(found) <= {*outcomes, "C"}  # C: another margin, the same outcome
    assert "比较" in done.output
    book = openpyxl.load_workbook(tmp_path / "findings.xlsx")
    assert book.sheetnames[-1] == "比较"
    assert 'id="comparison"' in (tmp_path / "report.html").read_text("utf-8")
    assert spatial.replay(tmp_path).same


def test_the_page_has_a_row_a_site_with_each_cause_once(made):
    from spatial.report.comparison_tables import comparison_by_site

    told = spatial.compare(review(made), review(made, on="2026-01-01"))
    (row,) = comparison_by_site(told, "en").rows
    assert row == (
        *("W", None, "Restricted", "Needs information"),
        "gone: L-2 Z0; new: L-2 plan period ended",
        "rule L-2: in force → period ended, successor to be confirmed",
    )
    told = spatial.compare(review(made), review(made, office="later"))
    by_id = {row[0]: row for row in comparison_by_site(told, "en").rows}
    assert by_id["C"][4].startswith("changed: L-1 Z0 (margin (m): -")
    told = spatial.compare(review(made), review(made, sites="sites.geojson"))
    assert comparison_by_site(told, "en").rows[0][2:5] == (
        *("Restricted", None, "the first only"),
    )


def test_what_is_none_of_these_is_refused(made, tmp_path):
    done = run(made, tmp_path, "--compare", "2025-13-01")
    assert done.exit_code == 1
    assert "expected a date YYYY-MM-DD, a workspace, or rulebooks" in done.stderr


def test_a_later_run_without_comparison_leaves_none_behind(made, tmp_path):
    run(made, tmp_path, "--compare", "2026-01-01")
    assert (tmp_path / "comparison.json").is_file()
    run(made, tmp_path)
    assert not (tmp_path / "comparison.json").exists()


def test_every_word_of_a_comparison_is_in_both_languages(made, tmp_path):
    from typing import get_args

    from spatial.report.comparison import Presence, Sort, _told
    from spatial.report.comparison_causes import CauseKind

    record = review(made).content.sites[0].findings[0]
    facts = {"what": "x", "before": "a", "after": "b"}
    for lang in ("zh", "en"):
        for name in _told(record):
            assert TEXTS.say(f"report.compared_field.{name}", lang=lang)
        for kind in get_args(CauseKind):
            assert TEXTS.say(f"report.cause.{kind}", lang=lang, **facts)
        for sort in get_args(Sort):
            assert TEXTS.say(f"report.change.{sort}", lang=lang)
        for presence in get_args(Presence):
            assert TEXTS.say(f"report.presence.{presence}", lang=lang)
