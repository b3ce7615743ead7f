"""A reviewer disagrees: read strictly, applied to what is there, never hidden."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sqlite3

import geopandas as gpd
import openpyxl
import paper_office
import pytest
import sample_content
import shapely
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from paper_office import square

import layers
import spatial
from layers.errors import DocumentError, InputRefusedError, SourceNotFoundError
from spatial.cli import main
from spatial.finding import OUTCOMES, Unknown
from spatial.override.model import OVERRULE_STATES, Override, OverrideFile
from spatial.override.table import HEADINGS
from spatial.report.overruled import overruled
from spatial.text import TEXTS

NAME = "某甲（虚构）"
GOOD = {
    "site_id": "C",
    "rule": "L-1",
    "zone": "Z0",
    "outcome": "restricted",
    "reason": "已有意见",
    "name": NAME,
    "date": "2025-06-02",
}
LACK = {
    **{key: GOOD[key] for key in ("site_id", "reason", "name", "date")},
    "unknown": "layer_missing",
    "what": "wetland",
    "outcome": "clear",
    "checked_instead": "现场查看，无湿地",
}


def written(path, *rows):
    """Write rows as YAML and return the path."""
    lines = ["overrides:"]
    for row in rows:
        quoted = [
            f"{key}: {value if key == 'date' else json.dumps(value)}"
            for key, value in row.items()
        ]
        lines.append("  - {" + ", ".join(quoted) + "}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def as_csv(path, *rows, encoding="utf-8"):
    heads = list(dict.fromkeys(key for row in rows for key in row))
    lines = [",".join(heads)] + [",".join(r.get(h, "") for h in heads) for r in rows]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def as_excel(path, *rows, headings=None, sheet="overrides"):
    heads = list(dict.fromkeys(key for row in rows for key in row))
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    page.append([(headings or {}).get(one, one) for one in heads])
    for row in rows:
        page.append([row.get(one) for one in heads])
    book.save(path)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return paper_office.write_all(tmp_path_factory.mktemp("paper"))


@pytest.fixture(scope="module")
def office(made):
    return layers.open_workspace(made / "office")


@pytest.fixture(scope="module")
def without_wetland(made):
    """The same office, which forgot its layer of wetlands."""
    text = paper_office.WORKSPACE
    start, end = text.index("  - id: wetland"), text.index("rulebooks:")
    where = made / "poorer"
    paper_office.write_office(where, workspace=text[:start] + text[end:])
    return layers.open_workspace(where)


def sites(**boxes):
    shapes = [square(one) for one in boxes.values()]
    return gpd.GeoDataFrame({"site_id": list(boxes)}, geometry=shapes, crs=4490)


THREE = sites(A=paper_office.A, B=paper_office.B, C=paper_office.C)


def review(office, path, frame=THREE):
    return spatial.review(frame, office, on="2025-06-01", overrides=path)


def states(result):
    return [one.status for one in result.content.overrulings]


# -- reading -------------------------------------------------------------------


def test_yaml_csv_and_excel_say_the_same(tmp_path):
    rows = (GOOD, LACK)
    chinese = {key: names[0] for key, names in HEADINGS.items() if names}
    dated = [row | {"date": dt.date(2025, 6, 2)} for row in rows]
    read = [
        spatial.read_overrides(path).overrides
        for path in (
            written(tmp_path / "a.yaml", *rows),
            as_csv(tmp_path / "a.csv", *rows),
            as_csv(tmp_path / "gbk.csv", *rows, encoding="gb18030"),
            as_excel(tmp_path / "a.xlsx", *rows),
            as_excel(tmp_path / "zh.xlsx", *dated, headings=chinese, sheet="改判"),
        )
    ]
    bare = [[(one.target, one.outcome, one.on) for one in ones] for ones in read]
    assert all(one == bare[0] for one in bare)
    assert [one.line for one in read[0]] == [2, 3]
    assert read[0][1].checked_instead == "现场查看，无湿地"


def test_a_zone_that_is_a_number_in_a_sheet_is_its_text(tmp_path):
    path = as_excel(tmp_path / "a.xlsx", GOOD | {"zone": 7})
    assert spatial.read_overrides(path).overrides[0].zone == "7"


def without(key):
    return {name: value for name, value in GOOD.items() if name != key}


BROKEN = {
    "no reason": (without("reason"), "the key 'reason'"),
    "no name": (without("name"), "the key 'name'"),
    "no date": (without("date"), "the key 'date'"),
    "no site": (without("site_id"), "the key 'site_id'"),
    "no outcome": (without("outcome"), "the key 'outcome'"),
    "blank reason": (GOOD | {"reason": "  "}, "reason"),
    "strange outcome": (GOOD | {"outcome": "fine"}, "one of prohibited"),
    "a day that is none": (GOOD | {"date": "2025-02-30"}, "date"),
    "about nothing": ({**without("zone"), "rule": ""}, "'finding', or 'rule'|rule"),
    "a zone without its rule": (without("rule"), "'finding', or 'rule' \\(and"),
    "a finding and a rule": (GOOD | {"finding": "0a"}, "'finding', or 'rule'"),
    "an unknown without its name": (
        {key: value for key, value in LACK.items() if key != "what"},
        "'unknown' and 'what'",
    ),
    "an unknown that there is not": (
        LACK | {"unknown": "lost"},
        "one of attribute_missing",
    ),
    "an unknown released unchecked": (
        {key: value for key, value in LACK.items() if key != "checked_instead"},
        "the key 'checked_instead'",
    ),
    "a key that nobody knows": (GOOD | {"author": "x"}, "one of the keys|headings"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_defect_in_yaml_is_refused_with_its_line(tmp_path, name):
    row, words = BROKEN[name]
    with pytest.raises(DocumentError, match=words) as caught:
        spatial.read_overrides(written(tmp_path / "a.yaml", LACK, row))
    assert caught.value.line in (1, 3)  # YAML itself refuses a day that is none


@pytest.mark.parametrize("name", BROKEN)
def test_a_defect_in_a_table_is_refused_with_its_row(tmp_path, name):
    row, words = BROKEN[name]
    with pytest.raises(DocumentError, match=words) as caught:
        spatial.read_overrides(as_csv(tmp_path / "a.csv", LACK, row))
    assert caught.value.line in (1, 3)


def test_one_thing_twice_is_refused(tmp_path):
    path = written(tmp_path / "a.yaml", GOOD, GOOD | {"outcome": "clear"})
    with pytest.raises(DocumentError, match="once \\(first on line 2\\)"):
        spatial.read_overrides(path)


def test_an_empty_list_is_refused(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("overrides: []", encoding="utf-8")
    with pytest.raises(DocumentError, match="at least one override"):
        spatial.read_overrides(path)
    path = tmp_path / "a.csv"
    path.write_text("site_id,rule\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="at least one override"):
        spatial.read_overrides(path)


def test_a_table_with_a_doubtful_shape_is_refused(tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("\n\n", encoding="utf-8")
    with pytest.raises(InputRefusedError, match="an empty table"):
        spatial.read_overrides(empty)
    twice = tmp_path / "twice.csv"
    twice.write_text("site_id,项目编号\nA,A\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="each heading once"):
        spatial.read_overrides(twice)
    wide = tmp_path / "wide.csv"
    wide.write_text("site_id\nA,B\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="1 cells, as the heading has, got 2"):
        spatial.read_overrides(wide)
    quote = tmp_path / "quote.csv"
    quote.write_text('site_id\n"A"B\n', encoding="utf-8")
    with pytest.raises(InputRefusedError, match="a line that cannot be parsed"):
        spatial.read_overrides(quote)
    with pytest.raises(SourceNotFoundError, match="path of the overrides"):
        spatial.read_overrides(tmp_path / "nothing.csv")
    other = tmp_path / "a.txt"
    other.write_text("x", encoding="utf-8")
    with pytest.raises(InputRefusedError, match=r"ends in \.txt"):
        spatial.read_overrides(other)


def test_two_sheets_need_one_that_is_called_overrides(tmp_path):
    path = as_excel(tmp_path / "a.xlsx", GOOD, sheet="one")
    book = openpyxl.load_workbook(path)
    book.create_sheet("two").append(["x"])
    book.save(path)
    with pytest.raises(InputRefusedError, match="the sheets one, two"):
        spatial.read_overrides(path)
    book["one"].title = "Overrides"
    book.save(path)
    assert len(spatial.read_overrides(path).overrides) == 1


# -- what they change ----------------------------------------------------------


def test_the_outcome_is_the_reviewers_and_the_machines_stays_beside_it(
    office, tmp_path
):
    result = review(office, written(tmp_path / "a.yaml", GOOD))
    row = result.outcomes.loc["C"]
    assert (row["outcome"], row["machine_outcome"]) == ("restricted", "prohibited")
    assert result.outcomes.loc["A", "machine_outcome"] == "clear"
    (finding,) = result.findings.to_dict("records")
    assert (finding["outcome"], finding["overruled_outcome"]) == (
        *("prohibited", "restricted"),
    )
    assert states(result) == ["applied"]
    (told,) = result.overrides.to_dict("records")
    assert (told["status"], told["machine_outcome"]) == ("applied", "prohibited")


def test_a_finding_can_be_named_by_its_id(office, tmp_path):
    plain = spatial.review(THREE, office, on="2025-06-01")
    (name,) = plain.findings["finding_id"]
    row = {key: value for key, value in GOOD.items() if key not in ("rule", "zone")}
    result = review(office, written(tmp_path / "a.yaml", row | {"finding": name}))
    assert result.outcomes.loc["C", "outcome"] == "restricted"


def test_what_a_reviewer_does_not_speak_of_still_counts(without_wetland, tmp_path):
    # C is in the red line, and nobody could look for wetlands
    result = review(without_wetland, written(tmp_path / "a.yaml", GOOD))
    row = result.outcomes.loc["C"]
    assert (row["outcome"], row["machine_outcome"]) == ("not_checked", "prohibited")


def test_an_unknown_becomes_clear_by_what_was_checked_instead(
    without_wetland, tmp_path
):
    row = LACK | {"site_id": "A"}
    result = review(without_wetland, written(tmp_path / "a.yaml", row))
    told = result.outcomes["outcome"].to_dict()
    assert told == {"C": "prohibited", "B": "not_checked", "A": "clear"}
    assert result.outcomes.loc["A", "machine_outcome"] == "not_checked"


def test_an_unknown_can_be_answered_for_one_rule_alone(without_wetland, tmp_path):
    named = LACK | {"site_id": "A", "rule": "L-2"}
    result = review(without_wetland, written(tmp_path / "a.yaml", named))
    assert result.outcomes.loc["A", "outcome"] == "clear"
    other = named | {"rule": "L-1"}
    result = review(without_wetland, written(tmp_path / "b.yaml", other))
    assert states(result) == ["no_such_finding"]
    assert result.outcomes.loc["A", "outcome"] == "not_checked"


def test_an_unknown_can_become_prohibited_without_another_check(
    without_wetland, tmp_path
):
    row = {key: one for key, one in LACK.items() if key != "checked_instead"}
    row |= {"site_id": "A", "outcome": "prohibited"}
    result = review(without_wetland, written(tmp_path / "a.yaml", row))
    assert result.outcomes.loc["A", "outcome"] == "prohibited"


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (GOOD | {"site_id": "Z"}, "no_such_site"),
        (GOOD | {"zone": "Z9"}, "no_such_finding"),
        (GOOD | {"site_id": "B"}, "no_such_finding"),
        (GOOD | {"rule": "L-2"}, "no_such_finding"),
        (without("zone"), "no_such_finding"),  # a rule alone: a finding without a zone
        (LACK, "no_such_finding"),
    ],
)
def test_what_is_not_there_is_told_and_changes_nothing(office, tmp_path, row, state):
    plain = spatial.review(THREE, office, on="2025-06-01")
    result = review(office, written(tmp_path / "a.yaml", row))
    assert states(result) == [state]
    assert result.outcomes.equals(plain.outcomes)


def test_two_names_of_one_finding_cancel_each_other(office, tmp_path):
    (name,) = spatial.review(THREE, office, on="2025-06-01").findings["finding_id"]
    by_id = {key: value for key, value in GOOD.items() if key not in ("rule", "zone")}
    by_id |= {"finding": name, "outcome": "clear"}
    result = review(office, written(tmp_path / "a.yaml", GOOD, by_id))
    assert states(result) == ["twice", "twice"]
    assert result.outcomes.loc["C", "outcome"] == "prohibited"


def test_a_finding_that_asks_is_released_by_a_check_only(office, tmp_path):
    text = paper_office.RULEBOOK.replace(
        "effect: prohibited", "effect: needs_information", 1
    ).replace("expect: prohibited", "expect: needs_information", 1)
    folder = paper_office.write_office(tmp_path / "asks")
    (folder / "local.yaml").write_text(text, encoding="utf-8")
    asks = layers.open_workspace(folder)
    released = GOOD | {"outcome": "clear"}
    result = review(asks, written(tmp_path / "a.yaml", released))
    assert states(result) == ["unchecked"]
    assert result.outcomes.loc["C", "outcome"] == "needs_information"
    checked = released | {"checked_instead": "原文第一条"}
    result = review(asks, written(tmp_path / "b.yaml", checked))
    assert result.outcomes.loc["C", "outcome"] == "clear"


def test_overrides_make_another_run(office, tmp_path):
    path = written(tmp_path / "a.yaml", GOOD)
    plain = spatial.review(THREE, office, on="2025-06-01").content
    result = review(office, path).content
    assert result.run_id != plain.run_id
    assert "overrides" in result.inputs


def test_the_order_of_sites_and_of_rows_does_not_matter(without_wetland, tmp_path):
    rows = [GOOD, LACK | {"site_id": "A"}]
    one = review(without_wetland, written(tmp_path / "a.yaml", *rows))
    other = review(
        without_wetland, written(tmp_path / "b.yaml", *rows[::-1]), THREE.iloc[::-1]
    )
    assert one.outcomes.equals(other.outcomes)


# -- the law -------------------------------------------------------------------

OUTCOME = st.sampled_from(OUTCOMES)
FOUND = st.lists(
    st.sampled_from(["prohibited", "restricted", "needs_information"]), max_size=4
)
OPEN = st.lists(st.sampled_from(["layer_missing", "attribute_missing"]), max_size=3)
ANSWER = st.tuples(st.integers(0, 7), OUTCOME, st.booleans())


def record_of(found, open_):
    """A site of which the machine said this."""
    findings = tuple(
        sample_content.record(
            sample_content.finding(0, outcome, zone_id=f"Z{at}"),
            sample_content.LAW,
            finding_id=f"f{at}",
        )
        for at, outcome in enumerate(found)
    )
    why = sample_content.message("doubt.layer_missing", title={"zh": "", "en": ""})
    unknowns = tuple(
        Unknown(-1, f"R{at}", kind, "x", why) for at, kind in enumerate(open_)
    )
    said = {*found, *(one.outcome for one in unknowns)}
    outcome = next((one for one in OUTCOMES if one in said), "clear")
    return sample_content.site("P", None, outcome, findings=findings, unknowns=unknowns)


def answer(line, target, outcome, *, checked, site):
    """An override of the finding or unknown at a place, which may not be there."""
    count = len(site.findings)
    unknown = dict(enumerate(site.unknowns, start=count)).get(target)
    about = {"finding": f"f{target}", "rule": None, "unknown": None, "what": None}
    if unknown is not None:
        about = {"finding": None, "rule": unknown.rule}
        about |= {"unknown": unknown.kind, "what": unknown.what}
    return Override(
        site_id="P",
        zone=None,
        outcome=outcome,
        reason="r",
        name=NAME,
        on=dt.date(2025, 6, 2),
        document=None,
        checked_instead="seen" if checked or unknown is not None else None,
        line=line,
        **about,
    )


@given(found=FOUND, open_=OPEN, answers=st.lists(ANSWER, min_size=1, max_size=6))
def test_no_site_is_clear_unless_everything_against_it_is_answered(
    found, open_, answers
):
    site = record_of(found, open_)
    asked = {target: (outcome, checked) for target, outcome, checked in answers}
    file = OverrideFile(
        "a.yaml",
        "ab" * 32,
        tuple(
            answer(line, target, outcome, checked=checked, site=site)
            for line, (target, (outcome, checked)) in enumerate(asked.items(), start=2)
        ),
    )
    content = dataclasses.replace(sample_content.sample(), sites=(site,))
    (ruled,) = overruled(content, file).sites
    # by hand: each thing leads to its answer, or to what the machine said
    said = []
    for at, outcome in enumerate(found):
        new, checked = asked.get(at, (outcome, True))
        held = outcome == "needs_information" and new in ("clear", "restricted")
        said.append(outcome if held and not checked else new)
    for at, one in enumerate(site.unknowns, start=len(found)):
        said.append(asked.get(at, (one.outcome, True))[0])
    assert ruled.outcome == next((one for one in OUTCOMES if one in said), "clear")
    assert ruled.machine_outcome == site.outcome
    assert [one.finding for one in ruled.findings] == [
        one.finding for one in site.findings
    ]
    assert ruled.unknowns == site.unknowns


# -- what people see -----------------------------------------------------------


@pytest.fixture(scope="module")
def results(without_wetland, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    rows = [GOOD, LACK | {"site_id": "A"}, GOOD | {"site_id": "Z"}]
    result = review(without_wetland, written(folder / "a.yaml", *rows))
    result.write(folder / "out")
    return folder / "out"


def test_no_conflict_is_never_said_without_the_reviewer(results):
    words = TEXTS.say("report.outcome.clear", lang="zh")
    label = f"{words}（人工改判；机器结论：未能核查）"
    page = (results / "report.html").read_text("utf-8")
    assert label in page
    book = openpyxl.load_workbook(results / "findings.xlsx")
    cells = [row[2].value for row in book["结论"].iter_rows(min_row=3)]
    assert cells == ["未能核查", "未能核查（人工改判；机器结论：禁止）", label]
    with sqlite3.connect(results / "findings.gpkg") as database:
        told = database.execute(
            "SELECT outcome, machine_outcome, outcome_text, overrides, override_text"
            " FROM sites WHERE site_id = 'A'"
        ).fetchone()
    said = f"{NAME}，2025-06-02：已有意见"
    assert told == ("clear", "not_checked", label, 1, said)


def test_every_file_holds_every_override_and_what_became_of_it(results):
    told = json.loads((results / "result.json").read_text("utf-8"))
    manifest = json.loads((results / "manifest.json").read_text("utf-8"))
    assert told["overrides"] == manifest["overrides"]
    states = [one["status"] for one in told["overrides"]]
    assert states == ["applied", "applied", "no_such_site"]
    (site,) = [one for one in told["sites"] if one["site_id"] == "A"]
    (one,) = site["overrides"]
    assert (one["name"], one["date"], one["checked_instead"]) == (
        *(NAME, "2025-06-02", "现场查看，无湿地"),
    )
    page = (results / "report.html").read_text("utf-8")
    book = openpyxl.load_workbook(results / "findings.xlsx")
    rows = [row[2].value for row in book["人工改判"].iter_rows(min_row=3)]
    assert rows == ["采用", "采用", "未采用：没有这个项目"]
    for text in ("未采用：没有这个项目", NAME, "现场查看，无湿地", "已有意见"):
        assert text in page
    with sqlite3.connect(results / "findings.gpkg") as database:
        found = database.execute(
            "SELECT outcome, overruled_outcome, override_name FROM findings"
        ).fetchall()
    assert found == [("prohibited", "restricted", NAME)]


def test_without_a_file_there_is_no_table_of_overrides(office, tmp_path):
    spatial.review(THREE, office, on="2025-06-01").write(tmp_path)
    told = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert told["overrides"] is None
    book = openpyxl.load_workbook(tmp_path / "findings.xlsx")
    assert "人工改判" not in book.sheetnames
    assert 'id="overrides"' not in (tmp_path / "report.html").read_text("utf-8")


def test_every_state_has_its_sentence():
    for lang in ("zh", "en"):
        for state in OVERRULE_STATES:
            assert TEXTS.say(f"report.overrule_status.{state}", lang=lang)


def test_the_command_fails_on_the_outcome_that_counts(made, tmp_path):
    words = ["review", made / "sites.geojson", "-w", made / "office", "-o", tmp_path]
    words += ["--on", "2025-06-01", "--fail-on", "prohibited", "--lang", "en"]
    path = written(tmp_path / "a.yaml", GOOD, GOOD | {"site_id": "Z"})
    run = CliRunner().invoke(main, [str(one) for one in words])
    assert run.exit_code == 1
    run = CliRunner().invoke(main, [str(one) for one in (*words, "--overrides", path)])
    assert run.exit_code == 0, run.output
    assert "1 sites have another outcome by override, 1 of 2 overrides count" in (
        run.output
    )
    assert "line 3: override of Z does not count: no such site" in run.stderr
    assert "Restricted (by a reviewer; machine: Prohibited)" in run.output


def test_a_hostile_name_stays_text(office, tmp_path):
    row = GOOD | {"name": "</script><b>x</b>", "reason": "=cmd|' /C calc'!A0"}
    result = review(office, written(tmp_path / "a.yaml", row))
    result.write(tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "<b>x</b>" not in page
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")
    cell = next(book["人工改判"].iter_rows(min_row=3))[6]
    assert (cell.data_type, cell.value) == ("s", row["reason"])


def test_a_site_that_was_refused_can_be_answered(office, tmp_path):
    bow = shapely.Polygon([(107, 40), (107.01, 40.01), (107.01, 40), (107, 40.01)])
    frame = gpd.GeoDataFrame({"site_id": ["D"]}, geometry=[bow], crs=4490)
    row = LACK | {"site_id": "D", "unknown": "site_refused", "what": "D"}
    result = review(office, written(tmp_path / "a.yaml", row), frame)
    assert result.outcomes.loc["D", "outcome"] == "clear"
