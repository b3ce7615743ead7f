"""Editions of a layer: the one in force on the day counts, a gap is unknown.

      ──────┤ 2020 ├──────┤  gap  ├──────┤ 2024 ├──────
        2020-01-01   2023-12-31  2024-03-01

The red line of 2020 holds the west, that of 2024 the east; one site lies in each, a
third in neither.
"""

from __future__ import annotations

import datetime as dt
import json

import paper_office
import pytest

import layers
import spatial
from layers.errors import DocumentError
from spatial.policy.judge import edition_on
from spatial.policy.load import builtin, load_rulebook

EDITION = """  - id: redline_{name}
    kind: {kind}
    source: {name}.geojson
    edition: "{name}"
    valid: {valid}
    coverage: {{bbox: [107.0, 40.0, 107.04, 40.02]}}
"""
SERIES = "    series: redline\n"
WEST, EAST, NEITHER = (0.2, 0.2, 0.4, 0.4), (2.2, 0.2, 2.4, 0.4), (1.2, 1.2, 1.4, 1.4)
EARLY = "{from: 2020-01-01, to: 2023-12-31}"
LATE = "{from: 2024-03-01}"
OUTSIDE = """rulebook: local
title: {zh: 本地规则（虚构）, en: Local rules (made up)}
documents:
  made_up: {title: {zh: 虚构的规定, en: Made-up rules}, kind: local,
            period: {from: 2020-01-01}, source: made up for a test}
rules:
  - id: L-1
    title: {zh: 园区外不得建设, en: Nothing outside of parks}
    editions:
      - valid: {from: 2020-01-01}
        citation: {document: made_up, article: 第一条, quote: 园区外不得建设}
        provisions:
          - where: {relation: RELATION, kind: industrial_park}
            effect: prohibited
    cases:
      - {aspect: hit, name: 园区外, on: 2024-05-01, site: {box: [0, 0, 10, 10]},
         zones: {industrial_park: [{box: [100, 100, 200, 200]}]}, expect: prohibited}
"""


def office(folder, early=EARLY, late=LATE, *, series=SERIES, kind="ecological_redline"):
    """An office with two editions of one layer."""
    folder.mkdir(parents=True)
    text = "title: 方格县（虚构）\nlayers:\n"
    for name, valid in (("2020", early), ("2024", late)):
        text += EDITION.format(name=name, valid=valid, kind=kind) + series
    start = paper_office.WORKSPACE.index("  - id: wetland")
    text += paper_office.WORKSPACE[start:]
    (folder / "workspace.yaml").write_text(text, encoding="utf-8")
    (folder / "local.yaml").write_text(paper_office.RULEBOOK, encoding="utf-8")
    paper_office.write_zones(folder / "2020.geojson", (0, 0, 1, 1))
    paper_office.write_zones(folder / "2024.geojson", (2, 0, 3, 1))
    paper_office.write_zones(folder / "wetland.geojson", (3, 0, 4, 1))
    return folder


def review(folder, on):
    paper_office.write_sites(
        folder / "sites.geojson", west=WEST, east=EAST, neither=NEITHER
    )
    sites = layers.read(folder / "sites.geojson", kind="project_site")
    return spatial.review(sites, layers.open_workspace(folder), on=on)


def outcomes(result):
    return result.outcomes["outcome"].to_dict()


def kinds(result):
    return set(result.unknowns["kind"])


@pytest.mark.parametrize("series", [SERIES, ""])
@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2020-01-01", "west"),
        ("2023-12-31", "west"),
        ("2024-03-01", "east"),
        ("2025-12-31", "east"),
    ],
)
def test_the_edition_of_the_day_is_taken(tmp_path, series, on, found):
    result = review(office(tmp_path / "office", series=series), on)
    told = dict.fromkeys(("west", "east", "neither"), "clear") | {found: "prohibited"}
    assert outcomes(result) == told


@pytest.mark.parametrize("series", [SERIES, ""])
@pytest.mark.parametrize("on", ["2021-01-01", "2024-01-01", "2024-02-29"])
def test_a_gap_is_unknown(tmp_path, series, on):
    result = review(office(tmp_path / "office", series=series), on)
    in_gap = on >= "2024"
    assert ("layer_not_in_force" in kinds(result)) == in_gap
    assert (outcomes(result)["neither"] == "not_checked") == in_gap


