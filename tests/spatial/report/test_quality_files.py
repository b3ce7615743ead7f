"""quality.gpkg and quality.xlsx: every finding once, at its place, the same bytes."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

import layers
from layers import quality
from layers.layer import Unavailable, Workspace
from layers.provenance import Period
from spatial.report.quality import FILES, write_quality
from spatial.report.write import OutputRefusedError

ON = dt.date(2026, 6, 1)
BOW_TIE = shapely.Polygon([(107, 40), (108, 41), (108, 40), (107, 41)])


@pytest.fixture(scope="module")
def report():
    """Two units that overlap by half, a third that is a bow tie, a lost layer."""
    half = [shapely.box(107, 40, 107.02, 40.01), shapely.box(107.01, 40, 107.03, 40.01)]
    frame = gpd.GeoDataFrame(
        {
            "code": ["ZH15062410001", "ZH15062410002", "=cmd()"],
            "category": ["1", "1", "\x1b]0;x"],
        },
        geometry=[*half, BOW_TIE],
        crs=4490,
    )
    units = layers.from_frame(
        frame, kind="control_unit", id="units", edition="1", valid=Period(ON)
    )
    lost = Unavailable("wet", layers.spec("wetland"), "no such file")
    return quality.check(
        Workspace("示范", "150624", {"units": units}, unavailable={"wet": lost}), on=ON
    )


def test_every_finding_is_in_the_geopackage_once(report, tmp_path):
    write_quality(report, tmp_path)
    parts = [
        pyogrio.read_dataframe(tmp_path / FILES[0], layer=name)
        for name in ("areas", "lines", "points", "without_place")
    ]
    counts = [len(one) for one in parts]
    assert sum(counts) == len(report.defects)
    assert all(counts)
    found = sorted(code for one in parts for code in one["code"])
    assert found == sorted(one.code for one in report.defects)
    assert [one.crs for one in parts[:3]] == ["EPSG:4490"] * 3
    (overlap,) = parts[0][parts[0]["code"] == "coverage_overlap"].geometry
    assert overlap.equals(
        shapely.MultiPolygon([shapely.box(107.01, 40, 107.02, 40.01)])
    )


def test_the_ledger_is_in_the_geopackage(report, tmp_path):
    write_quality(report, tmp_path)
    rows = pyogrio.read_dataframe(tmp_path / FILES[0], layer="layers")
    units = rows.iloc[0]
    kept, aside = units["rows_kept"], units["rows_quarantined"]
    assert (units["rows_in_file"], kept, aside) == (3, 2, 1)
    assert rows["state"].tolist() == ["unfit", "unreadable"]


def test_qgis_finds_a_style_for_each_layer_of_places(report, tmp_path):
    write_quality(report, tmp_path)
    with closing(sqlite3.connect(tmp_path / FILES[0])) as database:
        styles = dict(
            database.execute("SELECT f_table_name, styleQML FROM layer_styles")
        )
    assert sorted(styles) == ["areas", "lines", "points"]
    assert all('attr="severity"' in one for one in styles.values())


def test_the_workbook_has_a_row_a_finding_and_no_formula(report, tmp_path):
    write_quality(report, tmp_path, lang="en")
    book = openpyxl.load_workbook(tmp_path / FILES[1])
    assert book.sheetnames == ["Layers", "Findings"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any("\x1b" in str(cell.value) for cell in cells)
    rows = list(book["Findings"].iter_rows(min_row=3, values_only=True))
    assert [row[2] for row in rows] == [one.code for one in report.defects]
    assert "approximate" in book["Findings"]["A1"].value


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_report_gives_the_same_bytes_and_nothing_is_left_over(
    report, tmp_path, lang
):
    first = [one.read_bytes() for one in write_quality(report, tmp_path, lang=lang)]
    second = [one.read_bytes() for one in write_quality(report, tmp_path, lang=lang)]
    assert first == second
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(FILES)


def test_a_workspace_without_findings_and_without_a_day_is_written_too(tmp_path):
    nothing = quality.check(Workspace("空", None, {}))
    write_quality(nothing, tmp_path)
    assert len(pyogrio.read_dataframe(tmp_path / FILES[0], layer="areas")) == 0


def test_a_folder_that_is_a_file_is_refused(report, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputRefusedError, match=r"taken: expected a place to write"):
        write_quality(report, tmp_path / "taken")
