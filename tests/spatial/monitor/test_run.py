"""`monitor`: two images of the made-up county against its zones, rules, approvals."""

import json
import sqlite3
from dataclasses import replace

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from small_pair import small_pair

import layers
from layers.errors import InputRefusedError
from layers.samples import images, scene
from layers.samples.county import write_county
from spatial.monitor import monitor
from spatial.monitor.places import dms, gauss_kruger
from spatial.monitor.run import search_area
from spatial.monitor.views import summary
from spatial.monitor.write import monitoring_html
from spatial.report.words import say


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return layers.open_workspace(write_county(tmp_path_factory.mktemp("office")))


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return images.write_pair(tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Three of the planted changes."""
    return small_pair(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def found(office, pair):
    return monitor(*pair, office)


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    return folder, found.write(folder, pictures=3)


# -- the planted pair ------------------------------------------------------------------


def planted(table, one):
    shared = shapely.area(shapely.intersection(table.geometry.array, one.geometry))
    return table[shared > one.geometry.area / 3]


def test_the_day_is_that_of_the_later_image(found):
    assert found.on.isoformat() == scene.DAYS[1]


def test_every_planted_change_is_a_clue_or_permitted(found):
    for one in scene.CHANGES:
        clue, aside = planted(found.table, one), planted(found.set_aside, one)
        if one.permit == "inside":
            assert (len(clue), aside["reason"].tolist()) == (0, ["permitted"]), one.id
        else:
            assert (len(clue), len(aside)) == (1, 0), one.id


def test_every_clue_was_planted(found):
    kept = found.table.geometry
    assert scene.told_from(kept)[1] == 0


def test_every_approval_is_told_as_planted(found):
    for one in scene.CHANGES:
        clue = planted(found.table, one)
        if len(clue):
            assert clue["permit_state"].item() == one.permit, one.id


def test_beyond_an_approval_is_measured(found):
    one = next(each for each in scene.CHANGES if each.id == "quarry-beyond")
    # 20 of 44 columns of 10 m, 22 rows; half a pixel of the rim on either side
    assert planted(found.table, one)["beyond_m2"].item() == pytest.approx(
        44_000, rel=0.1
    )


def test_no_patch_is_lost(found):
    told = [*found.table.index, *found.set_aside.index]
    assert sorted(told) == sorted(found.scan.patches["patch_id"])


# -- places ----------------------------------------------------------------------------


def test_a_clue_says_where_it_lies(found):
    first = found.table.iloc[0]
    assert first.geometry.contains(shapely.Point(first["lon"], first["lat"]))
    assert first["county_code"] == "150624"
    assert first["near"].key == "place.near"
    assert first["gauss_kruger_epsg"] == 4524  # 107 E: zone 36, 106.5 to 109.5


def test_gauss_kruger_agrees_with_the_formula_of_a_meridian():
    # on the middle meridian of zone 36 (108 E) the easting is 36 500 000 m
    epsg, easting, northing = gauss_kruger(np.array([[108.0, 0.0], [108.0, 40.0]]))
    assert epsg.tolist() == [4524, 4524]
    np.testing.assert_allclose(easting, 36_500_000, atol=1e-6)
    # arc of the meridian of GRS 80 / CGCS2000 from 0 to 40 degrees
    assert northing[1] == pytest.approx(4_429_529.03, abs=0.01)


def test_there_are_no_zones_outside_china():
    epsg, easting, northing = gauss_kruger(np.array([[-75.0, -8.0], [10.0, 45.0]]))
    assert epsg.tolist() == [0, 0]
    assert np.isnan(easting).all()
    assert np.isnan(northing).all()


@pytest.mark.parametrize(
    ("degrees", "said"),
    [(0.0, "0°00′00.00″"), (-8.5, "-8°30′00.00″"), (59.99999999, "60°00′00.00″")],
)
def test_degrees_minutes_seconds_carry_over(degrees, said):
    assert dms(degrees) == said


# -- zones -----------------------------------------------------------------------------


def test_what_was_seen_of_a_zone_is_told(found):
    zones = found.zones.set_index("zone_id")
    county = zones.loc["150624"]
    seen = scene.GRID.width * scene.GRID.height * scene.PIXEL_M**2
    assert 0.98 * seen < county["observed_m2"] < seen  # a cloud hides some of it
    assert zones.loc["HX-003", "observed_share"] == 1.0
    unseen = zones[zones["observed_share"] == 0]
    assert len(unseen)
    assert unseen["ndvi_before"].isna().all()


def test_changed_area_of_the_county_is_that_of_the_kept_patches(found):
    county = found.zones.set_index("zone_id").loc["150624"]
    kept = found.scan.patches[found.scan.patches["kept"]]
    assert county["changed_m2"] == pytest.approx(kept["area_m2"].sum(), rel=1e-9)
    assert county["patches"] == len(kept)


def test_listed_patches_add_up_to_both_columns_of_the_zone_table(found):
    # The whole county was drawn around the image, so every patch lies in it.
    county = found.zones.set_index("zone_id").loc["150624"]
    counted = ("permitted", "in_no_zone")  # no clue, but the ground did change
    aside = found.set_aside
    changed = aside["reason"].isin(counted)
    clues = found.table["area_m2"].sum()
    assert changed.sum() == 2
    assert county["changed_m2"] == pytest.approx(
        clues + aside.loc[changed, "area_m2"].sum(), rel=1e-9
    )
    assert county["set_aside_m2"] == pytest.approx(
        aside.loc[~changed, "area_m2"].sum(), rel=1e-9
    )


# -- refused ---------------------------------------------------------------------------


def test_a_refused_pair_gives_no_clue_and_never_says_unchanged(office, pair, tmp_path):
    swapped = monitor(pair[1], pair[0], office)
    assert swapped.pair.status == "refused"
    assert swapped.scan is None
    assert swapped.table.empty
    assert (swapped.zones["observed_m2"] == 0).all()
    swapped.write(tmp_path)
    told = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert told["detection"] is None
    assert told["summary"] == [
        "这对影像不能用来比较，没有进行变化检测。不能由此认为“没有变化”。"
    ]
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "不能由此认为" in page
    assert "没有发现须核查的变化" not in page


def test_without_any_zone_the_summary_is_written(found):
    said = summary(replace(found, zones=found.zones.iloc[:0]), "zh")
    assert said
    assert not [one for one in said if "未完整观测" in one]


def test_without_a_day_nothing_is_judged(office, pair):
    after = replace(layers.read_raster(pair[1]), date=None, year=2025)
    with pytest.raises(InputRefusedError, match="the year 2025 alone"):
        monitor(pair[0], after, office)


def test_an_image_on_another_datum_is_refused_before_any_work(office, pair):
    before = replace(layers.read_raster(pair[0]), is_settled=False)
    with pytest.raises(InputRefusedError, match="gdalwarp"):
        monitor(before, pair[1], office)


def test_without_control_layers_every_patch_stays_a_clue(office, small):
    bare = replace(
        office,
        layers={
            name: one
            for name, one in office.layers.items()
            if one.kind not in ("ecological_redline", "nature_reserve")
        },
    )
    got = monitor(*small, bare)
    assert "in_no_zone" not in set(got.set_aside["reason"])
    assert got.table["unchecked"].map(len).min() == 2
    page = monitoring_html(got)
    assert "缺少可靠的生态保护红线、自然保护地图层" in page


def test_a_kind_that_rules_ask_for_and_no_layer_shows_is_named(office, small):
    bare = replace(
        office,
        layers={
            name: one for name, one in office.layers.items() if one.kind != "wetland"
        },
    )
    said = "没有可用的湿地图层：图斑是否位于其中没有核对"
    assert not any(said in one for one in summary(monitor(*small, office), "zh"))
    assert any(said in one for one in summary(monitor(*small, bare), "zh"))


# -- where it is looked ----------------------------------------------------------------


def only(office, *kinds):
    kept = {name: one for name, one in office.layers.items() if one.kind in kinds}
    return replace(office, layers=kept)


def test_where_layers_are_known_only_control_zones_are_looked_at(office, found):
    grid = found.pair.grid
    few = only(office, "admin_unit", "ecological_redline", "nature_reserve")
    zones = search_area(grid, found.zones, few, found.on)
    control = found.zones["kind"] != "admin_unit"
    assert zones.index.tolist() == found.zones.index[control].tolist()


def test_where_a_layer_that_matters_lacks_everything_is_looked_at(office, found):
    few = only(office, "admin_unit", "ecological_redline")
    assert search_area(found.pair.grid, found.zones, few, found.on) is None


def test_where_the_image_reaches_beyond_the_layers_everything_is_looked_at(
    office, found
):
    far = found.pair.grid.part(-40_000, 0, height=60_000, width=640)  # 400 km north
    assert search_area(far, found.zones, office, found.on) is None


def test_where_only_zones_are_looked_at_their_changes_are_found(office, pair):
    few = only(office, "admin_unit", "ecological_redline", "nature_reserve", "permit")
    got = monitor(*pair, few)
    assert "only_within" in got.scan.notes
    assert 0 < got.scan.windows_read < got.scan.windows
    zones = np.asarray(got.zones[got.zones["kind"] != "admin_unit"].geometry.array)
    for one in scene.CHANGES:
        if shapely.intersects(zones, one.geometry).any():
            assert len(planted(got.table, one)) == 1, one.id
    assert "不在任何管控区的图斑未列出" in monitoring_html(got)


# -- numbers that are no reflectance ---------------------------------------------------


def test_without_reflectance_nothing_is_named_or_set_aside_by_an_index(office, small):
    relative = [
        replace(layers.read_raster(path), quantity="relative") for path in small
    ]
    got = monitor(*relative, office)
    assert set(got.table["kind"]) <= {"unknown", "transport"}
    told = {"seasonal_vegetation", "water_level", "haze"}
    assert not told & set(got.set_aside["reason"])


# -- files -----------------------------------------------------------------------------


def test_it_writes_what_review_writes_and_pictures(found, written):
    folder, paths = written
    names = [path.relative_to(folder).as_posix() for path in paths]
    assert names[:5] == [
        *("result.json", "findings.gpkg", "findings.xlsx", "report.html"),
        "pair.png",
    ]
    assert names[-1] == "manifest.json"
    first = [f"pictures/{name}.png" for name in found.table.index[:3]]
    assert names[5:-1] == first


def test_result_is_complete(found, written):
    told = json.loads((written[0] / "result.json").read_text("utf-8"))
    assert told["schema"] == "ecoredline/monitoring/1"
    assert [one["patch_id"] for one in told["clues"]] == list(found.table.index)
    assert len(told["set_aside"]) == len(found.set_aside)
    assert [one["site_id"] for one in told["review"]["sites"]] == list(
        found.table.index
    )
    assert told["pair"]["status"] == "usable_with_warning"
    assert set(told["inputs"]) > {"image:before", "image:after", "options"}


def test_geopackage_has_a_layer_of_clues_in_colour(found, written):
    path = written[0] / "findings.gpkg"
    clues = pyogrio.read_dataframe(path, layer="clues")
    assert list(clues["clue_id"]) == list(found.table.index)
    assert clues.crs.to_epsg() == 4490
    assert len(pyogrio.read_dataframe(path, layer="set_aside")) == len(found.set_aside)
    with sqlite3.connect(path) as database:
        styled = database.execute("SELECT f_table_name FROM layer_styles").fetchall()
    assert styled == [("clues",)]


def test_workbook_lists_clues_reasons_zones_and_images(found, written):
    book = openpyxl.load_workbook(written[0] / "findings.xlsx")
    assert book.sheetnames == ["线索", "不作线索的图斑", "分区统计", "影像对"]
    assert book["线索"].max_row == len(found.table) + 2
    assert "只是线索" in book["线索"]["A1"].value


def test_the_same_run_gives_the_same_bytes(office, small, tmp_path):
    for threads in (1, 3):
        once = monitor(*small, office, threads=threads)
        once.write(tmp_path / str(threads), pictures=3)
    names = [one for one in (tmp_path / "1").rglob("*") if one.is_file()]
    assert len(names) == 7
    for path in names:
        other = tmp_path / "3" / path.relative_to(tmp_path / "1")
        assert path.read_bytes() == other.read_bytes(), path.name


def test_pictures_of_an_earlier_run_do_not_stay(found, tmp_path):
    found.write(tmp_path, pictures=2)
    (tmp_path / "pictures" / "own.png").write_bytes(b"somebody's")
    found.write(tmp_path, pictures=1)
    left = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert left == sorted([f"{found.table.index[0]}.png", "own.png"])


def test_another_option_is_another_run(office, small, found):
    large = monitor(*small, office, min_area_m2=100_000)
    assert large.inputs["options"] != found.inputs["options"]
    assert large.table.empty
    assert set(large.set_aside["reason"]) == {"too_small"}
    page = monitoring_html(large)
    assert "没有发现须核查的变化" in page
    assert "未观测部分不能视为没有变化" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_in_both_languages_that_a_clue_is_only_a_clue(found, lang):
    page = monitoring_html(replace(found, lang=lang))
    assert ("只是线索" if lang == "zh" else "only clues") in page
    assert say("monitor.zones_changed", lang) in page
    assert "report.monitor" not in page