def test_a_gap_of_a_series_is_unknown_though_another_layer_is_in_force(tmp_path):
    folder = office(tmp_path / "office")
    path = folder / "workspace.yaml"
    third = EDITION.format(name="2020", valid="{from: 2020-01-01}", kind="wetland")
    third = third.replace("kind: wetland", "kind: ecological_redline")
    third = third.replace("redline_2020", "other")
    text = path.read_text("utf-8")
    path.write_text(text.replace("rulebooks:", third + "rulebooks:"), "utf-8")
    result = review(folder, "2024-01-15")
    assert outcomes(result) == {
        "west": "prohibited",
        "east": "not_checked",
        "neither": "not_checked",
    }
    what = result.unknowns.query("kind == 'layer_not_in_force'")["what"]
    assert set(what) == {"redline_2020", "redline_2024"}


def test_two_editions_on_one_day_are_told_and_unknown(tmp_path):
    folder = office(tmp_path / "office", early="{from: 2020-01-01}")
    result = review(folder, "2025-01-01")
    # the stricter of the two counts; that there is nothing, nobody can say
    assert outcomes(result) == {
        "west": "prohibited",
        "east": "prohibited",
        "neither": "not_checked",
    }
    assert kinds(result) == {"layer_editions_overlap"}
    (what,) = set(result.unknowns["what"])
    assert what == "redline_2020, redline_2024"
    said = {one.id: one.status for one in result.content.layers}
    assert said["redline_2020"] == said["redline_2024"] == "doubtful"


@pytest.mark.parametrize("relation", ["not_within", "outside"])
@pytest.mark.parametrize(
    ("rivals", "outcome"), [(True, "not_checked"), (False, "clear")]
)
def test_being_in_a_zone_of_one_of_two_rivals_is_no_release(
    tmp_path, relation, rivals, outcome
):
    # the park of 2020 holds the site; that of 2024, which may count, does not
    early = "{from: 2020-01-01}"
    late = "{from: 2024-03-01}" if rivals else "{from: 2030-01-01}"
    folder = office(tmp_path / "office", early, late, kind="industrial_park")
    text = OUTSIDE.replace("RELATION", relation)
    (folder / "local.yaml").write_text(text, encoding="utf-8")
    assert outcomes(review(folder, "2025-01-01"))["west"] == outcome


def test_without_a_series_two_editions_are_told(tmp_path):
    folder = office(tmp_path / "office", early="{from: 2020-01-01}", series="")
    result = review(folder, "2025-01-01")
    remarks = {one.id: one.remarks for one in result.content.layers}
    (told,) = remarks["redline_2020"]
    assert (told.key, told.facts["layer"], told.facts["edition"]) == (
        *("remark.layer_editions", "redline_2024", "2024"),
    )
    assert len(remarks["redline_2024"]) == 1
    assert remarks["wetland"] == ()


def test_an_edition_that_is_not_in_force_is_not_called_used(tmp_path):
    folder = office(tmp_path / "office")
    result = review(folder, "2025-01-01")
    told = {one.id: one.status for one in result.content.layers}
    assert (told["redline_2020"], told["redline_2024"]) == ("not_in_force", "used")
    result.write(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    (remark,) = told["layers"][0]["remarks"]
    assert "2020-01-01/2023-12-31" in remark
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "当日无效" in page


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (f"    valid: {EARLY}\n", "", "the key 'valid' beside 'series'"),
        ("series: redline\n  - id: wetland", "series: 5\n  - id: wetland", "a text"),
        (
            "kind: wetland",
            "kind: wetland\n    series: redline",
            r"editions of one kind \(redline_2020 is ecological_redline\), got wetland",
        ),
    ],
)
def test_a_series_that_cannot_be_one_is_refused(tmp_path, old, new, words):
    folder = office(tmp_path / "office")
    path = folder / "workspace.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=words):
        layers.open_workspace(folder)


# -- rules ---------------------------------------------------------------------

EVERY = [
    (book, rule, edition)
    for book in map(load_rulebook, builtin())
    for rule in book.rules
    for edition in rule.editions
]
DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("book", "rule", "edition"), EVERY, ids=[f"{r.id} {e.valid}" for _, r, e in EVERY]
)
def test_every_edition_counts_from_its_first_day_to_its_last(book, rule, edition):
    start, end = edition.valid.start, edition.valid.end
    if start is None:  # the text has no date: it counts on every day, and only asks
        assert edition_on(rule, book, on=dt.date(1990, 1, 1))[0] is edition
    else:
        assert edition_on(rule, book, on=start)[0] is edition
        assert edition_on(rule, book, on=start - DAY)[0] is not edition
    cited = book.documents[edition.citation.document]
    last = end or cited.period.end
    if last is None:
        assert edition_on(rule, book, on=dt.date(2099, 1, 1)) == (edition, "in_force")
        return
    assert edition_on(rule, book, on=last) == (edition, "in_force")
    found, status = edition_on(rule, book, on=last + DAY)
    if cited.kind == "plan":
        assert status == "period_ended" or found is not edition
    else:
        assert found is not edition or end is None
